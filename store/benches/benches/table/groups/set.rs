//! Row group 1: a field is set.

use store_benches::{Pace, Table};

use crate::{
    all, columns,
    work::{Peers, checked},
};

pub fn measure(pace: Pace, peers: &Peers) -> Vec<Table> {
    let mut table = Table::new(pace, "One field set, N watchers told", columns(peers));
    for watchers in [0, 1, 10, 1000] {
        let subjects = all(peers, |peer| {
            checked(peer.name(), peer.told(watchers, 0)?, watchers)
        });
        table.row(format!("set, {watchers} watchers"), 1, subjects);
    }
    table.row(
        "set to an equal value, 1 watcher",
        1,
        all(peers, |peer| peer.equal()),
    );
    for others in [10, 1_000, 1_000_000] {
        let subjects = all(peers, |peer| peer.told(0, others));
        table.row(
            format!("set, {others} watchers of another field"),
            1,
            subjects,
        );
    }
    for fields in [2, 100] {
        let subjects = all(peers, |peer| checked(peer.name(), peer.fields(fields)?, 1));
        table.row(
            format!("{fields} fields in one commit, 1 watcher of two"),
            1,
            subjects,
        );
    }
    vec![table]
}
