//! W4: what goes while a write needs it, such as a guard that takes itself away, is dropped after the writers' turn.

use std::{
    convert::Infallible,
    future::Future as _,
    pin::Pin,
    sync::Arc,
    task::{Context, Wake, Waker},
    time::Duration,
};

use futures::Stream as _;
use parking_lot::Mutex;
use store::{Derived, Guard, ManualClock, Queue, Store, WorkQueue};

use super::{Alarm, HOTEL, Hotel, Parting, parting};
use crate::support::{Log, in_time};

/// A store, and what is dropped in it: it notes how its own write ended.
fn with_writer() -> (Store<Hotel>, Log, Parting) {
    let (store, log) = (Store::<Hotel>::new(), Log::default());
    let (weak, notes) = (store.downgrade(), log.clone());
    let owned = parting(move || {
        let store = weak.upgrade().expect("the store is there");
        let made = store.try_update(HOTEL, |hotel| {
            *hotel.partings += 1;
            Ok::<_, Infallible>(())
        });
        notes.note(made.map_or_else(|error| error.to_string(), |()| "parted".to_owned()));
    });
    (store, log, owned)
}

/// Derives something that ends in its next computation, and owns something.
fn derive_once(store: &Store<Hotel>, owned: Parting) {
    let slot = Arc::new(Mutex::new(None::<Derived<Hotel, u32>>));
    let own = Arc::clone(&slot);
    let derived = store.derive(Hotel::PARTINGS, move |partings| {
        let _owned = &owned;
        drop(own.lock().take());
        *partings
    });
    *slot.lock() = Some(derived);
}

/// A guard that takes itself away when it is asked, and owns something.
fn guard_once(store: &Store<Hotel>, owned: Parting) {
    let slot = Arc::new(Mutex::new(None::<Guard>));
    let own = Arc::clone(&slot);
    let guard = store.guard(HOTEL, move |_| {
        let _owned = &owned;
        drop(own.lock().take());
        Ok(())
    });
    *slot.lock() = Some(guard);
}

#[test]
fn w4_what_a_derived_function_owns_that_ends_itself_may_write_when_dropped() {
    in_time(|| {
        let (store, log, owned) = with_writer();
        derive_once(&store, owned);
        store.update(HOTEL, |hotel| hotel.partings.set(5));
        log.heard(["parted"]);
        assert_eq!(store.snapshot(HOTEL).partings, 6);
    });
}

#[test]
fn w4_what_a_guard_owns_that_takes_itself_away_may_write_when_dropped() {
    in_time(|| {
        let (store, log, owned) = with_writer();
        guard_once(&store, owned);
        store.update(HOTEL, |hotel| hotel.partings.set(5));
        log.heard(["parted"]);
        assert_eq!(store.snapshot(HOTEL).partings, 6);
    });
}

#[test]
fn r1_what_a_derived_function_owns_that_ends_itself_harms_nobody_if_its_drop_panics() {
    in_time(|| {
        let store = Store::<Hotel>::new();
        derive_once(&store, parting(|| panic!("cannot leave")));
        store.update(HOTEL, |hotel| hotel.partings.set(5));
        assert_eq!(store.snapshot(HOTEL).partings, 5);
    });
}

#[test]
fn r1_what_a_guard_owns_that_takes_itself_away_harms_nobody_if_its_drop_panics() {
    in_time(|| {
        let store = Store::<Hotel>::new();
        guard_once(&store, parting(|| panic!("cannot leave")));
        store.update(HOTEL, |hotel| hotel.partings.set(5));
        assert_eq!(store.snapshot(HOTEL).partings, 5);
    });
}

/// W4, D1: what a function comes to that is the same as before is not published, and dropped as what it replaces is.
#[test]
fn w4_an_equal_derived_value_may_write_when_dropped() {
    /// All are the same.
    #[derive(Clone)]
    struct Alike(#[allow(dead_code, reason = "it is there to be dropped")] Parting);
    impl PartialEq for Alike {
        fn eq(&self, _other: &Self) -> bool {
            true
        }
    }
    in_time(|| {
        let (store, log, owned) = with_writer();
        let owned = Mutex::new(Some(owned));
        let derived = store.derive(Hotel::ROOMS, move |rooms| {
            let owned = owned.lock().take_if(|_| !rooms.is_empty());
            Alike(owned.unwrap_or_default())
        });
        store.update(HOTEL, |hotel| hotel.rooms.insert(1, Parting::default()));
        log.heard(["parted"]);
        drop(derived);
    });
}

/// R1, W12: a watcher ends while commits wait for it, and so does the wait for it.
#[test]
fn r1_a_watch_ends_though_the_drop_of_what_waits_for_it_panics() {
    in_time(|| {
        let (store, alarm) = (Store::<Hotel>::new(), Arc::new(Alarm::default()));
        let (queue, worker) = WorkQueue::new();
        let on = store.on(queue).every(Queue::of::<8>());
        let watching = on.watch(HOTEL, Hotel::GUEST.watch(|_| {}));
        for guest in [parting(|| panic!("cannot leave")), Parting::default()] {
            store.update(HOTEL, |hotel| hotel.guest.set(guest));
        }
        let mut told = store.told(store.revision());
        let waker = Waker::from(Arc::clone(&alarm));
        let mut cx = Context::from_waker(&waker);
        assert!(Pin::new(&mut told).poll(&mut cx).is_pending());
        drop(watching);
        assert_eq!(alarm.count(), 1);
        assert!(Pin::new(&mut told).poll(&mut cx).is_ready());
        drop(worker);
    });
}

/// A task that holds the store.
struct Holder {
    _store: Store<Hotel>,
}

impl Wake for Holder {
    fn wake(self: Arc<Self>) {}
}

/// W4, W7: it goes with the waker of a stream that waits.
#[test]
fn w4_the_last_store_may_go_with_a_stream_that_its_task_waits_for() {
    let rooms = || Hotel::ROOMS.key(1);
    in_time(move || {
        for nth in 0..3 {
            let (store, clock) = (Store::<Hotel>::new(), ManualClock::new());
            let pull = store.pull();
            let pull = match nth {
                0 => pull,
                1 => pull.every(Queue::of::<2>()),
                _ => pull.throttle(Duration::from_secs(1), clock),
            };
            let mut stream = pull.stream(HOTEL, rooms());
            assert!(stream.try_next().is_some());
            let waker = Waker::from(Arc::new(Holder { _store: store }));
            let polled = Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
            drop(waker);
            drop(stream);
        }
    });
}
