//! What a write leaves of one field: what was written, and how much is known of it.
//!
//! Knows no collection: those record their own changes through [`Journal`].

use std::{any::Any, sync::Arc};

use super::{Differs, Same};

/// What a collection wrote down of its changes while it was written.
pub(crate) trait Journal<T>: Any + Send + Sync {
    /// Forgets what ended as it began; says whether anything is left.
    fn settle(&mut self, before: &T, after: &T) -> bool;
}

/// What was written of one field, if anything: the new value until the truth moves, the old one
/// after it.
#[doc(hidden)]
pub struct Delta<T>(Option<Written<T>>);

struct Written<T> {
    value: T,
    /// The changes as they were recorded, unless the value was written past them.
    journal: Option<Arc<dyn Journal<T>>>,
    /// `Perhaps` until it is settled.
    differs: Differs,
}

impl<T: 'static> Written<T> {
    /// What the journal, if there is one, says of whether the value differs.
    #[inline]
    fn settle_journal(&mut self, committed: &T) -> Option<bool> {
        let journal = Arc::get_mut(self.journal.as_mut()?)?;
        Some(journal.settle(committed, &self.value))
    }
}

impl<T> Delta<T> {
    /// What a derived field came to, if it came to anything.
    #[inline]
    pub(crate) fn derived(value: Option<T>, differs: bool) -> Self {
        Self(value.map(|value| Written {
            value,
            journal: None,
            differs: Differs::from(differs),
        }))
    }

    /// A value that was written, and how is not known.
    #[inline]
    pub(crate) fn unrecorded(value: T) -> Self {
        Self(Some(Written {
            value,
            journal: None,
            differs: Differs::Perhaps,
        }))
    }

    /// What was written; once the truth has moved, what was there before if that differs.
    #[inline]
    pub(super) fn value(&self) -> Option<&T> {
        Some(&self.0.as_ref()?.value)
    }

    /// As [`value`](Self::value), by itself.
    #[inline]
    pub(super) fn into_value(self) -> Option<T> {
        Some(self.0?.value)
    }

    /// Has what was written count as no difference, whatever it is.
    #[inline]
    pub(super) fn discard(&mut self) {
        if let Some(written) = &mut self.0 {
            written.differs = Differs::No;
        }
    }

    fn differs(&self) -> Differs {
        self.0
            .as_ref()
            .map_or(Differs::No, |written| written.differs)
    }

    /// Whether the field differs, or may: [`old`](Self::old) tells.
    #[inline]
    pub(crate) fn is_changed(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|written| written.differs != Differs::No)
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
        let written = self.0.as_ref()?;
        let is_new = |known: &T| same.holds(known, new);
        written.differs.known(Some(&written.value), unheard, is_new)
    }

    /// What [`old`](Self::old) is, if that is known without comparing.
    #[inline]
    pub(crate) fn known_old(&self) -> Option<&T> {
        let written = self.0.as_ref()?;
        (written.differs == Differs::Yes).then_some(&written.value)
    }

    /// The new value, until the truth moves, if it differs.
    #[inline]
    pub(crate) fn staged(&self) -> Option<&T> {
        self.value().filter(|_| self.is_changed())
    }

    /// The changes as they were recorded.
    #[inline]
    pub(crate) fn journal(&self) -> Option<&Arc<dyn Journal<T>>> {
        self.0.as_ref()?.journal.as_ref()
    }

    /// Exchanges new for old in place. Runs no code of `T`.
    #[inline]
    pub(crate) fn swap(&mut self, field: &mut T) {
        if let Some(Written {
            value,
            differs: Differs::Yes,
            ..
        }) = &mut self.0
        {
            std::mem::swap(field, value);
        }
    }
}

impl<T: 'static> Delta<T> {
    /// Ends the writing; says whether what was written differs.
    #[inline]
    pub(super) fn settle(&mut self, committed: &T, same: Same<T>) -> bool {
        let Some(written) = &mut self.0 else {
            return false;
        };
        let differs = match (written.settle_journal(committed), same) {
            (Some(recorded), Same::Value(_)) => recorded,
            (_, same) => !same.holds(committed, &written.value),
        };
        written.differs = Differs::from(differs);
        differs
    }
}

impl<T: Clone> Delta<T> {
    /// The value, to be written past what is recorded. Clones the committed one at the first write.
    #[inline]
    pub(super) fn write(&mut self, committed: &T) -> &mut T {
        match &mut self.0 {
            Some(written) => written.journal = None,
            None => *self = Self::unrecorded(committed.clone()),
        }
        let written = self.0.as_mut();
        &mut written.expect("it was written just now").value
    }

    /// The value, and the journal in which whoever writes it records what it does, unless it was
    /// written past it.
    #[inline]
    pub(super) fn record<J: Journal<T> + Default>(
        &mut self,
        committed: &T,
    ) -> (&mut T, Option<&mut J>) {
        let written = self.0.get_or_insert_with(|| Written {
            value: committed.clone(),
            journal: Some(Arc::new(J::default())),
            differs: Differs::Perhaps,
        });
        let journal = written.journal.as_mut().and_then(Arc::get_mut);
        let journal = journal.and_then(|journal| (journal as &mut dyn Any).downcast_mut());
        (&mut written.value, journal)
    }

    /// What two commits in a row make of the field: the old value is that of the first to be told.
    /// The second is not, if it is `ignored`.
    pub(crate) fn then(&self, later: &Self, ignored: bool) -> Self {
        let differs = self.differs().then(later.differs(), ignored);
        let mut both = match (self.differs(), later.differs(), differs) {
            (_, Differs::No, _) => self.clone(),
            (Differs::No, _, Differs::No) => Self::default(),
            (Differs::No, ..) => later.clone(),
            // What was recorded is of one commit only.
            _ => self
                .value()
                .cloned()
                .map_or_else(Self::default, Self::unrecorded),
        };
        if let Some(written) = &mut both.0 {
            written.differs = differs;
        }
        both
    }
}

impl<T: Clone> Clone for Delta<T> {
    fn clone(&self) -> Self {
        Self(self.0.as_ref().map(|written| Written {
            value: written.value.clone(),
            journal: written.journal.clone(),
            differs: written.differs,
        }))
    }
}

impl<T> Default for Delta<T> {
    #[inline]
    fn default() -> Self {
        Self(None)
    }
}
