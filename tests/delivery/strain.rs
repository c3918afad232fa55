//! W10, W11, W12 under strain: threads that write, read, pause, resume, watch, drop and wait at once.

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering::SeqCst},
};

use parking_lot::Mutex;
use store::{Change, Inbox, Queue, Source as _, Store, Watcher, WorkQueue};

use crate::{
    app::{App, PURSE, Purse},
    support::{Elsewhere, elsewhere, in_time},
};

const WRITES: usize = 1_500;

/// What one watcher is told, checked as it comes: no gap, no repeat, no return, nothing after the end.
#[derive(Default)]
struct Story {
    last: Mutex<(u64, i64)>,
    calls: AtomicUsize,
    ended: AtomicBool,
}

impl Story {
    fn hear(&self, coins: Change<'_, i64>) {
        assert!(!self.ended.load(SeqCst), "told after the end");
        let mut last = self.last.lock();
        let (revision, known) = *last;
        if let Some(old) = coins.old() {
            assert_eq!(*old, known, "a gap at {}", coins.revision());
            assert!(coins.revision() > revision && *coins != known);
        }
        *last = (coins.revision(), *coins);
        self.calls.fetch_add(1, SeqCst);
    }

    fn watch(self: &Arc<Self>) -> impl store::WatchIn<App> + store::WatchOf<Purse> + use<> {
        let story = Arc::clone(self);
        Purse::COINS.watch(move |coins| story.hear(coins))
    }

    fn known(&self) -> i64 {
        self.last.lock().1
    }
}

/// A store that reports a failed check of a callback when it is dropped.
struct Checked(Store<App>, Arc<Mutex<Vec<String>>>);

impl Checked {
    fn new(queue_bound: usize) -> Self {
        let complaints = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&complaints);
        let store = Store::builder()
            .queue_bound(queue_bound)
            .on_panic(move |report| notes.lock().push(report.to_string()))
            .build();
        Self(store, complaints)
    }

    fn check(&self) {
        assert_eq!(*self.1.lock(), [] as [String; 0]);
    }
}

/// Threads that add coins, all at once.
fn writers(store: &Store<App>, threads: usize) -> Vec<Elsewhere<()>> {
    let start = Arc::new(Barrier::new(threads));
    let write = |_| {
        let (store, start) = (store.clone(), Arc::clone(&start));
        elsewhere(move || {
            start.wait();
            for _ in 0..WRITES {
                store.update(PURSE, |purse| *purse.coins += 1);
            }
        })
    };
    (0..threads).map(write).collect()
}

/// Pauses and resumes until it is over. Once `pause` has returned, nothing is told.
fn pausing(watcher: Watcher, story: &Arc<Story>, over: &Arc<AtomicBool>) -> Elsewhere<Watcher> {
    let (story, over) = (Arc::clone(story), Arc::clone(over));
    elsewhere(move || {
        while !over.load(SeqCst) {
            watcher.pause();
            let calls = story.calls.load(SeqCst);
            (0..20).for_each(|_| std::thread::yield_now());
            assert_eq!(story.calls.load(SeqCst), calls, "told though it is paused");
            watcher.resume();
            std::thread::yield_now();
        }
        watcher
    })
}

/// W12: three writers, a worker, and a thread for each of two watchers that pauses and resumes it.
#[test]
fn w12_pausing_under_load_loses_nothing() {
    for queue_bound in [0, 1024] {
        in_time(move || {
            let checked = Checked::new(queue_bound);
            let store = &checked.0;
            let (works, worker) = WorkQueue::new();
            let working = elsewhere(move || worker.run());
            let [inline, executor, blocking] = [0, 1, 2].map(|_| Arc::<Story>::default());
            let over = Arc::new(AtomicBool::new(false));
            let every = store
                .on(works.clone())
                .every(Queue::of::<4>().blocking())
                .watch(PURSE, blocking.watch());
            let pausing = [
                pausing(store.watch(PURSE, inline.watch()), &inline, &over),
                pausing(
                    store.on(works).watch(PURSE, executor.watch()),
                    &executor,
                    &over,
                ),
                pausing(every, &blocking, &over),
            ];
            writers(store, 3).into_iter().for_each(Elsewhere::answer);
            over.store(true, SeqCst);
            let watchers = pausing.map(Elsewhere::answer);
            store.told(store.revision()).wait().unwrap();
            let end = store.snapshot(PURSE).coins;
            for story in [&inline, &executor, &blocking] {
                assert_eq!(story.known(), end);
            }
            drop(watchers);
            working.answer();
            checked.check();
        });
    }
}

/// W5, W10: watchers of every kind come and go while writers wait for room in their queues.
#[test]
fn w10_watchers_come_and_go_under_load() {
    in_time(|| {
        let checked = Checked::new(8);
        let store = &checked.0;
        let over = Arc::new(AtomicBool::new(false));
        let (works, worker) = WorkQueue::new();
        let working = elsewhere(move || worker.run());
        let coming: Vec<_> = (0..4)
            .map(|kind| {
                let (store, over, works) = (store.clone(), Arc::clone(&over), works.clone());
                elsewhere(move || {
                    let mut heard = 0;
                    while !over.load(SeqCst) {
                        heard += come_and_go(&store, &works, kind);
                    }
                    heard
                })
            })
            .collect();
        writers(store, 3).into_iter().for_each(Elsewhere::answer);
        over.store(true, SeqCst);
        let heard: Vec<_> = coming.into_iter().map(Elsewhere::answer).collect();
        assert!(heard.iter().all(|heard| *heard > 0), "{heard:?}");
        drop(works);
        working.answer();
        checked.check();
        assert_eq!(
            store.snapshot(PURSE).coins,
            3 * i64::try_from(WRITES).unwrap()
        );
    });
}

/// Registers a watcher, lets it hear a little, and drops it; says how often it was told.
fn come_and_go(store: &Store<App>, works: &WorkQueue, kind: usize) -> usize {
    let story = Arc::<Story>::default();
    let queue = Queue::of::<3>().blocking();
    match kind {
        0 => {
            let watching = store.watch(PURSE, story.watch());
            std::thread::yield_now();
            drop(watching);
        }
        1 => {
            let on = store.on(works.clone()).every(queue);
            let watching = on.watch(PURSE, story.watch());
            (0..5).for_each(|_| std::thread::yield_now());
            drop(watching);
        }
        2 => {
            let inbox = Inbox::new(|| {});
            let on = store.on(&inbox).every(queue);
            let watching = on.watch(PURSE, story.watch());
            for _ in 0..5 {
                inbox.drain();
                std::thread::yield_now();
            }
            drop(watching);
            drop(inbox);
        }
        _ => {
            let pull = store.pull().every(queue);
            let mut stream = pull.stream(PURSE, Purse::COINS);
            for coins in stream.blocking().take(5) {
                story.hear(coins.change());
                if store.snapshot(PURSE).coins == 3 * i64::try_from(WRITES).unwrap() {
                    break;
                }
            }
        }
    }
    story.ended.store(true, SeqCst);
    story.calls.load(SeqCst)
}

/// W12: whoever waits until all were told finds that they were.
#[test]
fn w12_whoever_waits_finds_everyone_told() {
    in_time(|| {
        let checked = Checked::new(4);
        let store = &checked.0;
        let (works, worker) = WorkQueue::new();
        let working = elsewhere(move || worker.run());
        let heard = [0, 1].map(|_| Arc::new(AtomicU64::new(0)));
        let note = |heard: &Arc<AtomicU64>| {
            let heard = Arc::clone(heard);
            Purse::COINS.watch(move |coins| heard.store(coins.revision(), SeqCst))
        };
        let watching = (
            store.on(works).watch(PURSE, note(&heard[0])),
            store.watch(PURSE, note(&heard[1])),
        );
        let waiting: Vec<_> = (0..4)
            .map(|_| {
                let (store, heard) = (store.clone(), heard.clone());
                elsewhere(move || {
                    for _ in 0..WRITES / 8 {
                        store.update(PURSE, |purse| *purse.coins += 1);
                        let revision = store.revision();
                        store.told(revision).wait().unwrap();
                        for heard in &heard {
                            assert!(heard.load(SeqCst) >= revision);
                        }
                    }
                })
            })
            .collect();
        waiting.into_iter().for_each(Elsewhere::answer);
        drop(watching);
        working.answer();
        checked.check();
    });
}

/// W11, R2: readers of all kinds on threads of their own hear the end, whenever the store goes.
#[test]
fn w11_everybody_hears_the_end() {
    in_time(|| {
        for round in 0..40 {
            let checked = Checked::new(round % 3);
            let (works, worker) = WorkQueue::new();
            let (seen, sum) = (
                Arc::new(AtomicI64::new(-1)),
                4 * (i64::try_from(round).unwrap() + 1),
            );
            let note = Arc::clone(&seen);
            let watch = Purse::COINS.watch(move |coins| note.store(*coins, SeqCst));
            checked.0.on(works).watch(PURSE, watch).detach();
            let readers: Vec<_> = (0..4)
                .map(|kind| {
                    let mut pull = checked.0.pull();
                    if kind > 1 {
                        pull = pull.every(Queue::of::<2>());
                    }
                    let mut coins = pull.stream(PURSE, Purse::COINS.ignoring("nobody"));
                    elsewhere(move || coins.blocking().map(|coins| *coins).last())
                })
                .collect();
            let working = elsewhere(move || worker.run());
            let Checked(store, _complaints) = checked;
            let writers: Vec<_> = (0..2)
                .map(|_| {
                    let store = store.clone();
                    elsewhere(move || {
                        for _ in 0..=round {
                            store.update(PURSE, |purse| *purse.coins += 2);
                        }
                    })
                })
                .collect();
            drop(store);
            writers.into_iter().for_each(Elsewhere::answer);
            for reader in readers {
                assert_eq!(reader.answer(), Some(sum));
            }
            working.answer();
            assert_eq!(seen.load(SeqCst), sum);
        }
    });
}
