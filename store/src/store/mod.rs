//! The roof: joins state, change and watch, in a few lines per verb.

mod builder;
mod left_over;
mod write;

use std::{
    error::Error,
    fmt,
    panic::{Location, RefUnwindSafe, UnwindSafe},
    sync::{Arc, Weak},
};

pub use self::{builder::StoreBuilder, write::Writer};
use crate::{
    cause::{Origin, Revision},
    change::{Derivations, Guard, Guards, Transaction, WriteError},
    model::{Holds, Model, StoreName, Stores},
    state::{Snapshot, SnapshotAll, Truth},
    sync::{Caller, Published},
    watch::{
        LocalWatchIn, Manner, Reader, Registration, WatchIn, WatchOf, Watcher, Watchers, commits,
    },
};

/// A reactive state store: named stores, snapshots of them, and watchers that are called if, and
/// only if, what they watch differs.
///
/// `S` is the struct that lists the named stores ([`Stores`]). A `Store` is a handle; clones show
/// the same state, and the state is dropped with the last of them.
///
/// # Ordering
///
/// Commits are numbered 1, 2, 3, … Every watcher hears them in that order, and everybody who is told
/// inline hears one commit before anybody hears the next. A commit is told on the thread that made
/// it, before the write returns; if another thread is just telling, that thread goes on to tell this
/// commit too and the write returns without waiting. Within a commit, watchers are called in the
/// order they were registered, and the callbacks of one watcher in the order its fields are declared.
///
/// Who is told by an executor, in an inbox or in a stream hears commits in order too, and later:
/// [`Store::on`].
///
/// # Examples
///
/// ```
/// use store::{Map, Model, Store};
///
/// #[derive(Model)]
/// pub struct User {
///     pub display_online_status: bool,
///     pub user_status_list: Map<String, u8>,
/// }
///
/// let store = Store::<User>::new();
/// let _watching = store.watch(USER, User::watch()
///     .display_online_status(|on| println!("dots are {}", if *on { "shown" } else { "hidden" }))
///     .user_status_list(|list| for change in list.changes() { println!("{change:?}") }));
/// store.update(USER, |user| {
///     user.display_online_status.set(true);
///     user.user_status_list.insert("alice".to_owned(), 1)
/// });
/// ```
pub struct Store<S: Stores>(Arc<Inner<S>>);

struct Inner<S: Stores> {
    truth: Published<Truth<S>>,
    guards: Arc<Guards<S>>,
    derivations: Arc<Derivations<S>>,
    watchers: Arc<Watchers<S>>,
    chain_limit: u32,
}

/// A [`Store`] handle that does not keep the state alive.
pub struct WeakStore<S: Stores>(Weak<Inner<S>>);

impl<S: Stores> Store<S> {
    /// A store whose fields have their defaults.
    ///
    /// # Panics
    ///
    /// As [`StoreBuilder::build`].
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A store with settings of its own.
    #[must_use]
    pub fn builder() -> StoreBuilder<S> {
        StoreBuilder::new()
    }

    /// One named store as it is now.
    ///
    /// Waits for no write closure, no callback and no other reader. Who looks far more often than
    /// anybody writes can keep one: [`cached`](Self::cached).
    #[must_use]
    #[inline]
    pub fn snapshot<M: Model>(&self, _name: StoreName<M>) -> Snapshot<M>
    where
        S: Holds<M>,
    {
        self.0.truth.read().snapshot::<M>()
    }

    /// All named stores as they are now, at one moment.
    #[must_use]
    pub fn snapshot_all(&self) -> SnapshotAll<S> {
        self.0.truth.read().snapshot_all()
    }

    /// The number of the newest commit, 0 before the first.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.0.truth.read().revision
    }

    /// Writes one named store, and returns what the closure returns.
    ///
    /// For a write that cannot fail: what the closure returns is only handed on, and the write is
    /// made even if it is an `Err`. A closure that may give up goes to
    /// [`try_update`](Self::try_update).
    ///
    /// # Panics
    ///
    /// Where [`try_update`](Self::try_update) returns an error: if the write is begun inside a
    /// write closure, if a guard refuses it, or at the end of a runaway chain of watchers. If the
    /// closure panics, that panic goes on. Nothing of the write is left behind in any of these.
    #[track_caller]
    pub fn update<M: Model, R>(
        &self,
        name: StoreName<M>,
        write: impl FnOnce(&mut M::Draft<'_>) -> R,
    ) -> R
    where
        S: Holds<M>,
    {
        Writer::new(self, None).update(name, write)
    }

    /// Writes one named store, unless the closure returns an error.
    ///
    /// # Errors
    ///
    /// [`WriteError::Aborted`] with the closure's own error, or the reason why the write was not
    /// made. Nothing of it is left behind.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// # let store = store::Store::<Counter>::new();
    /// let result = store.try_update(COUNTER, |counter| {
    ///     counter.clicks.set(1);
    ///     Err::<(), _>("no clicks today")
    /// });
    /// assert_eq!(result.unwrap_err().to_string(), "the write closure gave up: no clicks today");
    /// assert_eq!(store.snapshot(COUNTER).clicks, 0);
    /// ```
    #[track_caller]
    pub fn try_update<M: Model, R, E>(
        &self,
        name: StoreName<M>,
        write: impl FnOnce(&mut M::Draft<'_>) -> Result<R, E>,
    ) -> Result<R, WriteError<E>>
    where
        S: Holds<M>,
    {
        Writer::new(self, None).try_update(name, write)
    }

    /// Writes several named stores in one commit, unless the closure returns an error.
    ///
    /// # Errors
    ///
    /// As [`try_update`](Self::try_update).
    #[track_caller]
    pub fn transaction<R, E>(
        &self,
        write: impl FnOnce(&mut Transaction<'_, S>) -> Result<R, E>,
    ) -> Result<R, WriteError<E>> {
        Writer::new(self, None).transaction(write)
    }

    /// Puts every field of a named store back to its default, in one commit; derived fields follow.
    ///
    /// Watchers are told by the same rule as of any write: what was removed is told as removed.
    ///
    /// # Panics
    ///
    /// As [`update`](Self::update).
    #[track_caller]
    pub fn reset<M: Model>(&self, name: StoreName<M>)
    where
        S: Holds<M>,
    {
        Writer::new(self, None).reset(name);
    }

    /// Writes in somebody's name: every change carries the origin on.
    pub fn by(&self, origin: impl Into<Origin>) -> Writer<'_, S> {
        Writer::new(self, Some(origin.into()))
    }

    /// Registers a watch, and calls each of its callbacks with the current value before returning.
    ///
    /// Inside a write closure the current value is the committed one, and these calls cannot write.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// # let store = store::Store::<Counter>::new();
    /// let (sender, seen) = std::sync::mpsc::channel();
    /// let _watching = store.watch(COUNTER, Counter::watch().clicks(move |clicks| sender.send(*clicks).unwrap()));
    /// store.update(COUNTER, |counter| counter.clicks.set(2));
    /// store.update(COUNTER, |counter| counter.clicks.set(2));
    /// assert_eq!(seen.try_iter().collect::<Vec<_>>(), [0, 2]);
    /// ```
    #[track_caller]
    pub fn watch<M: Model, W>(&self, _name: StoreName<M>, watch: W) -> Watcher
    where
        S: Holds<M>,
        W: WatchIn<S> + WatchOf<M>,
    {
        self.watch_at(Location::caller(), watch)
    }

    /// Registers a watch over several named stores: as [`watch`](Self::watch), for what belongs to
    /// no single one.
    #[track_caller]
    pub fn watch_across<W: WatchIn<S>>(&self, watch: W) -> Watcher {
        self.watch_at(Location::caller(), watch)
    }

    /// Calls `callback` for each commit, whatever it changed. There is no immediate call. The same as
    /// `watch_across(commits().watch(…))`.
    #[track_caller]
    pub fn watch_commits(
        &self,
        mut callback: impl FnMut(&crate::Commit<S>) + Send + 'static,
    ) -> Watcher {
        self.watch_at(
            Location::caller(),
            commits().watch(move |commit| callback(commit)),
        )
    }

    /// Registers a watch in the name of a source line of the program.
    pub(crate) fn watch_at<W: WatchIn<S>>(&self, caller: Caller, watch: W) -> Watcher {
        self.register(caller, &watch).finish(
            &self.0.truth,
            Reader::Inline,
            Manner::default(),
            watch,
        )
    }

    /// What a watch watches, on its way into the registry.
    pub(crate) fn register<W: LocalWatchIn<S>>(
        &self,
        caller: Caller,
        watch: &W,
    ) -> Registration<S> {
        let mut registration = Registration::new(&self.0.watchers, caller);
        watch.register(&mut registration);
        registration
    }

    #[inline]
    pub(crate) fn truth(&self) -> &Published<Truth<S>> {
        &self.0.truth
    }

    pub(crate) fn derivations(&self) -> &Arc<Derivations<S>> {
        &self.0.derivations
    }

    pub(crate) fn watchers(&self) -> &Arc<Watchers<S>> {
        &self.0.watchers
    }

    /// Registers a guard: it sees each draft of a named store before it is committed, and may
    /// refuse it with an error.
    ///
    /// Guards run inside the write, in the order they were registered; what they see is the draft
    /// with everything the write closure wrote.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// # let store = store::Store::<Counter>::new();
    /// let _guard = store.guard(COUNTER, |counter| {
    ///     if *counter.clicks > 9 { Err("only nine clicks are allowed".into()) } else { Ok(()) }
    /// });
    /// let refused = store.try_update(COUNTER, |counter| Ok::<_, ()>(counter.clicks.set(10)));
    /// assert!(matches!(refused, Err(store::WriteError::Refused(_))));
    /// ```
    #[track_caller]
    pub fn guard<M: Model>(
        &self,
        _name: StoreName<M>,
        check: impl Fn(&M::Draft<'_>) -> Result<(), Box<dyn Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
    ) -> Guard
    where
        S: Holds<M>,
    {
        self.0.guards.register::<M>(Location::caller(), check)
    }

    /// A handle that does not keep the state alive, for callbacks that outlive their watcher.
    #[must_use]
    pub fn downgrade(&self) -> WeakStore<S> {
        WeakStore(Arc::downgrade(&self.0))
    }
}

impl<S: Stores> Drop for Inner<S> {
    /// Those who read when they like are to see the final state, and then the end.
    fn drop(&mut self) {
        self.watchers.end();
    }
}

impl<S: Stores> WeakStore<S> {
    /// The store, if anybody still holds it.
    #[must_use]
    pub fn upgrade(&self) -> Option<Store<S>> {
        self.0.upgrade().map(Store)
    }
}

/// A panic leaves no trace of the write it ended, and poisons nothing.
impl<S: Stores> UnwindSafe for Store<S> {}
impl<S: Stores> RefUnwindSafe for Store<S> {}

impl<S: Stores> Clone for Store<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Stores> Clone for WeakStore<S> {
    fn clone(&self) -> Self {
        Self(Weak::clone(&self.0))
    }
}

impl<S: Stores> Default for Store<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Stores> fmt::Debug for Store<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("revision", &self.revision())
            .finish_non_exhaustive()
    }
}

impl<S: Stores> fmt::Debug for WeakStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakStore")
    }
}
