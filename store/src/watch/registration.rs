//! How a watch becomes registered callbacks.

use std::{marker::PhantomData, sync::Arc};

use super::{
    delivery::Watchers,
    entry::{Callback, Entry, Order},
    registry::{Index, Place},
    watcher::Watcher,
};
use crate::{
    model::{Field, Holds, Model, Stores},
    state::Truth,
    sync::{Caller, Published},
};

/// Something that [`Store::watch`](crate::Store::watch) can register: callbacks, and what of the
/// named store `M` each of them watches.
///
/// Made by `User::watch()` with a method per field; by the [`Field`] keys for one key or range of a
/// collection; by the [`StoreName`](crate::StoreName) for projections, several fields and whole
/// stores. A tuple of watches is one watch.
///
/// # Examples
///
/// ```
/// # use std::sync::{Arc, Mutex};
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// use store::{Store, Watch};
///
/// let store = Store::<Counter>::new();
/// let seen = Arc::new(Mutex::new(Vec::new()));
/// let notes = Arc::clone(&seen);
/// let counting = Counter::watch().clicks(move |clicks| notes.lock().unwrap().push(*clicks));
/// let _watching = store.watch(COUNTER, counting.changes_only().ignoring("me"));
/// store.by("me").update(COUNTER, |counter| counter.clicks.set(1));
/// store.update(COUNTER, |counter| counter.clicks.set(2));
/// assert_eq!(*seen.lock().unwrap(), [2]);
/// ```
pub trait Watch<M: Model>: Sized {
    #[doc(hidden)]
    fn register<S: Holds<M>>(self, to: &mut Registration<S, M>);

    /// Skips the immediate call with the current value.
    fn changes_only(self) -> ChangesOnly<Self> {
        ChangesOnly(self)
    }

    /// Skips the commits of one origin, by its `who`. Say it again to skip those of another too.
    fn ignoring(self, who: impl Into<Arc<str>>) -> Ignoring<Self> {
        Ignoring {
            watch: self,
            who: who.into(),
        }
    }
}

/// Callbacks on their way into the registry.
#[doc(hidden)]
pub struct Registration<S: Stores, M> {
    watchers: Arc<Watchers<S>>,
    id: u64,
    at: Caller,
    ignored: Vec<Arc<str>>,
    silent: bool,
    /// Callbacks and where they belong.
    entries: Vec<(Arc<Entry<S>>, Place<S>)>,
    _model: PhantomData<fn() -> M>,
}

impl<S: Stores, M> Registration<S, M> {
    pub(crate) fn new(watchers: &Arc<Watchers<S>>, at: Caller) -> Self {
        Self {
            watchers: Arc::clone(watchers),
            id: watchers.next_id(),
            at,
            ignored: Vec::new(),
            silent: false,
            entries: Vec::new(),
            _model: PhantomData,
        }
    }

    /// Adds a callback; `field` is where it stands among the watcher's callbacks.
    pub(crate) fn add(&mut self, place: Place<S>, field: Option<usize>, callback: Callback<S>) {
        let order = Order {
            watcher: self.id,
            field: field
                .and_then(|field| u32::try_from(field).ok())
                .unwrap_or(u32::MAX),
            nth: u32::try_from(self.entries.len()).unwrap_or(u32::MAX),
        };
        let ignored = self.ignored.as_slice().into();
        let entry = Entry::new(order, self.at, ignored, self.silent, callback);
        self.entries.push((Arc::new(entry), place));
    }

    /// Registers all callbacks and makes their immediate calls.
    pub(crate) fn finish(mut self, truth: &Published<Truth<S>>) -> Watcher {
        self.entries.sort_by_key(|(entry, _)| entry.order);
        self.watchers.register(truth, &self.entries, self.at);
        Watcher::new(&self.watchers, self.entries, self.at)
    }
}

impl<S: Holds<M>, M: Model> Registration<S, M> {
    /// The index of one kind over a field of this named store.
    pub(crate) fn index<T, I: Index<S>>(
        &self,
        field: Field<M, T>,
        new: impl FnOnce() -> I,
    ) -> Arc<I> {
        self.watchers.index(S::INDEX, field.info().index, new)
    }

    /// Adds a callback that is called with this named store's part of each moment.
    pub(crate) fn add_field<T>(&mut self, field: Field<M, T>, callback: Callback<S>) {
        let index = field.info().index;
        let place = Place::Fields {
            store: S::INDEX,
            fields: vec![index],
        };
        self.add(place, Some(index), callback);
    }
}

impl<M: Model> Watch<M> for () {
    fn register<S: Holds<M>>(self, _to: &mut Registration<S, M>) {}
}

macro_rules! watch_tuples {
    ($($name:ident)+) => {
        impl<M: Model, $($name: Watch<M>),+> Watch<M> for ($($name,)+) {
            fn register<S: Holds<M>>(self, to: &mut Registration<S, M>) {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                $($name.register(to);)+
            }
        }
    };
}

watch_tuples!(A);
watch_tuples!(A B);
watch_tuples!(A B C);
watch_tuples!(A B C D);
watch_tuples!(A B C D E);
watch_tuples!(A B C D E F);

/// A watch without its immediate calls: [`Watch::changes_only`].
#[derive(Debug)]
pub struct ChangesOnly<W>(W);

impl<M: Model, W: Watch<M>> Watch<M> for ChangesOnly<W> {
    fn register<S: Holds<M>>(self, to: &mut Registration<S, M>) {
        let silent = std::mem::replace(&mut to.silent, true);
        self.0.register(to);
        to.silent = silent;
    }
}

/// A watch that does not hear one origin: [`Watch::ignoring`].
#[derive(Debug)]
pub struct Ignoring<W> {
    watch: W,
    who: Arc<str>,
}

impl<M: Model, W: Watch<M>> Watch<M> for Ignoring<W> {
    fn register<S: Holds<M>>(self, to: &mut Registration<S, M>) {
        to.ignored.push(self.who);
        self.watch.register(to);
        to.ignored.pop();
    }
}
