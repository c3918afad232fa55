//! Everything the store does, beside its peers, in one run.
//!
//! A row is one kind of work (`work.rs`), a column is a peer (`peers`), and `groups` says which rows there
//! are. All columns of a row are timed in turn.

mod work;
mod peers;
mod groups;

use store_benches::{Arguments, Machine, Report};

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
    if let Some(column) = &arguments.kept {
        let peer = peers.iter().find(|peer| peer.name() == column);
        println!(
            "{}",
            peer.and_then(|peer| kept(&**peer)).unwrap_or(f64::NAN)
        );
        return;
    }
    let thoroughly = arguments.thoroughly;
    let mut report = Report::new(format!(
        "# The store beside its peers\n\nMeasured in one {thoroughly} run on {}.\n\nNanoseconds, unless the row \
         says otherwise, and in parentheses the ratio to the first column. `–`: does not offer the row.",
        Machine::here(),
    ));
    for group in GROUPS.iter().filter(|group| arguments.wants(group.name)) {
        report.section(group.title);
        for table in (group.measure)(arguments.pace, &peers) {
            report.table(&table);
        }
    }
    report.section("What each column does");
    for peer in &peers {
        report.say(&format!("- **{}**: {}", peer.name(), peer.how()));
    }
    if arguments.writes
        && let Err(error) = report.write(FILE)
    {
        eprintln!("cannot write {FILE}: {error}");
        std::process::exit(1);
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
