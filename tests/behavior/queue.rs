//! W3, W11 in small: the queue of commits, its bound, and what is told when it is full.

use parking_lot::Mutex;
use store::{Store, Watch, Watcher};

use crate::{
    app::{App, DIARY, PURSE, Purse, USER, User, put, rename},
    support::{Log, elsewhere, entries, signal},
};

/// A store that keeps `bound` commits waiting, and writes made while its first watcher is busy
/// with the commit that turned the user online. Then everything is told.
fn behind(
    bound: usize,
    watch: impl FnOnce(&Store<App>) -> Watcher,
    write: impl FnOnce(&Store<App>),
) {
    let store = Store::<App>::builder().queue_bound(bound).build();
    let (inside, is_inside) = signal();
    let (finish, may_finish) = signal();
    let busy = User::watch().online(move |_| {
        inside.give();
        may_finish.wait();
    });
    let _busy = store.watch(USER, busy.changes_only());
    let _watching = watch(&store);
    let telling = elsewhere({
        let store = store.clone();
        move || store.update(USER, |user| user.online.set(true))
    });
    is_inside.wait();
    write(&store);
    finish.give();
    telling.answer();
}

fn set_coins(store: &Store<App>, coins: impl IntoIterator<Item = i64>) {
    for coins in coins {
        store.update(PURSE, |purse| purse.coins.set(coins));
    }
}

/// W3: below the bound every commit is told on its own.
#[test]
fn commits_wait_their_turn() {
    let log = Log::default();
    behind(
        10,
        |store| store.watch(PURSE, Purse::watch().coins(log.of("coins"))),
        |store| set_coins(store, 1..=3),
    );
    log.heard([
        "coins: 0",
        "coins: 0 -> 1",
        "coins: 1 -> 2",
        "coins: 2 -> 3",
    ]);
}

/// Past the bound they are told as one, from what was last told to what is true now.
#[test]
fn commits_past_the_bound_are_merged() {
    let log = Log::default();
    let notes = log.clone();
    let coins = Purse::watch().coins(move |coins| {
        notes.note(format_args!(
            "{:?} -> {} @{}",
            coins.old(),
            *coins,
            coins.revision()
        ));
    });
    behind(
        2,
        |store| store.watch(PURSE, coins),
        |store| set_coins(store, 1..=1000),
    );
    log.heard([
        "None -> 0 @0",
        "Some(0) -> 1 @2",
        "Some(1) -> 2 @3",
        "Some(2) -> 1000 @1001",
    ]);
}

/// T2: what comes back while nobody looks is silent, for watchers of commits too.
#[test]
fn merged_commits_that_come_to_nothing_are_silent() {
    let log = Log::default();
    let notes = log.clone();
    behind(
        1,
        |store| {
            let commits = store.watch_commits(move |commit| notes.note(commit.revision()));
            store
                .watch(PURSE, PURSE.any().watch(log.fields()).changes_only())
                .detach();
            commits
        },
        |store| set_coins(store, [1, 2, 3, 1]),
    );
    log.heard(["1", "2", "purse coins"]);
}

/// T5: a merged commit has the diff of the whole way; keys and ranges hear their part of it.
#[test]
fn a_merged_commit_tells_the_difference_of_the_whole_way() {
    for crowd in [0, 100] {
        let log = Log::default();
        let field = log.clone();
        behind(
            1,
            |store| {
                for n in 0..crowd {
                    let key = User::STATUSES.key(format!("other {n}")).watch(|_| {});
                    store.watch(USER, key).detach();
                }
                let watches = (
                    User::STATUSES.watch(move |list| field.note(entries(list.changes()))),
                    User::STATUSES.key("ann".to_owned()).watch(log.key()),
                    User::STATUSES.key("bob".to_owned()).watch(log.key()),
                    User::STATUSES.key("cid".to_owned()).watch(log.key()),
                );
                store.watch(USER, watches.changes_only())
            },
            |store| {
                put(store, "ann", 1);
                put(store, "bob", 1);
                put(store, "cid", 1);
                put(store, "ann", 2);
                store.update(USER, |user| user.statuses.remove("bob"));
                put(store, "bob", 1);
                store.update(USER, |user| user.statuses.remove("cid"));
            },
        );
        log.heard([
            r#"+"ann"=1"#,
            "ann: - -> 1",
            r#"~"ann"=1>2 +"bob"=1"#,
            "ann: 1 -> 2",
            "bob: - -> 1",
        ]);
    }
}

/// T4: merged commits of several origins have none.
#[test]
fn an_origin_survives_until_commits_are_merged() {
    for (bound, told) in [(10, "me you me me"), (1, "me -"), (0, "-")] {
        let log = Log::default();
        let notes = log.clone();
        let origins = Purse::watch().coins(move |coins| {
            notes.note(coins.origin().map_or("-", |origin| origin.who()));
        });
        behind(
            bound,
            |store| store.watch(PURSE, origins.changes_only()),
            |store| {
                for (coins, who) in (1..).zip(["me", "you", "me", "me"]) {
                    store.by(who).update(PURSE, |purse| purse.coins.set(coins));
                }
            },
        );
        assert_eq!(log.take().join(" "), told);
    }
}

/// W5: who comes while commits wait or are merged hears nothing of before.
#[test]
fn a_watcher_that_comes_late_hears_only_later_commits() {
    let late_among = |bound| {
        let (log, slot) = (Log::default(), Mutex::new(None));
        behind(
            bound,
            |store| store.watch(PURSE, Purse::watch().coins(log.of("early"))),
            |store| {
                set_coins(store, 1..=2);
                let late = Purse::watch().coins(log.of("late"));
                *slot.lock() = Some(store.watch(PURSE, late));
                set_coins(store, 3..=4);
            },
        );
        log.take()
    };
    let told = late_among(10);
    let alone = [
        "early: 0 -> 1",
        "early: 1 -> 2",
        "early: 2 -> 3",
        "late: 2 -> 3",
    ];
    assert_eq!(told[..2], ["early: 0", "late: 2"], "the immediate calls");
    assert_eq!(told[2..6], alone);
    assert_eq!(told[6..], ["early: 3 -> 4", "late: 3 -> 4"]);
    let told = late_among(0);
    assert_eq!(
        told[2..],
        ["early: 0 -> 2", "early: 2 -> 4", "late: 2 -> 4"]
    );
}

/// The order of several fields and stores is kept in a merged commit.
#[test]
fn a_merged_commit_is_told_in_the_order_of_registration() {
    let log = Log::default();
    behind(
        0,
        |store| {
            store
                .watch(DIARY, DIARY.any().watch(log.fields()).changes_only())
                .detach();
            store
                .watch(USER, USER.any().watch(log.fields()).changes_only())
                .detach();
            store.watch(PURSE, PURSE.any().watch(log.fields()).changes_only())
        },
        |store| {
            set_coins(store, [1]);
            rename(store, "ann");
            store.update(DIARY, |diary| diary.days.insert(1, "x".to_owned()));
        },
    );
    log.heard(["user online", "diary days", "user nick", "purse coins"]);
}

/// W4: a store whose every commit is merged keeps all its promises to a single thread.
#[test]
fn a_bound_of_nothing_still_tells_everything() {
    let log = Log::default();
    let store = Store::<App>::builder().queue_bound(0).build();
    let weak = store.downgrade();
    let answer = Purse::watch().coins(move |coins| {
        if (1..4).contains(&*coins) {
            weak.upgrade()
                .unwrap()
                .update(PURSE, |purse| *purse.coins += 1);
        }
    });
    let _watching = [
        store.watch(PURSE, answer),
        store.watch(PURSE, Purse::watch().coins(log.of("coins"))),
    ];
    set_coins(&store, [1]);
    log.heard([
        "coins: 0",
        "coins: 0 -> 1",
        "coins: 1 -> 2",
        "coins: 2 -> 3",
        "coins: 3 -> 4",
    ]);
}

/// W4: a chain of writes is still known as one when its commits are merged.
#[test]
fn a_runaway_chain_stops_also_where_commits_are_merged() {
    let log = Log::default();
    let notes = log.clone();
    let store = Store::<App>::builder()
        .queue_bound(0)
        .chain_limit(10)
        .on_panic(move |report| notes.note(report.revision))
        .build();
    let weak = store.downgrade();
    let answer = Purse::watch().coins(move |_| {
        weak.upgrade()
            .unwrap()
            .update(PURSE, |purse| *purse.coins += 1);
    });
    let _watching = store.watch(PURSE, answer.changes_only());
    set_coins(&store, [1]);
    assert_eq!(store.snapshot(PURSE).coins, 11);
    log.heard(["11"]);
}

/// W4: nor is it taken for a new one where its commits are merged with those of somebody else.
#[test]
fn w4_a_runaway_chain_stops_also_where_others_write_between() {
    let log = Log::default();
    let notes = log.clone();
    let store = Store::<App>::builder()
        .queue_bound(0)
        .chain_limit(10)
        .on_panic(move |report| notes.note(report.revision))
        .build();
    let weak = store.downgrade();
    let answer = Purse::watch().coins(move |coins| {
        let store = weak.upgrade().unwrap();
        assert!(*coins < 100, "it does not stop");
        store.update(PURSE, |purse| *purse.coins += 1);
        let nick = format!("ann {}", *coins);
        let other = elsewhere(move || rename(&store, &nick));
        other.answer();
    });
    let _watching = [
        store.watch(PURSE, answer.changes_only()),
        store.watch(USER, User::watch().nick(|_| {})),
    ];
    set_coins(&store, [1]);
    assert_eq!(store.snapshot(PURSE).coins, 11);
    assert_eq!(log.take().len(), 1);
}
