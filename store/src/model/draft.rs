//! A field while it is written.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use super::{Delta, Same, delta::Journal};
use crate::sync::call_in_turn;

/// One field inside a write: reads as its value, and remembers what is written.
///
/// It derefs to the field's value, committed or already written in this transaction. Nothing
/// is seen outside before the transaction commits. Collections have verbs of their own here
/// (`insert`, `remove`, …) which record the change, so that a commit costs what changed; writing
/// through `DerefMut` works too and finds the difference afterwards. `std::mem::swap` of the
/// drafts of two fields swaps their values.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)]
/// # pub struct Counter { pub clicks: u32, pub label: String }
/// let store = store::Store::<Counter>::new();
/// store.update(COUNTER, |counter| {
///     counter.clicks.set(1);
///     *counter.clicks += 1;
///     counter.label.push_str("two clicks");
///     assert_eq!(*counter.clicks.committed(), 0);
/// });
/// assert_eq!(store.snapshot(COUNTER).clicks, 2);
/// ```
pub struct Draft<'a, T> {
    committed: &'a T,
    delta: Delta<T>,
}

impl<'a, T: 'static> Draft<'a, T> {
    #[doc(hidden)]
    #[inline]
    pub fn new(committed: &'a T) -> Self {
        Self {
            committed,
            delta: Delta::default(),
        }
    }

    /// Replaces the value.
    #[inline]
    pub fn set(&mut self, value: T) {
        self.delta = Delta::unrecorded(value);
    }

    /// The value before this transaction, whatever was written in it since.
    #[must_use]
    #[inline]
    pub fn committed(&self) -> &'a T {
        self.committed
    }

    /// What this transaction wrote so far, `None` if nothing.
    #[must_use]
    #[inline]
    pub fn staged(&self) -> Option<&T> {
        self.delta.value()
    }

    /// Compares what was written with what is committed; says whether it differs.
    #[inline]
    pub(crate) fn settle(&mut self, same: Same<T>) -> bool {
        self.delta.settle(self.committed, same)
    }

    /// Has what was written count as no difference, whatever it is.
    #[inline]
    pub(crate) fn discard(&mut self) {
        self.delta.discard();
    }

    /// Exchanges what was written for what is given.
    #[inline]
    pub(crate) fn exchange(&mut self, delta: &mut Delta<T>) {
        std::mem::swap(&mut self.delta, delta);
    }
}

impl<'a, T: Clone + 'static> Draft<'a, T> {
    /// Makes this the draft of `committed` if it is another field's, keeping the value.
    #[inline]
    pub(crate) fn moor(&mut self, committed: &'a T) {
        if !std::ptr::eq(self.committed, committed) {
            self.stray_to(committed);
        }
    }

    #[cold]
    fn stray_to(&mut self, committed: &'a T) {
        let _called = call_in_turn();
        let value = std::mem::take(&mut self.delta).into_value();
        self.set(value.unwrap_or_else(|| self.committed.clone()));
        self.committed = committed;
    }

    /// The staged value and the journal of its changes, for a verb that records what it does.
    /// The journal is `None` once the value was written past it.
    #[inline]
    pub(crate) fn recorded<J: Journal<T> + Default>(&mut self) -> (&mut T, Option<&mut J>) {
        self.delta.record(self.committed)
    }
}

impl<T> Deref for Draft<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.delta.value().unwrap_or(self.committed)
    }
}

impl<T: Clone> DerefMut for Draft<'_, T> {
    /// Clones the committed value at the first write.
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        self.delta.write(self.committed)
    }
}

impl<T: fmt::Debug> fmt::Debug for Draft<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for Draft<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
