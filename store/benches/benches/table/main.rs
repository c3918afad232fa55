//! Everything the store does, beside its peers, in one run.
//!
//! A row is one kind of work (`work.rs`), a column is a peer (`peers`), and `groups` says which rows there
//! are. All columns of a row are timed in turn.

mod work;
mod peers;
mod groups;

use store_benches::{Arguments, Machine, Pace, Part, Report};

use crate::{
    groups::{GROUPS, kept},
    peers::peers,
    work::{Peer, Peers},
};

/// Where the tables of the project stand.
const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/performance-table.md"
);

fn main() {
    let names: Vec<_> = GROUPS.iter().map(|group| group.name).collect();
    let arguments = Arguments::read(&names);
    let peers = peers();
    match &arguments.part {
        Some(Part::Group(name)) => print_group(name, arguments.pace, &peers),
        Some(Part::Kept(column)) => {
            let peer = peers.iter().find(|peer| peer.name() == column);
            println!(
                "{}",
                peer.and_then(|peer| kept(&**peer)).unwrap_or(f64::NAN)
            );
        }
        None => print_all(&arguments, &peers),
    }
}

fn print_all(arguments: &Arguments, peers: &Peers) {
    let mut report = Report::new(format!(
        "# The store beside its peers\n\nMeasured in one {} run on {}.\n\nNanoseconds, unless the row says otherwise, \
         and in parentheses the ratio to the first column. `–`: does not offer the row.",
        arguments.thoroughly(),
        Machine::here(),
    ));
    for group in GROUPS.iter().filter(|group| arguments.wants(group.name)) {
        let part = Part::Group(group.name.to_owned());
        match part.run(arguments.pace_word.as_deref()) {
            Some(printed) => report.say(&printed),
            None => fail(&format!("the group {} failed", group.name)),
        }
    }
    report.say("\n## What each column does\n");
    for peer in peers {
        report.say(&format!("- **{}**: {}", peer.name(), peer.how()));
    }
    if arguments.writes
        && let Err(error) = report.write(FILE)
    {
        fail(&format!("cannot write {FILE}: {error}"));
    }
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    std::process::exit(1)
}

/// Measures one group. Each has a process of its own, as a heap in which others have left holes is slower.
fn print_group(name: &str, pace: Pace, peers: &Peers) {
    let group = GROUPS.iter().find(|group| group.name == name);
    let group = group.unwrap_or_else(|| panic!("no group {name}"));
    println!("\n## {}", group.title);
    for table in (group.measure)(pace, peers) {
        print!("{table}");
    }
}

/// One subject of each peer.
fn all<'a, T>(
    peers: &'a Peers,
    mut offer: impl FnMut(&'a dyn Peer) -> Option<T>,
) -> Vec<Option<T>> {
    peers.iter().map(|peer| offer(&**peer)).collect()
}

/// The columns.
fn columns(peers: &Peers) -> impl Iterator<Item = &'static str> {
    peers.iter().map(|peer| peer.name())
}
