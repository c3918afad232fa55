//! Edits of a trie: in place where nothing is shared, and else on a copy of the way there.
//!
//! The program's own code (`Hash`, `Ord`, `Clone`) runs before anything is changed: should it panic, the
//! trie is as before.

use std::{borrow::Borrow, ops::Range, sync::Arc};

use super::{
    hold::Hold,
    leaf::Edit,
    node::{Entry, Hashed, Node, Parts, hash, key, search},
    slots::{SLOTS, Slots, slot},
};
use crate::collections::key::Key;

impl<K: Key, V: Clone> Node<K, V> {
    /// Sets `key` to `value` and returns the value it had.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let hash = hash(&key);
        self.edit(hash, |leaf| leaf.insert(hash, key, value))
    }

    /// Removes a key, and returns it as it was held, and its value.
    pub(super) fn remove<Q: Ord + ?Sized>(&mut self, hash: u64, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        self.edit(hash, |leaf| leaf.remove(key))
    }

    /// The entry of a key, to be written; the way there is copied first where it is shared.
    pub(super) fn entry_mut<Q: Ord + ?Sized>(&mut self, hash: u64, key: &Q) -> Option<(&K, &mut V)>
    where
        K: Borrow<Q>,
    {
        if !self.edit(hash, |leaf| leaf.unshare(key)) {
            return None;
        }
        let (mut node, mut level) = (self, 0);
        while let Self::Branch(slots, children) = node {
            let at = slots.child(slot(hash, level));
            node = &mut Arc::get_mut(children)?[at];
            level += 1;
        }
        let Self::Leaf(entries) = node else {
            return None;
        };
        let at = search(entries, key).ok()?;
        let (key, value) = Arc::get_mut(entries)?[at].as_mut()?;
        Some((key, value))
    }

    /// Edits the leaf that `hash` leads to, from the root.
    fn edit<R>(
        &mut self,
        hash: u64,
        edit: impl FnOnce(Hold<'_, [Entry<K, V>]>) -> (Edit<K, V>, R),
    ) -> R {
        let (made, answer) = Hold::Own(&mut *self).edit(hash, 0, edit);
        match made {
            Edit::Done => {}
            Edit::Anew(root) => *self = root,
            Edit::Full(entries) => *self = Self::grow(entries, 0),
        }
        answer
    }
}

impl<K: Key, V: Clone> Hold<'_, Node<K, V>> {
    /// Edits the leaf that `hash` leads to, from this node at `level`.
    fn edit<R>(
        self,
        hash: u64,
        level: u32,
        edit: impl FnOnce(Hold<'_, [Entry<K, V>]>) -> (Edit<K, V>, R),
    ) -> (Edit<K, V>, R) {
        let (slots, children) = match self {
            Hold::Own(Node::Leaf(leaf)) => return edit(Hold::through(Hold::Own(leaf))),
            Hold::Shared(Node::Leaf(leaf)) => return edit(Hold::Shared(leaf)),
            Hold::Own(Node::Branch(slots, children)) => (*slots, Hold::Own(children)),
            Hold::Shared(Node::Branch(slots, children)) => (*slots, Hold::Shared(children)),
        };
        let mut branch = Branch {
            slots,
            children: Hold::through(children),
            level,
        };
        let slot = slot(hash, level);
        let child = branch.children.at(slots.child(slot));
        let (made, answer) = child.edit(hash, level + 1, edit);
        (branch.take(slot, made), answer)
    }
}

/// A branch on the way to an edit.
struct Branch<'a, K, V> {
    slots: Slots,
    children: Hold<'a, [Node<K, V>]>,
    level: u32,
}

impl<K: Key, V: Clone> Branch<'_, K, V> {
    /// What becomes of the branch with what was made of the child of `slot`.
    fn take(self, slot: usize, made: Edit<K, V>) -> Edit<K, V> {
        match made {
            Edit::Done => Edit::Done,
            Edit::Full(entries) => self.spread(slot, entries),
            Edit::Anew(Node::Leaf(leaf)) if self.shrinks(slot, &leaf) => self.merge(slot, leaf),
            Edit::Anew(child) => self.replace(slot, child),
        }
    }

    /// Puts a child in the place of that of `slot`.
    fn replace(self, slot: usize, child: Node<K, V>) -> Edit<K, V> {
        let at = self.slots.child(slot);
        match self.children {
            Hold::Own(children) => {
                children[at] = child;
                Edit::Done
            }
            Hold::Shared(children) => {
                let mut child = Some(child);
                let all = children.iter().enumerate().map(|(nth, other)| {
                    let child = if nth == at { child.take() } else { None };
                    child.unwrap_or_else(|| other.clone())
                });
                Edit::Anew(Node::Branch(self.slots, all.collect()))
            }
        }
    }

    /// Divides the slots of a child that has become too large.
    fn spread(self, slot: usize, entries: Vec<Hashed<K, V>>) -> Edit<K, V> {
        let at = self.slots.child(slot);
        let width = self.slots.width(slot);
        let mut parts = Parts {
            slots: self.slots,
            children: self.children[..at].to_vec(),
        };
        parts.spread(entries, self.level, slot - slot % width, width);
        parts.children.extend_from_slice(&self.children[at + 1..]);
        Edit::Anew(Node::Branch(parts.slots, parts.children.into()))
    }

    /// Whether `leaf` is less than what is in its place.
    fn shrinks(&self, slot: usize, leaf: &[Entry<K, V>]) -> bool {
        match &self.children[self.slots.child(slot)] {
            Node::Leaf(before) => leaf.len() < before.len(),
            Node::Branch(..) => true,
        }
    }

    /// Puts a leaf in the place of a larger child, together with the leaves beside it that it has room for.
    fn merge(self, slot: usize, leaf: Arc<[Entry<K, V>]>) -> Edit<K, V> {
        let (slots, merged) = self.room(slot, leaf.len());
        if merged.len() == 1 {
            return self.replace(slot, Node::Leaf(leaf));
        }
        let at = self.slots.child(slot);
        let leaves = merged.clone().map(|nth| match &self.children[nth] {
            Node::Leaf(other) if nth != at => other,
            _ => &leaf,
        });
        let mut entries: Vec<_> = leaves.flat_map(|leaf| &**leaf).collect();
        entries.sort_by(|one, other| key(one).cmp(key(other)));
        let leaf = Node::Leaf(entries.into_iter().cloned().collect());
        if merged.len() == self.children.len() {
            return Edit::Anew(leaf);
        }
        let (before, after) = (&self.children[..merged.start], &self.children[merged.end..]);
        let children = before.iter().chain([&leaf]).chain(after).cloned().collect();
        Edit::Anew(Node::Branch(slots, children))
    }

    /// The children that one leaf can replace, if `len` entries are in the place of that of `slot`, and
    /// the slots as they are then.
    fn room(&self, slot: usize, mut len: usize) -> (Slots, Range<usize>) {
        let mut slots = self.slots;
        let at = slots.child(slot);
        let mut room = at..at + 1;
        loop {
            let width = slots.width(slot);
            let first = slot - slot % width;
            let beside = first ^ width;
            if width == SLOTS || slots.width(beside) != width {
                return (slots, room);
            }
            let next = if beside < first {
                room.start - 1
            } else {
                room.end
            };
            match &self.children[next] {
                Node::Leaf(other) if len + other.len() <= Node::<K, V>::LEAF => len += other.len(),
                _ => return (slots, room),
            }
            room = room.start.min(next)..room.end.max(next + 1);
            slots = slots.merge(first.max(beside));
        }
    }
}
