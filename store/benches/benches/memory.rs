//! Row 7: what watchers, streams and entries weigh, in bytes that are allocated, and what is left of a million watchers
//! that have come and gone.
//!
//! Bytes are counted, not sampled, so that they repeat. What is resident is what Linux says, and what glibc keeps of it for
//! what comes; run it with
//! `GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0:glibc.malloc.trim_threshold=131072:glibc.malloc.mmap_threshold=131072`
//! and glibc keeps nothing.

use std::{
    alloc::System,
    collections::{BTreeMap, HashMap},
    fs,
    future::Future,
    hint::black_box,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use eyeball::{SharedObservable, Subscriber};
use futures::Stream;
use futures_signals::signal::{Mutable, SignalExt as _};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use store::{
    ChangeStream, Inbox, Map, Model, OrdMap, OwnedChange, Source as _, Store, Watch as _, WatchIn,
    WatchOf, WorkQueue,
};
use tokio::sync::watch;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many of each are made; what they weigh is divided by it.
const COUNT: u64 = 100_000;

/// How many watchers come and go.
const MANY: u64 = 1_000_000;

/// The named store of these rows.
#[derive(Model)]
pub struct Presence {
    /// A small value.
    pub clicks: u64,
    /// Status by user.
    pub statuses: Map<u64, u64>,
}

fn main() {
    come_and_go();
    readers();
    entries();
}

/// How many bytes are allocated now.
fn bytes() -> i64 {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated as i64 - stats.bytes_deallocated as i64
}

/// How many bytes of this process are resident now, where it can be known.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// What one weighs of those that `make` makes, which are as many as are asked for.
fn one<T>(make: impl FnOnce() -> T) -> Option<i64> {
    let before = bytes();
    let made = make();
    let weight = bytes() - before;
    drop(black_box(made));
    Some((weight + COUNT as i64 / 2) / COUNT as i64)
}

fn head(title: &str, columns: &[&str]) {
    println!(
        "\n### {title}\n\n| | {} |\n|---|{}",
        columns.join(" | "),
        "---:|".repeat(columns.len())
    );
}

fn row(label: &str, cells: &[Option<i64>]) {
    let cells = cells
        .iter()
        .map(|cell| cell.map_or("–".to_owned(), |cell| cell.to_string()));
    println!("| {label} | {} |", cells.collect::<Vec<_>>().join(" | "));
}

// What is left of many watchers.

fn come_and_go() {
    head(
        &format!("{MANY} watchers made and dropped, in bytes"),
        &["allocated", "resident"],
    );
    let store = Store::<Presence>::new();
    line("before any");
    for round in ["", ", again"] {
        round_of(&format!("watchers of a field{round}"), |_| {
            store.watch(PRESENCE, clicks())
        });
        round_of(&format!("watchers of a key each{round}"), |key| {
            store.watch(PRESENCE, status(key))
        });
        round_of(&format!("streams{round}"), |_| stream(&store));
    }
}

fn line(label: &str) {
    row(
        label,
        &[Some(bytes()), resident().map(|resident| resident as i64)],
    );
}

/// The last to come is the first to go: a C library gives back only what lies above all that stays.
fn round_of<T>(label: &str, make: impl FnMut(u64) -> T) {
    let mut made: Vec<_> = (0..MANY).map(make).collect();
    line(label);
    made.drain(..).rev().for_each(drop);
    drop(made);
    line(&format!("{label}, gone"));
}

fn clicks() -> impl WatchIn<Presence> + WatchOf<Presence> {
    Presence::CLICKS
        .watch(|clicks| _ = black_box(*clicks))
        .changes_only()
}

fn status(key: u64) -> impl WatchIn<Presence> + WatchOf<Presence> {
    let watch = Presence::STATUSES
        .key(key)
        .watch(|status| _ = black_box(status.value()));
    watch.changes_only()
}

// What one watcher or reader weighs, its handle included.

/// So many of what is made one by one, in room for exactly those.
fn all<T>(make: impl FnMut(u64) -> T) -> Vec<T> {
    (0..COUNT).map(make).collect()
}

fn readers() {
    head(
        &format!("One watcher or reader of {COUNT}, in bytes"),
        &["store", "eyeball", "tokio watch", "futures-signals"],
    );
    let store = Store::<Presence>::new();
    let users = (0..COUNT).map(|user| (user, 0)).collect();
    store.update(PRESENCE, |presence| presence.statuses.set(users));
    row(
        "a watcher of a field: a callback, or a future that waits",
        &[
            one(|| all(|_| store.watch(PRESENCE, clicks()))),
            waiting_eyeball(),
            waiting_tokio(),
            waiting_signals(),
        ],
    );
    row(
        "a watcher of a key, each of another",
        &[
            one(|| all(|key| store.watch(PRESENCE, status(key)))),
            None,
            None,
            None,
        ],
    );
    row(
        "a watcher of a key, all of the same",
        &[
            one(|| all(|_| store.watch(PRESENCE, status(7)))),
            None,
            None,
            None,
        ],
    );
    let observable = SharedObservable::new(0_u64);
    let (_sender, receiver) = watch::channel(0_u64);
    let mutable = Mutable::new(0_u64);
    row(
        "a stream, idle",
        &[
            one(|| all(|_| stream(&store))),
            one(|| all(|_| observable.subscribe())),
            one(|| all(|_| receiver.clone())),
            one(|| all(|_| mutable.signal())),
        ],
    );
    row(
        "a stream, asleep past a commit",
        &[
            asleep(&store),
            asleep_eyeball(),
            asleep_tokio(),
            asleep_signals(),
        ],
    );
    let (works, _worker) = WorkQueue::new();
    let inbox = Inbox::new(|| {});
    row(
        "a watcher told by an executor",
        &[
            one(|| all(|_| store.on(works.clone()).watch(PRESENCE, clicks()))),
            None,
            None,
            None,
        ],
    );
    row(
        "a watcher of an inbox",
        &[
            one(|| all(|_| store.on(&inbox).watch(PRESENCE, clicks()))),
            None,
            None,
            None,
        ],
    );
}

fn stream(store: &Store<Presence>) -> ChangeStream<OwnedChange<u64>> {
    store.stream(PRESENCE, Presence::CLICKS.changes_only())
}

/// Asks for the next item, of which there is none.
fn wait<S: Stream + Unpin>(mut stream: S) -> S {
    let mut context = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut stream).poll_next(&mut context).is_pending());
    stream
}

/// A future on the heap, as a task has it, that has been polled and waits.
fn task<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(future.as_mut().poll(&mut context), Poll::Pending));
    future
}

fn waiting_eyeball() -> Option<i64> {
    let observable = SharedObservable::new(0_u64);
    one(|| all(|_| wait(observable.subscribe())))
}

fn waiting_tokio() -> Option<i64> {
    let (_sender, receiver) = watch::channel(0_u64);
    one(|| {
        all(|_| {
            let mut receiver = receiver.clone();
            task(async move {
                while receiver.changed().await.is_ok() {
                    black_box(*receiver.borrow_and_update());
                }
            })
        })
    })
}

fn waiting_signals() -> Option<i64> {
    let mutable = Mutable::new(0_u64);
    one(|| {
        all(|_| {
            task(mutable.signal().for_each(|value| {
                black_box(value);
                std::future::ready(())
            }))
        })
    })
}

/// Streams that are not read, and one value set beside them.
fn asleep(store: &Store<Presence>) -> Option<i64> {
    one(|| {
        let streams = all(|_| stream(store));
        store.update(PRESENCE, |presence| *presence.clicks += 1);
        streams
    })
}

fn asleep_eyeball() -> Option<i64> {
    let observable = SharedObservable::new(0_u64);
    one(|| {
        let readers: Vec<Subscriber<u64>> = all(|_| observable.subscribe());
        observable.set(1);
        readers
    })
}

fn asleep_tokio() -> Option<i64> {
    let (sender, receiver) = watch::channel(0_u64);
    one(|| {
        let readers = all(|_| receiver.clone());
        sender.send_replace(1);
        readers
    })
}

fn asleep_signals() -> Option<i64> {
    let mutable = Mutable::new(0_u64);
    one(|| {
        let readers = all(|_| mutable.signal());
        mutable.set(1);
        readers
    })
}

// What one entry of a map weighs.

/// Spreads consecutive numbers.
fn spread(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn entries() {
    let title = format!("One entry of a map of {COUNT}, in bytes");
    let columns = [
        "Map",
        "OrdMap",
        "imbl OrdMap",
        "imbl HashMap",
        "im OrdMap",
        "im HashMap",
        "rpds RedBlackTreeMap",
        "rpds HashTrieMap",
        "std BTreeMap",
        "std HashMap",
    ];
    head(&title, &columns);
    weigh("u64 → u64, made in order", &all(|key| key));
    weigh("u64 → u64, in any order", &all(spread));
    let texts = |key: fn(u64) -> u64| {
        all(move |number| Arc::<str>::from(format!("user-{:020}", key(number))))
    };
    weigh("Arc<str> → u64, made in order", &texts(|number| number));
    weigh("Arc<str> → u64, in any order", &texts(spread));
}

/// One row: maps of these keys, each inserted in turn. What a key points to is not counted.
fn weigh<K: store::Key + Ord>(label: &str, keys: &[K]) {
    macro_rules! filled {
        ($Map:ty, $insert:ident) => {
            one(|| {
                let mut map = <$Map>::default();
                for key in keys {
                    _ = map.$insert(key.clone(), 0);
                }
                map
            })
        };
    }
    row(
        label,
        &[
            filled!(Map<K, u64>, insert),
            filled!(OrdMap<K, u64>, insert),
            filled!(imbl::OrdMap<K, u64>, insert),
            filled!(imbl::HashMap<K, u64>, insert),
            filled!(im::OrdMap<K, u64>, insert),
            filled!(im::HashMap<K, u64>, insert),
            filled!(rpds::RedBlackTreeMapSync<K, u64>, insert_mut),
            filled!(rpds::HashTrieMapSync<K, u64>, insert_mut),
            filled!(BTreeMap<K, u64>, insert),
            filled!(HashMap<K, u64>, insert),
        ],
    );
}
