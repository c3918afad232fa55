//! What generated code may call. Not part of the public API.

pub use std::sync::Arc;

use crate::{
    cause::CREATION,
    model::{Field, Model, with_defaults},
    watch::Change,
};
pub use crate::{
    field_parts,
    model::{
        Delta, DraftMut, Drafts, Family, FieldDerivation, FieldInputs, FieldParts, Heads, MakeEach,
        MakeField, Rule, Same, VisitDerived, VisitEach, VisitField,
    },
    watch::{Apart, FieldWatch, Moment, Registration, Told},
};

/// What the type of any field is.
pub trait FieldValue: Clone + Send + Sync + 'static {}

impl<T: Clone + Send + Sync + 'static> FieldValue for T {}

/// What a field needs when no `#[model(default = …)]` gives it a default.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default value for a new store to start with",
    label = "is not `Default`",
    note = "derive `Default` for `{Self}`, or write `#[model(default = …)]` above the field"
)]
pub trait FieldDefault: Sized {
    fn field_default() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> FieldDefault for T {
    fn field_default() -> Self {
        T::default()
    }
}

/// The default of a field that is given none.
#[must_use]
pub fn default_value<T: FieldDefault>() -> T {
    T::field_default()
}

/// Whether a write changed an input of a derived field.
#[inline]
pub fn is_changed<M: Model, T>(input: Field<M, T>, delta: &M::Delta) -> bool {
    input.delta(delta).is_changed()
}

/// An input, as a derived field gets it.
#[inline]
#[must_use]
pub fn input<'a, M: Model, T>(input: Field<M, T>, inputs: &FieldInputs<'a, M>) -> &'a T {
    inputs.get(input)
}

/// An input, as a folded field gets it.
#[inline]
#[must_use]
pub fn change<'a, M: Model, T>(input: Field<M, T>, inputs: &FieldInputs<'a, M>) -> Change<'a, T> {
    Change::of_input(input, inputs)
}

/// An input, as a folded field gets it when a store is made.
#[must_use]
pub fn initial<T>(input: &T) -> Change<'_, T> {
    Change::initial(input, &CREATION)
}

/// The default of a derived field: its value among the defaults of all.
#[must_use]
pub fn derived_default<M: Model, T: Clone>(field: Field<M, T>) -> T {
    field.get(&with_defaults::<M>()).clone()
}

/// Whether no store before has this text name.
#[must_use]
pub const fn is_new(before: &[&str], name: &str) -> bool {
    let mut index = 0;
    while index < before.len() {
        if equal(before[index].as_bytes(), name.as_bytes()) {
            return false;
        }
        index += 1;
    }
    true
}

const fn equal(left: &[u8], right: &[u8]) -> bool {
    let mut index = 0;
    while index < left.len() && index < right.len() && left[index] == right[index] {
        index += 1;
    }
    index == left.len() && index == right.len()
}

/// The parts of a field. Given its type, finds the text form if the type has one.
#[cfg(feature = "text")]
#[doc(hidden)]
#[macro_export]
macro_rules! field_parts {
    (; $($part:ident: $value:expr),* $(,)?) => {
        $crate::__private::FieldParts { $($part: $value,)* text: ::core::option::Option::None }
    };
    ($ty:ty; $($part:ident: $value:expr),* $(,)?) => {
        $crate::__private::FieldParts {
            $($part: $value,)*
            text: {
                #[allow(unused_imports)] // Needed by types without serde only.
                use $crate::__private::NoTextForm as _;
                $crate::__private::TextFormOf::<$ty>::STORE_TEXT_FORM
            },
        }
    };
}

/// The parts of a field.
#[cfg(not(feature = "text"))]
#[doc(hidden)]
#[macro_export]
macro_rules! field_parts {
    ($($ty:ty)?; $($part:ident: $value:expr),* $(,)?) => {
        $crate::__private::FieldParts { $($part: $value,)* }
    };
}

#[cfg(feature = "text")]
pub use self::text_form::{NoTextForm, TextFormOf};
#[cfg(feature = "text")]
pub use crate::json::TextForm;

/// Finds out whether a field's type goes through serde: if so, the inherent constant wins over
/// the one of the trait.
#[cfg(feature = "text")]
mod text_form {
    use std::marker::PhantomData;

    use serde::{Serialize, de::DeserializeOwned};

    use crate::json::TextForm;

    pub struct TextFormOf<T>(PhantomData<T>);

    impl<T: Serialize + DeserializeOwned> TextFormOf<T> {
        pub const STORE_TEXT_FORM: Option<TextForm<T>> = Some(TextForm::new());
    }

    pub trait NoTextForm {
        type Value;
        const STORE_TEXT_FORM: Option<TextForm<Self::Value>> = None;
    }

    impl<T> NoTextForm for TextFormOf<T> {
        type Value = T;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_new_unless_it_stands_before() {
        assert!(is_new(&[], "user"));
        assert!(is_new(&["user", "users"], "use"));
        assert!(!is_new(&["contact", "user"], "user"));
    }

    #[cfg(feature = "text")]
    #[test]
    fn s6_a_type_has_a_text_form_if_it_goes_through_serde() {
        struct Opaque;
        assert!(TextFormOf::<Vec<String>>::STORE_TEXT_FORM.is_some());
        assert!(TextFormOf::<Opaque>::STORE_TEXT_FORM.is_none());
        assert!(TextFormOf::<Vec<Opaque>>::STORE_TEXT_FORM.is_none());
    }
}
