//! A persistent set.

use std::{borrow::Borrow, fmt, hash::Hash};

use super::{
    backed::Keyed,
    entries::Entries,
    key::Key,
    mismatch::DiffMismatch,
    set_diff::{SetChange, SetDiff},
    trie::{MapIter, Trie},
};

/// Holds keys, each once, in no promised order; clones share their structure.
///
/// A clone costs O(1), a write O(log n), and the [`diff`](Set::diff) of two sets what differs between
/// them.
///
/// # Examples
///
/// ```
/// use store::Set;
///
/// let mut muted = Set::from(["ann".to_owned()]);
/// assert!(muted.contains("ann"));
/// assert!(muted.insert("bob".to_owned()));
/// assert!(!muted.insert("bob".to_owned()));
/// assert_eq!(muted.len(), 2);
/// ```
pub struct Set<K> {
    entries: Trie<K, ()>,
}

impl<K> Set<K> {
    /// Makes an empty set.
    pub fn new() -> Self {
        Self {
            entries: Trie::new(),
        }
    }

    /// Returns how many keys there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells whether both sets are one in memory, as a set and its untouched clone are.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.entries.ptr_eq(&other.entries)
    }

    /// Removes every key.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<K: Key> Set<K> {
    /// Iterates over the keys, in no promised order.
    pub fn iter(&self) -> SetIter<'_, K> {
        SetIter {
            entries: self.entries.iter(),
        }
    }

    /// Tells whether `key` is there.
    pub fn contains<Q: Ord + Hash + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.entries.get(key).is_some()
    }

    /// Adds `key` and tells whether it is new.
    pub fn insert(&mut self, key: K) -> bool {
        self.entries.insert(key, ()).is_none()
    }

    /// Removes `key` and tells whether it was there.
    pub fn remove<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.entries.remove_entry(key).is_some()
    }

    /// Removes the keys for which `keep` returns false.
    pub fn retain(&mut self, mut keep: impl FnMut(&K) -> bool) {
        self.entries.retain(|key, ()| keep(key));
    }

    /// Returns what leads from `old` to this set, in key order, at O(changes · log n).
    pub fn diff(&self, old: &Self) -> SetDiff<K> {
        SetDiff {
            keys: self.entries.diff(&old.entries),
        }
    }

    /// Iterates over what leads from `old` to this set, in key order.
    ///
    /// The same as [`diff`](Self::diff), borrowed.
    pub fn changes_since<'a>(&'a self, old: &'a Self) -> impl Iterator<Item = SetChange<&'a K>> {
        self.entries
            .changes_in_order(&old.entries)
            .filter_map(SetChange::from_map)
    }

    /// Makes every change of `diff` here.
    ///
    /// # Errors
    ///
    /// Returns [`DiffMismatch`], and changes nothing, if a key to insert is there already or a key to
    /// remove is not.
    pub fn apply(&mut self, diff: &SetDiff<K>) -> Result<(), DiffMismatch>
    where
        K: fmt::Debug,
    {
        self.entries.apply(&diff.keys)
    }
}

impl<K: Key> Keyed for Set<K> {
    type Key = K;
    type Value = ();
    type Entries = Trie<K, ()>;

    fn entries(&self) -> &Trie<K, ()> {
        &self.entries
    }

    fn entries_mut(&mut self) -> &mut Trie<K, ()> {
        &mut self.entries
    }
}

impl<K> Clone for Set<K> {
    /// Shares the whole structure: O(1).
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
        }
    }
}

impl<K> Default for Set<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Key> PartialEq for Set<K> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<K: Key> Eq for Set<K> {}

impl<K: Key + fmt::Debug> fmt::Debug for Set<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

impl<K: Key> Extend<K> for Set<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, keys: I) {
        self.entries.extend(keys.into_iter().map(|key| (key, ())));
    }
}

impl<K: Key> FromIterator<K> for Set<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut set = Self::new();
        set.extend(keys);
        set
    }
}

impl<K: Key, const N: usize> From<[K; N]> for Set<K> {
    fn from(keys: [K; N]) -> Self {
        keys.into_iter().collect()
    }
}

impl<'a, K: Key> IntoIterator for &'a Set<K> {
    type Item = &'a K;
    type IntoIter = SetIter<'a, K>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Iterates over the keys of a [`Set`], in no promised order.
#[derive(Clone, Debug)]
pub struct SetIter<'a, K: Key> {
    entries: MapIter<'a, K, ()>,
}

impl<'a, K: Key> Iterator for SetIter<'a, K> {
    type Item = &'a K;

    fn next(&mut self) -> Option<Self::Item> {
        self.entries.next().map(|(key, ())| key)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<K: Key> ExactSizeIterator for SetIter<'_, K> {}
