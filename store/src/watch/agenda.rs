//! What waits to be told, in order.

use std::{collections::VecDeque, sync::Arc};

use super::{delivery::Pause, readers::Room, watching::Watching};
use crate::{change::Commit, model::Stores, state::Revision};

/// What waits to be told.
pub(super) enum Item<S: Stores> {
    Commit {
        commit: Arc<Commit<S>>,
        /// Places in queues, kept free until it has been told.
        room: Option<Room<S>>,
    },
    /// Many commits in one: those that came while the queue was full.
    Merged(Arc<Commit<S>>),
    /// A new watcher: what follows is told after its immediate call, and to it too.
    Join(Arc<Watching<S>>),
    /// A watcher hears again after one of its pauses, and first of what has come meanwhile.
    Resume(Arc<Watching<S>>, Pause),
    /// The store is gone.
    End,
}

impl<S: Stores> Item<S> {
    /// The first commit that it tells of.
    pub(super) fn first(&self) -> Option<Revision> {
        match self {
            Self::Commit { commit, .. } | Self::Merged(commit) => Some(commit.cause.first),
            Self::Resume(watching, _) => watching.delivery.oldest(),
            Self::Join(_) | Self::End => None,
        }
    }
}

/// What waits, and who has news for the thread that tells.
pub(super) struct Agenda<S: Stores> {
    pub(super) queue: VecDeque<Item<S>>,
    /// The new watchers whose immediate call is under way.
    pub(super) greeted: Vec<u64>,
    /// The watchers that have ended, paused, or heard enough of something.
    pub(super) news: Vec<Arc<Watching<S>>>,
}

/// The room that an empty queue may keep.
const SPARE: usize = 64;

impl<S: Stores> Agenda<S> {
    pub(super) fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            greeted: Vec::new(),
            news: Vec::new(),
        }
    }

    /// Whether the next can be told; a new watcher's turn comes after its immediate call.
    pub(super) fn is_due(&self) -> bool {
        match self.queue.front() {
            None => false,
            Some(Item::Join(watching)) => !self.greeted.contains(&watching.id()),
            Some(_) => true,
        }
    }

    /// Gives back what the queue took when it was longer, seldom enough for any number to come and go
    /// in linear time.
    #[inline]
    pub(super) fn give_memory_back(&mut self) {
        let (len, room) = (self.queue.len(), self.queue.capacity());
        if room > SPARE && len * 4 < room {
            self.queue.shrink_to(SPARE.max(len * 2));
        }
    }

    /// The last two in the queue, if the last is a commit and is to be merged into the one before it;
    /// if it is the first to be merged, the next will be merged into it.
    pub(super) fn past_bound(&mut self) -> Option<[Arc<Commit<S>>; 2]> {
        let last = self.queue.len().checked_sub(1)?;
        // Who has waited for room is told by itself: there is no more of these than there was room.
        let Item::Commit { commit, room: None } = &self.queue[last] else {
            return None;
        };
        let commit = Arc::clone(commit);
        if let Some(Item::Merged(first)) = last.checked_sub(1).map(|before| &self.queue[before]) {
            return Some([Arc::clone(first), commit]);
        }
        self.queue[last] = Item::Merged(commit);
        None
    }

    /// Puts what two were merged to in their place, if they are still the last.
    pub(super) fn merge(&mut self, two: [&Arc<Commit<S>>; 2], merged: Arc<Commit<S>>) {
        let last = self.queue.len().wrapping_sub(1);
        if let Some(Item::Commit { commit, .. }) = self.queue.get(last)
            && Arc::ptr_eq(commit, two[1])
            && let Some(Item::Merged(first)) = self.queue.get_mut(last.wrapping_sub(1))
            && Arc::ptr_eq(first, two[0])
        {
            *first = merged;
            self.queue.pop_back();
        }
    }

    /// Takes out the last of the queue that nobody waits for any more: watchers that came and went.
    /// To be dropped with no lock held.
    pub(super) fn take_idle(&mut self) -> Vec<Item<S>> {
        let is_idle = |item: &mut Item<S>| matches!(item, Item::Join(watching) if watching.is_ended() && !self.greeted.contains(&watching.id()));
        let mut idle = Vec::new();
        while let Some(item) = self.queue.pop_back_if(is_idle) {
            idle.push(item);
        }
        idle
    }
}
