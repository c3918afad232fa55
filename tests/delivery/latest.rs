//! W10: latest only: at most one change is pending for each callback, merged.

use store::{Map, Queue, Watch as _, Watcher, WorkQueue, Worker, commits};

use crate::{
    app::{App, DIARY, Diary, PURSE, Purse, USER, User, app, plan, put, rename, set_coins, spend},
    support::{Log, entries, members},
};

type Store = store::Store<App>;

/// A watch on an executor that is run by hand.
fn watch(store: &Store, watch: impl store::WatchIn<App>) -> (Watcher, Worker) {
    let (queue, worker) = WorkQueue::new();
    (store.on(queue).watch_across(watch), worker)
}

/// W10
#[test]
fn w10_what_comes_before_it_is_told_is_told_as_one() {
    let (store, log) = (app(), Log::default());
    let (watching, worker) = watch(&store, Purse::COINS.watch(log.of("coins")));
    log.heard(["coins: 0"]);
    set_coins(&store, 1..=3);
    assert_eq!(watching.merges(), 2);
    worker.run_ready();
    log.heard(["coins: 0 -> 3"]);
    assert_eq!(worker.run_ready(), 0);
    set_coins(&store, [4]);
    worker.run_ready();
    log.heard(["coins: 3 -> 4"]);
    assert_eq!(watching.merges(), 2);
}

/// W10, T2
#[test]
fn w10_what_comes_back_before_it_is_told_is_silent() {
    let (store, log) = (app(), Log::default());
    let parts = (
        Purse::COINS.watch(log.of("coins")),
        PURSE.project(|purse| purse.coins > 0).watch(log.of("some")),
        PURSE.any().watch(log.fields()),
        commits().watch({
            let log = log.clone();
            move |commit| log.note(format_args!("{:?}", commit.changed_fields()))
        }),
        User::STATUSES.key("ann".to_owned()).watch(log.key()),
        Diary::DAYS.range(1..3).watch(log.range()),
    );
    let (_watching, worker) = watch(&store, parts.changes_only());
    set_coins(&store, [1, 0]);
    put(&store, "ann", 1);
    store.update(USER, |user| user.statuses.remove("ann"));
    plan(&store, 2, 1);
    store.update(DIARY, |diary| diary.days.clear());
    worker.run_ready();
    log.heard([]);
}

/// W2, W10: revision, origin and how many commits it stands for.
#[test]
fn w10_a_merged_change_says_what_it_stands_for() {
    let (store, log) = (app(), Log::default());
    let notes = log.clone();
    let coins = Purse::COINS.watch(move |coins| {
        let origin = coins.origin().map(|origin| origin.who().to_owned());
        notes.note(format_args!(
            "@{} {} of {:?}",
            coins.revision(),
            coins.merged(),
            origin
        ));
    });
    let (_watching, worker) = watch(&store, coins.changes_only());
    set_coins(&store, [1]);
    worker.run_ready();
    log.heard(["@1 1 of None"]);
    for coins in [2, 3] {
        store.by("me").update(PURSE, |purse| purse.coins.set(coins));
    }
    spend(&store, 1);
    worker.run_ready();
    log.heard([r#"@3 2 of Some("me")"#]);
    store.by("me").update(PURSE, |purse| purse.coins.set(4));
    store.by("you").update(PURSE, |purse| purse.coins.set(5));
    worker.run_ready();
    log.heard(["@6 2 of None"]);
}

/// W10, T5: of every collection, as a whole and in part.
#[test]
fn w10_the_merged_diff_is_of_the_whole_way() {
    let (store, log) = (app(), Log::default());
    let [map, set, list] = [0, 1, 2].map(|_| log.clone());
    let parts = (
        User::STATUSES.watch(move |map_now| map.note(entries(map_now.changes()))),
        User::TAGS.watch(move |tags| set.note(members(tags.changes()))),
        Diary::LINES.watch(move |lines| {
            let edits: Vec<_> = lines.changes().collect();
            list.note(format_args!("{edits:?}"));
        }),
        User::STATUSES.key("bob".to_owned()).watch(log.key()),
        Diary::DAYS.range(1..5).watch(log.range()),
        Diary::NAMES.prefix("a").watch(log.range()),
    );
    let (_watching, worker) = watch(&store, parts.changes_only());
    put(&store, "ann", 1);
    put(&store, "bob", 1);
    put(&store, "bob", 2);
    store.update(USER, |user| user.statuses.remove("ann"));
    store.update(USER, |user| {
        user.statuses.set(Map::from_iter([("cid".to_owned(), 3)]));
    });
    put(&store, "bob", 2);
    for tag in ["red", "blue"] {
        store.update(USER, |user| user.tags.insert(tag.to_owned()));
    }
    store.update(USER, |user| user.tags.remove("red"));
    for day in [1, 4, 5] {
        plan(&store, day, 1);
        plan(&store, day, 2);
    }
    for line in 0..3 {
        store.update(DIARY, |diary| diary.lines.push_back(line));
    }
    for name in ["ann", "bob", "abe"] {
        store.update(DIARY, |diary| diary.names.insert(name.to_owned(), 1));
    }
    worker.run_ready();
    log.heard([
        r#"+"bob"=2 +"cid"=3"#,
        "bob: - -> 2",
        r#"+"blue""#,
        "+1=2 +4=2",
        "[Append { len: 0, values: [0, 1, 2] }]",
        r#"+"abe"=1 +"ann"=1"#,
    ]);
}

/// W8, W10: several fields are told once, each with its own difference.
#[test]
fn w10_several_fields_are_told_as_one() {
    let (store, log) = (app(), Log::default());
    let notes = log.clone();
    let both = PURSE
        .fields((Purse::COINS, Purse::SPENT))
        .watch(move |purse| {
            let of = |field| {
                purse
                    .change_of(field)
                    .map(|of: store::Change<'_, i64>| *of.old().unwrap())
            };
            notes.note(format_args!(
                "{:?} {:?} of {:?}",
                of(Purse::COINS),
                of(Purse::SPENT),
                *purse
            ));
        });
    let (_watching, worker) = watch(&store, both.changes_only());
    set_coins(&store, [1, 2]);
    spend(&store, 1);
    set_coins(&store, [0]);
    worker.run_ready();
    log.heard(["None Some(0) of Purse { coins: 0, spent: 1 }"]);
}

/// W3, W10: a watcher hears in the order of revisions, and one commit in field order.
#[test]
fn w10_callbacks_that_wait_are_called_in_order() {
    let (store, log) = (app(), Log::default());
    let parts = (
        Purse::SPENT.watch(log.of("spent")),
        Purse::COINS.watch(log.of("coins")),
        User::NICK.watch(log.of("nick")),
    );
    let (watching, worker) = watch(&store, parts.changes_only());
    rename(&store, "ann");
    set_coins(&store, [1]);
    store.update(PURSE, |purse| {
        purse.coins.set(2);
        purse.spent.set(1);
    });
    assert_eq!(watching.merges(), 1);
    worker.run_ready();
    log.heard([r#"nick: "" -> "ann""#, "coins: 0 -> 2", "spent: 0 -> 1"]);
    spend(&store, 2);
    store.update(PURSE, |purse| {
        purse.coins.set(3);
        purse.spent.set(3);
    });
    set_coins(&store, [4]);
    worker.run_ready();
    log.heard(["spent: 1 -> 3", "coins: 2 -> 4"]);
}

/// W10: a commit of several callbacks that is merged counts once.
#[test]
fn w10_a_commit_is_counted_once() {
    let (store, log) = (app(), Log::default());
    let both = || {
        (
            Purse::COINS.watch(log.of("coins")),
            Purse::SPENT.watch(log.of("spent")),
        )
    };
    let (latest, _worker) = watch(&store, both());
    let (queue, _other) = WorkQueue::new();
    let queued = store.on(queue).every(Queue::of::<2>()).watch(PURSE, both());
    for n in 1..=4 {
        store.update(PURSE, |purse| {
            purse.coins.set(n);
            purse.spent.set(n);
        });
    }
    assert_eq!(latest.merges(), 3);
    assert_eq!(queued.merges(), 2);
}
