//! The end of writing: what was written in drafts is compared with what is committed, and taken over.

use std::{mem::needs_drop, sync::Arc};

use crate::{
    model::{Drafts, Family, Field, Heads, Holds, Model, Stores, VisitEach, VisitField},
    sync::call_in_turn,
};

/// What became of one named store's draft.
pub(super) struct Sealed<M: Model> {
    pub(super) delta: M::Delta,
    pub(super) is_changed: bool,
    /// A copy of the head with the staged values already in it, if somebody else holds that head
    /// too; after publishing, the head that it replaced.
    pub(super) copy: Option<Arc<M>>,
}

/// What became of the drafts of the named stores that a transaction touched.
pub(super) enum Deltas {}

impl Family for Deltas {
    type Of<M: Model> = Option<Sealed<M>>;
}

/// A named store that differs.
#[inline]
pub(super) fn sealed<S: Holds<M>, M: Model>(
    deltas: &mut S::Each<Deltas>,
) -> Option<&mut Sealed<M>> {
    let sealed = S::of_mut::<Deltas>(deltas).as_mut();
    sealed.filter(|sealed| sealed.is_changed)
}

/// The delta of a named store that differs.
#[inline]
pub(super) fn changed<S: Holds<M>, M: Model>(deltas: &S::Each<Deltas>) -> Option<&M::Delta> {
    let sealed = S::of::<Deltas>(deltas).as_ref();
    sealed.and_then(|sealed| sealed.is_changed.then_some(&sealed.delta))
}

/// The delta of a named store that differs, to be written.
#[inline]
pub(super) fn changed_mut<S: Holds<M>, M: Model>(
    deltas: &mut S::Each<Deltas>,
) -> Option<&mut M::Delta> {
    sealed::<S, M>(deltas).map(|sealed| &mut sealed.delta)
}

/// Takes over what was written, store by store; compares it, unless it is not to be committed.
pub(super) struct Seal<'s, 'a, S: Stores, const KEEP: bool> {
    pub(super) drafts: &'s mut S::Each<Drafts<'a>>,
    pub(super) heads: &'a S::Each<Heads>,
    pub(super) deltas: &'s mut S::Each<Deltas>,
    pub(super) is_changed: bool,
    /// Whether the drop of any of it may run code of the program's.
    pub(super) has_values: bool,
}

impl<S: Stores, const KEEP: bool> VisitEach<S> for Seal<'_, '_, S, KEEP> {
    #[inline]
    fn visit<M: Model>(&mut self)
    where
        S: Holds<M>,
    {
        let Some(draft) = S::of_mut::<Drafts<'_>>(self.drafts) else {
            return;
        };
        let deltas = S::of_mut::<Deltas>(self.deltas);
        let sealed = deltas.get_or_insert_with(|| Sealed {
            delta: M::Delta::default(),
            is_changed: false,
            copy: None,
        });
        let mut fields = SealFields::<M, KEEP> {
            draft,
            head: S::of::<Heads>(self.heads),
            delta: &mut sealed.delta,
            is_changed: false,
            has_values: false,
        };
        M::visit(&mut fields);
        sealed.is_changed = fields.is_changed;
        self.is_changed |= fields.is_changed;
        self.has_values |= fields.has_values;
    }
}

/// Takes over what was written, field by field.
struct SealFields<'s, 'a, M: Model, const KEEP: bool> {
    draft: &'s mut M::Draft<'a>,
    head: &'a M,
    delta: &'s mut M::Delta,
    is_changed: bool,
    has_values: bool,
}

impl<M: Model, const KEEP: bool> VisitField<M> for SealFields<'_, '_, M, KEEP> {
    // It is little for each field, and there may be many.
    #[inline(always)]
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
        let draft = field.draft(self.draft);
        if KEEP {
            draft.moor(field.get(self.head));
        }
        if draft.staged().is_some() {
            if KEEP && !field.is_derived() {
                let _called = call_in_turn();
                self.is_changed |= draft.settle(field.same());
            } else {
                draft.discard();
            }
            self.has_values |= needs_drop::<T>();
            draft.exchange(field.delta_mut(self.delta));
        }
    }
}
