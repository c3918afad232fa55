//! Callbacks in the order they are called: an array that is shared while it is walked.
//!
//! Adding is O(1) amortised, or one copy if the array is being walked. Removing only counts, until
//! half is dead and the array is made anew, so that any number comes and goes in linear time.

use std::sync::Arc;

use super::watching::Entry;
use crate::model::Stores;

/// An array that was made anew.
pub(super) type Replaced<S> = Arc<Vec<Entry<S>>>;

pub(super) struct Listeners<S: Stores> {
    entries: Arc<Vec<Entry<S>>>,
    /// How many of them have ended.
    dead: usize,
}

impl<S: Stores> Listeners<S> {
    pub(super) fn new() -> Self {
        Self {
            entries: Arc::default(),
            dead: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn as_slice(&self) -> &[Entry<S>] {
        &self.entries
    }

    pub(super) fn insert(&mut self, entry: &Entry<S>) {
        let entries = Arc::make_mut(&mut self.entries);
        // Mostly the last: only watchers that are registered at the same time come out of turn.
        let place = entries.partition_point(|other| other.order < entry.order);
        entries.insert(place, entry.clone());
    }

    /// Takes note that one of the callbacks has ended. Hands out the array if it was made anew.
    pub(super) fn remove_one(&mut self) -> Option<Replaced<S>> {
        self.dead += 1;
        // Once all are dead this leaves none, so that an empty table is an empty array.
        (self.dead * 2 >= self.entries.len()).then(|| {
            let alive = self.entries.iter().filter(|entry| !entry.is_ended());
            let alive = Arc::new(alive.cloned().collect());
            self.dead = 0;
            std::mem::replace(&mut self.entries, alive)
        })
    }
}

impl<S: Stores> Clone for Listeners<S> {
    fn clone(&self) -> Self {
        Self {
            entries: Arc::clone(&self.entries),
            dead: self.dead,
        }
    }
}
