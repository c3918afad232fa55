//! What is true: the newest committed state of every named store, and snapshots of it.

mod place;
mod snapshot;
mod truth;
mod values;

pub use self::snapshot::{Snapshot, SnapshotAll};
pub(crate) use self::{
    place::FieldPlace,
    truth::Truth,
    values::{Value, ValueId, ValueKey, Values},
};
pub(crate) use crate::cause::Revision;
