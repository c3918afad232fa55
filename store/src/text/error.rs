//! Why text access did not do what it was asked.

use crate::change::WriteError;

/// Why text access did not do what it was asked. Nothing was read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// No named store is called so.
    #[error("there is no store `{store}`; there are: {}", known.join(", "))]
    UnknownStore {
        /// What was asked for.
        store: String,
        /// The stores there are.
        known: Vec<&'static str>,
    },
    /// No field of the store is called so, and the store takes no run-time keys.
    #[error("store `{store}` has no field `{field}` and allows no run-time keys; its fields are: {}", known.join(", "))]
    UnknownField {
        /// The store.
        store: &'static str,
        /// What was asked for.
        field: String,
        /// The fields there are.
        known: Vec<&'static str>,
    },
    /// The field's type does not go through serde.
    #[error(
        "field `{store}.{field}` has no text form: its type `{type_name}` does not implement Serialize and Deserialize"
    )]
    NoTextForm {
        /// The store.
        store: &'static str,
        /// The field.
        field: &'static str,
        /// The field's Rust type.
        type_name: &'static str,
    },
    /// The field is computed from others, so it can be neither written nor reset.
    #[error(
        "cannot write `{store}.{field}`: it is derived from `{}`, write that",
        inputs.join("` and `")
    )]
    Derived {
        /// The store.
        store: &'static str,
        /// The field.
        field: &'static str,
        /// What it is derived from.
        inputs: &'static [&'static str],
    },
    /// The value is not one of the field's type.
    #[error("cannot write `{store}.{field}`: the value is not a `{type_name}`")]
    WrongType {
        /// The store.
        store: &'static str,
        /// The field.
        field: &'static str,
        /// The field's Rust type.
        type_name: &'static str,
        /// What serde says.
        #[source]
        source: serde_json::Error,
    },
    /// The field's value cannot be told as JSON.
    #[error("cannot read `{store}.{field}` as JSON")]
    Unreadable {
        /// The store.
        store: &'static str,
        /// The field.
        field: &'static str,
        /// What serde says.
        #[source]
        source: serde_json::Error,
    },
    /// The write was refused, by a guard or because of where it was begun.
    #[error("cannot write `{store}.{field}`")]
    Write {
        /// The store.
        store: &'static str,
        /// The field or run-time key.
        field: String,
        /// The reason.
        #[source]
        source: WriteError,
    },
}
