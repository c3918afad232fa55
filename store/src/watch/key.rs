//! Watches of one key of a collection, found through an index.

use std::{
    collections::{HashMap, hash_map},
    fmt,
    ops::Deref,
};

use foldhash::fast::RandomState;

use super::{
    callback::Apart,
    change::{Change, cause_accessors},
    collection::differs,
    found::Found,
    listeners::{Entry, Listeners},
    moment::Moment,
    owned::owned_cause_accessors,
    registration::{LocalWatchIn, Registration, Watch, WatchIn, WatchOf},
    registry::{Index, Indexes, Spot},
    source::{Source, SourceIn},
    watching::Told,
};
use crate::{
    change::{Cause, Commit},
    collections::{Entries, Key, Keyed, KeyedJournal},
    model::{Field, Holds, Model},
    sync::assert_unlocked,
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
/// let _watching = store.watch(USER, User::NICKS.key(7).watch(|nick| match *nick {
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

impl<'a, K: Key, V: PartialEq + 'static> KeyChange<'a, K, V> {
    /// What a change of a collection is under one key, if it differs there.
    fn under<C>(key: &'a K, change: Change<'a, C>) -> Option<Self>
    where
        C: Keyed<Key = K, Value = V>,
    {
        let get = |of: &'a C| of.entries().get(key);
        let new = get(change.value());
        let old = change.old().map(get);
        let old = match (old, change.merged()) {
            // The index has found that it differs, but for what was merged since.
            (None, _) | (_, 1) => old,
            (Some(old), _) => {
                let known = [Some(old), change.unheard().map(get)];
                Some(known.into_iter().flatten().find(|old| differs(*old, new))?)
            }
        };
        let cause = change.cause();
        Some(Self {
            key,
            new,
            old,
            cause,
        })
    }
}

impl<K: Clone, V: Clone> KeyChange<'_, K, V> {
    /// The change by itself, to be kept.
    #[must_use]
    pub fn into_owned(self) -> OwnedKeyChange<K, V> {
        OwnedKeyChange {
            key: self.key.clone(),
            new: self.new.cloned(),
            old: self.old.map(Option::<&V>::cloned),
            cause: self.cause.clone(),
        }
    }
}

/// A [`KeyChange`] that owns its values. Reads as the new value, `None` if nothing is there.
#[derive(Clone)]
pub struct OwnedKeyChange<K, V> {
    key: K,
    new: Option<V>,
    /// `None` in the immediate call.
    old: Option<Option<V>>,
    cause: Cause,
}

impl<K, V> OwnedKeyChange<K, V> {
    /// The change, with all that can be asked of one.
    #[must_use]
    pub fn change(&self) -> KeyChange<'_, K, V> {
        KeyChange {
            key: &self.key,
            new: self.new.as_ref(),
            old: self.old.as_ref().map(Option::as_ref),
            cause: &self.cause,
        }
    }

    /// The old value: [`KeyChange::old`].
    #[must_use]
    pub fn old(&self) -> Option<&V> {
        self.change().old()
    }

    owned_cause_accessors!();

    /// The new value, by itself.
    pub fn into_value(self) -> Option<V> {
        self.new
    }
}

impl<K, V> Deref for OwnedKeyChange<K, V> {
    type Target = Option<V>;

    fn deref(&self) -> &Option<V> {
        &self.new
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for OwnedKeyChange<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.change().fmt(f)
    }
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
        assert_unlocked();
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
    /// One key of the collection, there or not there yet, to be watched.
    ///
    /// A commit that leaves this key alone costs whoever watches it nothing.
    pub fn key(self, key: C::Key) -> KeyOf<M, C> {
        KeyOf { field: self, key }
    }
}

/// One key of a collection: [`Field::key`].
pub struct KeyOf<M: Model, C: Keyed> {
    field: Field<M, C>,
    key: C::Key,
}

impl<M: Model, C: Keyed> KeyOf<M, C> {
    /// Watches this key.
    pub fn watch<F>(self, callback: F) -> KeyWatch<M, C, F>
    where
        F: FnMut(KeyChange<'_, C::Key, C::Value>) + 'static,
    {
        KeyWatch { of: self, callback }
    }
}

impl<M: Model, C: Keyed> Clone for KeyOf<M, C> {
    fn clone(&self) -> Self {
        Self {
            field: self.field,
            key: self.key.clone(),
        }
    }
}

impl<M: Model, C: Keyed> fmt::Debug for KeyOf<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyOf({})", self.field)
    }
}

impl<M: Model, C: Keyed> Source for KeyOf<M, C> {
    type Item = OwnedKeyChange<C::Key, C::Value>;
}

impl<M: Model, C: Keyed> WatchOf<M> for KeyOf<M, C> {}

impl<S: Holds<M>, M: Model, C: Keyed> SourceIn<S> for KeyOf<M, C> {
    fn keep<F>(self, mut keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static,
    {
        self.watch(move |change| keep(change.into_owned()))
    }
}

/// A watch of one key of a collection: [`KeyOf::watch`].
#[derive(Debug)]
#[must_use = "a watch does nothing until a store is given it"]
pub struct KeyWatch<M: Model, C: Keyed, F> {
    of: KeyOf<M, C>,
    callback: F,
}

impl<M, C, F> Watch for KeyWatch<M, C, F>
where
    M: Model,
    C: Keyed,
    F: FnMut(KeyChange<'_, C::Key, C::Value>) + 'static,
{
}

impl<M: Model, C: Keyed, F> WatchOf<M> for KeyWatch<M, C, F> {}

impl<S, M, C, F> LocalWatchIn<S> for KeyWatch<M, C, F>
where
    S: Holds<M>,
    M: Model,
    C: Keyed,
    F: FnMut(KeyChange<'_, C::Key, C::Value>) + 'static,
{
    const CALLBACKS: usize = 1;

    fn register(&self, to: &mut Registration<S>) {
        let KeyOf { field, key } = self.of.clone();
        to.add_spot(field, KeySpot(KeyOf { field, key }));
    }

    fn tell(&mut self, _nth: usize, moment: &Moment<'_, S>) -> Told {
        let KeyOf { field, key } = &self.of;
        let change = moment.change(*field);
        let change = change.and_then(|change| KeyChange::under(key, change));
        Told::if_some(change, &mut self.callback)
    }
}

impl<S, M, C, F> WatchIn<S> for KeyWatch<M, C, F>
where
    S: Holds<M>,
    M: Model,
    C: Keyed,
    F: FnMut(KeyChange<'_, C::Key, C::Value>) + Send + 'static,
{
    fn take_apart(self, into: &mut Apart<S>) {
        into.add_only(self);
    }
}

/// Who watches which key of one field.
struct KeyIndex<M: Model, C: Keyed> {
    field: Field<M, C>,
    by_key: HashMap<C::Key, KeyListeners, RandomState>,
}

/// The listeners of one key: mostly one.
enum KeyListeners {
    One(Entry),
    Many(Listeners),
}

impl KeyListeners {
    fn insert(&mut self, entry: Entry) {
        match self {
            Self::One(one) => {
                let mut both = Listeners::default();
                both.insert(*one);
                both.insert(entry);
                *self = Self::Many(both);
            }
            Self::Many(listeners) => listeners.insert(entry),
        }
    }

    /// Takes one out; whether none is left.
    fn remove_one(&mut self, is_there: impl Fn(&Entry) -> bool) -> bool {
        match self {
            Self::One(entry) => !is_there(entry),
            Self::Many(listeners) => {
                listeners.remove_one(is_there);
                listeners.is_empty()
            }
        }
    }

    fn as_slice(&self) -> &[Entry] {
        match self {
            Self::One(entry) => std::slice::from_ref(entry),
            Self::Many(listeners) => listeners.as_slice(),
        }
    }
}

impl<S: Holds<M>, M: Model, C: Keyed> Index<S> for KeyIndex<M, C> {
    fn collect(&self, commit: &Commit<S>, into: &mut Found) {
        let Self { field, by_key } = self;
        let (false, Some(change)) = (by_key.is_empty(), Change::of(*field, commit)) else {
            return;
        };
        let mut collect = |key: &C::Key| {
            if let Some(listeners) = by_key.get(key) {
                into.add_all(listeners.as_slice());
            }
        };
        if let Some(journal) = change.journal::<KeyedJournal<C::Key, C::Value>>() {
            journal.keys().for_each(collect);
        } else if by_key.len() <= FEW_KEYS {
            let (new, old) = (change.value().entries(), change.old().map(Keyed::entries));
            by_key
                .keys()
                .filter(|key| differs(old.and_then(|old| old.get(*key)), new.get(*key)))
                .for_each(collect);
        } else {
            change.entries().for_each(|change| collect(change.key()));
        }
    }
}

/// One key of a [`KeyIndex`].
struct KeySpot<M: Model, C: Keyed>(KeyOf<M, C>);

impl<M: Model, C: Keyed> KeySpot<M, C> {
    fn index<'a, S: Holds<M>>(&self, indexes: &'a mut Indexes<S>) -> &'a mut KeyIndex<M, C> {
        indexes.of(|| KeyIndex {
            field: self.0.field,
            by_key: HashMap::default(),
        })
    }
}

impl<S: Holds<M>, M: Model, C: Keyed> Spot<S> for KeySpot<M, C> {
    fn insert(&self, indexes: &mut Indexes<S>, entry: Entry) {
        match self.index(indexes).by_key.entry(self.0.key.clone()) {
            hash_map::Entry::Occupied(listeners) => listeners.into_mut().insert(entry),
            hash_map::Entry::Vacant(place) => {
                place.insert(KeyListeners::One(entry));
            }
        }
    }

    fn remove(&self, indexes: &mut Indexes<S>, _entry: Entry, is_there: &dyn Fn(&Entry) -> bool) {
        let KeyIndex { by_key, .. } = self.index(indexes);
        if let Some(listeners) = by_key.get_mut(&self.0.key)
            && listeners.remove_one(is_there)
        {
            by_key.remove(&self.0.key);
            // So that any number comes and goes in linear time.
            if by_key.len() * 4 < by_key.capacity() {
                by_key.shrink_to(by_key.len() * 2);
            }
        }
    }
}
