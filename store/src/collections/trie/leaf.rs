//! Edits of one leaf.
//!
//! The program's own code (`Hash`, `Ord`, `Clone`) runs before anything is moved or changed.

use std::{borrow::Borrow, cmp::Ordering, mem, sync::Arc};

use super::{
    hold::Hold,
    node::{Entry, Hashed, Node, hash, key, search},
};
use crate::collections::key::Key;

/// What an edit makes of a node.
pub(super) enum Edit<K, V> {
    /// There is nothing left to do: it was done in place, or does nothing.
    Done,
    /// This is to stand in its place.
    Anew(Node<K, V>),
    /// More entries than fit into one leaf are to stand in its place.
    Full(Vec<Hashed<K, V>>),
}

impl<K: Key, V: Clone> Hold<'_, [Entry<K, V>]> {
    /// Sets `sought`, of which `hashed` is the hash, to `value`, and returns the value it had.
    pub(super) fn insert(self, hashed: u64, sought: K, value: V) -> (Edit<K, V>, Option<V>) {
        match (search(&self, &sought), self) {
            (Ok(at), Self::Own(entries)) => (Edit::Done, replace(&mut entries[at], value)),
            (Ok(at), Self::Shared(entries)) => {
                let mut copy = Arc::from(entries);
                let old = replace(&mut only(&mut copy)[at], value);
                (Edit::Anew(Node::Leaf(copy)), old)
            }
            (Err(at), leaf) if leaf.len() < Node::<K, V>::LEAF => {
                let entries = leaf.with(at, Some((sought, value))).collect();
                (Edit::Anew(Node::Leaf(entries)), None)
            }
            (Err(at), leaf) => {
                let mut hashes: Vec<u64> = leaf.iter().map(|entry| hash(key(entry))).collect();
                hashes.insert(at, hashed);
                let entries = leaf.with(at, Some((sought, value)));
                (Edit::Full(hashes.into_iter().zip(entries).collect()), None)
            }
        }
    }

    /// Removes `sought`, and returns it as it was held, and its value.
    pub(super) fn remove<Q: Ord + ?Sized>(self, sought: &Q) -> (Edit<K, V>, Entry<K, V>)
    where
        K: Borrow<Q>,
    {
        let Ok(at) = search(&self, sought) else {
            return (Edit::Done, None);
        };
        // Not moved even if they are our own: leaves that merge compare their keys after this.
        let (before, after) = (&self[..at], &self[at + 1..]);
        let left = before.iter().chain(after).cloned().collect();
        (Edit::Anew(Node::Leaf(left)), self[at].clone())
    }

    /// Makes sure that the leaf is not shared, if `sought` is in it; tells whether it is.
    pub(super) fn unshare<Q: Ord + ?Sized>(self, sought: &Q) -> (Edit<K, V>, bool)
    where
        K: Borrow<Q>,
    {
        match (search(&self, sought), self) {
            (Err(_), _) => (Edit::Done, false),
            (Ok(_), Self::Own(_)) => (Edit::Done, true),
            (Ok(_), Self::Shared(entries)) => (Edit::Anew(Node::Leaf(entries.into())), true),
        }
    }

    /// The entries, moved if they are our own and else cloned, with another one at a place.
    fn with(mut self, at: usize, entry: Entry<K, V>) -> impl Iterator<Item = Entry<K, V>> {
        let len = self.len() + 1;
        let mut entry = Some(entry);
        let mut old = move |nth: usize| match &mut self {
            Self::Own(entries) => entries[nth].take(),
            Self::Shared(entries) => entries[nth].clone(),
        };
        (0..len).map(move |nth| match nth.cmp(&at) {
            Ordering::Less => old(nth),
            Ordering::Equal => entry.take().flatten(),
            Ordering::Greater => old(nth - 1),
        })
    }
}

/// Exchanges the value of an entry, and returns the one it had.
fn replace<K, V>(entry: &mut Entry<K, V>, value: V) -> Option<V> {
    let (_, old) = entry.as_mut()?;
    Some(mem::replace(old, value))
}

/// What only `pointer` points to, as it was just made.
fn only<T>(pointer: &mut Arc<[T]>) -> &mut [T] {
    Arc::get_mut(pointer).expect("nobody else has it yet")
}
