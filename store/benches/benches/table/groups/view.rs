//! Row group 6: a filtered, sorted list, cut to what is on the screen.

use store_benches::{Pace, Table};

use crate::{
    all, columns,
    peers::{from_scratch, write_alone},
    work::{ListWrite, Peers},
};

const WRITES: [(ListWrite, &str); 5] = [
    (ListWrite::Move, "a row moves"),
    (ListWrite::OnScreen, "a row moves on the screen"),
    (ListWrite::Come, "a row comes, another goes"),
    (ListWrite::Scroll, "the screen moves by one"),
    (ListWrite::Search, "a row in ten comes or goes by a search"),
];

pub fn measure(pace: Pace, peers: &Peers) -> Vec<Table> {
    let title = "A filtered, sorted list, 50 rows on the screen";
    // The store's own columns stand beside its live view: what that costs is the difference.
    let own = ["the write alone", "from scratch"];
    let mut table = Table::new(pace, title, columns(peers).chain(own));
    for contacts in [1_000, 100_000] {
        for (write, label) in WRITES {
            let mut subjects = all(peers, |peer| peer.view(contacts, write));
            subjects.push(Some(write_alone(contacts, write)));
            subjects.push(Some(from_scratch(contacts, write)));
            table.row(format!("{contacts} contacts, {label}"), 1, subjects);
        }
    }
    vec![table]
}
