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

/// Callbacks by their entries, and beside each what else is kept of it.
pub(super) struct Listeners<K = ()> {
    entries: Vec<Entry>,
    kept: Vec<K>,
    /// How many of them have gone.
    gone: usize,
}

impl<K> Default for Listeners<K> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            kept: Vec::new(),
            gone: 0,
        }
    }
}

impl<K: Default> Listeners<K> {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All of them, and some that have gone.
    #[inline]
    pub(super) fn as_slice(&self) -> &[Entry] {
        &self.entries
    }

    /// The same, and beside each what is kept of it.
    #[inline]
    pub(super) fn parts_mut(&mut self) -> (&[Entry], &mut [K]) {
        (&self.entries, &mut self.kept)
    }

    pub(super) fn insert(&mut self, entry: Entry) {
        // Mostly the last: only watchers that are registered at the same time come out of turn.
        let place = self
            .entries
            .partition_point(|other| other.order < entry.order);
        self.entries.insert(place, entry);
        self.kept.insert(place, K::default());
    }

    /// What is kept of the one with this order.
    pub(super) fn find(&mut self, order: Order) -> Option<&mut K> {
        let place = self
            .entries
            .binary_search_by_key(&order, |other| other.order);
        Some(&mut self.kept[place.ok()?])
    }

    /// Takes note that one of them has gone.
    pub(super) fn remove_one(&mut self, is_there: impl Fn(&Entry) -> bool) {
        self.gone += 1;
        // Once all have gone this leaves none, so that an empty table is an empty array.
        if self.gone * 2 >= self.entries.len() {
            self.gone = 0;
            let mut entries = self.entries.iter();
            self.kept.retain(|_| entries.next().is_some_and(&is_there));
            self.entries.retain(is_there);
            self.entries.shrink_to(self.entries.len() * 2);
            self.kept.shrink_to(self.kept.len() * 2);
        }
    }
}
