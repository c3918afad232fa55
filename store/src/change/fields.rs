//! Derived fields in a write: computed after the stored fields are sealed, before the truth moves.

use std::{
    mem::needs_drop,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{
    following::Following,
    panics::{DerivationPanic, PanicSource},
};
use crate::{
    cause::Cause,
    model::{Delta, Field, FieldDerivation, FieldInputs, Model, Same, VisitDerived},
    state::FieldPlace,
    sync::call_in_turn,
};

/// What derived fields need beside their inputs, and what comes of them beside their values.
pub(super) struct Deriving<'a> {
    pub(super) cause: &'a Cause,
    /// The folded fields whose value does not hold all that happened; they start anew.
    pub(super) behind: &'a [FieldPlace],
    /// Becomes true with the first value whose drop may run code of the program's.
    pub(super) has_values: &'a mut bool,
    pub(super) following: &'a mut Option<Box<Following>>,
}

impl Deriving<'_> {
    /// Notes whether a folded field holds all that happened, if that is new.
    fn note(&mut self, place: FieldPlace, is_behind: bool) {
        let before = self.behind;
        if before.contains(&place) == is_behind {
            return;
        }
        let following = self.following.get_or_insert_default();
        let behind = following.behind.get_or_insert_with(|| before.to_vec());
        match is_behind {
            true => behind.push(place),
            false => behind.retain(|other| *other != place),
        }
    }
}

/// Computes the derived fields of one named store whose inputs a write changed.
pub(super) struct DeriveFields<'a, 'b, M: Model> {
    pub(super) store: usize,
    pub(super) before: &'a M,
    pub(super) delta: &'a mut M::Delta,
    pub(super) deriving: &'a mut Deriving<'b>,
}

impl<M: Model> VisitDerived<M> for DeriveFields<'_, '_, M> {
    fn derived<T: Clone + Send + Sync + 'static>(
        &mut self,
        field: Field<M, T>,
        derivation: FieldDerivation<M, T>,
    ) {
        if !(derivation.is_due)(self.delta) {
            return;
        }
        let place = FieldPlace {
            store: self.store,
            field: field.info().index,
        };
        let last = field.get(self.before);
        let inputs = FieldInputs {
            before: self.before,
            delta: self.delta,
            cause: self.deriving.cause,
            anew: self.deriving.behind.contains(&place),
        };
        let (Same::Value(same) | Same::Custom(same)) = field.same();
        let mut value = None;
        let compared = catch_unwind(AssertUnwindSafe(|| {
            let _called = call_in_turn();
            same(last, value.insert(derivation.compute(last, &inputs)))
        }));
        let is_same = *compared.as_ref().unwrap_or(&true);
        *self.deriving.has_values |= needs_drop::<T>();
        *field.delta_mut(self.delta) = Delta::derived(value, !is_same);
        if derivation.is_folded() {
            // A value that the field's own rule takes for the last one is not published, so the next
            // step could not build on it.
            let is_hidden = is_same && matches!(field.same(), Same::Custom(_));
            self.deriving.note(place, is_hidden || compared.is_err());
        }
        if let Err(payload) = compared {
            let following = self.deriving.following.get_or_insert_default();
            following.panics.push(DerivationPanic {
                by: PanicSource::DerivedField {
                    store: M::NAME,
                    field: field.info().name,
                },
                revision: self.deriving.cause.revision,
                payload,
            });
        }
    }
}
