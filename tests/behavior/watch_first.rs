//! W1, W2: the immediate call, the first change, and what a callback gets.

use store::{Store, Watch};

use crate::{
    app::{App, Diary, PURSE, Purse, USER, User, app, put, rename},
    support::{Log, elsewhere, entries, signal},
};

/// W1: before `watch` returns, in the order the fields are declared, not named.
#[test]
fn each_callback_is_called_at_once_in_field_order() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(
        USER,
        User::watch()
            .tags(log.of("tags"))
            .online(log.of("online"))
            .nick(log.of("nick")),
    );
    log.heard([r#"nick: "nobody""#, "online: false", "tags: {}"]);
}

/// W1, against TUIStore: an empty collection is no exception.
#[test]
fn an_empty_collection_is_told_at_once_too() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(USER, User::watch().statuses(log.of("statuses")));
    log.heard(["statuses: {}"]);
}

/// W1: the immediate call says so; for a collection everything is an insertion.
#[test]
fn the_immediate_call_has_no_old_value() {
    let (store, log) = (app(), Log::default());
    put(&store, "ann", 1);
    rename(&store, "ann");
    let notes = log.clone();
    let _watching = store.watch(
        USER,
        User::watch().statuses(move |statuses| {
            let known = (
                statuses.is_initial(),
                statuses.old().is_none(),
                statuses.revision(),
            );
            notes.note(format_args!("{known:?} {}", entries(statuses.changes())));
        }),
    );
    log.heard([r#"(true, true, 2) +"ann"=1"#]);
    put(&store, "bob", 2);
    log.heard([r#"(false, false, 3) +"bob"=2"#]);
}

/// W1
#[test]
fn a_watcher_can_skip_the_immediate_call() {
    let (store, log) = (app(), Log::default());
    let all = (
        User::watch().nick(log.of("nick")).online(log.of("online")),
        User::STATUSES.key("ann".to_owned()).watch(log.key()),
        USER.project(|user| user.nick.len()).watch(log.of("length")),
        USER.any().watch(log.fields()),
    );
    let _watching = store.watch(USER, all.changes_only());
    log.heard([]);
    rename(&store, "ann");
    log.heard([r#"nick: "nobody" -> "ann""#, "length: 6 -> 3", "user nick"]);
}

/// W1: a write that arrives while the immediate call runs is told after it, once.
#[test]
fn there_is_no_gap_and_no_repeat_before_the_first_change() {
    let (store, log) = (app(), Log::default());
    let (inside, is_inside) = signal();
    let (finish, may_finish) = signal();
    let watching = elsewhere({
        let (store, log) = (store.clone(), log.clone());
        move || {
            let mut tell = log.of("coins");
            store.watch(
                PURSE,
                Purse::watch().coins(move |coins| {
                    if coins.is_initial() {
                        inside.give();
                        may_finish.wait();
                    }
                    tell(coins);
                }),
            )
        }
    });
    is_inside.wait();
    store.update(PURSE, |purse| purse.coins.set(1));
    store.update(PURSE, |purse| purse.coins.set(2));
    log.heard([]);
    finish.give();
    let _watching = watching.answer();
    log.heard(["coins: 0", "coins: 0 -> 1", "coins: 1 -> 2"]);
}

/// W1: watchers come while others write, and each change begins where the last one ended; also
/// where so much waits to be told that commits are merged.
#[test]
fn a_watcher_that_comes_among_writes_misses_none() {
    for bound in [1024, 1, 0] {
        let store = Store::<App>::builder().queue_bound(bound).build();
        let writing = elsewhere({
            let store = store.clone();
            move || (0..2000).for_each(|_| store.update(PURSE, |purse| *purse.coins += 1))
        });
        let (gaps, mut watchers) = (Log::default(), Vec::new());
        while writing.is_under_way() && watchers.len() < 200 {
            let (log, gaps, mut last) = (Log::default(), gaps.clone(), None);
            let mut tell = log.of("coins");
            let coins = Purse::watch().coins(move |coins| {
                if last.replace(*coins).as_ref() != coins.old() {
                    gaps.note(format_args!("{coins:?}"));
                }
                tell(coins);
            });
            watchers.push((store.watch(PURSE, coins), log));
        }
        writing.answer();
        store.update(PURSE, |purse| purse.coins.set(-1));
        gaps.heard([]);
        for (_, log) in &watchers {
            let last = log.take().pop().unwrap();
            assert!(last.ends_with("-> -1"), "{last}");
        }
    }
}

/// W2
#[test]
fn a_callback_gets_new_and_old_value_revision_and_origin() {
    let (store, log) = (app(), Log::default());
    let notes = log.clone();
    let _watching = store.watch(
        USER,
        User::watch()
            .nick(move |nick| {
                let origin = nick.origin().map(|origin| origin.who().to_owned());
                notes.note(format_args!(
                    "{:?} {:?} {} {origin:?}",
                    nick.old(),
                    *nick,
                    nick.revision()
                ));
            })
            .changes_only(),
    );
    store
        .by("server")
        .update(USER, |user| user.nick.set("ann".to_owned()));
    log.heard([r#"Some("nobody") "ann" 1 Some("server")"#]);
}

/// W2: the old value is that of the commit before, whatever the draft went through.
#[test]
fn the_old_value_is_the_committed_one() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(USER, User::watch().nick(log.of("nick")));
    store.update(USER, |user| {
        user.nick.set("one".to_owned());
        user.nick.push_str(" two");
        *user.nick = "three".to_owned();
    });
    log.heard([r#"nick: "nobody""#, r#"nick: "nobody" -> "three""#]);
}

/// W2: what a change shows lives as long as it is told, and is what a snapshot shows.
#[test]
fn a_change_agrees_with_the_snapshot_of_its_commit() {
    let store = app();
    let weak = store.downgrade();
    let _watching = store.watch(
        crate::app::DIARY,
        Diary::watch().days(move |days| {
            let now = weak.upgrade().unwrap().snapshot(crate::app::DIARY);
            assert_eq!((&now.days, now.revision()), (days.value(), days.revision()));
        }),
    );
    for day in 0..5 {
        store.update(crate::app::DIARY, |diary| {
            diary.days.insert(day, "x".to_owned())
        });
    }
}

/// W2: the whole of a commit, for watchers of every store.
#[test]
fn a_commit_says_which_fields_of_which_stores_differ() {
    let (store, log) = (app(), Log::default());
    let notes = log.clone();
    let _watching = store.watch_commits(move |commit| {
        let fields = commit.changed_fields();
        let names: Vec<_> = fields
            .iter()
            .map(|(store, f)| format!("{store}.{}", f.name))
            .collect();
        let nick = commit.after(USER).map(|user| user.nick.clone());
        notes.note(format_args!(
            "{} {} {nick:?}",
            commit.revision(),
            names.join(" ")
        ));
    });
    let done = store.transaction(|tx| {
        tx.on(PURSE).coins.set(1);
        tx.on(USER).online.set(true);
        tx.on(USER).nick.set("ann".to_owned());
        tx.on(crate::app::TILL).coins.set(0);
        Ok::<_, ()>(())
    });
    done.unwrap();
    store.update(PURSE, |purse| purse.coins.set(2));
    log.heard([
        r#"1 user.nick user.online purse.coins Some("ann")"#,
        "2 purse.coins None",
    ]);
}

/// W2: a named store can be a store of its own.
#[test]
fn a_store_of_one_named_store_tells_like_any_other() {
    let (store, log) = (Store::<Purse>::new(), Log::default());
    let _watching = store.watch(PURSE, Purse::watch().coins(log.of("coins")));
    store.update(PURSE, |purse| *purse.coins += 3);
    log.heard(["coins: 0", "coins: 0 -> 3"]);
}
