//! S1–S5: named stores, snapshots, revisions.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use store::{Model, Snapshot, SnapshotAll, Store, Watch, Watcher};

use crate::{
    app::{App, DIARY, PURSE, TILL, USER, User, app, put, rename},
    support::{Elsewhere, elsewhere, signal},
};

/// S1: the name alone says which store and of what type; nothing is cast and nothing annotated.
#[test]
fn a_name_is_all_it_takes_to_read_write_and_watch() {
    let store = app();
    store.update(USER, |user| user.nick.push_str(" yet"));
    let _watching = store.watch(
        USER,
        User::watch().nick(|nick| assert_eq!(*nick, "nobody yet")),
    );
    assert_eq!(store.snapshot(USER).nick, "nobody yet");
    assert_eq!((USER.text(), DIARY.text()), ("user", "diary"));
}

/// S2: a snapshot reads as the struct that was written in the source, defaults and all.
#[test]
fn a_named_store_is_a_plain_struct() {
    fn volume(user: &User) -> f64 {
        user.volume + f64::from(u8::from(user.online))
    }
    let store = app();
    store.update(USER, |user| {
        *user.volume = 0.5;
        user.online.set(true);
    });
    assert_eq!(volume(&store.snapshot(USER)), 1.5);
    assert_eq!(store.snapshot(USER).nick, "nobody");
}

/// S2: values a store starts from are there before the first commit.
#[test]
fn a_store_can_start_from_given_values() {
    let purse = crate::app::Purse { coins: 7 };
    let store = Store::builder().initial(purse).build();
    assert_eq!((store.snapshot(PURSE).coins, store.revision()), (7, 0));
}

/// S3
#[test]
fn a_snapshot_never_changes() {
    let store = app();
    put(&store, "ann", 1);
    let before = store.snapshot(USER);
    let copy = before.clone();
    store.update(USER, |user| {
        user.statuses.clear();
        user.nick.set("ann".to_owned());
    });
    for kept in [before, copy] {
        assert_eq!(
            (kept.statuses.get("ann"), &*kept.nick),
            (Some(&1), "nobody")
        );
        assert_eq!(kept.revision(), 1);
    }
}

/// S3: O(1), so nothing is copied.
#[test]
fn taking_a_snapshot_clones_no_field() {
    static CLONES: AtomicUsize = AtomicUsize::new(0);
    #[derive(PartialEq, Default)]
    struct Counted(u8);
    impl Clone for Counted {
        fn clone(&self) -> Self {
            CLONES.fetch_add(1, Ordering::Relaxed);
            Self(self.0)
        }
    }
    #[derive(Model)]
    struct Heavy {
        value: Counted,
    }
    let store = Store::<Heavy>::new();
    let (one, two) = (store.snapshot(HEAVY), store.snapshot(HEAVY));
    assert_eq!(CLONES.load(Ordering::Relaxed), 0);
    assert!(one.ptr_eq(&two));
    drop((one, two));
    store.update(HEAVY, |heavy| heavy.value.set(Counted(1)));
    assert_eq!(CLONES.load(Ordering::Relaxed), 0, "no snapshot was kept");
    let kept = store.snapshot(HEAVY);
    store.update(HEAVY, |heavy| heavy.value.set(Counted(2)));
    assert_eq!((kept.value.0, store.snapshot(HEAVY).value.0), (1, 2));
}

/// S3: only what changed is new.
#[test]
fn a_commit_leaves_the_other_named_stores_where_they_are() {
    let store = app();
    let (user, diary) = (store.snapshot(USER), store.snapshot(DIARY));
    rename(&store, "ann");
    assert!(store.snapshot(DIARY).ptr_eq(&diary));
    assert!(!store.snapshot(USER).ptr_eq(&user));
}

/// S3: coins move between two stores in transactions; no moment shows one gone or doubled.
#[test]
fn all_named_stores_are_seen_at_one_moment() {
    let store = app();
    let writers = [1, -1].map(|step| {
        let store = store.clone();
        elsewhere(move || {
            for _ in 0..500 {
                let paid = store.transaction(|tx| {
                    *tx.on(PURSE).coins -= step;
                    *tx.on(TILL).coins += step;
                    Ok::<_, ()>(())
                });
                paid.unwrap();
            }
        })
    });
    let mut last = 0;
    while writers.iter().any(Elsewhere::is_under_way) {
        let all = store.snapshot_all();
        assert_eq!(all[PURSE].coins + all[TILL].coins, 0);
        assert_eq!(all.of(PURSE).revision(), all.revision());
        assert!(all.revision() >= last, "no look shows an earlier moment");
        last = all.revision();
        assert!(store.revision() >= last);
    }
    let [(), ()] = writers.map(Elsewhere::answer);
}

/// S3
#[test]
fn a_reader_waits_for_no_write_closure() {
    let store = app();
    let (inside, is_inside) = signal();
    let (finish, may_finish) = signal();
    let writing = elsewhere({
        let store = store.clone();
        move || {
            store.update(USER, |user| {
                user.online.set(true);
                inside.give();
                may_finish.wait();
            });
        }
    });
    is_inside.wait();
    let reading = elsewhere({
        let store = store.clone();
        move || (store.snapshot(USER).online, store.snapshot_all().revision())
    });
    assert_eq!(
        reading.answer(),
        (false, 0),
        "and sees nothing half written"
    );
    finish.give();
    writing.answer();
    assert!(store.snapshot(USER).online);
}

/// S3, W4: nor does anybody who watches, guards or writes wait for a callback.
#[test]
fn nobody_waits_for_a_callback() {
    let store = app();
    let (inside, is_inside) = signal();
    let (finish, may_finish) = signal();
    let slow = move |online: store::Change<'_, bool>| {
        if *online {
            inside.give();
            may_finish.wait();
        }
    };
    let _slow = store.watch(USER, User::watch().online(slow));
    let telling = elsewhere({
        let store = store.clone();
        move || store.update(USER, |user| user.online.set(true))
    });
    is_inside.wait();
    let others = elsewhere({
        let store = store.clone();
        move || {
            rename(&store, "ann");
            let _guard = store.guard(USER, |_| Ok(()));
            drop(store.watch(USER, User::watch().nick(|_| {})));
            (
                store.snapshot(USER).nick.clone(),
                store.snapshot(USER).online,
            )
        }
    });
    assert_eq!(others.answer(), ("ann".to_owned(), true));
    finish.give();
    telling.answer();
}

/// S3
#[test]
fn a_kept_snapshot_makes_no_writer_wait() {
    let store = app();
    let kept = store.snapshot_all();
    let writing = elsewhere({
        let store = store.clone();
        move || rename(&store, "ann")
    });
    writing.answer();
    assert_eq!(
        (&*kept[USER].nick, &*store.snapshot(USER).nick),
        ("nobody", "ann")
    );
}

/// S4
#[test]
fn each_commit_that_changed_something_takes_the_next_revision() {
    let store = app();
    assert_eq!(store.revision(), 0);
    rename(&store, "ann");
    rename(&store, "ann");
    store.update(USER, |_| ());
    store.update(USER, |user| *user.volume = 0.0);
    let failed = store.try_update(USER, |user| {
        user.online.set(true);
        Err::<(), _>("no")
    });
    failed.unwrap_err();
    store.reset(DIARY);
    assert_eq!(
        store.revision(),
        1,
        "nothing after the first changed anything"
    );
    let both = store.transaction(|tx| {
        tx.on(PURSE).coins.set(1);
        tx.on(TILL).coins.set(1);
        Ok::<_, ()>(())
    });
    both.unwrap();
    assert_eq!(store.revision(), 2, "several stores in one commit take one");
}

/// S4, W3: with many writers at once.
#[test]
fn revisions_are_heard_in_order_and_without_gaps() {
    let store = app();
    let heard = Arc::new(parking_lot::Mutex::new(Vec::new()));
    let notes = Arc::clone(&heard);
    let _watching = store.watch(
        PURSE,
        PURSE
            .any()
            .watch(move |purse| notes.lock().push((purse.revision(), purse.coins))),
    );
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            elsewhere(move || (0..250).for_each(|_| store.update(PURSE, |purse| *purse.coins += 1)))
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.answer());
    let expected: Vec<_> = (0..=1000).map(|n| (n, i64::try_from(n).unwrap())).collect();
    assert_eq!(*heard.lock(), expected);
}

/// S5: also a thread that learns of the write by no means of ours.
#[test]
fn once_a_write_returns_everybody_sees_it() {
    let store = app();
    let (wrote, has_written) = std::sync::mpsc::channel();
    let reader = elsewhere({
        let store = store.clone();
        move || {
            for coins in has_written {
                assert!(store.snapshot(PURSE).coins >= coins);
            }
        }
    });
    for coins in 1..500 {
        store.update(PURSE, |purse| purse.coins.set(coins));
        wrote.send(coins).unwrap();
    }
    drop(wrote);
    reader.answer();
}

/// S5: a write shows at once, also while another thread is busy telling the one before.
#[test]
fn a_write_is_seen_before_it_is_told() {
    let store = app();
    let seen = Arc::new(AtomicUsize::new(0));
    let _watching = store.watch(
        PURSE,
        crate::app::Purse::watch()
            .coins({
                let (store, seen) = (store.downgrade(), Arc::clone(&seen));
                move |coins| {
                    let store = store.upgrade().unwrap();
                    assert!(store.snapshot(PURSE).coins >= *coins);
                    if *coins == 1 {
                        let other = store.clone();
                        elsewhere(move || other.update(PURSE, |purse| purse.coins.set(2))).answer();
                        assert_eq!(store.snapshot(PURSE).coins, 2);
                    }
                    seen.fetch_add(1, Ordering::Relaxed);
                }
            })
            .changes_only(),
    );
    store.update(PURSE, |purse| purse.coins.set(1));
    assert_eq!(
        seen.load(Ordering::Relaxed),
        2,
        "and is told before the first write returns"
    );
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Store<App>>();
    shared::<Watcher>();
    shared::<Snapshot<User>>();
    shared::<SnapshotAll<App>>();
};
