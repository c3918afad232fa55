//! S3, S5: a snapshot that is kept for the next look is the newest at each look.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use store::{Model, Store};

use crate::{
    app::{DIARY, PURSE, USER, app, rename},
    support::{Elsewhere, elsewhere, in_time, signal},
};

#[test]
fn s5_a_look_shows_what_this_thread_has_written() {
    let store = app();
    let mut user = store.cached(USER);
    assert_eq!(user.get().nick, "nobody");
    rename(&store, "ann");
    let seen = user.get();
    assert_eq!((&*seen.nick, seen.revision()), ("ann", 1));
    store.reset(USER);
    assert_eq!(user.get().nick, "nobody");
}

#[test]
fn s5_a_look_shows_what_another_thread_has_written_and_told_of() {
    let store = app();
    let mut purse = store.cached(PURSE);
    let (written, is_written) = signal();
    let (seen, is_seen) = signal();
    let writing = elsewhere({
        let store = store.clone();
        move || {
            for coins in 1..=1000 {
                store.update(PURSE, |purse| purse.coins.set(coins));
                written.give();
                is_seen.wait();
            }
        }
    });
    in_time(move || {
        for coins in 1..=1000 {
            is_written.wait();
            assert_eq!(purse.get().coins, coins);
            seen.give();
        }
    });
    writing.answer();
}

#[test]
fn s3_no_look_shows_an_earlier_moment_than_the_one_before() {
    let store = app();
    let writing = elsewhere({
        let store = store.clone();
        move || {
            for coins in 1..=2000 {
                store.update(PURSE, |purse| purse.coins.set(coins));
            }
        }
    });
    let readers = [store.cached(PURSE), store.cached(PURSE)].map(|mut purse| {
        elsewhere(move || {
            let mut last = (0, 0);
            while last.0 < 2000 {
                let now = purse.get();
                assert!((now.coins, now.revision()) >= last);
                assert_eq!(now.coins.unsigned_abs(), now.revision());
                last = (now.coins, now.revision());
            }
        })
    });
    writing.answer();
    let [(), ()] = readers.map(Elsewhere::answer);
}

#[test]
fn s3_nobody_who_reads_waits_for_a_write_closure() {
    let store = app();
    rename(&store, "ann");
    let (mut fresh, mut stale) = (store.cached(USER), store.cached(USER));
    rename(&store, "bob");
    assert_eq!(fresh.get().nick, "bob");
    let (inside, is_inside) = signal();
    let (read, may_finish) = signal();
    let writing = elsewhere({
        let store = store.clone();
        move || {
            store.update(USER, |user| {
                user.nick.set("cid".to_owned());
                inside.give();
                may_finish.wait();
            });
        }
    });
    is_inside.wait();
    let reading = elsewhere({
        let store = store.clone();
        move || {
            let nicks = [
                store.snapshot(USER).nick.clone(),
                store.snapshot_all()[USER].nick.clone(),
                store.cached(USER).get().nick.clone(),
                fresh.get().nick.clone(),
                stale.get().nick.clone(),
            ];
            assert_eq!(
                (nicks, store.revision()),
                (["bob"; 5].map(str::to_owned), 2)
            );
            stale
        }
    });
    let mut kept = reading.answer();
    read.give();
    writing.answer();
    assert_eq!(kept.get().nick, "cid");
}

/// Inside a write closure too a look shows what is committed.
#[test]
fn r4_a_look_inside_a_write_closure_shows_what_is_committed() {
    let store = app();
    let mut user = store.cached(USER);
    let inside = store.update(USER, |draft| {
        draft.nick.set("ann".to_owned());
        user.get().nick.clone()
    });
    assert_eq!((&*inside, &*user.get().nick), ("nobody", "ann"));
}

#[test]
fn s5_a_look_that_finds_nothing_new_keeps_what_it_has() {
    let store = app();
    let mut user = store.cached(USER);
    let first = user.get().clone();
    store.update(USER, |_| ());
    rename(&store, "nobody");
    assert!(user.get().ptr_eq(&first));
    assert_eq!(user.get().revision(), 0);
    store.update(DIARY, |diary| diary.days.insert(1, "rain".to_owned()));
    assert!(user.get().ptr_eq(&first), "the user is who he was");
    assert_eq!(user.get().revision(), 1);
}

/// S3: a clone looks for itself; and each keeps the store alive.
#[test]
fn a_clone_goes_its_own_way() {
    let store = app();
    let mut user = store.cached(USER);
    let mut other = user.clone();
    rename(&store, "ann");
    assert_eq!(other.get().nick, "ann");
    assert!(format!("{user:?}").contains("nobody"), "it has not looked");
    let weak = store.downgrade();
    drop((store, other));
    rename(&weak.upgrade().unwrap(), "bob");
    assert_eq!(user.get().nick, "bob");
    drop(user);
    assert!(weak.upgrade().is_none());
}

/// S3: what is kept is copied by the next write, once; and let go by the next look.
#[test]
fn a_look_lets_the_former_state_go() {
    static ALIVE: AtomicUsize = AtomicUsize::new(0);
    struct Counted;
    impl Drop for Counted {
        fn drop(&mut self) {
            ALIVE.fetch_sub(1, Ordering::Relaxed);
        }
    }
    fn counted() -> Option<Arc<Counted>> {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Some(Arc::new(Counted))
    }
    #[derive(Model)]
    struct Heavy {
        #[model(same = |_, _| false)]
        value: Option<Arc<Counted>>,
    }
    let store = Store::<Heavy>::new();
    let mut heavy = store.cached(HEAVY);
    store.update(HEAVY, |heavy| heavy.value.set(counted()));
    assert!(heavy.get().value.is_some());
    for _ in 0..3 {
        store.update(HEAVY, |heavy| heavy.value.set(counted()));
    }
    assert_eq!(
        ALIVE.load(Ordering::Relaxed),
        2,
        "the newest, and the kept one"
    );
    assert!(heavy.get().value.is_some());
    assert_eq!(ALIVE.load(Ordering::Relaxed), 1);
}
