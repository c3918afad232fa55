//! A trie made of many entries at once.

use std::mem;

use super::node::{Hashed, Node, hash, key};
use crate::collections::key::Key;

impl<K: Key, V> Node<K, V> {
    /// The root of a trie of `entries`, and how many they are. Of several with one key the last is kept.
    pub(super) fn whole(entries: impl IntoIterator<Item = (K, V)>) -> (Self, usize) {
        let entries = entries.into_iter();
        let hashed = entries.map(|entry| (hash(&entry.0), Some(entry)));
        let mut hashed: Vec<Hashed<K, V>> = hashed.collect();
        hashed.sort_by_key(|(hash, _)| *hash);
        for alike in hashed.chunk_by_mut(|(one, _), (other, _)| one == other) {
            alike.sort_by(|(_, one), (_, other)| key(one).cmp(key(other)));
        }
        hashed.dedup_by(|(hash, later), (before, kept)| {
            let again = hash == before && key(later) == key(kept);
            if again {
                mem::swap(later, kept);
            }
            again
        });
        (Self::grow(&mut hashed[..], 0), hashed.len())
    }
}
