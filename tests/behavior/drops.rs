//! W4: old values are dropped with no lock held, so their drops may use the store.

mod ended;
mod merged;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Wake,
};

use store::{Map, Model, Store, WeakStore};

use crate::support::{Log, in_time};

/// A value that does something when it is dropped.
#[derive(Clone, Default)]
struct Parting(Option<Arc<Last>>);

struct Last(Box<dyn Fn() + Send + Sync>);

impl Drop for Last {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl PartialEq for Parting {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

/// Counts how often it is woken.
#[derive(Default)]
struct Alarm(AtomicUsize);

impl Alarm {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn parting(act: impl Fn() + Send + Sync + 'static) -> Parting {
    Parting(Some(Arc::new(Last(Box::new(act)))))
}

#[derive(Model)]
struct Hotel {
    guest: Parting,
    rooms: Map<u32, Parting>,
    partings: u32,
}

/// Does something, unless the store goes too.
fn with_store(weak: &WeakStore<Hotel>, act: impl FnOnce(&Store<Hotel>)) {
    if let Some(store) = weak.upgrade() {
        act(&store);
    }
}

/// A guest whose parting is counted in the store.
fn counted(store: &Store<Hotel>) -> Parting {
    let weak = store.downgrade();
    parting(move || {
        with_store(&weak, |store| {
            store.update(HOTEL, |hotel| *hotel.partings += 1);
        });
    })
}

/// W4: with and without watchers, with and without a snapshot that is kept.
#[test]
fn the_drop_of_an_old_value_may_write() {
    in_time(|| {
        for is_watched in [false, true] {
            let (store, log) = (Store::<Hotel>::new(), Log::default());
            let watching =
                is_watched.then(|| store.watch(HOTEL, Hotel::watch().partings(log.of("partings"))));
            let guest = counted(&store);
            store.update(HOTEL, |hotel| hotel.guest.set(guest));
            let kept = store.snapshot(HOTEL);
            store.update(HOTEL, |hotel| hotel.guest.set(Parting::default()));
            assert_eq!(store.snapshot(HOTEL).partings, 0);
            drop(kept);
            assert_eq!(
                store.snapshot(HOTEL).partings,
                1,
                "dropped with the snapshot"
            );
            let guest = counted(&store);
            store.update(HOTEL, |hotel| hotel.rooms.insert(1, guest));
            store.update(HOTEL, |hotel| hotel.rooms.clear());
            assert_eq!(store.snapshot(HOTEL).partings, 2);
            if watching.is_some() {
                log.heard(["partings: 0", "partings: 0 -> 1", "partings: 1 -> 2"]);
            }
        }
    });
}

/// W4: values of a write that came to nothing are dropped when it is over.
#[test]
fn the_drop_of_a_value_of_a_failed_write_may_write() {
    in_time(|| {
        let store = Store::<Hotel>::new();
        let guest = counted(&store);
        let failed = store.try_update(HOTEL, |hotel| {
            hotel.guest.set(guest);
            Err::<(), _>("no room")
        });
        failed.unwrap_err();
        assert_eq!(store.snapshot(HOTEL).partings, 1);
    });
}

/// W4: in the drop of an old value one may watch, unwatch, guard and read.
#[test]
fn the_drop_of_an_old_value_may_use_every_verb() {
    in_time(|| {
        let store = Store::<Hotel>::new();
        let weak = store.downgrade();
        let guest = parting(move || {
            with_store(&weak, |store| {
                drop(store.watch(HOTEL, HOTEL.any().watch(|_| {})));
                drop(store.guard(HOTEL, |_| Ok(())));
                assert_eq!(store.snapshot_all().revision(), 2);
                store.update(HOTEL, |hotel| hotel.partings.set(5));
            });
        });
        store.update(HOTEL, |hotel| hotel.guest.set(guest));
        store.update(HOTEL, |hotel| hotel.guest.set(Parting::default()));
        assert_eq!(store.snapshot(HOTEL).partings, 5);
    });
}

/// W4: what a callback owns may write when the watch ends, inside its own call too.
#[test]
fn what_a_callback_owns_may_write_when_dropped() {
    in_time(|| {
        let store = Store::<Hotel>::new();
        let owned = counted(&store);
        let watching = store.watch(
            HOTEL,
            Hotel::watch().rooms(move |_| {
                let _owned = &owned;
            }),
        );
        drop(watching);
        assert_eq!(store.snapshot(HOTEL).partings, 1);
    });
}

/// W7: the state goes with the last handle; old values that nobody holds do not linger before.
#[test]
fn nothing_that_was_replaced_lingers() {
    let store = Store::<Hotel>::new();
    let gone = Arc::new(AtomicUsize::new(0));
    let guest = || {
        let gone = Arc::clone(&gone);
        parting(move || {
            gone.fetch_add(1, Ordering::Relaxed);
        })
    };
    for round in 0..3 {
        let watching = store.watch(HOTEL, Hotel::watch().guest(|_| {}));
        store.update(HOTEL, |hotel| hotel.guest.set(guest()));
        assert_eq!(gone.load(Ordering::Relaxed), 2 * round, "watched");
        drop(watching);
        store.update(HOTEL, |hotel| hotel.guest.set(guest()));
        assert_eq!(gone.load(Ordering::Relaxed), 2 * round + 1, "unwatched");
        store.update(HOTEL, |hotel| hotel.guest.set(Parting::default()));
        assert_eq!(gone.load(Ordering::Relaxed), 2 * round + 2);
    }
    store.update(HOTEL, |hotel| hotel.guest.set(guest()));
    drop(store);
    assert_eq!(gone.load(Ordering::Relaxed), 7);
}

/// W7: a value that holds the store itself is freed when it is replaced.
#[test]
fn a_value_may_hold_the_store_that_holds_it() {
    let store = Store::<Hotel>::new();
    let own = store.clone();
    store.update(HOTEL, |hotel| {
        hotel.guest.set(parting(move || drop(own.clone())));
    });
    let weak = store.downgrade();
    store.update(HOTEL, |hotel| hotel.guest.set(Parting::default()));
    drop(store);
    assert!(weak.upgrade().is_none());
}

/// W4: values that feed their own replacement come to a stop, watched or not.
#[test]
fn old_values_that_write_their_like_come_to_a_stop() {
    fn heir(store: &Store<Hotel>) -> Parting {
        let weak = store.downgrade();
        parting(move || {
            with_store(&weak, |store| {
                // The error that ends the chain is the point; there is nobody to hand it to.
                let _ = store.try_update(HOTEL, |hotel| {
                    *hotel.partings += 1;
                    hotel.guest.set(heir(store));
                    Ok::<_, ()>(())
                });
            });
        })
    }
    for is_watched in [false, true] {
        in_time(move || {
            let store = Store::<Hotel>::builder().chain_limit(10).build();
            let _watching = is_watched.then(|| store.watch(HOTEL, Hotel::watch().partings(|_| {})));
            for heir in [heir(&store), heir(&store)] {
                store.update(HOTEL, |hotel| hotel.guest.set(heir));
            }
            assert_eq!(store.snapshot(HOTEL).partings, 10);
        });
    }
}

/// W4: a thread that ends writes from the drop of what it kept.
#[test]
fn a_thread_that_ends_may_write() {
    thread_local! {
        static KEPT: std::cell::RefCell<Vec<Parting>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    for kept_first in [false, true] {
        let store = Store::<Hotel>::new();
        let thread = std::thread::spawn({
            let store = store.clone();
            move || {
                if kept_first {
                    KEPT.with_borrow_mut(|kept| kept.push(counted(&store)));
                }
                store.update(HOTEL, |hotel| *hotel.partings += 1);
                if !kept_first {
                    KEPT.with_borrow_mut(|kept| kept.push(counted(&store)));
                }
            }
        });
        thread.join().expect("the thread should end in peace");
        assert_eq!(store.snapshot(HOTEL).partings, 2);
    }
}
