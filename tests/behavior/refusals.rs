//! R1, R4 and what bad input gets: errors that say what was tried, on what, and why.
//!
//! Names that are not registered, or registered twice, do not compile: see `tests/compile`.

use std::{
    cmp::Ordering,
    error::Error as _,
    hash::{Hash, Hasher},
};

use store::{Map, Model, NestedWrite, Store, WriteError};

use crate::{
    app::{App, DIARY, PURSE, PurseDraft, TILL, USER, app, put, rename},
    support::{here, in_time, panic_of},
};

/// The line of a `file:line:column`.
fn line(at: &str) -> &str {
    at.rsplit_once(':').map_or(at, |(line, _)| line)
}

#[track_caller]
fn nested<R: std::fmt::Debug, E: std::fmt::Debug>(result: Result<R, WriteError<E>>) -> NestedWrite {
    match result {
        Err(WriteError::Nested(nested)) => nested,
        other => panic!("{other:?}"),
    }
}

/// R4: an error that names both lines, and no hang.
#[test]
fn a_write_inside_a_write_closure_is_an_error_that_names_both_lines() {
    in_time(|| {
        let store = app();
        let mut inner = String::new();
        let attempt = |purse: &mut PurseDraft<'_>| {
            purse.coins.set(1);
            let (result, at) = (store.try_update(TILL, |_| Ok::<_, String>(())), here());
            inner = at;
            result
        };
        let (result, outer) = (store.try_update(PURSE, attempt), here());
        let Err(WriteError::Aborted(error)) = result else {
            panic!("{result:?}");
        };
        let text = error.to_string();
        for part in [line(&inner), line(&outer), "begun inside the write closure"] {
            assert!(text.contains(part), "{text} should contain {part}");
        }
        assert!(
            text.contains("use a transaction over both stores"),
            "and what to do: {text}"
        );
        assert_eq!(store.revision(), 0);
        rename(&store, "ann");
    });
}

/// R4: with `update`, which has no error to return, a panic; and no trace of either write.
#[test]
fn an_update_inside_a_write_closure_panics() {
    let store = app();
    let said = panic_of(|| {
        store.update(PURSE, |purse| {
            purse.coins.set(1);
            rename(&store, "ann");
        });
    });
    assert!(
        said.starts_with("cannot write store `user`: the write at "),
        "{said}"
    );
    assert_eq!((store.snapshot(PURSE).coins, store.revision()), (0, 0));
    let said = panic_of(|| store.update(PURSE, |_| store.reset(USER)));
    assert!(
        said.starts_with("cannot reset store `user`: the write at "),
        "{said}"
    );
}

/// R4: the writes of text access and of another store are refused as well.
#[test]
fn every_kind_of_nested_write_is_refused() {
    let (store, other) = (app(), app());
    store.update(PURSE, |_| {
        nested(store.transaction(|_| Ok::<_, ()>(())));
        nested(store.by("me").try_update(PURSE, |_| Ok::<_, ()>(())));
        nested(other.try_update(PURSE, |_| Ok::<_, ()>(())));
        let error = store.text().write("till", "coins", 1.into()).unwrap_err();
        assert_eq!(error.to_string(), "cannot write `till.coins`");
        let source = error.source().expect("the reason").to_string();
        assert!(
            source.contains("begun inside the write closure"),
            "{source}"
        );
    });
    assert_eq!((store.revision(), other.revision()), (0, 0));
}

/// R4
#[test]
fn reads_work_inside_a_write_closure() {
    let store = app();
    rename(&store, "ann");
    store.update(USER, |user| {
        user.nick.set("bob".to_owned());
        assert_eq!(store.snapshot(USER).nick, "ann");
        assert_eq!(store.snapshot_all()[USER].nick, "ann");
        assert_eq!(store.revision(), 1);
        assert_eq!(store.text().read("user", "nick").unwrap(), "ann");
    });
}

thread_local! {
    static MEDDLE: std::cell::RefCell<Option<Store<Ledger>>> =
        const { std::cell::RefCell::new(None) };
    static REFUSALS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// Tries to write, and reads, in whatever method of a value is running.
fn meddle() {
    let store = MEDDLE.with_borrow(Clone::clone);
    if let Some(store) = store {
        let _ = store.snapshot(LEDGER).revision();
        nested(store.try_update(LEDGER, |ledger| {
            ledger.pages.set(1);
            Ok::<_, ()>(())
        }));
        REFUSALS.set(REFUSALS.get() + 1);
    }
}

#[derive(Debug, Default)]
struct Meddler(u32);

impl Clone for Meddler {
    fn clone(&self) -> Self {
        meddle();
        Self(self.0)
    }
}

impl PartialEq for Meddler {
    fn eq(&self, other: &Self) -> bool {
        meddle();
        self.0 == other.0
    }
}

impl Eq for Meddler {}

impl PartialOrd for Meddler {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Meddler {
    fn cmp(&self, other: &Self) -> Ordering {
        meddle();
        self.0.cmp(&other.0)
    }
}

impl Hash for Meddler {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        meddle();
        self.0.hash(hasher);
    }
}

#[derive(Model)]
struct Ledger {
    pages: u32,
    one: Meddler,
    many: Map<Meddler, Meddler>,
}

/// R4: a write begun in `Clone`, `PartialEq` or `Ord` that runs for a write is refused there too.
#[test]
fn a_write_inside_a_method_of_a_value_is_refused() {
    in_time(|| {
        let store = Store::<Ledger>::new();
        store.update(LEDGER, |ledger| {
            ledger.many.extend((0..4).map(|n| (Meddler(n), Meddler(n))));
        });
        let meddled = |write: &dyn Fn()| {
            REFUSALS.set(0);
            MEDDLE.set(Some(store.clone()));
            write();
            MEDDLE.set(None);
            REFUSALS.get()
        };
        let compared = meddled(&|| store.update(LEDGER, |ledger| ledger.one.set(Meddler(1))));
        assert_eq!(compared, 1, "`PartialEq`, once");
        let ordered = meddled(&|| {
            store.update(LEDGER, |ledger| {
                assert!(!ledger.many.insert(Meddler(2), Meddler(9)));
            });
        });
        assert!(ordered > 0, "`Ord`");
        let kept = store.snapshot(LEDGER);
        let cloned = meddled(&|| store.update(LEDGER, |ledger| ledger.pages.set(7)));
        assert_eq!(cloned, 1, "`Clone` of the field, as a snapshot is kept");
        drop(kept);
        assert_eq!((store.snapshot(LEDGER).pages, store.revision()), (7, 4));
    });
}

/// R1: well-typed writes to memory do not fail, whatever they do to what is not there.
#[test]
fn writes_to_what_is_not_there_are_harmless() {
    let store = app();
    store.update(USER, |user| {
        assert!(!user.statuses.remove("nobody"));
        assert!(user.statuses.get_mut("nobody").is_none());
        assert!(!user.tags.remove("none"));
        user.statuses.clear();
        user.statuses.retain(|_, _| false);
    });
    store.update(DIARY, |diary| assert!(!diary.days.remove(&1)));
    assert_eq!(store.revision(), 0);
}

/// R1: an error of a transaction is the closure's own, with its source kept.
#[test]
fn an_aborted_write_hands_the_closures_error_back() {
    let store = app();
    let result = store.try_update(USER, |_| "x".parse::<u8>());
    match result {
        Err(WriteError::Aborted(error)) => assert_eq!(error, "x".parse::<u8>().unwrap_err()),
        other => panic!("{other:?}"),
    }
}

/// R2: after every kind of failure at once, the store does all it did before.
#[test]
fn no_failure_poisons_the_store() {
    in_time(|| {
        let store: Store<App> = Store::builder().chain_limit(2).build();
        let weak = store.downgrade();
        let guard = store.guard(TILL, |_| Err("closed".into()));
        let runaway = crate::app::Purse::watch().coins(move |_| {
            weak.upgrade()
                .unwrap()
                .update(PURSE, |purse| *purse.coins += 1);
        });
        let watching = store.watch(PURSE, runaway);
        let _panics = store.watch(USER, USER.any().watch(|_| panic!("no")));
        panic_of(|| store.update(USER, |_| panic!("no")));
        panic_of(|| store.update(TILL, |_| ()));
        panic_of(|| store.update(USER, |_| store.reset(USER)));
        rename(&store, "ann");
        drop((guard, watching));
        let revision = store.revision();
        put(&store, "ann", 1);
        store.update(TILL, |till| till.coins.set(1));
        store.update(PURSE, |purse| purse.coins.set(-1));
        assert_eq!(store.revision(), revision + 3);
    });
}
