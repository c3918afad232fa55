//! What one transaction touched in one map or set, and what was there before.
//!
//! Knows nothing of transactions: whoever writes a key records it here first.

use std::collections::BTreeMap;

use super::{key::Key, map_diff::MapChange, same, tree::Tree};

/// Remembers, for every key touched, the value it had before.
///
/// A transaction mostly touches one key, which costs no allocation.
#[derive(Debug, Clone)]
pub(crate) struct KeyedJournal<K, V> {
    /// The only key touched; moves into `many` when a second comes.
    one: Option<(K, Option<V>)>,
    many: BTreeMap<K, Option<V>>,
}

impl<K, V> KeyedJournal<K, V> {
    pub(crate) fn new() -> Self {
        Self {
            one: None,
            many: BTreeMap::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.one.is_none() && self.many.is_empty()
    }

    fn iter(&self) -> impl Iterator<Item = (&K, Option<&V>)> {
        let one = self.one.iter().map(|(key, old)| (key, old));
        one.chain(&self.many).map(|(key, old)| (key, old.as_ref()))
    }

    /// The keys touched, in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }
}

impl<K, V> Default for KeyedJournal<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Key, V> KeyedJournal<K, V> {
    /// What `key` held before: `None` if it was not touched, `Some(None)` if it was not there.
    pub(crate) fn old(&self, key: &K) -> Option<Option<&V>> {
        match &self.one {
            Some((only, old)) => (only == key).then_some(old.as_ref()),
            None => self.many.get(key).map(Option::as_ref),
        }
    }

    /// Notes that `key` held `old`, unless an earlier touch has already said so.
    pub(crate) fn record(&mut self, key: &K, old: Option<V>) {
        if self.old(key).is_some() {
            return;
        }
        if self.is_empty() {
            self.one = Some((key.clone(), old));
        } else {
            self.many.extend(self.one.take());
            self.many.insert(key.clone(), old);
        }
    }

    /// The changes from then to `now`, in key order.
    ///
    /// A key that holds an equal value again still shows as updated until [`prune`](Self::prune).
    pub(crate) fn changes<'a>(
        &'a self,
        now: &'a Tree<K, V>,
    ) -> impl Iterator<Item = MapChange<&'a K, &'a V>> {
        self.iter()
            .filter_map(|(key, old)| MapChange::between(key, old, now.get(key)))
    }
}

impl<K: Key, V: PartialEq + 'static> KeyedJournal<K, V> {
    /// Forgets the keys that hold again what they held before.
    pub(crate) fn prune<'a>(&mut self, now: impl Fn(&K) -> Option<&'a V>) {
        let differs = |key: &K, old: &Option<V>| match (old, now(key)) {
            (Some(old), Some(new)) => !same::by_value(old, new),
            (old, new) => old.is_some() || new.is_some(),
        };
        self.one.take_if(|(key, old)| !differs(key, old));
        self.many.retain(|key, old| differs(key, old));
    }
}
