//! A reactive state store.

mod collections;

pub use crate::collections::{
    DiffMismatch, Iter, Key, List, ListDiff, ListEdit, ListIter, Map, MapChange, MapDiff, OrdMap,
    Set, SetChange, SetChanges, SetDiff, SetIter, UnorderedChanges, same,
};
