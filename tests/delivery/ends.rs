//! W11: the final state is never missed, whenever the store goes.

use std::{
    sync::{Arc, OnceLock},
    task::Poll,
};

use store::{Queue, Source as _, Watch as _, Watcher};

use crate::{
    app::{PURSE, Purse, app, set_coins, spend},
    polling::Bell,
    support::{Log, elsewhere, in_time, signal},
};

/// W11: with nothing left to say, or a whole queue.
#[test]
fn w11_a_stream_ends_after_the_final_state() {
    let (store, bell) = (app(), Bell::default());
    let mut latest = store.stream(PURSE, Purse::COINS);
    let pull = store.pull().every(Queue::of::<4>());
    let mut every = pull.stream(PURSE, Purse::COINS.changes_only());
    let mut nothing = store.stream(PURSE, Purse::SPENT.changes_only());
    let mut unread = store.stream(PURSE, Purse::SPENT);
    for stream in [&mut nothing, &mut every] {
        assert!(bell.next(stream).is_pending());
    }
    set_coins(&store, [1, 2, 3]);
    bell.rings();
    drop(store);
    assert_eq!(bell.rings(), 1, "the one that waited");
    assert!(matches!(bell.next(&mut nothing), Poll::Ready(None)));
    assert_eq!(latest.try_next().as_deref(), Some(&0));
    assert_eq!(latest.try_next().as_deref(), Some(&3));
    assert!(latest.try_next().is_none() && !latest.has_changed());
    assert_eq!(
        unread.blocking().map(|spent| *spent).collect::<Vec<_>>(),
        [0]
    );
    assert_eq!(
        every.blocking().map(|coins| *coins).collect::<Vec<_>>(),
        [1, 2, 3]
    );
}

/// W11: what came back in the end is silent, and the end is told.
#[test]
fn w11_a_stream_may_end_where_it_was() {
    let (store, bell) = (app(), Bell::default());
    let mut coins = store.stream(PURSE, Purse::COINS.changes_only());
    assert!(bell.next(&mut coins).is_pending());
    set_coins(&store, [1, 0]);
    drop(store);
    assert!(matches!(bell.next(&mut coins), Poll::Ready(None)));
}

/// W11: the last handle goes inside a callback, or a write closure of another store.
#[test]
fn w11_the_store_may_go_in_a_callback() {
    in_time(|| {
        let (store, other, log) = (app(), app(), Log::default());
        let mut coins = store.stream(PURSE, Purse::COINS);
        set_coins(&store, [1]);
        let slot = parking_lot::Mutex::new(Some(store));
        let watch = Purse::COINS.watch(move |_| drop(slot.lock().take()));
        let _watching = other.watch(PURSE, watch);
        assert_eq!(
            coins.blocking().map(|coins| *coins).collect::<Vec<_>>(),
            [0, 1]
        );

        let store = app();
        let mut coins = store.stream(PURSE, Purse::COINS);
        let _other = store.watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only());
        other.update(PURSE, |purse| {
            set_none(&mut Some(store));
            purse.coins.set(1);
        });
        assert_eq!(
            coins.blocking().map(|coins| *coins).collect::<Vec<_>>(),
            [0]
        );
        log.heard([]);
    });
}

fn set_none<T>(slot: &mut Option<T>) {
    *slot = None;
}

/// W11: another thread tells what a watcher has missed while the last handle goes.
#[test]
fn w11_the_store_may_go_while_another_thread_tells() {
    in_time(|| {
        let store = app();
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let busy = Purse::COINS.watch(move |_| {
            inside.give();
            may_finish.wait();
        });
        let busy = store.watch(PURSE, busy.changes_only());
        busy.pause();
        set_coins(&store, [1]);
        let resuming = elsewhere(move || {
            busy.resume();
            busy
        });
        is_inside.wait();
        let bell = Bell::default();
        let mut coins = store.stream(PURSE, Purse::COINS);
        let mut told = store.told(9);
        spend(&store, 1);
        set_coins(&store, [2]);
        drop(store);
        assert_eq!(coins.try_next().as_deref(), Some(&1));
        assert!(bell.next(&mut coins).is_pending(), "it is still being told");
        assert!(bell.poll(&mut told).is_pending());
        finish.give();
        is_inside.wait();
        finish.give();
        drop(resuming.answer());
        assert_eq!(bell.rings(), 2);
        assert_eq!(
            coins.blocking().map(|coins| *coins).collect::<Vec<_>>(),
            [2]
        );
        assert!(matches!(bell.poll(&mut told), Poll::Ready(Err(_))));
    });
}

/// W6, W11: a waker that panics keeps nobody from the change, or the end.
#[test]
fn w11_a_waker_that_panics_keeps_nobody_from_the_end() {
    let (store, bell) = (app(), Bell::default());
    let mut streams = [0, 1, 2].map(|_| store.stream(PURSE, Purse::COINS.changes_only()));
    let angry = crate::polling::waker(|| panic!("a waker panics"));
    let wait = |streams: &mut [store::ChangeStream<_>; 3]| {
        let [first, second, third] = streams;
        assert!(bell.next(first).is_pending());
        let cx = &mut std::task::Context::from_waker(&angry);
        assert!(futures::StreamExt::poll_next_unpin(second, cx).is_pending());
        assert!(bell.next(third).is_pending());
    };
    wait(&mut streams);
    set_coins(&store, [1]);
    assert_eq!(bell.rings(), 2);
    for stream in &mut streams {
        assert_eq!(stream.try_next().as_deref(), Some(&1));
    }
    wait(&mut streams);
    drop(store);
    assert_eq!(bell.rings(), 2);
    for stream in &mut streams {
        assert!(stream.blocking().next().is_none());
    }
}

/// W12, W11: the last that waited is told after the end of the store, and pauses once more.
#[test]
fn w12_a_callback_may_pause_and_resume_its_watcher_once_the_store_is_gone() {
    in_time(|| {
        let (store, log) = (app(), Log::default());
        let slot = Arc::<OnceLock<Watcher>>::default();
        let (mut tell, own) = (log.of("coins"), Arc::downgrade(&slot));
        let watch = Purse::COINS.watch(move |coins| {
            tell(coins);
            let own = own.upgrade().expect("it is held");
            let watcher = own.get().expect("it is registered");
            watcher.pause();
            watcher.resume();
        });
        let watching = slot.get_or_init(|| store.watch(PURSE, watch.changes_only()));
        watching.pause();
        set_coins(&store, [1, 2]);
        drop(store);
        watching.resume();
        log.heard(["coins: 0 -> 2"]);
    });
}
