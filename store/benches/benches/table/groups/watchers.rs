//! Row group 7: watchers are made and dropped, all at once.

use store_benches::{Pace, Table};

use crate::{
    all, columns,
    work::{Peers, Spot},
};

pub fn measure(pace: Pace, peers: &Peers) -> Vec<Table> {
    let title = "Watchers made and dropped, per watcher";
    let mut table = Table::new(pace, title, columns(peers));
    for (spot, of) in [(Spot::Field, "one field"), (Spot::Keys, "as many keys")] {
        for count in [1_000, 1_000_000] {
            let way = |way| format!("{count} watchers of {of}, {way}");
            let samplers = all(peers, |peer| peer.watchers(count, spot));
            table.rows(&[way("made"), way("dropped")], samplers);
        }
    }
    vec![table]
}
