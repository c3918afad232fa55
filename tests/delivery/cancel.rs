//! W11: every future can be dropped wherever it is: nothing is lost and nothing comes twice.

use std::{pin::Pin, task::Poll, time::Duration};

use futures::{Stream, StreamExt as _};
use store::{ChangeStream, ManualClock, OwnedChange, Queue, Source as _, Store};

use crate::{
    app::{App, PURSE, Purse, app, set_coins},
    polling::Bell,
};

/// A stream of the coins, and the clock that paces it.
fn stream(store: &Store<App>, kind: usize) -> (ChangeStream<OwnedChange<i64>>, ManualClock) {
    let clock = ManualClock::new();
    let pull = store.pull();
    let pull = match kind {
        0 => pull,
        1 => pull.every(Queue::of::<2>()),
        2 => pull.throttle(Duration::from_secs(1), clock.clone()),
        _ => pull.debounce(Duration::from_secs(1), clock.clone()),
    };
    (pull.stream(PURSE, Purse::COINS), clock)
}

/// Makes a future of the stream, polls it so often at most, and drops it.
fn poll_and_drop(
    coins: &mut ChangeStream<OwnedChange<i64>>,
    way: usize,
    polls: usize,
) -> Option<i64> {
    let bell = Bell::default();
    let take = |mut future: Pin<Box<dyn Future<Output = Option<OwnedChange<i64>>> + '_>>| {
        for _ in 0..polls {
            if let Poll::Ready(coins) = bell.poll(&mut future) {
                return coins.map(|coins| *coins);
            }
        }
        None
    };
    match way {
        0 => take(Box::pin(coins.changed())),
        1 => take(Box::pin(coins.next())),
        2 => take(Box::pin(async { coins.by_ref().skip(0).next().await })),
        // Nothing is read: only asked.
        _ => {
            coins.has_changed();
            None
        }
    }
}

/// W11: `changed`, `next` and combinators, dropped after each number of polls, between writes.
#[test]
fn w11_dropping_a_future_loses_nothing() {
    for kind in 0..4 {
        for way in 0..4 {
            for polls in 0..4 {
                let store = app();
                let (mut coins, clock) = stream(&store, kind);
                let mut told = Vec::new();
                for n in 1..=9 {
                    told.extend(poll_and_drop(&mut coins, way, polls));
                    set_coins(&store, [n]);
                    if n % 2 == 0 {
                        told.extend(poll_and_drop(&mut coins, way, polls));
                    }
                    if n % 3 == 0 {
                        clock.advance(Duration::from_secs(1));
                        told.extend(poll_and_drop(&mut coins, way, polls));
                    }
                }
                drop(store);
                told.extend(coins.blocking().map(|coins| *coins));
                let case = format!("kind {kind}, way {way}, {polls} polls: {told:?}");
                assert_eq!((told.first(), told.last()), (Some(&0), Some(&9)), "{case}");
                assert!(told.is_sorted_by(|one, next| one < next), "{case}");
            }
        }
    }
}

/// W11: what is told afterwards is what would have been told without the dropped future.
#[test]
fn w11_a_dropped_future_leaves_no_trace() {
    let reference = items(|_| {});
    for polls in 0..4 {
        let disturbed = items(|coins| {
            let mut changed = coins.changed();
            for _ in 0..polls {
                let bell = Bell::default();
                if bell.poll(&mut changed).is_ready() {
                    panic!("there was nothing to be told");
                }
            }
        });
        assert_eq!(disturbed, reference, "{polls} polls");
    }
}

/// What a reader is told that is disturbed whenever there is nothing.
fn items(disturb: impl Fn(&mut ChangeStream<OwnedChange<i64>>)) -> Vec<(Option<i64>, i64, u64)> {
    let store = app();
    let mut coins = store.stream(PURSE, Purse::COINS);
    let mut told = Vec::new();
    for n in 0..6 {
        told.extend(coins.try_next());
        disturb(&mut coins);
        set_coins(&store, [3 * n + 1, 3 * n + 2]);
    }
    told.extend(coins.try_next());
    told.iter()
        .map(|coins| {
            let change = coins.change();
            (change.old().copied(), **coins, change.merged())
        })
        .collect()
}

/// W11, W12: `until` and `told` may be dropped at every poll; others that wait are not disturbed.
#[test]
fn w11_waits_may_be_dropped_anywhere() {
    for polls in 0..4 {
        let (store, bell, kept) = (app(), Bell::default(), Bell::default());
        let mut coins = store.stream(PURSE, Purse::COINS.changes_only());
        assert!(kept.next(&mut coins).is_pending());
        let mut stays = Box::pin(store.until(PURSE, Purse::COINS, |coins| **coins == 2));
        let mut all = store.told(2);
        assert!(kept.poll(&mut stays).is_pending() && kept.poll(&mut all).is_pending());
        let mut goes = Box::pin(store.until(PURSE, Purse::COINS, |coins| **coins == 2));
        let mut told = store.told(2);
        for _ in 0..polls {
            assert!(bell.poll(&mut goes).is_pending() && bell.poll(&mut told).is_pending());
        }
        drop((goes, told));
        set_coins(&store, [1]);
        assert_eq!(bell.rings(), 0, "who is gone is not woken");
        assert!(kept.poll(&mut stays).is_pending() && kept.poll(&mut all).is_pending());
        kept.rings();
        set_coins(&store, [2]);
        assert_eq!(kept.rings(), 2);
        assert!(kept.poll(&mut stays).is_ready() && kept.poll(&mut all).is_ready());
        let told = coins.try_next().unwrap();
        assert_eq!((told.change().old(), *told), (Some(&0), 2));
    }
}

/// W11: a selection drops the futures of the streams that were slower, over and over.
#[test]
fn w11_a_selection_of_streams_hears_everything() {
    let store = app();
    let mut coins = store.stream(PURSE, Purse::COINS.changes_only());
    let mut spent = store.stream(PURSE, Purse::SPENT.changes_only());
    let (mut heard, bell) = (Vec::new(), Bell::default());
    for n in 1..=20 {
        match n % 3 {
            0 => crate::app::spend(&store, n),
            _ => set_coins(&store, [n]),
        }
        let mut selected = futures::stream::select(&mut coins, &mut spent);
        let poll =
            Pin::new(&mut selected).poll_next(&mut std::task::Context::from_waker(&bell.waker()));
        if let Poll::Ready(Some(told)) = poll {
            heard.push(*told);
        }
    }
    heard.extend(coins.try_next().map(|coins| *coins));
    heard.extend(spent.try_next().map(|spent| *spent));
    assert_eq!(heard, (1..=20).collect::<Vec<_>>());
}
