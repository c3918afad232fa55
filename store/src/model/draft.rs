//! A field while it is written, and what the write leaves behind.
//!
//! Knows no collection: those record their own changes through [`Journal`].

use std::{
    any::Any,
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use super::{Differs, Same};

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
    staged: Option<T>,
    record: Record<T>,
}

/// How much is known of what was written.
enum Record<T> {
    Untouched,
    Recorded(Box<dyn Journal<T>>),
    Unrecorded,
    /// Not to be committed, whatever was written.
    Abandoned(Option<Box<dyn Journal<T>>>),
}

/// What a collection wrote down of its changes while it was written.
pub(crate) trait Journal<T>: Any + Send + Sync {
    /// Forgets what ended as it began; says whether anything is left.
    fn settle(&mut self, before: &T, after: &T) -> bool;
}

impl<'a, T: 'static> Draft<'a, T> {
    #[doc(hidden)]
    #[inline]
    pub fn new(committed: &'a T) -> Self {
        Self {
            committed,
            staged: None,
            record: Record::Untouched,
        }
    }

    /// Replaces the value.
    #[inline]
    pub fn set(&mut self, value: T) {
        self.staged = Some(value);
        self.record = Record::Unrecorded;
    }

    /// The value before this transaction, whatever was written in it since.
    #[must_use]
    pub fn committed(&self) -> &'a T {
        self.committed
    }

    /// Keeps what was written from being compared and committed.
    #[inline]
    pub(crate) fn abandon(&mut self) {
        let record = std::mem::replace(&mut self.record, Record::Untouched);
        self.record = Record::Abandoned(match record {
            Record::Recorded(journal) => Some(journal),
            _ => None,
        });
    }

    /// Takes out what was written to a derived field, which nobody is to see.
    #[inline]
    pub(crate) fn discard(&mut self) -> Delta<T> {
        Delta::derived(self.staged.take(), false)
    }

    /// What this transaction wrote so far, `None` if nothing.
    #[must_use]
    pub fn staged(&self) -> Option<&T> {
        self.staged.as_ref()
    }

    #[doc(hidden)]
    #[inline]
    pub fn seal(&mut self, same: Same<T>) -> Delta<T> {
        let Some(value) = self.staged.take() else {
            return Delta::default();
        };
        let record = std::mem::replace(&mut self.record, Record::Untouched);
        let (changed, journal) = match (record, same) {
            (Record::Abandoned(journal), _) => (false, journal),
            (Record::Recorded(mut journal), Same::Value(_)) => {
                (journal.settle(self.committed, &value), Some(journal))
            }
            (Record::Recorded(mut journal), Same::Custom(same)) => {
                journal.settle(self.committed, &value);
                (!same(self.committed, &value), Some(journal))
            }
            (_, Same::Value(same) | Same::Custom(same)) => (!same(self.committed, &value), None),
        };
        Delta {
            value: Some(value),
            journal: journal.map(Arc::from),
            differs: if changed { Differs::Yes } else { Differs::No },
        }
    }
}

impl<'a, T: Clone + 'static> Draft<'a, T> {
    /// Makes this the draft of `committed` if it is another field's, keeping the value.
    #[inline]
    pub(crate) fn moor(&mut self, committed: &'a T) {
        if !std::ptr::eq(self.committed, committed) {
            let value = self.staged.take();
            self.set(value.unwrap_or_else(|| self.committed.clone()));
            self.committed = committed;
        }
    }

    /// The staged value and the journal of its changes, for a verb that records what it does.
    /// The journal is `None` once the value was written past it.
    #[inline]
    pub(crate) fn recorded<J: Journal<T> + Default>(&mut self) -> (&mut T, Option<&mut J>) {
        if let Record::Untouched = self.record {
            self.record = Record::Recorded(Box::<J>::default());
        }
        let journal = match &mut self.record {
            Record::Recorded(journal) => (journal.as_mut() as &mut dyn Any).downcast_mut(),
            _ => None,
        };
        (
            self.staged.get_or_insert_with(|| self.committed.clone()),
            journal,
        )
    }
}

impl<T> Deref for Draft<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.staged.as_ref().unwrap_or(self.committed)
    }
}

impl<T: Clone> DerefMut for Draft<'_, T> {
    /// Clones the committed value at the first write.
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        self.record = Record::Unrecorded;
        self.staged.get_or_insert_with(|| self.committed.clone())
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

/// What a write left of one field: the new value until the truth moves, the old one after it.
#[doc(hidden)]
pub struct Delta<T> {
    value: Option<T>,
    journal: Option<Arc<dyn Journal<T>>>,
    differs: Differs,
}

impl<T> Delta<T> {
    /// What a derived field came to, if it came to anything.
    #[inline]
    pub(crate) fn derived(value: Option<T>, differs: bool) -> Self {
        Self {
            value,
            journal: None,
            differs: if differs { Differs::Yes } else { Differs::No },
        }
    }

    /// Whether the field differs, or may: [`old`](Self::old) tells.
    #[inline]
    pub(crate) fn is_changed(&self) -> bool {
        self.differs != Differs::No
    }

    /// The old value, once the truth has moved, if it is not the same as the new one; or else what
    /// was `unheard` in between, if that is not.
    #[inline]
    pub(crate) fn old<'a>(
        &'a self,
        unheard: Option<&'a T>,
        new: &T,
        same: Same<T>,
    ) -> Option<&'a T> {
        let is_new = |known: &T| same.holds(known, new);
        self.differs.known(self.value.as_ref(), unheard, is_new)
    }

    /// The new value, until the truth moves, if it differs.
    #[inline]
    pub(crate) fn staged(&self) -> Option<&T> {
        self.value.as_ref().filter(|_| self.is_changed())
    }

    /// The changes as they were recorded.
    #[inline]
    pub(crate) fn journal(&self) -> Option<&Arc<dyn Journal<T>>> {
        self.journal.as_ref()
    }

    /// Exchanges new for old in place. Runs no code of `T`.
    #[inline]
    pub(crate) fn swap(&mut self, field: &mut T) {
        if let (Differs::Yes, Some(value)) = (self.differs, &mut self.value) {
            std::mem::swap(field, value);
        }
    }
}

impl<T: Clone> Delta<T> {
    /// What two commits in a row make of the field: the old value is that of the first to be told.
    /// The second is not, if it is `ignored`.
    pub(crate) fn then(&self, later: &Self, ignored: bool) -> Self {
        let differs = self.differs.then(later.differs, ignored);
        let both = match (self.differs, later.differs, differs) {
            (_, Differs::No, _) => self.clone(),
            (Differs::No, _, Differs::No) => Self::default(),
            (Differs::No, ..) => later.clone(),
            // What was recorded is of one commit only.
            _ => Self {
                value: self.value.clone(),
                ..Self::default()
            },
        };
        Self { differs, ..both }
    }
}

impl<T: Clone> Clone for Delta<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            journal: self.journal.clone(),
            differs: self.differs,
        }
    }
}

impl<T> Default for Delta<T> {
    #[inline]
    fn default() -> Self {
        Self {
            value: None,
            journal: None,
            differs: Differs::No,
        }
    }
}
