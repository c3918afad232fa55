//! Whose callback the thread that tells runs, and how others wait until it is through.
//!
//! That thread says whom it calls and then asks for news; others leave their news first and then
//! look whom it calls. So a watcher that has ended or paused is either not called any more, or is
//! seen to be called, and waited for.

use crate::{
    barrier::Barrier,
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        thread_token,
    },
};

/// See the module.
pub(super) struct Called {
    /// The watcher that is called, 0 if none is.
    called: AtomicU64,
    /// The thread that calls.
    teller: AtomicUsize,
    has_news: AtomicBool,
    /// How often news was heard, at a moment when nobody was called.
    heard: Mutex<u64>,
    through: Condvar,
    barrier: Barrier,
}

impl Called {
    pub(super) fn new() -> Self {
        Self {
            called: AtomicU64::new(0),
            teller: AtomicUsize::new(0),
            has_news: AtomicBool::new(false),
            heard: Mutex::new(0),
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

    /// Begins to hear the news, with nobody called, and lets those go who wait.
    pub(super) fn hear(&self) {
        self.has_news.store(false, Ordering::SeqCst);
        *self.heard.lock() += 1;
        self.through.notify_all();
    }

    /// Whether this thread runs a callback of the watcher.
    pub(super) fn is_calling_here(&self, watcher: u64) -> bool {
        self.called.load(Ordering::SeqCst) == watcher
            && self.teller.load(Ordering::Relaxed) == thread_token()
    }

    /// Waits until no callback of the watcher runs that began before the news of it, which has been
    /// announced. It may be called again by then, if it was resumed.
    pub(super) fn wait_for(&self, watcher: u64) {
        self.barrier.heavy();
        if self.called.load(Ordering::SeqCst) != watcher {
            return;
        }
        let mut heard = self.heard.lock();
        let before = *heard;
        // Again: the news may have been heard, and the watcher resumed, before this thread looked.
        self.announce();
        self.barrier.heavy();
        while *heard == before && self.called.load(Ordering::SeqCst) == watcher {
            self.through.wait(&mut heard);
        }
    }
}

#[cfg(all(test, not(any(store_loom, store_shuttle))))]
mod tests {
    use std::{
        sync::{Arc, mpsc::channel},
        thread,
        time::{Duration, Instant},
    };

    use super::*;

    fn called_with(barrier: Barrier) -> Called {
        Called {
            barrier,
            ..Called::new()
        }
    }

    /// One thread calls a watcher over and over until it hears of its end; another ends it.
    fn strain(barrier: fn() -> Barrier) {
        for _ in 0..300 {
            let called = called_with(barrier());
            let has_returned = AtomicBool::new(false);
            let (begun, has_begun) = channel::<()>();
            thread::scope(|scope| {
                scope.spawn(|| {
                    called.begin();
                    let mut begun = Some(begun);
                    while !called.call(7) {
                        assert!(!has_returned.load(Ordering::SeqCst), "called after the end");
                        drop(begun.take());
                        called.call(0);
                    }
                    called.call(0);
                    called.hear();
                });
                let _ = has_begun.recv();
                called.announce();
                called.wait_for(7);
                has_returned.store(true, Ordering::SeqCst);
            });
        }
    }

    #[test]
    fn w5_nobody_is_called_after_the_wait_with_the_fence_of_the_system() {
        strain(Barrier::new);
    }

    #[test]
    fn w5_nobody_is_called_after_the_wait_with_a_fence_on_both_sides() {
        strain(Barrier::two_sided);
    }

    #[test]
    fn r2_a_wait_ends_though_the_watcher_was_resumed_and_is_called_again() {
        let called = Arc::new(Called::new());
        called.begin();
        called.announce();
        called.hear();
        called.call(7);
        let (through, is_through) = channel();
        let waiter = Arc::clone(&called);
        thread::spawn(move || {
            waiter.wait_for(7);
            through.send(()).unwrap();
        });
        let begun = Instant::now();
        while !called.has_news() && begun.elapsed() < Duration::from_secs(10) {
            thread::yield_now();
        }
        if called.call(8) {
            called.call(0);
            called.hear();
        }
        let waited = is_through.recv_timeout(Duration::from_secs(10));
        assert!(waited.is_ok(), "the wait has not ended");
    }
}
