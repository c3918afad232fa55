//! What runs on this thread right now. Knows nothing of locks.

use std::{cell::Cell, panic::Location};

use super::system::thread_local;

/// A source line of the program that uses the store.
pub(crate) type Caller = &'static Location<'static>;

/// What runs on this thread right now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Activity {
    /// The write whose closure runs here.
    pub(crate) writing: Option<Caller>,
    /// The watcher whose callback runs here, or the write whose old values are dropped here.
    pub(crate) telling: Option<Caller>,
    /// How many commits, each made by a watcher of the one before, led to this callback.
    pub(crate) depth: u32,
}

/// The thread's [`Activity`], each part by itself: what is told next changes for every callback.
struct Now {
    writing: Cell<Option<Caller>>,
    telling: Cell<Option<Caller>>,
    depth: Cell<u32>,
}

thread_local! {
    static NOW: Now = const {
        Now {
            writing: Cell::new(None),
            telling: Cell::new(None),
            depth: Cell::new(0),
        }
    };
}

impl Activity {
    #[inline]
    pub(crate) fn current() -> Self {
        NOW.with(|now| Self {
            writing: now.writing.get(),
            telling: now.telling.get(),
            depth: now.depth.get(),
        })
    }

    #[inline]
    fn set(self) {
        NOW.with(|now| {
            now.writing.set(self.writing);
            now.telling.set(self.telling);
            now.depth.set(self.depth);
        });
    }

    /// Notes that the closure of a write runs here until the guard drops. None does yet.
    #[inline]
    pub(crate) fn write(caller: Caller) -> WritingGuard {
        NOW.with(|now| now.writing.set(Some(caller)));
        WritingGuard
    }

    /// Notes whose callback runs next on this thread.
    #[inline]
    pub(crate) fn tell(watcher: Caller) {
        NOW.with(|now| now.telling.set(Some(watcher)));
    }

    /// Makes this the thread's activity until the guard drops, also by unwinding.
    #[inline]
    pub(crate) fn enter(self) -> ActivityGuard {
        let former = Self::current();
        self.set();
        ActivityGuard(former)
    }
}

/// Puts the thread's former activity back.
#[must_use]
pub(crate) struct ActivityGuard(Activity);

impl Drop for ActivityGuard {
    #[inline]
    fn drop(&mut self) {
        self.0.set();
    }
}

/// Notes that no closure of a write runs here any more.
#[must_use]
pub(crate) struct WritingGuard;

impl Drop for WritingGuard {
    #[inline]
    fn drop(&mut self) {
        NOW.with(|now| now.writing.set(None));
    }
}

/// A number that no other living thread has.
#[inline]
pub(crate) fn thread_token() -> usize {
    NOW.with(|now| std::ptr::from_ref(now).addr())
}
