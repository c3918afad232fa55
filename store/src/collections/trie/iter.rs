//! Walking over the entries of a trie.

use std::{fmt, iter::FusedIterator, slice};

use smallvec::SmallVec;

use super::node::{Entry, Node};

/// Iterates over the entries of a [`Map`](crate::Map), in no promised order.
pub struct MapIter<'a, K, V> {
    /// What is left of the branches that it is in, outermost first.
    branches: SmallVec<[slice::Iter<'a, Node<K, V>>; 8]>,
    /// What is left of the leaf that it is in.
    leaf: slice::Iter<'a, Entry<K, V>>,
    left: usize,
}

impl<'a, K, V> MapIter<'a, K, V> {
    /// Walks over the `len` entries under `root`.
    pub(super) fn new(root: &'a Node<K, V>, len: usize) -> Self {
        let mut iter = Self {
            branches: SmallVec::new(),
            leaf: [].iter(),
            left: len,
        };
        iter.enter(root);
        iter
    }

    fn enter(&mut self, node: &'a Node<K, V>) {
        match node {
            Node::Leaf(entries) => self.leaf = entries.iter(),
            Node::Branch(_, children) => self.branches.push(children.iter()),
        }
    }
}

impl<'a, K, V> Iterator for MapIter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.leaf.next() {
                self.left -= 1;
                let (key, value) = entry.as_ref()?;
                return Some((key, value));
            }
            match self.branches.last_mut()?.next() {
                Some(child) => self.enter(child),
                None => drop(self.branches.pop()),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K, V> ExactSizeIterator for MapIter<'_, K, V> {}

impl<K, V> FusedIterator for MapIter<'_, K, V> {}

impl<K, V> Clone for MapIter<'_, K, V> {
    fn clone(&self) -> Self {
        Self {
            branches: self.branches.clone(),
            leaf: self.leaf.clone(),
            left: self.left,
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for MapIter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}
