//! Callbacks in the order they are called.
//!
//! Adding is O(1) amortised. Removing only counts, until half is gone and the rest moves up, so that
//! any number comes and goes in linear time.

use super::watching::Order;

/// One callback of a watcher, as the tables of who watches what hold it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(super) order: Order,
    /// Where the thread that tells finds the watcher, if it is still the same.
    pub(super) seat: usize,
}

impl Entry {
    #[inline]
    pub(super) fn nth(&self) -> usize {
        self.order.nth as usize
    }
}

#[derive(Default)]
pub(super) struct Listeners {
    entries: Vec<Entry>,
    /// How many of them have gone.
    gone: usize,
}

impl Listeners {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All of them, and some that have gone.
    pub(super) fn as_slice(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn insert(&mut self, entry: Entry) {
        // Mostly the last: only watchers that are registered at the same time come out of turn.
        let place = self
            .entries
            .partition_point(|other| other.order < entry.order);
        self.entries.insert(place, entry);
    }

    /// Takes note that one of them has gone.
    pub(super) fn remove_one(&mut self, is_there: impl Fn(&Entry) -> bool) {
        self.gone += 1;
        // Once all have gone this leaves none, so that an empty table is an empty array.
        if self.gone * 2 >= self.entries.len() {
            self.gone = 0;
            self.entries.retain(is_there);
            self.entries.shrink_to(self.entries.len() * 2);
        }
    }
}
