//! The error of a diff applied where it does not belong.

use std::fmt::Debug;

/// Says why a diff could not be applied.
///
/// A diff only fits a collection equal, at every place the diff touches, to the one it was made from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot apply change {change} of the diff: {reason}")]
pub struct DiffMismatch {
    change: usize,
    reason: String,
}

impl DiffMismatch {
    pub(crate) fn key(change: usize, key: &impl Debug, reason: &str) -> Self {
        Self {
            change,
            reason: format!("key {key:?} {reason}"),
        }
    }

    pub(crate) fn list(change: usize, reason: String) -> Self {
        Self { change, reason }
    }

    /// Returns the position, counted from zero, of the first change that did not fit.
    pub fn change(&self) -> usize {
        self.change
    }
}
