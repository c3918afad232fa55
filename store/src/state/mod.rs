//! What is true: the newest committed state of every named store, and snapshots of it.

mod snapshot;
mod truth;
mod values;

pub use self::snapshot::{Revision, Snapshot, SnapshotAll};
pub(crate) use self::{
    truth::Truth,
    values::{Value, ValueId, ValueKey, Values},
};
