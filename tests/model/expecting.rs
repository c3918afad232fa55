//! The readers of the model: who is there, and what each is to be told.
//!
//! Written from the rules; knows nothing of how the store does it.

use std::collections::BTreeMap;

use crate::{
    expected::{Expected, Told},
    model::Commit,
    plain::State,
    settings::{Settings, Use},
};

/// See the module. Readers stand where they were begun among all that watch.
#[derive(Default)]
pub(crate) struct Readers {
    there: BTreeMap<usize, Reader>,
    gone: Vec<Expected>,
    /// The time, in seconds.
    pub(crate) now: u64,
}

struct Reader {
    expected: Expected,
    /// It hears of commits after this one.
    since: u64,
    /// How often it was paused.
    pauses: usize,
}

/// The end of one pause, which comes in its turn.
#[derive(Clone, Copy)]
pub(crate) struct Resumption {
    place: usize,
    pause: usize,
}

impl Readers {
    /// Begins a reader at a revision and its state.
    pub(crate) fn begin(&mut self, place: usize, settings: Settings, since: u64, state: &State) {
        let reader = Reader {
            expected: Expected::new(settings, since, state),
            since,
            pauses: 0,
        };
        self.there.insert(place, reader);
    }

    fn place(&self, which: usize) -> Option<usize> {
        let count = self.there.len().max(1);
        self.there.keys().nth(which % count).copied()
    }

    /// Ends one, which counts modulo their number.
    pub(crate) fn drop(&mut self, which: usize) {
        let place = self.place(which);
        let reader = place.and_then(|place| self.there.remove(&place));
        self.gone.extend(reader.map(|reader| reader.expected));
    }

    /// Does what is done with one at once; hands out what comes in its turn.
    pub(crate) fn make_use(&mut self, which: usize, act: Use) -> Option<Resumption> {
        let place = self.place(which)?;
        let now = self.now;
        let Reader {
            expected, pauses, ..
        } = self.there.get_mut(&place)?;
        match act {
            act if !expected.settings().allows(act) => {}
            Use::Read => expected.read(now),
            Use::ReadOne => expected.read_one(),
            Use::Pause => {
                *pauses += 1;
                expected.pause();
            }
            Use::Resume if expected.is_paused() => {
                let pause = *pauses;
                return Some(Resumption { place, pause });
            }
            Use::Resume => {}
        }
        None
    }

    /// Ends a pause, unless there was another since.
    pub(crate) fn resume(&mut self, Resumption { place, pause }: Resumption) {
        let reader = self.there.get_mut(&place);
        if let Some(reader) = reader.filter(|reader| reader.pauses == pause) {
            reader.expected.resume(self.now);
        }
    }

    /// Where the readers stand that are to hear of a commit, and whether they do before all others.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, bool)> {
        let all = self.there.iter();
        all.map(|(place, reader)| (*place, reader.expected.is_first()))
    }

    pub(crate) fn hear(&mut self, place: usize, commit: &Commit) {
        if let Some(reader) = self.there.get_mut(&place)
            && reader.since < commit.revision
        {
            reader.expected.commit(commit, self.now);
        }
    }

    /// The places, by number, of those that a write would wait for.
    pub(crate) fn waited_for(&self) -> Vec<usize> {
        let all = self.there.values().enumerate();
        let full = all.filter(|(_, reader)| reader.expected.has_writers_wait());
        full.map(|(nth, _)| nth).collect()
    }

    /// Has those read that are at these places, by number.
    pub(crate) fn read(&mut self, places: &[usize]) {
        for nth in places {
            self.make_use(*nth, Use::Read);
        }
    }

    pub(crate) fn read_paced(&mut self) {
        for reader in self.there.values_mut() {
            if reader.expected.settings().is_paced() {
                reader.expected.read(self.now);
            }
        }
    }

    /// The store is gone: everybody reads what is left.
    pub(crate) fn end(&mut self) {
        for reader in self.there.values_mut() {
            reader.expected.end(self.now);
        }
    }

    /// What each was told that is there, and then what each was that is gone.
    pub(crate) fn told(&self) -> Vec<Vec<Told>> {
        let there = self.there.values().map(|reader| &reader.expected);
        let all = there.chain(&self.gone);
        all.map(|expected| expected.told().to_vec()).collect()
    }
}
