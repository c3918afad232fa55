//! Why a write was not made.

use std::{convert::Infallible, error::Error, fmt};

use crate::sync::Caller;

/// Why a write left no trace.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError<E = Infallible> {
    /// The write closure returned this error.
    #[error("the write closure gave up: {0}")]
    Aborted(E),
    /// A guard said no.
    #[error(transparent)]
    Refused(Refusal),
    /// The write was begun inside another write.
    #[error(transparent)]
    Nested(NestedWrite),
    /// The write was one more of a chain of watchers that answer each other.
    #[error(transparent)]
    Runaway(RunawayChain),
}

impl WriteError {
    /// The same, of a closure that has errors of its own.
    pub(crate) fn widen<E>(self) -> WriteError<E> {
        match self {
            Self::Aborted(never) => match never {},
            Self::Refused(refusal) => WriteError::Refused(refusal),
            Self::Nested(nested) => WriteError::Nested(nested),
            Self::Runaway(runaway) => WriteError::Runaway(runaway),
        }
    }
}

/// A guard refused a write.
#[derive(Debug, thiserror::Error)]
#[error(
    "a guard of store `{store}` (registered at {registered}) refused the write made at {write}"
)]
pub struct Refusal {
    pub(super) store: &'static str,
    pub(super) registered: Caller,
    pub(super) write: Caller,
    #[source]
    pub(super) cause: Box<dyn Error + Send + Sync>,
}

impl Refusal {
    /// The text name of the store whose guard refused.
    #[must_use]
    pub fn store(&self) -> &'static str {
        self.store
    }

    /// What the guard returned.
    #[must_use]
    pub fn cause(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.cause
    }
}

/// A write was begun inside a write closure, a guard, or the `Clone`, `PartialEq`, `Hash` or
/// `Ord` that runs for one.
#[derive(Clone, Copy, thiserror::Error)]
#[error(
    "the write at {inner} was begun inside the write closure of {outer}; write through the closure's argument, or use a transaction over both stores"
)]
pub struct NestedWrite {
    pub(crate) inner: Caller,
    pub(crate) outer: Caller,
}

impl fmt::Debug for NestedWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A chain of writes, each made by a watcher of the one before, reached its bound.
#[derive(Clone, Copy, thiserror::Error)]
#[error(
    "the watcher at {watcher} wrote (at {write}) at the end of a chain of {limit} writes, each made by a watcher of the one before; the chain stops here"
)]
pub struct RunawayChain {
    pub(crate) watcher: Caller,
    pub(crate) write: Caller,
    pub(crate) limit: u32,
}

impl RunawayChain {
    /// The source line of the watcher that wrote.
    #[must_use]
    pub fn watcher(&self) -> &'static std::panic::Location<'static> {
        self.watcher
    }
}

impl fmt::Debug for RunawayChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
