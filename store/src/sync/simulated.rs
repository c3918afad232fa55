//! What locks are made of, as a simulator has it: loom, which tries every order in which threads may come, or shuttle,
//! which tries random ones. In the place of `system`, with the same names.
//!
//! Loom takes sequentially consistent loads and stores for weaker ones, so a fence after each store makes up for it.
//! Where the store has a fence of its own, loom's has to do with just that. To shuttle, all that threads do has one
//! order, and a fence is nothing.

use std::{
    ops::{Deref, DerefMut},
    sync::{LockResult, PoisonError},
};

#[cfg(store_loom)]
pub(super) use loom as simulator;
#[cfg(store_shuttle)]
pub(super) use shuttle as simulator;

pub(crate) use std::sync::atomic::compiler_fence;

pub(super) use simulator::thread;

pub(super) const IS_SIMULATED: bool = true;

/// A variable of each of the simulator's threads, which all run on one of the system's.
macro_rules! of_each_thread {
    ($(#[$about:meta])* static $name:ident: $type:ty = const $value:block;) => {
        $crate::sync::system::simulator::thread_local! { $(#[$about])* static $name: $type = $value; }
    };
}
pub(super) use of_each_thread as thread_local;

/// What is locked is not poisoned: who gave up while it was held did so in code of the program's.
fn unpoisoned<T>(locked: LockResult<T>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}

pub(crate) mod atomic {
    //! Atomics.

    pub(crate) use std::sync::atomic::Ordering;

    use super::simulator;
    pub(crate) use super::simulator::sync::atomic::fence;

    macro_rules! atomic {
        ($($name:ident: $value:ty,)*) => {$(
            #[derive(Debug, Default)]
            pub(crate) struct $name(simulator::sync::atomic::$name);

            impl From<$value> for $name {
                fn from(value: $value) -> Self {
                    Self::new(value)
                }
            }

            #[allow(dead_code)]
            impl $name {
                pub(crate) fn new(value: $value) -> Self {
                    Self(simulator::sync::atomic::$name::new(value))
                }

                pub(crate) fn load(&self, order: Ordering) -> $value {
                    self.0.load(order)
                }

                pub(crate) fn store(&self, value: $value, order: Ordering) {
                    self.0.store(value, order);
                    if order == Ordering::SeqCst {
                        fence(order);
                    }
                }

                pub(crate) fn swap(&self, value: $value, order: Ordering) -> $value {
                    let before = self.0.swap(value, order);
                    if order == Ordering::SeqCst {
                        fence(order);
                    }
                    before
                }

                pub(crate) fn compare_exchange(
                    &self,
                    before: $value,
                    value: $value,
                    set: Ordering,
                    fetch: Ordering,
                ) -> Result<$value, $value> {
                    let before = self.0.compare_exchange(before, value, set, fetch);
                    if set == Ordering::SeqCst {
                        fence(set);
                    }
                    before
                }

                pub(crate) fn fetch_update(
                    &self,
                    set: Ordering,
                    fetch: Ordering,
                    next: impl FnMut($value) -> Option<$value>,
                ) -> Result<$value, $value> {
                    let before = self.0.fetch_update(set, fetch, next);
                    if set == Ordering::SeqCst {
                        fence(set);
                    }
                    before
                }
            }
        )*};
    }

    macro_rules! number {
        ($($name:ident: $value:ty,)*) => {
            atomic! { $($name: $value,)* }
            $(
                #[allow(dead_code)]
                impl $name {
                    pub(crate) fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                        let next = |before: $value| Some(before.wrapping_add(value));
                        self.fetch_update(order, Ordering::Relaxed, next).unwrap_or_default()
                    }

                    pub(crate) fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                        self.fetch_add(value.wrapping_neg(), order)
                    }

                    pub(crate) fn fetch_or(&self, value: $value, order: Ordering) -> $value {
                        let next = |before: $value| Some(before | value);
                        self.fetch_update(order, Ordering::Relaxed, next).unwrap_or_default()
                    }

                    pub(crate) fn fetch_and(&self, value: $value, order: Ordering) -> $value {
                        let next = |before: $value| Some(before & value);
                        self.fetch_update(order, Ordering::Relaxed, next).unwrap_or_default()
                    }
                }
            )*
        };
    }

    atomic! { AtomicBool: bool, }
    number! { AtomicU8: u8, AtomicU64: u64, AtomicUsize: usize, }
}

#[derive(Debug, Default)]
pub(super) struct Mutex<T>(simulator::sync::Mutex<T>);

/// Empty only while it waits at a [`Condvar`].
pub(crate) struct MutexGuard<'a, T>(Option<simulator::sync::MutexGuard<'a, T>>);

impl<T> Mutex<T> {
    pub(super) fn new(value: T) -> Self {
        Self(simulator::sync::Mutex::new(value))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard(Some(unpoisoned(self.0.lock())))
    }
}

/// A mutex that may be tried. To a simulator, who tries a mutex knows whether it is held at that very moment. A lock of the
/// system's is a number in memory: who tries it may still read that it is held when it no longer is, unless a fence is
/// in between. So this one has such a number.
#[derive(Debug)]
pub(super) struct TriedMutex<T> {
    mutex: simulator::sync::Mutex<T>,
    /// Written by who has the mutex.
    is_held: atomic::AtomicBool,
}

pub(crate) struct TriedGuard<'a, T> {
    guard: simulator::sync::MutexGuard<'a, T>,
    is_held: &'a atomic::AtomicBool,
}

impl<T> TriedMutex<T> {
    pub(super) fn new(value: T) -> Self {
        Self {
            mutex: simulator::sync::Mutex::new(value),
            is_held: atomic::AtomicBool::new(false),
        }
    }

    pub(super) fn lock(&self) -> TriedGuard<'_, T> {
        self.held(unpoisoned(self.mutex.lock()))
    }

    pub(super) fn try_lock(&self) -> Option<TriedGuard<'_, T>> {
        match self.is_held.load(atomic::Ordering::Relaxed) {
            true => None,
            false => Some(self.held(self.mutex.try_lock().ok()?)),
        }
    }

    fn held<'a>(&'a self, guard: simulator::sync::MutexGuard<'a, T>) -> TriedGuard<'a, T> {
        let is_held = &self.is_held;
        is_held.store(true, atomic::Ordering::Relaxed);
        TriedGuard { guard, is_held }
    }
}

impl<T> Drop for TriedGuard<'_, T> {
    fn drop(&mut self) {
        self.is_held.store(false, atomic::Ordering::Relaxed);
    }
}

impl<T> Deref for TriedGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for TriedGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().expect("it is held")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_deref_mut().expect("it is held")
    }
}

#[derive(Debug, Default)]
pub(super) struct Condvar(simulator::sync::Condvar);

impl Condvar {
    pub(super) fn new() -> Self {
        Self(simulator::sync::Condvar::new())
    }

    pub(super) fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        guard.0 = guard.0.take().map(|held| unpoisoned(self.0.wait(held)));
    }

    pub(super) fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// A lock for reading and writing with a turn that who is to write takes first.
#[derive(Debug)]
pub(super) struct RwLock<T> {
    turn: simulator::sync::Mutex<()>,
    value: simulator::sync::RwLock<T>,
}

pub(super) type RwLockReadGuard<'a, T> = simulator::sync::RwLockReadGuard<'a, T>;

pub(super) struct RwLockUpgradableReadGuard<'a, T> {
    reading: RwLockReadGuard<'a, T>,
    turn: simulator::sync::MutexGuard<'a, ()>,
    lock: &'a RwLock<T>,
}

pub(super) struct RwLockWriteGuard<'a, T> {
    writing: simulator::sync::RwLockWriteGuard<'a, T>,
    turn: simulator::sync::MutexGuard<'a, ()>,
    lock: &'a RwLock<T>,
}

impl<T> RwLock<T> {
    pub(super) fn new(value: T) -> Self {
        Self {
            turn: simulator::sync::Mutex::new(()),
            value: simulator::sync::RwLock::new(value),
        }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, T> {
        unpoisoned(self.value.read())
    }

    pub(super) fn upgradable_read(&self) -> RwLockUpgradableReadGuard<'_, T> {
        let turn = unpoisoned(self.turn.lock());
        RwLockUpgradableReadGuard {
            reading: self.read(),
            turn,
            lock: self,
        }
    }
}

impl<'a, T> RwLockUpgradableReadGuard<'a, T> {
    pub(super) fn upgrade(this: Self) -> RwLockWriteGuard<'a, T> {
        let Self {
            reading,
            turn,
            lock,
        } = this;
        drop(reading);
        let writing = unpoisoned(lock.value.write());
        RwLockWriteGuard {
            writing,
            turn,
            lock,
        }
    }
}

impl<'a, T> RwLockWriteGuard<'a, T> {
    pub(super) fn downgrade_to_upgradable(this: Self) -> RwLockUpgradableReadGuard<'a, T> {
        let Self {
            writing,
            turn,
            lock,
        } = this;
        drop(writing);
        RwLockUpgradableReadGuard {
            reading: lock.read(),
            turn,
            lock,
        }
    }
}

impl<T> Deref for RwLockUpgradableReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.reading
    }
}

impl<T> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.writing
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.writing
    }
}
