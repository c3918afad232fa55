//! The persistent tree behind `OrdMap`.
//!
//! The only file that knows which crate it comes from.

use std::{borrow::Borrow, fmt, hash::Hash, ops::RangeBounds};

use im::{ordmap, shared_ptr::DefaultSharedPtr};

use super::{entries::Entries, key::Key, map_diff::MapChange, same};

/// A sorted map whose clones share their structure.
#[doc(hidden)]
pub struct Tree<K, V> {
    entries: im::OrdMap<K, V>,
}

impl<K, V> Tree<K, V> {
    pub(crate) fn new() -> Self {
        Self {
            entries: im::OrdMap::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn ptr_eq(&self, other: &Self) -> bool {
        self.entries.ptr_eq(&other.entries)
    }
}

impl<K: Key, V> Tree<K, V> {
    pub(crate) fn first(&self) -> Option<(&K, &V)> {
        self.entries.get_min().map(|(key, value)| (key, value))
    }

    pub(crate) fn last(&self) -> Option<(&K, &V)> {
        self.entries.get_max().map(|(key, value)| (key, value))
    }

    pub(crate) fn range<Q: Ord + ?Sized>(
        &self,
        range: impl RangeBounds<Q>,
    ) -> impl DoubleEndedIterator<Item = (&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.entries.range(range)
    }
}

impl<K: Key, V> Entries<K, V> for Tree<K, V> {
    type Iter<'a>
        = OrdMapIter<'a, K, V>
    where
        V: 'a;

    fn ptr_eq(&self, other: &Self) -> bool {
        Tree::ptr_eq(self, other)
    }

    fn iter(&self) -> OrdMapIter<'_, K, V> {
        OrdMapIter {
            entries: self.entries.iter(),
        }
    }

    fn get<Q: Ord + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key)
    }

    fn insert(&mut self, key: K, value: V) -> Option<V>
    where
        V: Clone,
    {
        self.entries.insert(key, value)
    }

    fn entry_mut<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> Option<(&K, &mut V)>
    where
        K: Borrow<Q>,
        V: Clone,
    {
        // A miss would copy the path to where the key is not.
        if self.entries.contains_key(key) {
            self.entries.get_key_value_mut(key)
        } else {
            None
        }
    }

    fn remove_entry<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        V: Clone,
    {
        // As above.
        if self.entries.contains_key(key) {
            self.entries.remove_with_key(key)
        } else {
            None
        }
    }

    fn changes_since<'a>(
        &'a self,
        old: &'a Self,
    ) -> impl Iterator<Item = MapChange<&'a K, &'a V>> + use<'a, K, V>
    where
        V: PartialEq + 'static,
    {
        old.entries
            .diff(&self.entries)
            .filter_map(|item| match item {
                ordmap::DiffItem::Add(key, value) => Some(MapChange::Inserted { key, value }),
                ordmap::DiffItem::Remove(key, old) => Some(MapChange::Removed { key, old }),
                // The tree compares by `PartialEq` alone, to which NaN is always news.
                ordmap::DiffItem::Update {
                    old: (_, old),
                    new: (key, new),
                } => (!same::by_value(old, new)).then_some(MapChange::Updated { key, old, new }),
            })
    }

    fn changes_in_order<'a>(
        &'a self,
        old: &'a Self,
    ) -> impl Iterator<Item = MapChange<&'a K, &'a V>> + use<'a, K, V>
    where
        V: PartialEq + 'static,
    {
        self.changes_since(old)
    }
}

impl<K, V> Clone for Tree<K, V> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
        }
    }
}

impl<K: Key, V: PartialEq + 'static> PartialEq for Tree<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other)
            || (self.len() == other.len() && self.changes_since(other).next().is_none())
    }
}

/// Iterates over the entries of an [`OrdMap`](crate::OrdMap), in key order, from either end.
pub struct OrdMapIter<'a, K, V> {
    entries: ordmap::Iter<'a, K, V, DefaultSharedPtr>,
}

impl<'a, K: Key, V> Iterator for OrdMapIter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        self.entries.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<K: Key, V> DoubleEndedIterator for OrdMapIter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.entries.next_back()
    }
}

impl<K: Key, V> ExactSizeIterator for OrdMapIter<'_, K, V> {}

impl<K, V> Clone for OrdMapIter<'_, K, V> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
        }
    }
}

impl<K: Key + fmt::Debug, V: fmt::Debug> fmt::Debug for OrdMapIter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}
