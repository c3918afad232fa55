//! The locks: one that is held for moments, one that a callback runs in, and one that nobody waits for.

use std::ops::{Deref, DerefMut};

use super::{held::Held, system};

/// A lock for moments: no code of the program's runs while it is held.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(system::Mutex<T>);

impl<T> Mutex<T> {
    #[inline]
    pub(crate) fn new(value: T) -> Self {
        Self(system::Mutex::new(value))
    }

    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard {
            guard: self.0.lock(),
            _held: Held::new(),
        }
    }
}

/// Holds a [`Mutex`].
pub(crate) struct MutexGuard<'a, T> {
    guard: system::MutexGuard<'a, T>,
    _held: Held,
}

/// Where those wait who hold a [`Mutex`] until what is in it changes.
#[derive(Debug, Default)]
pub(crate) struct Condvar(system::Condvar);

impl Condvar {
    pub(crate) fn new() -> Self {
        Self(system::Condvar::new())
    }

    /// Lets go of the lock, waits to be notified, and takes it again. May return for no reason.
    pub(crate) fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        self.0.wait(&mut guard.guard);
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// What a callback runs in, one at a time. Only who ends or pauses that very callback waits for it, and not from inside
/// a callback of its own or a write closure.
#[derive(Debug)]
pub(crate) struct Stage<T>(system::TriedMutex<T>);

/// Holds a [`Stage`].
pub(crate) type StageGuard<'a, T> = system::TriedGuard<'a, T>;

impl<T> Stage<T> {
    #[inline]
    pub(crate) fn new(value: T) -> Self {
        Self(system::TriedMutex::new(value))
    }

    /// Waits until no callback runs in it.
    #[inline]
    pub(crate) fn enter(&self) -> StageGuard<'_, T> {
        self.0.lock()
    }

    /// Enters it, unless a callback runs in it.
    #[inline]
    pub(crate) fn try_enter(&self) -> Option<StageGuard<'_, T>> {
        self.0.try_lock()
    }
}

/// What one thread at a time has. It has no way to wait for it, so whoever has it may call whatever it likes.
#[derive(Debug)]
pub(crate) struct Baton<T>(system::TriedMutex<T>);

/// Has a [`Baton`], and gives it back when dropped.
pub(crate) type BatonGuard<'a, T> = system::TriedGuard<'a, T>;

impl<T> Baton<T> {
    #[inline]
    pub(crate) fn new(value: T) -> Self {
        Self(system::TriedMutex::new(value))
    }

    /// Takes it, unless somebody has it.
    #[inline]
    pub(crate) fn take(&self) -> Option<BatonGuard<'_, T>> {
        self.0.try_lock()
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}
