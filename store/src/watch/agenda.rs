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
    /// Whether there may be neighbours, not the last two, that came past the bound.
    has_gaps: bool,
}

/// The room that an empty queue may keep.
const SPARE: usize = 64;

impl<S: Stores> Agenda<S> {
    pub(super) fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            greeted: Vec::new(),
            news: Vec::new(),
            has_gaps: false,
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

    /// Two neighbours in the queue that came past the bound and are to be merged.
    pub(super) fn past_bound(&mut self) -> Option<[Arc<Commit<S>>; 2]> {
        // Who has waited for room is told by itself: there is no more of these than there was room.
        if let Some(Item::Commit { commit, room: None }) = self.queue.back() {
            let merged = Item::Merged(Arc::clone(commit));
            self.queue.pop_back();
            self.queue.push_back(merged);
        }
        let last = self.queue.len().checked_sub(1)?;
        let first = if self.has_gaps { 1 } else { last };
        let two = (first..=last).rev().find_map(|at| self.neighbours(at));
        self.has_gaps &= two.is_some();
        two
    }

    /// What is at a place and before it, if both came past the bound.
    fn neighbours(&self, at: usize) -> Option<[Arc<Commit<S>>; 2]> {
        match (self.queue.get(at.checked_sub(1)?)?, self.queue.get(at)?) {
            (Item::Merged(first), Item::Merged(second)) => {
                Some([Arc::clone(first), Arc::clone(second)])
            }
            _ => None,
        }
    }

    /// Puts what two neighbours were merged to in their place, if they are still there. Else hands it
    /// back, to be dropped with no lock held, as `two` are.
    pub(super) fn merge(
        &mut self,
        two: &[Arc<Commit<S>>; 2],
        merged: Arc<Commit<S>>,
    ) -> Result<(), Arc<Commit<S>>> {
        let is_second =
            |item: &Item<S>| matches!(item, Item::Merged(commit) if Arc::ptr_eq(commit, &two[1]));
        if let Some(second) = self.queue.iter().rposition(is_second)
            && let Some(first) = second.checked_sub(1)
            && let Item::Merged(commit) = &mut self.queue[first]
            && Arc::ptr_eq(commit, &two[0])
        {
            *commit = merged;
            self.queue.remove(second);
            return Ok(());
        }
        Err(merged)
    }

    /// Takes a watcher out that has ended before it could join; what it kept apart are neighbours now. To
    /// be dropped with no lock held.
    pub(super) fn take_ended(&mut self, watching: &Watching<S>) -> Option<Item<S>> {
        if watching.seat().is_some()
            || !watching.is_ended()
            || self.greeted.contains(&watching.id())
        {
            return None;
        }
        let is_it =
            |item: &Item<S>| matches!(item, Item::Join(other) if other.id() == watching.id());
        // From both ends: mostly the first or the last to come is the first to go.
        let len = self.queue.len();
        let mut places = (0..len).flat_map(|at| [len - 1 - at, at]);
        let at = places.find(|at| is_it(&self.queue[*at]))?;
        let join = self.queue.remove(at);
        self.has_gaps |= self.neighbours(at).is_some();
        join
    }
}
