//! Values derived at run time (D1): of the same moment as their inputs, computed once, told like
//! fields.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use store::{Derived, Inbox, PanicReport, Store, Watch as _};

use crate::{
    app::{App, PURSE, Purse, USER, User, app},
    support::Log,
};

/// A value that counts how often it is computed: how many letters the nick has.
fn letters(store: &Store<App>) -> (Derived<App, usize>, Arc<AtomicUsize>) {
    let computed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&computed);
    let letters = store.derive(User::NICK, move |nick| {
        count.fetch_add(1, Ordering::Relaxed);
        nick.len()
    });
    (letters, computed)
}

/// D1: it is computed once when it is made, and then once per commit that changes an input.
#[test]
fn a_derived_value_is_computed_only_if_an_input_changed() {
    let store = app();
    let (letters, computed) = letters(&store);
    assert_eq!(computed.load(Ordering::Relaxed), 1);
    store.update(USER, |user| user.online.set(true));
    store.update(USER, |user| user.nick.set("nobody".to_owned()));
    assert_eq!(computed.load(Ordering::Relaxed), 1);
    store.update(USER, |user| {
        user.nick.set("a".to_owned());
        user.nick.set("ann".to_owned());
    });
    assert_eq!(computed.load(Ordering::Relaxed), 2);
    for _ in 0..3 {
        assert_eq!(*store.derived(&letters), 3);
    }
    assert_eq!(computed.load(Ordering::Relaxed), 2);
}

/// D1: it is told like a field, and equal results are silent.
#[test]
fn an_equal_result_is_silent() {
    let (store, log) = (app(), Log::default());
    let (letters, _) = letters(&store);
    let _watching = store.watch_across(letters.watch(log.of("letters")));
    log.heard(["letters: 6"]);
    store.update(USER, |user| user.nick.set("ann".to_owned()));
    log.heard(["letters: 6 -> 3"]);
    store.update(USER, |user| user.nick.set("bob".to_owned()));
    log.heard([]);
}

/// D1: chains and diamonds are computed once, each value after what it is derived from.
#[test]
fn a_diamond_is_computed_once_and_told_once() {
    let (store, log) = (app(), Log::default());
    let (letters, _) = letters(&store);
    let even = store.derive(letters.clone(), |letters| letters % 2 == 0);
    let computed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&computed);
    let both = store.derive(
        (letters, even, User::ONLINE),
        move |(letters, even, online)| {
            count.fetch_add(1, Ordering::Relaxed);
            assert_eq!(letters % 2 == 0, *even, "seen at one moment");
            format!("{letters} {even} {online}")
        },
    );
    let _watching = store.watch_across(both.watch(log.of("both")));
    log.heard([r#"both: "6 true false""#]);
    store.update(USER, |user| {
        user.nick.set("ann".to_owned());
        user.online.set(true);
    });
    log.heard([r#"both: "6 true false" -> "3 false true""#]);
    assert_eq!(computed.load(Ordering::Relaxed), 2);
}

/// D1: a value may be derived from several named stores, and is of one moment with them.
#[test]
fn a_value_across_named_stores_is_of_one_moment() {
    let store = app();
    let sum = store.derive((User::NICK, Purse::COINS), |(nick, coins)| {
        format!("{nick} {coins}")
    });
    store
        .transaction(|all| {
            all.on(USER).nick.set("ann".to_owned());
            all.on(PURSE).coins.set(7);
            Ok::<_, ()>(())
        })
        .unwrap();
    let all = store.snapshot_all();
    let expected = format!("{} {}", all[USER].nick, all[PURSE].coins);
    assert_eq!(all.derived(&sum), Some(&expected));
    assert_eq!(expected, "ann 7");
}

/// D1, T1: a write that is given up leaves no trace in what derives from it.
#[test]
fn a_write_that_is_given_up_leaves_derived_values_alone() {
    let store = app();
    let (letters, _) = letters(&store);
    let _ = store.try_update(USER, |user| {
        user.nick.set("ann".to_owned());
        Err::<(), _>("no")
    });
    assert_eq!(*store.derived(&letters), 6);
}

/// D1: a function that panics is reported and leaves the last value; the commit goes on.
#[test]
fn a_function_that_panics_is_reported_and_leaves_the_last_value() {
    let log = Log::default();
    let reports = log.clone();
    let store = Store::<App>::builder()
        .on_panic(move |report: &PanicReport| reports.note(report))
        .build();
    let letters = store.derive(User::NICK, |nick| match nick.as_str() {
        "bad" => panic!("no such nick"),
        nick => nick.len(),
    });
    store.update(USER, |user| user.nick.set("ann".to_owned()));
    store.update(USER, |user| user.nick.set("bad".to_owned()));
    let report = log.take().join(" ");
    assert!(
        report.starts_with("the derived value of tests/behavior/derive.rs:"),
        "{report}"
    );
    assert!(
        report.ends_with(" panicked in commit 2: no such nick"),
        "{report}"
    );
    assert_eq!(store.snapshot(USER).nick, "bad");
    assert_eq!(*store.derived(&letters), 3);
    store.update(USER, |user| user.nick.set("beatrice".to_owned()));
    assert_eq!(*store.derived(&letters), 8);
}

/// D1: a function that panics at once derives nothing.
#[test]
fn a_function_that_panics_at_once_derives_nothing() {
    let store = app();
    let derive = || store.derive(User::NICK, |_| -> u8 { panic!("never") });
    assert!(catch_unwind(AssertUnwindSafe(derive)).is_err());
    store.update(USER, |user| user.nick.set("ann".to_owned()));
    assert_eq!(store.revision(), 1);
}

/// D1, R4: a value cannot be derived inside a write closure, nor can its function write.
#[test]
fn deriving_inside_a_write_closure_is_an_error_that_says_so() {
    let store = app();
    let derive = || store.update(USER, |_| drop(store.derive(User::NICK, |nick| nick.len())));
    let panic = catch_unwind(AssertUnwindSafe(derive)).unwrap_err();
    let message = panic.downcast_ref::<String>().expect("a message");
    assert!(message.contains("inside the write closure"), "{message}");

    let writer = store.clone();
    let nested = store.derive(User::NICK, move |_| {
        let nested = writer.try_update(USER, |user| {
            user.online.set(true);
            Ok::<_, Infallible>(())
        });
        nested.unwrap_err().to_string()
    });
    assert!(store.derived(&nested).contains("was begun inside"));
}

/// D1: it is computed for as long as somebody has it: a handle, a watch, or what derives from it.
#[test]
fn a_derived_value_ends_with_its_last_handle() {
    let store = app();
    let (letters, computed) = letters(&store);
    let double = store.derive(letters.clone(), |letters| letters * 2);
    drop(letters);
    store.update(USER, |user| user.nick.set("ann".to_owned()));
    assert_eq!(*store.derived(&double), 6);
    let watching = store.watch_across(double.watch(|_| {}));
    drop(double);
    store.update(USER, |user| user.nick.set("beatrice".to_owned()));
    assert_eq!(computed.load(Ordering::Relaxed), 3);
    drop(watching);
    store.update(USER, |user| user.nick.set("x".to_owned()));
    assert_eq!(computed.load(Ordering::Relaxed), 3);
}

/// D1: what it was last goes with the next write.
#[test]
fn d1_a_derived_value_that_has_ended_is_let_go_of() {
    let store = app();
    let (letters, _) = letters(&store);
    let last = Arc::downgrade(&store.derived(&letters));
    drop(letters);
    store.update(USER, |user| user.online.set(true));
    assert!(last.upgrade().is_none());
}

/// D1, W10: whoever is told elsewhere is told what differs from what it last saw.
#[test]
fn a_derived_value_that_led_back_is_silent_elsewhere() {
    let (store, log) = (app(), Log::default());
    let (letters, _) = letters(&store);
    let inbox = Inbox::new(|| {});
    let watch = letters.watch(log.of("letters")).changes_only();
    let _watching = store.on(&inbox).watch_across(watch);
    store.update(USER, |user| user.nick.set("ann".to_owned()));
    store.update(USER, |user| user.nick.set("nobody".to_owned()));
    inbox.drain();
    log.heard([]);
    store.update(USER, |user| user.nick.set("an".to_owned()));
    store.update(USER, |user| user.nick.set("ann".to_owned()));
    inbox.drain();
    log.heard(["letters: 6 -> 3"]);
}

/// D1: a value of another store is refused with an error that names where it was derived.
#[test]
fn a_value_of_another_store_is_refused() {
    let (store, other) = (app(), app());
    let (letters, _) = letters(&store);
    assert_eq!(other.snapshot_all().derived(&letters), None);
    let read = catch_unwind(AssertUnwindSafe(|| other.derived(&letters))).unwrap_err();
    let message = read.downcast_ref::<String>().expect("a message");
    assert!(message.contains("derive.rs"), "{message}");
}

/// How many reads the test of torn reads makes; more if `DERIVED_READS` says so.
fn reads() -> u64 {
    let asked = std::env::var("DERIVED_READS").ok();
    asked
        .and_then(|reads| reads.parse().ok())
        .unwrap_or(100_000)
}

/// D1: two threads write, a third reads a value and its inputs from one snapshot: never torn.
#[test]
fn no_thread_sees_a_derived_value_of_another_moment_than_its_inputs() {
    let store = app();
    let sum = store.derive((User::NICK, Purse::COINS), |(nick, coins)| {
        nick.len() as i64 + coins
    });
    let (done, written) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        for writer in 0..2 {
            let (store, done, written) = (&store, &done, &written);
            scope.spawn(move || {
                for step in 0_i64.. {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    if writer == 0 {
                        let nick = "x".repeat(usize::try_from(step % 50).unwrap());
                        store.update(USER, |user| user.nick.set(nick));
                    } else {
                        store.update(PURSE, |purse| purse.coins.set(step % 1000));
                    }
                    written.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for _ in 0..reads() {
            let all = store.snapshot_all();
            let expected = all[USER].nick.len() as i64 + all[PURSE].coins;
            assert_eq!(all.derived(&sum), Some(&expected));
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(written.load(Ordering::Relaxed) > 0);
}
