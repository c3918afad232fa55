//! What a write holds beside its values, and may be the last to hold: dropped once its turn has ended, as it is the
//! program's.

use std::{any::Any, panic::resume_unwind, sync::Arc};

use crate::{
    change::{Commit, CurrentGuards, DerivationList},
    model::Stores,
    watch::Watchers,
};

/// See the module.
pub(super) struct LeftOver<S: Stores> {
    /// Those that were asked, and may have been taken away meanwhile.
    pub(super) guards: Option<CurrentGuards<S>>,
    /// Those that were computed, as well.
    pub(super) derivations: Option<DerivationList<S>>,
    merged: Option<Box<Merged<S>>>,
}

/// What is left of merging past the bound of the queue.
struct Merged<S: Stores> {
    replaced: Vec<Arc<Commit<S>>>,
    /// What merging the last of these panicked with.
    panic: Option<Box<dyn Any + Send>>,
}

impl<S: Stores> LeftOver<S> {
    #[inline]
    pub(super) fn nothing() -> Self {
        Self {
            guards: None,
            derivations: None,
            merged: None,
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        // All at once: a branch for each takes longer.
        self.guards.is_none() & self.derivations.is_none() & self.merged.is_none()
    }

    /// Merges what is past the bound of the queue, in the writers' turn.
    #[cold]
    pub(super) fn merge(&mut self, watchers: &Watchers<S>) {
        let mut replaced = Vec::new();
        let panic = watchers.merge_past_bound(&mut replaced).err();
        self.merged = Some(Box::new(Merged { replaced, panic }));
    }

    /// Drops all there is; if that panics, or merging did, all until there.
    #[cold]
    pub(super) fn clear(&mut self) {
        self.guards = None;
        self.derivations = None;
        if let Some(merged) = &mut self.merged {
            if let Some(panic) = merged.panic.take() {
                resume_unwind(panic);
            }
            while let Some(commit) = merged.replaced.pop() {
                drop(commit);
            }
        }
        self.merged = None;
    }
}
