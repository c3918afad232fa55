//! What differs between two tries, found by skipping what both share.

use std::cmp::Ordering;

use super::{
    node::{Entry, Node, hash, search},
    slots::{SLOTS, Slots},
};
use crate::collections::{key::Key, map_diff::MapChange, same};

impl<K: Key, V: PartialEq + 'static> Node<K, V> {
    /// Whether both hold the same. Equal keys make equal shapes, so nodes are compared pair by pair.
    pub(super) fn same(&self, other: &Self) -> bool {
        if self.ptr_eq(other) {
            return true;
        }
        match (self, other) {
            (Self::Leaf(one), Self::Leaf(other)) => {
                let mut pairs = one.iter().flatten().zip(other.iter().flatten());
                one.len() == other.len()
                    && pairs
                        .all(|(one, other)| one.0 == other.0 && same::by_value(&one.1, &other.1))
            }
            (Self::Branch(slots, one), Self::Branch(others, other)) => {
                slots == others && one.iter().zip(&**other).all(|(one, other)| one.same(other))
            }
            _ => false,
        }
    }
}

/// One of the two that are compared.
#[derive(Clone, Copy)]
enum Side {
    Old,
    New,
}

/// Something still to be compared.
enum Work<'a, K, V> {
    /// What both have in the same slots.
    Both {
        old: &'a Node<K, V>,
        new: &'a Node<K, V>,
        level: u32,
    },
    /// What one side has there, but for the keys of a leaf on the other, which are done with.
    One {
        side: Side,
        node: &'a Node<K, V>,
        done: &'a [Entry<K, V>],
    },
}

/// Iterates over what leads from one trie to another, in no promised order.
pub(super) struct Changes<'a, K, V> {
    work: Vec<Work<'a, K, V>>,
    found: Vec<MapChange<&'a K, &'a V>>,
}

impl<'a, K: Key, V: PartialEq + 'static> Changes<'a, K, V> {
    pub(super) fn between(old: &'a Node<K, V>, new: &'a Node<K, V>) -> Self {
        let mut changes = Self {
            work: Vec::new(),
            found: Vec::new(),
        };
        changes.plan(old, new, 0);
        changes
    }

    /// Leaves two nodes in the same slots, under a branch above `level`, to be compared, unless they are one.
    fn plan(&mut self, old: &'a Node<K, V>, new: &'a Node<K, V>, level: u32) {
        if !old.ptr_eq(new) {
            self.work.push(Work::Both { old, new, level });
        }
    }

    fn both(&mut self, old: &'a Node<K, V>, new: &'a Node<K, V>, level: u32) {
        match (old, new) {
            (Node::Leaf(old), Node::Leaf(new)) => self.leaves(old, new),
            (Node::Leaf(leaf), Node::Branch(slots, children)) => {
                self.leaf(Side::Old, leaf, new, level);
                self.others(Side::New, *slots, children, 0, SLOTS, leaf);
            }
            (Node::Branch(slots, children), Node::Leaf(leaf)) => {
                self.leaf(Side::New, leaf, old, level);
                self.others(Side::Old, *slots, children, 0, SLOTS, leaf);
            }
            (Node::Branch(old_slots, olds), Node::Branch(new_slots, news)) => {
                let mut slot = 0;
                while slot < SLOTS {
                    let widths = [old_slots.width(slot), new_slots.width(slot)];
                    let width = widths[0].max(widths[1]);
                    let (one, other) = (&olds[old_slots.child(slot)], &news[new_slots.child(slot)]);
                    match (one, other) {
                        (Node::Leaf(leaf), _) if widths[1] < width => {
                            self.leaf(Side::Old, leaf, new, level);
                            self.others(Side::New, *new_slots, news, slot, width, leaf);
                        }
                        (_, Node::Leaf(leaf)) if widths[0] < width => {
                            self.leaf(Side::New, leaf, old, level);
                            self.others(Side::Old, *old_slots, olds, slot, width, leaf);
                        }
                        (one, other) => self.plan(one, other, level + 1),
                    }
                    slot += width;
                }
            }
        }
    }

    /// Compares two leaves.
    fn leaves(&mut self, old: &'a [Entry<K, V>], new: &'a [Entry<K, V>]) {
        let mut olds = old.iter().flatten().peekable();
        let mut news = new.iter().flatten().peekable();
        loop {
            let order = match (olds.peek(), news.peek()) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((old, _)), Some((new, _))) => old.cmp(new),
            };
            let old = olds.next_if(|_| order.is_le());
            let new = news.next_if(|_| order.is_ge());
            self.find(old, new);
        }
    }

    /// Compares the entries of a leaf with those that `other`, at `level`, has under the same keys.
    fn leaf(&mut self, side: Side, leaf: &'a [Entry<K, V>], other: &'a Node<K, V>, level: u32) {
        for entry in leaf.iter().flatten() {
            let other = other.find(hash(&entry.0), level, &entry.0);
            self.find_on(side, entry, other);
        }
    }

    /// Leaves what one side has in `width` slots from `first` on to be found, but for the keys in `done`.
    fn others(
        &mut self,
        side: Side,
        slots: Slots,
        children: &'a [Node<K, V>],
        first: usize,
        width: usize,
        done: &'a [Entry<K, V>],
    ) {
        let last = slots.child(first + width - 1);
        let children = &children[slots.child(first)..=last];
        let work = children.iter().map(|node| Work::One { side, node, done });
        self.work.extend(work);
    }

    fn one(&mut self, side: Side, node: &'a Node<K, V>, done: &'a [Entry<K, V>]) {
        match node {
            Node::Leaf(entries) => {
                for entry in entries.iter().flatten() {
                    if search(done, &entry.0).is_err() {
                        self.find_on(side, entry, None);
                    }
                }
            }
            Node::Branch(slots, children) => self.others(side, *slots, children, 0, SLOTS, done),
        }
    }

    fn find_on(&mut self, side: Side, entry: &'a (K, V), other: Option<&'a (K, V)>) {
        match side {
            Side::Old => self.find(Some(entry), other),
            Side::New => self.find(other, Some(entry)),
        }
    }

    /// Notes that a key has the entry `old` in one and `new` in the other, if they differ.
    fn find(&mut self, old: Option<&'a (K, V)>, new: Option<&'a (K, V)>) {
        let same = matches!((old, new), (Some(old), Some(new)) if same::by_value(&old.1, &new.1));
        if let (false, Some((key, _))) = (same, new.or(old)) {
            let value = |entry: Option<&'a (K, V)>| entry.map(|(_, value)| value);
            let change = MapChange::between(key, value(old), value(new));
            self.found.extend(change);
        }
    }
}

impl<'a, K: Key, V: PartialEq + 'static> Iterator for Changes<'a, K, V> {
    type Item = MapChange<&'a K, &'a V>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(change) = self.found.pop() {
                return Some(change);
            }
            match self.work.pop()? {
                Work::Both { old, new, level } => self.both(old, new, level),
                Work::One { side, node, done } => self.one(side, node, done),
            }
        }
    }
}
