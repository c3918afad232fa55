//! Those who wait until everyone has been told up to a revision.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    task::Waker,
};

use crate::sync::Mutex;

/// Wakes them when anybody has been told something.
#[derive(Default)]
pub(crate) struct Milestones {
    waiters: Mutex<Vec<Waker>>,
    /// How many there are, so that nobody who tells need look.
    count: AtomicUsize,
}

impl Milestones {
    /// Has `waker` woken when more has been told. To be called before asking what has been told.
    pub(crate) fn register(&self, waker: &Waker) {
        let mut waiters = self.waiters.lock();
        if !waiters.iter().any(|waiter| waiter.will_wake(waker)) {
            waiters.push(waker.clone());
        }
        self.count.store(waiters.len(), Ordering::SeqCst);
    }

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
            std::mem::take(&mut *waiters)
        };
        waiters.into_iter().for_each(Waker::wake);
    }
}
