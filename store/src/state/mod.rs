//! What is true: the newest committed state of every named store, and snapshots of it.

mod snapshot;
mod truth;

pub use self::snapshot::{Revision, Snapshot, SnapshotAll};
pub(crate) use self::truth::Truth;
