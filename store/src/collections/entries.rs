//! What stands behind the collections with keys: a trie by hash, or a tree by order.
//!
//! Knows which of them it is no more than its users do.

use std::{borrow::Borrow, fmt, hash::Hash};

use super::{
    key::Key,
    map_diff::{MapChange, MapDiff},
    mismatch::DiffMismatch,
    same,
};

/// Entries under keys, whose clones share their structure.
#[doc(hidden)]
pub trait Entries<K: Key, V>: Clone {
    type Iter<'a>: ExactSizeIterator<Item = (&'a K, &'a V)> + Clone
    where
        Self: 'a,
        V: 'a;

    fn ptr_eq(&self, other: &Self) -> bool;

    fn iter(&self) -> Self::Iter<'_>;

    fn get<Q: Ord + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>;

    fn insert(&mut self, key: K, value: V) -> Option<V>
    where
        V: Clone;

    /// Inserts entries one after the other.
    fn extend(&mut self, entries: impl IntoIterator<Item = (K, V)>)
    where
        V: Clone,
    {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }

    /// The key as it is held, and its value to be written. Where there is none, nothing is copied.
    fn entry_mut<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> Option<(&K, &mut V)>
    where
        K: Borrow<Q>,
        V: Clone;

    /// Removes a key, and returns it as it was held. Where there is none, nothing is copied.
    fn remove_entry<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        V: Clone;

    /// What differs from `old`, no key twice, in whatever order it is found; what both share is skipped.
    fn changes_since<'a>(
        &'a self,
        old: &'a Self,
    ) -> impl Iterator<Item = MapChange<&'a K, &'a V>> + use<'a, Self, K, V>
    where
        V: PartialEq + 'static;

    /// What differs from `old`, in key order.
    fn changes_in_order<'a>(
        &'a self,
        old: &'a Self,
    ) -> impl Iterator<Item = MapChange<&'a K, &'a V>> + use<'a, Self, K, V>
    where
        V: PartialEq + 'static,
    {
        let mut changes: Vec<_> = self.changes_since(old).collect();
        changes.sort_unstable_by(|one, other| one.key().cmp(other.key()));
        changes.into_iter()
    }

    fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool)
    where
        V: Clone,
    {
        for key in self.doomed(&mut keep) {
            self.remove_entry(&key);
        }
    }

    /// The keys for which `keep` returns false.
    fn doomed(&self, mut keep: impl FnMut(&K, &V) -> bool) -> Vec<K> {
        let doomed = self.iter().filter(|(key, value)| !keep(key, value));
        doomed.map(|(key, _)| key.clone()).collect()
    }

    fn diff(&self, old: &Self) -> MapDiff<K, V>
    where
        V: Clone + PartialEq + 'static,
    {
        MapDiff::from_ordered(self.changes_in_order(old).map(MapChange::cloned))
    }

    fn apply(&mut self, diff: &MapDiff<K, V>) -> Result<(), DiffMismatch>
    where
        K: fmt::Debug,
        V: Clone + PartialEq + 'static,
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
            let key = *change.key();
            match change.new() {
                Some(new) => drop(self.insert(key.clone(), V::clone(new))),
                None => drop(self.remove_entry(key)),
            }
        }
        Ok(())
    }
}
