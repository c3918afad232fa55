//! Where a field or a value derived at run time is found.

use super::ValueId;
use crate::model::{Field, Holds, Model};

/// Where a field is: which named store in its set, and which field in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldPlace {
    pub(crate) store: usize,
    pub(crate) field: usize,
}

/// Where values are that were derived at run time; each is a field there, by its id.
const DERIVED: usize = usize::MAX;

impl FieldPlace {
    pub(crate) fn of<S: Holds<M>, M: Model, T>(field: Field<M, T>) -> Self {
        Self {
            store: S::INDEX,
            field: field.info().index,
        }
    }

    pub(crate) const fn derived(id: ValueId) -> Self {
        Self {
            store: DERIVED,
            field: id,
        }
    }

    /// Which value it is the place of, if it was derived at run time.
    pub(crate) fn value(self) -> Option<ValueId> {
        (self.store == DERIVED).then_some(self.field)
    }
}
