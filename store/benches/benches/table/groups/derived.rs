//! Row group 8: values derived from others, in the shapes of js-reactivity-benchmark.

use store_benches::{Pace, Table};

use crate::{
    all, columns,
    work::{Peers, Shape, WIDTH, checked},
};

const SHAPES: [(Shape, &str, usize); 5] = [
    (
        Shape::Broad,
        "broad: 50 pairs from one source, 50 watchers",
        WIDTH,
    ),
    (Shape::Deep, "deep: 50 behind each other, 1 watcher", 1),
    (Shape::Diamond, "diamond: 5 and their sum, 1 watcher", 1),
    (
        Shape::Avoidable,
        "avoidable: an equal value before a costly chain of 5, 1 watcher",
        0,
    ),
    (
        Shape::Mux,
        "mux: 100 sources in one and apart again, 100 watchers, 1 told",
        1,
    ),
];

pub fn measure(pace: Pace, peers: &Peers) -> Vec<Table> {
    let title = "A source is set, per set";
    let mut table = Table::new(pace, title, columns(peers));
    for (shape, label, told) in SHAPES {
        table.row(
            label,
            1,
            all(peers, |peer| {
                checked(peer.name(), peer.derived(shape)?, told)
            }),
        );
    }
    vec![table]
}
