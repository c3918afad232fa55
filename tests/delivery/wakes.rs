//! W11, R2: who waits is woken when there is something, once, and never in vain for long.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use store::{Queue, Source as _};

use crate::{
    app::{PURSE, Purse, USER, User, app, put, set_coins, spend},
    polling::{Bell, waker},
    support::{elsewhere, in_time},
};

/// W11: once for whatever comes until it is read.
#[test]
fn w11_who_waits_is_woken_once() {
    let (store, bell) = (app(), Bell::default());
    let mut coins = store.stream(PURSE, Purse::COINS);
    assert!(bell.next(&mut coins).is_ready());
    set_coins(&store, [1]);
    assert_eq!(bell.rings(), 0, "nobody waits");
    assert!(bell.next(&mut coins).is_ready());
    assert!(bell.next(&mut coins).is_pending());
    assert!(bell.next(&mut coins).is_pending());
    set_coins(&store, [2, 3, 4]);
    assert_eq!(bell.rings(), 1);
    assert!(bell.next(&mut coins).is_ready());
    set_coins(&store, [5]);
    assert_eq!(bell.rings(), 0, "it did not ask again");
}

/// W9, W11: what is not watched wakes nobody.
#[test]
fn w11_what_is_not_watched_wakes_nobody() {
    let (store, bell) = (app(), Bell::default());
    let mut coins = store.stream(PURSE, Purse::COINS.changes_only());
    let mut ann = store.stream(USER, User::STATUSES.key("ann".to_owned()).changes_only());
    assert!(bell.next(&mut coins).is_pending() && bell.next(&mut ann).is_pending());
    spend(&store, 1);
    put(&store, "bob", 1);
    set_coins(&store, [0]);
    store.update(PURSE, |purse| {
        purse.coins.set(1);
        purse.coins.set(0);
    });
    assert_eq!(bell.rings(), 0);
}

/// W11: the last to ask is woken, whoever asked before.
#[test]
fn w11_the_last_task_that_asked_is_woken() {
    let (store, first, second) = (app(), Bell::default(), Bell::default());
    let mut coins = store.stream(PURSE, Purse::COINS.changes_only());
    assert!(first.next(&mut coins).is_pending());
    assert!(second.next(&mut coins).is_pending());
    assert!(coins.try_next().is_none());
    set_coins(&store, [1]);
    assert_eq!((first.rings(), second.rings()), (0, 1));
}

/// W11: asking without waiting takes nobody's wake-up away.
#[test]
fn w11_asking_leaves_who_waits_as_it_is() {
    let (store, bell) = (app(), Bell::default());
    let mut coins = store.stream(PURSE, Purse::COINS.changes_only());
    assert!(bell.next(&mut coins).is_pending());
    assert!(coins.try_next().is_none() && !coins.has_changed());
    set_coins(&store, [1]);
    assert_eq!(bell.rings(), 1);
}

/// W4, W11: a waker runs under no lock, and may read, write and poll what woke it.
#[test]
fn w11_a_waker_may_use_the_store() {
    in_time(|| {
        let store = app();
        let coins = store.stream(PURSE, Purse::COINS.changes_only());
        let coins = Arc::new(parking_lot::Mutex::new(coins));
        let (own, stream, woken) = (
            store.clone(),
            Arc::clone(&coins),
            Arc::new(AtomicBool::new(false)),
        );
        let was_woken = Arc::clone(&woken);
        let waker = waker(move || {
            spend(&own, own.snapshot(PURSE).coins);
            assert_eq!(stream.lock().try_next().as_deref(), Some(&1));
            was_woken.store(true, SeqCst);
        });
        let cx = &mut std::task::Context::from_waker(&waker);
        let poll = futures::StreamExt::poll_next_unpin(&mut *coins.lock(), cx);
        assert!(poll.is_pending());
        set_coins(&store, [1]);
        assert!(woken.load(SeqCst));
        assert_eq!(store.snapshot(PURSE).spent, 1);
    });
}

/// R2, W11: between two threads no wake-up is lost: the reader always comes to the end.
#[test]
fn w11_no_wake_up_is_lost() {
    for bound in [
        None,
        Some(Queue::of::<2>()),
        Some(Queue::of::<2>().blocking()),
    ] {
        in_time(move || {
            for round in 0..200 {
                let store = app();
                let mut pull = store.pull();
                if let Some(bound) = bound {
                    pull = pull.every(bound);
                }
                let mut coins = pull.stream(PURSE, Purse::COINS);
                let reader = elsewhere(move || {
                    let told: Vec<_> = coins.blocking().map(|coins| *coins).collect();
                    told
                });
                let last = round % 10 + 1;
                set_coins(&store, 1..=last);
                drop(store);
                let told = reader.answer();
                assert!(told.is_sorted_by(|one, next| one < next), "{told:?}");
                assert_eq!(told.last(), Some(&last));
            }
        });
    }
}

/// R2, W11: nor one where the reader answers each change, and the writer waits for that.
#[test]
fn w11_two_threads_may_take_turns() {
    in_time(|| {
        let store = app();
        let mut coins = store.stream(PURSE, Purse::COINS.changes_only());
        let reader = elsewhere({
            let store = store.clone();
            move || {
                for coins in coins.blocking().take(500) {
                    spend(&store, *coins);
                }
            }
        });
        let mut spent = store.stream(PURSE, Purse::SPENT.changes_only());
        for n in 1..=500 {
            set_coins(&store, [n]);
            assert_eq!(spent.blocking().next().as_deref(), Some(&n));
        }
        reader.answer();
    });
}
