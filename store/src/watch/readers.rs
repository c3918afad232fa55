//! The watchers that are told through a mailbox, and the writers that wait for room in one.

use std::sync::{Arc, Weak};

use super::{report, watching::Watching};
use crate::{
    model::Stores,
    sync::{
        Activity, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

/// All watchers of a store that have a mailbox.
pub(super) struct Readers<S: Stores> {
    list: Mutex<List<S>>,
    /// How many of them may make writers wait.
    blocking: AtomicUsize,
}

struct List<S: Stores> {
    readers: Vec<Weak<Watching<S>>>,
    /// How many have ended since those were last taken out.
    ended: usize,
}

impl<S: Stores> List<S> {
    /// Takes out those that have ended, though others may hold them still; hands out all that there
    /// are, to be dropped with no lock held.
    fn sweep(&mut self) -> Vec<Arc<Watching<S>>> {
        let held = self.all();
        let there = held.iter().filter(|reader| !reader.is_ended());
        self.readers = there.map(Arc::downgrade).collect();
        self.ended = 0;
        held
    }

    fn all(&self) -> Vec<Arc<Watching<S>>> {
        self.readers.iter().filter_map(Weak::upgrade).collect()
    }
}

impl<S: Stores> Default for Readers<S> {
    fn default() -> Self {
        let list = List {
            readers: Vec::new(),
            ended: 0,
        };
        Self {
            list: Mutex::new(list),
            blocking: AtomicUsize::new(0),
        }
    }
}

impl<S: Stores> Readers<S> {
    pub(super) fn add(&self, watching: &Arc<Watching<S>>) {
        let reader = Arc::downgrade(watching);
        self.list.lock().readers.push(reader);
        if watching.delivery.blocks() {
            self.blocking.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Takes note that one has ended. Once that is half of them they are taken out: a weak reference
    /// keeps all of a watcher's space.
    pub(super) fn forget(&self, watching: &Watching<S>) {
        // It was never one of them.
        if watching.parts.is_empty() {
            return;
        }
        let mut list = self.list.lock();
        list.ended += 1;
        let is_due = list.ended * 2 >= list.readers.len();
        let held = is_due.then(|| list.sweep());
        drop(list);
        // It may be the last to hold a watcher, with what the program put there.
        report::contained(|| drop(held));
        if watching.delivery.blocks() {
            self.blocking.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Those there are now, to be used with no lock held.
    pub(super) fn all(&self) -> Vec<Arc<Watching<S>>> {
        self.list.lock().all()
    }

    /// Waits for room in every queue that makes writers wait, unless that might wait for itself.
    #[inline]
    pub(super) fn room(&self) -> Option<Room<S>> {
        let any = self.blocking.load(Ordering::SeqCst) > 0;
        any.then(|| self.wait()).flatten()
    }

    #[cold]
    fn wait(&self) -> Option<Room<S>> {
        if Activity::current().telling.is_some() {
            return None;
        }
        let mut readers = self.all();
        readers.retain(|reader| reader.delivery.blocks());
        // The owners of two inboxes would wait for each other.
        let owns_one = readers
            .iter()
            .any(|reader| reader.delivery.inbox() == Some(true));
        readers.retain(|reader| !owns_one || reader.delivery.inbox().is_none());
        let mut room = Room(Vec::new());
        for reader in readers {
            reader.delivery.reserve();
            room.0.push(reader);
        }
        Some(room)
    }
}

/// Places that are kept free in queues for one commit, until it is dropped.
pub(crate) struct Room<S: Stores>(Vec<Arc<Watching<S>>>);

impl<S: Stores> Room<S> {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S: Stores> Drop for Room<S> {
    fn drop(&mut self) {
        for reader in &self.0 {
            reader.delivery.withdraw();
        }
    }
}
