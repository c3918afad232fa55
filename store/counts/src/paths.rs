//! The paths that matter, each made ready and gone again and again.
//!
//! Fixed keys, one thread, nothing random: a path takes the same instructions whenever it is gone. Knows nothing of
//! counting.

use std::{cmp::Reverse, hint::black_box, iter};

use store::{
    ChangeStream, Map, Model, OwnedChange, Snapshot, Source as _, Store, Watch as _, Watcher,
};

/// Something that the store does.
pub(crate) struct Path {
    pub(crate) name: &'static str,
    /// How often it is gone, so that what happens now and then has its share.
    pub(crate) times: u64,
    /// How many units of work it does each time.
    pub(crate) units: u64,
    make: fn() -> Step,
}

/// Goes the path once, with a number that differs every time.
type Step = Box<dyn FnMut(u64)>;

impl Path {
    const fn new(name: &'static str, times: u64, make: fn() -> Step) -> Self {
        let units = 1;
        Self {
            name,
            times,
            units,
            make,
        }
    }

    const fn of(mut self, units: u64) -> Self {
        self.units = units;
        self
    }

    /// Makes it ready and goes it so many times. What it made is left behind.
    pub(crate) fn go(&self, times: u64) {
        let mut step = (self.make)();
        (1..=times).for_each(|number| step(black_box(number)));
        std::mem::forget(step);
    }
}

/// All of them.
pub(crate) const PATHS: &[Path] = &[
    Path::new("set, nobody watching", 2_000, || set(0, 0)),
    Path::new("set to an equal value", 2_000, set_equal),
    Path::new("set, 1000 watchers of another field", 2_000, || {
        set(0, 1_000)
    }),
    Path::new("set, 1 watcher told", 2_000, || set(1, 0)),
    Path::new("set, 10 watchers told", 1_000, || set(10, 0)),
    Path::new("set, 1000 watchers told", 50, || set(1_000, 0)),
    Path::new("2 fields in one commit, 1 watcher of both", 2_000, set_two),
    Path::new("a derived field computed anew", 2_000, derived),
    Path::new("a snapshot read", 5_000, read),
    Path::new("a status of 10000, nobody watching", 2_000, || status(0, 1)),
    Path::new("a status of 10000, 1000 keys watched", 2_000, || {
        status(KEYS, 1)
    }),
    Path::new(
        "a status of 10000, 1000 keys watched, 100 per commit, each",
        40,
        || status(KEYS, 100),
    )
    .of(100),
    Path::new("the diff of 1 change in 10000", 2_000, diff),
    Path::new("set, and read by a stream", 2_000, streamed),
    Path::new("set, past 100 sleeping streams", 200, slept_through),
    Path::new("a watcher made and dropped", 2_000, watched_and_dropped),
    Path::new("a live view of 10000 rows, a row moves", 500, viewed),
];

const USERS: u64 = 10_000;
const KEYS: u64 = 1_000;

/// A named store of small values.
#[derive(Model)]
pub(crate) struct Counter {
    value: u64,
    other: u64,
}

/// A named store of one value and another that follows from it.
#[derive(Model)]
pub(crate) struct Price {
    net: u64,
    #[model(derived = add_tax(net))]
    gross: u64,
}

fn add_tax(net: &u64) -> u64 {
    net + net / 5
}

/// A named store of many rows.
#[derive(Model)]
pub(crate) struct Presence {
    statuses: Map<u64, u64>,
}

/// Takes a value, so that whatever makes it is not compiled away.
fn look<T>(value: T) {
    black_box(value);
}

/// Spreads consecutive numbers over the users.
fn user(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % USERS
}

fn presence() -> Store<Presence> {
    let store = Store::<Presence>::new();
    let all = (0..USERS).map(|user| (user, user));
    store.update(PRESENCE, |presence| presence.statuses.set(all.collect()));
    store
}

fn watch_value(store: &Store<Counter>) -> Watcher {
    let watch = Counter::VALUE.watch(|value| look(*value));
    store.watch(COUNTER, watch.changes_only())
}

fn watch_other(store: &Store<Counter>) -> Watcher {
    let watch = Counter::OTHER.watch(|other| look(*other));
    store.watch(COUNTER, watch.changes_only())
}

fn set(watchers: usize, others: usize) -> Step {
    let store = Store::<Counter>::new();
    let watchers: Vec<_> = iter::repeat_with(|| watch_value(&store))
        .take(watchers)
        .collect();
    let others: Vec<_> = iter::repeat_with(|| watch_other(&store))
        .take(others)
        .collect();
    Box::new(move |number| {
        let _ = (&watchers, &others);
        store.update(COUNTER, |counter| counter.value.set(number));
    })
}

fn set_equal() -> Step {
    let store = Store::<Counter>::new();
    Box::new(move |_| store.update(COUNTER, |counter| counter.value.set(0)))
}

fn set_two() -> Step {
    let store = Store::<Counter>::new();
    let both = COUNTER.fields((Counter::VALUE, Counter::OTHER));
    let watch = both.watch(|counter| look((counter.value, counter.other)));
    let watcher = store.watch(COUNTER, watch);
    Box::new(move |number| {
        let _ = &watcher;
        store.update(COUNTER, |counter| {
            counter.value.set(number);
            counter.other.set(number);
        });
    })
}

fn derived() -> Step {
    let store = Store::<Price>::new();
    Box::new(move |number| store.update(PRICE, |price| price.net.set(number)))
}

fn read() -> Step {
    let store = Store::<Counter>::new();
    Box::new(move |_| look(store.snapshot(COUNTER).value))
}

/// So many statuses per commit, where so many keys are watched.
fn status(keys: u64, batch: u64) -> Step {
    let store = presence();
    let watch_key = |key| {
        let watch = Presence::STATUSES
            .key(user(key))
            .watch(|status| look(status.value()));
        store.watch(PRESENCE, watch.changes_only())
    };
    let watchers: Vec<_> = (0..keys).map(watch_key).collect();
    Box::new(move |number| {
        let _ = &watchers;
        let numbers = number * batch..(number + 1) * batch;
        store.update(PRESENCE, |presence| {
            numbers.for_each(|n| look(presence.statuses.insert(user(n), USERS + n)));
        });
    })
}

/// Snapshots with a commit of one status between each and the next.
fn diff() -> Step {
    let store = presence();
    let snapshots: Vec<Snapshot<Presence>> = (0..17)
        .map(|n| {
            store.update(PRESENCE, |presence| {
                presence.statuses.insert(user(n), USERS + n)
            });
            store.snapshot(PRESENCE)
        })
        .collect();
    Box::new(move |number| {
        let at = (number % 16) as usize;
        look(snapshots[at + 1].statuses.diff(&snapshots[at].statuses));
    })
}

fn stream(store: &Store<Counter>) -> ChangeStream<OwnedChange<u64>> {
    store.stream(COUNTER, Counter::VALUE.changes_only())
}

fn streamed() -> Step {
    let store = Store::<Counter>::new();
    let mut stream = stream(&store);
    Box::new(move |number| {
        store.update(COUNTER, |counter| counter.value.set(number));
        look(stream.try_next());
    })
}

fn slept_through() -> Step {
    let store = Store::<Counter>::new();
    let streams: Vec<_> = iter::repeat_with(|| stream(&store)).take(100).collect();
    Box::new(move |number| {
        let _ = &streams;
        store.update(COUNTER, |counter| counter.value.set(number));
    })
}

fn watched_and_dropped() -> Step {
    let store = Store::<Counter>::new();
    Box::new(move |_| drop(watch_value(&store)))
}

/// The odd users by status, the greatest first, and fifty of them on the screen.
fn viewed() -> Step {
    let store = presence();
    let odd = Presence::STATUSES.view().filter(|user, _| user % 2 == 1);
    let sorted = odd.sort_by(|_, status| Reverse(*status)).window(0..50);
    let watcher = store.watch_across(sorted.watch(|rows| rows.changes().for_each(look)));
    Box::new(move |number| {
        let _ = &watcher;
        store.update(PRESENCE, |presence| {
            presence
                .statuses
                .insert(user(number) | 1, user(number * 31))
        });
    })
}
