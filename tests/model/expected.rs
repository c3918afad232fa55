//! What the contract says that a reader is told, however it reads: the difference from what it saw
//! last.
//!
//! Written from the rules; knows nothing of how the store does it.

use std::mem::take;

use crate::{
    model::Commit,
    plain::{State, Value},
    settings::{Pace, Place, Settings},
    sight::Source,
};

/// What a reader is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) revision: u64,
    /// How many commits it stands for, if it says so.
    pub(crate) merged: Option<u64>,
    pub(crate) origin: Option<String>,
    /// `None` for the current value at registration.
    pub(crate) old: Option<Value>,
    pub(crate) new: Value,
}

/// A commit, or several in one, on the way to a reader.
#[derive(Clone)]
struct Letter {
    revision: u64,
    merged: u64,
    origin: Option<String>,
    /// What it was before; of several fields, those that a commit changed, if it is heard.
    old: Value,
    new: Value,
    /// What the last commit made of it that is not heard and lies between two that are; of several
    /// fields, the last that changed each.
    unheard: Option<Value>,
    /// Whether the reader is to count it as seen and hear nothing of it.
    ignored: bool,
}

impl Letter {
    /// This and a later one as one. What is not heard takes no origin away.
    fn then(self, later: Self) -> Self {
        let is_between = later.ignored && !self.ignored;
        let is_common = is_between || self.origin == later.origin;
        let unheard = is_between.then(|| later.new.clone().among(&later.old));
        Self {
            merged: self.merged + later.merged,
            origin: self.origin.filter(|_| is_common),
            old: match is_between {
                true => self.old,
                false => self.old.or(later.old),
            },
            unheard: match (unheard, self.unheard) {
                (Some(unheard), Some(before)) => Some(unheard.or(before)),
                (unheard, before) => unheard.or(before),
            },
            ignored: self.ignored,
            ..later
        }
    }
}

/// As few as they can be: one that is heard, and before and after it what is not.
fn merge(letters: impl Iterator<Item = Letter>) -> Vec<Letter> {
    let mut merged: Vec<Letter> = Vec::new();
    for letter in letters {
        let is_heard_before = merged.len() > 1 && !merged[merged.len() - 2].ignored;
        let one = match merged.pop() {
            Some(last) if last.ignored == letter.ignored => last.then(letter),
            Some(between) if is_heard_before => {
                let heard = merged.pop().expect("it is heard before");
                heard.then(between).then(letter)
            }
            last => {
                merged.extend(last);
                letter
            }
        };
        merged.push(one);
    }
    merged
}

/// See the module.
pub(crate) struct Expected {
    settings: Settings,
    told: Vec<Told>,
    /// What the commits past the bound have made of it.
    merged: Vec<Letter>,
    /// What waits one by one.
    queue: Vec<Letter>,
    paused: bool,
    /// When the last commit came that waits.
    came: u64,
    /// When a throttled one may be told.
    next: u64,
}

impl Expected {
    /// Begins at a revision and its state.
    pub(crate) fn new(settings: Settings, revision: u64, state: &State) -> Self {
        let begins = !settings.once && settings.source.is_there_at_first();
        let first = begins.then(|| Told {
            revision,
            merged: (!settings.source.is_by_text()).then_some(1),
            origin: None,
            old: None,
            new: settings.source.told(None, settings.source.of(state)).1,
        });
        Self {
            settings,
            told: first.into_iter().collect(),
            merged: Vec::new(),
            queue: Vec::new(),
            paused: false,
            came: 0,
            next: 0,
        }
    }

    /// Whether it hears before those who are called: what streams of all of a thing have still to read
    /// is kept for all of them together.
    pub(crate) fn is_first(&self) -> bool {
        let Settings {
            source,
            place,
            bound,
            ignoring,
            ..
        } = self.settings;
        place == Place::Stream
            && bound == 0
            && !self.settings.is_paced()
            && ignoring.is_empty()
            && source.is_whole()
    }

    /// Whether a write would wait for it to read.
    pub(crate) fn has_writers_wait(&self) -> bool {
        self.settings.blocking && !self.paused && self.queue.len() >= self.settings.bound
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused
    }

    pub(crate) fn told(&self) -> &[Told] {
        &self.told
    }

    /// A commit was made at this second.
    pub(crate) fn commit(&mut self, commit: &Commit, now: u64) {
        let Settings {
            source,
            place,
            bound,
            ignoring,
            ..
        } = self.settings;
        if !source.is_reached(&commit.before, &commit.after) {
            return;
        }
        let (before, new) = (source.of(&commit.before), source.of(&commit.after));
        let letter = Letter {
            revision: commit.revision,
            merged: 1,
            origin: commit.origin.map(str::to_owned),
            old: new.other_than(&[&before]).unwrap_or(before),
            new,
            unheard: None,
            ignored: commit.origin.is_some_and(|who| ignoring.contains(&who)),
        };
        self.came = now;
        match place {
            Place::Inline if !self.paused => drop(self.tell(letter)),
            // Who is told at once has no queue when paused.
            Place::Inline => self.merge(letter),
            _ if self.queue.len() < bound => self.queue.push(letter),
            _ => self.merge(letter),
        }
    }

    /// Merges what waits, and one more.
    fn merge(&mut self, letter: Letter) {
        let waiting = self.take_all();
        self.merged = merge(waiting.into_iter().chain([letter]));
    }

    fn take_all(&mut self) -> Vec<Letter> {
        let merged = take(&mut self.merged).into_iter();
        merged.chain(take(&mut self.queue)).collect()
    }

    /// It reads, if it may at this second.
    pub(crate) fn read(&mut self, now: u64) {
        let may_be_told = match self.settings.pace {
            Pace::AtOnce => true,
            Pace::Debounce(rest) => now >= self.came + rest,
            Pace::Throttle(_) => now >= self.next,
        };
        if may_be_told && !self.paused {
            self.read_all(now);
        }
    }

    /// It reads until it has been told one thing.
    pub(crate) fn read_one(&mut self) {
        loop {
            let from = match self.merged.is_empty() {
                true => &mut self.queue,
                false => &mut self.merged,
            };
            if from.is_empty() {
                return;
            }
            let letter = from.remove(0);
            if self.tell(letter) {
                return;
            }
        }
    }

    /// The store is gone: nothing is held back.
    pub(crate) fn end(&mut self, now: u64) {
        self.paused = false;
        self.read_all(now);
    }

    fn read_all(&mut self, now: u64) {
        let waiting = self.take_all();
        if let (Pace::Throttle(period), false) = (self.settings.pace, waiting.is_empty()) {
            self.next = now + period;
        }
        for letter in waiting {
            self.tell(letter);
        }
    }

    pub(crate) fn pause(&mut self) {
        self.paused = true;
    }

    pub(crate) fn resume(&mut self, now: u64) {
        self.paused = false;
        if self.settings.place == Place::Inline {
            self.read(now);
        }
    }

    /// Whether anything was told.
    fn tell(&mut self, letter: Letter) -> bool {
        let Letter {
            revision,
            merged,
            origin,
            old,
            new,
            unheard,
            ignored,
        } = letter;
        let is_over = self.settings.once && !self.told.is_empty();
        if ignored || is_over {
            return false;
        }
        let source = self.settings.source;
        // D2: a view goes by what it has told last alone.
        let unheard = unheard.filter(|_| source != Source::View);
        let seen: Vec<_> = [Some(&old), unheard.as_ref()]
            .into_iter()
            .flatten()
            .collect();
        let told = source.old(&seen, &new).map(|old| {
            let (old, new) = source.told(Some(old), new);
            Told {
                revision,
                merged: (!source.is_by_text()).then_some(merged),
                origin,
                old,
                new,
            }
        });
        let is_told = told.is_some();
        self.told.extend(told);
        is_told
    }
}
