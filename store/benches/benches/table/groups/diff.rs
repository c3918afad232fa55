//! Row groups 4 and 9: the difference of two maps is walked.

use store_benches::{Pace, Table};

use crate::{
    all, columns,
    work::{Difference, Peers},
};

pub fn measure(pace: Pace, peers: &Peers) -> Vec<Table> {
    let title = "The difference of two maps walked, whole";
    let mut table = Table::new(pace, title, columns(peers));
    let sizes = [1_000, 100_000, 1_000_000];
    let mut row = |entries: u64, changes: u64, apart: bool, label: String| {
        let of = Difference {
            entries,
            changes,
            apart,
        };
        table.row(label, 1, all(peers, |peer| peer.diff(of)));
    };
    for entries in sizes {
        row(entries, 1, false, format!("1 change in {entries}"));
    }
    for entries in sizes {
        row(entries, 100, false, format!("100 changes in {entries}"));
    }
    for entries in sizes {
        let changes = entries / 10;
        row(
            entries,
            changes,
            false,
            format!("a tenth changed in {entries}"),
        );
    }
    for entries in sizes {
        row(
            entries,
            0,
            true,
            format!("{entries} equal entries, built apart"),
        );
    }
    vec![table]
}
