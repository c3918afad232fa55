//! W5, W7: how a watch ends, and what its handle keeps alive.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicBool, AtomicUsize, Ordering},
    mpsc::channel,
};

use parking_lot::Mutex;
use store::{Watch, Watcher, WatcherGroup};

use crate::{
    app::{DIARY, Diary, PURSE, Purse, USER, User, app, put, rename},
    support::{Log, elsewhere, in_time, signal},
};

/// W5
#[test]
fn dropping_the_handle_ends_the_watch() {
    let (store, log) = (app(), Log::default());
    let watches = (
        User::watch().nick(log.of("nick")),
        User::STATUSES.key("ann".to_owned()).watch(log.key()),
        USER.any().watch(log.fields()),
        USER.fields((User::NICK, User::TAGS)).watch(log.fields()),
        USER.project(|user| user.nick.clone())
            .watch(log.of("projection")),
    );
    let watching = store.watch(USER, watches);
    let range = store.watch(DIARY, Diary::DAYS.range(..).watch(log.range()));
    log.take();
    drop((watching, range));
    store.update(USER, |user| {
        user.nick.set("ann".to_owned());
        user.statuses.insert("ann".to_owned(), 1);
    });
    store.update(DIARY, |diary| diary.days.insert(1, "x".to_owned()));
    log.heard([]);
}

/// W5: a commit that is told already counts as told; one that waits in the queue does not.
#[test]
fn what_waits_to_be_told_is_not_told_to_an_ended_watch() {
    let (store, log) = (app(), Log::default());
    let later = Arc::new(Mutex::new(None::<Watcher>));
    let (weak, slot) = (store.downgrade(), Arc::clone(&later));
    let _watching = store.watch(
        PURSE,
        Purse::watch().coins(move |coins| {
            if *coins == 1 {
                weak.upgrade()
                    .unwrap()
                    .update(PURSE, |purse| purse.coins.set(2));
                slot.lock().take();
            }
        }),
    );
    *later.lock() = Some(store.watch(PURSE, Purse::watch().coins(log.of("later"))));
    store.update(PURSE, |purse| purse.coins.set(1));
    log.heard(["later: 0"]);
}

/// W5: the callback that drops its own handle is the last call; its second field hears nothing.
#[test]
fn a_callback_may_drop_its_own_handle() {
    in_time(|| {
        let (store, log) = (app(), Log::default());
        let own = Arc::new(Mutex::new(None::<Watcher>));
        let (slot, mut tell) = (Arc::clone(&own), log.of("nick"));
        let watch = User::watch()
            .nick(move |nick| {
                tell(nick);
                if !nick.is_initial() {
                    let me = slot.lock().take();
                    drop(me);
                }
            })
            .online(log.of("online"));
        *own.lock() = Some(store.watch(USER, watch));
        log.take();
        store.update(USER, |user| {
            user.nick.set("ann".to_owned());
            user.online.set(true);
        });
        rename(&store, "bob");
        log.heard([r#"nick: "nobody" -> "ann""#]);
    });
}

/// W5: across threads: once drop returns, the callback is not running.
#[test]
fn dropping_waits_for_a_callback_that_runs_on_another_thread() {
    let store = app();
    let (inside, is_inside) = signal();
    let (finish, may_finish) = signal();
    let ended = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&ended);
    let watching = store.watch(
        PURSE,
        Purse::watch()
            .coins(move |_| {
                inside.give();
                may_finish.wait();
                end.store(true, Ordering::SeqCst);
            })
            .changes_only(),
    );
    let telling = elsewhere({
        let store = store.clone();
        move || store.update(PURSE, |purse| purse.coins.set(1))
    });
    is_inside.wait();
    let (start, has_started) = signal();
    let dropping = elsewhere({
        let ended = Arc::clone(&ended);
        move || {
            start.give();
            drop(watching);
            ended.load(Ordering::SeqCst)
        }
    });
    has_started.wait();
    std::thread::yield_now();
    assert!(dropping.is_under_way());
    finish.give();
    assert!(dropping.answer(), "drop returned while the callback ran");
    telling.answer();
}

/// W5: under many commits and many drops, none is called after its drop has returned.
#[test]
fn no_callback_runs_after_its_handle_is_gone() {
    let store = app();
    let stop = Arc::new(AtomicBool::new(false));
    let writing = elsewhere({
        let (store, stop) = (store.clone(), Arc::clone(&stop));
        move || {
            while !stop.load(Ordering::Relaxed) {
                store.update(PURSE, |purse| *purse.coins += 1);
            }
        }
    });
    let late = Arc::new(AtomicBool::new(false));
    for _ in 0..300 {
        let gone = Arc::new(AtomicBool::new(false));
        let (is_gone, was_late) = (Arc::clone(&gone), Arc::clone(&late));
        let watching = store.watch(
            PURSE,
            Purse::watch().coins(move |_| {
                was_late.fetch_or(is_gone.load(Ordering::SeqCst), Ordering::SeqCst);
            }),
        );
        drop(watching);
        gone.store(true, Ordering::SeqCst);
    }
    stop.store(true, Ordering::Relaxed);
    writing.answer();
    assert!(!late.load(Ordering::SeqCst));
}

/// W5, W4: the callback waits for the very write in whose closure its handle is dropped.
#[test]
fn dropping_in_a_write_closure_does_not_deadlock() {
    let (store, log) = (app(), Log::default());
    let (inside, is_inside) = signal();
    let (started, has_started) = signal();
    let (weak, notes) = (store.downgrade(), log.clone());
    let answer = Purse::watch().coins(move |coins| {
        notes.note(*coins);
        inside.give();
        has_started.wait();
        rename(&weak.upgrade().unwrap(), "ann");
    });
    let watching = store.watch(PURSE, answer.changes_only());
    let telling = elsewhere({
        let store = store.clone();
        move || store.update(PURSE, |purse| purse.coins.set(1))
    });
    is_inside.wait();
    let writing = elsewhere({
        let store = store.clone();
        move || {
            store.update(USER, |user| {
                started.give();
                drop(watching);
                user.online.set(true);
            });
        }
    });
    writing.answer();
    telling.answer();
    assert_eq!(store.snapshot(USER).nick, "ann");
    store.update(PURSE, |purse| purse.coins.set(2));
    log.heard(["1"]);
}

/// W7
#[test]
fn a_detached_watch_lasts_as_long_as_the_store() {
    let (store, log) = (app(), Log::default());
    store
        .watch(PURSE, Purse::watch().coins(log.of("coins")))
        .detach();
    store.update(PURSE, |purse| purse.coins.set(1));
    log.heard(["coins: 0", "coins: 0 -> 1"]);
    let weak = store.downgrade();
    drop(store);
    assert!(weak.upgrade().is_none());
}

/// W7
#[test]
fn a_group_ends_together() {
    let (store, log) = (app(), Log::default());
    let watch = |name: &str| store.watch(PURSE, Purse::watch().coins(log.of(name)));
    let mut group = WatcherGroup::default();
    group.add(watch("a"));
    group.extend([watch("b"), watch("c")]);
    log.take();
    store.update(PURSE, |purse| purse.coins.set(1));
    log.heard(["a: 0 -> 1", "b: 0 -> 1", "c: 0 -> 1"]);
    group.clear();
    store.update(PURSE, |purse| purse.coins.set(2));
    log.heard([]);
    group.add(watch("d"));
    group.detach();
    store.update(PURSE, |purse| purse.coins.set(3));
    log.heard(["d: 2", "d: 2 -> 3"]);
    drop(WatcherGroup::from_iter([watch("e")]));
    log.take();
    store.update(PURSE, |purse| purse.coins.set(4));
    log.heard(["d: 3 -> 4"]);
}

/// W7
#[test]
fn a_handle_does_not_keep_the_store_alive() {
    let store = app();
    let weak = store.downgrade();
    let watching = store.watch(PURSE, Purse::watch().coins(|_| {}));
    let guard = store.guard(PURSE, |_| Ok(()));
    drop(store);
    assert!(weak.upgrade().is_none());
    drop((watching, guard));
}

/// What a callback owns, to see when it goes.
fn owned() -> (Arc<()>, Weak<()>) {
    let owned = Arc::new(());
    let weak = Arc::downgrade(&owned);
    (owned, weak)
}

/// W7: the callback owns the store that holds the callback; dropping the handle frees both.
#[test]
fn a_callback_that_owns_the_store_is_no_leak() {
    let store = app();
    let (mine, (token, gone)) = (store.clone(), owned());
    let watching = store.watch(
        PURSE,
        Purse::watch().coins(move |_| {
            let _ = (mine.revision(), &token);
        }),
    );
    let weak = store.downgrade();
    drop(store);
    assert!(weak.upgrade().is_some(), "the callback keeps it");
    drop(watching);
    assert!(weak.upgrade().is_none());
    assert!(gone.upgrade().is_none());
}

/// W7: what a callback owns goes with its handle, whatever it watches and wherever that happens.
#[test]
fn what_a_callback_owns_goes_with_its_handle() {
    let store = app();
    let (tokens, gone): (Vec<_>, Vec<_>) = (0..4).map(|_| owned()).unzip();
    let [field, key, range, any]: [Arc<()>; 4] = tokens.try_into().unwrap();
    let mut group = WatcherGroup::default();
    group.add(store.watch(USER, User::NICK.watch(move |_| drop(Arc::clone(&field)))));
    group.add(
        store.watch(
            USER,
            User::STATUSES
                .key("a".to_owned())
                .watch(move |_| drop(Arc::clone(&key))),
        ),
    );
    group.add(
        store.watch(
            DIARY,
            Diary::DAYS
                .range(1..2)
                .watch(move |_| drop(Arc::clone(&range))),
        ),
    );
    group.add(store.watch(DIARY, DIARY.any().watch(move |_| drop(Arc::clone(&any)))));
    store.update(USER, |_| drop(group));
    assert!(gone.iter().all(|token| token.upgrade().is_none()));
}

/// W7: also when the store goes first.
#[test]
fn what_a_callback_owns_goes_when_store_and_handle_are_gone() {
    let store = app();
    let (token, gone) = owned();
    let watching = store.watch(
        PURSE,
        Purse::watch().coins(move |_| drop(Arc::clone(&token))),
    );
    drop(store);
    drop(watching);
    assert!(gone.upgrade().is_none());
}

/// W7: a callback that ends itself is freed when it returns.
#[test]
fn a_callback_that_ended_itself_is_freed() {
    let store = app();
    let (token, gone) = owned();
    let own = Arc::new(Mutex::new(None::<Watcher>));
    let slot = Arc::clone(&own);
    *own.lock() = Some(
        store.watch(
            PURSE,
            Purse::watch()
                .coins(move |_| {
                    let _token = &token;
                    drop(slot.lock().take());
                })
                .changes_only(),
        ),
    );
    assert!(gone.upgrade().is_some());
    store.update(PURSE, |purse| purse.coins.set(1));
    assert!(gone.upgrade().is_none());
}

/// W5: one callback ends another that was to be called after it in the same commit.
#[test]
fn a_callback_may_end_the_watch_that_comes_next() {
    let (store, log) = (app(), Log::default());
    let next = Arc::new(Mutex::new(None::<Watcher>));
    let slot = Arc::clone(&next);
    let _first = store.watch(
        USER,
        User::STATUSES
            .key("ann".to_owned())
            .watch(move |_| drop(slot.lock().take())),
    );
    let key = User::STATUSES.key("ann".to_owned()).watch(log.key());
    *next.lock() = Some(store.watch(USER, key));
    log.take();
    put(&store, "ann", 1);
    log.heard([]);
}

/// W5: many threads watch and unwatch the same keys while one writes; in the end nothing is left.
#[test]
fn watching_and_unwatching_from_many_threads_leaves_nothing_behind() {
    let store = app();
    let calls = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let (store, calls) = (store.clone(), Arc::clone(&calls));
            elsewhere(move || {
                for step in 0..200 {
                    let count = Arc::clone(&calls);
                    let key = User::STATUSES.key(format!("{}", step % 3)).watch(move |_| {
                        count.fetch_add(1, Ordering::Relaxed);
                    });
                    let watching = store.watch(USER, key);
                    put(
                        &store,
                        &format!("{}", (step + thread) % 3),
                        u8::try_from(step).unwrap(),
                    );
                    drop(watching);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.answer());
    let before = calls.load(Ordering::Relaxed);
    assert!(before >= 800, "each watcher was called at once");
    (0..3).for_each(|key| put(&store, &key.to_string(), 255));
    assert_eq!(calls.load(Ordering::Relaxed), before);
    let weak = store.downgrade();
    drop(store);
    assert!(weak.upgrade().is_none());
}

/// W5: a handle is sent to another thread and dropped there while the store is used here.
#[test]
fn a_handle_may_be_dropped_on_any_thread() {
    let (store, log) = (app(), Log::default());
    let (sender, handles) = channel::<Watcher>();
    let dropping = elsewhere(move || handles.into_iter().for_each(drop));
    for _ in 0..100 {
        let watcher: Watcher = store.watch(PURSE, Purse::watch().coins(log.of("coins")));
        sender.send(watcher).unwrap();
        store.update(PURSE, |purse| *purse.coins += 1);
    }
    drop(sender);
    dropping.answer();
    log.take();
    store.update(PURSE, |purse| *purse.coins += 1);
    log.heard([]);
}
