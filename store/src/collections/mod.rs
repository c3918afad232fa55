//! Persistent collections and what differs between two of them.
//!
//! A clone costs nothing, a write shares what it leaves alone, and a diff visits only what is not
//! shared. Nothing here knows of stores, fields or watchers.

mod key;
pub mod same;
mod mismatch;
mod map_diff;
mod set_diff;
mod entries;
mod tree;
mod trie;
mod backed;
mod keyed;
mod map;
mod ord_map;
mod set;
mod list;
mod journal;
#[cfg(feature = "serde")]
mod serial;
#[cfg(test)]
mod ages;
#[cfg(test)]
mod cost;
#[cfg(test)]
mod laws;

pub use self::{
    backed::Keyed,
    key::Key,
    list::{List, ListDiff, ListEdit, ListIter},
    map::Map,
    map_diff::{MapChange, MapDiff, UnorderedChanges},
    mismatch::DiffMismatch,
    ord_map::OrdMap,
    set::{Set, SetIter},
    set_diff::{SetChange, SetChanges, SetDiff},
    tree::OrdMapIter,
    trie::MapIter,
};
pub(crate) use self::{entries::Entries, journal::KeyedJournal};
