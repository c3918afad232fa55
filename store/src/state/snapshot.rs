//! Immutable views of one moment.

use std::{
    fmt,
    ops::{Deref, Index},
    sync::Arc,
};

use super::{Value, ValueId, Values};
use crate::{
    cause::Revision,
    model::{Heads, Holds, Model, StoreName, Stores},
    sync::assert_unlocked,
};

/// One named store at one moment: reads as the plain struct, and never changes.
///
/// Taking one costs a reference count, whatever the size of the store, and so does cloning it.
/// While a snapshot is kept, the next write to its named store copies that struct once (fields
/// are cloned; collections share their structure).
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// let store = store::Store::<Counter>::new();
/// let before = store.snapshot(COUNTER);
/// store.update(COUNTER, |counter| counter.clicks.set(7));
/// assert_eq!((before.clicks, before.revision()), (0, 0));
/// assert_eq!(store.snapshot(COUNTER).clicks, 7);
/// ```
pub struct Snapshot<M> {
    state: Arc<M>,
    revision: Revision,
}

impl<M> Snapshot<M> {
    #[inline]
    pub(crate) fn new(state: Arc<M>, revision: Revision) -> Self {
        Self { state, revision }
    }

    /// The newest commit of the whole store that this snapshot shows.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Whether both show the very same state, without comparing it.
    ///
    /// `false` says nothing: the states may still be equal.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.state, &other.state)
    }
}

impl<M> Clone for Snapshot<M> {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            revision: self.revision,
        }
    }
}

impl<M> Deref for Snapshot<M> {
    type Target = M;

    #[inline]
    fn deref(&self) -> &M {
        &self.state
    }
}

impl<M: fmt::Debug> fmt::Debug for Snapshot<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        assert_unlocked();
        f.debug_struct("Snapshot")
            .field("revision", &self.revision)
            .field("state", &self.state)
            .finish()
    }
}

/// As the struct itself; the revision is one of a running store, and is not written.
///
/// # Examples
///
/// ```
/// #[derive(store::Model, serde::Serialize)]
/// pub struct Counter { pub clicks: u32 }
///
/// let store = store::Store::<Counter>::new();
/// let written = serde_json::to_string(&store.snapshot(COUNTER)).unwrap();
/// assert_eq!(written, r#"{"clicks":0}"#);
/// ```
#[cfg(feature = "serde")]
impl<M: serde::Serialize> serde::Serialize for Snapshot<M> {
    fn serialize<T: serde::Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        assert_unlocked();
        self.state.as_ref().serialize(serializer)
    }
}

/// Every named store at one moment, indexed by name.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// let store = store::Store::<Counter>::new();
/// assert_eq!(store.snapshot_all()[COUNTER].clicks, 0);
/// ```
pub struct SnapshotAll<S: Stores> {
    heads: S::Each<Heads>,
    values: Values,
    revision: Revision,
}

impl<S: Stores> SnapshotAll<S> {
    pub(crate) fn new(heads: S::Each<Heads>, values: Values, revision: Revision) -> Self {
        Self {
            heads,
            values,
            revision,
        }
    }

    /// A value that was derived at run time.
    pub(crate) fn value(&self, id: ValueId) -> Option<&Value> {
        self.values.get(id)
    }

    /// The newest commit that this snapshot shows.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// One named store, as it is shared.
    pub(crate) fn shared<M: Model>(&self, _name: StoreName<M>) -> &Arc<M>
    where
        S: Holds<M>,
    {
        S::of::<Heads>(&self.heads)
    }

    /// One named store of this moment.
    #[must_use]
    pub fn of<M: Model>(&self, _name: StoreName<M>) -> Snapshot<M>
    where
        S: Holds<M>,
    {
        Snapshot::new(Arc::clone(S::of::<Heads>(&self.heads)), self.revision)
    }
}

impl<S: Holds<M>, M: Model> Index<StoreName<M>> for SnapshotAll<S> {
    type Output = M;

    fn index(&self, _name: StoreName<M>) -> &M {
        S::of::<Heads>(&self.heads)
    }
}

impl<S: Stores> fmt::Debug for SnapshotAll<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotAll")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}
