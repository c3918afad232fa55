//! Single values that a stage depends on beside its rows, such as a search text.

use std::{fmt, ops::Range};

use super::{
    stage::When,
    versions::Versions,
    watch::{Reading, Reads, Visit},
};
use crate::{
    change::FieldPlace,
    model::{Field, Holds, Model, Stores},
    watch::Moment,
};

/// A single value that a stage depends on, and what it was before the last step.
///
/// A [`Field`] becomes one by [`IntoInput`].
pub trait Input {
    /// The type of the value.
    type Value;

    #[doc(hidden)]
    fn at(&self, when: When) -> &Self::Value;

    /// Whether the last step may have changed it.
    #[doc(hidden)]
    fn is_changed(&self) -> bool;
}

/// What can be given to a stage as a single value: a [`Field`] of any named store, whose every change counts, or a
/// range that stays as it is.
#[diagnostic::on_unimplemented(
    message = "a live view cannot depend on `{Self}`",
    label = "is neither a field nor a range of indexes",
    note = "give the key of a field, such as `Ui::SEARCH`; what never changes can be captured by the function"
)]
pub trait IntoInput {
    /// What it becomes.
    type Input: Input<Value = Self::Value>;
    /// The type of the value.
    type Value;

    #[doc(hidden)]
    fn into_input(self) -> Self::Input;
}

/// A field as a single value.
pub struct FieldInput<M: Model, T: 'static> {
    field: Field<M, T>,
    /// What a new store has, until a moment has been noted.
    value: Versions<T>,
}

impl<M: Model, T: 'static> IntoInput for Field<M, T> {
    type Input = FieldInput<M, T>;
    type Value = T;

    fn into_input(self) -> FieldInput<M, T> {
        FieldInput {
            field: self,
            value: Versions::new(self.default_value()),
        }
    }
}

impl<M: Model, T: 'static> Input for FieldInput<M, T> {
    type Value = T;

    fn at(&self, when: When) -> &T {
        self.value.at(when)
    }

    fn is_changed(&self) -> bool {
        self.value.is_changed()
    }
}

impl<S: Holds<M>, M: Model, T: Clone + 'static> Reading<S> for FieldInput<M, T> {
    fn note(&mut self, moment: &Moment<'_, S>) -> bool {
        self.value.keep();
        let Some(change) = moment.noted(self.field) else {
            return false;
        };
        let (now, new) = (self.value.at(When::Now), change.value());
        let differs = change.is_initial() || !self.field.same().holds(now, new);
        if differs {
            self.value.set(new.clone());
        }
        differs
    }
}

impl<S: Holds<M>, M: Model, T: Clone + 'static> Reads<S> for FieldInput<M, T> {
    fn places(&self, found: &mut Vec<FieldPlace>) {
        found.push(FieldPlace::of::<S, M, T>(self.field));
    }

    fn readings(&mut self, visit: Visit<'_, S>) {
        visit(self);
    }
}

impl<M: Model, T: 'static> fmt::Debug for FieldInput<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.field, f)
    }
}

impl IntoInput for Range<usize> {
    type Input = Self;
    type Value = Self;

    fn into_input(self) -> Self {
        self
    }
}

impl Input for Range<usize> {
    type Value = Self;

    fn at(&self, _when: When) -> &Self {
        self
    }

    fn is_changed(&self) -> bool {
        false
    }
}

impl<S: Stores> Reads<S> for Range<usize> {}
