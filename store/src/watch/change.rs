//! What a callback gets: the difference of one field, or of a named store.

use std::{any::Any, fmt, ops::Deref, sync::Arc};

use crate::{
    change::{Cause, Commit, Part, changed_fields},
    model::{Delta, Field, FieldInfo, FieldInputs, Holds, Journal, Model},
    sync::assert_unlocked,
};

/// What every kind of change says of the commit that made it.
macro_rules! cause_accessors {
    () => {
        /// The commit that made the change, of merged commits the last; in the immediate call, the
        /// newest one.
        #[must_use]
        pub fn revision(self) -> $crate::Revision {
            self.cause.revision
        }

        /// Who made the change, and why, if the writer said so. `None` too if commits of different
        /// origins were merged.
        #[must_use]
        pub fn origin(self) -> Option<&'a $crate::Origin> {
            self.cause.origin.as_ref()
        }

        /// How many commits this stands for: 1, or more if they were merged for a reader that came
        /// late. What differs is then what differs between what it last saw and now.
        #[must_use]
        pub fn merged(self) -> u64 {
            self.cause.merged
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
    /// What it was when a commit was not heard in between, if several were merged.
    unheard: Option<&'a T>,
    journal: Option<&'a Arc<dyn Journal<T>>>,
    cause: &'a Cause,
}

impl<'a, T> Change<'a, T> {
    #[inline]
    pub(crate) fn new(
        new: &'a T,
        old: Option<&'a T>,
        journal: Option<&'a Arc<dyn Journal<T>>>,
        cause: &'a Cause,
    ) -> Self {
        Self {
            new,
            old,
            unheard: None,
            journal,
            cause,
        }
    }

    pub(crate) fn initial(value: &'a T, cause: &'a Cause) -> Self {
        Self::new(value, None, None, cause)
    }

    pub(super) fn with_unheard(self, unheard: Option<&'a T>) -> Self {
        Self { unheard, ..self }
    }

    /// The difference of one field in a commit, if it differs.
    #[inline]
    pub(super) fn of<S: Holds<M>, M: Model>(
        field: Field<M, T>,
        commit: &'a Commit<S>,
    ) -> Option<Self> {
        Self::in_part(field, commit.part::<M>()?, &commit.cause)
    }

    /// The difference of one field in a commit, if it is known without comparing.
    #[inline]
    pub(super) fn known<S: Holds<M>, M: Model>(
        field: Field<M, T>,
        commit: &'a Commit<S>,
    ) -> Option<Self> {
        Self::known_in_part(field, commit.part::<M>()?, &commit.cause)
    }

    /// What was made of one field by commits that the watcher does not hear, merged into this one.
    pub(super) fn unheard_of<S: Holds<M>, M: Model>(
        field: Field<M, T>,
        commit: &'a Commit<S>,
    ) -> Option<Self> {
        let part = commit.part::<M>()?;
        let unheard = part.unheard(field)?;
        let new = field.get(&part.after);
        Some(Self::new(new, Some(unheard), None, &commit.cause))
    }

    #[inline]
    fn in_part<M: Model>(field: Field<M, T>, part: &'a Part<M>, cause: &'a Cause) -> Option<Self> {
        Self::known_in_part(field, part, cause).or_else(|| Self::compared(field, part, cause))
    }

    #[inline]
    fn known_in_part<M: Model>(
        field: Field<M, T>,
        part: &'a Part<M>,
        cause: &'a Cause,
    ) -> Option<Self> {
        let (new, delta) = field.both(&part.after, &part.delta);
        Some(Self::new(
            new,
            Some(delta.known_old()?),
            delta.journal(),
            cause,
        ))
    }

    /// The difference of one field in what was merged, if it differs.
    #[cold]
    fn compared<M: Model>(field: Field<M, T>, part: &'a Part<M>, cause: &'a Cause) -> Option<Self> {
        let (new, delta) = field.both(&part.after, &part.delta);
        let unheard = part.unheard(field);
        Some(Self {
            old: Some(delta.old(unheard, new, field.same())?),
            new,
            unheard,
            journal: delta.journal(),
            cause,
        })
    }

    /// What a fold gets of one of its inputs: what the write changed, or all there is if it starts.
    pub(crate) fn of_input<M: Model>(input: Field<M, T>, inputs: &FieldInputs<'a, M>) -> Self {
        Self {
            new: inputs.get(input),
            old: inputs.old(input),
            unheard: None,
            journal: inputs.delta(input).and_then(Delta::journal),
            cause: inputs.cause,
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

    pub(super) fn cause(self) -> &'a Cause {
        self.cause
    }

    /// What it was when a commit was not heard in between, if several were merged.
    pub(super) fn unheard(self) -> Option<&'a T> {
        self.unheard
    }

    /// What the transaction recorded, whatever it is.
    pub(super) fn recorded(self) -> Option<&'a Arc<dyn Journal<T>>> {
        self.journal
    }

    /// What the transaction recorded while it wrote a collection.
    pub(crate) fn journal<J: 'static>(self) -> Option<&'a J> {
        let journal: &dyn Any = &**self.journal?;
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
        assert_unlocked();
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
/// let _watching = store.watch(COUNTER, COUNTER.any().watch(|counter| {
///     if let Some(clicks) = counter.change_of(Counter::CLICKS) {
///         assert_eq!((clicks.old(), *clicks), (Some(&0), counter.clicks));
///     }
/// }));
/// store.update(COUNTER, |counter| counter.clicks.set(5));
/// ```
pub struct StoreChange<'a, M: Model> {
    pub(super) new: &'a Arc<M>,
    pub(super) part: Option<&'a Part<M>>,
    /// The fields it shows, in order; all if `None`.
    pub(super) fields: Option<&'a [usize]>,
    pub(super) cause: &'a Cause,
}

impl<'a, M: Model> StoreChange<'a, M> {
    pub(crate) fn initial(new: &'a Arc<M>, cause: &'a Cause) -> Self {
        Self {
            new,
            part: None,
            fields: None,
            cause,
        }
    }

    pub(crate) fn told(part: &'a Part<M>, cause: &'a Cause) -> Self {
        Self {
            new: &part.after,
            part: Some(part),
            fields: None,
            cause,
        }
    }

    /// Shows only some fields, given in order.
    pub(super) fn only(self, fields: Option<&'a [usize]>) -> Self {
        Self { fields, ..self }
    }

    fn shows(self, field: FieldInfo) -> bool {
        self.fields
            .is_none_or(|fields| fields.binary_search(&field.index).is_ok())
    }

    /// The new state. The same as dereferencing, but lives as long as the commit is told.
    #[must_use]
    pub fn state(self) -> &'a M {
        self.new
    }

    /// The difference of one field; `None` if it is the same as before, if it is not watched, or if
    /// this is the immediate call.
    #[must_use]
    pub fn change_of<T>(self, field: Field<M, T>) -> Option<Change<'a, T>> {
        let part = self.part.filter(|_| self.shows(field.info()))?;
        Change::in_part(field, part, self.cause)
    }

    /// The fields that differ and are watched, in the order they are declared; none in the
    /// immediate call.
    #[must_use]
    pub fn changed_fields(self) -> Vec<FieldInfo> {
        let mut fields = self.part.map(changed_fields::<M>).unwrap_or_default();
        fields.retain(|field| self.shows(*field));
        fields
    }

    /// Whether this is the immediate call at registration, not a commit.
    #[must_use]
    pub fn is_initial(self) -> bool {
        self.part.is_none()
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
