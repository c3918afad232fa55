//! The newest committed state and its revision.

use std::sync::Arc;

use super::{Snapshot, SnapshotAll, Values};
use crate::{
    cause::Revision,
    model::{Field, Heads, Holds, MakeEach, MakeField, Model, Stores},
};

/// The newest committed state of every named store.
pub(crate) struct Truth<S: Stores> {
    pub(crate) heads: S::Each<Heads>,
    /// What was derived from these heads at run time.
    pub(crate) values: Values,
    pub(crate) revision: Revision,
}

impl<S: Stores> Truth<S> {
    pub(crate) fn new(initial: S) -> Self {
        Self {
            heads: initial.into_heads(),
            values: Values::default(),
            revision: 0,
        }
    }

    pub(crate) fn with_defaults() -> Self {
        Self {
            heads: S::each::<Heads>(&mut Defaults),
            values: Values::default(),
            revision: 0,
        }
    }

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

/// Makes every field with its default.
struct Defaults;

impl<M: Model> MakeField<M> for Defaults {
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) -> T {
        field.default_value()
    }
}

impl<S: Stores> MakeEach<S, Heads> for Defaults {
    fn make<M: Model>(&mut self) -> Arc<M>
    where
        S: Holds<M>,
    {
        Arc::new(M::make(&mut Defaults))
    }
}
