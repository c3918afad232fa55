//! What a callback is told of, and what a watch of one field or store takes from it.

use std::sync::Arc;

use super::change::{Change, StoreChange};
use crate::{
    change::{Cause, Commit},
    model::{Field, Holds, Model, StoreName, Stores},
    same,
    state::{SnapshotAll, ValueId},
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
    /// A commit, and how it is shared if somebody may keep it.
    Commit(&'a Commit<S>, Option<&'a Arc<Commit<S>>>),
    /// A commit of an origin that the watcher does not hear: take note of it, call nobody.
    Ignored(&'a Commit<S>),
}

impl<'a, S: Stores> Moment<'a, S> {
    pub(crate) fn of(commit: &'a Arc<Commit<S>>, ignored: bool) -> Self {
        if ignored {
            Self::Ignored(commit)
        } else {
            Self::Commit(commit, Some(commit))
        }
    }

    pub(crate) fn cause(&self) -> &'a Cause {
        match self {
            Self::Current { cause, .. } => cause,
            Self::Commit(commit, _) | Self::Ignored(commit) => &commit.cause,
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
            } => {
                let value = field.get(&all[StoreName::<M>::new()]);
                Some(Change::initial(value, cause))
            }
            Self::Commit(commit, _) => Change::of(field, commit),
            Self::Current { .. } | Self::Ignored(_) => None,
        }
    }

    /// What a field is, or has become, whether anybody is to be called or not; it may be what it
    /// was.
    #[inline]
    pub(crate) fn noted<M: Model, T>(&self, field: Field<M, T>) -> Option<Change<'a, T>>
    where
        S: Holds<M>,
    {
        match *self {
            Self::Current { all, cause, .. } => Some(Change::initial(
                field.get(&all[StoreName::<M>::new()]),
                cause,
            )),
            Self::Commit(commit, _) | Self::Ignored(commit) => {
                Change::of(field, commit).or_else(|| Change::unheard_of(field, commit))
            }
        }
    }

    /// Whether somebody is to be called.
    pub(crate) fn is_heard(&self) -> bool {
        match self {
            Self::Current { silent, .. } => !silent,
            Self::Commit(..) => true,
            Self::Ignored(_) => false,
        }
    }

    /// What a watcher of one named store is called with, if it is called.
    pub(super) fn store_change<M: Model>(&self, name: StoreName<M>) -> Option<StoreChange<'a, M>>
    where
        S: Holds<M>,
    {
        match *self {
            Self::Current {
                all,
                cause,
                silent: false,
            } => Some(StoreChange::initial(all.shared(name), cause)),
            Self::Commit(commit, _) => {
                let part = commit.part::<M>()?;
                Some(StoreChange::told(part, &commit.cause))
            }
            Self::Current { .. } | Self::Ignored(_) => None,
        }
    }

    /// A named store as it is, or as it has become, whether anybody is to be called or not.
    pub(super) fn state<M: Model>(&self, name: StoreName<M>) -> Option<&'a M>
    where
        S: Holds<M>,
    {
        match *self {
            Self::Current { all, .. } => Some(&all[name]),
            Self::Commit(commit, _) | Self::Ignored(commit) => {
                commit.part::<M>().map(|part| &*part.after)
            }
        }
    }

    /// A named store as it was when a commit was not heard, if that is told with others as one.
    pub(super) fn unheard<M: Model>(&self, _name: StoreName<M>) -> Option<&'a M>
    where
        S: Holds<M>,
    {
        match *self {
            Self::Commit(commit, _) => Some(&commit.part::<M>()?.unheard.as_ref()?.after),
            Self::Current { .. } | Self::Ignored(_) => None,
        }
    }

    /// What a watcher of a value derived at run time is called with, if it is called.
    pub(crate) fn derived_change<T: PartialEq + 'static>(
        &self,
        id: ValueId,
    ) -> Option<Change<'a, T>> {
        let commit = match *self {
            _ if !self.is_heard() => return None,
            Self::Current { all, .. } => {
                let value = all.value(id)?.downcast_ref()?;
                return Some(Change::initial(value, self.cause()));
            }
            Self::Commit(commit, _) | Self::Ignored(commit) => commit,
        };
        let change = commit.value(id)?;
        let new = change.new.downcast_ref()?;
        let unheard = change
            .unheard
            .as_ref()
            .and_then(|value| value.downcast_ref());
        let is_new = |known: &T| same::by_value(known, new);
        let old = change
            .differs
            .known(change.old.downcast_ref(), unheard, is_new)?;
        Some(Change::new(new, Some(old), None, self.cause()))
    }

    /// Whether a store that is begun to be watched does not know a value derived at run time.
    pub(crate) fn lacks(&self, id: ValueId) -> bool {
        matches!(self, Self::Current { all, .. } if all.value(id).is_none())
    }

    /// The commit that is to be told, to be kept.
    pub(super) fn shared(&self) -> Option<&'a Arc<Commit<S>>> {
        match *self {
            Self::Commit(_, shared) => shared,
            Self::Current { .. } | Self::Ignored(_) => None,
        }
    }
}
