//! Changes that own what they tell of, for readers that keep them: streams yield these.

use std::{fmt, ops::Deref, sync::Arc};

use super::change::{Change, StoreChange};
use crate::{
    change::{Cause, Part},
    model::{Journal, Model},
};

/// What every kind of owned change says of the commit that made it.
macro_rules! owned_cause_accessors {
    () => {
        /// The commit that made the change: [`Change::revision`](crate::Change::revision).
        #[must_use]
        pub fn revision(&self) -> $crate::Revision {
            self.change().revision()
        }

        /// Who made the change, if the writer said so: [`Change::origin`](crate::Change::origin).
        #[must_use]
        pub fn origin(&self) -> Option<&$crate::Origin> {
            self.change().origin()
        }

        /// How many commits this stands for: [`Change::merged`](crate::Change::merged).
        #[must_use]
        pub fn merged(&self) -> u64 {
            self.change().merged()
        }
    };
}

pub(super) use owned_cause_accessors;

/// A [`Change`] that owns its values. Reads as the new value.
///
/// Values are clones: O(1) for the collections of this crate. Of a collection, `changes()` gives what
/// was inserted, updated and removed.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// let store = store::Store::<Counter>::new();
/// let mut clicks = store.stream(COUNTER, Counter::CLICKS);
/// store.update(COUNTER, |counter| counter.clicks.set(3));
/// let first = clicks.try_next().unwrap();
/// assert_eq!((first.old(), *first), (None, 0));
/// let second = clicks.try_next().unwrap();
/// assert_eq!((second.old(), *second, second.revision()), (Some(&0), 3, 1));
/// ```
#[derive(Clone)]
pub struct OwnedChange<T> {
    new: T,
    old: Option<T>,
    unheard: Option<Box<T>>,
    journal: Option<Arc<dyn Journal<T>>>,
    cause: Cause,
}

impl<T> OwnedChange<T> {
    /// The change, with all that can be asked of one.
    #[must_use]
    pub fn change(&self) -> Change<'_, T> {
        let Self {
            new,
            old,
            unheard,
            journal,
            cause,
        } = self;
        Change::new(new, old.as_ref(), journal.as_ref(), cause).with_unheard(unheard.as_deref())
    }

    /// The old value: [`Change::old`].
    #[must_use]
    pub fn old(&self) -> Option<&T> {
        self.old.as_ref()
    }

    owned_cause_accessors!();

    /// The new value, by itself.
    pub fn into_value(self) -> T {
        self.new
    }
}

impl<T: Clone> Change<'_, T> {
    /// The change by itself, to be kept.
    #[must_use]
    pub fn into_owned(self) -> OwnedChange<T> {
        OwnedChange {
            new: self.value().clone(),
            old: self.old().cloned(),
            unheard: self.unheard().cloned().map(Box::new),
            journal: self.recorded().cloned(),
            cause: self.cause().clone(),
        }
    }
}

impl<T> Deref for OwnedChange<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.new
    }
}

impl<T: fmt::Debug> fmt::Debug for OwnedChange<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.change().fmt(f)
    }
}

/// A [`StoreChange`] that owns the state. Reads as the new one.
pub struct OwnedStoreChange<M: Model> {
    new: Arc<M>,
    part: Option<Part<M>>,
    fields: Option<Vec<usize>>,
    cause: Cause,
}

impl<M: Model> StoreChange<'_, M> {
    /// The change by itself, to be kept.
    #[must_use]
    pub fn into_owned(self) -> OwnedStoreChange<M> {
        OwnedStoreChange {
            new: Arc::clone(self.new),
            part: self.part.cloned(),
            fields: self.fields.map(<[usize]>::to_vec),
            cause: self.cause.clone(),
        }
    }
}

impl<M: Model> OwnedStoreChange<M> {
    /// The change, with all that can be asked of one.
    #[must_use]
    pub fn change(&self) -> StoreChange<'_, M> {
        let Self {
            new,
            part,
            fields,
            cause,
        } = self;
        let change = match part {
            Some(part) => StoreChange::told(part, cause),
            None => StoreChange::initial(new, cause),
        };
        change.only(fields.as_deref())
    }

    owned_cause_accessors!();
}

impl<M: Model> Clone for OwnedStoreChange<M> {
    fn clone(&self) -> Self {
        Self {
            new: Arc::clone(&self.new),
            part: self.part.clone(),
            fields: self.fields.clone(),
            cause: self.cause.clone(),
        }
    }
}

impl<M: Model> Deref for OwnedStoreChange<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.new
    }
}

impl<M: Model> fmt::Debug for OwnedStoreChange<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.change().fmt(f)
    }
}
