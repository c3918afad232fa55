//! The newest committed state and its revision.

use std::sync::Arc;

use super::{FieldPlace, Snapshot, SnapshotAll, Values};
use crate::{
    cause::Revision,
    model::{Heads, Holds, MakeEach, Model, Stores, VisitEach, derive_all, with_defaults},
};

/// The newest committed state of every named store.
pub(crate) struct Truth<S: Stores> {
    pub(crate) heads: S::Each<Heads>,
    /// What was derived from these heads at run time.
    pub(crate) values: Values,
    pub(crate) revision: Revision,
    /// The folded fields whose value does not hold all that happened: they are to start anew.
    pub(crate) behind: Vec<FieldPlace>,
}

impl<S: Stores> Truth<S> {
    /// Starts from these values; derived fields are computed, whatever was given for them.
    pub(crate) fn new(initial: S) -> Self {
        let mut heads = initial.into_heads();
        S::visit(&mut DeriveAll::<S>(&mut heads));
        Self::starting(heads)
    }

    pub(crate) fn with_defaults() -> Self {
        Self::starting(S::each::<Heads>(&mut Defaults))
    }

    fn starting(heads: S::Each<Heads>) -> Self {
        Self {
            heads,
            values: Values::default(),
            revision: 0,
            behind: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn snapshot<M: Model>(&self) -> Snapshot<M>
    where
        S: Holds<M>,
    {
        Snapshot::new(Arc::clone(S::of::<Heads>(&self.heads)), self.revision)
    }

    pub(crate) fn snapshot_all(&self) -> SnapshotAll<S> {
        let heads = clone_heads::<S>(&self.heads);
        SnapshotAll::new(heads, self.values.clone(), self.revision)
    }
}

/// One reference count for each named store.
fn clone_heads<S: Stores>(heads: &S::Each<Heads>) -> S::Each<Heads> {
    struct Clones<'a, S: Stores>(&'a S::Each<Heads>);
    impl<S: Stores> MakeEach<S, Heads> for Clones<'_, S> {
        fn make<M: Model>(&mut self) -> Arc<M>
        where
            S: Holds<M>,
        {
            Arc::clone(S::of::<Heads>(self.0))
        }
    }
    S::each::<Heads>(&mut Clones::<S>(heads))
}

/// Computes the derived fields of heads that nobody else holds yet.
struct DeriveAll<'a, S: Stores>(&'a mut S::Each<Heads>);

impl<S: Stores> VisitEach<S> for DeriveAll<'_, S> {
    fn visit<M: Model>(&mut self)
    where
        S: Holds<M>,
    {
        if let Some(head) = Arc::get_mut(S::of_mut::<Heads>(self.0)) {
            derive_all(head);
        }
    }
}

/// Makes every named store with its defaults.
struct Defaults;

impl<S: Stores> MakeEach<S, Heads> for Defaults {
    fn make<M: Model>(&mut self) -> Arc<M>
    where
        S: Holds<M>,
    {
        Arc::new(with_defaults())
    }
}
