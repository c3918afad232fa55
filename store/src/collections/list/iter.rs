//! Walking over a list's items from both ends.

use std::{fmt, iter::FusedIterator};

use super::node::Node;

/// Iterates over the items of a [`List`](crate::List).
pub struct ListIter<'a, T> {
    root: &'a Node<T>,
    /// The next item from the front.
    start: usize,
    /// One past the next item from the back.
    end: usize,
    /// What is left of the leaf at `start`; may reach beyond `end`.
    front: &'a [T],
    /// What is left of the leaf before `end`; may reach before `start`.
    back: &'a [T],
}

impl<'a, T> ListIter<'a, T> {
    pub(super) fn new(root: &'a Node<T>, start: usize, end: usize) -> Self {
        Self {
            root,
            start,
            end,
            front: &[],
            back: &[],
        }
    }
}

impl<'a, T> Iterator for ListIter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        if self.start == self.end {
            return None;
        }
        if self.front.is_empty() {
            let (leaf, at) = self.root.leaf_at(self.start);
            self.front = &leaf[at..];
        }
        let (item, rest) = self.front.split_first()?;
        self.front = rest;
        self.start += 1;
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.end - self.start;
        (len, Some(len))
    }
}

impl<T> DoubleEndedIterator for ListIter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.start == self.end {
            return None;
        }
        if self.back.is_empty() {
            let (leaf, at) = self.root.leaf_at(self.end - 1);
            self.back = &leaf[..=at];
        }
        let (item, rest) = self.back.split_last()?;
        self.back = rest;
        self.end -= 1;
        Some(item)
    }
}

impl<T> ExactSizeIterator for ListIter<'_, T> {}

impl<T> FusedIterator for ListIter<'_, T> {}

impl<T> Clone for ListIter<'_, T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<T: fmt::Debug> fmt::Debug for ListIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
