//! Values derived at run time: computed inside the write, from what it staged, before the truth
//! moves.

use std::{any::Any, sync::Arc};

use super::{FieldPlace, derive::After};
use crate::{
    model::Stores,
    state::{Value, ValueId, ValueKey},
    sync::{
        Caller, Mutex,
        atomic::{AtomicUsize, Ordering},
        let_go,
    },
};

/// How one value is computed from others.
pub(crate) trait Derivation<S: Stores>: Any + Send + Sync {
    /// The identity of the value.
    fn key(&self) -> &ValueKey;

    /// The source line that made it.
    fn at(&self) -> Caller;

    /// What it is computed from.
    fn inputs(&self) -> &[FieldPlace];

    /// Computes it. Runs code of the program's.
    fn compute(&self, after: &After<'_, S>) -> Value;

    /// Whether two of its values count as the same.
    fn same(&self, old: &Value, new: &Value) -> bool;
}

/// Derivations of one moment, each after those it is computed from.
pub(crate) type DerivationList<S> = Arc<Vec<Arc<dyn Derivation<S>>>>;

/// The derivations of a store, each after those it is computed from: it could not be made before.
pub(crate) struct Derivations<S: Stores> {
    list: Mutex<DerivationList<S>>,
    /// How many there are or were, so that a write without any need not look.
    count: AtomicUsize,
}

impl<S: Stores> Derivations<S> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            list: Mutex::default(),
            count: AtomicUsize::new(0),
        })
    }

    /// Adds one. Called in the writers' turn, so that each commit knows those made before it. Hands
    /// out those, to be dropped once the turn has ended: one may be taken out meanwhile.
    #[must_use]
    pub(crate) fn add(&self, derivation: Arc<dyn Derivation<S>>) -> DerivationList<S> {
        let mut list = self.list.lock();
        let all = list.iter().map(Arc::clone).chain([derivation]);
        let all = all.collect::<Vec<_>>();
        self.count.store(all.len(), Ordering::SeqCst);
        std::mem::replace(&mut *list, Arc::new(all))
    }

    /// Takes one out; its value goes with the next commit.
    pub(crate) fn remove(&self, id: ValueId) {
        let before = {
            let mut list = self.list.lock();
            let kept = list.iter().filter(|derivation| derivation.key().id() != id);
            let kept = kept.map(Arc::clone).collect();
            std::mem::replace(&mut *list, Arc::new(kept))
        };
        // It may own anything, so it is dropped with no lock held.
        let_go(before);
    }

    /// Those there are now, if there are or were any. To be dropped with no lock held, as it may be the
    /// last to hold one that was taken out meanwhile.
    #[inline]
    pub(crate) fn current(&self) -> Option<DerivationList<S>> {
        let any = self.count.load(Ordering::SeqCst) > 0;
        any.then(|| Arc::clone(&self.list.lock()))
    }
}
