//! W10: a queue that has writers wait: every commit is told, and nobody waits for ever.

use std::{
    any::Any,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
};

use store::{Inbox, Queue, Store, Watch as _, Watcher, WorkQueue, Worker};

use crate::{
    app::{App, PURSE, Purse, app, set_coins, spend},
    support::{Elsewhere, Log, elsewhere, in_time, signal},
};

/// Lets other threads go on for a while. A test that asks afterwards whether one is held back can
/// pass wrongly, and cannot fail wrongly.
fn let_others_run() {
    (0..2000).for_each(|_| std::thread::yield_now());
}

/// A watcher with a blocking queue of two, whose executor is run by hand.
fn held(store: &Store<App>) -> (Watcher, Worker, mpsc::Receiver<i64>) {
    let (queue, worker) = WorkQueue::new();
    let (sender, seen) = mpsc::channel();
    let watch = Purse::COINS.watch(move |coins| sender.send(*coins).unwrap());
    let on = store.on(queue).every(Queue::of::<2>().blocking());
    (on.watch(PURSE, watch.changes_only()), worker, seen)
}

/// A thread that writes coins, and says so after each.
fn writing(
    store: &Store<App>,
    coins: std::ops::RangeInclusive<i64>,
) -> (Elsewhere<()>, Arc<AtomicUsize>) {
    let (store, written) = (store.clone(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&written);
    let writer = elsewhere(move || {
        for coins in coins {
            set_coins(&store, [coins]);
            count.fetch_add(1, SeqCst);
        }
    });
    (writer, written)
}

/// W10: a watch of nothing that comes and goes does not unsettle who waits for whom.
#[test]
fn w10_a_watch_of_nothing_leaves_queues_as_they_are() {
    in_time(|| {
        let store = app();
        let (queue, _worker) = WorkQueue::new();
        let on = store.on(queue).every(Queue::of::<2>().blocking());
        drop(on.watch_across(()));
        let (_watching, worker, seen) = held(&store);
        let (writer, written) = writing(&store, 1..=3);
        let_others_run();
        assert!(written.load(SeqCst) <= 2, "the third waits for room");
        while seen.try_iter().last() != Some(3) {
            worker.run_ready();
        }
        writer.answer();
    });
}

/// W10: the writer stands still until there is room, and every commit is told.
#[test]
fn w10_a_writer_waits_for_room() {
    in_time(|| {
        let store = app();
        let (watching, worker, seen) = held(&store);
        let (writer, written) = writing(&store, 1..=20);
        let mut told = Vec::new();
        while told.len() < 20 {
            let_others_run();
            let (made, read) = (written.load(SeqCst), told.len());
            assert!(made <= read + 2, "{made} writes returned, {read} were told");
            worker.run_ready();
            told.extend(seen.try_iter());
        }
        writer.answer();
        assert_eq!(told, (1..=20).collect::<Vec<_>>());
        assert_eq!(watching.merges(), 0);
    });
}

/// W10: however many write.
#[test]
fn w10_two_writers_wait_in_turn() {
    in_time(|| {
        let store = app();
        let (watching, worker, seen) = held(&store);
        let add = |store: &Store<App>| {
            let store = store.clone();
            elsewhere(move || {
                for _ in 0..50 {
                    store.update(PURSE, |purse| *purse.coins += 1);
                }
            })
        };
        let writers = [add(&store), add(&store)];
        let working = elsewhere(move || worker.run());
        writers.into_iter().for_each(Elsewhere::answer);
        store.told(100).wait().unwrap();
        assert_eq!(watching.merges(), 0);
        drop(watching);
        working.answer();
        assert_eq!(
            seen.try_iter().collect::<Vec<_>>(),
            (1..=100).collect::<Vec<_>>()
        );
    });
}

/// A writer that is held back, and goes on once `release` has been called.
fn released<R>(release: impl FnOnce(Watcher, Worker) -> R) {
    let store = app();
    let (watching, worker, _seen) = held(&store);
    let (writer, written) = writing(&store, 1..=5);
    while written.load(SeqCst) < 2 {
        std::thread::yield_now();
    }
    let_others_run();
    assert!(writer.is_under_way());
    let kept = release(watching, worker);
    writer.answer();
    assert_eq!(store.snapshot(PURSE).coins, 5);
    drop(kept);
}

/// W5, W10
#[test]
fn w10_the_end_of_the_watch_lets_writers_go() {
    in_time(|| {
        released(|watching, worker| {
            drop(watching);
            worker
        });
    });
}

/// W10, W12
#[test]
fn w10_a_pause_lets_writers_go() {
    in_time(|| {
        released(|watching, worker| {
            watching.pause();
            (watching, worker)
        });
    });
}

/// W10
#[test]
fn w10_an_executor_that_is_gone_lets_writers_go() {
    in_time(|| {
        released(|watching, worker| {
            drop(worker);
            watching
        });
    });
}

/// W10, W12: after a pause writers wait again.
#[test]
fn w10_writers_wait_again_after_a_pause() {
    in_time(|| {
        let store = app();
        let (watching, worker, seen) = held(&store);
        watching.pause();
        set_coins(&store, 1..=4);
        watching.resume();
        worker.run_ready();
        assert_eq!(seen.try_iter().collect::<Vec<_>>(), [3, 4]);
        let (writer, written) = writing(&store, 5..=8);
        while written.load(SeqCst) < 2 {
            std::thread::yield_now();
        }
        let_others_run();
        assert!(writer.is_under_way());
        let working = elsewhere(move || worker.run());
        writer.answer();
        store.told(8).wait().unwrap();
        drop(watching);
        working.answer();
        assert_eq!(seen.try_iter().collect::<Vec<_>>(), [5, 6, 7, 8]);
    });
}

/// W4, W10: a callback that writes does not wait, wherever it runs.
#[test]
fn w10_callbacks_do_not_wait() {
    in_time(|| {
        let store = app();
        let (watching, worker, _seen) = held(&store);
        let own = store.clone();
        let inline = Purse::SPENT.watch(move |_| set_coins(&own, 1..=10));
        let _inline = store.watch(PURSE, inline.changes_only());
        spend(&store, 1);
        assert_eq!(store.snapshot(PURSE).coins, 10);
        assert!(watching.merges() > 0);
        worker.run_ready();

        let (queue, other) = WorkQueue::new();
        let own = store.clone();
        let there = Purse::SPENT.watch(move |_| set_coins(&own, 11..=20));
        let on = store.on(queue).every(Queue::of::<1>().blocking());
        let _there = on.watch(PURSE, there.changes_only());
        spend(&store, 2);
        other.run_ready();
        assert_eq!(store.snapshot(PURSE).coins, 20);
    });
}

/// W4, W10: nor does the drop of an old value, which may write as a callback may.
#[test]
fn w10_old_values_that_write_do_not_wait() {
    use store::Model;

    #[derive(Clone, Default)]
    struct Parting(#[allow(dead_code)] Option<Arc<dyn Any + Send + Sync>>); // Only its drop matters.
    impl PartialEq for Parting {
        fn eq(&self, _: &Self) -> bool {
            false
        }
    }
    struct Last(store::WeakStore<Hotel>);
    impl Drop for Last {
        fn drop(&mut self) {
            if let Some(store) = self.0.upgrade() {
                store.update(HOTEL, |hotel| *hotel.partings += 1);
                store.update(HOTEL, |hotel| *hotel.partings += 1);
            }
        }
    }
    #[derive(Model)]
    struct Hotel {
        guest: Parting,
        partings: u32,
    }
    in_time(|| {
        let store = Store::<Hotel>::new();
        let (queue, worker) = WorkQueue::new();
        let on = store.on(queue).every(Queue::of::<1>().blocking());
        let _watching = on.watch(HOTEL, HOTEL.any().watch(|_| {}).changes_only());
        let guest = Parting(Some(Arc::new(Last(store.downgrade()))));
        store.update(HOTEL, |hotel| hotel.guest.set(guest));
        worker.run_ready();
        store.update(HOTEL, |hotel| hotel.guest.set(Parting::default()));
        // The reader has the last reference to the old value.
        worker.run_ready();
        assert_eq!(store.snapshot(HOTEL).partings, 2);
    });
}

/// W10: the owner of an inbox does not wait for itself.
#[test]
fn w10_the_owner_of_an_inbox_does_not_wait_for_itself() {
    in_time(|| {
        let (store, log) = (app(), Log::default());
        let inbox = Inbox::new(|| {});
        let on = store.on(&inbox).every(Queue::of::<2>().blocking());
        let _watching = on.watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only());
        set_coins(&store, 1..=5);
        inbox.drain();
        log.heard(["coins: 0 -> 3", "coins: 3 -> 4", "coins: 4 -> 5"]);
    });
}

/// W10: nor do the owners of two inboxes wait for each other.
#[test]
fn w10_the_owners_of_two_inboxes_do_not_wait_for_each_other() {
    in_time(|| {
        let store = app();
        let (start, barrier) = (store.clone(), Arc::new(std::sync::Barrier::new(2)));
        let owner = |store: Store<App>, barrier: Arc<std::sync::Barrier>| {
            move || {
                let inbox = Inbox::new(|| {});
                let on = store.on(&inbox).every(Queue::of::<1>().blocking());
                let _watching = on.watch(PURSE, Purse::COINS.watch(|_| {}).changes_only());
                barrier.wait();
                for _ in 0..10 {
                    store.update(PURSE, |purse| *purse.coins += 1);
                }
                barrier.wait();
                inbox.drain();
            }
        };
        let owners = [
            elsewhere(owner(start, Arc::clone(&barrier))),
            elsewhere(owner(store.clone(), barrier)),
        ];
        owners.into_iter().for_each(Elsewhere::answer);
        assert_eq!(store.snapshot(PURSE).coins, 20);
    });
}

/// W10: a blocking stream: the reader hears every commit, and then the end.
#[test]
fn w10_a_blocking_stream_hears_every_commit() {
    in_time(|| {
        let store = app();
        let pull = store.pull().every(Queue::of::<3>().blocking());
        let mut coins = pull.stream(PURSE, Purse::COINS);
        let reader = elsewhere(move || {
            let told: Vec<_> = coins.blocking().map(|coins| *coins).collect();
            (told, coins.merges())
        });
        set_coins(&store, 1..=500);
        drop(store);
        let (told, merged) = reader.answer();
        assert_eq!((told, merged), ((0..=500).collect(), 0));
    });
}

/// W10: also where the store itself keeps few commits waiting.
#[test]
fn w10_a_writer_that_has_waited_is_not_merged() {
    in_time(|| {
        let store = Store::<App>::builder().queue_bound(0).build();
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let busy = Purse::SPENT.watch(move |_| {
            inside.give();
            may_finish.wait();
        });
        let _busy = store.watch(PURSE, busy.changes_only());
        let (queue, worker) = WorkQueue::new();
        let (sender, seen) = mpsc::channel();
        let watch = Purse::COINS.watch(move |coins| sender.send(*coins).unwrap());
        let on = store.on(queue).every(Queue::of::<8>().blocking());
        let _watching = on.watch(PURSE, watch.changes_only());
        let telling = elsewhere({
            let store = store.clone();
            move || spend(&store, 1)
        });
        is_inside.wait();
        set_coins(&store, 1..=4);
        finish.give();
        telling.answer();
        worker.run_ready();
        assert_eq!(seen.try_iter().collect::<Vec<_>>(), [1, 2, 3, 4]);
    });
}

/// W10: a place is for one commit: whoever makes none gives it back.
#[test]
fn w10_a_writer_that_panics_gives_its_place_back() {
    in_time(|| {
        let store = app();
        let (_watching, worker, seen) = held(&store);
        for _ in 0..5 {
            let failed = store.try_update(PURSE, |_| Err::<(), _>("no"));
            failed.unwrap_err();
            crate::support::panic_of(|| store.update(PURSE, |_| panic!("no")));
            // Nothing differs, so nothing is queued.
            set_coins(&store, [0]);
        }
        set_coins(&store, [1, 2]);
        worker.run_ready();
        assert_eq!(seen.try_iter().collect::<Vec<_>>(), [1, 2]);
    });
}
