//! A value that moves in one step for all who read it. Knows nothing of what the value is.

use std::ops::{Deref, DerefMut};

use super::{
    atomic::{AtomicU64, Ordering},
    held::{Held, Turned},
    system::{RwLock, RwLockReadGuard, RwLockUpgradableReadGuard, RwLockWriteGuard},
};

/// A value that one writer at a time prepares to move while readers go on reading.
#[derive(Debug)]
pub(crate) struct Published<T> {
    value: RwLock<T>,
    /// How often it has moved, or was about to.
    moves: AtomicU64,
}

impl<T> Published<T> {
    #[inline]
    pub(crate) fn new(value: T) -> Self {
        Self {
            value: RwLock::new(value),
            moves: AtomicU64::new(0),
        }
    }

    /// Reads; waits for no writer's preparation, only for the instant of a move.
    #[inline]
    pub(crate) fn read(&self) -> Reading<'_, T> {
        Reading {
            value: self.value.read(),
            _held: Held::new(),
        }
    }

    /// How often it has moved. Whoever knows of a move sees it counted, and while it is read it does
    /// not move.
    #[inline]
    pub(crate) fn moves(&self) -> u64 {
        self.moves.load(Ordering::Acquire)
    }

    /// Waits for the other writers and takes the turn.
    #[inline]
    pub(crate) fn turn(&self) -> Turn<'_, T> {
        Turn {
            value: self.value.upgradable_read(),
            moves: &self.moves,
            _turned: Turned::taken(),
        }
    }
}

/// Keeps the value from moving.
pub(crate) struct Reading<'a, T> {
    value: RwLockReadGuard<'a, T>,
    _held: Held,
}

impl<T> Deref for Reading<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The writers' turn: its holder reads what nobody else can move.
pub(crate) struct Turn<'a, T> {
    value: RwLockUpgradableReadGuard<'a, T>,
    moves: &'a AtomicU64,
    _turned: Turned,
}

impl<'a, T> Turn<'a, T> {
    /// Shuts readers out for a move, which must not run user code.
    #[inline]
    pub(crate) fn shut_readers_out(self) -> Moving<'a, T> {
        let Self { value, moves, .. } = self;
        let value = RwLockUpgradableReadGuard::upgrade(value);
        // Only whoever is here writes it.
        moves.store(moves.load(Ordering::Relaxed) + 1, Ordering::Release);
        Moving {
            value,
            moves,
            _held: Held::new(),
        }
    }
}

impl<T> Deref for Turn<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The turn while readers are shut out. Dropping it lets them in and ends the turn.
pub(crate) struct Moving<'a, T> {
    value: RwLockWriteGuard<'a, T>,
    moves: &'a AtomicU64,
    _held: Held,
}

impl<'a, T> Moving<'a, T> {
    /// Lets readers in, and keeps the turn.
    #[inline]
    pub(crate) fn let_readers_in(self) -> Turn<'a, T> {
        let Self { value, moves, .. } = self;
        let value = RwLockWriteGuard::downgrade_to_upgradable(value);
        Turn {
            value,
            moves,
            _turned: Turned::taken(),
        }
    }
}

impl<T> Deref for Moving<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Moving<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}
