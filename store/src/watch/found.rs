//! The callbacks that a commit may be told to, put in order if several tables have them.

use smallvec::SmallVec;

use super::listeners::Entry;
use crate::change::FieldPlace;

/// Who has a callback.
#[derive(Clone, Copy, Debug)]
pub(super) enum ToldBy {
    /// Its watcher.
    Watcher,
    /// The table of the field that is the `nth` of those found.
    Field { nth: usize, index: usize },
}

/// One that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) entry: Entry,
    pub(super) by: ToldBy,
}

/// See the module. Kept for its memory.
#[derive(Default)]
pub(crate) struct Found {
    pub(super) candidates: Vec<Candidate>,
    /// The fields whose tables were looked into.
    pub(super) fields: SmallVec<[FieldPlace; 4]>,
}

impl Found {
    pub(super) fn clear(&mut self) {
        self.candidates.clear();
        self.fields.clear();
    }

    /// Empties it, and keeps room for so many only.
    pub(super) fn shrink_to(&mut self, room: usize) {
        self.clear();
        self.candidates.shrink_to(room);
    }

    /// Adds callbacks that their watchers have.
    pub(super) fn add_all(&mut self, entries: &[Entry]) {
        let by = ToldBy::Watcher;
        let candidates = entries.iter().map(|&entry| Candidate { entry, by });
        self.candidates.extend(candidates);
    }

    /// Adds callbacks, whoever has them.
    pub(super) fn extend(&mut self, candidates: impl IntoIterator<Item = Candidate>) {
        self.candidates.extend(candidates);
    }

    /// Puts them in order, each once.
    pub(super) fn settle(&mut self) {
        let order = |found: &Candidate| found.entry.order;
        if !self.candidates.is_sorted_by(|a, b| order(a) < order(b)) {
            self.candidates.sort_unstable_by_key(order);
            self.candidates.dedup_by_key(|found| order(found));
        }
    }
}
