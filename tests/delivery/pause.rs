//! W12: pause and resume: nothing is told meanwhile, nothing is lost and nothing comes twice.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use parking_lot::Mutex;
use store::{Clock, Inbox, ManualClock, Queue, Sleep, Watch, Watcher, WorkQueue};

use crate::{
    app::{PURSE, Purse, USER, User, app, put, rename, set_coins, spend},
    support::{Log, elsewhere, in_time, signal},
};

/// A handle that callbacks can reach.
type Slot = Arc<OnceLock<Watcher>>;

fn with(slot: &Slot, act: impl FnOnce(&Watcher)) {
    act(slot.get().expect("it is registered"));
}

/// W12: inline, by an executor and in an inbox.
#[test]
fn w12_what_a_paused_watcher_missed_is_told_as_one() {
    let (store, log) = (app(), Log::default());
    let (queue, worker) = WorkQueue::new();
    let inbox = Inbox::new(|| {});
    let coins = |name: &str| Purse::COINS.watch(log.of(name)).changes_only();
    let inline = store.watch(PURSE, coins("inline"));
    let elsewhere = store.on(queue).watch(PURSE, coins("executor"));
    let here = store.on(&inbox).watch(PURSE, coins("inbox"));
    let run = || {
        worker.run_ready();
        inbox.drain();
    };
    inline.pause();
    elsewhere.pause();
    here.pause();
    set_coins(&store, 1..=5);
    run();
    log.heard([]);
    inline.resume();
    log.heard(["inline: 0 -> 5"]);
    elsewhere.resume();
    here.resume();
    run();
    log.heard(["executor: 0 -> 5", "inbox: 0 -> 5"]);
    set_coins(&store, [6]);
    run();
    log.heard(["inline: 5 -> 6", "executor: 5 -> 6", "inbox: 5 -> 6"]);
    assert_eq!(
        [inline.merges(), elsewhere.merges(), here.merges()],
        [4, 4, 4]
    );
}

/// W12, T2
#[test]
fn w12_what_comes_back_meanwhile_is_silent() {
    let (store, log) = (app(), Log::default());
    let watching = store.watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only());
    watching.pause();
    set_coins(&store, [1, 2, 0]);
    watching.resume();
    watching.resume();
    log.heard([]);
    watching.pause();
    watching.pause();
    set_coins(&store, [3]);
    watching.resume();
    log.heard(["coins: 0 -> 3"]);
}

/// W12, W3: several callbacks are told in the order of revisions, each of its own part.
#[test]
fn w12_each_callback_has_its_own_difference() {
    let (store, log) = (app(), Log::default());
    let watch = (
        User::watch().nick(log.of("nick")).online(log.of("online")),
        User::STATUSES.key("ann".to_owned()).watch(log.key()),
    );
    let watching = store.watch(USER, watch.changes_only());
    watching.pause();
    put(&store, "ann", 1);
    put(&store, "bob", 1);
    store.update(USER, |user| {
        user.nick.set("ann".to_owned());
        user.online.set(true);
    });
    put(&store, "ann", 2);
    watching.resume();
    log.heard([
        r#"nick: "" -> "ann""#,
        "online: false -> true",
        "ann: - -> 2",
    ]);
}

/// W12, W3: who resumes is told before what comes next, and others keep their turn.
#[test]
fn w12_resuming_in_a_callback_is_told_after_the_commit_at_hand() {
    let (store, log, slot) = (app(), Log::default(), Slot::default());
    let (mut tell, other) = (log.of("first"), Arc::clone(&slot));
    let first = store.watch(PURSE, {
        let watch = Purse::COINS.watch(move |coins| {
            tell(coins);
            match *coins {
                1 => with(&other, Watcher::pause),
                3 => with(&other, Watcher::resume),
                _ => {}
            }
        });
        watch.changes_only()
    });
    let second = store.watch(PURSE, Purse::COINS.watch(log.of("second")).changes_only());
    slot.set(second).unwrap();
    let _third = store.watch(PURSE, Purse::COINS.watch(log.of("third")).changes_only());
    set_coins(&store, [1, 2, 3, 4]);
    log.heard([
        "first: 0 -> 1",
        "third: 0 -> 1",
        "first: 1 -> 2",
        "third: 1 -> 2",
        "first: 2 -> 3",
        "third: 2 -> 3",
        "second: 0 -> 3",
        "first: 3 -> 4",
        "second: 3 -> 4",
        "third: 3 -> 4",
    ]);
    drop(first);
}

/// W12: a callback may pause and resume its own watcher.
#[test]
fn w12_a_callback_may_pause_its_own_watcher() {
    in_time(|| {
        let (store, log, slot) = (app(), Log::default(), Slot::default());
        // Weak, as a callback that owns its own handle would never go.
        let (own, mut tell) = (Arc::downgrade(&slot), log.of("coins"));
        let watch = Purse::COINS.watch(move |coins| {
            tell(coins);
            let own = own.upgrade().unwrap();
            with(&own, Watcher::pause);
            if *coins == 5 {
                with(&own, Watcher::resume);
            }
        });
        slot.set(store.watch(PURSE, watch.changes_only())).unwrap();
        set_coins(&store, [1, 2, 3]);
        log.heard(["coins: 0 -> 1"]);
        with(&slot, Watcher::resume);
        log.heard(["coins: 1 -> 3"]);
        set_coins(&store, [4, 5]);
        with(&slot, Watcher::resume);
        log.heard(["coins: 3 -> 5"]);
        set_coins(&store, [6]);
        log.heard(["coins: 5 -> 6"]);
    });
}

/// W12: one watcher of an inbox pauses another while both have been taken out.
#[test]
fn w12_a_watcher_of_an_inbox_may_pause_another() {
    use std::{cell::RefCell, rc::Rc};
    let (store, log) = (app(), Log::default());
    let inbox = Inbox::new(|| {});
    let second = Rc::new(RefCell::new(None::<store::LocalWatcher>));
    let (other, mut tell) = (Rc::clone(&second), log.of("first"));
    let first = Purse::COINS.watch(move |coins| {
        tell(coins);
        if *coins == 1 {
            other.borrow().as_ref().unwrap().pause();
        }
    });
    let _first = store.on(&inbox).watch(PURSE, first.changes_only());
    let watch = Purse::watch()
        .coins(log.of("second"))
        .spent(log.of("spent"));
    let watching = store
        .on(&inbox)
        .every(Queue::of::<4>())
        .watch(PURSE, watch.changes_only());
    *second.borrow_mut() = Some(watching);
    set_coins(&store, [1]);
    spend(&store, 1);
    inbox.drain();
    log.heard(["first: 0 -> 1"]);
    set_coins(&store, [2]);
    inbox.drain();
    log.heard(["first: 1 -> 2"]);
    second.borrow().as_ref().unwrap().resume();
    assert!(!inbox.is_empty());
    inbox.drain();
    log.heard(["second: 0 -> 1", "spent: 0 -> 1", "second: 1 -> 2"]);
    store.told(3).wait().unwrap();
}

/// W12: once `pause` has returned no callback runs, also if one was just about to.
#[test]
fn w12_pausing_waits_for_the_callback_that_runs() {
    in_time(|| {
        let store = app();
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let is_running = Arc::new(AtomicBool::new(false));
        let running = Arc::clone(&is_running);
        let watch = Purse::COINS.watch(move |_| {
            running.store(true, SeqCst);
            inside.give();
            may_finish.wait();
            running.store(false, SeqCst);
        });
        let watching = store.watch(PURSE, watch.changes_only());
        let writer = elsewhere(move || set_coins(&store, [1]));
        is_inside.wait();
        let (start, has_started) = signal();
        let pausing = elsewhere(move || {
            start.give();
            watching.pause();
            (watching, is_running.load(SeqCst))
        });
        has_started.wait();
        std::thread::yield_now();
        assert!(pausing.is_under_way());
        finish.give();
        let (_watching, was_running) = pausing.answer();
        assert!(!was_running);
        writer.answer();
    });
}

/// A clock that is asked the time while a reader is about to tell.
#[derive(Clone)]
struct Asked {
    clock: ManualClock,
    ask: Arc<dyn Fn() + Send + Sync>,
}

impl Clock for Asked {
    fn now(&self) -> Duration {
        (self.ask)();
        self.clock.now()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        self.clock.sleep_until(deadline)
    }
}

/// W12: an executor that is about to call when the watcher is paused does not.
#[test]
fn w12_no_callback_runs_once_pause_has_returned() {
    in_time(|| {
        let (store, log) = (app(), Log::default());
        let (queue, worker) = WorkQueue::new();
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let may_finish = Mutex::new(may_finish);
        let asked = AtomicBool::new(false);
        let clock = Asked {
            clock: ManualClock::new(),
            ask: Arc::new(move || {
                if !asked.swap(true, SeqCst) {
                    inside.give();
                    may_finish.lock().wait();
                }
            }),
        };
        let on = store.on(queue).throttle(Duration::from_secs(1), clock);
        let watching = on.watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only());
        set_coins(&store, [1]);
        let working = elsewhere(move || {
            worker.run_ready();
            worker
        });
        is_inside.wait();
        let (paused, is_paused) = signal();
        let pausing = elsewhere({
            let log = log.clone();
            move || {
                watching.pause();
                let told = log.take();
                paused.give();
                (watching, told)
            }
        });
        // It returns at once, or when the reader is past the point; either way it has the last word.
        for _ in 0..1000 {
            std::thread::yield_now();
        }
        finish.give();
        is_paused.wait();
        let (watching, told) = pausing.answer();
        let worker = working.answer();
        worker.run_ready();
        log.heard([]);
        watching.resume();
        worker.run_ready();
        let told = [told, log.take()].concat();
        assert_eq!(told, ["coins: 0 -> 1"]);
    });
}

/// W12: resumed by another thread while a commit is told, it hears in its turn.
#[test]
fn w12_another_thread_may_resume_while_a_commit_is_told() {
    in_time(|| {
        let (store, log) = (app(), Log::default());
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let busy = Purse::SPENT.watch(move |_| {
            inside.give();
            may_finish.wait();
        });
        let _busy = store.watch(PURSE, busy.changes_only());
        let watch = Purse::watch().coins(log.of("coins")).spent(log.of("spent"));
        let watching = store.watch(PURSE, watch.changes_only());
        watching.pause();
        set_coins(&store, [1, 2]);
        let writer = elsewhere({
            let store = store.clone();
            move || spend(&store, 1)
        });
        is_inside.wait();
        watching.resume();
        set_coins(&store, [3]);
        log.heard([]);
        assert!(writer.is_under_way());
        finish.give();
        writer.answer();
        log.heard(["coins: 0 -> 2", "spent: 0 -> 1", "coins: 2 -> 3"]);
    });
}

/// W12: a pause that comes before an earlier `resume` had its turn holds.
#[test]
fn w12_a_later_pause_outlives_an_earlier_resume() {
    in_time(|| {
        let (store, log) = (app(), Log::default());
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let busy = Purse::SPENT.watch(move |_| {
            inside.give();
            may_finish.wait();
        });
        let _busy = store.watch(PURSE, busy.changes_only());
        let watching = store.watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only());
        watching.pause();
        set_coins(&store, [1]);
        let writer = elsewhere({
            let store = store.clone();
            move || spend(&store, 1)
        });
        is_inside.wait();
        watching.resume();
        watching.pause();
        set_coins(&store, [2]);
        finish.give();
        writer.answer();
        log.heard([]);
        watching.resume();
        log.heard(["coins: 0 -> 2"]);
    });
}

/// W12, R4: in a write closure both return at once; what was missed is told after it, in its turn.
#[test]
fn w12_pause_and_resume_in_a_write_closure() {
    in_time(|| {
        let (store, log) = (app(), Log::default());
        let watching = store.watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only());
        watching.pause();
        set_coins(&store, [1]);
        store.update(PURSE, |purse| {
            watching.resume();
            log.heard([]);
            purse.coins.set(2);
        });
        log.heard(["coins: 0 -> 1", "coins: 1 -> 2"]);
    });
}

/// W11, W12: a watcher that is paused when the store goes still hears of the end.
#[test]
fn w12_the_final_state_is_told_to_who_resumes_after_the_store() {
    let (store, log) = (app(), Log::default());
    let (queue, worker) = WorkQueue::new();
    let coins = |name: &str| Purse::COINS.watch(log.of(name)).changes_only();
    let inline = store.watch(PURSE, coins("inline"));
    let executor = store.on(queue).watch(PURSE, coins("executor"));
    inline.pause();
    executor.pause();
    set_coins(&store, [1, 2]);
    drop(store);
    inline.resume();
    executor.resume();
    worker.run_ready();
    log.heard(["inline: 0 -> 2", "executor: 0 -> 2"]);
}

/// W12: pausing keeps what each commit was where it asked for each, as far as there is room.
#[test]
fn w12_a_queue_fills_while_it_is_paused() {
    let (store, log) = (app(), Log::default());
    let (queue, worker) = WorkQueue::new();
    let on = store.on(queue).every(Queue::of::<2>());
    let watching = on.watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only());
    watching.pause();
    set_coins(&store, [1, 2]);
    watching.resume();
    worker.run_ready();
    log.heard(["coins: 0 -> 1", "coins: 1 -> 2"]);
    watching.pause();
    set_coins(&store, [3, 4, 5, 6]);
    watching.resume();
    worker.run_ready();
    log.heard(["coins: 2 -> 5", "coins: 5 -> 6"]);
    assert_eq!(watching.merges(), 2);
}

/// W12: whoever watches several things over stores is paused as one.
#[test]
fn w12_a_watcher_across_stores_is_paused_as_one() {
    let (store, log) = (app(), Log::default());
    let watch = (
        Purse::COINS.watch(log.of("coins")),
        User::NICK.watch(log.of("nick")),
    );
    let watching = store.watch_across(watch.changes_only());
    watching.pause();
    rename(&store, "ann");
    set_coins(&store, [1]);
    rename(&store, "bob");
    watching.resume();
    log.heard(["coins: 0 -> 1", r#"nick: "" -> "bob""#]);
}
