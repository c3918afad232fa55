//! W12: debounce and throttle, on a clock that is moved by hand.

use std::{
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use store::{
    Clock, Inbox, ManualClock, Queue, Sleep, Source as _, Store, Watch as _, Watcher, WorkQueue,
};

use crate::{
    app::{App, PURSE, Purse, app, set_coins},
    polling::{Bell, waker},
    support::{Log, panic_of},
};

const SECOND: Duration = Duration::from_secs(1);
const HALF: Duration = Duration::from_millis(500);

/// W12: a stream is debounced: told once nothing has come for a while.
#[test]
fn w12_a_debounced_stream_waits_for_a_rest() {
    let (store, clock, bell) = (app(), ManualClock::new(), Bell::default());
    let mut coins = store
        .pull()
        .debounce(SECOND, clock.clone())
        .stream(PURSE, Purse::COINS);
    assert_eq!(*coins.try_next().unwrap(), 0, "the current value at once");
    assert!(bell.next(&mut coins).is_pending());
    for n in 1..=3 {
        set_coins(&store, [n]);
        assert_eq!(bell.rings(), 1);
        assert!(bell.next(&mut coins).is_pending());
        clock.advance(HALF);
        assert_eq!(bell.rings(), 0, "not yet");
    }
    clock.advance(HALF);
    assert_eq!(bell.rings(), 1);
    assert_eq!(coins.try_next().as_deref(), Some(&3));
    assert!(bell.next(&mut coins).is_pending());
    clock.advance(SECOND);
    assert_eq!(bell.rings(), 0);
}

/// W12: readers may share one clock, whatever it is.
#[test]
fn w12_a_clock_may_be_shared() {
    let (store, clock) = (app(), ManualClock::new());
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let streams = [HALF, SECOND].map(|rest| {
        let pull = store.pull().debounce(rest, Arc::clone(&shared));
        pull.stream(PURSE, Purse::COINS.changes_only())
    });
    set_coins(&store, [1]);
    let [mut early, mut late] = streams;
    assert!(early.try_next().is_none() && late.try_next().is_none());
    clock.advance(HALF);
    assert_eq!(early.try_next().as_deref(), Some(&1));
    assert!(late.try_next().is_none());
    clock.advance(HALF);
    assert_eq!(late.try_next().as_deref(), Some(&1));
}

/// W12: a throttled one is told at once, and then so often at most.
#[test]
fn w12_a_throttled_stream_is_told_so_often_at_most() {
    let (store, clock, bell) = (app(), ManualClock::new(), Bell::default());
    let mut coins = store
        .pull()
        .throttle(SECOND, clock.clone())
        .stream(PURSE, Purse::COINS);
    coins.try_next();
    assert!(bell.next(&mut coins).is_pending());
    set_coins(&store, [1]);
    assert_eq!(bell.rings(), 1);
    assert_eq!(coins.try_next().as_deref(), Some(&1));
    assert!(bell.next(&mut coins).is_pending());
    set_coins(&store, [2, 3]);
    assert_eq!(bell.rings(), 1);
    assert!(bell.next(&mut coins).is_pending());
    clock.advance(HALF);
    assert_eq!(bell.rings(), 0);
    assert!(coins.try_next().is_none());
    clock.advance(HALF);
    assert_eq!(bell.rings(), 1);
    assert_eq!(coins.try_next().as_deref(), Some(&3));
    clock.advance(SECOND);
    set_coins(&store, [4]);
    assert_eq!(coins.try_next().as_deref(), Some(&4));
}

/// W12: the same where an executor or the owner of an inbox calls.
#[test]
fn w12_executors_and_inboxes_are_paced() {
    let (store, clock, log) = (app(), ManualClock::new(), Log::default());
    let (queue, worker) = WorkQueue::new();
    let notes = log.clone();
    let inbox = Inbox::new(move || notes.note("drain the inbox"));
    let coins = |name: &str| Purse::COINS.watch(log.of(name)).changes_only();
    let _debounced = store
        .on(queue)
        .debounce(SECOND, clock.clone())
        .watch(PURSE, coins("executor"));
    let _throttled = store
        .on(&inbox)
        .throttle(SECOND, clock.clone())
        .watch(PURSE, coins("inbox"));
    set_coins(&store, [1]);
    log.heard(["drain the inbox"]);
    worker.run_ready();
    inbox.drain();
    log.heard(["inbox: 0 -> 1"]);
    set_coins(&store, [2]);
    log.heard(["drain the inbox"]);
    worker.run_ready();
    inbox.drain();
    log.heard([]);
    clock.advance(HALF);
    worker.run_ready();
    inbox.drain();
    log.heard([]);
    clock.advance(HALF);
    log.heard(["drain the inbox"]);
    worker.run_ready();
    inbox.drain();
    log.heard(["executor: 0 -> 2", "inbox: 1 -> 2"]);
    assert_eq!(worker.run_ready(), 0);
}

/// W11, W12: the last is not held back when the store is gone.
#[test]
fn w12_the_final_state_is_told_at_once_when_the_store_is_dropped() {
    let (store, clock, log) = (app(), ManualClock::new(), Log::default());
    let (queue, worker) = WorkQueue::new();
    let inbox = Inbox::new(|| {});
    let coins = |name: &str| Purse::COINS.watch(log.of(name)).changes_only();
    let _watching = (
        store
            .on(queue)
            .debounce(SECOND, clock.clone())
            .watch(PURSE, coins("executor")),
        store
            .on(&inbox)
            .debounce(SECOND, clock.clone())
            .watch(PURSE, coins("inbox")),
    );
    let (bell, pull) = (Bell::default(), store.pull().throttle(SECOND, clock));
    let mut stream = pull.stream(PURSE, Purse::COINS);
    stream.try_next();
    set_coins(&store, [1]);
    stream.try_next();
    set_coins(&store, [2]);
    worker.run_ready();
    inbox.drain();
    assert!(bell.next(&mut stream).is_pending());
    log.heard([]);
    drop(store);
    worker.run_ready();
    inbox.drain();
    log.heard(["executor: 0 -> 2", "inbox: 0 -> 2"]);
    assert_eq!(bell.rings(), 1);
    assert_eq!(stream.try_next().as_deref(), Some(&2));
    assert!(stream.try_next().is_none());
}

/// A clock that pauses a watcher when it is asked once it is `armed`.
#[derive(Clone)]
struct Pausing {
    time: ManualClock,
    armed: Arc<AtomicBool>,
    watcher: Weak<OnceLock<Watcher>>,
}

impl Clock for Pausing {
    fn now(&self) -> Duration {
        if self.armed.swap(false, SeqCst) {
            let watcher = self.watcher.upgrade().expect("it is held");
            watcher.get().expect("it is registered").pause();
        }
        self.time.now()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        self.time.sleep_until(deadline)
    }
}

/// W12: a period begins with what is told, not with what might have been.
#[test]
fn w12_a_pause_that_comes_between_spends_nothing_of_a_throttle() {
    let (store, log) = (app(), Log::default());
    let slot = Arc::<OnceLock<Watcher>>::default();
    let clock = Pausing {
        time: ManualClock::new(),
        armed: Arc::default(),
        watcher: Arc::downgrade(&slot),
    };
    let (queue, worker) = WorkQueue::new();
    let watch = Purse::COINS.watch(log.of("coins")).changes_only();
    let on = store.on(queue).throttle(SECOND, clock.clone());
    let watching = slot.get_or_init(|| on.watch(PURSE, watch));
    set_coins(&store, [1]);
    clock.armed.store(true, SeqCst);
    worker.run_ready();
    assert!(!clock.armed.load(SeqCst), "it has been asked");
    log.heard([]);
    clock.time.advance(HALF);
    watching.resume();
    worker.run_ready();
    log.heard(["coins: 0 -> 1"]);
    set_coins(&store, [2]);
    clock.time.advance(HALF);
    worker.run_ready();
    log.heard([]);
    clock.time.advance(HALF);
    worker.run_ready();
    log.heard(["coins: 1 -> 2"]);
}

/// R2: whoever else's time has come is woken too.
#[test]
fn r2_a_sleeper_is_woken_though_the_waker_of_another_panics() {
    let (clock, bell) = (ManualClock::new(), Bell::default());
    let mut sleeps = [(); 2].map(|()| clock.sleep_until(SECOND));
    let broken = waker(|| panic!("cannot be woken"));
    let mut cx = std::task::Context::from_waker(&broken);
    assert!(sleeps[0].as_mut().poll(&mut cx).is_pending());
    assert!(bell.poll(&mut sleeps[1]).is_pending());
    assert_eq!(panic_of(|| clock.advance(SECOND)), "cannot be woken");
    assert_eq!(bell.rings(), 1);
}

/// A clock whose sleeps wake only who polled last, as tokio's do.
#[derive(Clone)]
struct Forgetful(ManualClock);

impl Clock for Forgetful {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        struct Last(ManualClock, Duration, Option<Sleep>);
        impl Future for Last {
            type Output = ();

            fn poll(
                mut self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<()> {
                let sleep = self.0.sleep_until(self.1);
                self.2.insert(sleep).as_mut().poll(cx)
            }
        }
        Box::pin(Last(self.0.clone(), deadline, None))
    }
}

/// W11, W12: asking takes nobody's wake-up away.
#[test]
fn w12_asking_leaves_the_timer_to_who_waits() {
    let (store, clock, bell) = (app(), ManualClock::new(), Bell::default());
    let pull = store.pull().debounce(SECOND, Forgetful(clock.clone()));
    let mut coins = pull.stream(PURSE, Purse::COINS);
    coins.try_next();
    assert!(bell.next(&mut coins).is_pending());
    set_coins(&store, [1]);
    assert!(bell.next(&mut coins).is_pending());
    bell.rings();
    assert!(coins.try_next().is_none());
    assert!(!coins.has_changed());
    clock.advance(SECOND);
    assert_eq!(bell.rings(), 1);
    assert!(coins.has_changed());
}

/// W10, W12: each commit of a queue comes when the pace allows, none before.
#[test]
fn w12_a_paced_queue_holds_each_commit_back() {
    let (store, clock) = (app(), ManualClock::new());
    let pull = store.pull().every(Queue::of::<4>());
    let mut coins = pull
        .debounce(SECOND, clock.clone())
        .stream(PURSE, Purse::COINS.changes_only());
    set_coins(&store, [1, 2]);
    assert!(coins.try_next().is_none());
    clock.advance(SECOND);
    assert_eq!(coins.try_next().as_deref(), Some(&1));
    set_coins(&store, [3]);
    assert!(coins.try_next().is_none(), "it is moving again");
    clock.advance(SECOND);
    let rest: Vec<_> = std::iter::from_fn(|| coins.try_next())
        .map(|c| *c)
        .collect();
    assert_eq!(rest, [2, 3]);
}

/// W6, W10: a clock that panics is one watcher's matter, and not its end.
#[test]
fn w12_a_clock_that_panics_does_not_end_a_watch() {
    #[derive(Clone)]
    struct Broken(ManualClock, std::sync::Arc<std::sync::atomic::AtomicBool>);
    impl Clock for Broken {
        fn now(&self) -> Duration {
            assert!(
                !self.1.swap(false, std::sync::atomic::Ordering::SeqCst),
                "no time"
            );
            self.0.now()
        }

        fn sleep_until(&self, deadline: Duration) -> Sleep {
            self.0.sleep_until(deadline)
        }
    }
    let log = Log::default();
    let notes = log.clone();
    let store = Store::<App>::builder()
        .on_panic(move |report| notes.note(&report.message))
        .build();
    let (queue, worker) = WorkQueue::new();
    let inbox = Inbox::new(|| {});
    let broken = || Broken(ManualClock::new(), std::sync::Arc::new(true.into()));
    let coins = |name: &str| Purse::COINS.watch(log.of(name)).changes_only();
    let _watching = (
        store
            .on(queue)
            .throttle(SECOND, broken())
            .watch(PURSE, coins("executor")),
        store
            .on(&inbox)
            .throttle(SECOND, broken())
            .watch(PURSE, coins("inbox")),
    );
    for n in 1..=2 {
        set_coins(&store, [n]);
        worker.run_ready();
        inbox.drain();
    }
    log.heard(["no time", "no time", "executor: 0 -> 2", "inbox: 0 -> 2"]);
}
