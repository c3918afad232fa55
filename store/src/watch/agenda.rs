//! What waits to be told, in order, and to whom.

use std::{collections::VecDeque, sync::Arc};

use super::{
    readers::Room,
    registry::{Audience, Registry},
    watching::Watching,
};
use crate::{change::Commit, model::Stores, state::Revision};

/// What waits to be told.
pub(super) enum Item<S: Stores> {
    Commit(Addressed<S>),
    /// Many commits in one: those that came while the queue was full.
    Merged(Arc<Commit<S>>),
    /// A new watcher's immediate call is under way; what follows is told after it.
    Hold(u64),
    /// A watcher hears again after one of its pauses, and first of what has come meanwhile.
    Resume(Arc<Watching<S>>, u64),
    /// The store is gone.
    End,
}

/// A commit, and who may watch what it changed.
pub(super) struct Addressed<S: Stores> {
    pub(super) commit: Arc<Commit<S>>,
    pub(super) audience: Audience<S>,
    /// Places in queues, kept free until it has been told.
    pub(super) room: Option<Room<S>>,
}

impl<S: Stores> Item<S> {
    /// The first commit that it tells of.
    pub(super) fn first(&self) -> Option<Revision> {
        match self {
            Self::Commit(Addressed { commit, .. }) | Self::Merged(commit) => {
                Some(commit.cause.first)
            }
            Self::Resume(watching, _) => watching.delivery.oldest(),
            Self::Hold(_) | Self::End => None,
        }
    }
}

/// What waits, who tells it, and who watches what: all that the delivery lock guards.
pub(super) struct Waiting<S: Stores> {
    pub(super) queue: VecDeque<Item<S>>,
    /// Whether a thread is telling.
    pub(super) telling: bool,
    /// The first commit of what it tells.
    pub(super) in_hand: Option<Revision>,
    pub(super) open_holds: Vec<u64>,
    /// What the youngest watcher saw at once: it must not hear of that again, merged with more.
    pub(super) youngest: Revision,
    pub(super) registry: Registry<S>,
}

impl<S: Stores> Waiting<S> {
    pub(super) fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            telling: false,
            in_hand: None,
            open_holds: Vec::new(),
            youngest: 0,
            registry: Registry::new(),
        }
    }

    /// The last in the queue, if more can be merged into it.
    pub(super) fn last_merged(&mut self) -> Option<&mut Arc<Commit<S>>> {
        let youngest = self.youngest;
        match self.queue.back_mut() {
            Some(Item::Merged(commit)) if commit.cause.first > youngest => Some(commit),
            _ => None,
        }
    }
}
