//! A persistent map without a promised order.

use std::{borrow::Borrow, fmt, ops::Index};

use super::{
    backed::Keyed,
    key::Key,
    keyed::keyed,
    map_diff::{MapChange, MapDiff},
    mismatch::DiffMismatch,
    tree::{MapIter, Tree},
};

keyed! {
    /// Maps keys to values, in no promised order; clones share their structure.
    ///
    /// A clone costs O(1), a write O(log n), and the [`diff`](Map::diff) of two maps what differs between
    /// them. Where the order of keys matters, take an [`OrdMap`](crate::OrdMap).
    ///
    /// Today this is a tree as well, since the hash map at hand takes 127 bytes per entry and cannot be
    /// diffed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use store::Map;
    ///
    /// let mut online = Map::<Arc<str>, bool>::new();
    /// online.insert("ann".into(), true);
    /// let before = online.clone();
    /// online.insert("ann".into(), false);
    ///
    /// assert_eq!(before.get("ann"), Some(&true));
    /// assert_eq!(online["ann"], false);
    /// ```
    Map
}
