//! Deriving inside a write: what follows from what is staged is computed before the truth moves.

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use foldhash::fast::RandomState;

use super::{
    commit::ValueChange,
    derivation::Derivation,
    fields::{DeriveFields, Deriving},
    panics::{DerivationPanic, PanicSource},
    seal::{Deltas, changed, changed_mut},
    staged::Staged,
};
use crate::{
    cause::Cause,
    model::{Differs, Field, Heads, Holds, Model, Stores, VisitEach},
    state::{FieldPlace, Truth, Value, ValueId, Values},
    sync::call_in_turn,
};

/// What a write is about to make of the store.
pub struct After<'a, S: Stores> {
    heads: &'a S::Each<Heads>,
    deltas: Option<&'a S::Each<Deltas>>,
    /// With those of them that were computed before.
    values: &'a Values,
}

impl<'a, S: Stores> After<'a, S> {
    /// The store as it is.
    pub(crate) fn nothing(truth: &'a Truth<S>) -> Self {
        Self {
            heads: &truth.heads,
            deltas: None,
            values: &truth.values,
        }
    }

    /// What a field will be.
    pub(crate) fn field<M: Model, T>(&self, field: Field<M, T>) -> &'a T
    where
        S: Holds<M>,
    {
        let delta = self.deltas.and_then(changed::<S, M>);
        let staged = delta.and_then(|delta| field.delta(delta).staged());
        staged.unwrap_or_else(|| field.get(S::of::<Heads>(self.heads)))
    }

    /// What a derived value will be.
    pub(crate) fn value(&self, id: ValueId) -> Option<&'a Value> {
        self.values.get(id)
    }
}

impl<S: Stores> Staged<S> {
    /// Computes the derived fields that an input of differs.
    #[inline]
    pub(crate) fn derive_fields(&mut self, truth: &Truth<S>, cause: &Cause) {
        struct DeriveEach<'a, 'b, S: Stores> {
            heads: &'a S::Each<Heads>,
            deltas: &'a mut S::Each<Deltas>,
            deriving: Deriving<'b>,
        }
        impl<S: Stores> VisitEach<S> for DeriveEach<'_, '_, S> {
            #[inline]
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                if let Some(delta) = changed_mut::<S, M>(self.deltas) {
                    M::visit_derived(&mut DeriveFields {
                        store: S::INDEX,
                        before: &**S::of::<Heads>(self.heads),
                        delta,
                        deriving: &mut self.deriving,
                    });
                }
            }
        }
        S::visit(&mut DeriveEach::<S> {
            heads: &truth.heads,
            deltas: &mut self.deltas,
            deriving: Deriving {
                cause,
                behind: &truth.behind,
                has_values: &mut self.has_values,
                following: &mut self.following,
            },
        });
    }

    /// Computes what derives at run time from anything that differs.
    pub(crate) fn derive_values(
        &mut self,
        truth: &Truth<S>,
        derivations: &[Arc<dyn Derivation<S>>],
    ) {
        let mut fields = Vec::new();
        self.visit_changed(|place| fields.push(place));
        let mut differing = HashSet::<ValueId, RandomState>::default();
        let mut values = truth.values.clone();
        let mut changed = Vec::new();
        let (mut unused, mut panics) = (Vec::new(), Vec::new());
        for derivation in derivations {
            let inputs = derivation.inputs();
            let differs = |input: &FieldPlace| match input.value() {
                None => fields.contains(input),
                Some(id) => differing.contains(&id),
            };
            if !inputs.iter().any(differs) {
                continue;
            }
            let after = After {
                heads: &truth.heads,
                deltas: Some(&self.deltas),
                values: &values,
            };
            let id = derivation.key().id();
            let Some(old) = truth.values.get(id) else {
                continue;
            };
            let mut value = None;
            let compared = catch_unwind(AssertUnwindSafe(|| {
                let _called = call_in_turn();
                derivation.same(old, value.insert(derivation.compute(&after)))
            }));
            match (compared, value) {
                (Ok(false), Some(new)) => {
                    values.set(derivation.key(), Arc::clone(&new));
                    differing.insert(id);
                    let old = Arc::clone(old);
                    let differs = Differs::Yes;
                    changed.push(ValueChange {
                        id,
                        old,
                        new,
                        unheard: None,
                        differs,
                    });
                }
                (compared, value) => {
                    unused.extend(value);
                    panics.extend(compared.err().map(|payload| DerivationPanic {
                        by: PanicSource::DerivedValue(derivation.at()),
                        revision: truth.revision + 1,
                        payload,
                    }));
                }
            }
        }
        let is_there = |id| derivations.iter().any(|known| known.key().id() == id);
        let is_outdated = values.len() > derivations.len();
        if is_outdated {
            values.retain(is_there);
        }
        if is_outdated || !changed.is_empty() || !unused.is_empty() || !panics.is_empty() {
            self.has_values = true;
            let following = self.following.get_or_insert_default();
            following.values = Some(values);
            following.changed = changed;
            following.unused = unused;
            following.panics.append(&mut panics);
        }
    }
}
