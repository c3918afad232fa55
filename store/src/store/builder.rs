//! Settings of a new store.

use std::{fmt, sync::Arc};

use super::{Inner, Store};
use crate::{
    change::{Derivations, Guards},
    model::Stores,
    state::Truth,
    sync::Published,
    watch::{PanicHook, PanicReport, Watchers},
};

/// Settings of a new [`Store`].
pub struct StoreBuilder<S> {
    initial: Option<S>,
    panic_hook: Option<PanicHook>,
    chain_limit: u32,
    queue_bound: usize,
}

impl<S: Stores> StoreBuilder<S> {
    pub(super) fn new() -> Self {
        Self {
            initial: None,
            panic_hook: None,
            chain_limit: 100,
            queue_bound: 1024,
        }
    }

    /// Starts from these values instead of the defaults. A reset still goes back to the defaults.
    ///
    /// Derived fields are computed from these values, whatever is given for them.
    #[must_use]
    pub fn initial(self, initial: S) -> Self {
        Self {
            initial: Some(initial),
            ..self
        }
    }

    /// Calls `hook` when a callback panics, or the function of a derived field or value; also an
    /// executor, an inbox's hook or a clock that a watcher uses, in that watcher's name. The panic is
    /// reported to `tracing` in any case.
    #[must_use]
    pub fn on_panic(self, hook: impl Fn(&PanicReport) + Send + Sync + 'static) -> Self {
        Self {
            panic_hook: Some(Arc::new(hook)),
            ..self
        }
    }

    /// How many writes may follow from one, each made by a watcher of the one before, until the
    /// chain is stopped with an error. 100 if not set.
    #[must_use]
    pub fn chain_limit(self, writes: u32) -> Self {
        Self {
            chain_limit: writes,
            ..self
        }
    }

    /// How many commits may wait to be told one by one; more are merged. 1024 if not set.
    #[must_use]
    pub fn queue_bound(self, commits: usize) -> Self {
        Self {
            queue_bound: commits,
            ..self
        }
    }

    /// Makes the store.
    ///
    /// # Panics
    ///
    /// If a default, or the function of a derived field, panics at the first values.
    #[must_use]
    pub fn build(self) -> Store<S> {
        Store(Arc::new(Inner {
            truth: Published::new(self.initial.map_or_else(Truth::with_defaults, Truth::new)),
            guards: Guards::new(),
            derivations: Derivations::new(),
            watchers: Watchers::new(self.queue_bound, self.panic_hook),
            chain_limit: self.chain_limit,
        }))
    }
}

impl<S> fmt::Debug for StoreBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreBuilder")
            .field("chain_limit", &self.chain_limit)
            .field("queue_bound", &self.queue_bound)
            .finish_non_exhaustive()
    }
}
