//! A commit: what watchers are told of one step of the whole store.

use std::{fmt, sync::Arc};

use super::delta::{Reach, changed_fields};
use crate::{
    cause::{Cause, Origin, Revision},
    model::{
        Differs, Family, Field, FieldInfo, Holds, MakeEach, Model, StoreName, Stores, VisitEach,
        VisitField,
    },
    state::{FieldPlace, Value, ValueId},
};

/// One named store's part in a commit: its state after, and what differs.
pub(crate) struct Part<M: Model> {
    pub(crate) after: Arc<M>,
    pub(crate) delta: M::Delta,
}

impl<M: Model> Part<M> {
    /// The old value of a field that differs.
    #[inline]
    pub(crate) fn old<T>(&self, field: Field<M, T>) -> Option<&T> {
        let delta = field.delta(&self.delta);
        delta.old(field.get(&self.after), field.same())
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
    pub(crate) differs: Differs,
}

impl<S: Stores> Commit<S> {
    /// The number of the commit.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.cause.revision
    }

    /// Who made the commit, and why, if the writer said so.
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
        self.part::<M>().map(|part| &*part.after)
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

    /// The places of the fields that differ, and of the derived values that may.
    pub(crate) fn changed_places(&self) -> Vec<FieldPlace> {
        struct Places<'a, S: Stores>(&'a Commit<S>, Vec<FieldPlace>);
        impl<S: Stores> VisitEach<S> for Places<'_, S> {
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                let fields = self.0.part::<M>().map(changed_fields::<M>);
                let store = S::INDEX;
                self.1
                    .extend(fields.into_iter().flatten().map(|field| FieldPlace {
                        store,
                        field: field.index,
                    }));
            }
        }
        let mut places = Places(self, Vec::new());
        S::visit(&mut places);
        let derived = self.values.iter().map(|change| change.id);
        places.1.extend(derived.map(FieldPlace::derived));
        places.1
    }

    /// This commit and one that came later, as one, in the fields that `reach` says.
    ///
    /// `ignored` if nobody heard of the later one: what it changed is told in any case.
    pub(crate) fn then(&self, later: &Self, reach: &Reach, ignored: bool) -> Self {
        struct Merge<'a, S: Stores> {
            first: &'a Commit<S>,
            later: &'a Commit<S>,
            reach: &'a Reach,
            ignored: bool,
        }
        impl<S: Stores> MakeEach<S, Parts> for Merge<'_, S> {
            fn make<M: Model>(&mut self) -> Option<Part<M>>
            where
                S: Holds<M>,
            {
                if !self.reach.enters(S::INDEX) {
                    return None;
                }
                let (first, later) = (self.first.part::<M>(), self.later.part::<M>());
                let mut fields = MergeFields {
                    first: first.map(|part| &part.delta),
                    later: later.map(|part| &part.delta),
                    reach: self.reach,
                    store: S::INDEX,
                    ignored: self.ignored,
                    merged: M::Delta::default(),
                };
                let after = Arc::clone(&later.or(first)?.after);
                M::visit(&mut fields);
                let delta = fields.merged;
                Some(Part { after, delta })
            }
        }
        Self {
            values: merge_values(&self.values, &later.values, reach, ignored),
            cause: self.cause.then(&later.cause),
            parts: S::each::<Parts>(&mut Merge::<S> {
                first: self,
                later,
                reach,
                ignored,
            }),
        }
    }
}

impl Cause {
    /// What two commits have in common with a third that stands for both.
    fn then(&self, later: &Self) -> Self {
        let same_origin = self.origin == later.origin;
        Self {
            revision: later.revision,
            origin: later.origin.clone().filter(|_| same_origin),
            at: later.at,
            depth: self.depth.max(later.depth),
            merged: self.merged + later.merged,
        }
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

/// As [`Delta::then`](crate::model::Delta::then), for values derived at run time.
fn merge_values(
    first: &[ValueChange],
    later: &[ValueChange],
    reach: &Reach,
    ignored: bool,
) -> Vec<ValueChange> {
    let mut merged = first.to_vec();
    for change in later {
        match merged.iter_mut().find(|first| first.id == change.id) {
            Some(first) => {
                first.new = Arc::clone(&change.new);
                first.differs = first.differs.then(change.differs, ignored);
            }
            None => merged.push(change.clone()),
        }
    }
    merged.retain(|change| reach.contains(FieldPlace::derived(change.id)));
    merged
}

/// Merges field by field.
struct MergeFields<'a, M: Model> {
    first: Option<&'a M::Delta>,
    later: Option<&'a M::Delta>,
    reach: &'a Reach,
    store: usize,
    ignored: bool,
    merged: M::Delta,
}

impl<M: Model> VisitField<M> for MergeFields<'_, M> {
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
        let place = FieldPlace {
            store: self.store,
            field: field.info().index,
        };
        if !self.reach.contains(place) {
            return;
        }
        let delta = |of: Option<&M::Delta>| of.map(|delta| field.delta(delta)).cloned();
        *field.delta_mut(&mut self.merged) = match (self.first, self.later) {
            (Some(first), Some(later)) => field.delta(first).then(field.delta(later), self.ignored),
            (first, later) => delta(first.or(later)).unwrap_or_default(),
        };
    }
}
