//! What a write holds beside its values, and may be the last to hold: dropped once its turn has ended, as it is the
//! program's.

use std::{any::Any, panic::resume_unwind, sync::Arc};

use crate::{
    change::{Commit, CurrentGuards, DerivationList},
    model::Stores,
};

/// See the module.
pub(super) struct LeftOver<S: Stores> {
    /// Those that were asked, and may have been taken away meanwhile.
    pub(super) guards: Option<CurrentGuards<S>>,
    /// Those that were computed, as well.
    pub(super) derivations: Option<DerivationList<S>>,
    /// What was merged past the bound of the queue.
    pub(super) merged: Vec<Arc<Commit<S>>>,
    /// What merging the last of these panicked with.
    pub(super) panic: Option<Box<dyn Any + Send>>,
}

impl<S: Stores> LeftOver<S> {
    #[inline]
    pub(super) fn nothing() -> Self {
        Self {
            guards: None,
            derivations: None,
            merged: Vec::new(),
            panic: None,
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.guards.is_none() && self.derivations.is_none() && self.merged.is_empty()
    }

    /// Drops all there is; if that panics, or merging did, all until there.
    pub(super) fn clear(&mut self) {
        if let Some(panic) = self.panic.take() {
            resume_unwind(panic);
        }
        self.guards = None;
        self.derivations = None;
        while let Some(commit) = self.merged.pop() {
            drop(commit);
        }
        self.merged = Vec::new();
    }
}
