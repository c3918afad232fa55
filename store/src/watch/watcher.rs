//! The handles that keep watches.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use super::{delivery::Watchers, entry::Entry, registry::Place};
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
/// handle.
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
pub struct Watcher {
    registered: Option<Box<dyn Registered>>,
    at: Caller,
}

trait Registered: Send + Sync {
    fn end(&self);
}

struct Registrations<S: Stores> {
    watchers: Weak<Watchers<S>>,
    entries: Vec<(Arc<Entry<S>>, Place<S>)>,
}

impl<S: Stores> Registered for Registrations<S> {
    fn end(&self) {
        if let Some(watchers) = self.watchers.upgrade() {
            watchers.unregister(&self.entries);
        }
    }
}

impl Watcher {
    pub(super) fn new<S: Stores>(
        watchers: &Arc<Watchers<S>>,
        entries: Vec<(Arc<Entry<S>>, Place<S>)>,
        at: Caller,
    ) -> Self {
        let registrations = Registrations {
            watchers: Arc::downgrade(watchers),
            entries,
        };
        Self {
            registered: Some(Box::new(registrations)),
            at,
        }
    }

    /// Keeps the watch as long as the store lives.
    ///
    /// A callback that is to be detached should own a [`WeakStore`](crate::WeakStore), not the
    /// store itself, which it would keep alive for ever.
    pub fn detach(mut self) {
        self.registered = None;
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        if let Some(registered) = self.registered.take() {
            registered.end();
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watcher({})", self.at)
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
