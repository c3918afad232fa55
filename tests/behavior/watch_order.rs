//! W3: who hears what, in which order.

use std::sync::Arc;

use parking_lot::Mutex;
use store::Watch;

use crate::{
    app::{Diary, PURSE, Purse, TILL, Till, USER, User, app, put, rename},
    support::{Elsewhere, Log, elsewhere},
};

/// W3: in the order they were registered, whatever they watch.
#[test]
fn watchers_are_called_in_the_order_they_were_registered() {
    let (store, log) = (app(), Log::default());
    let ann = || "ann".to_owned();
    let _watching = [
        store.watch(USER, USER.any().watch(log.fields())),
        store.watch(USER, User::STATUSES.key(ann()).watch(log.key())),
        store.watch(USER, User::watch().statuses(log.of("field"))),
        store.watch(
            USER,
            USER.project(|user| user.statuses.len())
                .watch(log.of("projection")),
        ),
        store.watch(USER, User::STATUSES.key(ann()).watch(log.key())),
        store.watch_commits({
            let log = log.clone();
            move |commit| log.note(format_args!("commit {}", commit.revision()))
        }),
        store.watch(
            USER,
            USER.fields((User::NICK, User::STATUSES))
                .watch(log.fields()),
        ),
    ];
    log.take();
    put(&store, "ann", 1);
    log.heard([
        "user statuses",
        "ann: - -> 1",
        r#"field: {} -> {"ann": 1}"#,
        "projection: 0 -> 1",
        "ann: - -> 1",
        "commit 1",
        "user statuses",
    ]);
}

/// W3: one watcher's callbacks come in field order, also those of keys and of several fields.
#[test]
fn one_watchers_callbacks_are_called_in_field_order() {
    let (store, log) = (app(), Log::default());
    let watches = (
        USER.any().watch(log.fields()),
        User::STATUSES.key("ann".to_owned()).watch(log.key()),
        USER.fields((User::STATUSES, User::ONLINE))
            .watch(log.fields()),
        User::watch()
            .statuses(log.of("statuses"))
            .nick(log.of("nick")),
    );
    let _watching = store.watch(USER, watches);
    log.heard([
        r#"nick: "nobody""#,
        "user",
        "ann: -",
        "statuses: {}",
        "user",
    ]);
    store.update(USER, |user| {
        user.statuses.insert("ann".to_owned(), 1);
        user.online.set(true);
        user.nick.set("ann".to_owned());
    });
    log.heard([
        r#"nick: "nobody" -> "ann""#,
        "user online statuses",
        "ann: - -> 1",
        r#"statuses: {} -> {"ann": 1}"#,
        "user nick online statuses",
    ]);
}

/// W3: the order is that of registration across the named stores of one commit.
#[test]
fn a_transaction_over_two_stores_is_told_in_one_order() {
    let (store, log) = (app(), Log::default());
    let _watching = [
        store.watch(TILL, Till::watch().coins(log.of("till one"))),
        store.watch(PURSE, Purse::watch().coins(log.of("purse"))),
        store.watch(TILL, Till::watch().coins(log.of("till two"))),
    ];
    log.take();
    let done = store.transaction(|tx| {
        tx.on(PURSE).coins.set(-1);
        tx.on(TILL).coins.set(1);
        Ok::<_, ()>(())
    });
    done.unwrap();
    log.heard(["till one: 0 -> 1", "purse: 0 -> -1", "till two: 0 -> 1"]);
}

/// W3, against TUIStore, where later watchers hear the nested write first.
#[test]
fn everybody_hears_a_commit_before_anybody_hears_the_next() {
    let (store, log) = (app(), Log::default());
    let (weak, mut tell) = (store.downgrade(), log.of("writer"));
    let writer = User::watch().nick(move |nick| {
        if *nick == "ann" {
            rename(&weak.upgrade().unwrap(), "bob");
        }
        tell(nick);
    });
    let _watching = [
        store.watch(USER, writer),
        store.watch(USER, User::watch().nick(log.of("reader"))),
    ];
    log.take();
    rename(&store, "ann");
    log.heard([
        r#"writer: "nobody" -> "ann""#,
        r#"reader: "nobody" -> "ann""#,
        r#"writer: "ann" -> "bob""#,
        r#"reader: "ann" -> "bob""#,
    ]);
}

/// W3: the same function registered twice is two watchers; ending one leaves the other its place.
#[test]
fn a_watcher_keeps_its_place_when_others_come_and_go() {
    let (store, log) = (app(), Log::default());
    let watch = |name: &str| store.watch(PURSE, Purse::watch().coins(log.of(name)));
    let (_a, b, _c) = (watch("a"), watch("b"), watch("c"));
    drop(b);
    let _d = watch("b");
    log.take();
    store.update(PURSE, |purse| purse.coins.set(1));
    log.heard(["a: 0 -> 1", "c: 0 -> 1", "b: 0 -> 1"]);
}

/// W3: only what changed is told, in a commit that changed some fields of many.
#[test]
fn a_field_that_did_not_change_stays_silent() {
    let (store, log) = (app(), Log::default());
    let _user = store.watch(
        USER,
        User::watch().nick(log.of("nick")).online(log.of("online")),
    );
    let _diary = store.watch(crate::app::DIARY, Diary::watch().days(log.of("days")));
    log.take();
    store.update(USER, |user| {
        user.nick.set("nobody".to_owned());
        user.online.set(true);
    });
    log.heard(["online: false -> true"]);
}

/// W3: while many write at once: all watchers hear one commit before any hears the next.
#[test]
fn many_writers_are_told_of_in_one_order() {
    let store = app();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let _watching = [0, 1, 2].map(|watcher| {
        let heard = Arc::clone(&heard);
        let note = move |revision| heard.lock().push((revision, watcher));
        store.watch(
            PURSE,
            PURSE
                .any()
                .watch(move |purse| note(purse.revision()))
                .changes_only(),
        )
    });
    let writers = [(); 3].map(|()| {
        let store = store.clone();
        elsewhere(move || (0..200).for_each(|_| store.update(PURSE, |purse| *purse.coins += 1)))
    });
    let [(), (), ()] = writers.map(Elsewhere::answer);
    let expected: Vec<_> = (1..=600).flat_map(|n| [0, 1, 2].map(|w| (n, w))).collect();
    assert_eq!(*heard.lock(), expected);
}

/// W3: while many come and go, also during the telling, those who stay are told in their order.
#[test]
fn those_who_stay_are_told_in_order_while_others_come_and_go() {
    let (store, log) = (app(), Log::default());
    let watch = |n: u32| {
        let log = log.clone();
        let note = move |_: store::Change<'_, i64>| log.note(n);
        (
            n,
            store.watch(PURSE, Purse::watch().coins(note).changes_only()),
        )
    };
    let mut alive = Vec::new();
    let others = Arc::new(Mutex::new(Vec::new()));
    let slot = Arc::clone(&others);
    // In the middle of each telling, somebody else's watch ends.
    let ends = Purse::watch().coins(move |_| drop(slot.lock().pop()));
    alive.extend((0..10).map(watch));
    let _ends = store.watch(PURSE, ends.changes_only());
    for round in 0..30_u32 {
        others.lock().push(watch(1000));
        alive.push(watch(10 + round));
        drop(alive.remove(usize::try_from(round * 7).unwrap() % alive.len()));
        store.update(PURSE, |purse| *purse.coins += 1);
        let expected: Vec<_> = alive.iter().map(|(n, _)| n.to_string()).collect();
        assert_eq!(log.take(), expected, "in round {round}");
    }
}
