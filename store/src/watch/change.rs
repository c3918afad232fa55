//! What a callback gets: the difference of one field, or of a named store.

use std::{fmt, ops::Deref};

use crate::{
    change::{Cause, Commit, Part},
    model::{Delta, Field, FieldInfo, Holds, Journal, Model},
};

/// What every kind of change says of the commit that made it.
macro_rules! cause_accessors {
    () => {
        /// The commit that made the change; in the immediate call, the newest one.
        #[must_use]
        pub fn revision(self) -> $crate::Revision {
            self.cause.revision
        }

        /// Who made the change, and why, if the writer said so.
        #[must_use]
        pub fn origin(self) -> Option<&'a $crate::Origin> {
            self.cause.origin.as_ref()
        }
    };
}

pub(super) use cause_accessors;

/// One field's difference, as its watcher is told of it. Reads as the new value.
///
/// For a collection, `changes()` gives what was inserted, updated and removed. A change is a small
/// copy of references: `change.clone()` clones those, `change.value().clone()` the value.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// let store = store::Store::<Counter>::new();
/// let _watching = store.watch(COUNTER, Counter::watch().clicks(|clicks| {
///     match clicks.old() {
///         None => assert_eq!(*clicks, 0), // the immediate call
///         Some(old) => assert_eq!((*old, *clicks, clicks.revision()), (0, 5, 1)),
///     }
/// }));
/// store.update(COUNTER, |counter| counter.clicks.set(5));
/// ```
pub struct Change<'a, T> {
    new: &'a T,
    old: Option<&'a T>,
    journal: Option<&'a dyn Journal<T>>,
    cause: &'a Cause,
}

impl<'a, T> Change<'a, T> {
    pub(crate) fn initial(value: &'a T, cause: &'a Cause) -> Self {
        Self {
            new: value,
            old: None,
            journal: None,
            cause,
        }
    }

    /// The difference of one field in a commit, if it differs.
    #[inline]
    pub(super) fn of<S: Holds<M>, M: Model>(
        field: Field<M, T>,
        commit: &'a Commit<S>,
    ) -> Option<Self> {
        let part = commit.part::<M>()?;
        let delta = field.delta(&part.delta);
        Self::told(field.get(&part.after), delta, &commit.cause)
    }

    fn told(new: &'a T, delta: &'a Delta<T>, cause: &'a Cause) -> Option<Self> {
        delta.is_changed().then(|| Self {
            new,
            old: delta.old(),
            journal: delta.journal(),
            cause,
        })
    }

    pub(crate) fn between(old: &'a T, new: &'a T, cause: &'a Cause) -> Self {
        Self {
            new,
            old: Some(old),
            journal: None,
            cause,
        }
    }

    /// The new value. The same as dereferencing, but lives as long as the commit is told.
    #[must_use]
    pub fn value(self) -> &'a T {
        self.new
    }

    /// The old value; `None` in the immediate call at registration.
    #[must_use]
    pub fn old(self) -> Option<&'a T> {
        self.old
    }

    /// Whether this is the immediate call at registration, not a commit.
    #[must_use]
    pub fn is_initial(self) -> bool {
        self.old.is_none()
    }

    cause_accessors!();

    /// What the transaction recorded while it wrote a collection.
    pub(crate) fn journal<J: 'static>(self) -> Option<&'a J> {
        let journal: &dyn std::any::Any = self.journal?;
        journal.downcast_ref()
    }
}

impl<T> Clone for Change<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Change<'_, T> {}

impl<T> Deref for Change<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.new
    }
}

impl<T: fmt::Debug> fmt::Debug for Change<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("old", &self.old)
            .field("new", &self.new)
            .field("revision", &self.cause.revision)
            .field("origin", &self.cause.origin)
            .finish()
    }
}

/// What one commit changed in one named store. Reads as the new state.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32, pub label: String }
/// let store = store::Store::<Counter>::new();
/// let _watching = store.watch(COUNTER, COUNTER.any(|counter| {
///     if let Some(clicks) = counter.change_of(Counter::CLICKS) {
///         assert_eq!((clicks.old(), *clicks), (Some(&0), counter.clicks));
///     }
/// }));
/// store.update(COUNTER, |counter| counter.clicks.set(5));
/// ```
pub struct StoreChange<'a, M: Model> {
    new: &'a M,
    delta: Option<&'a M::Delta>,
    cause: &'a Cause,
}

impl<'a, M: Model> StoreChange<'a, M> {
    pub(crate) fn initial(new: &'a M, cause: &'a Cause) -> Self {
        Self {
            new,
            delta: None,
            cause,
        }
    }

    pub(crate) fn told(part: &'a Part<M>, cause: &'a Cause) -> Self {
        Self {
            new: &part.after,
            delta: Some(&part.delta),
            cause,
        }
    }

    /// The new state. The same as dereferencing, but lives as long as the commit is told.
    #[must_use]
    pub fn state(self) -> &'a M {
        self.new
    }

    /// The difference of one field, `None` if it is the same as before or this is the immediate
    /// call.
    #[must_use]
    pub fn change_of<T>(self, field: Field<M, T>) -> Option<Change<'a, T>> {
        Change::told(field.get(self.new), field.delta(self.delta?), self.cause)
    }

    /// The fields that differ, in the order they are declared; none in the immediate call.
    #[must_use]
    pub fn changed_fields(self) -> Vec<FieldInfo> {
        self.delta
            .map(crate::change::changed_fields::<M>)
            .unwrap_or_default()
    }

    /// Whether this is the immediate call at registration, not a commit.
    #[must_use]
    pub fn is_initial(self) -> bool {
        self.delta.is_none()
    }

    cause_accessors!();
}

impl<M: Model> Clone for StoreChange<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Model> Copy for StoreChange<'_, M> {}

impl<M: Model> Deref for StoreChange<'_, M> {
    type Target = M;

    fn deref(&self) -> &M {
        self.new
    }
}

impl<M: Model> fmt::Debug for StoreChange<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreChange")
            .field("store", &M::NAME)
            .field("changed_fields", &self.changed_fields())
            .field("revision", &self.cause.revision)
            .field("origin", &self.cause.origin)
            .finish()
    }
}
