//! A persistent sequence.
//!
//! Our own tree, since the diff of two lists must see which nodes they share.

mod node;
mod iter;
mod shared;
mod align;
mod edit;
mod diff;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod laws;

use std::{
    fmt,
    ops::{Bound, Index, RangeBounds},
};

use self::node::Node;
pub use self::{
    edit::{ListDiff, ListEdit},
    iter::ListIter,
};
use super::mismatch::DiffMismatch;

/// Holds items in a sequence; clones share their structure.
///
/// A clone costs O(1); reading, writing, inserting and removing anywhere O(log n); and the
/// [`diff`](List::diff) of two lists what differs between them.
///
/// # Examples
///
/// ```
/// use store::List;
///
/// let mut queue = List::from(["ann", "cy"]);
/// let before = queue.clone();
/// queue.insert(1, "bob");
/// queue.move_item(2, 0);
///
/// assert!(queue.iter().eq(&["cy", "ann", "bob"]));
/// assert!(before.iter().eq(&["ann", "cy"]));
/// ```
pub struct List<T> {
    root: Node<T>,
}

impl<T> List<T> {
    /// Makes an empty list.
    pub fn new() -> Self {
        Self {
            root: Node::pack(Vec::new()),
        }
    }

    /// Returns how many items there are.
    pub fn len(&self) -> usize {
        self.root.len()
    }

    /// Tells whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells whether both lists are one in memory, as a list and its untouched clone are.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.root.address() == other.root.address()
    }

    /// Returns the item at `index`.
    pub fn get(&self, index: usize) -> Option<&T> {
        (index < self.len()).then(|| {
            let (leaf, at) = self.root.leaf_at(index);
            &leaf[at]
        })
    }

    /// Returns the first item.
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// Returns the last item.
    pub fn last(&self) -> Option<&T> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Iterates over the items.
    pub fn iter(&self) -> ListIter<'_, T> {
        ListIter::new(&self.root, 0, self.len())
    }

    /// Returns how many items come before the first that fails `test`.
    ///
    /// All items that pass must come before all that fail, as in a list that is sorted by what is tested;
    /// the answer is then where to insert. `test` is called O(log n) times.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::List;
    ///
    /// let primes = List::from([2, 3, 5, 7, 11]);
    /// assert_eq!(primes.partition_point(|prime| *prime < 6), 3);
    /// ```
    pub fn partition_point(&self, test: impl FnMut(&T) -> bool) -> usize {
        self.root.partition_point(test)
    }

    /// Removes every item.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<T: Clone> List<T> {
    /// Returns the item at `index` for writing.
    ///
    /// What other lists share of the path to it is cloned first.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        (index < self.len()).then(|| self.root.get_mut(index))
    }

    /// Puts `value` in the place of the item at `index`, and returns that.
    ///
    /// # Panics
    ///
    /// Panics if there is no item at `index`.
    #[track_caller]
    pub fn replace(&mut self, index: usize, value: T) -> T {
        self.check(index, self.len());
        std::mem::replace(self.root.get_mut(index), value)
    }

    /// Inserts `value` before the item at `index`, or at the end if `index` is the length.
    ///
    /// # Panics
    ///
    /// Panics if `index` is greater than the length.
    #[track_caller]
    pub fn insert(&mut self, index: usize, value: T) {
        self.check(index, self.len() + 1);
        self.root.insert(index, value);
    }

    /// Removes the item at `index` and returns it.
    ///
    /// # Panics
    ///
    /// Panics if there is no item at `index`.
    #[track_caller]
    pub fn remove(&mut self, index: usize) -> T {
        self.check(index, self.len());
        self.root.remove(index)
    }

    /// Takes the item at `from` out and inserts it so that it is at `to`.
    ///
    /// # Panics
    ///
    /// Panics if either is not the index of an item.
    #[track_caller]
    pub fn move_item(&mut self, from: usize, to: usize) {
        self.check(from, self.len());
        self.check(to, self.len());
        if from != to {
            let item = self.root.remove(from);
            self.root.insert(to, item);
        }
    }

    /// Adds an item at the end.
    pub fn push_back(&mut self, value: T) {
        self.root.insert(self.len(), value);
    }

    /// Adds an item at the front.
    pub fn push_front(&mut self, value: T) {
        self.root.insert(0, value);
    }

    /// Removes the last item and returns it.
    pub fn pop_back(&mut self) -> Option<T> {
        let last = self.len().checked_sub(1)?;
        Some(self.root.remove(last))
    }

    /// Removes the first item and returns it.
    pub fn pop_front(&mut self) -> Option<T> {
        (!self.is_empty()).then(|| self.root.remove(0))
    }

    /// Keeps the first `len` items; does nothing if there are no more.
    pub fn truncate(&mut self, len: usize) {
        if len == 0 {
            self.clear();
        } else if len < self.len() {
            self.root.truncate(len);
        }
    }

    /// Returns the items at the indexes in `range`, sharing their structure: O(log n).
    ///
    /// What lies beyond the list is left out, so a range that is too long gives what there is of it. A range
    /// that ends before it starts is empty.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::List;
    ///
    /// let list: List<u32> = (0..1000).collect();
    /// assert_eq!(list.slice(2..4), List::from([2, 3]));
    /// assert_eq!(list.slice(998..2000), List::from([998, 999]));
    /// assert!(list.slice(2000..).is_empty());
    /// ```
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Self {
        let start = match range.start_bound() {
            Bound::Included(start) => *start,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(last) => last.saturating_add(1),
            Bound::Excluded(end) => *end,
            Bound::Unbounded => self.len(),
        };
        let end = end.min(self.len());
        if start >= end {
            return Self::new();
        }
        Self {
            root: self.root.slice(start, end),
        }
    }

    /// Adds all items of another list at the end, sharing its structure: O(log n).
    pub fn append(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else if !other.is_empty() {
            let left = std::mem::replace(&mut self.root, Node::pack(Vec::new()));
            self.root = Node::join(left, other.root);
        }
    }

    #[track_caller]
    fn check(&self, index: usize, end: usize) {
        let len = self.len();
        assert!(
            index < end,
            "index {index} is beyond the list, whose length is {len}"
        );
    }
}

impl<T: PartialEq + 'static> List<T> {
    /// Iterates over the edits that lead from `old` to this list, in the order in which they are to be made.
    ///
    /// The same as [`diff`](Self::diff), borrowed.
    pub fn changes_since<'a>(&'a self, old: &'a Self) -> impl Iterator<Item = ListEdit<&'a T>> {
        diff::edits(&old.root, &self.root).into_iter()
    }
}

impl<T: Clone + PartialEq + 'static> List<T> {
    /// Returns the edits that lead from `old` to this list.
    ///
    /// Costs O(changes · log n) where one list came from the other by writes; items are compared as
    /// [`same::by_value`](crate::same::by_value) does. An item that went and came in elsewhere is told as
    /// moved if no other item like it went or came, and if few items did.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::{List, ListEdit};
    ///
    /// let old: List<u32> = (0..1000).collect();
    /// let mut new = old.clone();
    /// new.move_item(10, 900);
    ///
    /// let mut copy = old.clone();
    /// copy.apply(&new.diff(&old))?;
    /// assert_eq!(copy, new);
    /// assert!(new.changes_since(&old).eq([ListEdit::Move { from: 10, to: 900 }]));
    /// # Ok::<(), store::DiffMismatch>(())
    /// ```
    pub fn diff(&self, old: &Self) -> ListDiff<T> {
        self.changes_since(old).map(|edit| edit.cloned()).collect()
    }

    /// Makes every edit of `diff` here.
    ///
    /// # Errors
    ///
    /// Returns [`DiffMismatch`], and changes nothing, if an index does not hold what the diff says it held,
    /// or lies beyond the list.
    pub fn apply(&mut self, diff: &ListDiff<T>) -> Result<(), DiffMismatch> {
        diff.apply(self)
    }
}

impl<T> Clone for List<T> {
    /// Shares the whole structure: O(1).
    fn clone(&self) -> Self {
        Self {
            root: self.root.clone(),
        }
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: PartialEq + 'static> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        diff::equal(&self.root, &other.root)
    }
}

impl<T: Eq + 'static> Eq for List<T> {}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<T> Index<usize> for List<T> {
    type Output = T;

    /// Returns the item at `index`.
    ///
    /// # Panics
    ///
    /// Panics if there is no item at `index`.
    fn index(&self, index: usize) -> &T {
        self.get(index).expect("the index is beyond the list")
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = ListIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Clone> Extend<T> for List<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        self.append(items.into_iter().collect());
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self {
            root: Node::pack(items.into_iter().collect()),
        }
    }
}

impl<T, const N: usize> From<[T; N]> for List<T> {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}
