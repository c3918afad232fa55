//! Those who wait until everyone has been told up to a revision.

use std::{collections::BTreeMap, sync::Arc, task::Waker};

use super::report;
use crate::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
    let_go,
};

/// Wakes them when anybody has been told something.
#[derive(Default)]
pub(crate) struct Milestones {
    waiters: Mutex<Waiters>,
    /// How many there are, so that nobody who tells need look.
    count: AtomicUsize,
}

#[derive(Default)]
struct Waiters {
    by_id: BTreeMap<u64, Waker>,
    last_id: u64,
}

impl Milestones {
    /// Something has been told.
    #[inline]
    pub(super) fn reached(&self) {
        if self.count.load(Ordering::SeqCst) > 0 {
            self.wake_all();
        }
    }

    #[cold]
    fn wake_all(&self) {
        let waiters = {
            let mut waiters = self.waiters.lock();
            self.count.store(0, Ordering::SeqCst);
            std::mem::take(&mut waiters.by_id)
        };
        for waker in waiters.into_values() {
            report::contained(|| waker.wake());
        }
    }

    /// Puts a waker in or takes it out, and hands out the one that was there, to be dropped with no
    /// lock held.
    fn exchange(&self, id: u64, waker: Option<Waker>) -> Option<Waker> {
        let mut waiters = self.waiters.lock();
        let former = match waker {
            Some(waker) => waiters.by_id.insert(id, waker),
            None => waiters.by_id.remove(&id),
        };
        self.count.store(waiters.by_id.len(), Ordering::SeqCst);
        former
    }
}

/// The place of one who waits; given up when dropped.
pub(crate) struct Waiter {
    milestones: Arc<Milestones>,
    id: u64,
}

impl Waiter {
    pub(crate) fn new(milestones: &Arc<Milestones>) -> Self {
        let mut waiters = milestones.waiters.lock();
        waiters.last_id += 1;
        Self {
            milestones: Arc::clone(milestones),
            id: waiters.last_id,
        }
    }

    /// Has `waker` woken when more has been told. What has been told is to be asked afterwards.
    pub(crate) fn register(&self, waker: Waker) {
        let_go(self.milestones.exchange(self.id, Some(waker)));
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let_go(self.milestones.exchange(self.id, None));
    }
}
