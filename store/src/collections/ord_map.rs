//! A persistent map in key order.

use std::{
    borrow::Borrow,
    fmt,
    hash::Hash,
    ops::{Bound, Index, RangeBounds},
};

use super::{
    backed::Keyed,
    entries::Entries,
    key::Key,
    keyed::keyed,
    map_diff::{MapChange, MapDiff},
    mismatch::DiffMismatch,
    tree::{OrdMapIter, Tree},
};

keyed! {
    /// Maps keys to values, in key order; clones share their structure.
    ///
    /// A clone costs O(1), a write O(log n), and the [`diff`](OrdMap::diff) of two maps what differs
    /// between them.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::OrdMap;
    ///
    /// let ports = OrdMap::from([(443, "https"), (22, "ssh"), (80, "http")]);
    /// assert!(ports.keys().eq(&[22, 80, 443]));
    /// assert_eq!(ports.first(), Some((&22, &"ssh")));
    /// assert!(ports.range(50..).map(|(port, _)| port).eq(&[80, 443]));
    /// ```
    OrdMap over Tree, walked by OrdMapIter in "key order"
}

impl<K: Key, V> OrdMap<K, V> {
    /// Iterates over the keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// Iterates over the values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// Returns the entry with the lowest key.
    pub fn first(&self) -> Option<(&K, &V)> {
        self.entries.first()
    }

    /// Returns the entry with the highest key.
    pub fn last(&self) -> Option<(&K, &V)> {
        self.entries.last()
    }

    /// Iterates over the entries whose keys lie in `range`, in key order.
    ///
    /// Finding the first costs O(log n). A range that ends before it starts is empty.
    pub fn range<Q: Ord + ?Sized>(
        &self,
        range: impl RangeBounds<Q>,
    ) -> impl DoubleEndedIterator<Item = (&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.entries.range(range)
    }

    /// Iterates over the entries whose keys start with `prefix`, in key order.
    ///
    /// Finding the first costs O(log n).
    ///
    /// # Examples
    ///
    /// ```
    /// use store::OrdMap;
    ///
    /// let rooms = OrdMap::from([("room/1", 'a'), ("room/2", 'b'), ("user/1", 'c')]);
    /// assert!(rooms.prefix("room/").map(|(_, name)| name).eq(&['a', 'b']));
    /// ```
    pub fn prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a K, &'a V)>
    where
        K: Borrow<str>,
    {
        let from_prefix = (Bound::Included(prefix), Bound::Unbounded);
        self.range(from_prefix)
            .take_while(move |(key, _)| (*key).borrow().starts_with(prefix))
    }
}
