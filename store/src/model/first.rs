//! The first values of a named store: its defaults, and what derives from values that are given.

use super::{Field, FieldDerivation, FieldInputs, MakeField, Model, VisitDerived};
use crate::cause::CREATION;

/// A model whose fields have their defaults.
pub(crate) fn with_defaults<M: Model>() -> M {
    M::make(&mut Defaults)
}

/// Makes every field with its default.
struct Defaults;

impl<M: Model> MakeField<M> for Defaults {
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) -> T {
        field.default_value()
    }

    fn derived<T: Clone + Send + Sync + 'static>(
        &mut self,
        _field: Field<M, T>,
        derive: impl FnOnce() -> T,
    ) -> T {
        derive()
    }
}

/// Computes every derived field from the fields as they are, whatever it was.
pub(crate) fn derive_all<M: Model>(model: &mut M) {
    struct DeriveAll<'a, M: Model> {
        model: &'a mut M,
        unchanged: M::Delta,
    }
    impl<M: Model> VisitDerived<M> for DeriveAll<'_, M> {
        fn derived<T: Clone + Send + Sync + 'static>(
            &mut self,
            field: Field<M, T>,
            derivation: FieldDerivation<M, T>,
        ) {
            let inputs = FieldInputs {
                before: &*self.model,
                delta: &self.unchanged,
                cause: &CREATION,
                anew: true,
            };
            let value = derivation.compute(field.get(self.model), &inputs);
            *field.get_mut(self.model) = value;
        }
    }
    M::visit_derived(&mut DeriveAll {
        model,
        unchanged: M::Delta::default(),
    });
}
