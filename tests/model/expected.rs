//! What the contract says that a reader is told, however it reads: the difference from what it saw
//! last.
//!
//! Written from the rules; knows nothing of how the store does it.

use std::mem::take;

use crate::{
    model::Commit,
    plain::{State, Value},
    sight::Source,
};

/// Where a reader is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Inline,
    Executor,
    Inbox,
    Stream,
}

/// When it may be told what waits, on a clock moved by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    AtOnce,
    /// Once nothing has come for so many seconds.
    Debounce(u64),
    /// Once in so many seconds at most.
    Throttle(u64),
}

/// How a reader reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) source: Source,
    pub(crate) place: Place,
    /// How many commits it wants one by one.
    pub(crate) bound: usize,
    pub(crate) pace: Pace,
    /// Whether it wants nothing but the first change; of a stream, that is a wait.
    pub(crate) once: bool,
}

impl Settings {
    pub(crate) fn is_paced(&self) -> bool {
        self.pace != Pace::AtOnce
    }
}

/// What it is told: who made the change, and what there is now.
pub(crate) type Told = (Option<String>, Value);

/// See the module.
pub(crate) struct Expected {
    settings: Settings,
    known: Value,
    told: Vec<Told>,
    /// What the commits past the bound have made of it.
    merged: Option<Told>,
    /// What waits one by one.
    queue: Vec<Told>,
    paused: bool,
    /// When the last commit came that waits.
    came: u64,
    /// When a throttled one may be told.
    next: u64,
}

impl Expected {
    pub(crate) fn new(settings: Settings, state: &State) -> Self {
        let known = settings.source.of(state);
        let first = (!settings.once).then(|| (None, known.clone()));
        Self {
            settings,
            known,
            told: first.into_iter().collect(),
            merged: None,
            queue: Vec::new(),
            paused: false,
            came: 0,
            next: 0,
        }
    }

    pub(crate) fn told(&self) -> &[Told] {
        &self.told
    }

    /// A commit was made at this second.
    pub(crate) fn commit(&mut self, commit: &Commit, now: u64) {
        let Settings { source, place, .. } = self.settings;
        if !source.is_reached(&commit.before, &commit.after) {
            return;
        }
        let origin = commit.origin.map(str::to_owned);
        let new = source.of(&commit.after);
        self.came = now;
        match place {
            Place::Inline if !self.paused => self.tell((origin, new)),
            // Who is told at once has no queue when paused.
            Place::Inline => self.merge(origin, new),
            _ if self.queue.len() < self.settings.bound => self.queue.push((origin, new)),
            _ => self.merge(origin, new),
        }
    }

    /// Merges what waits, and one more, into one.
    fn merge(&mut self, origin: Option<String>, new: Value) {
        let waiting = self.merged.take().into_iter().chain(take(&mut self.queue));
        let is_common = waiting.fold(true, |same, (who, _)| same && who == origin);
        self.merged = Some((origin.filter(|_| is_common), new));
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

    /// The store is gone: nothing is held back.
    pub(crate) fn end(&mut self, now: u64) {
        self.paused = false;
        self.read_all(now);
    }

    fn read_all(&mut self, now: u64) {
        let waiting: Vec<_> = self
            .merged
            .take()
            .into_iter()
            .chain(take(&mut self.queue))
            .collect();
        if let (Pace::Throttle(period), false) = (self.settings.pace, waiting.is_empty()) {
            self.next = now + period;
        }
        waiting.into_iter().for_each(|told| self.tell(told));
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

    fn tell(&mut self, told: Told) {
        let is_over = self.settings.once && !self.told.is_empty();
        if !is_over && told.1 != self.known {
            self.known = told.1.clone();
            self.told.push(told);
        }
    }
}
