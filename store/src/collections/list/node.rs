//! The tree behind a list: items in leaves, all leaves equally deep, every length beside its pointer.
//!
//! Clones share nodes; a write copies the path to where it writes, or nothing if nobody shares it.

use std::{cmp::Ordering, sync::Arc};

/// The most items in a leaf.
const LEAF: usize = 32;
/// The most children of a branch.
const BRANCH: usize = 16;

pub(super) struct Node<T> {
    len: usize,
    body: Body<T>,
}

enum Body<T> {
    Leaf(Arc<Vec<T>>),
    Branch(Arc<Vec<Node<T>>>),
}

/// Which end of a tree another one is joined to.
#[derive(Clone, Copy)]
enum End {
    Front,
    Back,
}

impl<T> Node<T> {
    fn leaf(items: Vec<T>) -> Self {
        Self {
            len: items.len(),
            body: Body::Leaf(Arc::new(items)),
        }
    }

    fn branch(children: Vec<Self>) -> Self {
        let len = children.iter().map(Self::len).sum();
        Self {
            len,
            body: Body::Branch(Arc::new(children)),
        }
    }

    /// Makes a tree whose nodes are as full as they can be.
    pub(super) fn pack(items: Vec<T>) -> Self {
        let mut level: Vec<Self> = chunks(items, LEAF).map(Self::leaf).collect();
        while level.len() > 1 {
            level = chunks(level, BRANCH).map(Self::branch).collect();
        }
        level.pop().unwrap_or_else(|| Self::leaf(Vec::new()))
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How many levels lie below this node: none below a leaf.
    pub(super) fn height(&self) -> usize {
        match &self.body {
            Body::Leaf(_) => 0,
            Body::Branch(children) => 1 + children[0].height(),
        }
    }

    /// The children of a branch, none of a leaf.
    pub(super) fn children(&self) -> &[Self] {
        match &self.body {
            Body::Leaf(_) => &[],
            Body::Branch(children) => children,
        }
    }

    /// Where the node lies in memory; equal only for nodes that are shared.
    pub(super) fn address(&self) -> *const () {
        match &self.body {
            Body::Leaf(items) => Arc::as_ptr(items).cast(),
            Body::Branch(children) => Arc::as_ptr(children).cast(),
        }
    }

    /// The leaf that holds `index`, and where in that leaf it is.
    pub(super) fn leaf_at(&self, index: usize) -> (&[T], usize) {
        match &self.body {
            Body::Leaf(items) => (items, index),
            Body::Branch(children) => {
                let (child, index) = locate(children, index);
                children[child].leaf_at(index)
            }
        }
    }

    /// How many items there are before the first that fails `test`, if all that pass it come first.
    pub(super) fn partition_point(&self, mut test: impl FnMut(&T) -> bool) -> usize {
        let (mut node, mut before) = (self, 0);
        loop {
            match &node.body {
                Body::Leaf(items) => return before + items.partition_point(test),
                Body::Branch(children) => {
                    let (last, others) = children.split_last().expect("a branch has children");
                    let passed =
                        others.partition_point(|child| child.last().is_some_and(&mut test));
                    before += others[..passed].iter().map(Self::len).sum::<usize>();
                    node = others.get(passed).unwrap_or(last);
                }
            }
        }
    }

    fn last(&self) -> Option<&T> {
        match &self.body {
            Body::Leaf(items) => items.last(),
            Body::Branch(children) => children.last()?.last(),
        }
    }

    fn is_underfull(&self) -> bool {
        match &self.body {
            Body::Leaf(items) => items.len() < LEAF / 4,
            Body::Branch(children) => children.len() < BRANCH / 4,
        }
    }
}

impl<T: Clone> Node<T> {
    pub(super) fn get_mut(&mut self, index: usize) -> &mut T {
        match &mut self.body {
            Body::Leaf(items) => &mut Arc::make_mut(items)[index],
            Body::Branch(children) => {
                let (child, index) = locate(children, index);
                Arc::make_mut(children)[child].get_mut(index)
            }
        }
    }

    /// Inserts before `index`; the root grows by one level if all of its nodes on the way were full.
    pub(super) fn insert(&mut self, index: usize, value: T) {
        let rest = self.insert_below(index, value);
        self.grow(rest);
    }

    /// Inserts and returns the right part of a node that became too wide.
    fn insert_below(&mut self, index: usize, value: T) -> Option<Self> {
        let at_end = index == self.len;
        self.len += 1;
        match &mut self.body {
            Body::Leaf(items) => Arc::make_mut(items).insert(index, value),
            Body::Branch(children) => {
                let children = Arc::make_mut(children);
                let (child, index) = locate(children, index);
                if let Some(rest) = children[child].insert_below(index, value) {
                    children.insert(child + 1, rest);
                }
            }
        }
        self.split(at_end)
    }

    pub(super) fn remove(&mut self, index: usize) -> T {
        let old = self.remove_below(index);
        self.shrink();
        old
    }

    fn remove_below(&mut self, index: usize) -> T {
        self.len -= 1;
        match &mut self.body {
            Body::Leaf(items) => Arc::make_mut(items).remove(index),
            Body::Branch(children) => {
                let children = Arc::make_mut(children);
                let (child, index) = locate(children, index);
                let old = children[child].remove_below(index);
                mend(children, child);
                old
            }
        }
    }

    /// Keeps the first `len` items, at least one.
    pub(super) fn truncate(&mut self, len: usize) {
        self.truncate_below(len);
        self.shrink();
    }

    fn truncate_below(&mut self, len: usize) {
        self.len = len;
        match &mut self.body {
            Body::Leaf(items) => Arc::make_mut(items).truncate(len),
            Body::Branch(children) => {
                let (child, last) = locate(children, len - 1);
                let children = Arc::make_mut(children);
                children.truncate(child + 1);
                children[child].truncate_below(last + 1);
                mend(children, child);
            }
        }
    }

    /// The items from `start` to before `end`, at least one.
    pub(super) fn slice(&self, start: usize, end: usize) -> Self {
        let mut part = self.slice_below(start, end);
        part.shrink();
        part
    }

    fn slice_below(&self, start: usize, end: usize) -> Self {
        if (start, end) == (0, self.len) {
            return self.clone();
        }
        match &self.body {
            Body::Leaf(items) => Self::leaf(items[start..end].to_vec()),
            Body::Branch(children) => {
                let (first, start) = locate(children, start);
                let (last, back) = locate(children, end - 1);
                if first == last {
                    return Self::branch(vec![children[first].slice_below(start, back + 1)]);
                }
                let mut parts = Vec::with_capacity(last - first + 1);
                parts.push(children[first].slice_below(start, children[first].len));
                parts.extend_from_slice(&children[first + 1..last]);
                parts.push(children[last].slice_below(0, back + 1));
                mend(&mut parts, last - first);
                mend(&mut parts, 0);
                Self::branch(parts)
            }
        }
    }

    /// Puts all of `right`'s items after all of `left`'s.
    pub(super) fn join(mut left: Self, mut right: Self) -> Self {
        let (left_height, right_height) = (left.height(), right.height());
        match left_height.cmp(&right_height) {
            Ordering::Greater => {
                let rest = left.graft(right, left_height - right_height, End::Back);
                left.grow(rest);
                left
            }
            Ordering::Less => {
                let rest = right.graft(left, right_height - left_height, End::Front);
                right.grow(rest);
                right
            }
            Ordering::Equal => {
                let mut children = vec![left, right];
                mend(&mut children, 1);
                mend(&mut children, 0);
                let mut root = Self::branch(children);
                root.shrink();
                root
            }
        }
    }

    /// Joins a tree that belongs `depth` levels below this node, and returns the right part of a node that
    /// became too wide.
    fn graft(&mut self, tree: Self, depth: usize, end: End) -> Option<Self> {
        let Body::Branch(children) = &mut self.body else {
            unreachable!("nothing lies below a leaf")
        };
        self.len += tree.len;
        let children = Arc::make_mut(children);
        if depth > 1 {
            let edge = match end {
                End::Front => 0,
                End::Back => children.len() - 1,
            };
            if let Some(rest) = children[edge].graft(tree, depth - 1, end) {
                children.insert(edge + 1, rest);
            }
        } else {
            let edge = match end {
                End::Front => 0,
                End::Back => children.len(),
            };
            children.insert(edge, tree);
            mend(children, edge);
        }
        self.split(false)
    }

    /// Takes in the right neighbour, and returns the right part if that became too wide.
    fn absorb(&mut self, right: Self) -> Option<Self> {
        self.len += right.len;
        match (&mut self.body, right.body) {
            (Body::Leaf(items), Body::Leaf(more)) => {
                Arc::make_mut(items).extend(Arc::unwrap_or_clone(more));
            }
            (Body::Branch(children), Body::Branch(more)) => {
                let children = Arc::make_mut(children);
                let seam = children.len();
                children.extend(Arc::unwrap_or_clone(more));
                // A cut may have left either node with a thin child only.
                mend(children, seam);
                mend(children, seam - 1);
            }
            _ => unreachable!("siblings are equally deep"),
        }
        self.split(false)
    }

    /// Cuts off the right part if the node is too wide: less of it where more is to come `at_end`.
    fn split(&mut self, at_end: bool) -> Option<Self> {
        fn cut<I: Clone>(all: &mut Arc<Vec<I>>, at_end: bool) -> Vec<I> {
            let middle = if at_end {
                all.len() * 3 / 4
            } else {
                all.len() / 2
            };
            Arc::make_mut(all).split_off(middle)
        }
        let right = match &mut self.body {
            Body::Leaf(items) if items.len() > LEAF => Self::leaf(cut(items, at_end)),
            Body::Branch(nodes) if nodes.len() > BRANCH => Self::branch(cut(nodes, at_end)),
            _ => return None,
        };
        self.len -= right.len;
        Some(right)
    }

    /// Puts a new root over this one and the part that was split from it.
    fn grow(&mut self, rest: Option<Self>) {
        if let Some(rest) = rest {
            *self = Self::branch(vec![self.clone(), rest]);
        }
    }

    /// Drops roots that have only one child.
    fn shrink(&mut self) {
        while let [only] = self.children() {
            *self = only.clone();
        }
    }
}

impl<T> Clone for Node<T> {
    fn clone(&self) -> Self {
        let body = match &self.body {
            Body::Leaf(items) => Body::Leaf(Arc::clone(items)),
            Body::Branch(children) => Body::Branch(Arc::clone(children)),
        };
        Self {
            len: self.len,
            body,
        }
    }
}

/// The child that holds `index`, and where in that child it is; the end belongs to the last child.
fn locate<T>(children: &[Node<T>], mut index: usize) -> (usize, usize) {
    let last = children.len() - 1;
    for (number, child) in children[..last].iter().enumerate() {
        if index < child.len {
            return (number, index);
        }
        index -= child.len;
    }
    (last, index)
}

/// Joins the child with a neighbour if it has become thin, which may split them again more evenly.
fn mend<T: Clone>(children: &mut Vec<Node<T>>, child: usize) {
    if children.len() > 1 && children.get(child).is_some_and(Node::is_underfull) {
        let left = child.saturating_sub(1);
        let right = children.remove(left + 1);
        let rest = children[left].absorb(right);
        children.splice(left + 1..left + 1, rest);
    }
}

/// Cuts into as few parts as there can be of at most `most`, about equally long.
fn chunks<I>(all: Vec<I>, most: usize) -> impl Iterator<Item = Vec<I>> {
    let len = all.len();
    let count = len.div_ceil(most);
    let mut rest = all.into_iter();
    (0..count).map(move |n| {
        let size = len * (n + 1) / count - len * n / count;
        rest.by_ref().take(size).collect()
    })
}

#[cfg(test)]
impl<T> Node<T> {
    /// Checks what every tree must keep to, and returns its height.
    pub(super) fn check(&self, is_root: bool) -> usize {
        assert!(is_root || !self.is_underfull());
        match &self.body {
            Body::Leaf(items) => {
                assert_eq!(self.len, items.len());
                assert!(items.len() <= LEAF);
                0
            }
            Body::Branch(children) => {
                assert!((2..=BRANCH).contains(&children.len()));
                assert_eq!(self.len, children.iter().map(Self::len).sum::<usize>());
                let heights: Vec<_> = children.iter().map(|child| child.check(false)).collect();
                assert!(heights.windows(2).all(|pair| pair[0] == pair[1]));
                heights[0] + 1
            }
        }
    }
}
