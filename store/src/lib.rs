//! A reactive state store.

mod collections;

pub use crate::collections::{
    DiffMismatch, Iter, Key, Map, MapChange, MapDiff, OrdMap, Set, SetChange, SetChanges, SetDiff,
    SetIter, UnorderedChanges, same,
};
