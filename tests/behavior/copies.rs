//! S3, T1: snapshots that are taken while a write copies what others hold.

use std::{
    cell::{Cell, RefCell},
    panic::{AssertUnwindSafe, catch_unwind},
};

use store::{Model, Snapshot, Store, Stores};

thread_local! {
    static STORE: RefCell<Option<Store<Pair>>> = const { RefCell::new(None) };
    static KEPT: RefCell<Option<Snapshot<First>>> = const { RefCell::new(None) };
    static CLONES_PANIC: Cell<bool> = const { Cell::new(false) };
}

#[derive(PartialEq, Default)]
struct Plain(u32);

impl Clone for Plain {
    fn clone(&self) -> Self {
        assert!(!CLONES_PANIC.get(), "cannot be cloned");
        Self(self.0)
    }
}

/// Takes a snapshot of the other named store while it is cloned.
#[derive(PartialEq, Default)]
struct Curious(u32);

impl Clone for Curious {
    fn clone(&self) -> Self {
        let first = STORE.with_borrow(|store| store.as_ref().map(|store| store.snapshot(FIRST)));
        KEPT.set(first);
        Self(self.0)
    }
}

#[derive(Model)]
pub(crate) struct First {
    plain: Plain,
    number: u32,
}

#[derive(Model)]
pub(crate) struct Second {
    curious: Curious,
    number: u32,
}

#[derive(Stores)]
pub(crate) struct Pair {
    first: First,
    second: Second,
}

/// Writes both, while a snapshot of the second is held, so that it is copied; and of the first comes
/// to be held meanwhile.
fn write_both(store: &Store<Pair>) {
    let shared = store.snapshot(SECOND);
    STORE.set(Some(store.clone()));
    let written = catch_unwind(AssertUnwindSafe(|| {
        let written = store.transaction(|pair| {
            pair.on(FIRST).number.set(1);
            pair.on(SECOND).number.set(1);
            Ok::<_, ()>(())
        });
        written.unwrap();
    }));
    STORE.set(None);
    assert_eq!(written.is_err(), CLONES_PANIC.take());
    assert_eq!(shared.number, 0);
}

#[test]
fn s3_a_snapshot_that_is_taken_while_a_write_copies_stays_as_it_is() {
    let store = Store::<Pair>::new();
    write_both(&store);
    let kept = KEPT.take().unwrap();
    assert_eq!((kept.number, kept.revision()), (0, 0));
    let all = store.snapshot_all();
    assert_eq!((all[FIRST].number, all[SECOND].number), (1, 1));
    assert_eq!(all.revision(), 1);
}

#[test]
fn t1_a_panic_while_that_one_is_copied_leaves_no_trace() {
    let store = Store::<Pair>::new();
    CLONES_PANIC.set(true);
    write_both(&store);
    let kept = KEPT.take().unwrap();
    assert!(store.snapshot(FIRST).ptr_eq(&kept));
    let all = store.snapshot_all();
    assert_eq!((all[FIRST].number, all[SECOND].number), (0, 0));
    assert_eq!(all.revision(), 0);
    write_both(&store);
    assert_eq!(store.snapshot(FIRST).number, 1);
}
