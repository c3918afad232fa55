//! A persistent map without a promised order.

use std::{borrow::Borrow, fmt, hash::Hash, ops::Index};

use super::{
    backed::Keyed,
    entries::Entries,
    key::Key,
    keyed::keyed,
    map_diff::{MapChange, MapDiff},
    mismatch::DiffMismatch,
    trie::{MapIter, Trie},
};

keyed! {
    /// Maps keys to values, in no promised order; clones share their structure.
    ///
    /// A clone costs O(1), a write O(log n), and the [`diff`](Map::diff) of two maps what differs between
    /// them. Where the order of keys matters, take an [`OrdMap`](crate::OrdMap).
    ///
    /// Entries are found by the hash of their keys, which is the same in every run of a program; keys whose
    /// hashes are equal are still told apart in O(log n).
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
    Map over Trie, walked by MapIter in "no promised order"
}

impl<K: Key, V> Map<K, V> {
    /// Iterates over the keys, in no promised order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// Iterates over the values, in the order of [`keys`](Self::keys).
    pub fn values(&self) -> impl ExactSizeIterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }
}
