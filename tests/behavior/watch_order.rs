//! W3: who hears what, in which order.

use crate::{
    app::{Diary, PURSE, Purse, TILL, Till, USER, User, app, put, rename},
    support::Log,
};

/// W3: in the order they were registered, whatever they watch.
#[test]
fn watchers_are_called_in_the_order_they_were_registered() {
    let (store, log) = (app(), Log::default());
    let ann = || "ann".to_owned();
    let _watching = [
        store.watch(USER, USER.any(log.fields())),
        store.watch(USER, User::STATUSES.key(ann(), log.key())),
        store.watch(USER, User::watch().statuses(log.of("field"))),
        store.watch(
            USER,
            USER.project(|user| user.statuses.len(), log.of("projection")),
        ),
        store.watch(USER, User::STATUSES.key(ann(), log.key())),
        store.watch_commits({
            let log = log.clone();
            move |commit| log.note(format_args!("commit {}", commit.revision()))
        }),
        store.watch(
            USER,
            USER.fields((User::NICK, User::STATUSES), log.fields()),
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
        USER.any(log.fields()),
        User::STATUSES.key("ann".to_owned(), log.key()),
        USER.fields((User::STATUSES, User::ONLINE), log.fields()),
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
        "user nick online statuses",
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
