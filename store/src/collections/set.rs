//! A persistent set.

use std::{borrow::Borrow, fmt};

use super::{
    backed::Keyed,
    key::Key,
    mismatch::DiffMismatch,
    set_diff::{SetChange, SetDiff},
    tree::{self, Tree},
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
    tree: Tree<K, ()>,
}

impl<K> Set<K> {
    /// Makes an empty set.
    pub fn new() -> Self {
        Self { tree: Tree::new() }
    }

    /// Returns how many keys there are.
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    /// Tells whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells whether both sets are one in memory, as a set and its untouched clone are.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.tree.ptr_eq(&other.tree)
    }

    /// Removes every key.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<K: Key> Set<K> {
    /// Iterates over the keys.
    pub fn iter(&self) -> SetIter<'_, K> {
        SetIter {
            entries: self.tree.iter(),
        }
    }

    /// Tells whether `key` is there.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.tree.get(key).is_some()
    }

    /// Adds `key` and tells whether it is new.
    pub fn insert(&mut self, key: K) -> bool {
        self.tree.insert(key, ()).is_none()
    }

    /// Removes `key` and tells whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.tree.remove(key).is_some()
    }

    /// Removes the keys for which `keep` returns false.
    pub fn retain(&mut self, mut keep: impl FnMut(&K) -> bool) {
        self.tree.retain(|key, ()| keep(key));
    }

    /// Returns what leads from `old` to this set, at O(changes · log n).
    pub fn diff(&self, old: &Self) -> SetDiff<K> {
        SetDiff {
            keys: self.tree.diff(&old.tree),
        }
    }

    /// Iterates over what leads from `old` to this set, in key order.
    ///
    /// The same as [`diff`](Self::diff), found step by step and borrowed.
    pub fn changes_since<'a>(&'a self, old: &'a Self) -> impl Iterator<Item = SetChange<&'a K>> {
        self.tree
            .changes_since(&old.tree)
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
        self.tree.apply(&diff.keys)
    }
}

impl<K: Key> Keyed for Set<K> {
    type Key = K;
    type Value = ();

    fn tree(&self) -> &Tree<K, ()> {
        &self.tree
    }

    fn tree_mut(&mut self) -> &mut Tree<K, ()> {
        &mut self.tree
    }
}

impl<K> Clone for Set<K> {
    /// Shares the whole structure: O(1).
    fn clone(&self) -> Self {
        Self {
            tree: self.tree.clone(),
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
        self.tree == other.tree
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
        for key in keys {
            self.insert(key);
        }
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

/// Iterates over the keys of a [`Set`].
#[derive(Clone, Debug)]
pub struct SetIter<'a, K: Key> {
    entries: tree::MapIter<'a, K, ()>,
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

impl<K: Key> DoubleEndedIterator for SetIter<'_, K> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.entries.next_back().map(|(key, ())| key)
    }
}

impl<K: Key> ExactSizeIterator for SetIter<'_, K> {}
