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

impl AsRef<Entry> for Entry {
    #[inline]
    fn as_ref(&self) -> &Entry {
        self
    }
}

pub(super) struct Listeners<L = Entry> {
    entries: Vec<L>,
    /// How many of them have gone.
    gone: usize,
}

impl<L> Default for Listeners<L> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            gone: 0,
        }
    }
}

impl<L: AsRef<Entry>> Listeners<L> {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All of them, and some that have gone.
    #[inline]
    pub(super) fn as_slice(&self) -> &[L] {
        &self.entries
    }

    /// As [`as_slice`](Self::as_slice), to be changed; the entries stay what they are.
    #[inline]
    pub(super) fn as_mut_slice(&mut self) -> &mut [L] {
        &mut self.entries
    }

    pub(super) fn insert(&mut self, listener: L) {
        // Mostly the last: only watchers that are registered at the same time come out of turn.
        let order = listener.as_ref().order;
        let place = self
            .entries
            .partition_point(|other| other.as_ref().order < order);
        self.entries.insert(place, listener);
    }

    pub(super) fn find(&mut self, order: Order) -> Option<&mut L> {
        let place = self
            .entries
            .binary_search_by_key(&order, |other| other.as_ref().order);
        Some(&mut self.entries[place.ok()?])
    }

    /// Takes note that one of them has gone.
    pub(super) fn remove_one(&mut self, is_there: impl Fn(&Entry) -> bool) {
        self.gone += 1;
        // Once all have gone this leaves none, so that an empty table is an empty array.
        if self.gone * 2 >= self.entries.len() {
            self.gone = 0;
            self.entries.retain(|listener| is_there(listener.as_ref()));
            self.entries.shrink_to(self.entries.len() * 2);
        }
    }
}
