//! The roof: joins state, change and watch, in a few lines per verb.

use std::{
    convert::Infallible,
    error::Error,
    fmt,
    panic::{AssertUnwindSafe, Location, RefUnwindSafe, UnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Weak},
};

use crate::{
    cause::{Cause, Origin, Revision},
    change::{Derivations, Guard, Guards, NestedWrite, RunawayChain, Transaction, WriteError},
    model::{Holds, Model, StoreName, Stores},
    state::{Snapshot, SnapshotAll, Truth},
    sync::{Activity, Caller, Published, deliver_deferred},
    watch::{
        self, Manner, PanicHook, PanicReport, Reader, Registration, WatchIn, WatchOf, Watcher,
        Watchers, commits,
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
/// Commits are numbered 1, 2, 3, … Every watcher hears them in that order, and everybody hears one
/// commit before anybody hears the next. A commit is told on the thread that made it, before the
/// write returns; if another thread is just telling, that thread goes on to tell this commit too
/// and the write returns without waiting. Within a commit, watchers are called in the order they
/// were registered, and the callbacks of one watcher in the order its fields are declared.
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

/// Settings of a new [`Store`].
pub struct StoreBuilder<S> {
    initial: Option<S>,
    panic_hook: Option<PanicHook>,
    chain_limit: u32,
    queue_bound: usize,
}

impl<S: Stores> StoreBuilder<S> {
    /// Starts from these values instead of the defaults. A reset still goes back to the defaults.
    ///
    /// Derived fields are computed from these values, whatever is given for them.
    #[must_use]
    pub fn initial(self, initial: S) -> Self {
        Self {
            initial: Some(initial),
            ..self
        }
    }

    /// Calls `hook` when a callback panics, or the function of a derived field or value. The panic is
    /// reported to `tracing` in any case.
    #[must_use]
    pub fn on_panic(self, hook: impl Fn(&PanicReport) + Send + Sync + 'static) -> Self {
        Self {
            panic_hook: Some(Arc::new(hook)),
            ..self
        }
    }

    /// How many writes may follow from one, each made by a watcher of the one before, until the
    /// chain is stopped with an error. 100 if not set.
    #[must_use]
    pub fn chain_limit(self, writes: u32) -> Self {
        Self {
            chain_limit: writes,
            ..self
        }
    }

    /// How many commits may wait to be told one by one; more are merged. 1024 if not set.
    #[must_use]
    pub fn queue_bound(self, commits: usize) -> Self {
        Self {
            queue_bound: commits,
            ..self
        }
    }

    /// Makes the store.
    ///
    /// # Panics
    ///
    /// If a default, or the function of a derived field, panics at the first values.
    #[must_use]
    pub fn build(self) -> Store<S> {
        Store(Arc::new(Inner {
            truth: Published::new(self.initial.map_or_else(Truth::with_defaults, Truth::new)),
            guards: Guards::new(),
            derivations: Derivations::new(),
            watchers: Watchers::new(self.queue_bound, self.panic_hook),
            chain_limit: self.chain_limit,
        }))
    }
}

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
        StoreBuilder {
            initial: None,
            panic_hook: None,
            chain_limit: 100,
            queue_bound: 1024,
        }
    }

    /// One named store as it is now.
    ///
    /// Waits for no write closure, no callback and no other reader.
    #[must_use]
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
        W: WatchIn<S> + WatchOf<M> + Send,
    {
        self.watch_at(Location::caller(), watch)
    }

    /// Registers a watch over several named stores: as [`watch`](Self::watch), for what belongs to
    /// no single one.
    #[track_caller]
    pub fn watch_across<W: WatchIn<S> + Send>(&self, watch: W) -> Watcher {
        self.watch_at(Location::caller(), watch)
    }

    /// Calls `callback` for each commit, whatever it changed. There is no immediate call.
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
    pub(crate) fn watch_at<W: WatchIn<S> + Send>(&self, caller: Caller, watch: W) -> Watcher {
        self.register(caller, &watch).finish(
            &self.0.truth,
            Reader::Inline,
            Manner::default(),
            watch,
        )
    }

    /// What a watch watches, on its way into the registry.
    pub(crate) fn register<W: WatchIn<S>>(&self, caller: Caller, watch: &W) -> Registration<S> {
        let mut registration = Registration::new(&self.0.watchers, caller);
        watch.register(&mut registration);
        registration
    }

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

    /// The one way to write: stage, ask the guards, derive, move the truth, queue, tell.
    fn write<R, E>(
        &self,
        origin: Option<Origin>,
        caller: Caller,
        write: impl FnOnce(&mut Transaction<'_, S>) -> Result<R, E>,
    ) -> Result<R, WriteError<E>> {
        let Inner {
            truth,
            guards,
            derivations,
            watchers,
            chain_limit,
        } = &*self.0;
        let activity = Activity::current();
        if let Some(outer) = activity.writing {
            return Err(WriteError::Nested(NestedWrite {
                inner: caller,
                outer,
            }));
        }
        if let (Some(watcher), true) = (activity.telling, activity.depth > *chain_limit) {
            let limit = *chain_limit;
            return Err(WriteError::Runaway(RunawayChain {
                watcher,
                write: caller,
                limit,
            }));
        }
        let mut room = watchers.room();
        let (mut asked, mut staged, mut panics) = (None, None, Vec::new());
        let outcome = {
            let mut turn = truth.turn();
            let _writing = activity.write(caller);
            let mut transaction = Transaction::new(&turn.heads);
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let answer = write(&mut transaction).map_err(WriteError::Aborted)?;
                transaction.moor();
                asked
                    .insert(guards.current())
                    .check(&transaction, caller)
                    .map_err(WriteError::Refused)?;
                Ok(answer)
            }));
            if !matches!(outcome, Ok(Ok(_))) {
                transaction.abandon();
            }
            // Sealing compares and publishing clones, so both may panic as the closure may.
            let sealed = catch_unwind(AssertUnwindSafe(|| staged = Some(transaction.seal())));
            let publish = AssertUnwindSafe(|| {
                if let Some(staged) = staged.as_mut().filter(|staged| staged.is_changed()) {
                    let cause = Cause {
                        revision: turn.revision + 1,
                        first: turn.revision + 1,
                        origin,
                        at: caller,
                        depth: activity.depth,
                        merged: 1,
                    };
                    staged.derive_fields(&turn, &cause, &mut panics);
                    if let Some(derivations) = derivations.current() {
                        staged.derive_values(&turn, &derivations, &mut panics);
                    }
                    staged.publish(&mut turn);
                    // Still in the turn, so that queue order is commit order.
                    watchers.enqueue(staged, &turn.heads, cause, &mut room);
                }
            });
            let committed = sealed.and_then(|()| catch_unwind(publish));
            match outcome {
                Ok(Ok(answer)) => committed.map(|()| Ok(answer)),
                given_up => given_up,
            }
        };
        // Now, as telling may take long; and no panic of a value's drop may keep from telling.
        watch::drop_values(caller, activity.depth, || {
            asked = None;
            staged = None;
        });
        drop(room);
        if !panics.is_empty() {
            watch::report_derivations(watchers.hook(), panics, caller, activity.depth);
        }
        watchers.deliver();
        deliver_deferred();
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

impl<S: Stores> Drop for Inner<S> {
    /// Those who read when they like are to see the final state, and then the end.
    fn drop(&mut self) {
        self.watchers.end();
    }
}

/// Writes in somebody's name: [`Store::by`]. Has the same verbs as the store.
pub struct Writer<'a, S: Stores> {
    store: &'a Store<S>,
    origin: Option<Origin>,
}

impl<'a, S: Stores> Writer<'a, S> {
    pub(crate) fn new(store: &'a Store<S>, origin: Option<Origin>) -> Self {
        Self { store, origin }
    }

    /// Writes in the name of a source line of the program.
    pub(crate) fn write<R, E>(
        self,
        caller: Caller,
        write: impl FnOnce(&mut Transaction<'_, S>) -> Result<R, E>,
    ) -> Result<R, WriteError<E>> {
        self.store.write(self.origin, caller, write)
    }

    /// As [`Store::update`].
    ///
    /// # Panics
    ///
    /// As [`Store::update`].
    #[track_caller]
    pub fn update<M: Model, R>(
        self,
        name: StoreName<M>,
        write: impl FnOnce(&mut M::Draft<'_>) -> R,
    ) -> R
    where
        S: Holds<M>,
    {
        self.transaction(|transaction| Ok::<_, Infallible>(write(transaction.on(name))))
            .unwrap_or_else(|error| panic!("cannot write store `{}`: {error}", M::NAME))
    }

    /// As [`Store::try_update`].
    ///
    /// # Errors
    ///
    /// As [`Store::try_update`].
    #[track_caller]
    pub fn try_update<M: Model, R, E>(
        self,
        name: StoreName<M>,
        write: impl FnOnce(&mut M::Draft<'_>) -> Result<R, E>,
    ) -> Result<R, WriteError<E>>
    where
        S: Holds<M>,
    {
        self.transaction(|transaction| write(transaction.on(name)))
    }

    /// As [`Store::transaction`].
    ///
    /// # Errors
    ///
    /// As [`Store::try_update`].
    #[track_caller]
    pub fn transaction<R, E>(
        self,
        write: impl FnOnce(&mut Transaction<'_, S>) -> Result<R, E>,
    ) -> Result<R, WriteError<E>> {
        self.write(Location::caller(), write)
    }

    /// As [`Store::reset`].
    ///
    /// # Panics
    ///
    /// As [`Store::update`].
    #[track_caller]
    pub fn reset<M: Model>(self, name: StoreName<M>)
    where
        S: Holds<M>,
    {
        let reset = |transaction: &mut Transaction<'_, S>| {
            transaction.reset(name);
            Ok::<_, Infallible>(())
        };
        self.transaction(reset)
            .unwrap_or_else(|error| panic!("cannot reset store `{}`: {error}", M::NAME));
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

impl<S> fmt::Debug for StoreBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreBuilder")
            .field("chain_limit", &self.chain_limit)
            .field("queue_bound", &self.queue_bound)
            .finish_non_exhaustive()
    }
}

impl<S: Stores> fmt::Debug for Writer<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
