//! Which fields a delta says differ.

use crate::model::{Field, FieldInfo, Holds, Model, VisitField};

/// Where a field is: which named store in its set, and which field in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct FieldPlace {
    pub(crate) store: usize,
    pub(crate) field: usize,
}

impl FieldPlace {
    pub(crate) fn of<S: Holds<M>, M: Model, T>(field: Field<M, T>) -> Self {
        Self {
            store: S::INDEX,
            field: field.info().index,
        }
    }
}

/// Calls `found` for each field that differs, in the order they are declared.
#[inline]
pub(super) fn visit_changed<M: Model>(delta: &M::Delta, found: impl FnMut(FieldInfo)) {
    struct Changed<'a, M: Model, F>(&'a M::Delta, F);
    impl<M: Model, F: FnMut(FieldInfo)> VisitField<M> for Changed<'_, M, F> {
        #[inline]
        fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
            if field.delta(self.0).is_changed() {
                (self.1)(field.info());
            }
        }
    }
    M::visit(&mut Changed::<M, _>(delta, found));
}

/// The fields that differ.
pub(crate) fn changed_fields<M: Model>(delta: &M::Delta) -> Vec<FieldInfo> {
    let mut fields = Vec::new();
    visit_changed::<M>(delta, |field| fields.push(field));
    fields
}

/// Whether any field differs.
pub(super) fn is_changed<M: Model>(delta: &M::Delta) -> bool {
    let mut any = false;
    visit_changed::<M>(delta, |_| any = true);
    any
}
