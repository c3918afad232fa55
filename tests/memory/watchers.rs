//! What is left of watchers that have come and gone.
//!
//! `cargo test --release --test memory watchers -- --nocapture` has a million come and go, and prints
//! what was counted.

use std::sync::{Arc, Mutex};

use store::{Change, Map, Model, Source as _, Store, Watch as _, WorkQueue};

use crate::{alone, asked, bytes, resident};

#[derive(Model)]
struct Roster {
    online: u32,
    statuses: Map<u32, u32>,
}

/// Has so many come, and then go. The last to come is the first to go, so that whatever is made meanwhile, and stays,
/// lies low: the system gets back only what is above all that stays.
fn come_and_go<T>(what: &str, many: u32, make: impl FnMut(u32) -> T) {
    let (before, before_resident) = (bytes(), resident());
    let mut made: Vec<_> = (0..many).map(make).collect();
    let each = (bytes() - before) / i64::from(many);
    println!(
        "{many} {what}: {each} bytes each, {:?} kB resident",
        resident()
    );
    made.drain(..).rev().for_each(drop);
    drop(made);
    println!(
        "gone: {:+} bytes, {before_resident:?} kB, now {:?} kB",
        bytes() - before,
        resident()
    );
    assert_eq!(bytes(), before, "{what}");
    if let (Some(before), Some(now)) = (before_resident, resident()) {
        assert!(
            now * 100 <= before * 105,
            "{what}: {before} kB, now {now} kB"
        );
    }
}

/// W5, W9: what watchers, watchers of keys and streams held is given back when they go, all of it.
fn all_come_and_go(many: u32) {
    let store = Store::<Roster>::new();
    let watch = |_| store.watch(ROSTER, Roster::ONLINE.watch(|_| {}));
    let watch_key = |key| store.watch(ROSTER, Roster::STATUSES.key(key).watch(|_| {}));
    let stream = |_| store.stream(ROSTER, Roster::STATUSES.changes_only());
    // The first of each leave tables that the store keeps, and what the system gives in advance.
    for number in 0..1_000 {
        drop((watch(number), watch_key(number), stream(number)));
    }
    println!("{} bytes, {:?} kB resident before any", bytes(), resident());
    for _ in 0..2 {
        come_and_go("watchers of a field", many, watch);
        come_and_go("watchers of a key each", many, watch_key);
        come_and_go("streams", many, stream);
    }
}

#[test]
fn w5_watchers_that_are_gone_leave_nothing() {
    let many = if cfg!(debug_assertions) {
        20_000
    } else {
        1_000_000
    };
    alone("watchers::w5_watchers_that_are_gone_leave_nothing", || {
        all_come_and_go(asked("STORE_WATCHERS").unwrap_or(many));
    });
}

/// R2: commits that wait past the bound stay one, though watchers come and go between them.
#[test]
fn r2_the_queue_is_bounded_while_watchers_come_and_go_inside_a_callback() {
    alone(
        "watchers::r2_the_queue_is_bounded_while_watchers_come_and_go_inside_a_callback",
        || {
            let store = Store::<Roster>::builder().queue_bound(4).build();
            let levels = Arc::new(Mutex::new(Vec::with_capacity(3)));
            let busy = {
                let (store, levels) = (store.clone(), Arc::clone(&levels));
                Roster::ONLINE.watch(move |online: Change<'_, u32>| {
                    if *online > 1 {
                        return;
                    }
                    for round in 0..3_000 {
                        let watching = store.watch(ROSTER, Roster::STATUSES.watch(|_| {}));
                        store.update(ROSTER, |roster| roster.statuses.insert(1, round));
                        drop(watching);
                        if round % 1_000 == 500 {
                            levels.lock().unwrap().push(bytes());
                        }
                    }
                })
            };
            let _busy = store.watch(ROSTER, busy.changes_only());
            store.update(ROSTER, |roster| roster.online.set(1));
            let levels = levels.lock().unwrap();
            assert_eq!(levels.len(), 3, "the callback went through");
            assert_eq!(levels[0], levels[2], "{levels:?}");
        },
    );
}

/// W10: the room that commits took while they waited for a callback is given back when they are told.
#[test]
fn w10_commits_that_have_waited_leave_no_room_behind() {
    alone(
        "watchers::w10_commits_that_have_waited_leave_no_room_behind",
        || {
            let store = Store::<Roster>::builder().queue_bound(100_000).build();
            let writer = store.clone();
            let many = move |online: Change<'_, u32>| {
                if *online % 20_000 == 1 {
                    for _ in 1..20_000 {
                        writer.update(ROSTER, |roster| *roster.online += 1);
                    }
                }
            };
            let _watching = store.watch(ROSTER, Roster::ONLINE.watch(many));
            let _hearing = store.watch(ROSTER, Roster::ONLINE.watch(|_| {}));
            store.update(ROSTER, |roster| *roster.online += 2);
            let before = bytes();
            store.update(ROSTER, |roster| roster.online.set(20_001));
            assert_eq!(store.snapshot(ROSTER).online, 40_000);
            let more = bytes() - before;
            assert!(more < 4 * 1024, "{more:+} bytes");
        },
    );
}

/// W5: nor do watchers that ended while something was told, though they were still to join.
#[test]
fn w5_watchers_that_end_while_others_are_told_leave_nothing() {
    alone(
        "watchers::w5_watchers_that_end_while_others_are_told_leave_nothing",
        || {
            let store = Store::<Roster>::new();
            let (works, _worker) = WorkQueue::new();
            let writer = store.clone();
            let many = move |online: Change<'_, u32>| {
                for number in 0..*online {
                    let watch = |_| {
                        let on = writer.on(works.clone());
                        on.watch(ROSTER, Roster::ONLINE.watch(|_| {}))
                    };
                    drop([0; 8].map(watch));
                    // Stands behind them in the queue, so that they are kept until this is through.
                    writer.update(ROSTER, |roster| roster.statuses.insert(1, number));
                }
            };
            let _watching = store.watch(ROSTER, Roster::ONLINE.watch(many).changes_only());
            let _hearing = store.watch(ROSTER, Roster::STATUSES.watch(|_| {}));
            store.update(ROSTER, |roster| roster.online.set(1));
            let before = bytes();
            store.update(ROSTER, |roster| roster.online.set(100));
            let more = bytes() - before;
            assert!(more < 4 * 1024, "{more:+} bytes");
        },
    );
}
