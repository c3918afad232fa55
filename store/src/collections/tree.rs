//! The persistent tree behind `Map`, `OrdMap` and `Set`.
//!
//! The only file that knows which crate it comes from.

use std::{borrow::Borrow, fmt, ops::RangeBounds};

use im::{ordmap, shared_ptr::DefaultSharedPtr};

use super::{
    key::Key,
    map_diff::{MapChange, MapDiff},
    mismatch::DiffMismatch,
    same,
};

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
    pub(crate) fn iter(&self) -> MapIter<'_, K, V> {
        MapIter {
            entries: self.entries.iter(),
        }
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key)
    }

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

impl<K: Key, V: Clone> Tree<K, V> {
    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.entries.get_mut(key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.entries.insert(key, value)
    }

    /// The key as the map holds it, and its value to be written.
    pub(crate) fn entry_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<(&K, &mut V)>
    where
        K: Borrow<Q>,
    {
        self.entries.get_key_value_mut(key)
    }

    /// Removes a key, and returns it as the map held it.
    pub(crate) fn remove_entry<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        // A miss would copy the path to where the key is not.
        if self.entries.contains_key(key) {
            self.entries.remove_with_key(key)
        } else {
            None
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        // A miss would copy the path to where the key is not.
        if self.entries.contains_key(key) {
            self.entries.remove(key)
        } else {
            None
        }
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        let doomed: Vec<K> = self
            .iter()
            .filter(|(key, value)| !keep(key, value))
            .map(|(key, _)| key.clone())
            .collect();
        for key in &doomed {
            self.entries.remove(key);
        }
    }
}

impl<K: Key, V: PartialEq + 'static> Tree<K, V> {
    /// What differs from `old`, in key order; subtrees that both share are skipped.
    pub(crate) fn changes_since<'a>(
        &'a self,
        old: &'a Self,
    ) -> impl Iterator<Item = MapChange<&'a K, &'a V>> {
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
}

impl<K: Key, V: Clone + PartialEq + 'static> Tree<K, V> {
    pub(crate) fn diff(&self, old: &Self) -> MapDiff<K, V> {
        MapDiff::from_ordered(self.changes_since(old).map(MapChange::cloned))
    }

    pub(crate) fn apply(&mut self, diff: &MapDiff<K, V>) -> Result<(), DiffMismatch>
    where
        K: fmt::Debug,
    {
        for (number, change) in diff.iter().enumerate() {
            let misfit = match (self.get(*change.key()), change.old()) {
                (None, None) => continue,
                (Some(now), Some(old)) if same::by_value(now, *old) => continue,
                (Some(_), Some(_)) => "holds another value than the old one",
                (Some(_), None) => "is already there",
                (None, Some(_)) => "is not there",
            };
            return Err(DiffMismatch::key(number, change.key(), misfit));
        }
        for change in diff.iter() {
            match change.new() {
                Some(new) => self.insert((*change.key()).clone(), (*new).clone()),
                None => self.remove(*change.key()),
            };
        }
        Ok(())
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

/// Iterates over the entries of a [`Map`](crate::Map) or an [`OrdMap`](crate::OrdMap).
pub struct MapIter<'a, K, V> {
    entries: ordmap::Iter<'a, K, V, DefaultSharedPtr>,
}

impl<'a, K: Key, V> Iterator for MapIter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        self.entries.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<K: Key, V> DoubleEndedIterator for MapIter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.entries.next_back()
    }
}

impl<K: Key, V> ExactSizeIterator for MapIter<'_, K, V> {}

impl<K, V> Clone for MapIter<'_, K, V> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
        }
    }
}

impl<K: Key + fmt::Debug, V: fmt::Debug> fmt::Debug for MapIter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}
