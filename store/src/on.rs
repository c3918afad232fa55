//! Watches that are not told at once on the committing thread: by an executor, by the owner of an
//! inbox, or by a reader that comes when it likes.

use std::{fmt, panic::Location, sync::Arc, time::Duration};

use crate::{
    clock::Clock,
    model::{Holds, Model, StoreName, Stores},
    store::Store,
    stream::{ChangeStream, StoreDropped},
    watch::{
        Executor, Inbox, LocalWatchIn, LocalWatcher, Manner, Pace, Queue, Reader, SourceIn,
        WatchIn, WatchOf, Watcher,
    },
};

/// Says where and how watchers are told: [`Store::on`], [`Store::pull`].
///
/// Unless it is said otherwise, each callback has at most one change pending: whatever comes before
/// it is told is merged into that, so that it is told how what it last saw differs from now.
#[must_use = "nothing is watched yet"]
pub struct On<'a, S: Stores, At> {
    store: &'a Store<S>,
    at: At,
    manner: Manner,
}

/// Where a [`ChangeStream`] is told: wherever it is read.
#[derive(Clone, Copy, Debug)]
pub struct Pull(());

impl<S: Stores> Store<S> {
    /// Has watchers told by an [`Executor`] or an [`Inbox`], instead of at once on the committing
    /// thread.
    ///
    /// The immediate calls are made here all the same, before `watch` returns.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// use store::{Inbox, Queue, Store};
    ///
    /// let store = Store::<Counter>::new();
    /// let inbox = Inbox::new(|| println!("there is something to be told"));
    /// let (sender, seen) = std::sync::mpsc::channel();
    /// let each = Counter::watch().clicks(move |clicks| sender.send(*clicks).unwrap());
    /// let _watching = store.on(&inbox).every(Queue::of::<8>()).watch(COUNTER, each);
    /// store.update(COUNTER, |counter| counter.clicks.set(1));
    /// store.update(COUNTER, |counter| counter.clicks.set(2));
    /// inbox.drain();
    /// assert_eq!(seen.try_iter().collect::<Vec<_>>(), [0, 1, 2]);
    /// ```
    pub fn on<At>(&self, at: At) -> On<'_, S, At> {
        On {
            store: self,
            at,
            manner: Manner::default(),
        }
    }

    /// Says how a stream is told that is made next: [`stream`](Self::stream) with settings.
    pub fn pull(&self) -> On<'_, S, Pull> {
        self.on(Pull(()))
    }

    /// The changes of a [`Source`](crate::Source), for a reader that comes when it likes.
    ///
    /// The first item is the current value, as of this call. Each further one is the difference from what this
    /// reader last saw to now, however many commits lie between: a reader that sleeps costs the
    /// same space however much it misses. [`pull`](Self::pull) has settings, one of them a queue of
    /// every commit. When the store is dropped, the stream ends after the final state.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::{Map, MapChange, Model, Store};
    ///
    /// #[derive(Model)]
    /// pub struct User { pub user_status_list: Map<u32, &'static str> }
    ///
    /// let store = Store::<User>::new();
    /// let mut statuses = store.stream(USER, User::USER_STATUS_LIST);
    /// assert!(statuses.try_next().unwrap().is_empty());
    ///
    /// for status in ["away", "online", "offline"] {
    ///     store.update(USER, |user| user.user_status_list.insert(7, status));
    /// }
    /// let statuses = statuses.try_next().unwrap();
    /// let changes: Vec<_> = statuses.changes().collect();
    /// assert_eq!(changes, [MapChange::Inserted { key: &7, value: &"offline" }]);
    /// assert_eq!(statuses.merged(), 3);
    /// ```
    #[track_caller]
    pub fn stream<M: Model, Q>(&self, name: StoreName<M>, source: Q) -> ChangeStream<Q::Item>
    where
        S: Holds<M>,
        Q: SourceIn<S> + WatchOf<M>,
    {
        self.pull().stream(name, source)
    }

    /// The changes of a source over several named stores: as [`stream`](Self::stream).
    #[track_caller]
    pub fn stream_across<Q: SourceIn<S>>(&self, source: Q) -> ChangeStream<Q::Item> {
        self.pull().stream_across(source)
    }

    /// Waits for a change that `holds` says yes to, and returns it; the current value, as of this
    /// call, counts.
    ///
    /// What held only between two looks is missed, as for every reader that comes late. Does not keep
    /// the store alive.
    ///
    /// # Errors
    ///
    /// [`StoreDropped`] if the store is dropped before.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: another one begins with what is then there.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// use futures::{FutureExt, executor::block_on};
    ///
    /// let store = store::Store::<Counter>::new();
    /// let mut third = Box::pin(store.until(COUNTER, Counter::CLICKS, |clicks| **clicks >= 3));
    /// store.update(COUNTER, |counter| counter.clicks.set(2));
    /// assert!((&mut third).now_or_never().is_none());
    /// store.update(COUNTER, |counter| counter.clicks.set(3));
    /// assert_eq!(**block_on(third).as_ref().unwrap(), 3);
    /// ```
    #[track_caller]
    pub fn until<M: Model, Q, H>(
        &self,
        _name: StoreName<M>,
        source: Q,
        holds: H,
    ) -> impl Future<Output = Result<Q::Item, StoreDropped>> + use<S, M, Q, H>
    where
        S: Holds<M>,
        Q: SourceIn<S> + WatchOf<M>,
        H: FnMut(&Q::Item) -> bool,
    {
        self.until_across(source, holds)
    }

    /// Waits for a change of a source over several named stores: as [`until`](Self::until).
    ///
    /// # Errors
    ///
    /// [`StoreDropped`] if the store is dropped before.
    #[track_caller]
    pub fn until_across<Q, H>(
        &self,
        source: Q,
        mut holds: H,
    ) -> impl Future<Output = Result<Q::Item, StoreDropped>> + use<S, Q, H>
    where
        Q: SourceIn<S>,
        H: FnMut(&Q::Item) -> bool,
    {
        let mut changes = self.stream_across(source);
        async move {
            while let Some(change) = changes.changed().await {
                if holds(&change) {
                    return Ok(change);
                }
            }
            Err(StoreDropped)
        }
    }
}

impl<'a, S: Stores, At> On<'a, S, At> {
    /// Tells each commit by itself, as far as the queue has room.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// use store::{Queue, Store};
    ///
    /// let store = Store::<Counter>::new();
    /// let mut each = store.pull().every(Queue::of::<2>()).stream(COUNTER, Counter::CLICKS);
    /// for clicks in 1..=4 {
    ///     store.update(COUNTER, |counter| counter.clicks.set(clicks));
    /// }
    /// let told = std::iter::from_fn(|| each.try_next()).map(|clicks| *clicks);
    /// assert_eq!(told.collect::<Vec<_>>(), [0, 3, 4]); // there was no room for the third
    /// ```
    pub fn every(mut self, queue: Queue) -> Self {
        self.manner.queue = Some(queue);
        self
    }

    /// Tells once nothing has come for so long, counted from when the reader first sees the last.
    /// While commits keep coming, nothing is told: [`throttle`](Self::throttle) has an upper bound.
    ///
    /// The later of `debounce` and `throttle` replaces the earlier. When the store is dropped, what
    /// waits is told at once.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// use std::time::Duration;
    /// use store::{ManualClock, Store};
    ///
    /// let (store, clock) = (Store::<Counter>::new(), ManualClock::new());
    /// let pull = store.pull().debounce(Duration::from_secs(1), clock.clone());
    /// let mut clicks = pull.stream(COUNTER, Counter::CLICKS);
    /// let write = |clicks| store.update(COUNTER, |counter| counter.clicks.set(clicks));
    /// assert_eq!(clicks.try_next().as_deref(), Some(&0));
    /// for click in 1..=3 {
    ///     write(click);
    ///     assert!(clicks.try_next().is_none());
    ///     clock.advance(Duration::from_millis(999));
    /// }
    /// assert!(clicks.try_next().is_none());
    /// clock.advance(Duration::from_millis(1));
    /// assert_eq!(clicks.try_next().as_deref(), Some(&3));
    /// ```
    pub fn debounce(self, rest: Duration, clock: impl Clock) -> Self {
        self.pace(Pace::debounce(rest, Arc::new(clock)))
    }

    /// Tells at once, and then once in so long at most: with [`every`](Self::every), all that waits
    /// then.
    ///
    /// The later of `debounce` and `throttle` replaces the earlier. When the store is dropped, what
    /// waits is told at once.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// use std::time::Duration;
    /// use store::{ManualClock, Store};
    ///
    /// let (store, clock) = (Store::<Counter>::new(), ManualClock::new());
    /// let pull = store.pull().throttle(Duration::from_secs(1), clock.clone());
    /// let mut clicks = pull.stream(COUNTER, Counter::CLICKS);
    /// let mut write = |clicks| store.update(COUNTER, |counter| counter.clicks.set(clicks));
    /// assert_eq!(clicks.try_next().as_deref(), Some(&0));
    /// write(1);
    /// assert_eq!(clicks.try_next().as_deref(), Some(&1));
    /// write(2);
    /// write(3);
    /// assert!(clicks.try_next().is_none());
    /// clock.advance(Duration::from_secs(1));
    /// assert_eq!(clicks.try_next().as_deref(), Some(&3));
    /// ```
    pub fn throttle(self, period: Duration, clock: impl Clock) -> Self {
        self.pace(Pace::throttle(period, Arc::new(clock)))
    }

    fn pace(mut self, pace: Pace) -> Self {
        self.manner.pace = Some(pace);
        self
    }
}

impl<S: Stores, E: Executor> On<'_, S, E> {
    /// As [`Store::watch`], but that the executor calls. The immediate calls are still made here, on
    /// this thread.
    #[track_caller]
    pub fn watch<M: Model, W>(self, _name: StoreName<M>, watch: W) -> Watcher
    where
        S: Holds<M>,
        W: WatchIn<S> + WatchOf<M>,
    {
        self.watch_across(watch)
    }

    /// As [`Store::watch_across`], but that the executor calls. The immediate calls are still made
    /// here, on this thread.
    #[track_caller]
    pub fn watch_across<W: WatchIn<S>>(self, watch: W) -> Watcher {
        let Self { store, at, manner } = self;
        let registration = store.register(Location::caller(), &watch);
        registration.finish(store.truth(), Reader::executor(at), manner, watch)
    }
}

impl<S: Stores> On<'_, S, &Inbox> {
    /// As [`Store::watch`], but that the owner of the inbox calls, and nobody else: callbacks need
    /// not be `Send`.
    #[track_caller]
    pub fn watch<M: Model, W>(self, _name: StoreName<M>, watch: W) -> LocalWatcher
    where
        S: Holds<M>,
        W: LocalWatchIn<S> + WatchOf<M>,
    {
        self.watch_across(watch)
    }

    /// As [`Store::watch_across`], but that the owner of the inbox calls, and nobody else:
    /// callbacks need not be `Send`.
    #[track_caller]
    pub fn watch_across<W: LocalWatchIn<S>>(self, watch: W) -> LocalWatcher {
        let Self { store, at, manner } = self;
        let registration = store.register(Location::caller(), &watch);
        at.register(registration, store.truth(), manner, watch)
    }
}

impl<S: Stores> On<'_, S, Pull> {
    /// As [`Store::stream`].
    #[track_caller]
    pub fn stream<M: Model, Q>(self, _name: StoreName<M>, source: Q) -> ChangeStream<Q::Item>
    where
        S: Holds<M>,
        Q: SourceIn<S> + WatchOf<M>,
    {
        self.stream_across(source)
    }

    /// As [`Store::stream_across`].
    #[track_caller]
    pub fn stream_across<Q: SourceIn<S>>(self, source: Q) -> ChangeStream<Q::Item> {
        let Self { store, manner, .. } = self;
        ChangeStream::new(store, Location::caller(), manner, source)
    }
}

impl<S: Stores, At> fmt::Debug for On<'_, S, At> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("On")
            .field("manner", &self.manner)
            .finish_non_exhaustive()
    }
}
