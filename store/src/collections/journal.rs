//! What one transaction touched in one map or set, and what was there before.
//!
//! Knows nothing of transactions: whoever writes a key records it here.

use smallvec::SmallVec;

use super::{entries::Entries, key::Key, map_diff::MapChange, same};

/// From so many records on, room for more is first sought among those that say nothing new.
const MANY: usize = 1024;

/// Remembers, for every key touched, the value it had before.
///
/// A transaction mostly touches one key, which costs no allocation.
#[derive(Debug, Clone)]
pub(crate) struct KeyedJournal<K, V> {
    /// In the order of touching, and a key may come twice, until they are put in order.
    touched: SmallVec<[(K, Option<V>); 1]>,
    /// What was touched in vain: it goes with the journal, not in the writers' turn.
    forgotten: Vec<(K, Option<V>)>,
}

impl<K, V> KeyedJournal<K, V> {
    pub(crate) fn new() -> Self {
        Self {
            touched: SmallVec::new(),
            forgotten: Vec::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.touched.is_empty()
    }

    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.touched.capacity()
    }

    /// The keys touched; in order, none twice, after [`prune`](Self::prune).
    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.touched.iter().map(|(key, _)| key)
    }
}

impl<K, V> Default for KeyedJournal<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Key, V> KeyedJournal<K, V> {
    /// Notes that `key` holds `old`, before it is written. An earlier touch is what counts.
    pub(crate) fn record(&mut self, key: K, old: Option<V>) {
        if self.touched.len() == self.touched.capacity() && self.touched.len() >= MANY {
            self.put_in_order();
            // At least as many touches until the next time as it costs now.
            self.touched.reserve(self.touched.len());
        }
        self.touched.push((key, old));
    }

    fn sort(&mut self) {
        self.touched.sort_by(|(one, _), (other, _)| one.cmp(other));
    }

    /// Sorts by key, and of each keeps the first touch.
    fn put_in_order(&mut self) {
        self.sort();
        self.touched
            .dedup_by(|(later, _), (first, _)| later == first);
    }

    /// Forgets what is not to be kept, told what is kept that comes before.
    fn keep(&mut self, mut is_kept: impl FnMut(Option<&(K, Option<V>)>, &(K, Option<V>)) -> bool) {
        let mut kept = 0;
        for at in 0..self.touched.len() {
            if is_kept(self.touched[..kept].last(), &self.touched[at]) {
                if kept < at {
                    self.touched.swap(kept, at);
                }
                kept += 1;
            }
        }
        if kept < self.touched.len() {
            self.forgotten.extend(self.touched.drain(kept..));
        }
    }

    /// The changes from then to `now`.
    ///
    /// Only after [`prune`](Self::prune) are they net, in key order, and none twice.
    pub(crate) fn changes<'a>(
        &'a self,
        now: &'a impl Entries<K, V>,
    ) -> impl Iterator<Item = MapChange<&'a K, &'a V>> {
        let touched = self.touched.iter();
        touched.filter_map(|(key, old)| MapChange::between(key, old.as_ref(), now.get(key)))
    }
}

impl<K: Key, V: PartialEq + 'static> KeyedJournal<K, V> {
    /// Puts the keys in order, and forgets those that hold again what they held before.
    pub(crate) fn prune<'a>(&mut self, now: impl Fn(&K) -> Option<&'a V>) {
        self.sort();
        self.keep(|last, (key, _)| last.is_none_or(|(last, _)| last != key));
        self.keep(|_, (key, old)| match (old, now(key)) {
            (Some(old), Some(new)) => !same::by_value(old, new),
            (old, new) => old.is_some() || new.is_some(),
        });
    }
}
