//! A reader that looks often: it keeps a snapshot, and takes another only when there is one.

use std::fmt;

use crate::{
    model::{Holds, Model, StoreName, Stores},
    state::Snapshot,
    store::Store,
    sync::let_go,
};

impl<S: Stores> Store<S> {
    /// A handle that reads one named store again and again: a look costs a comparison of numbers while
    /// nothing is committed.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// let store = store::Store::<Counter>::new();
    /// let mut counter = store.cached(COUNTER);
    /// assert_eq!(counter.get().clicks, 0);
    /// store.update(COUNTER, |counter| counter.clicks.set(7));
    /// assert_eq!(counter.get().clicks, 7);
    /// ```
    #[must_use]
    pub fn cached<M: Model>(&self, _name: StoreName<M>) -> CachedSnapshot<S, M>
    where
        S: Holds<M>,
    {
        let (moves, snapshot) = take(self);
        CachedSnapshot {
            store: self.clone(),
            moves,
            snapshot,
        }
    }
}

/// The newest snapshot of one named store, kept for the next look: [`Store::cached`].
///
/// For a thread that looks far more often than anybody writes, such as one that paints frames or
/// answers requests. Each thread has its own, a clone if need be.
///
/// It keeps the store alive; and, from one look to the next, the state that it showed last. So the
/// first write after a look copies the struct once, as beside any [`Snapshot`] that is kept, and an
/// old state is dropped by the look that finds a newer one. Where looks are rare,
/// [`Store::snapshot`] is better.
///
/// # Ordering
///
/// A look shows every commit that this thread knows of: its own, and those of writes which another
/// thread has returned from and told this one about. No look shows an earlier moment than the one
/// before.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// let store = store::Store::<Counter>::new();
/// let mut counter = store.cached(COUNTER);
/// let (clicked, has_clicked) = std::sync::mpsc::channel();
/// let painting = std::thread::spawn(move || {
///     has_clicked.recv().unwrap();
///     counter.get().clicks
/// });
/// store.update(COUNTER, |counter| counter.clicks.set(7));
/// clicked.send(()).unwrap();
/// assert_eq!(painting.join().unwrap(), 7);
/// ```
pub struct CachedSnapshot<S: Stores, M> {
    store: Store<S>,
    /// How often the truth had moved when the snapshot was taken.
    moves: u64,
    snapshot: Snapshot<M>,
}

impl<S: Holds<M>, M: Model> CachedSnapshot<S, M> {
    /// The named store as it is now.
    ///
    /// Waits for no write closure and no callback. Inside a write closure it is what is committed.
    #[inline]
    pub fn get(&mut self) -> &Snapshot<M> {
        if self.store.truth().moves() != self.moves {
            self.renew();
        }
        &self.snapshot
    }

    #[cold]
    fn renew(&mut self) {
        let (moves, snapshot) = take(&self.store);
        self.moves = moves;
        // The last reference to a state may be among them, so it goes when all is in place.
        let_go(std::mem::replace(&mut self.snapshot, snapshot));
    }
}

/// A snapshot, and how often the truth had moved by then.
fn take<S: Holds<M>, M: Model>(store: &Store<S>) -> (u64, Snapshot<M>) {
    let truth = store.truth().read();
    (store.truth().moves(), truth.snapshot::<M>())
}

impl<S: Stores, M> Clone for CachedSnapshot<S, M> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            moves: self.moves,
            snapshot: self.snapshot.clone(),
        }
    }
}

/// Shows the snapshot that is kept, without a look for a newer one.
impl<S: Stores, M: fmt::Debug> fmt::Debug for CachedSnapshot<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CachedSnapshot")
            .field(&self.snapshot)
            .finish()
    }
}
