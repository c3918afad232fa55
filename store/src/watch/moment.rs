//! What a callback is told of, and what a watch of one field or store takes from it.

use super::change::{Change, StoreChange};
use crate::{
    change::{Cause, Commit},
    model::{Field, Holds, Model, StoreName, Stores},
    state::SnapshotAll,
};

/// What a callback is told of.
#[doc(hidden)]
pub enum Moment<'a, S: Stores> {
    /// The state at the time of registration. `silent`: take note of it, call nobody.
    Current {
        all: &'a SnapshotAll<S>,
        cause: &'a Cause,
        silent: bool,
    },
    /// A commit.
    Commit(&'a Commit<S>),
    /// A commit of an origin that the watcher does not hear: take note of it, call nobody.
    Ignored(&'a Commit<S>),
}

impl<'a, S: Stores> Moment<'a, S> {
    pub(crate) fn cause(&self) -> &'a Cause {
        match self {
            Self::Current { cause, .. } => cause,
            Self::Commit(commit) | Self::Ignored(commit) => &commit.cause,
        }
    }

    /// What a watcher of one field is called with, if it is called.
    #[inline]
    pub(super) fn change<M: Model, T>(&self, field: Field<M, T>) -> Option<Change<'a, T>>
    where
        S: Holds<M>,
    {
        match *self {
            Self::Current {
                all,
                cause,
                silent: false,
            } => Some(Change::initial(
                field.get(&all[StoreName::<M>::new()]),
                cause,
            )),
            Self::Commit(commit) => Change::of(field, commit),
            Self::Current { .. } | Self::Ignored(_) => None,
        }
    }

    /// What one field is at registration, whether or not anybody is called, or its difference in a commit,
    /// heard or not.
    pub(crate) fn noted<M: Model, T>(&self, field: Field<M, T>) -> Option<Change<'a, T>>
    where
        S: Holds<M>,
    {
        match *self {
            Self::Current { all, cause, .. } => {
                let value = field.get(&all[StoreName::<M>::new()]);
                Some(Change::initial(value, cause))
            }
            Self::Commit(commit) | Self::Ignored(commit) => Change::of(field, commit),
        }
    }

    /// What a watcher of one named store is called with, if it is called.
    pub(super) fn store_change<M: Model>(&self) -> Option<StoreChange<'a, M>>
    where
        S: Holds<M>,
    {
        match *self {
            Self::Current {
                all,
                cause,
                silent: false,
            } => Some(StoreChange::initial(&all[StoreName::<M>::new()], cause)),
            Self::Commit(commit) => {
                let part = commit.part::<M>()?;
                Some(StoreChange::told(part, &commit.cause))
            }
            Self::Current { .. } | Self::Ignored(_) => None,
        }
    }
}
