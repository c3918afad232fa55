//! What differs in a collection, as its watcher is told of it.

use super::{change::Change, owned::OwnedChange};
use crate::collections::{
    Entries, Key, Keyed, KeyedJournal, List, ListEdit, Map, MapChange, OrdMap, Set, SetChange, same,
};

/// Three ways to know the changes, one type to walk them.
enum Known<J, D, A> {
    Recorded(J),
    Compared(D),
    Everything(A),
}

impl<T, J, D, A> Iterator for Known<J, D, A>
where
    J: Iterator<Item = T>,
    D: Iterator<Item = T>,
    A: Iterator<Item = T>,
{
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self {
            Self::Recorded(changes) => changes.next(),
            Self::Compared(changes) => changes.next(),
            Self::Everything(changes) => changes.next(),
        }
    }
}

/// Whether what is under one key differs.
pub(super) fn differs<V: PartialEq + 'static>(old: Option<&V>, new: Option<&V>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => !same::by_value(old, new),
        (old, new) => old.is_some() != new.is_some(),
    }
}

impl<'a, C: Keyed> Change<'a, C> {
    /// What was recorded while it was written, or else what a comparison finds, or all there is in
    /// the immediate call.
    pub(super) fn entries(self) -> impl Iterator<Item = MapChange<&'a C::Key, &'a C::Value>> {
        let now = self.value().entries();
        match (self.journal::<KeyedJournal<C::Key, C::Value>>(), self.old()) {
            (Some(journal), _) => Known::Recorded(journal.changes(now)),
            (None, Some(old)) => {
                let (old, unheard) = (old.entries(), self.unheard());
                // What the watcher knows though it was not told, and is as it was told before.
                let overwritten = unheard.map(|unheard| now.changes_since(unheard.entries()));
                let overwritten = overwritten.into_iter().flatten();
                let overwritten = overwritten.filter(move |change| {
                    let key = change.key();
                    !differs(old.get(*key), now.get(*key))
                });
                Known::Compared(now.changes_in_order(old).chain(overwritten))
            }
            (None, None) => Known::Everything(
                now.iter()
                    .map(|(key, value)| MapChange::Inserted { key, value }),
            ),
        }
    }
}

macro_rules! map_changes {
    ($Map:ident) => {
        impl<'a, K: Key, V: Clone + PartialEq + Send + Sync + 'static> Change<'a, $Map<K, V>> {
            /// What was inserted, updated and removed, no key twice. In the immediate call, every
            /// entry as inserted.
            ///
            /// Costs what changed, not the size of the map.
            pub fn changes(self) -> impl Iterator<Item = MapChange<&'a K, &'a V>> {
                self.entries()
            }
        }

        impl<K: Key, V: Clone + PartialEq + Send + Sync + 'static> OwnedChange<$Map<K, V>> {
            /// What was inserted, updated and removed, as [`Change`] says it.
            pub fn changes(&self) -> impl Iterator<Item = MapChange<&K, &V>> {
                self.change().changes()
            }
        }
    };
}

map_changes!(Map);
map_changes!(OrdMap);

impl<'a, K: Key> Change<'a, Set<K>> {
    /// What was inserted and removed, no key twice. In the immediate call, every key as inserted.
    ///
    /// Costs what changed, not the size of the set.
    pub fn changes(self) -> impl Iterator<Item = SetChange<&'a K>> {
        self.entries().filter_map(SetChange::from_map)
    }
}

impl<K: Key> OwnedChange<Set<K>> {
    /// What was inserted and removed, as [`Change`] says it.
    pub fn changes(&self) -> impl Iterator<Item = SetChange<&K>> {
        self.change().changes()
    }
}

impl<'a, T: Clone + PartialEq + Send + Sync + 'static> Change<'a, List<T>> {
    /// The edits that make the new list of the old one, in order. In the immediate call, one that
    /// appends every item.
    ///
    /// Costs what changed, not the length of the list.
    pub fn changes(self) -> impl Iterator<Item = ListEdit<&'a T>> {
        let now = self.value();
        let compared = self.old().map(|old| now.changes_since(old));
        let everything = (self.is_initial() && !now.is_empty()).then(|| ListEdit::Append {
            len: 0,
            values: now.iter().collect(),
        });
        compared.into_iter().flatten().chain(everything)
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> OwnedChange<List<T>> {
    /// The edits that make the new list of the old one, as [`Change`] says them.
    pub fn changes(&self) -> impl Iterator<Item = ListEdit<&T>> {
        self.change().changes()
    }
}
