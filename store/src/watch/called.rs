//! Whose callback the thread that tells runs, and how others wait until it is through.
//!
//! That thread says whom it calls and then asks for news; others leave their news first and then
//! look whom it calls. So a watcher that has ended or paused is either not called any more, or is
//! seen to be called, and waited for.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crate::{
    barrier::Barrier,
    sync::{Condvar, Mutex, thread_token},
};

/// See the module.
pub(super) struct Called {
    /// The watcher that is called, 0 if none is.
    called: AtomicU64,
    /// The thread that calls.
    teller: AtomicUsize,
    has_news: AtomicBool,
    door: Mutex<()>,
    through: Condvar,
    barrier: Barrier,
}

impl Called {
    pub(super) fn new() -> Self {
        Self {
            called: AtomicU64::new(0),
            teller: AtomicUsize::new(0),
            has_news: AtomicBool::new(false),
            door: Mutex::new(()),
            through: Condvar::new(),
            barrier: Barrier::new(),
        }
    }

    /// Says that this thread calls from now on.
    #[inline]
    pub(super) fn begin(&self) {
        self.teller.store(thread_token(), Ordering::Relaxed);
    }

    /// Says who is called next, 0 if nobody; whether there is news to be heard first.
    #[inline]
    pub(super) fn call(&self, watcher: u64) -> bool {
        self.called.store(watcher, Ordering::Release);
        self.barrier.light();
        self.has_news()
    }

    /// Whether there is news.
    #[inline]
    pub(super) fn has_news(&self) -> bool {
        self.has_news.load(Ordering::Acquire)
    }

    /// Says that there is news, which has been left where the thread that tells finds it.
    pub(super) fn announce(&self) {
        self.has_news.store(true, Ordering::SeqCst);
    }

    /// Begins to hear the news, and lets those look who wait.
    pub(super) fn hear(&self) {
        self.has_news.store(false, Ordering::SeqCst);
        drop(self.door.lock());
        self.through.notify_all();
    }

    /// Whether this thread runs a callback of the watcher.
    pub(super) fn is_calling_here(&self, watcher: u64) -> bool {
        self.called.load(Ordering::SeqCst) == watcher
            && self.teller.load(Ordering::Relaxed) == thread_token()
    }

    /// Waits until no callback of the watcher runs. News of it has been announced.
    pub(super) fn wait_for(&self, watcher: u64) {
        self.barrier.heavy();
        if self.called.load(Ordering::SeqCst) != watcher {
            return;
        }
        let mut door = self.door.lock();
        while self.called.load(Ordering::SeqCst) == watcher {
            self.through.wait(&mut door);
        }
    }
}
