//! W10, T4: who ignores an origin is not told of its commits, and counts them as seen, however
//! many commits are merged.

use store::{Source, Watch, WorkQueue, commits};

use crate::{
    app::{App, DIARY, Diary, PURSE, Purse, USER, User, app, plan, set_coins, spend},
    support::{Log, entries},
};

type Store = store::Store<App>;

/// Sets the coins in the reader's own name.
fn set_own(store: &Store, coins: i64) {
    store.by("me").update(PURSE, |purse| purse.coins.set(coins));
}

/// What a stream of the coins that ignores `me` yields of what `write` did before it was read.
fn coins_after(write: impl FnOnce(&Store)) -> Vec<(Option<i64>, i64)> {
    let store = app();
    let coins = Purse::COINS.changes_only().ignoring("me");
    let mut coins = store.stream(PURSE, coins);
    write(&store);
    std::iter::from_fn(|| coins.try_next())
        .map(|coins| (coins.change().old().copied(), *coins))
        .collect()
}

/// W10: alone, or beside commits that are told.
#[test]
fn w10_own_writes_are_never_told() {
    assert_eq!(coins_after(|store| set_own(store, 1)), []);
    let before = coins_after(|store| {
        set_own(store, 1);
        set_coins(store, [2]);
    });
    assert_eq!(before, [(Some(1), 2)]);
    let after = coins_after(|store| {
        set_coins(store, [2]);
        set_own(store, 1);
    });
    assert_eq!(after, [(Some(0), 2)]);
    let elsewhere = coins_after(|store| {
        set_own(store, 1);
        spend(store, 5);
        set_own(store, 2);
    });
    assert_eq!(elsewhere, []);
}

/// W10: nor are they told with what others wrote in other fields at the same time.
#[test]
fn w10_own_writes_are_not_told_among_others() {
    let store = app();
    let mut purses = store.stream(PURSE, PURSE.any().changes_only().ignoring("me"));
    spend(&store, 1);
    set_own(&store, 7);
    spend(&store, 2);
    let purse = purses.try_next().unwrap();
    let fields = purse.change().changed_fields();
    let names: Vec<_> = fields.iter().map(|field| field.name).collect();
    assert_eq!((names, purse.spent), (vec!["spent"], 2));
    assert!(purses.try_next().is_none());
}

/// W10: nor where they are of another named store than what others wrote.
#[test]
fn w10_own_writes_to_another_store_are_not_told_among_others() {
    let store = app();
    let mut all = store.stream_across(commits().changes_only().ignoring("me"));
    spend(&store, 1);
    store
        .by("me")
        .update(DIARY, |diary| diary.days.insert(1, 2));
    spend(&store, 2);
    let commit = all.try_next().unwrap();
    let fields = commit.changed_fields();
    let names: Vec<_> = fields.iter().map(|(_, field)| field.name).collect();
    assert_eq!(names, ["spent"]);
    assert!(commit.after(DIARY).is_none());
    assert!(all.try_next().is_none());
}

/// W10: the reader knows what it wrote itself, so the way back from there is news.
#[test]
fn w10_a_way_back_from_an_own_write_is_told() {
    let back = coins_after(|store| {
        set_coins(store, [1]);
        set_own(store, 2);
        set_coins(store, [0]);
    });
    assert_eq!(back, [(Some(2), 0)]);
    let own = coins_after(|store| {
        set_coins(store, [1]);
        set_own(store, 0);
        spend(store, 1);
    });
    assert_eq!(own.last(), Some(&(Some(0), 1)));
}

/// W10: the same under one key, in a range, and in what a function makes of it.
#[test]
fn w10_a_way_back_is_told_of_a_part() {
    let (store, log) = (app(), Log::default());
    let (queue, worker) = WorkQueue::new();
    let (key, range, sum) = (log.key(), log.range(), log.of("first"));
    let watch = (
        crate::app::Diary::DAYS.key(1).watch(key),
        crate::app::Diary::DAYS.range(0..5).watch(range),
        DIARY
            .project(|diary| diary.days.get(&1).copied())
            .watch(sum),
    );
    let watch = watch.changes_only().ignoring("me");
    let _watching = store.on(queue).watch(DIARY, watch);
    plan(&store, 1, 0);
    worker.run_ready();
    log.take();

    plan(&store, 1, 1);
    store
        .by("me")
        .update(DIARY, |diary| diary.days.insert(1, 2));
    plan(&store, 1, 0);
    worker.run_ready();
    log.heard(["1: 2 -> 0", "~1=2>0", "first: Some(2) -> Some(0)"]);
}

/// W10: and in a range, whatever else of the map differs besides.
#[test]
fn w10_a_way_back_in_a_range_is_told_beside_a_change_elsewhere() {
    let (store, log) = (app(), Log::default());
    let days = crate::app::Diary::DAYS.range(0..5).changes_only();
    let mut days = store.stream(DIARY, days.ignoring("me"));
    plan(&store, 1, 1);
    store
        .by("me")
        .update(DIARY, |diary| diary.days.insert(1, 2));
    store.update(DIARY, |diary| {
        diary.days.remove(&1);
        diary.days.insert(9, 9);
    });
    log.range()(days.try_next().expect("what `me` wrote has gone").change());
    log.heard(["-1=2"]);
    assert!(days.try_next().is_none());
}

/// W10, D1: and in a value that is derived at run time.
#[test]
fn w10_a_way_back_is_told_of_a_derived_value() {
    let (store, log) = (app(), Log::default());
    let total = store.derive((Purse::COINS, Purse::SPENT), |(coins, spent)| coins + spent);
    let (queue, worker) = WorkQueue::new();
    let watch = total.watch(log.of("total")).changes_only().ignoring("me");
    let _watching = store.on(queue).watch_across(watch);
    set_own(&store, 3);
    worker.run_ready();
    log.heard([]);
    set_coins(&store, [1]);
    set_own(&store, 5);
    spend(&store, 1);
    worker.run_ready();
    log.heard(["total: 3 -> 6"]);
    spend(&store, 2);
    set_own(&store, 9);
    spend(&store, 1);
    set_own(&store, 7);
    set_coins(&store, [5]);
    worker.run_ready();
    log.heard(["total: 8 -> 6"]);
}

/// W10: what was written past an own write elsewhere does not make this field news.
#[test]
fn w10_a_field_that_comes_back_among_own_writes_elsewhere_is_silent() {
    let there_and_back = coins_after(|store| {
        set_coins(store, [1]);
        store.by("me").update(PURSE, |purse| purse.spent.set(2));
        set_coins(store, [0]);
    });
    assert_eq!(there_and_back, []);
}

/// W10: nor among several fields that are watched together.
#[test]
fn w10_of_several_fields_each_is_told_as_it_would_be_alone() {
    let store = app();
    let mut purses = store.stream(PURSE, PURSE.any().changes_only().ignoring("me"));
    set_coins(&store, [1]);
    store.by("me").update(PURSE, |purse| purse.spent.set(2));
    set_coins(&store, [0]);
    assert!(purses.try_next().is_none(), "the coins are as they were");

    set_coins(&store, [1]);
    store.by("me").update(PURSE, |purse| purse.spent.set(3));
    spend(&store, 4);
    let purse = purses.try_next().expect("both differ");
    let coins = purse.change().change_of(Purse::COINS).unwrap();
    let spent = purse.change().change_of(Purse::SPENT).unwrap();
    assert_eq!((coins.old(), spent.old()), (Some(&0), Some(&3)));

    set_coins(&store, [2]);
    set_own(&store, 7);
    set_coins(&store, [1]);
    store.by("me").update(PURSE, |purse| purse.spent.set(5));
    spend(&store, 4);
    let purse = purses.try_next().expect("the own writes are undone");
    let coins = purse.change().change_of(Purse::COINS).unwrap();
    let spent = purse.change().change_of(Purse::SPENT).unwrap();
    assert_eq!((coins.old(), spent.old()), (Some(&7), Some(&5)));
}

/// W10, T4: what a projection is compared with next is the state after what it did not hear of.
#[test]
fn w10_a_projection_counts_own_writes_as_seen_in_their_turn() {
    let (store, log) = (app(), Log::default());
    let sums = PURSE.project(|purse| purse.coins).changes_only();
    let mut sums = store.stream(PURSE, sums.ignoring("me"));
    let mut hear = || {
        while let Some(coins) = sums.try_next() {
            log.note(format_args!("{:?} -> {}", coins.change().old(), *coins));
        }
    };
    set_coins(&store, [1]);
    set_own(&store, 2);
    hear();
    log.heard(["Some(0) -> 1"]);
    spend(&store, 1);
    hear();
    set_own(&store, 3);
    spend(&store, 2);
    hear();
    log.heard([]);
}

/// W10: an own write that waits behind what was told meanwhile is still seen before what follows.
#[test]
fn w10_what_is_not_heard_keeps_its_place() {
    let store = app();
    let coins = PURSE.project(|purse| purse.coins).changes_only();
    let mut coins = store.stream(PURSE, coins.ignoring("me"));
    set_coins(&store, [1]);
    set_own(&store, 2);
    assert_eq!(*coins.try_next().unwrap(), 1);
    // The own write has not been taken out yet.
    set_coins(&store, [3]);
    let third = coins.try_next().unwrap();
    assert_eq!((third.change().old(), *third), (Some(&2), 3));
    spend(&store, 1);
    assert!(coins.try_next().is_none(), "nothing is told twice");
}

/// W10: in a queue each commit has its own place, told or not.
#[test]
fn w10_a_queue_keeps_own_writes_out() {
    let store = app();
    let coins = Purse::COINS.changes_only().ignoring("me");
    let pull = store.pull().every(store::Queue::of::<8>());
    let mut coins = pull.stream(PURSE, coins);
    set_coins(&store, [1]);
    set_own(&store, 2);
    set_coins(&store, [3]);
    let told: Vec<_> = std::iter::from_fn(|| coins.try_next())
        .map(|coins| (coins.change().old().copied(), *coins))
        .collect();
    assert_eq!(told, [(Some(0), 1), (Some(2), 3)]);
}

/// W10, T4: a merged commit has the origin that all it tells of have in common.
#[test]
fn w10_what_is_not_heard_takes_no_origin_away() {
    let store = app();
    let mut coins = store.stream(PURSE, Purse::COINS.changes_only().ignoring("me"));
    for (coins, who) in [(1, "server"), (2, "me"), (3, "server")] {
        store.by(who).update(PURSE, |purse| purse.coins.set(coins));
    }
    let coins = coins.try_next().unwrap();
    assert_eq!(coins.change().origin().unwrap().who(), "server");
}

/// W10: two origins may be ignored, and a map's own entries are its own.
#[test]
fn w10_entries_of_own_writes_are_not_told() {
    let store = app();
    let statuses = User::STATUSES.changes_only().ignoring("me").ignoring("you");
    let mut statuses = store.stream(USER, statuses);
    let put = |who: &'static str, name: &str, status| {
        let write = store.by(who);
        write.update(USER, |user| user.statuses.insert(name.to_owned(), status));
    };
    put("me", "ann", 1);
    put("you", "bob", 1);
    put("server", "cid", 1);
    put("server", "dan", 1);
    let told = statuses.try_next().unwrap();
    assert_eq!(entries(told.change().changes()), r#"+"cid"=1 +"dan"=1"#);
    assert!(statuses.try_next().is_none());
}

/// D2, T4: a view that ignores an origin goes by what that wrote, merged with what it hears or not.
#[test]
fn d2_a_view_goes_by_what_it_does_not_hear() {
    let store = app();
    let days = Diary::DAYS
        .view()
        .filter_by(Purse::COINS, |coins, day, _| i64::from(*day) < *coins)
        .collect();
    let mut days = store.stream_across(days.changes_only().ignoring("me"));
    plan(&store, 1, 1);
    set_own(&store, 10);
    plan(&store, 2, 2);
    let days = days.try_next().expect("two days are seen");
    assert!(days.keys().eq(&[1, 2]));
}
