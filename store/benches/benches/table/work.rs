//! What a peer can be asked for, row group by row group.
//!
//! Knows no peer. A peer that does not offer a row answers `None`, and what it does differently it
//! says in `how`.

use std::{
    hint::black_box,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

pub use store_benches::{Sampler, Subject};

/// A library, or a plain program, beside the store.
pub trait Peer {
    /// The column.
    fn name(&self) -> &'static str;

    /// What it does, and what it does not, in a few words.
    fn how(&self) -> &'static str;

    /// A value is set; so many watchers of it are told, and so many watch another.
    fn told(&self, _watchers: usize, _elsewhere: usize) -> Option<Subject<'static>> {
        None
    }

    /// A value is set to what it is, with one watcher, who is not told.
    fn equal(&self) -> Option<Subject<'static>> {
        None
    }

    /// So many fields are set, and who watches the first and the last is told once.
    fn fields(&self, _count: usize) -> Option<Subject<'static>> {
        None
    }

    /// A state that several threads read and write.
    fn shared(&self) -> Option<Box<dyn Shared>> {
        None
    }

    /// A map of so many users.
    fn users(&self, _users: u64) -> Option<Box<dyn Users>> {
        None
    }

    /// The difference of two maps is walked.
    fn diff(&self, _of: Difference) -> Option<Subject<'static>> {
        None
    }

    /// One thread that sets a value, and another that waits for it.
    fn wire(&self) -> Option<Wire> {
        None
    }

    /// So many streams of a value, each read once in so many writes.
    fn streams(&self, _count: usize, _every: u64) -> Option<Subject<'static>> {
        None
    }

    /// A map of ten thousand users and a reader of its changes who does not come.
    fn backlog(&self) -> Option<Box<dyn Backlog>> {
        None
    }

    /// A list that is filtered, sorted and cut, and kept up to date through writes of one kind.
    fn view(&self, _contacts: u64, _write: ListWrite) -> Option<Subject<'static>> {
        None
    }

    /// So many watchers are made and dropped: nanoseconds for each, each way.
    fn watchers(&self, _count: u64, _spot: Spot) -> Option<Sampler<'static>> {
        None
    }

    /// Values that are derived from others, and watched.
    fn derived(&self, _shape: Shape) -> Option<Subject<'static>> {
        None
    }
}

/// All columns.
pub type Peers = [Box<dyn Peer>];

/// What a watcher keeps up to date, as the text on a button: a place of its own.
#[derive(Default)]
pub struct Label(AtomicU64);

/// How often something was shown. Only a debug build counts, for [`checked`].
static SHOWN: AtomicU64 = AtomicU64::new(0);

impl Label {
    pub fn show(&self, value: u64) {
        if cfg!(debug_assertions) {
            SHOWN.fetch_add(1, Ordering::Relaxed);
        }
        self.0.store(value, Ordering::Relaxed);
    }
}

/// What several threads share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    pub value: u64,
    pub label: String,
}

impl State {
    pub fn new(value: u64) -> Self {
        Self {
            value,
            label: String::new(),
        }
    }
}

/// A state that several threads read and write.
pub trait Shared: Send + Sync {
    /// Reads the value out of the whole state, which the reader owns and could keep.
    fn read(&self) -> u64;

    fn set(&self, number: u64);

    /// Writes in a closure that does this work.
    fn write(&self, work: &mut dyn FnMut());

    /// A reader that keeps what it read, and looks whether that is still the newest.
    fn cached(&self) -> Option<Box<dyn FnMut() -> u64 + '_>> {
        None
    }
}

/// A map of users, under watch or not.
pub trait Users {
    /// Whether this can be offered; if so, it is so from now on.
    fn arrange(&mut self, scene: Scene) -> bool;

    /// Writes the status of so many users, in one commit where there are commits.
    fn write(&mut self, number: u64, batch: u64);
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scene {
    Unwatched,
    /// Whenever something is written, somebody has a snapshot from just before.
    SnapshotOut,
    /// Somebody is told each change of the map.
    FieldWatched,
    /// So many keys are watched, each by somebody else.
    KeysWatched(u64),
}

/// Spreads consecutive numbers over the users.
pub fn user(number: u64, users: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % users
}

/// Two maps: so many entries, and so many of them differ. `apart` says that the two share nothing.
#[derive(Clone, Copy, Debug)]
pub struct Difference {
    pub entries: u64,
    pub changes: u64,
    pub apart: bool,
}

impl Difference {
    /// The entries that differ, evenly spread.
    pub fn changed(self) -> impl Iterator<Item = u64> {
        let step = self.entries.checked_div(self.changes).unwrap_or(1);
        (0..self.changes).map(move |at| at * step)
    }

    pub fn old(self) -> impl Iterator<Item = (u64, u64)> {
        (0..self.entries).map(|key| (key, key))
    }
}

/// The two ends between two threads.
pub struct Wire {
    pub set: Box<dyn FnMut(u64)>,
    /// Waits for the next value.
    pub wait: Box<dyn FnMut() -> u64 + Send>,
}

/// A reader who does not come, and then does.
pub trait Backlog {
    fn write(&mut self, number: u64);

    /// Reads all there is, and returns how many users it found changed.
    fn read(&mut self) -> usize;
}

/// How many users there are in a [`Backlog`].
pub const BACKLOG: u64 = 10_000;

/// A contact in a list; the odd ones are online.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Contact {
    pub id: u64,
    pub online: bool,
    pub seen: u64,
}

impl Contact {
    pub fn new(id: u64, seen: u64) -> Self {
        Self {
            id,
            online: id % 2 == 1,
            seen,
        }
    }
}

/// How many rows of the list are on the screen.
pub const SCREEN: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ListWrite {
    /// A contact anywhere in the list moves to another place.
    Move,
    /// One that is on the screen changes places there.
    OnScreen,
    /// A contact comes; the one that came before goes.
    Come,
    /// The screen moves by one.
    Scroll,
    /// What is looked for changes, and with it one row in ten.
    Search,
}

impl ListWrite {
    /// The contact that is written, for the writes of one contact.
    pub fn contact(self, number: u64, contacts: u64) -> Contact {
        match self {
            Self::OnScreen => {
                // Later than all others, and one of ten that are.
                Contact::new(number % 10 * 2 + 1, contacts + number % 100)
            }
            _ => {
                let id = user(number, contacts) | 1;
                Contact::new(id, number.wrapping_mul(31) % contacts)
            }
        }
    }
}

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spot {
    /// One value, by all.
    Field,
    /// A map, each key by one.
    Keys,
}

/// The shapes of js-reactivity-benchmark that have a source, values derived from it and watchers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Fifty values from one source, each with one more behind it and a watcher.
    Broad,
    /// Fifty values behind each other, and a watcher of the last.
    Deep,
    /// Five values from one source, and their sum with a watcher.
    Diamond,
    /// A value that comes out equal whatever the source, a costly chain of five behind it, and a watcher.
    Avoidable,
    /// A hundred sources in one value, that value taken apart again into a hundred, each with a watcher.
    Mux,
}

/// How many values there are in [`Shape::Broad`] and [`Shape::Deep`].
pub const WIDTH: usize = 50;
/// How many sources there are in [`Shape::Mux`].
pub const SOURCES: u64 = 100;

/// Work that is not worth doing for nothing.
pub fn costly(value: u64) -> u64 {
    (0..100).fold(value, |value, _| black_box(value))
}

/// Times how so many things are made, and how they are dropped, each.
pub fn both_ways<T>(count: u64, make: impl Fn() -> T + 'static) -> Sampler<'static> {
    Box::new(move || {
        let start = Instant::now();
        let made = black_box(make());
        let making = start.elapsed();
        let start = Instant::now();
        drop(made);
        let dropping = start.elapsed();
        [making, dropping]
            .map(|spent| spent.as_nanos() as f64 / count as f64)
            .into()
    })
}

/// In a debug build, makes sure that a subject shows at least so much, so that nobody is fast by
/// doing nothing.
pub fn checked<'a>(peer: &str, mut subject: Subject<'a>, least: usize) -> Option<Subject<'a>> {
    if cfg!(debug_assertions) {
        let before = SHOWN.load(Ordering::Relaxed);
        let shown = || SHOWN.load(Ordering::Relaxed) - before;
        (1 << 40..)
            .take(100_000)
            .take_while(|_| shown() < least as u64)
            .for_each(&mut subject);
        assert!(
            shown() >= least as u64,
            "{peer} shows {} values, not {least}",
            shown()
        );
    }
    Some(subject)
}
