//! W12: waiting until everyone has been told up to a revision.

use std::{sync::Arc, task::Poll};

use store::{Inbox, Queue, StoreDropped, Watch, WorkQueue};

use crate::{
    app::{PURSE, Purse, app, set_coins},
    polling::{Bell, line, waker},
    support::{Log, elsewhere, in_time, panic_of, signal},
};

fn coins() -> impl store::WatchIn<crate::app::App> + store::WatchOf<Purse> {
    Purse::COINS.watch(|_| {}).changes_only()
}

/// W12: what was told inline has been told when the write returns.
#[test]
fn w12_what_is_past_has_been_told() {
    let (store, bell) = (app(), Bell::default());
    let _watching = store.watch(PURSE, coins());
    assert_eq!(bell.poll(&mut store.told(0)), Poll::Ready(Ok(())));
    set_coins(&store, [1, 2]);
    assert_eq!(bell.poll(&mut store.told(2)), Poll::Ready(Ok(())));
    assert_eq!(store.told(1).wait(), Ok(()));
    assert_eq!(bell.rings(), 0);
}

/// W12: a revision that lies ahead, told or not told to anybody.
#[test]
fn w12_a_revision_that_lies_ahead_is_waited_for() {
    for is_watched in [false, true] {
        let (store, bell) = (app(), Bell::default());
        let _watching = is_watched.then(|| store.watch(PURSE, coins()));
        let mut told = store.told(2);
        assert_eq!(bell.poll(&mut told), Poll::Pending);
        set_coins(&store, [1]);
        assert_eq!(bell.poll(&mut told), Poll::Pending);
        bell.rings();
        set_coins(&store, [2]);
        assert_eq!(bell.rings(), 1);
        assert_eq!(bell.poll(&mut told), Poll::Ready(Ok(())));
    }
}

/// W12
#[test]
fn w12_the_owner_of_an_inbox_and_an_executor_are_waited_for() {
    let (store, bell) = (app(), Bell::default());
    let (inbox, (queue, worker)) = (Inbox::new(|| {}), WorkQueue::new());
    let _watching = (
        store.on(&inbox).watch(PURSE, coins()),
        store.on(queue).watch(PURSE, coins()),
    );
    set_coins(&store, [1, 2]);
    let mut told = store.told(1);
    assert_eq!(bell.poll(&mut told), Poll::Pending);
    inbox.drain();
    assert_eq!(bell.poll(&mut told), Poll::Pending);
    bell.rings();
    worker.run_ready();
    assert_eq!(bell.rings(), 1);
    assert_eq!(bell.poll(&mut told), Poll::Ready(Ok(())));
}

/// W12: what an executor has taken out is waited for until its callback has returned.
#[test]
fn w12_what_a_callback_is_just_being_told_is_waited_for() {
    in_time(|| {
        let (store, bell) = (app(), Bell::default());
        let (queue, worker) = WorkQueue::new();
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let watch = Purse::COINS.watch(move |_| {
            inside.give();
            may_finish.wait();
        });
        let _watching = store.on(queue).watch(PURSE, watch.changes_only());
        set_coins(&store, [1]);
        let telling = elsewhere(move || worker.run_ready());
        is_inside.wait();
        let mut told = store.told(1);
        assert_eq!(bell.poll(&mut told), Poll::Pending);
        finish.give();
        telling.answer();
        assert_eq!(bell.rings(), 1);
        assert_eq!(bell.poll(&mut told), Poll::Ready(Ok(())));
    });
}

/// W12: each commit of a queue is waited for, and no further.
#[test]
fn w12_of_a_queue_what_comes_later_is_not_waited_for() {
    let bell = Bell::default();
    let store = app();
    let inbox = Inbox::new(|| {});
    let asked = store.clone();
    let (ring, log) = (bell.clone(), Log::default());
    let notes = log.clone();
    let watch = Purse::COINS.watch(move |coins| {
        let told = [1, 2, 3].map(|revision| ring.poll(&mut asked.told(revision)).is_ready());
        notes.note(format_args!("{} {told:?}", *coins));
    });
    let on = store.on(&inbox).every(Queue::of::<4>());
    let _watching = on.watch(PURSE, watch.changes_only());
    set_coins(&store, [1, 2, 3]);
    inbox.drain();
    log.heard([
        "1 [false, false, false]",
        "2 [true, false, false]",
        "3 [true, true, false]",
    ]);
    assert_eq!(bell.poll(&mut store.told(3)), Poll::Ready(Ok(())));
}

/// W12: what an inbox has taken out and not told yet is waited for, whoever asks meanwhile.
#[test]
fn w12_what_is_on_its_way_is_waited_for() {
    let store = app();
    let inbox = Inbox::new(|| {});
    let on = store.on(&inbox).every(Queue::of::<4>());
    let log = Log::default();
    let _watching = on.watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only());
    set_coins(&store, [1, 2]);
    // Whoever is woken asks again at once, while the inbox takes out what waits.
    let told = Arc::new(parking_lot::Mutex::new(Some(store.told(1))));
    struct Again {
        told: Arc<parking_lot::Mutex<Option<store::Told<crate::app::App>>>>,
        log: Log,
    }
    fn ask(again: Arc<Again>) {
        let next = Arc::clone(&again);
        let waker = waker(move || ask(Arc::clone(&next)));
        let mut slot = again.told.lock().take();
        if let Some(mut told) = slot.take() {
            let cx = &mut std::task::Context::from_waker(&waker);
            match futures::FutureExt::poll_unpin(&mut told, cx) {
                Poll::Ready(_) => again.log.note("told"),
                Poll::Pending => *again.told.lock() = Some(told),
            }
        }
    }
    ask(Arc::new(Again {
        told,
        log: log.clone(),
    }));
    inbox.drain();
    log.heard(["coins: 0 -> 1", "told", "coins: 1 -> 2"]);
}

/// W12: while a thread tells many commits, who waits for the first hears when that is told.
#[test]
fn w12_a_thread_that_goes_on_telling_lets_go_of_who_waits() {
    in_time(|| {
        let store = app();
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let watch = Purse::COINS.watch(move |coins| {
            if *coins < 3 {
                inside.give();
                may_finish.wait();
            }
        });
        let _watching = store.watch(PURSE, watch.changes_only());
        let writer = elsewhere({
            let store = store.clone();
            move || set_coins(&store, [1])
        });
        is_inside.wait();
        let waiter = elsewhere({
            let store = store.clone();
            move || store.told(1).wait()
        });
        set_coins(&store, [2]);
        finish.give();
        is_inside.wait();
        waiter.answer().unwrap();
        assert!(writer.is_under_way());
        finish.give();
        writer.answer();
    });
}

/// W12: paused watchers are not waited for, and who waits already is let go.
#[test]
fn w12_a_paused_watcher_is_not_waited_for() {
    let (store, bell) = (app(), Bell::default());
    let (queue, worker) = WorkQueue::new();
    let watching = store.on(queue).watch(PURSE, coins());
    set_coins(&store, [1]);
    let mut told = store.told(1);
    assert_eq!(bell.poll(&mut told), Poll::Pending);
    watching.pause();
    assert_eq!(bell.rings(), 1);
    assert_eq!(bell.poll(&mut told), Poll::Ready(Ok(())));
    watching.resume();
    assert_eq!(bell.poll(&mut store.told(1)), Poll::Pending);
    worker.run_ready();
    assert_eq!(bell.poll(&mut store.told(1)), Poll::Ready(Ok(())));
}

/// W12: a watcher that was resumed and has not had its turn yet is waited for.
#[test]
fn w12_who_resumes_is_waited_for() {
    in_time(|| {
        let (store, log) = (app(), Log::default());
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let (mut tell, notes) = (log.of("coins"), log.clone());
        let watch = Purse::COINS.watch(move |coins| {
            inside.give();
            may_finish.wait();
            tell(coins);
        });
        let watching = store.watch(PURSE, watch.changes_only());
        watching.pause();
        set_coins(&store, [1, 2]);
        let resuming = elsewhere(move || {
            watching.resume();
            watching
        });
        is_inside.wait();
        let waiting = elsewhere({
            let store = store.clone();
            move || {
                store.told(2).wait().unwrap();
                notes.take()
            }
        });
        for _ in 0..1000 {
            std::thread::yield_now();
        }
        finish.give();
        assert_eq!(waiting.answer(), ["coins: 0 -> 2"]);
        drop(resuming.answer());
    });
}

/// W12: nor are streams, and watchers that end.
#[test]
fn w12_nobody_waits_for_a_stream_or_for_who_is_gone() {
    let (store, bell) = (app(), Bell::default());
    let _stream = store.stream(PURSE, Purse::COINS);
    let inbox = Inbox::new(|| {});
    let watching = store.on(&inbox).watch(PURSE, coins());
    set_coins(&store, [1]);
    let mut told = store.told(1);
    assert_eq!(bell.poll(&mut told), Poll::Pending);
    drop(watching);
    assert_eq!(bell.rings(), 1);
    assert_eq!(bell.poll(&mut told), Poll::Ready(Ok(())));

    store.on(&inbox).watch(PURSE, coins()).detach();
    set_coins(&store, [2]);
    let mut told = store.told(2);
    assert_eq!(bell.poll(&mut told), Poll::Pending);
    drop(inbox);
    assert_eq!(bell.poll(&mut told), Poll::Ready(Ok(())));
}

/// W12: where commits are merged because many wait, none of them has been told before all are.
#[test]
fn w12_merged_commits_are_told_as_one() {
    in_time(|| {
        let (log, bell) = (Log::default(), Bell::default());
        let store = store::Store::<crate::app::App>::builder()
            .queue_bound(0)
            .build();
        let inbox = Inbox::new(|| {});
        let (writer, ring, notes) = (store.clone(), bell.clone(), log.clone());
        let first = Purse::COINS.watch(move |coins| {
            if *coins == 1 {
                set_coins(&writer, [2, 3]);
            }
            let told = [1, 2, 3].map(|revision| ring.poll(&mut writer.told(revision)).is_ready());
            notes.note(format_args!("{} {told:?}", *coins));
        });
        let _first = store.watch(PURSE, first.changes_only());
        let _local = store.on(&inbox).watch(PURSE, coins());
        set_coins(&store, [1]);
        inbox.drain();
        set_coins(&store, [4]);
        let asked = [1, 2, 3, 4].map(|revision| bell.poll(&mut store.told(revision)).is_ready());
        assert_eq!(asked, [true, true, true, false]);
        log.take();
        inbox.drain();

        let two = Purse::SPENT.watch({
            let writer = store.clone();
            move |_| set_coins(&writer, [5, 6])
        });
        let _two = store.watch(PURSE, two.changes_only());
        crate::app::spend(&store, 1);
        // Commits 6 and 7 wait as one.
        let asked = [5, 6, 7].map(|revision| bell.poll(&mut store.told(revision)).is_ready());
        assert_eq!(asked, [true, false, false]);
    });
}

/// W12: the store goes before that revision, or before it was told.
#[test]
fn w12_who_waits_learns_that_the_store_is_gone() {
    in_time(|| {
        let (store, bell) = (app(), Bell::default());
        let inbox = Inbox::new(|| {});
        let watching = store.on(&inbox).watch(PURSE, coins());
        set_coins(&store, [1]);
        let (mut first, mut second) = (store.told(1), store.told(2));
        assert_eq!(bell.poll(&mut second), Poll::Pending);
        drop(store);
        assert_eq!(bell.rings(), 1);
        assert_eq!(bell.poll(&mut second), Poll::Ready(Err(StoreDropped)));
        assert_eq!(bell.poll(&mut first), Poll::Pending);
        inbox.drain();
        assert_eq!(bell.poll(&mut first), Poll::Ready(Ok(())));
        drop(watching);
    });
}

/// W12, R2: waiting where it could never end says so instead.
#[test]
fn w12_waiting_inside_a_callback_or_a_write_panics() {
    in_time(|| {
        let (store, log) = (app(), Log::default());
        let (own, notes) = (store.clone(), log.clone());
        let watch = Purse::COINS.watch(move |_| {
            notes.note(panic_of(|| own.told(1).wait().unwrap()));
        });
        let (_watching, line) = (store.watch(PURSE, watch.changes_only()), line());
        set_coins(&store, [1]);
        let message = log.take().concat();
        let place = format!("waiting for everyone to be told inside the callback of {line}:");
        assert!(message.starts_with(&place), "{message}");
        assert!(message.ends_with(" might never end"), "{message}");

        let wait = || store.update(PURSE, |_| store.told(99).wait()).unwrap();
        let message = panic_of(wait);
        let place = "waiting for everyone to be told inside the write closure of ";
        assert!(message.starts_with(place), "{message}");
        assert!(message.ends_with(" would never end"), "{message}");
    });
}

/// W12, R2: the owner of an inbox cannot wait for itself.
#[test]
fn w12_the_owner_of_an_inbox_cannot_wait_for_itself() {
    in_time(|| {
        let store = app();
        let inbox = Inbox::new(|| {});
        let _watching = store.on(&inbox).watch(PURSE, coins());
        set_coins(&store, [1]);
        let said = panic_of(|| store.told(1).wait().unwrap());
        assert_eq!(
            said,
            "waiting for everyone to be told on the thread that has to drain its inbox would never end"
        );
        inbox.drain();
        store.told(1).wait().unwrap();
    });
}
