//! W6: callbacks and the program's own types that panic.

use std::{
    cell::{Cell, RefCell},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use parking_lot::Mutex;
use store::{Map, Model, PanicReport, PanicSource, Store, Watch};

use crate::{
    app::{App, PURSE, Purse, app, rename},
    support::{Log, here, in_time, panic_of},
};

/// A store whose hook notes each report.
fn reporting() -> (Store<App>, Arc<Mutex<Vec<PanicReport>>>) {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&reports);
    let store = Store::builder()
        .on_panic(move |report| hook.lock().push(report.clone()))
        .build();
    (store, reports)
}

/// W6: all others are told, the writer's call returns, and the hook hears who it was and when.
#[test]
fn a_panicking_callback_is_caught_and_reported() {
    let (store, reports) = reporting();
    let log = Log::default();
    let broken = || {
        Purse::watch()
            .coins(|coins| assert!(*coins != 2, "two is too much"))
            .changes_only()
    };
    let (_broken, at) = (store.watch(PURSE, broken()), here());
    let _other = store.watch(PURSE, Purse::watch().coins(log.of("coins")));
    for coins in 1..=3 {
        store.update(PURSE, |purse| purse.coins.set(coins));
    }
    log.heard([
        "coins: 0",
        "coins: 0 -> 1",
        "coins: 1 -> 2",
        "coins: 2 -> 3",
    ]);
    let reports = reports.lock();
    let [report] = &reports[..] else {
        panic!("{reports:?}");
    };
    assert_eq!((report.revision, &*report.message), (2, "two is too much"));
    let PanicSource::Callback(registered) = report.by else {
        panic!("{report}");
    };
    assert_eq!(registered.file(), file!());
    assert_eq!(Some(&*registered.line().to_string()), at.split(':').nth(1));
    let text = report.to_string();
    assert!(
        text.contains("panicked when told of commit 2: two is too much"),
        "{text}"
    );
}

/// W6: the callback is called again at the next commit.
#[test]
fn a_callback_that_panicked_is_told_of_the_next_commit() {
    let (store, reports) = reporting();
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let _watching = store.watch(
        PURSE,
        Purse::watch().coins(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            panic!("again");
        }),
    );
    store.update(PURSE, |purse| purse.coins.set(1));
    store.update(PURSE, |purse| purse.coins.set(2));
    assert_eq!(calls.load(Ordering::Relaxed), 3);
    let revisions: Vec<_> = reports
        .lock()
        .iter()
        .map(|report| report.revision)
        .collect();
    assert_eq!(revisions, [0, 1, 2], "the immediate call included");
}

/// W6: a projection that panics misses that commit only, and then compares with what it last saw.
#[test]
fn a_projection_that_panicked_goes_on_from_what_it_last_saw() {
    let (store, reports) = reporting();
    let log = Log::default();
    let half = PURSE
        .project(|purse| {
            assert!(purse.coins != 1, "odd");
            purse.coins
        })
        .watch(log.of("coins"));
    let _watching = store.watch(PURSE, half);
    store.update(PURSE, |purse| purse.coins.set(1));
    store.update(PURSE, |purse| purse.coins.set(2));
    log.heard(["coins: 0", "coins: 0 -> 2"]);
    assert_eq!(reports.lock().len(), 1);
}

/// W6: with no hook, with a payload that is no text, and with a hook that panics itself.
#[test]
fn whatever_panics_how_nothing_is_poisoned() {
    let odd = |store: Store<App>| {
        let log = Log::default();
        store
            .watch(PURSE, Purse::watch().coins(|_| std::panic::panic_any(7)))
            .detach();
        store
            .watch(PURSE, Purse::watch().coins(log.of("coins")))
            .detach();
        store.update(PURSE, |purse| purse.coins.set(1));
        log.heard(["coins: 0", "coins: 0 -> 1"]);
    };
    odd(app());
    odd(Store::builder()
        .on_panic(|_| panic!("the hook too"))
        .build());
    let (store, reports) = reporting();
    odd(store);
    assert_eq!(reports.lock()[0].message, "a panic without a message");
}

/// W6, W4: a hook that writes what the panicking watcher watches is one more chain that stops.
#[test]
fn a_hook_that_feeds_the_watcher_it_reports_comes_to_a_stop() {
    in_time(|| {
        let slot = Arc::new(Mutex::new(None::<store::WeakStore<App>>));
        let own = Arc::clone(&slot);
        let hook = move |_: &PanicReport| {
            let store = own.lock().as_ref().unwrap().upgrade().unwrap();
            store.update(PURSE, |purse| *purse.coins += 1);
        };
        let store = Store::<App>::builder()
            .chain_limit(10)
            .on_panic(hook)
            .build();
        *slot.lock() = Some(store.downgrade());
        let _watching = store.watch(PURSE, Purse::watch().coins(|_| panic!("no")).changes_only());
        store.update(PURSE, |purse| purse.coins.set(1));
        assert_eq!(store.snapshot(PURSE).coins, 11);
    });
}

/// W6: what a callback owns panics when it is dropped with its handle.
#[test]
fn a_callback_whose_drop_panics_is_reported() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let (store, reports) = reporting();
    let bomb = Bomb;
    let watching = store.watch(
        PURSE,
        Purse::watch().coins(move |_| {
            let _owned = &bomb;
        }),
    );
    drop(watching);
    assert_eq!(reports.lock()[0].message, "dropped");
    rename(&store, "ann");
}

thread_local! {
    static FUSE: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// A value that panics in the method that this thread lit the fuse of.
#[derive(Debug, Default)]
struct Brittle(u32);

fn burn(what: &str) {
    assert!(FUSE.get() != Some(what), "{what} broke");
}

impl Clone for Brittle {
    fn clone(&self) -> Self {
        burn("clone");
        Self(self.0)
    }
}

impl PartialEq for Brittle {
    fn eq(&self, other: &Self) -> bool {
        burn("eq");
        self.0 == other.0
    }
}

impl Drop for Brittle {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            burn("drop");
        }
    }
}

#[derive(Model)]
struct Shelf {
    one: Brittle,
    many: Map<u32, Brittle>,
}

/// Runs `work` with the fuse of `what` lit.
fn lit<R>(what: &'static str, work: impl FnOnce() -> R) -> R {
    struct Out;
    impl Drop for Out {
        fn drop(&mut self) {
            FUSE.set(None);
        }
    }
    FUSE.set(Some(what));
    let _out = Out;
    work()
}

/// T1, W6: `PartialEq` panics while a write is compared with what is committed.
#[test]
fn a_comparison_that_panics_leaves_no_trace_of_the_write() {
    let store = Store::<Shelf>::new();
    let said = panic_of(|| {
        lit("eq", || {
            store.update(SHELF, |shelf| shelf.one.set(Brittle(1)));
        });
    });
    assert_eq!(said, "eq broke");
    assert_eq!((store.snapshot(SHELF).one.0, store.revision()), (0, 0));
    store.update(SHELF, |shelf| shelf.one.set(Brittle(2)));
    assert_eq!((store.snapshot(SHELF).one.0, store.revision()), (2, 1));
}

/// T1, W6: `Clone` panics while the write makes room for a snapshot that is kept.
#[test]
fn a_clone_that_panics_leaves_no_trace_of_the_write() {
    let (store, log) = (Store::<Shelf>::new(), Log::default());
    let _watching = store.watch(SHELF, SHELF.any().watch(log.fields()));
    let kept = store.snapshot(SHELF);
    let said = panic_of(|| {
        lit("clone", || {
            store.update(SHELF, |shelf| shelf.many.insert(1, Brittle(1)))
        });
    });
    assert_eq!(said, "clone broke");
    assert_eq!((store.snapshot(SHELF).many.len(), store.revision()), (0, 0));
    assert!(store.snapshot(SHELF).ptr_eq(&kept));
    store.update(SHELF, |shelf| shelf.one.set(Brittle(2)));
    log.heard(["shelf", "shelf one"]);
}

/// W6: a watch made in the closure of a write that then panics is told what others wrote meanwhile.
#[test]
fn a_write_that_panics_late_leaves_no_commit_untold() {
    let (other, log) = (app(), Log::default());
    let store = Store::<Shelf>::new();
    let kept = store.snapshot(SHELF);
    let broken = catch_unwind(AssertUnwindSafe(|| {
        store.update(SHELF, |shelf| {
            shelf.many.insert(1, Brittle(1));
            // Detached, so it must not own the store.
            let (theirs, mut tell) = (other.downgrade(), log.of("coins"));
            let first = Purse::watch().coins(move |coins| {
                if coins.is_initial() {
                    let theirs = theirs.upgrade().unwrap();
                    let write = move || theirs.update(PURSE, |purse| purse.coins.set(1));
                    crate::support::elsewhere(write).answer();
                }
                tell(coins);
            });
            other.watch(PURSE, first).detach();
            FUSE.set(Some("clone"));
        });
    }));
    FUSE.set(None);
    drop(kept);
    broken.unwrap_err();
    log.heard(["coins: 0", "coins: 0 -> 1"]);
}

/// W6: the old value panics when it is dropped: the commit stands, and all are told.
#[test]
fn an_old_value_whose_drop_panics_harms_nobody() {
    let (store, log) = (Store::<Shelf>::new(), Log::default());
    let unwatched = Store::<Shelf>::new();
    lit("drop", || {
        unwatched.update(SHELF, |shelf| shelf.one.set(Brittle(1)));
    });
    assert_eq!(unwatched.snapshot(SHELF).one.0, 1);
    let _watching = store.watch(SHELF, SHELF.any().watch(log.fields()));
    lit("drop", || {
        store.update(SHELF, |shelf| shelf.one.set(Brittle(1)));
    });
    store.update(SHELF, |shelf| shelf.one.set(Brittle(2)));
    log.heard(["shelf", "shelf one", "shelf one"]);
    assert_eq!(store.revision(), 2);
}

/// W6: values are compared to find whose key differs; if that panics, the others are told.
#[test]
fn a_look_up_that_panics_does_not_keep_the_others_from_being_told() {
    let (store, log) = (Store::<Shelf>::new(), Log::default());
    store.update(SHELF, |shelf| shelf.many.insert(1, Brittle(1)));
    let _key = store.watch(SHELF, Shelf::MANY.key(1).watch(log.key()));
    let _whole = store.watch(SHELF, SHELF.any().watch(log.fields()));
    log.take();
    // Maps of different length differ without comparing values; telling key 1 compares them.
    let bigger = || (1..4).map(|n| (n, Brittle(1))).collect();
    lit("eq", || {
        store.update(SHELF, |shelf| shelf.many.set(bigger()));
    });
    log.heard(["shelf many"]);
    store.update(SHELF, |shelf| shelf.many.insert(1, Brittle(9)));
    log.heard(["1: Brittle(1) -> Brittle(9)", "shelf many"]);
}

/// W6: a thread that unwinds says farewell in a drop; a watcher panics at that.
#[test]
fn a_write_made_while_the_thread_unwinds_is_told() {
    struct Farewell<'a>(&'a Store<App>);
    impl Drop for Farewell<'_> {
        fn drop(&mut self) {
            self.0.update(PURSE, |purse| purse.coins.set(1));
        }
    }
    let (store, reports) = reporting();
    let log = Log::default();
    let broken = Purse::watch().coins(|_| panic!("at that"));
    let _broken = store.watch(PURSE, broken.changes_only());
    let _other = store.watch(PURSE, Purse::watch().coins(log.of("coins")));
    let said = panic_of(|| {
        let _farewell = Farewell(&store);
        panic!("out of here");
    });
    assert_eq!(
        (&*said, &*reports.lock()[0].message),
        ("out of here", "at that")
    );
    log.heard(["coins: 0", "coins: 0 -> 1"]);
}

/// T1: a default that panics, at a reset.
#[test]
fn a_default_that_panics_leaves_no_trace_of_the_reset() {
    static BROKEN: AtomicBool = AtomicBool::new(false);
    #[derive(Model)]
    struct Fragile {
        first: u32,
        #[model(default = { assert!(!BROKEN.load(Ordering::Relaxed), "no default"); 3 })]
        second: u32,
    }
    let store = Store::<Fragile>::new();
    store.update(FRAGILE, |fragile| {
        fragile.first.set(8);
        fragile.second.set(9);
    });
    BROKEN.store(true, Ordering::Relaxed);
    assert_eq!(panic_of(|| store.reset(FRAGILE)), "no default");
    let fragile = store.snapshot(FRAGILE);
    assert_eq!((fragile.first, fragile.second), (8, 9));
}

/// W6: what the hook hears, `tracing` hears as well.
#[test]
fn a_panicking_callback_is_reported_to_tracing() {
    // For the whole process, as other threads decide too whether an event is of interest.
    tracing::subscriber::set_global_default(Records).expect("no other test sets one");
    tracing::callsite::rebuild_interest_cache();
    let store = app();
    let _watching = store.watch(PURSE, Purse::watch().coins(|_| panic!("oh dear")));
    store.update(PURSE, |purse| purse.coins.set(1));
    let lines = RECORDED.with_borrow(Clone::clone);
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (revision, line) in lines.iter().enumerate() {
        for part in [
            "the watcher at",
            "oh dear",
            file!(),
            &format!("revision={revision}"),
        ] {
            assert!(line.contains(part), "{line} should contain {part}");
        }
    }
}

thread_local! {
    static RECORDED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Notes each event of this thread with its fields.
struct Records;

impl tracing::Subscriber for Records {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "store"
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = String::new();
        event.record(
            &mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                line += &format!("{field}={value:?} ");
            },
        );
        RECORDED.with_borrow_mut(|lines| lines.push(line));
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}
