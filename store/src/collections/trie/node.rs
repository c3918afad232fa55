//! What a trie is made of, and the one shape that a set of keys has.
//!
//! Knows nothing of edits.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use foldhash::quality::FixedState;

use super::slots::{LEVELS, SLOTS, Slots, below, slot};
use crate::collections::key::Key;

/// The same for equal keys of all maps, as a diff compares maps slot by slot.
pub(super) fn hash<Q: Hash + ?Sized>(key: &Q) -> u64 {
    FixedState::default().hash_one(key)
}

/// A key and its value; `None` only in a leaf that is being replaced.
pub(super) type Entry<K, V> = Option<(K, V)>;

/// An entry and the hash of its key.
pub(super) type Hashed<K, V> = (u64, Entry<K, V>);

/// The key of an entry.
pub(super) fn key<K, V>(entry: &Entry<K, V>) -> &K {
    let (key, _) = entry.as_ref().expect("the entry is there");
    key
}

/// Where `key` is among sorted entries, or else where it belongs.
pub(super) fn search<K, V, Q>(entries: &[Entry<K, V>], sought: &Q) -> Result<usize, usize>
where
    K: Borrow<Q>,
    Q: Ord + ?Sized,
{
    entries.binary_search_by(|entry| key(entry).borrow().cmp(sought))
}

/// The entries whose hashes lead to one or several slots of a branch.
///
/// The shape depends on the keys alone: as many slots as can share a leaf without overfilling it do.
pub(super) enum Node<K, V> {
    /// In key order. More than [`LEAF`](Node::LEAF) only where their hashes are equal.
    Leaf(Arc<[Entry<K, V>]>),
    /// More entries than fit into a leaf.
    Branch(Slots, Arc<[Node<K, V>]>),
}

impl<K, V> Node<K, V> {
    /// How many entries fit into a leaf.
    ///
    /// An edit copies a leaf and the branches above it. Entries that are plain data are copied in one go,
    /// so that wide leaves save branches; others are cloned one by one.
    pub(super) const LEAF: usize = if std::mem::needs_drop::<(K, V)>() {
        8
    } else {
        match 1024 / size_of::<Entry<K, V>>() {
            ..8 => 8,
            few @ 8..32 => few,
            _ => 32,
        }
    };

    pub(super) fn empty() -> Self {
        Self::Leaf(Arc::default())
    }

    pub(super) fn ptr_eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Leaf(one), Self::Leaf(other)) => Arc::ptr_eq(one, other),
            (Self::Branch(_, one), Self::Branch(_, other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// The entries of `pile` as what is under a branch at the level above `level`.
    pub(super) fn grow(pile: impl Pile<K, V>, level: u32) -> Self {
        if pile.len() <= Self::LEAF || level == LEVELS {
            return Self::Leaf(pile.into_leaf());
        }
        let mut parts = Parts {
            slots: Slots::UNDIVIDED,
            children: Vec::new(),
        };
        parts.spread(pile, level, 0, SLOTS);
        Self::Branch(parts.slots, parts.children.into())
    }
}

impl<K: Key, V> Node<K, V> {
    /// The entry of `key` under this node, which is at `level`.
    pub(super) fn find<Q>(&self, hash: u64, level: u32, key: &Q) -> Option<&(K, V)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let mut node = self;
        let mut hash = below(hash, level);
        loop {
            match node {
                Self::Leaf(entries) => {
                    let at = search(entries, key).ok()?;
                    return entries[at].as_ref();
                }
                Self::Branch(slots, children) => {
                    node = &children[slots.child(slot(hash, 0))];
                    hash = below(hash, 1);
                }
            }
        }
    }
}

impl<K, V> Clone for Node<K, V> {
    fn clone(&self) -> Self {
        match self {
            Self::Leaf(entries) => Self::Leaf(entries.clone()),
            Self::Branch(slots, children) => Self::Branch(*slots, children.clone()),
        }
    }
}

/// Entries of different keys that nodes are to be made of.
pub(super) trait Pile<K, V>: Sized {
    fn len(&self) -> usize;

    /// Divides it into what comes before slot `middle` of a branch at `level`, and what does not.
    fn halve(self, level: u32, middle: usize) -> (Self, Self);

    /// The entries in key order.
    fn into_leaf(self) -> Arc<[Entry<K, V>]>;
}

/// In key order. Runs no code of the program's.
impl<K, V> Pile<K, V> for Vec<Hashed<K, V>> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn halve(self, level: u32, middle: usize) -> (Self, Self) {
        let before = |(hash, _): &Hashed<K, V>| slot(*hash, level) < middle;
        self.into_iter().partition(before)
    }

    fn into_leaf(self) -> Arc<[Entry<K, V>]> {
        self.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// In the order of hashes.
impl<K: Ord, V> Pile<K, V> for &mut [Hashed<K, V>] {
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn halve(self, level: u32, middle: usize) -> (Self, Self) {
        let before = |(hash, _): &Hashed<K, V>| slot(*hash, level) < middle;
        self.split_at_mut(self.partition_point(before))
    }

    fn into_leaf(self) -> Arc<[Entry<K, V>]> {
        self.sort_unstable_by(|(_, one), (_, other)| key(one).cmp(key(other)));
        self.iter_mut().map(|(_, entry)| entry.take()).collect()
    }
}

/// The children of a branch that is being made, and their slots.
pub(super) struct Parts<K, V> {
    pub(super) slots: Slots,
    pub(super) children: Vec<Node<K, V>>,
}

impl<K, V> Parts<K, V> {
    /// Adds children for `width` slots from `first` on of a branch at `level`, and for what is there.
    pub(super) fn spread(&mut self, pile: impl Pile<K, V>, level: u32, first: usize, width: usize) {
        let fits = pile.len() <= Node::<K, V>::LEAF && width < SLOTS;
        if fits || width == 1 {
            self.children.push(Node::grow(pile, level + 1));
            return;
        }
        let middle = first + width / 2;
        let (lower, upper) = pile.halve(level, middle);
        self.slots = self.slots.split(middle);
        self.spread(lower, level, first, width / 2);
        self.spread(upper, level, middle, width / 2);
    }
}
