//! Derived fields: how a field is computed from others of its named store.
//!
//! Who computes, and when, is not known here.

use super::{Delta, Field, Model};
use crate::cause::Cause;

/// How a field is computed from others, its inputs.
#[doc(hidden)]
pub struct FieldDerivation<M: Model, T> {
    /// Whether a write changed any of the inputs.
    pub is_due: fn(&M::Delta) -> bool,
    pub rule: Rule<M, T>,
}

/// What is computed: all, or what follows from what changed.
#[doc(hidden)]
pub enum Rule<M: Model, T> {
    Derived(fn(&FieldInputs<'_, M>) -> T),
    Folded {
        start: fn() -> T,
        fold: fn(T, &FieldInputs<'_, M>) -> T,
    },
}

/// Goes through the derived fields, each after those it is derived from.
#[doc(hidden)]
pub trait VisitDerived<M: Model> {
    fn derived<T: Clone + Send + Sync + 'static>(
        &mut self,
        field: Field<M, T>,
        derivation: FieldDerivation<M, T>,
    );
}

impl<M: Model, T: Clone> FieldDerivation<M, T> {
    /// The value that follows from the inputs; for a fold, from the last value too.
    pub(crate) fn compute(&self, last: &T, inputs: &FieldInputs<'_, M>) -> T {
        match self.rule {
            Rule::Derived(derive) => derive(inputs),
            Rule::Folded { start, fold } if inputs.anew => fold(start(), inputs),
            Rule::Folded { fold, .. } => fold(last.clone(), inputs),
        }
    }

    /// Whether the next value builds on the last one.
    pub(crate) fn is_folded(&self) -> bool {
        matches!(self.rule, Rule::Folded { .. })
    }
}

/// What derived fields are computed from: a named store as it was, and what a write makes of it.
#[doc(hidden)]
pub struct FieldInputs<'a, M: Model> {
    pub(crate) before: &'a M,
    pub(crate) delta: &'a M::Delta,
    pub(crate) cause: &'a Cause,
    /// Whether folds start anew.
    pub(crate) anew: bool,
}

impl<'a, M: Model> FieldInputs<'a, M> {
    /// An input as the write leaves it.
    pub(crate) fn get<T>(&self, input: Field<M, T>) -> &'a T {
        let staged = input.delta(self.delta).staged();
        staged.unwrap_or_else(|| input.get(self.before))
    }

    /// An input as it was; nothing for a fold that starts anew.
    pub(crate) fn old<T>(&self, input: Field<M, T>) -> Option<&'a T> {
        (!self.anew).then(|| input.get(self.before))
    }

    /// What the write of an input recorded.
    pub(crate) fn delta<T>(&self, input: Field<M, T>) -> Option<&'a Delta<T>> {
        let delta = input.delta(self.delta);
        (!self.anew && delta.is_changed()).then_some(delta)
    }
}
