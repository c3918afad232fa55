//! The persistent trie behind `Map` and `Set`: a tree that the bits of a key's hash lead through.
//!
//! Our own, since every write edits one while the version before it is alive, and that is the larger part
//! of what a write costs.

mod slots;
mod node;
mod hold;
mod leaf;
mod edit;
mod whole;
mod iter;
mod diff;
#[cfg(test)]
mod cases;

use std::{borrow::Borrow, hash::Hash};

pub use self::iter::MapIter;
use self::{
    diff::Changes,
    node::{Node, hash},
};
use super::{entries::Entries, key::Key, map_diff::MapChange};

/// A map without a promised order whose clones share their structure.
#[doc(hidden)]
pub struct Trie<K, V> {
    root: Node<K, V>,
    len: usize,
}

impl<K, V> Trie<K, V> {
    pub(crate) fn new() -> Self {
        Self {
            root: Node::empty(),
            len: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn ptr_eq(&self, other: &Self) -> bool {
        self.root.ptr_eq(&other.root)
    }
}

impl<K: Key, V> Entries<K, V> for Trie<K, V> {
    type Iter<'a>
        = MapIter<'a, K, V>
    where
        V: 'a;

    fn ptr_eq(&self, other: &Self) -> bool {
        Trie::ptr_eq(self, other)
    }

    fn iter(&self) -> MapIter<'_, K, V> {
        MapIter::new(&self.root, self.len)
    }

    fn get<Q: Ord + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let entry = self.root.find(hash(key), 0, key);
        entry.map(|(_, value)| value)
    }

    fn insert(&mut self, key: K, value: V) -> Option<V>
    where
        V: Clone,
    {
        let old = self.root.insert(key, value);
        self.len += usize::from(old.is_none());
        old
    }

    fn extend(&mut self, entries: impl IntoIterator<Item = (K, V)>)
    where
        V: Clone,
    {
        if self.len == 0 {
            (self.root, self.len) = Node::whole(entries);
        } else {
            for (key, value) in entries {
                self.insert(key, value);
            }
        }
    }

    fn entry_mut<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> Option<(&K, &mut V)>
    where
        K: Borrow<Q>,
        V: Clone,
    {
        self.root.entry_mut(hash(key), key)
    }

    fn remove_entry<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        V: Clone,
    {
        let removed = self.root.remove(hash(key), key);
        self.len -= usize::from(removed.is_some());
        removed
    }

    fn changes_since<'a>(
        &'a self,
        old: &'a Self,
    ) -> impl Iterator<Item = MapChange<&'a K, &'a V>> + use<'a, K, V>
    where
        V: PartialEq + 'static,
    {
        Changes::between(&old.root, &self.root)
    }
}

impl<K, V> Clone for Trie<K, V> {
    fn clone(&self) -> Self {
        Self {
            root: self.root.clone(),
            len: self.len,
        }
    }
}

impl<K: Key, V: PartialEq + 'static> PartialEq for Trie<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.root.same(&other.root)
    }
}
