//! Watches of one key of a collection, found through an index.

use std::{fmt, ops::Deref, sync::Arc};

use super::{
    change::{Change, cause_accessors},
    entry::{Entry, Order},
    listeners::Listeners,
    moment::Moment,
    registration::{Registration, Watch},
    registry::{Index, Place, Spot},
    table::Table,
};
use crate::{
    change::{Cause, Commit},
    collections::{Keyed, KeyedJournal, Map},
    model::{Field, Holds, Model, Stores},
    same,
};

/// Up to so many watched keys are looked at one by one when a collection is replaced as a whole.
const FEW_KEYS: usize = 32;

/// The difference under one key. Reads as the new value, `None` if nothing is there.
///
/// # Examples
///
/// ```
/// # use store::{Map, Model, Store};
/// # #[derive(Model)] pub struct User { pub nicks: Map<u32, String> }
/// let store = Store::<User>::new();
/// let _watching = store.watch(USER, User::NICKS.key(7, |nick| match *nick {
///     Some(nick) => println!("{} is called {nick}", nick.len()),
///     None => println!("nobody there"),
/// }));
/// ```
pub struct KeyChange<'a, K, V> {
    key: &'a K,
    new: Option<&'a V>,
    /// `None` in the immediate call.
    old: Option<Option<&'a V>>,
    cause: &'a Cause,
}

impl<'a, K, V> KeyChange<'a, K, V> {
    /// The key that is watched.
    #[must_use]
    pub fn key(self) -> &'a K {
        self.key
    }

    /// The new value. The same as dereferencing.
    #[must_use]
    pub fn value(self) -> Option<&'a V> {
        self.new
    }

    /// The old value; `None` if nothing was there, and in the immediate call.
    #[must_use]
    pub fn old(self) -> Option<&'a V> {
        self.old.flatten()
    }

    /// Whether this is the immediate call at registration, not a commit.
    #[must_use]
    pub fn is_initial(self) -> bool {
        self.old.is_none()
    }

    cause_accessors!();
}

impl<K, V> Clone for KeyChange<'_, K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for KeyChange<'_, K, V> {}

impl<'a, K, V> Deref for KeyChange<'a, K, V> {
    type Target = Option<&'a V>;

    fn deref(&self) -> &Self::Target {
        &self.new
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for KeyChange<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyChange")
            .field("key", &self.key)
            .field("old", &self.old.flatten())
            .field("new", &self.new)
            .field("revision", &self.cause.revision)
            .field("origin", &self.cause.origin)
            .finish()
    }
}

impl<M: Model, C: Keyed> Field<M, C> {
    /// Watches one key of the collection, there or not there yet.
    ///
    /// A commit that leaves this key alone costs this watch nothing.
    pub fn key<F>(self, key: C::Key, callback: F) -> KeyWatch<M, C, F>
    where
        F: FnMut(KeyChange<'_, C::Key, C::Value>) + Send + 'static,
    {
        KeyWatch {
            field: self,
            key,
            callback,
        }
    }
}

/// A watch of one key of a collection: [`Field::key`].
pub struct KeyWatch<M: Model, C: Keyed, F> {
    field: Field<M, C>,
    key: C::Key,
    callback: F,
}

impl<M: Model, C: Keyed, F> fmt::Debug for KeyWatch<M, C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyWatch({})", self.field)
    }
}

impl<M, C, F> Watch<M> for KeyWatch<M, C, F>
where
    M: Model,
    C: Keyed,
    F: FnMut(KeyChange<'_, C::Key, C::Value>) + Send + 'static,
{
    fn register<S: Holds<M>>(self, to: &mut Registration<S, M>) {
        let Self {
            field,
            key,
            mut callback,
        } = self;
        let index = to.index(field, || KeyIndex::<S, M, C> {
            field,
            table: Table::default(),
        });
        let spot = KeySpot {
            index,
            key: key.clone(),
        };
        let callback = move |moment: &Moment<'_, S>| {
            if let Some(change) = moment.change(field) {
                callback(KeyChange {
                    key: &key,
                    new: change.value().tree().get(&key),
                    old: change.old().map(|old| old.tree().get(&key)),
                    cause: moment.cause(),
                });
            }
        };
        to.add(
            Place::Spot(Arc::new(spot)),
            Some(field.info().index),
            Box::new(callback),
        );
    }
}

/// Who watches which key of one field.
struct KeyIndex<S: Stores, M: Model, C: Keyed> {
    field: Field<M, C>,
    table: Table<Map<C::Key, KeyListeners<S>>>,
}

/// The listeners of one key: mostly one.
enum KeyListeners<S: Stores> {
    One(Arc<Entry<S>>),
    Many(Listeners<S>),
}

impl<S: Stores> Clone for KeyListeners<S> {
    fn clone(&self) -> Self {
        match self {
            Self::One(entry) => Self::One(Arc::clone(entry)),
            Self::Many(entries) => Self::Many(entries.clone()),
        }
    }
}

impl<S: Stores> KeyListeners<S> {
    fn with(self, entry: &Arc<Entry<S>>) -> Self {
        let mut entries = match self {
            Self::One(one) => {
                let mut entries = Listeners::new();
                entries.insert(&one);
                entries
            }
            Self::Many(entries) => entries,
        };
        entries.insert(entry);
        Self::Many(entries)
    }

    /// What is left without `order`, `None` if nothing.
    fn without(self, order: Order) -> Option<Self> {
        match self {
            Self::One(entry) => (entry.order != order).then_some(Self::One(entry)),
            Self::Many(mut entries) => {
                entries.remove_one();
                (!entries.is_empty()).then_some(Self::Many(entries))
            }
        }
    }

    fn collect(&self, into: &mut Vec<Arc<Entry<S>>>) {
        match self {
            Self::One(entry) => into.push(Arc::clone(entry)),
            Self::Many(entries) => into.extend_from_slice(entries.as_slice()),
        }
    }
}

impl<S: Stores, M: Model, C: Keyed> KeyIndex<S, M, C> {
    /// Changes the listeners of one key.
    fn change(
        &self,
        key: &C::Key,
        change: impl Fn(Option<KeyListeners<S>>) -> Option<KeyListeners<S>>,
    ) {
        self.table.change(|before| {
            let mut after = before.clone();
            match change(after.get(key).cloned()) {
                Some(listeners) => drop(after.insert(key.clone(), listeners)),
                None => drop(after.remove(key)),
            }
            after
        });
    }
}

impl<S: Holds<M>, M: Model, C: Keyed> Index<S> for KeyIndex<S, M, C> {
    fn collect(&self, commit: &Commit<S>, into: &mut Vec<Arc<Entry<S>>>) {
        let table = self.table.current();
        let (false, Some(change)) = (table.is_empty(), Change::of(self.field, commit)) else {
            return;
        };
        let mut collect = |key: &C::Key| {
            if let Some(listeners) = table.get(key) {
                listeners.collect(into);
            }
        };
        if let Some(journal) = change.journal::<KeyedJournal<C::Key, C::Value>>() {
            journal.keys().for_each(collect);
        } else if table.len() <= FEW_KEYS {
            let (new, old) = (change.value().tree(), change.old().map(Keyed::tree));
            table
                .keys()
                .filter(|key| differs(old.and_then(|old| old.get(*key)), new.get(*key)))
                .for_each(collect);
        } else {
            change.entries().for_each(|change| collect(change.key()));
        }
    }
}

fn differs<V: PartialEq + 'static>(old: Option<&V>, new: Option<&V>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => !same::by_value(old, new),
        (old, new) => old.is_some() != new.is_some(),
    }
}

/// One key of a [`KeyIndex`].
struct KeySpot<S: Stores, M: Model, C: Keyed> {
    index: Arc<KeyIndex<S, M, C>>,
    key: C::Key,
}

impl<S: Stores, M: Model, C: Keyed> Spot<S> for KeySpot<S, M, C> {
    fn insert(&self, entry: &Arc<Entry<S>>) {
        self.index.change(&self.key, |listeners| {
            Some(match listeners {
                None => KeyListeners::One(Arc::clone(entry)),
                Some(listeners) => listeners.with(entry),
            })
        });
    }

    fn remove(&self, order: Order) {
        self.index
            .change(&self.key, |listeners| listeners?.without(order));
    }
}
