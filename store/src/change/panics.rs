//! What of the program panicked, where the store goes on without it.

use std::{any::Any, fmt, panic::Location};

use crate::cause::Revision;

/// What panicked, as a [`PanicReport`](crate::PanicReport) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PanicSource {
    /// The callback of the watcher that was registered at this source line.
    Callback(&'static Location<'static>),
    /// The function of a derived field, which keeps its last value.
    DerivedField {
        /// The text name of the store.
        store: &'static str,
        /// The text name of the field.
        field: &'static str,
    },
    /// The function of the value that was derived at this source line, which stays as it was.
    DerivedValue(&'static Location<'static>),
}

impl fmt::Display for PanicSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Callback(at) => write!(f, "the watcher at {at}"),
            Self::DerivedField { store, field } => write!(f, "the derived field `{store}.{field}`"),
            Self::DerivedValue(at) => write!(f, "the derived value of {at}"),
        }
    }
}

/// The function of a derived field or value panicked.
pub(crate) struct DerivationPanic {
    pub(crate) by: PanicSource,
    /// The commit that went on without it.
    pub(crate) revision: Revision,
    pub(crate) payload: Box<dyn Any + Send>,
}
