//! Writes: guards, panics of the program's code, and where old values are dropped.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
};

use parking_lot::Mutex;
use store::{Map, MapChange, Model, Store, Watch, WriteError};

static CLONES_PANIC: AtomicBool = AtomicBool::new(false);

#[derive(Default, PartialEq)]
pub(crate) struct Fragile(u32);

impl Clone for Fragile {
    fn clone(&self) -> Self {
        assert!(!CLONES_PANIC.load(SeqCst), "cannot be cloned");
        Self(self.0)
    }
}

#[derive(Model)]
pub(crate) struct Glass {
    pub(crate) fragile: Fragile,
    pub(crate) label: u32,
}

#[derive(Model)]
pub(crate) struct Counter {
    pub(crate) clicks: u32,
}

/// T1, W4: a panic of `Clone` while a shared state is copied leaves no trace, and does not keep
/// from anybody what was left to be told at the end of the write.
#[test]
fn t1_a_panic_while_a_shared_state_is_copied_leaves_the_telling_alone() {
    let glass = Store::<Glass>::new();
    let counter = Store::<Counter>::new();
    let heard = Arc::new(AtomicUsize::new(0));
    let shared = glass.snapshot(GLASS);
    let watching = RefCell::new(None);
    let failed = catch_unwind(AssertUnwindSafe(|| {
        glass.update(GLASS, |draft| {
            draft.label.set(1);
            let (other, heard) = (counter.clone(), Arc::clone(&heard));
            *watching.borrow_mut() = Some(counter.watch(
                COUNTER,
                Counter::watch().clicks(move |clicks| {
                    if clicks.is_initial() {
                        let other = other.clone();
                        let writing = thread::spawn(move || {
                            other.update(COUNTER, |draft| draft.clicks.set(7));
                        });
                        writing.join().unwrap();
                    }
                    heard.store(*clicks as usize, SeqCst);
                }),
            ));
            CLONES_PANIC.store(true, SeqCst);
        });
    }));
    CLONES_PANIC.store(false, SeqCst);
    assert!(failed.is_err());
    assert_eq!((shared.label, glass.snapshot(GLASS).label), (0, 0));
    assert_eq!(glass.revision(), 0);
    assert_eq!(heard.load(SeqCst), 7);
    glass.update(GLASS, |draft| draft.label.set(2));
    assert_eq!(glass.revision(), 1);
}

/// T3: a guard that is registered while a write closure runs is asked of that write.
#[test]
fn t3_a_guard_sees_a_write_that_is_under_way() {
    let store = Store::<Counter>::new();
    let (inside, is_inside) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let writing = thread::spawn({
        let store = store.clone();
        move || {
            store.try_update(COUNTER, |counter| {
                inside.send(()).unwrap();
                may_go_on.recv().unwrap();
                counter.clicks.set(99);
                Ok::<_, ()>(())
            })
        }
    });
    is_inside.recv().unwrap();
    let _guard = store.guard(COUNTER, |counter| match *counter.clicks {
        0..=9 => Ok(()),
        _ => Err("only nine clicks are allowed".into()),
    });
    go_on.send(()).unwrap();
    assert!(matches!(
        writing.join().unwrap(),
        Err(WriteError::Refused(_))
    ));
    assert_eq!(store.snapshot(COUNTER).clicks, 0);
}

#[derive(Model)]
pub(crate) struct Match {
    pub(crate) home: String,
    pub(crate) away: String,
    pub(crate) first: Map<u32, u32>,
    pub(crate) second: Map<u32, u32>,
}

/// T1, T5: fields whose drafts are swapped have their values swapped, and their watchers hear it.
#[test]
fn t1_swapped_drafts_swap_the_values() {
    let store = Store::<Match>::new();
    store.update(MATCH, |game| {
        game.home.set("Ajax".to_owned());
        game.first.insert(1, 10);
        game.second.insert(2, 20);
    });
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let _watching = store.watch(
        MATCH,
        Match::watch()
            .second(move |second| {
                notes
                    .lock()
                    .extend(second.changes().map(|change| change.cloned()));
            })
            .changes_only(),
    );
    store.update(MATCH, |game| {
        game.first.insert(5, 50);
        std::mem::swap(&mut game.first, &mut game.second);
        std::mem::swap(&mut game.home, &mut game.away);
        assert_eq!(*game.away, "Ajax");
    });
    let now = store.snapshot(MATCH);
    assert_eq!((&*now.home, &*now.away), ("", "Ajax"));
    assert_eq!(now.first, Map::from([(2, 20)]));
    assert_eq!(now.second, Map::from([(1, 10), (5, 50)]));
    assert_eq!(
        *seen.lock(),
        [
            MapChange::Inserted { key: 1, value: 10 },
            MapChange::Removed { key: 2, old: 20 },
            MapChange::Inserted { key: 5, value: 50 },
        ]
    );
}

static DROPS_PANIC: AtomicBool = AtomicBool::new(false);

#[derive(Clone, Default)]
pub(crate) struct Vase;

impl PartialEq for Vase {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

impl Drop for Vase {
    fn drop(&mut self) {
        assert!(!DROPS_PANIC.swap(false, SeqCst), "cannot be dropped");
    }
}

#[derive(Clone, Default)]
pub(crate) struct Jug;

impl PartialEq for Jug {
    fn eq(&self, _: &Self) -> bool {
        panic!("cannot be compared")
    }
}

#[derive(Model)]
pub(crate) struct Shelf {
    pub(crate) vase: Vase,
    pub(crate) jug: Jug,
    pub(crate) books: u32,
}

/// R1: a write that was made does not fail because an old value cannot be dropped, whether
/// somebody watches or not.
#[test]
fn r1_a_panic_while_an_old_value_is_dropped_fails_no_write() {
    let store = Store::<Shelf>::new();
    for books in 1..3 {
        store.update(SHELF, |shelf| {
            shelf.vase.set(Vase);
            shelf.books.set(books);
            DROPS_PANIC.store(true, SeqCst);
        });
        assert!(!DROPS_PANIC.load(SeqCst));
        assert_eq!(store.snapshot(SHELF).books, books);
        store.watch(SHELF, Shelf::watch().books(|_| {})).detach();
    }
}

/// T1: what is given up is not compared.
#[test]
fn t1_an_aborted_write_compares_nothing() {
    let store = Store::<Shelf>::new();
    let aborted = store.try_update(SHELF, |shelf| {
        shelf.jug.set(Jug);
        Err::<(), _>("no jugs")
    });
    assert!(matches!(aborted, Err(WriteError::Aborted("no jugs"))));
    assert_eq!(store.revision(), 0);
}
