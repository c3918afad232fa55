//! W12: waiting until something holds.

use std::task::Poll;

use futures::executor::block_on;
use store::{Source as _, StoreDropped};

use crate::{
    app::{DIARY, Diary, PURSE, Purse, USER, User, app, plan, put, set_coins, spend},
    polling::Bell,
    support::{elsewhere, in_time},
};

/// W12: at once if it holds now.
#[test]
fn w12_what_holds_now_is_not_waited_for() {
    let (store, bell) = (app(), Bell::default());
    set_coins(&store, [3]);
    let mut until = Box::pin(store.until(PURSE, Purse::COINS, |coins| **coins == 3));
    let Poll::Ready(Ok(coins)) = bell.poll(&mut until) else {
        panic!("it holds");
    };
    assert!(coins.change().is_initial());
    let next = Purse::COINS.changes_only();
    let mut next = Box::pin(store.until(PURSE, next, |coins| **coins == 3));
    assert!(bell.poll(&mut next).is_pending());
    set_coins(&store, [4, 3, 2, 3, 5]);
    assert!(
        bell.poll(&mut next).is_pending(),
        "it held while nobody looked"
    );
    set_coins(&store, [3]);
    assert!(bell.poll(&mut next).is_ready());
}

/// W12: of every source.
#[test]
fn w12_every_source_can_be_waited_for() {
    let (store, bell) = (app(), Bell::default());
    let ann = || User::STATUSES.key("ann".to_owned());
    let mut key = Box::pin(store.until(USER, ann(), |ann| ann.is_some()));
    let mut range = Box::pin(store.until(DIARY, Diary::DAYS.range(5..), |days| {
        days.change().iter().count() == 2
    }));
    let poor = PURSE.project(|purse| purse.coins < purse.spent);
    let mut poor = Box::pin(store.until(PURSE, poor, |poor| **poor));
    let mut any = Box::pin(store.until(PURSE, PURSE.any(), |purse| purse.spent == 2));
    assert!(bell.poll(&mut key).is_pending() && bell.poll(&mut range).is_pending());
    assert!(bell.poll(&mut poor).is_pending() && bell.poll(&mut any).is_pending());
    put(&store, "ann", 1);
    for day in 4..=6 {
        plan(&store, day, 1);
    }
    spend(&store, 2);
    assert_eq!(bell.rings(), 4);
    assert!(bell.poll(&mut key).is_ready() && bell.poll(&mut range).is_ready());
    assert!(bell.poll(&mut poor).is_ready() && bell.poll(&mut any).is_ready());
}

/// W12: also between threads, and to the end.
#[test]
fn w12_a_thread_may_wait_for_another() {
    in_time(|| {
        let store = app();
        let waiting = [3, 50, 99].map(|wanted| {
            let until = store.until(PURSE, Purse::COINS, move |coins| **coins >= wanted);
            elsewhere(move || block_on(until).map(|coins| *coins))
        });
        let mut never = Box::pin(store.until(PURSE, Purse::COINS, |_| false));
        set_coins(&store, 1..=100);
        let told = waiting.map(|waiting| waiting.answer().unwrap());
        assert!(told[0] >= 3 && told[1] >= 50 && told[2] >= 99, "{told:?}");
        drop(store);
        let error = block_on(&mut never).err();
        assert_eq!(error, Some(StoreDropped));
        assert_eq!(
            StoreDropped.to_string(),
            "the store was dropped before that came"
        );
    });
}

/// W11, W12: the final state counts, when the store is dropped too.
#[test]
fn w12_the_final_state_may_be_what_was_waited_for() {
    let (store, bell) = (app(), Bell::default());
    let mut until = Box::pin(store.until(PURSE, Purse::COINS, |coins| **coins == 7));
    assert!(bell.poll(&mut until).is_pending());
    set_coins(&store, [7]);
    drop(store);
    assert!(matches!(bell.poll(&mut until), Poll::Ready(Ok(_))));
}
