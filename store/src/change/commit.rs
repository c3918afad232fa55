//! A commit: what watchers are told of one step of the whole store.

use std::{fmt, sync::Arc};

use super::delta::{changed_fields, visit_changed};
use crate::{
    cause::{Cause, Origin, Revision},
    model::{
        Differs, Family, Field, FieldInfo, Holds, Model, StoreName, Stores, VisitEach, VisitField,
    },
    state::{FieldPlace, Value, ValueId},
};

/// One named store's part in a commit: its state after, and what differs.
pub(crate) struct Part<M: Model> {
    pub(crate) after: Arc<M>,
    pub(crate) delta: M::Delta,
    /// What commits that the watcher does not hear made of it, if they were merged with others that
    /// are told.
    pub(crate) unheard: Option<Arc<Unheard<M>>>,
}

/// What commits that a watcher does not hear made of a named store: it counts as seen.
pub(crate) struct Unheard<M: Model> {
    /// The state after the last of them.
    pub(crate) after: Arc<M>,
    /// Of each field that one of them changed, what the last such made of it.
    pub(super) values: M::Delta,
}

impl<M: Model> Part<M> {
    /// The old value of a field that differs; or else what it was when a commit was not heard, if
    /// it differs from that.
    #[inline]
    pub(crate) fn old<T>(&self, field: Field<M, T>) -> Option<&T> {
        let delta = field.delta(&self.delta);
        delta.old(self.unheard(field), field.get(&self.after), field.same())
    }

    /// What a commit that was not heard made of a field, if several were merged.
    #[inline]
    pub(crate) fn unheard<T>(&self, field: Field<M, T>) -> Option<&T> {
        field.delta(&self.unheard.as_ref()?.values).staged()
    }
}

impl<M: Model> Clone for Part<M> {
    fn clone(&self) -> Self {
        let mut fields = CloneFields::<M> {
            from: &self.delta,
            clone: M::Delta::default(),
        };
        M::visit(&mut fields);
        Self {
            after: Arc::clone(&self.after),
            delta: fields.clone,
            unheard: self.unheard.clone(),
        }
    }
}

/// Clones a delta, field by field.
struct CloneFields<'a, M: Model> {
    from: &'a M::Delta,
    clone: M::Delta,
}

impl<M: Model> VisitField<M> for CloneFields<'_, M> {
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
        *field.delta_mut(&mut self.clone) = field.delta(self.from).clone();
    }
}

/// Parts of the named stores that a commit changed.
pub(super) enum Parts {}

impl Family for Parts {
    type Of<M: Model> = Option<Part<M>>;
}

/// One step of the whole store: which fields of which named stores differ, and why.
///
/// Watchers of every store get it: [`Store::watch_commits`](crate::Store::watch_commits).
pub struct Commit<S: Stores> {
    pub(crate) cause: Cause,
    pub(super) parts: S::Each<Parts>,
    /// What differs of what was derived at run time.
    pub(super) values: Vec<ValueChange>,
}

/// A value that was derived at run time, before a commit and after it.
#[derive(Clone)]
pub(crate) struct ValueChange {
    pub(crate) id: ValueId,
    pub(crate) old: Value,
    pub(crate) new: Value,
    /// What it was when a commit was not heard, if several were merged.
    pub(crate) unheard: Option<Value>,
    pub(crate) differs: Differs,
}

impl<S: Stores> Commit<S> {
    /// The number of the commit; of merged commits, the last.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.cause.revision
    }

    /// Who made the commit, and why, if the writer said so. `None` too if commits of different origins
    /// were merged.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.cause.origin.as_ref()
    }

    /// The state of a named store after this commit, or `None` if the commit left it as it was.
    #[must_use]
    pub fn after<M: Model>(&self, _name: StoreName<M>) -> Option<&M>
    where
        S: Holds<M>,
    {
        let part = self.part::<M>()?;
        // What was merged may have led back to where it began.
        let differs = self.cause.merged == 1 || !changed_fields::<M>(part).is_empty();
        differs.then_some(&part.after)
    }

    /// How many commits this stands for: 1, or more if they were merged for a reader that came late.
    #[must_use]
    pub fn merged(&self) -> u64 {
        self.cause.merged
    }

    /// The fields that differ, by store name, in the order they are declared.
    #[must_use]
    pub fn changed_fields(&self) -> Vec<(&'static str, FieldInfo)> {
        struct Names<'a, S: Stores>(&'a Commit<S>, Vec<(&'static str, FieldInfo)>);
        impl<S: Stores> VisitEach<S> for Names<'_, S> {
            #[inline]
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                if let Some(part) = self.0.part::<M>() {
                    let fields = changed_fields::<M>(part);
                    self.1
                        .extend(fields.into_iter().map(|field| (M::NAME, field)));
                }
            }
        }
        let mut names = Names(self, Vec::new());
        S::visit(&mut names);
        names.1
    }

    #[inline]
    pub(crate) fn part<M: Model>(&self) -> Option<&Part<M>>
    where
        S: Holds<M>,
    {
        S::of::<Parts>(&self.parts).as_ref()
    }

    /// What became of a value that was derived at run time. What was merged may be as before.
    pub(crate) fn value(&self, id: ValueId) -> Option<&ValueChange> {
        self.values.iter().find(|change| change.id == id)
    }

    /// Calls `found` with the place of what a commit, or any of several, changed: asked without
    /// comparing, so what was merged may be as before.
    #[inline]
    pub(crate) fn visit_touched(&self, mut found: impl FnMut(FieldPlace)) {
        struct Places<'a, S: Stores, F>(&'a Commit<S>, &'a mut F);
        impl<S: Stores, F: FnMut(FieldPlace)> VisitEach<S> for Places<'_, S, F> {
            #[inline]
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                if let Some(part) = self.0.part::<M>() {
                    let store = S::INDEX;
                    visit_changed::<M>(&part.delta, |field| {
                        (self.1)(FieldPlace {
                            store,
                            field: field.index,
                        });
                    });
                }
            }
        }
        S::visit(&mut Places(self, &mut found));
        let derived = self.values.iter().map(|change| change.id);
        derived.map(FieldPlace::derived).for_each(found);
    }
}

impl<S: Stores> fmt::Debug for Commit<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commit")
            .field("revision", &self.cause.revision)
            .field("origin", &self.cause.origin)
            .field("changed_fields", &self.changed_fields())
            .finish()
    }
}
