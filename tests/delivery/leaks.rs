//! W7, W10: what a watch owns is let go when it ends, however it was told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use store::{
    ExecutorGone, Inbox, ManualClock, Model, Queue, Source, Store, Watch, Work, WorkQueue,
};

use crate::{
    app::{PURSE, Purse, app, set_coins},
    support::in_time,
};

/// Counts how many of it live.
#[derive(Default)]
struct Alive(Arc<AtomicUsize>);

impl Alive {
    fn one(&self) -> One {
        self.0.fetch_add(1, SeqCst);
        One(Arc::clone(&self.0))
    }

    fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

struct One(Arc<AtomicUsize>);

impl Drop for One {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

const REST: Duration = Duration::from_secs(1);

/// W7, W10: callback and executor, with a pace and work under way.
#[test]
fn w10_a_paced_watcher_lets_go_of_everything() {
    let (store, alive, clock) = (app(), Alive::default(), ManualClock::new());
    let owned = alive.one();
    let (queue, worker) = WorkQueue::new();
    let posts = alive.one();
    let post = move |work: Work| {
        let _posts = &posts;
        store::Executor::execute(&queue, work)
    };
    let watch = Purse::COINS.watch(move |_| {
        let _owned = &owned;
    });
    let watching = store.on(post).debounce(REST, clock).watch(PURSE, watch);
    set_coins(&store, [1]);
    worker.run_ready();
    assert_eq!(alive.count(), 2);
    drop(watching);
    worker.run_ready();
    assert_eq!(alive.count(), 0);
}

/// W7, W10: the same for an inbox, whose hook goes with it.
#[test]
fn w10_an_inbox_lets_go_of_everything() {
    let (store, alive, clock) = (app(), Alive::default(), ManualClock::new());
    let _others: Vec<_> = (0..8)
        .map(|_| store.watch(PURSE, Purse::COINS.watch(|_| {})))
        .collect();
    let (hooked, owned) = (alive.one(), alive.one());
    let inbox = Inbox::new(move || {
        let _hooked = &hooked;
    });
    let watch = Purse::COINS.watch(move |_| {
        let _owned = &owned;
    });
    let on = store.on(&inbox).throttle(REST, clock);
    on.watch(PURSE, watch).detach();
    set_coins(&store, [1, 2]);
    inbox.drain();
    set_coins(&store, [3]);
    inbox.drain();
    assert_eq!(alive.count(), 2);
    drop(inbox);
    assert_eq!(alive.count(), 0);
}

/// W7: a detached watcher goes with the store, once what waits was told.
#[test]
fn w10_a_detached_watcher_goes_with_the_store() {
    let (store, alive) = (app(), Alive::default());
    let owned = alive.one();
    let (queue, worker) = WorkQueue::new();
    let (sender, seen) = std::sync::mpsc::channel();
    let watch = Purse::COINS.watch(move |coins| {
        let _owned = &owned;
        sender.send(*coins).unwrap();
    });
    store.on(queue).watch(PURSE, watch.changes_only()).detach();
    set_coins(&store, [1, 2]);
    drop(store);
    assert_eq!(alive.count(), 1);
    worker.run_ready();
    assert_eq!((alive.count(), seen.recv()), (0, Ok(2)));
}

/// W10, W4: what a watcher owns is dropped with no lock held, also when others end later.
#[test]
fn w10_an_executor_may_use_the_store_when_it_is_dropped() {
    in_time(|| {
        struct Parting(store::WeakStore<crate::app::App>);
        impl Drop for Parting {
            fn drop(&mut self) {
                if let Some(store) = self.0.upgrade() {
                    drop(store.watch(PURSE, Purse::COINS.watch(|_| {})));
                }
            }
        }
        let store = app();
        let watching: Vec<_> = (0..9)
            .map(|_| {
                let parting = Parting(store.downgrade());
                let post = move |_: Work| -> Result<(), ExecutorGone> {
                    let _parting = &parting;
                    Err(ExecutorGone)
                };
                store.on(post).watch(PURSE, Purse::COINS.watch(|_| {}))
            })
            .collect();
        watching.into_iter().for_each(drop);
    });
}

/// A value that is counted as long as it lives.
#[derive(Clone, Default)]
struct Guest(#[allow(dead_code)] Option<Arc<One>>);

impl PartialEq for Guest {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

#[derive(Model)]
struct Hotel {
    guest: Guest,
}

/// W11: what a reader waits for is two states, and what it has read is none.
#[test]
fn w11_a_reader_that_sleeps_keeps_two_values() {
    let (store, alive) = (Store::<Hotel>::new(), Alive::default());
    let check_in = || {
        let guest = Guest(Some(Arc::new(alive.one())));
        store.update(HOTEL, |hotel| hotel.guest.set(guest));
    };
    check_in();
    let mut guests = store.stream(HOTEL, Hotel::GUEST);
    (0..100).for_each(|_| check_in());
    assert!(alive.count() <= 3, "{} values", alive.count());
    while guests.try_next().is_some() {}
    assert_eq!(alive.count(), 1);
    (0..100).for_each(|_| check_in());
    drop(guests);
    assert_eq!(alive.count(), 1);
}

/// W11: nor does a full queue keep more than it has room for.
#[test]
fn w11_a_full_queue_keeps_what_it_has_room_for() {
    let (store, alive) = (Store::<Hotel>::new(), Alive::default());
    let pull = store.pull().every(Queue::of::<4>());
    let guests = pull.stream(HOTEL, Hotel::GUEST);
    for _ in 0..100 {
        let guest = Guest(Some(Arc::new(alive.one())));
        store.update(HOTEL, |hotel| hotel.guest.set(guest));
        assert!(alive.count() <= 7, "{} values", alive.count());
    }
    drop(guests);
    assert_eq!(alive.count(), 1);
}

/// R2: asking over and over leaves nothing behind.
#[test]
fn w12_waiting_in_vain_leaves_nothing_behind() {
    let (store, alive) = (app(), Alive::default());
    let inbox = Inbox::new(|| {});
    let _watching = store.on(&inbox).watch(PURSE, Purse::COINS.watch(|_| {}));
    let task = || {
        let owned = alive.one();
        crate::polling::waker(move || {
            let _owned = &owned;
        })
    };
    let mut told = store.told(0);
    let _ = futures::FutureExt::poll_unpin(&mut told, &mut std::task::Context::from_waker(&task()));
    assert_eq!(alive.count(), 0, "it was ready at once");
    set_coins(&store, [1]);
    for _ in 0..3 {
        let mut told = store.told(1);
        let waker = task();
        let cx = &mut std::task::Context::from_waker(&waker);
        assert!(futures::FutureExt::poll_unpin(&mut told, cx).is_pending());
        drop(waker);
        assert_eq!(alive.count(), 1);
    }
    assert_eq!(alive.count(), 0);
}

/// R2: a clock that stands still keeps no more sleepers than there are.
#[test]
fn w12_a_clock_forgets_who_does_not_wait_any_more() {
    let (alive, clock) = (Alive::default(), ManualClock::new());
    for _ in 0..3 {
        let owned = alive.one();
        let waker = crate::polling::waker(move || {
            let _owned = &owned;
        });
        let mut nap = store::Clock::sleep_until(&clock, REST);
        let cx = &mut std::task::Context::from_waker(&waker);
        assert!(nap.as_mut().poll(cx).is_pending());
        assert!(nap.as_mut().poll(cx).is_pending());
    }
    assert_eq!(alive.count(), 0);
}

/// W7: a stream does not keep the store alive, and its drop ends the watch.
#[test]
fn w11_a_stream_keeps_no_store_alive() {
    let store = app();
    let weak = store.downgrade();
    let coins = store.stream(PURSE, Purse::COINS);
    let until = store.until(PURSE, Purse::COINS, |coins| **coins > 5);
    let told = store.told(9);
    drop(store);
    assert!(weak.upgrade().is_none());
    drop((coins, until, told));
}

/// W11, D1: who sleeps keeps no derived value alive that it does not read.
#[test]
fn w11_a_reader_that_sleeps_keeps_nothing_that_it_does_not_read() {
    let store = app();
    let double = store.derive(Purse::COINS, |coins| coins * 2);
    let first = Arc::downgrade(&store.derived(&double));
    let spent = Purse::SPENT.changes_only().ignoring("me");
    let mut spent = store.stream(PURSE, spent);
    for number in 1..=2 {
        store.update(PURSE, |purse| {
            purse.coins.set(number);
            purse.spent.set(number);
        });
    }
    assert!(first.upgrade().is_none());
    assert_eq!(*spent.try_next().unwrap(), 2);
}
