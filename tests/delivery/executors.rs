//! W10: callbacks on threads of an executor, and what is left when it is gone.

use std::{
    error::Error,
    sync::{Arc, mpsc},
};

use futures::executor::ThreadPool;
use parking_lot::Mutex;
use store::{ExecutorGone, Queue, Spawner, Store, Watch, Work, WorkQueue};

use crate::{
    app::{App, PURSE, Purse, USER, User, app, rename, set_coins},
    support::{Log, elsewhere, in_time, signal},
};

/// W10: whatever runs closures runs callbacks.
#[test]
fn w10_callbacks_run_on_an_executor_of_the_program() {
    in_time(|| {
        let store = app();
        let (sender, seen) = mpsc::channel();
        let note = || {
            let sender = sender.clone();
            Purse::COINS.watch(move |coins| {
                let name = std::thread::current().name().map(str::to_owned);
                sender.send((*coins, name)).unwrap();
            })
        };
        let pool = ThreadPool::builder()
            .name_prefix("pool ")
            .pool_size(1)
            .create()
            .unwrap();
        let watching = store.on(Spawner(pool)).watch(PURSE, note().changes_only());
        set_coins(&store, [1]);
        assert_eq!(seen.recv().unwrap(), (1, Some("pool 0".to_owned())));
        drop(watching);

        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("tokio")
            .build()
            .unwrap();
        let handle = runtime.handle().clone();
        let watching = store.on(handle).watch(PURSE, note().changes_only());
        set_coins(&store, [2]);
        assert_eq!(seen.recv().unwrap(), (2, Some("tokio".to_owned())));
        drop(watching);
    });
}

/// What is left of a watcher whose executor is dropped by `drop_executor`.
fn stranded(watch: impl FnOnce(&Store<App>) -> store::Watcher, drop_executor: impl FnOnce()) {
    let store = app();
    let watching = watch(&store);
    watching.check().unwrap();
    drop_executor();
    set_coins(&store, [1]);
    let error = watching.check().unwrap_err();
    assert!(error.to_string().contains(file!()), "{error}");
    let source = error.source().expect("a reason");
    assert_eq!(source.to_string(), ExecutorGone.to_string());
    set_coins(&store, [2, 3]);
    store.told(3).wait().expect("nobody is left to be told");
}

fn unheard() -> impl store::WatchIn<App> + store::WatchOf<Purse> {
    Purse::COINS
        .watch(|coins| panic!("told of {coins:?}"))
        .changes_only()
}

/// W10: with work in the queue, or none.
#[test]
fn w10_a_watcher_says_that_its_worker_is_gone() {
    in_time(|| {
        let (queue, worker) = WorkQueue::new();
        stranded(
            |store| store.on(queue).watch(PURSE, unheard()),
            || drop(worker),
        );
        let store = app();
        let (queue, worker) = WorkQueue::new();
        let watching = store.on(queue).watch(PURSE, unheard());
        set_coins(&store, [1]);
        watching.check().unwrap();
        drop(worker);
        watching.check().unwrap_err();
    });
}

/// W10
#[test]
fn w10_a_watcher_says_that_its_runtime_is_shut_down() {
    in_time(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build()
            .unwrap();
        let handle = runtime.handle().clone();
        stranded(
            |store| store.on(handle).watch(PURSE, unheard()),
            || drop(runtime),
        );
    });
}

/// W10: a pool refuses work when it is shut down.
#[test]
fn w10_a_watcher_says_that_its_spawner_refuses() {
    struct ShutDown;
    impl futures::task::Spawn for ShutDown {
        fn spawn_obj(
            &self,
            _: futures::task::FutureObj<'static, ()>,
        ) -> Result<(), futures::task::SpawnError> {
            Err(futures::task::SpawnError::shutdown())
        }
    }
    in_time(|| {
        stranded(
            |store| store.on(Spawner(ShutDown)).watch(PURSE, unheard()),
            || {},
        );
    });
}

/// W10, R2: nobody waits for room that an executor which is gone would have made.
#[test]
fn w10_writers_do_not_wait_for_an_executor_that_is_gone() {
    in_time(|| {
        let store = app();
        let (queue, worker) = WorkQueue::new();
        let on = store.on(queue).every(Queue::of::<1>().blocking());
        let watching = on.watch(PURSE, unheard());
        set_coins(&store, [1]);
        let writer = elsewhere({
            let store = store.clone();
            move || set_coins(&store, [2, 3])
        });
        drop(worker);
        writer.answer();
        watching.pause();
        set_coins(&store, [4, 5]);
        watching.resume();
        set_coins(&store, [6, 7, 8]);
        watching.check().unwrap_err();
    });
}

/// W6, W10: an executor, or the hook of an inbox, that panics is that watcher's matter.
#[test]
fn w10_an_executor_that_panics_keeps_nobody_from_being_told() {
    let log = Log::default();
    let notes = log.clone();
    let store = Store::<App>::builder()
        .on_panic(move |report| notes.note(&report.message))
        .build();
    let first = store
        .on(|_: Work| -> Result<(), ExecutorGone> { panic!("no event loop") })
        .watch(PURSE, unheard());
    let inbox = store::Inbox::new(|| panic!("no window"));
    let _second = store
        .on(&inbox)
        .watch(PURSE, Purse::COINS.watch(log.of("inbox")));
    let _third = store.watch(PURSE, Purse::COINS.watch(log.of("inline")));
    log.take();
    set_coins(&store, [1]);
    log.heard(["no event loop", "no window", "inline: 0 -> 1"]);
    first.check().unwrap_err();
    set_coins(&store, [2]);
    log.heard(["inline: 1 -> 2"]);
    inbox.drain();
    log.heard(["inbox: 0 -> 2"]);
}

/// W6: a panic of a callback on an executor is reported, and the next is told.
#[test]
fn w10_a_panic_on_an_executor_is_reported() {
    let log = Log::default();
    let notes = log.clone();
    let store = Store::<App>::builder()
        .on_panic(move |report| {
            assert!(report.by.to_string().contains(file!()), "{}", report.by);
            notes.note(format_args!("@{} {}", report.revision, report.message));
        })
        .build();
    let (queue, worker) = WorkQueue::new();
    let (one, two) = (log.clone(), log.clone());
    let watch = Purse::watch()
        .coins(move |coins| {
            assert!(*coins != 1, "one coin");
            one.note(format_args!("coins {}", *coins));
        })
        .spent(move |spent| two.note(format_args!("spent {}", *spent)));
    let _watching = store.on(queue).watch(PURSE, watch.changes_only());
    store.update(PURSE, |purse| {
        purse.coins.set(1);
        purse.spent.set(1);
    });
    worker.run_ready();
    log.heard(["@1 one coin", "spent 1"]);
    set_coins(&store, [2]);
    worker.run_ready();
    log.heard(["coins 2"]);
}

/// W10, R2: work is put in once, however much comes before it is run.
#[test]
fn w10_an_executor_gets_work_once_until_it_is_done() {
    let store = app();
    let works = Arc::new(Mutex::new(Vec::new()));
    let queue = Arc::clone(&works);
    let post = move |work: Work| {
        queue.lock().push(work);
        Ok(())
    };
    let log = Log::default();
    let watch = Purse::COINS.watch(log.of("coins")).changes_only();
    let watching = store.on(post).watch(PURSE, watch);
    set_coins(&store, 1..=10);
    assert_eq!(works.lock().len(), 1);
    let work = works.lock().pop().unwrap();
    work.run();
    log.heard(["coins: 0 -> 10"]);
    assert!(works.lock().is_empty());
    set_coins(&store, [11]);
    assert_eq!(works.lock().len(), 1);
    drop(watching);
    let work = works.lock().pop().unwrap();
    work.run();
    log.heard([]);
}

/// W10: what comes while a callback runs is told next, by the same executor.
#[test]
fn w10_what_comes_while_a_callback_runs_is_told_next() {
    in_time(|| {
        let (store, log) = (app(), Log::default());
        let (queue, worker) = WorkQueue::new();
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let mut tell = log.of("coins");
        let watch = Purse::COINS.watch(move |coins| {
            tell(coins);
            if *coins == 1 {
                inside.give();
                may_finish.wait();
            }
        });
        let watching = store.on(queue).watch(PURSE, watch.changes_only());
        let working = elsewhere(move || worker.run());
        set_coins(&store, [1]);
        is_inside.wait();
        set_coins(&store, [2, 3]);
        finish.give();
        store.told(3).wait().unwrap();
        drop(watching);
        working.answer();
        log.heard(["coins: 0 -> 1", "coins: 1 -> 3"]);
    });
}

/// W4, W10: callbacks on an executor may write; a chain that feeds itself ends there too.
#[test]
fn w10_a_chain_of_writes_over_an_executor_comes_to_a_stop() {
    let log = Log::default();
    let notes = log.clone();
    let store = Store::<App>::builder()
        .chain_limit(5)
        .on_panic(move |report| notes.note(report.revision))
        .build();
    let (queue, worker) = WorkQueue::new();
    let weak = store.downgrade();
    let answer = Purse::COINS.watch(move |_| {
        let store = weak.upgrade().unwrap();
        store.update(PURSE, |purse| *purse.coins += 1);
    });
    let _watching = store.on(queue).watch(PURSE, answer.changes_only());
    set_coins(&store, [1]);
    while worker.run_ready() > 0 {}
    log.heard(["6"]);
    assert_eq!(store.snapshot(PURSE).coins, 6);
}

/// W5, W10: once the handle is dropped its executor's handle is dropped too, whoever else watches.
#[test]
fn w10_a_watch_that_ends_lets_go_of_its_executor() {
    in_time(|| {
        let store = app();
        let _others: Vec<_> = (0..8)
            .map(|_| store.watch(PURSE, Purse::COINS.watch(|_| {})))
            .collect();
        let (queue, worker) = WorkQueue::new();
        let watching = store.on(queue).watch(PURSE, Purse::COINS.watch(|_| {}));
        let working = elsewhere(move || worker.run());
        drop(watching);
        working.answer();
    });
}

/// W1, W10: the immediate calls are made here, in field order, and what follows is told there.
#[test]
fn w10_immediate_calls_are_made_on_the_registering_thread() {
    let (store, log) = (app(), Log::default());
    let (queue, worker) = WorkQueue::new();
    let watch = User::watch().online(log.of("online")).nick(log.of("nick"));
    let watching = store.on(queue).watch(USER, watch);
    log.heard([r#"nick: """#, "online: false"]);
    rename(&store, "ann");
    log.heard([]);
    assert_eq!(worker.run_ready(), 1);
    log.heard([r#"nick: "" -> "ann""#]);
    drop(watching);
}

/// W5: whoever ends a watch waits for its own callback, not for an executor that is handed work.
#[test]
fn w5_the_end_of_a_watch_does_not_wait_for_an_executor() {
    in_time(|| {
        let store = app();
        let inline = store.watch(PURSE, Purse::COINS.watch(|_| {}));
        let inline = Mutex::new(Some(inline));
        let ends = move |_: Work| {
            if let Some(inline) = inline.lock().take() {
                in_time(move || drop(inline));
            }
            Err(ExecutorGone)
        };
        let watch = Purse::COINS.watch(|_| {}).changes_only();
        let _elsewhere = store.on(ends).watch(PURSE, watch);
        set_coins(&store, [1]);
    });
}
