//! Writing collections: verbs that record what they change, so that a commit costs what changed.

use std::{borrow::Borrow, hash::Hash};

use super::{Draft, Journal};
use crate::collections::{Entries, Key, Keyed, KeyedJournal, Map, OrdMap, Set};

impl<C: Keyed> Journal<C> for KeyedJournal<C::Key, C::Value> {
    fn settle(&mut self, _before: &C, after: &C) -> bool {
        self.prune(|key| after.entries().get(key));
        !self.is_empty()
    }
}

/// Records that `key` held `old`, if changes are still recorded.
fn note<K: Key, V>(journal: Option<&mut KeyedJournal<K, V>>, key: K, old: Option<V>) {
    if let Some(journal) = journal {
        journal.record(key, old);
    }
}

impl<C: Keyed> Draft<'_, C> {
    fn put(&mut self, key: C::Key, value: C::Value) -> bool {
        let (items, journal) = self.recorded::<KeyedJournal<C::Key, C::Value>>();
        // What may panic comes before what changes something.
        let kept = key.clone();
        let old = items.entries_mut().insert(key, value);
        let is_new = old.is_none();
        note(journal, kept, old);
        is_new
    }

    /// Removes the item of `key`; says whether there was one.
    pub fn remove<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> bool
    where
        C::Key: Borrow<Q>,
    {
        if self.entries().get(key).is_none() {
            return false;
        }
        let (items, journal) = self.recorded::<KeyedJournal<C::Key, C::Value>>();
        let removed = items.entries_mut().remove_entry(key);
        removed.is_some_and(|(key, old)| {
            note(journal, key, Some(old));
            true
        })
    }

    fn remove_unless(&mut self, keep: impl FnMut(&C::Key, &C::Value) -> bool) {
        let doomed = self.entries().doomed(keep);
        for key in &doomed {
            self.remove(key);
        }
    }

    /// Removes all items.
    pub fn clear(&mut self) {
        self.set(C::default());
    }
}

macro_rules! map_draft {
    ($Map:ident) => {
        impl<K: Key, V: Clone + PartialEq + Send + Sync + 'static> Draft<'_, $Map<K, V>> {
            /// Puts a value under a key; says whether the key is new.
            pub fn insert(&mut self, key: K, value: V) -> bool {
                self.put(key, value)
            }

            /// The value of a key, to be written; its old value is cloned first.
            pub fn get_mut<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
            where
                K: Borrow<Q>,
            {
                self.get(key)?;
                let (items, journal) = self.recorded::<KeyedJournal<K, V>>();
                let (key, value) = items.entries_mut().entry_mut(key)?;
                note(journal, key.clone(), Some(value.clone()));
                Some(value)
            }

            /// Removes every entry that `keep` says no to.
            pub fn retain(&mut self, keep: impl FnMut(&K, &V) -> bool) {
                self.remove_unless(keep);
            }
        }

        impl<K: Key, V: Clone + PartialEq + Send + Sync + 'static> Extend<(K, V)>
            for Draft<'_, $Map<K, V>>
        {
            fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
                for (key, value) in entries {
                    self.put(key, value);
                }
            }
        }
    };
}

map_draft!(Map);
map_draft!(OrdMap);

impl<K: Key> Draft<'_, Set<K>> {
    /// Puts a key in; says whether it is new.
    pub fn insert(&mut self, key: K) -> bool {
        !self.contains(&key) && self.put(key, ())
    }

    /// Removes every key that `keep` says no to.
    pub fn retain(&mut self, mut keep: impl FnMut(&K) -> bool) {
        self.remove_unless(|key, ()| keep(key));
    }
}

impl<K: Key> Extend<K> for Draft<'_, Set<K>> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, keys: I) {
        for key in keys {
            self.insert(key);
        }
    }
}
