//! T3: guards.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use store::{Store, WriteError};

use crate::{
    app::{App, CUSTOM, Custom, PURSE, Purse, TILL, USER, app, rename},
    support::{Log, here, panic_of},
};

fn no_debts(store: &Store<App>) -> store::Guard {
    store.guard(PURSE, |purse| match *purse.coins {
        0.. => Ok(()),
        debt => Err(format!("{debt} is a debt").into()),
    })
}

/// T3
#[test]
fn a_guard_refuses_a_write_and_no_trace_is_left() {
    let (store, log) = (app(), Log::default());
    let _guard = no_debts(&store);
    let _watching = store.watch_commits({
        let log = log.clone();
        move |commit| log.note(commit.revision())
    });
    let refused = store.transaction(|tx| {
        tx.on(PURSE).coins.set(-5);
        tx.on(TILL).coins.set(5);
        Ok::<_, ()>(())
    });
    let Err(WriteError::Refused(refusal)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        (refusal.store(), &*refusal.cause().to_string()),
        ("purse", "-5 is a debt")
    );
    assert_eq!((store.snapshot(TILL).coins, store.revision()), (0, 0));
    log.heard([]);
    store.update(PURSE, |purse| purse.coins.set(5));
    log.heard(["1"]);
}

/// T3, R1: what was tried, on what, where, and why.
#[test]
fn a_refusal_names_the_store_both_lines_and_the_reason() {
    let store = app();
    let (_guard, at) = (store.guard(USER, |_| Err("closed".into())), here());
    let (refused, write) = (store.try_update(USER, |_| Ok::<_, String>(())), here());
    let error = refused.unwrap_err();
    let text = error.to_string();
    for part in ["`user`", lines(&at), lines(&write)] {
        assert!(text.contains(part), "{text} should contain {part}");
    }
    let source = std::error::Error::source(&error).expect("the reason");
    assert_eq!(source.to_string(), "closed");
    let said = panic_of(|| rename(&store, "ann"));
    assert!(
        said.starts_with("cannot write store `user`: a guard"),
        "{said}"
    );
}

/// File and line without the column.
fn lines(at: &str) -> &str {
    at.rsplit_once(':').map_or(at, |(line, _)| line)
}

/// T3: it sees the draft with everything the closure wrote, beside what is committed.
#[test]
fn a_guard_sees_the_whole_draft() {
    let (store, log) = (app(), Log::default());
    let notes = log.clone();
    let _guard = store.guard(USER, move |user| {
        let (old, new) = (user.nick.committed(), &*user.nick);
        notes.note(format_args!("{old} -> {new}, {}", *user.online));
        Ok(())
    });
    store.update(USER, |user| {
        user.nick.set("ann".to_owned());
        user.online.set(true);
    });
    log.heard(["nobody -> ann, true"]);
}

/// T3
#[test]
fn guards_are_asked_in_order_and_only_of_the_stores_that_are_written() {
    let (store, log) = (app(), Log::default());
    let asked = |name: &'static str| {
        let log = log.clone();
        move || {
            log.note(name);
            Ok(())
        }
    };
    let (first, till, second) = (asked("first"), asked("till"), asked("second"));
    let _guards = [
        store.guard(PURSE, move |_| first()),
        store.guard(TILL, move |_| till()),
        store.guard(PURSE, move |_| second()),
    ];
    store.update(PURSE, |purse| purse.coins.set(1));
    log.heard(["first", "second"]);
    store.reset(PURSE);
    log.heard(["first", "second"]);
    let result = store.text().write("till", "coins", 3.into());
    result.unwrap();
    log.heard(["till"]);
}

/// T3: reads work in a guard, writes do not (R4), and watching does.
#[test]
fn a_guard_may_read_and_watch_but_not_write() {
    let (store, log) = (app(), Log::default());
    let (weak, notes) = (store.downgrade(), log.clone());
    let _guard = store.guard(PURSE, move |purse| {
        let store = weak.upgrade().unwrap();
        notes.note(format_args!(
            "{} then {}",
            store.snapshot(PURSE).coins,
            *purse.coins
        ));
        store
            .watch(PURSE, Purse::watch().coins(notes.of("coins")))
            .detach();
        store.try_update(TILL, |_| Ok::<_, String>(()))?;
        Ok(())
    });
    let refused = store.try_update(PURSE, |purse| {
        purse.coins.set(1);
        Ok::<_, String>(())
    });
    assert!(matches!(refused, Err(WriteError::Refused(_))));
    log.heard(["0 then 1", "coins: 0"]);
}

/// T3, T1
#[test]
fn a_panicking_guard_leaves_no_trace() {
    let store = app();
    let guard = store.guard(USER, |_| panic!("guard broke"));
    assert_eq!(panic_of(|| rename(&store, "ann")), "guard broke");
    assert_eq!(
        (&*store.snapshot(USER).nick, store.revision()),
        ("nobody", 0)
    );
    drop(guard);
    rename(&store, "ann");
    assert_eq!(store.revision(), 1);
}

/// T3: also one that takes itself away.
#[test]
fn dropping_the_handle_takes_a_guard_away() {
    let store = app();
    drop(no_debts(&store));
    store.update(PURSE, |purse| purse.coins.set(-1));
    let (slot, asked) = (
        Arc::new(parking_lot::Mutex::new(None)),
        Arc::new(AtomicUsize::new(0)),
    );
    let (own, count) = (Arc::clone(&slot), Arc::clone(&asked));
    *slot.lock() = Some(store.guard(PURSE, move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        let me: Option<store::Guard> = own.lock().take();
        drop(me);
        Ok(())
    }));
    store.update(PURSE, |purse| purse.coins.set(-2));
    store.update(PURSE, |purse| purse.coins.set(-3));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

/// T3: also where guards came after others had gone.
#[test]
fn t3_taking_a_guard_away_leaves_the_others_in_force() {
    let (store, log) = (app(), Log::default());
    let guard = |name: &'static str| {
        let notes = log.clone();
        store.guard(PURSE, move |_| {
            notes.note(name);
            Ok(())
        })
    };
    let write = || store.update(PURSE, |purse| *purse.coins += 1);
    let (first, _second) = (guard("first"), guard("second"));
    drop(first);
    write();
    log.heard(["second"]);
    let third = guard("third");
    write();
    log.heard(["second", "third"]);
    drop(third);
    write();
    log.heard(["second"]);
}

/// T3
#[test]
fn a_detached_guard_stays_as_long_as_the_store() {
    let store = app();
    no_debts(&store).detach();
    let result = store.try_update(PURSE, |purse| {
        purse.coins.set(-1);
        Ok::<_, ()>(())
    });
    assert!(result.is_err());
    let weak = store.downgrade();
    drop(store);
    assert!(weak.upgrade().is_none());
}

/// W4: what a guard owns is dropped with no lock held, so its drop may use the store.
#[test]
fn what_a_guard_owns_may_use_the_store_when_dropped() {
    struct Farewell(store::WeakStore<App>, Arc<AtomicBool>);
    impl Drop for Farewell {
        fn drop(&mut self) {
            rename(&self.0.upgrade().unwrap(), "gone");
            self.1.store(true, Ordering::Relaxed);
        }
    }
    let (store, said) = (app(), Arc::new(AtomicBool::new(false)));
    let farewell = Farewell(store.downgrade(), Arc::clone(&said));
    let guard = store.guard(PURSE, move |_| {
        let _owned = &farewell;
        Ok(())
    });
    drop(guard);
    assert!(said.load(Ordering::Relaxed));
    assert_eq!(store.snapshot(USER).nick, "gone");
}

/// T3, S6: run-time keys are guarded too.
#[test]
fn a_guard_sees_run_time_keys() {
    let store = app();
    let _guard = store.guard(CUSTOM, |custom| {
        if custom.keys.contains_key("secret") {
            return Err("not that one".into());
        }
        Ok(())
    });
    let text = store.text();
    assert!(text.write("custom", "secret", 1.into()).is_err());
    text.write("custom", "public", 1.into()).unwrap();
    assert_eq!(Custom::KEYS.get(&store.snapshot(CUSTOM)).len(), 1);
}
