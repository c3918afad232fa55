//! Several commits as one: what a reader is told that comes late.
//!
//! Field by field, the old value is that of the first commit and the new one that of the last.
//! Whether they differ is not asked here, but when it is told.

use std::sync::Arc;

use super::{
    Commit,
    commit::{Part, Parts, Unheard, ValueChange},
    delta::Reach,
};
use crate::{
    cause::Cause,
    model::{Delta, Field, Holds, MakeEach, Model, Stores, VisitField},
    state::FieldPlace,
};

impl<S: Stores> Commit<S> {
    /// This commit and one that came later, as one, in the fields that `reach` says.
    ///
    /// `ignored` if the watcher does not hear of the later one and counts it as seen.
    pub(crate) fn then(&self, later: &Self, reach: &Reach, ignored: bool) -> Self {
        Self {
            values: merge_values(&self.values, &later.values, reach, ignored),
            cause: self.cause.then(&later.cause, ignored),
            parts: S::each::<Parts>(&mut MergeParts::<S> {
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
    fn then(&self, later: &Self, ignored: bool) -> Self {
        let has_origin = ignored || self.origin == later.origin;
        Self {
            revision: later.revision,
            first: self.first,
            origin: self.origin.clone().filter(|_| has_origin),
            at: later.at,
            depth: self.depth.max(later.depth),
            merged: self.merged + later.merged,
        }
    }
}

/// Merges store by store.
struct MergeParts<'a, S: Stores> {
    first: &'a Commit<S>,
    later: &'a Commit<S>,
    reach: &'a Reach,
    ignored: bool,
}

impl<S: Stores> MakeEach<S, Parts> for MergeParts<'_, S> {
    fn make<M: Model>(&mut self) -> Option<Part<M>>
    where
        S: Holds<M>,
    {
        if !self.reach.enters(S::INDEX) {
            return None;
        }
        let (first, later) = (self.first.part::<M>(), self.later.part::<M>());
        let mut fields = MergeFields::<M> {
            first: first.map(|part| &part.delta),
            later: later.map(|part| &part.delta),
            reach: self.reach,
            store: S::INDEX,
            ignored: self.ignored,
            merged: M::Delta::default(),
        };
        let after = Arc::clone(&later.or(first)?.after);
        M::visit(&mut fields);
        let before = first.and_then(|part| part.unheard.as_ref());
        let unheard = match later.filter(|_| self.ignored) {
            Some(later) => Some(Arc::new(self.unheard(before, later))),
            None => before.map(Arc::clone),
        };
        Some(Part {
            after,
            delta: fields.merged,
            unheard,
        })
    }
}

impl<S: Stores> MergeParts<'_, S> {
    /// What has been made of a named store by what is not heard, and now by one commit more.
    fn unheard<M: Model>(&self, before: Option<&Arc<Unheard<M>>>, later: &Part<M>) -> Unheard<M>
    where
        S: Holds<M>,
    {
        let mut values = UnheardValues {
            before: before.map(|before| &before.values),
            later,
            reach: self.reach,
            store: S::INDEX,
            values: M::Delta::default(),
        };
        M::visit(&mut values);
        Unheard {
            after: Arc::clone(&later.after),
            values: values.values,
        }
    }
}

/// Collects what was made of each field by the last commit that changed it and is not heard.
struct UnheardValues<'a, M: Model> {
    before: Option<&'a M::Delta>,
    later: &'a Part<M>,
    reach: &'a Reach,
    store: usize,
    values: M::Delta,
}

impl<M: Model> VisitField<M> for UnheardValues<'_, M> {
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
        if !is_reached(self.reach, self.store, field) {
            return;
        }
        let is_changed = field.delta(&self.later.delta).is_changed();
        *field.delta_mut(&mut self.values) = match (is_changed, self.before) {
            (true, _) => Delta::unrecorded(field.get(&self.later.after).clone()),
            (false, Some(before)) => field.delta(before).clone(),
            (false, None) => Delta::default(),
        };
    }
}

fn is_reached<M: Model, T>(reach: &Reach, store: usize, field: Field<M, T>) -> bool {
    let field = field.info().index;
    reach.contains(FieldPlace { store, field })
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
        if !is_reached(self.reach, self.store, field) {
            return;
        }
        let [first, later] = [self.first, self.later].map(|of| of.map(|of| field.delta(of)));
        *field.delta_mut(&mut self.merged) = match (first, later) {
            (Some(first), Some(later)) => first.then(later, self.ignored),
            (None, Some(later)) if !self.ignored => later.clone(),
            (first, _) => first.cloned().unwrap_or_default(),
        };
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
        let at = merged.iter().position(|first| first.id == change.id);
        let unheard = ignored.then(|| Arc::clone(&change.new));
        match at.map(|at| &mut merged[at]) {
            Some(both) => {
                both.new = Arc::clone(&change.new);
                both.differs = both.differs.then(change.differs, ignored);
                both.unheard = unheard.or(both.unheard.take());
            }
            // What comes after it is compared with what it has become.
            None if ignored => {}
            None => merged.push(change.clone()),
        }
    }
    merged.retain(|change| reach.contains(FieldPlace::derived(change.id)));
    merged
}
