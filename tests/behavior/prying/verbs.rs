//! Every verb of a store, as it is used from inside of it: a line for each.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    time::Duration,
};

use futures::FutureExt as _;
use serde_json::json;
use store::{
    CachedSnapshot, ChangeStream, Derived, Guard, Inbox, LocalWatcher, ManualClock, OwnedChange,
    Store, Told, Transaction, Watch as _, Watcher, WatcherGroup, WeakStore, WorkQueue, WriteError,
};

use super::{
    Bank, DESK, Desk, VAULT, Vault,
    call_out::{CallOut, Fate, complain, note},
};

thread_local! {
    static STORE: RefCell<Option<WeakStore<Bank>>> = const { RefCell::new(None) };
    static IS_PRYING: Cell<bool> = const { Cell::new(false) };
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// Has code of the program's use `store` from now on, on this thread.
pub(super) fn pry_into(store: &Store<Bank>) {
    STORE.set(Some(store.downgrade()));
}

/// Has it use nothing any more.
pub(super) fn stop_prying() {
    STORE.set(None);
    KEPT.set(None);
}

/// Uses every verb. What that runs of the program's does not pry in turn.
pub(super) fn pry(from: CallOut) {
    let store = STORE.with_borrow(|store| store.as_ref().and_then(WeakStore::upgrade));
    let Some(store) = store.filter(|_| !IS_PRYING.replace(true)) else {
        return;
    };
    if let Some(kept) = KEPT.take() {
        tried(from, "what was kept", || kept.use_up());
    }
    let mut fate = None;
    tried(from, "try_update", || fate = Some(write_a_visit(&store)));
    if let Some(fate) = fate {
        note(from, fate);
        for (name, verb) in ANYWHERE {
            tried(from, name, || verb(&store));
        }
        for (name, write) in WRITES {
            tried(from, name, || assert_eq!(write(&store), fate));
        }
        let outside = if fate == Fate::Made { OUTSIDE } else { &[] };
        for (name, verb) in outside {
            tried(from, name, || verb(&store));
        }
        tried(from, "what is kept", || {
            KEPT.set(Some(Kept::new(&store, fate)));
        });
    }
    drop(store);
    IS_PRYING.set(false);
}

/// Uses a verb, and complains if it panics.
fn tried(from: CallOut, name: &str, verb: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(verb)) {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        complain(format!("{name} in {from:?}: {}", said.unwrap_or("a panic")));
    }
}

/// Visits are only written from inside, once each time, so that what watches them is not called ever more often.
fn write_a_visit(store: &Store<Bank>) -> Fate {
    fate(store.try_update(VAULT, |vault| {
        vault.visits.set(*vault.visits + 1);
        Ok(())
    }))
}

fn fate(written: Result<(), WriteError<()>>) -> Fate {
    match written {
        Ok(()) => Fate::Made,
        Err(WriteError::Nested(_)) => Fate::Refused,
        Err(WriteError::Runaway(_)) => Fate::Stopped,
        Err(other) => panic!("{other:?}"),
    }
}

/// The fate of a write by text, or of another that says what it came to in words.
fn fate_in_words(written: Result<(), impl fmt::Debug>) -> Fate {
    match written.map_err(|error| format!("{error:?}")) {
        Ok(()) => Fate::Made,
        Err(words) if words.contains("Nested") => Fate::Refused,
        Err(words) if words.contains("Runaway") => Fate::Stopped,
        Err(other) => panic!("{other}"),
    }
}

type Verb = fn(&Store<Bank>);
type Write = fn(&Store<Bank>) -> Fate;

/// What can be done wherever code of the program's runs.
const ANYWHERE: &[(&str, Verb)] = &[
    ("snapshot", |store| {
        let revision = store.snapshot_all().revision();
        assert!(store.snapshot(VAULT).revision() >= revision);
        assert!(store.revision() >= revision);
    }),
    ("cached", |store| {
        let mut cached = store.cached(DESK);
        assert!(cached.get().revision() <= store.revision());
    }),
    ("text", |store| {
        let _ = store.text().stores();
        store.text().read("desk", "papers").unwrap();
        drop(store.text().watch("desk", "papers", |_| {}).unwrap());
    }),
    ("watch", |store| {
        let watching = store.watch(VAULT, Vault::watch().visits(|_| {}));
        drop(store.watch(VAULT, Vault::SHELF.watch(|_| {}).changes_only()));
        watching.pause();
        watching.resume();
        watching.check().unwrap();
    }),
    ("watch_across", |store| {
        let shelves = Vault::SHELF.view().count();
        drop(store.watch_across(shelves.watch(|_| {})));
    }),
    ("guard", |store| drop(store.guard(VAULT, |_| Ok(())))),
    ("stream", |store| {
        let mut visits = store.stream(VAULT, Vault::VISITS);
        assert!(visits.has_changed());
        assert!(visits.try_next().is_some());
        let mut papers = store.stream(DESK, Desk::PAPERS);
        assert!(papers.blocking().next().is_some());
        assert!(papers.changed().now_or_never().is_none());
    }),
    ("until", |store| {
        let mut visits = Box::pin(store.until(VAULT, Vault::VISITS, |_| true));
        assert!((&mut visits).now_or_never().unwrap().is_ok());
    }),
    ("told", |store| {
        assert!(store.told(store.revision() + 1).now_or_never().is_none());
    }),
    ("inbox", |store| {
        let inbox = Inbox::new(|| {});
        let local = store.on(&inbox).watch(DESK, Desk::watch().papers(|_| {}));
        let _ = inbox.drain();
        drop(local);
        assert_eq!(inbox.drain(), 0);
    }),
    ("executor", |store| {
        let (queue, worker) = WorkQueue::new();
        let watching = store.on(queue).watch(DESK, Desk::watch().papers(|_| {}));
        let _ = worker.run_ready();
        drop(watching);
    }),
    ("clock", |store| {
        let ((queue, worker), clock) = (WorkQueue::new(), ManualClock::new());
        let rest = Duration::from_secs(1);
        let resting = store.on(queue).debounce(rest, clock.clone());
        let watching = resting.watch(DESK, Desk::watch().papers(|_| {}));
        let _ = worker.run_ready();
        clock.advance(rest);
        let _ = worker.run_ready();
        drop(watching);
    }),
    ("downgrade", |store| {
        assert!(store.downgrade().upgrade().is_some());
    }),
];

/// What writes: all of them come to the same wherever they are tried.
const WRITES: &[(&str, Write)] = &[
    ("transaction", |store| {
        fate(store.transaction(|both: &mut Transaction<'_, _>| {
            let visits = *both.on(VAULT).visits;
            both.on(DESK).papers.set(visits);
            Ok(())
        }))
    }),
    ("by", |store| {
        fate(store.by("pry").try_update(DESK, |desk| {
            desk.papers.set(*desk.papers + 1);
            Ok(())
        }))
    }),
    ("write as text", |store| {
        fate_in_words(store.text().write("desk", "papers", json!(7)))
    }),
    ("reset as text", |store| {
        fate_in_words(store.text().reset("desk", "papers"))
    }),
];

/// What panics inside a write, and says so.
const OUTSIDE: &[(&str, Verb)] = &[
    ("update", |store| {
        store.update(DESK, |desk| desk.papers.set(*desk.papers + 1));
    }),
    ("reset", |store| store.reset(DESK)),
    ("derive", |store| {
        let twice = store.derive(Desk::PAPERS, |papers| papers * 2);
        let _ = store.derived(&twice);
        drop(store.watch_across(twice.watch(|_| {})));
        assert!(store.snapshot_all().derived(&twice).is_some());
    }),
];

/// Handles that are made in one place and used up in the next. What they hear of is never of a type that pries, or
/// they would keep old values from being dropped when they are looked for.
struct Kept {
    watcher: Watcher,
    guard: Guard,
    stream: ChangeStream<OwnedChange<u32>>,
    cached: CachedSnapshot<Bank, Desk>,
    told: Told<Bank>,
    until: Pin<Box<dyn Future<Output = bool>>>,
    derived: Option<Derived<Bank, u32>>,
    local: LocalWatcher,
    inbox: Inbox,
    rest: Box<dyn Any>,
}

impl Kept {
    fn new(store: &Store<Bank>, fate: Fate) -> Self {
        let inbox = Inbox::new(|| {});
        let (queue, worker) = WorkQueue::new();
        let watch = || Desk::watch().papers(|_| {});
        let group: WatcherGroup = [
            store.watch(DESK, watch()),
            store.on(queue).watch(DESK, watch()),
        ]
        .into_iter()
        .collect();
        let never = store.until(DESK, Desk::PAPERS, |_| false);
        let mut kept = Self {
            watcher: store.watch(VAULT, Vault::watch().visits(|_| {})),
            guard: store.guard(DESK, |_| Ok(())),
            stream: store.stream(DESK, Desk::PAPERS),
            cached: store.cached(DESK),
            told: store.told(store.revision() + 1),
            until: Box::pin(never.map(|found| found.is_ok())),
            derived: (fate == Fate::Made).then(|| store.derive(Desk::PAPERS, |papers| papers + 1)),
            local: store.on(&inbox).watch(DESK, watch()),
            inbox,
            rest: Box::new((group, worker, store.snapshot(DESK))),
        };
        assert!(kept.until.as_mut().now_or_never().is_none());
        kept
    }

    /// Uses each of them once more, and drops it. Their store may have gone meanwhile.
    fn use_up(mut self) {
        self.watcher.pause();
        drop(self.watcher);
        drop(self.guard);
        let _ = self.cached.get().papers;
        while self.stream.try_next().is_some() {}
        drop(self.stream);
        let _ = (&mut self.told).now_or_never();
        let _ = self.until.as_mut().now_or_never();
        drop((self.told, self.until, self.derived));
        let _ = self.inbox.drain();
        drop(self.local);
        drop((self.inbox, self.rest));
    }
}
