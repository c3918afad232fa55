//! The row groups: which work is done how often, in which order.

mod set;
mod read;
mod map;
mod diff;
mod stream;
mod view;
mod watchers;
mod derived;

pub use self::stream::kept;
use store_benches::{Pace, Table};

use crate::work::Peers;

/// Rows that belong together.
pub struct Group {
    /// What it is called on the command line.
    pub name: &'static str,
    pub title: &'static str,
    pub measure: fn(Pace, &Peers) -> Vec<Table>,
}

/// All groups, in the order of the report. Growth has no rows of its own: each map figure stands beside
/// itself over four sizes, in `map` and `diff`.
pub const GROUPS: &[Group] = &[
    Group {
        name: "set",
        title: "1. One field",
        measure: set::measure,
    },
    Group {
        name: "read",
        title: "2. Reads beside writes",
        measure: read::measure,
    },
    Group {
        name: "map",
        title: "3. A map of users, and 9. how it grows",
        measure: map::measure,
    },
    Group {
        name: "diff",
        title: "4. Diffs, and 9. how they grow",
        measure: diff::measure,
    },
    Group {
        name: "stream",
        title: "5. Streams",
        measure: stream::measure,
    },
    Group {
        name: "view",
        title: "6. Live views",
        measure: view::measure,
    },
    Group {
        name: "watchers",
        title: "7. A million watchers",
        measure: watchers::measure,
    },
    Group {
        name: "derived",
        title: "8. Derived values",
        measure: derived::measure,
    },
];
