//! The watchers that are told through a mailbox, and the writers that wait for room in one.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicBool, Ordering},
};

use super::watching::Watching;
use crate::{
    model::Stores,
    sync::{Activity, Mutex},
};

/// All watchers of a store that have a mailbox.
pub(super) struct Readers<S: Stores> {
    list: Mutex<Vec<Weak<Watching<S>>>>,
    /// Whether any of them may make writers wait.
    blocking: AtomicBool,
}

impl<S: Stores> Default for Readers<S> {
    fn default() -> Self {
        Self {
            list: Mutex::new(Vec::new()),
            blocking: AtomicBool::new(false),
        }
    }
}

impl<S: Stores> Readers<S> {
    pub(super) fn add(&self, watching: &Arc<Watching<S>>) {
        let mut list = self.list.lock();
        if list.len() == list.capacity() {
            list.retain(|reader| reader.strong_count() > 0);
        }
        list.push(Arc::downgrade(watching));
        if watching.delivery.blocks() {
            self.blocking.store(true, Ordering::SeqCst);
        }
    }

    /// Those there are now, to be used with no lock held.
    pub(super) fn all(&self) -> Vec<Arc<Watching<S>>> {
        self.list.lock().iter().filter_map(Weak::upgrade).collect()
    }

    /// Waits for room in every queue that makes writers wait, unless that might wait for itself.
    #[inline]
    pub(super) fn room(&self) -> Option<Room<S>> {
        self.blocking.load(Ordering::SeqCst).then(|| self.wait())
    }

    #[cold]
    fn wait(&self) -> Room<S> {
        let mut room = Room(Vec::new());
        if Activity::current().telling.is_some() {
            return room;
        }
        for reader in self.all() {
            if reader.delivery.blocks() {
                reader.delivery.mailbox().reserve();
                room.0.push(reader);
            }
        }
        room
    }
}

/// Places that are kept free in queues for one commit, until it is dropped.
pub(crate) struct Room<S: Stores>(Vec<Arc<Watching<S>>>);

impl<S: Stores> Drop for Room<S> {
    fn drop(&mut self) {
        for reader in &self.0 {
            reader.delivery.mailbox().withdraw();
        }
    }
}
