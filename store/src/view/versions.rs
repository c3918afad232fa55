//! What something is, and what it was before the last step.

use super::stage::When;

/// Something that may be another one after each step, and what it was before the last.
pub(super) struct Versions<T> {
    now: T,
    /// What it was, if the last step may have changed it.
    before: Option<T>,
}

impl<T> Versions<T> {
    pub(super) fn new(now: T) -> Self {
        Self { now, before: None }
    }

    pub(super) fn at(&self, when: When) -> &T {
        match (when, &self.before) {
            (When::Before, Some(before)) => before,
            _ => &self.now,
        }
    }

    /// Whether the last step may have changed it.
    pub(super) fn is_changed(&self) -> bool {
        self.before.is_some()
    }

    /// Takes a step that leaves it alone.
    pub(super) fn keep(&mut self) {
        self.before = None;
    }

    /// Takes a step that makes it another one.
    pub(super) fn set(&mut self, now: T) {
        self.before = Some(std::mem::replace(&mut self.now, now));
    }

    /// Makes as if it had been another one before.
    pub(super) fn set_before(&mut self, before: T) {
        self.before = Some(before);
    }
}
