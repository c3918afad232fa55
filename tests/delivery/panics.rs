//! W6, W10, W11: user code that panics where it should not, while readers take and teller posts.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use store::{Inbox, Model, Source as _, Store, Watch as _, WatchIn, WatchOf, Watcher, WorkQueue};

use crate::support::{Log, panic_of};

thread_local! {
    /// How many more clones on this thread go well before one panics.
    static CLONES: Cell<usize> = const { Cell::new(usize::MAX) };
}

struct Trap(AtomicBool);

impl Trap {
    fn set(&self) {
        self.0.store(true, SeqCst);
    }

    fn spring(&self, what: &str) {
        assert!(!self.0.swap(false, SeqCst), "{what} panics");
    }
}

/// A value whose `Clone` panics when it is told to.
#[derive(Debug, Default, PartialEq)]
struct Fragile(u32);

impl Clone for Fragile {
    fn clone(&self) -> Self {
        let left = CLONES.get();
        CLONES.set(left.wrapping_sub(1));
        assert!(left != 0, "a clone panics");
        Self(self.0)
    }
}

#[derive(Model, Debug)]
struct Shelf {
    vase: Fragile,
    cups: Cup,
    other: u32,
}

/// A value whose comparison panics when one of both says so, and whose drop may.
#[derive(Clone, Debug, Default)]
struct Cup {
    content: u32,
    breaks: Option<Arc<Trap>>,
    #[allow(dead_code)] // Only its drop matters.
    last: Option<Arc<Shards>>,
}

impl std::fmt::Debug for Trap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trap")
    }
}

impl PartialEq for Cup {
    fn eq(&self, other: &Self) -> bool {
        for cup in [self, other] {
            if let Some(trap) = &cup.breaks {
                trap.spring("a comparison");
            }
        }
        self.content == other.content
    }
}

#[derive(Debug)]
struct Shards;

impl Drop for Shards {
    fn drop(&mut self) {
        panic!("a drop panics");
    }
}

fn shelf(log: &Log) -> Store<Shelf> {
    let notes = log.clone();
    Store::builder()
        .on_panic(move |report| notes.note(&report.message))
        .build()
}

fn set_cup(store: &Store<Shelf>, content: u32, breaks: Option<Arc<Trap>>) {
    let cup = Cup {
        content,
        breaks,
        last: None,
    };
    store.update(SHELF, |shelf| shelf.cups.set(cup));
}

/// W6, W11: a comparison that panics while a reader takes is reported; the stream goes on.
#[test]
fn w11_a_comparison_that_panics_does_not_end_a_stream() {
    let log = Log::default();
    let store = shelf(&log);
    let mut cups = store.stream(SHELF, Shelf::CUPS.changes_only());
    let trap = Arc::new(Trap(AtomicBool::new(false)));
    set_cup(&store, 1, None);
    set_cup(&store, 2, Some(Arc::clone(&trap)));
    trap.set();
    assert!(cups.try_next().is_none());
    log.heard(["a comparison panics"]);
    set_cup(&store, 3, None);
    let cup = cups.try_next().unwrap();
    assert_eq!((cup.change().old().unwrap().content, cup.content), (2, 3));
    log.heard([]);
}

/// A shelf whose commits of one write are merged, and told when `write` is through.
fn merging(log: &Log, write: impl Fn(&Store<Shelf>) + Send + 'static) -> (Store<Shelf>, Watcher) {
    let notes = log.clone();
    let store = Store::builder()
        .queue_bound(0)
        .on_panic(move |report| notes.note(&report.message))
        .build();
    let writer = store.clone();
    let busy = Shelf::OTHER.watch(move |_| write(&writer));
    let watching = store.watch(SHELF, busy.changes_only());
    (store, watching)
}

/// A watch of the cups that notes what it hears in somebody's name.
fn cups_of(log: &Log, who: &'static str) -> impl WatchIn<Shelf> + WatchOf<Shelf> + use<> {
    let log = log.clone();
    let watch = Shelf::CUPS.watch(move |cup| log.note(format!("{who}: {}", cup.content)));
    watch.changes_only()
}

/// W6: a comparison that panics while a merged commit is told counts as that watcher's panic; the next one is told.
#[test]
fn w6_a_comparison_that_panics_while_one_is_told_keeps_it_from_no_other() {
    let (log, trap) = (Log::default(), Arc::new(Trap(AtomicBool::new(false))));
    let set = Arc::clone(&trap);
    let (store, _busy) = merging(&log, move |store| {
        set_cup(store, 1, None);
        set_cup(store, 2, Some(Arc::clone(&set)));
        set.set();
    });
    let _first = store.watch(SHELF, cups_of(&log, "first"));
    let _second = store.watch(SHELF, cups_of(&log, "second"));
    store.update(SHELF, |shelf| shelf.other.set(1));
    log.heard(["a comparison panics", "second: 2"]);
    set_cup(&store, 3, None);
    log.heard(["first: 3", "second: 3"]);
}

/// W6, W12: nor does it cost a paused watcher what it is to hear.
#[test]
fn w12_a_comparison_that_panics_while_others_are_told_is_not_that_of_a_paused_watcher() {
    let (log, trap) = (Log::default(), Arc::new(Trap(AtomicBool::new(false))));
    let set = Arc::clone(&trap);
    let (store, _busy) = merging(&log, move |store| {
        set_cup(store, 1, None);
        store.update(SHELF, |shelf| shelf.vase.set(Fragile(5)));
        set_cup(store, 2, Some(Arc::clone(&set)));
        set.set();
    });
    let notes = log.clone();
    let vase = Shelf::VASE.watch(move |vase| notes.note(format!("vase: {}", vase.0)));
    let paused = store.watch(SHELF, cups_of(&log, "paused"));
    let _told = store.watch(SHELF, cups_of(&log, "told"));
    let _vase = store.watch(SHELF, vase.changes_only());
    paused.pause();
    store.update(SHELF, |shelf| shelf.other.set(1));
    log.heard(["a comparison panics", "vase: 5"]);
    paused.resume();
    log.heard(["paused: 2"]);
}

/// Does something while the clone after so many panics; whether that came through.
fn with_broken_clone(clones: usize, act: impl FnOnce()) -> bool {
    CLONES.set(clones);
    let came_through = catch_unwind(AssertUnwindSafe(act)).is_ok();
    CLONES.set(usize::MAX);
    came_through
}

/// A watch that notes steps: `0>1`.
fn steps(log: &Log) -> impl store::WatchIn<Shelf> + store::WatchOf<Shelf> {
    let log = log.clone();
    let watch = Shelf::VASE.watch(move |vase| {
        log.note(format_args!("{}>{}", vase.old().unwrap().0, vase.0));
    });
    watch.changes_only()
}

/// W6, W10: whichever clone panics while commits are merged: nothing is lost, nobody else notices.
#[test]
fn w10_a_clone_that_panics_loses_no_change() {
    for clones in 0..6 {
        let (late, at_once, panics) = (Log::default(), Log::default(), Log::default());
        let store = shelf(&panics);
        let inbox = Inbox::new(|| {});
        let _watching = (
            store.on(&inbox).watch(SHELF, steps(&late)),
            store.watch(SHELF, steps(&at_once)),
        );
        let set = |vase| store.update(SHELF, |shelf| shelf.vase.set(Fragile(vase)));
        set(1);
        let is_written = with_broken_clone(clones, || set(2));
        set(3);
        match is_written {
            true => at_once.heard(["0>1", "1>2", "2>3"]),
            // The panic came before the truth moved, so there is nothing to be told.
            false => at_once.heard(["0>1", "1>3"]),
        }
        inbox.drain();
        let told = late.take();
        assert!(
            told == ["0>3"] || told == ["0>1", "1>3"] || told == ["0>1", "1>2", "2>3"],
            "{clones} clones: {told:?}"
        );
        panics.heard([]);
    }
}

/// W6, R2: the same where the store itself is behind: what is written is told.
#[test]
fn w10_a_clone_that_panics_behind_loses_no_commit() {
    for clones in 0..6 {
        let log = Log::default();
        let store = Store::<Shelf>::builder().queue_bound(0).build();
        let own = store.clone();
        let busy = Shelf::OTHER.watch(move |_| {
            let set = |vase| own.update(SHELF, |shelf| shelf.vase.set(Fragile(vase)));
            set(1);
            with_broken_clone(clones, || set(2));
        });
        let _busy = store.watch(SHELF, busy.changes_only());
        let _vase = store.watch(SHELF, steps(&log));
        store.update(SHELF, |shelf| shelf.other.set(1));
        let told = log.take();
        let now = store.snapshot(SHELF).vase.0;
        let (first, last) = (&told[0], &told[told.len() - 1]);
        assert!(
            first.starts_with("0>") && last.ends_with(&format!(">{now}")),
            "{clones} clones: {told:?}, now {now}"
        );
    }
}

/// W6, W10: an old value whose drop panics ends no watch, wherever it was dropped.
#[test]
fn w10_a_drop_that_panics_ends_no_watch() {
    let log = Log::default();
    let store = shelf(&log);
    let (queue, worker) = WorkQueue::new();
    let inbox = Inbox::new(|| {});
    let watch = |name: &'static str| {
        let log = log.clone();
        Shelf::CUPS.watch(move |cup| log.note(format_args!("{name} {}", cup.content)))
    };
    let _watching = (
        store
            .on(queue)
            .watch(SHELF, watch("executor").changes_only()),
        store.on(&inbox).watch(SHELF, watch("inbox").changes_only()),
    );
    let mut cups = store.stream(SHELF, Shelf::CUPS.changes_only());
    // Whoever reads last has the last reference.
    let mut read = |nth: usize| {
        for reader in 0..3 {
            match (nth + reader) % 3 {
                0 => log.note(format_args!("ran {}", worker.run_ready())),
                1 => log.note(format_args!("drained {}", inbox.drain())),
                _ => {
                    let cup = cups.try_next();
                    log.note(format_args!(
                        "stream {:?}",
                        cup.as_ref().map(|cup| cup.content)
                    ));
                    // The item is the reader's, and so is what its drop does.
                    let _ = catch_unwind(AssertUnwindSafe(|| drop(cup)));
                }
            }
        }
    };
    for nth in 0..3 {
        let cup = Cup {
            last: Some(Arc::new(Shards)),
            ..Cup::default()
        };
        let cup = Cup { content: 1, ..cup };
        store.update(SHELF, |shelf| shelf.cups.set(cup));
        read(nth);
        store.update(SHELF, |shelf| shelf.cups.set(Cup::default()));
        read(nth);
        let told = log.take();
        for line in [
            "executor 1",
            "executor 0",
            "inbox 1",
            "inbox 0",
            "stream Some(1)",
            "stream Some(0)",
        ] {
            assert!(
                told.iter().any(|told| told == line),
                "no {line} in {told:?}"
            );
        }
    }
}

/// W6: what a predicate of the program's says goes to who awaits it.
#[test]
fn w12_a_predicate_that_panics_panics_where_it_is_awaited() {
    let log = Log::default();
    let store = shelf(&log);
    let until = store.until(SHELF, Shelf::OTHER, |_| panic!("a predicate panics"));
    let said = panic_of(|| drop(futures::executor::block_on(until)));
    assert_eq!(said, "a predicate panics");
    log.heard([]);
}
