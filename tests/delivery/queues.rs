//! W10: every commit in a bounded queue, and what is told when it is full.

use store::{EmptyQueue, Inbox, Queue, Source as _, Watch as _, WorkQueue, commits};

use crate::{
    app::{App, PURSE, Purse, USER, User, app, put, set_coins, spend},
    support::{Log, entries},
};

/// W10: each by itself, in order, however many callbacks there are.
#[test]
fn w10_a_queue_tells_every_commit() {
    let (store, log) = (app(), Log::default());
    let (queue, worker) = WorkQueue::new();
    let watch = Purse::watch().coins(log.of("coins")).spent(log.of("spent"));
    let on = store.on(queue).every(Queue::of::<3>());
    let watching = on.watch(PURSE, watch.changes_only());
    set_coins(&store, [1]);
    store.update(PURSE, |purse| {
        purse.coins.set(2);
        purse.spent.set(1);
    });
    spend(&store, 2);
    worker.run_ready();
    log.heard([
        "coins: 0 -> 1",
        "coins: 1 -> 2",
        "spent: 0 -> 1",
        "spent: 1 -> 2",
    ]);
    assert_eq!(watching.merges(), 0);
}

/// W10: A→B→A is two commits here, as each is told by itself.
#[test]
fn w10_a_queue_tells_the_way_back_too() {
    let store = app();
    let pull = store.pull().every(Queue::of::<8>());
    let mut coins = pull.stream(PURSE, Purse::COINS.changes_only());
    set_coins(&store, [1, 0, 1]);
    let told: Vec<_> = std::iter::from_fn(|| coins.try_next())
        .map(|coins| {
            (
                coins.change().old().copied(),
                *coins,
                coins.change().merged(),
            )
        })
        .collect();
    assert_eq!(told, [(Some(0), 1, 1), (Some(1), 0, 1), (Some(0), 1, 1)]);
}

/// W10: past the bound, the whole queue is one difference, and then each commit again.
#[test]
fn w10_a_full_queue_starts_again_with_one_difference() {
    let store = app();
    let pull = store.pull().every(Queue::of::<2>());
    let mut statuses = pull.stream(USER, User::STATUSES.changes_only());
    put(&store, "ann", 1);
    put(&store, "bob", 1);
    put(&store, "ann", 2);
    assert_eq!(statuses.merges(), 2);
    put(&store, "cid", 1);
    store.update(USER, |user| user.statuses.remove("bob"));
    assert_eq!(statuses.merges(), 2, "there was room again");
    let told: Vec<_> = std::iter::from_fn(|| statuses.try_next())
        .map(|list| {
            let change = list.change();
            let (revision, merged) = (change.revision(), change.merged());
            format!("@{revision} of {merged} {}", entries(change.changes()))
        })
        .collect();
    assert_eq!(
        told,
        [
            r#"@3 of 3 +"ann"=2 +"bob"=1"#,
            r#"@4 of 1 +"cid"=1"#,
            r#"@5 of 1 -"bob"=1"#,
        ]
    );
}

/// W10, T2: what was merged and came to nothing is not told.
#[test]
fn w10_a_full_queue_that_came_to_nothing_is_silent() {
    let store = app();
    let pull = store.pull().every(Queue::of::<1>());
    let mut coins = pull.stream(PURSE, Purse::COINS.changes_only());
    set_coins(&store, [1, 0]);
    set_coins(&store, [5]);
    let told: Vec<_> = std::iter::from_fn(|| coins.try_next())
        .map(|coins| (coins.change().old().copied(), *coins))
        .collect();
    assert_eq!(told, [(Some(0), 5)]);
}

/// W10: an inbox tells whatever a queue has room for in one go, in the order of revisions.
#[test]
fn w10_an_inbox_tells_a_long_queue_in_order() {
    let (store, log) = (app(), Log::default());
    let inbox = Inbox::new(|| {});
    let on = store.on(&inbox).every(Queue::of::<200>());
    let notes = log.clone();
    let _coins = on.watch(
        PURSE,
        Purse::COINS
            .watch(move |coins| notes.note(*coins))
            .changes_only(),
    );
    let _spent = store
        .on(&inbox)
        .watch(PURSE, Purse::SPENT.watch(log.of("spent")).changes_only());
    set_coins(&store, 1..=100);
    spend(&store, 1);
    set_coins(&store, 101..=150);
    assert_eq!(inbox.drain(), 151);
    let told = log.take();
    assert_eq!(told.len(), 151);
    assert_eq!(told[100], "spent: 0 -> 1");
    assert_eq!((&*told[99], &*told[150]), ("100", "150"));
    assert!(inbox.is_empty());
}

/// W10: so does an executor, with others let in between.
#[test]
fn w10_an_executor_lets_others_in_between() {
    let (store, log) = (app(), Log::default());
    let (queue, worker) = WorkQueue::new();
    let every = |queue: &WorkQueue| store.on(queue.clone()).every(Queue::of::<500>());
    let notes = log.clone();
    let long = Purse::COINS.watch(move |coins| notes.note(*coins));
    let _long = every(&queue).watch(PURSE, long.changes_only());
    let _short = every(&queue).watch(PURSE, Purse::SPENT.watch(log.of("spent")).changes_only());
    set_coins(&store, 1..=300);
    spend(&store, 1);
    worker.run_ready();
    let told = log.take();
    assert_eq!(told.len(), 301);
    let spent = told.iter().position(|line| line == "spent: 0 -> 1");
    assert!(spent < Some(300), "told at {spent:?}");
}

/// W10, W8: every commit of the whole store.
#[test]
fn w10_a_log_of_all_commits() {
    let store = app();
    let pull = store.pull().every(Queue::of::<2>());
    let mut log = pull.stream_across(commits::<App>());
    let next = |log: &mut store::ChangeStream<std::sync::Arc<store::Commit<App>>>| {
        let commit = log.try_next()?;
        let fields = commit.changed_fields();
        let names: Vec<_> = fields.iter().map(|(_, field)| field.name).collect();
        Some(format!(
            "@{} of {} {}",
            commit.revision(),
            commit.merged(),
            names.join(" ")
        ))
    };
    assert_eq!(next(&mut log), None);
    set_coins(&store, [1]);
    put(&store, "ann", 1);
    assert_eq!(next(&mut log).as_deref(), Some("@1 of 1 coins"));
    assert_eq!(next(&mut log).as_deref(), Some("@2 of 1 statuses"));
    set_coins(&store, [2]);
    spend(&store, 1);
    put(&store, "ann", 2);
    set_coins(&store, [1]);
    assert_eq!(
        next(&mut log).as_deref(),
        Some("@5 of 3 statuses coins spent")
    );
    assert_eq!(next(&mut log).as_deref(), Some("@6 of 1 coins"));
    // Merged, nothing but what differs is left.
    set_coins(&store, [2]);
    put(&store, "bob", 1);
    set_coins(&store, [1]);
    let commit = log.try_next().unwrap();
    assert!(commit.after(PURSE).is_none() && commit.after(USER).is_some());
}

/// W10: a queue of nothing is refused.
#[test]
fn w10_a_queue_has_room() {
    let error: EmptyQueue = Queue::new(0).unwrap_err();
    assert!(error.to_string().contains("at least 1"), "{error}");
    assert_eq!(Queue::new(3), Ok(Queue::of::<3>()));
}
