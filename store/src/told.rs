//! Waiting until everyone has been told.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use crate::{
    model::Stores,
    state::Revision,
    store::{Store, WeakStore},
    stream::StoreDropped,
    sync::block_on,
    watch::{Waiter, Watchers},
};

impl<S: Stores> Store<S> {
    /// Waits until everyone has been told of every commit up to `revision`.
    ///
    /// Everyone is every callback: those on the committing thread, and those of executors and
    /// inboxes. Streams are not waited for, nor are paused watchers and those whose executor is
    /// gone. A revision that lies ahead is waited for too.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// use futures::FutureExt;
    ///
    /// let store = store::Store::<Counter>::new();
    /// let inbox = store::Inbox::new(|| {});
    /// let _watching = store.on(&inbox).watch(COUNTER, Counter::watch().clicks(|_| {}));
    /// store.update(COUNTER, |counter| counter.clicks.set(1));
    /// let mut told = store.told(store.revision());
    /// assert_eq!((&mut told).now_or_never(), None);
    /// inbox.drain();
    /// assert_eq!(told.now_or_never(), Some(Ok(())));
    /// ```
    pub fn told(&self, revision: Revision) -> Told<S> {
        Told {
            store: self.downgrade(),
            watchers: Arc::clone(self.watchers()),
            revision,
            waiter: None,
        }
    }
}

/// Waits until everyone has been told: [`Store::told`]. Does not keep the store alive.
///
/// # Errors
///
/// [`StoreDropped`] if the store is dropped before the revision was reached. What was reached is told
/// all the same, and waited for.
///
/// # Cancel safety
///
/// Dropping it loses nothing.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Told<S: Stores> {
    store: WeakStore<S>,
    watchers: Arc<Watchers<S>>,
    revision: Revision,
    /// Once it has waited.
    waiter: Option<Waiter>,
}

impl<S: Stores> Told<S> {
    /// Waits on this thread.
    ///
    /// # Errors
    ///
    /// [`StoreDropped`] if the store is dropped before the revision was reached.
    ///
    /// # Panics
    ///
    /// If it has to wait inside a write closure or a callback, or for an inbox of this very thread:
    /// that may never end.
    pub fn wait(mut self) -> Result<(), StoreDropped> {
        block_on("everyone to be told", |cx| {
            let told = self.poll_told(cx);
            if told.is_pending() && self.watchers.waits_here(self.revision) {
                panic!(
                    "waiting for everyone to be told on the thread that has to drain its inbox would never end"
                );
            }
            told
        })
    }

    fn poll_told(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StoreDropped>> {
        if let Some(told) = self.told() {
            self.waiter = None;
            return Poll::Ready(told);
        }
        let milestones = self.watchers.milestones();
        let waiter = self.waiter.get_or_insert_with(|| Waiter::new(milestones));
        waiter.register(cx.waker().clone());
        // What was told before that has woken nobody. A commit that nobody was to be told of either
        // moved the truth before it is read here, and is seen below, or finds the waker.
        if let Some(store) = self.store.upgrade() {
            drop(store.truth().read());
        }
        self.told().map_or(Poll::Pending, Poll::Ready)
    }

    fn told(&self) -> Option<Result<(), StoreDropped>> {
        if self.watchers.has_told(self.revision) {
            Some(Ok(()))
        } else if self.watchers.is_past(self.revision) {
            Some(Err(StoreDropped))
        } else {
            None
        }
    }
}

impl<S: Stores> Future for Told<S> {
    type Output = Result<(), StoreDropped>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_told(cx)
    }
}

impl<S: Stores> fmt::Debug for Told<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Told({})", self.revision)
    }
}
