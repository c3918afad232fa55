//! The handles that keep watches.

use std::{fmt, sync::Arc};

use super::{executor::ExecutorGone, watching::Watching};
use crate::{model::Stores, sync::Caller};

/// Keeps a watch. Drop it to end the watch.
///
/// Once the drop returns, none of its callbacks runs or will run, on whatever thread. Dropped
/// inside its own callback, that callback is the last. Dropped inside a write closure it does not
/// wait for a callback that runs on another thread, which may be waiting for this very write.
/// Elsewhere it waits: do not drop it while holding a lock its callback takes, and let no callbacks
/// on two threads drop each other's handles.
///
/// The handle does not keep the store alive. A callback may own the store: it is dropped with the
/// handle; or, if another callback runs just then, when that returns. A callback that is to use its
/// own handle holds it weakly: one that owned it would keep both for ever.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// let store = store::Store::<Counter>::new();
/// let watching = store.watch(COUNTER, Counter::watch().clicks(|clicks| assert_eq!(*clicks, 0)));
/// drop(watching);
/// store.update(COUNTER, |counter| counter.clicks.set(1));
/// ```
#[must_use = "dropping a watcher ends the watch; `detach()` keeps it as long as the store"]
pub struct Watcher(Option<Arc<dyn Registered>>);

/// A registered watcher, whatever store it is of.
trait Registered: Send + Sync {
    fn at(&self) -> Caller;
    fn end(self: Arc<Self>);
    fn pause(self: Arc<Self>);
    fn resume(self: Arc<Self>);
    fn merges(&self) -> u64;
    fn check(&self) -> Result<(), Stranded>;
}

impl<S: Stores> Registered for Watching<S> {
    fn at(&self) -> Caller {
        self.at
    }

    fn end(self: Arc<Self>) {
        Self::end(&self);
    }

    fn pause(self: Arc<Self>) {
        Self::pause(&self);
    }

    fn resume(self: Arc<Self>) {
        match (self.watchers(), self.delivery.current_pause()) {
            (Some(watchers), _) => watchers.resume(&self),
            (None, Some(pause)) => drop(Self::resume(&self, pause)),
            (None, None) => {}
        }
    }

    fn merges(&self) -> u64 {
        self.delivery.merges()
    }

    fn check(&self) -> Result<(), Stranded> {
        let at = self.at;
        self.delivery
            .check()
            .map_err(|source| Stranded { at, source })
    }
}

/// A watcher is not told any more, because its executor is gone: [`Watcher::check`].
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the watcher at {at} is not told any more")]
pub struct Stranded {
    at: Caller,
    source: ExecutorGone,
}

impl Watcher {
    pub(super) fn new<S: Stores>(watching: Arc<Watching<S>>) -> Self {
        Self(Some(watching))
    }

    fn registered(&self) -> &Arc<dyn Registered> {
        self.0
            .as_ref()
            .expect("it is registered until it is dropped")
    }

    /// Keeps what comes for later, merged, so that it takes the same space however much comes. With a
    /// [`Queue`](crate::Queue), each commit is kept as far as it has room.
    ///
    /// Once this returns, no callback runs until [`resume`](Self::resume), unless it is called by
    /// one of them or inside a write closure.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// # let store = store::Store::<Counter>::new();
    /// let (sender, seen) = std::sync::mpsc::channel();
    /// let watching = store.watch(COUNTER, Counter::watch().clicks(move |clicks| {
    ///     sender.send((clicks.old().copied(), *clicks)).unwrap();
    /// }));
    /// watching.pause();
    /// store.update(COUNTER, |counter| counter.clicks.set(1));
    /// store.update(COUNTER, |counter| counter.clicks.set(2));
    /// assert_eq!(seen.try_iter().collect::<Vec<_>>(), [(None, 0)]);
    /// watching.resume();
    /// assert_eq!(seen.try_iter().collect::<Vec<_>>(), [(Some(0), 2)]);
    /// ```
    pub fn pause(&self) {
        Arc::clone(self.registered()).pause();
    }

    /// Tells what was kept: one difference, or with a [`Queue`](crate::Queue) each commit that there
    /// was room for. Goes on with what comes.
    ///
    /// Who is told on the committing thread is told here before this returns, or by whoever is
    /// telling.
    pub fn resume(&self) {
        Arc::clone(self.registered()).resume();
    }

    /// How many commits were merged into others while they waited to be told here, since the watch
    /// began: 2 where three were told as one. Commits merged before they got here (past
    /// [`queue_bound`](crate::StoreBuilder::queue_bound)) are not counted.
    #[must_use]
    pub fn merges(&self) -> u64 {
        self.registered().merges()
    }

    /// Says whether the watcher can be told.
    ///
    /// # Errors
    ///
    /// [`Stranded`] once its executor has refused or dropped work, which is found out when something
    /// is to be told; it stays so. It is also said to `tracing`, not to
    /// [`on_panic`](crate::StoreBuilder::on_panic). Nothing is lost but the telling: the state is
    /// there to be read.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// # let store = store::Store::<Counter>::new();
    /// let (queue, worker) = store::WorkQueue::new();
    /// let watching = store.on(queue).watch(COUNTER, Counter::watch().clicks(|_| {}));
    /// drop(worker);
    /// assert!(watching.check().is_ok()); // nobody has asked it for anything yet
    /// store.update(COUNTER, |counter| counter.clicks.set(1));
    /// assert!(watching.check().is_err());
    /// ```
    pub fn check(&self) -> Result<(), Stranded> {
        self.registered().check()
    }

    /// Keeps the watch as long as the store lives.
    ///
    /// A callback that is to be detached should own a [`WeakStore`](crate::WeakStore), not the
    /// store itself, which it would keep alive for ever.
    pub fn detach(mut self) {
        self.0 = None;
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        if let Some(registered) = self.0.take() {
            registered.end();
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watcher({})", self.registered().at())
    }
}

/// Watchers that end together.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// let store = store::Store::<Counter>::new();
/// let mut screen = store::WatcherGroup::new();
/// screen.add(store.watch(COUNTER, Counter::watch().clicks(|_| {})));
/// screen.add(store.watch(COUNTER, Counter::watch().clicks(|_| {})));
/// assert_eq!(screen.len(), 2);
/// drop(screen);
/// ```
#[derive(Debug, Default)]
#[must_use = "dropping a group ends its watches"]
pub struct WatcherGroup(Vec<Watcher>);

impl WatcherGroup {
    /// A group with no watchers.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many watchers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a watcher.
    pub fn add(&mut self, watcher: Watcher) {
        self.0.push(watcher);
    }

    /// Ends all watches of the group; it can be filled again.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Keeps all watches as long as the store lives.
    pub fn detach(self) {
        self.0.into_iter().for_each(Watcher::detach);
    }
}

impl Extend<Watcher> for WatcherGroup {
    fn extend<I: IntoIterator<Item = Watcher>>(&mut self, watchers: I) {
        self.0.extend(watchers);
    }
}

impl FromIterator<Watcher> for WatcherGroup {
    fn from_iter<I: IntoIterator<Item = Watcher>>(watchers: I) -> Self {
        Self(watchers.into_iter().collect())
    }
}
