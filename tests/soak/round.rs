//! One round: threads that write, read, and watch in every way, all at once, until it is over.
//!
//! Whatever a round begins it ends, so that between two rounds nothing is under way.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use futures::executor::ThreadPool;
use store::{Change, Inbox, Queue, Spawner, Store, Watcher, WorkQueue, commits};

use crate::app::{App, KEYS, LEDGER, Ledger, UI, Ui, check, write};

/// A callback that counts its calls.
macro_rules! count {
    ($round:expr) => {{
        let tick = $round.tick();
        move |_| tick()
    }};
}

/// What a round did.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) commits: u64,
    pub(crate) calls: u64,
    pub(crate) watchers: u64,
    pub(crate) reads: u64,
}

/// What all threads of a round share.
pub(crate) struct Round<'a> {
    pub(crate) store: &'a Store<App>,
    over: AtomicBool,
    calls: Arc<AtomicU64>,
    watchers: AtomicU64,
}

/// Runs a round.
pub(crate) fn round(store: &Store<App>, lasting: Duration) -> Tally {
    let end = Instant::now() + lasting;
    let first = store.snapshot(LEDGER).commits;
    let round = Round {
        store,
        over: AtomicBool::new(false),
        calls: Arc::default(),
        watchers: AtomicU64::new(0),
    };
    let reads = thread::scope(|scope| {
        let reading = scope.spawn(|| round.read());
        scope.spawn(|| round.follow());
        scope.spawn(|| round.come_and_go());
        scope.spawn(|| round.come_and_go_elsewhere());
        scope.spawn(|| round.come_and_go_rarely());
        while Instant::now() < end {
            (0..50).for_each(|_| write(store));
            store.update(UI, |ui| ui.search.set(*ui.search + 1));
        }
        round.over.store(true, SeqCst);
        // Whoever waits for a commit learns from one more that it is over.
        write(store);
        reading.join().expect("what is read is of one moment")
    });
    Tally {
        commits: store.snapshot(LEDGER).commits - first,
        calls: round.calls.load(SeqCst),
        watchers: round.watchers.load(SeqCst),
        reads,
    }
}

impl Round<'_> {
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(SeqCst)
    }

    /// Waits until everything is told that has been written.
    pub(crate) fn wait_until_told(&self) {
        let told = self.store.told(self.store.revision()).wait();
        told.expect("the store is there");
    }

    /// What a new watcher counts its calls with.
    pub(crate) fn tick(&self) -> impl Fn() + Send + use<> {
        self.watchers.fetch_add(1, SeqCst);
        let calls = Arc::clone(&self.calls);
        move || {
            calls.fetch_add(1, SeqCst);
        }
    }

    /// Looks at snapshots.
    fn read(&self) -> u64 {
        let mut cached = self.store.cached(LEDGER);
        let (mut reads, mut last) = (0, 0);
        while !self.is_over() {
            check(&self.store.snapshot(LEDGER));
            let now = cached.get().commits;
            assert!(now >= last, "time goes on");
            (reads, last) = (reads + 2, now);
        }
        reads
    }

    /// Follows every commit, in order, through a bounded queue that has the writer wait, and the latest by a stream; both
    /// end where the store does.
    fn follow(&self) {
        let (worked, worker) = WorkQueue::new();
        let heard = Arc::new(AtomicU64::new(0));
        let last = Arc::clone(&heard);
        let every = move |commits: Change<'_, u64>| {
            let before = last.swap(*commits, SeqCst);
            assert!(commits.old().is_none_or(|old| *old == before), "a gap");
        };
        let queue = Queue::of::<1024>().blocking();
        let on = self.store.on(worked).every(queue);
        let watching = on.watch(LEDGER, Ledger::COMMITS.watch(every));
        let working = thread::spawn(move || worker.run());
        self.watchers.fetch_add(2, SeqCst);
        let mut stream = self.store.stream(LEDGER, Ledger::COMMITS);
        let mut read = 0;
        for change in stream.blocking() {
            assert!(*change >= read, "time goes on");
            read = *change;
            if self.is_over() {
                break;
            }
        }
        let end = self.store.snapshot(LEDGER);
        let told = self.store.told(end.revision()).wait();
        told.expect("the store is there");
        read = stream.try_next().map_or(read, |change| *change);
        let least = heard.load(SeqCst).min(read);
        assert!(least >= end.commits, "both know the end");
        drop(watching);
        working
            .join()
            .expect("the worker ends with the last who asks for it");
    }

    /// Watchers of every source that are told inline, a batch at a time.
    fn come_and_go(&self) {
        let (store, mut turn) = (self.store, 0);
        while !self.is_over() {
            let key = turn % KEYS;
            let last = Arc::new(AtomicU64::new(0));
            let heard = Arc::clone(&last);
            let in_order = move |change: Change<'_, u64>| {
                let before = heard.swap(*change, SeqCst);
                assert!(change.old().is_none_or(|old| *old == before), "a gap");
            };
            let batch: [Watcher; 11] = [
                store.watch(LEDGER, Ledger::COMMITS.watch(in_order)),
                store.watch(LEDGER, Ledger::ENTRIES.watch(count!(self))),
                store.watch(LEDGER, Ledger::LINES.watch(count!(self))),
                store.watch(LEDGER, Ledger::DOUBLE.watch(count!(self))),
                store.watch(LEDGER, Ledger::COUNT.watch(count!(self))),
                store.watch(LEDGER, Ledger::ENTRIES.key(key).watch(count!(self))),
                store.watch(LEDGER, Ledger::PRESENT.key(key).watch(count!(self))),
                store.watch(
                    LEDGER,
                    Ledger::SORTED.range(key..key + 50).watch(count!(self)),
                ),
                store.watch(
                    LEDGER,
                    LEDGER
                        .project(|ledger| ledger.lines.len())
                        .watch(count!(self)),
                ),
                store.watch(
                    LEDGER,
                    LEDGER
                        .fields((Ledger::COMMITS, Ledger::PRESENT))
                        .watch(count!(self)),
                ),
                store.watch_across(commits().watch(count!(self))),
            ];
            let view = Ledger::SORTED
                .view()
                .left_join(Ledger::ENTRIES.view())
                .filter_by(Ui::SEARCH, |search, key, _| {
                    (u64::from(*key) + search) % 4 != 0
                })
                .sort_by(|key, (value, _)| (*value, *key))
                .window(0..20);
            let view = store.watch_across(view.watch(count!(self)));
            let total = store.derive((Ledger::COMMITS, Ui::SEARCH), |(commits, search)| {
                commits + search
            });
            let total = store.watch_across(total.watch(count!(self)));
            self.watchers.fetch_add(1, SeqCst);
            write(store);
            batch[1].pause();
            write(store);
            batch[1].resume();
            // Another thread may be telling, and wait for a queue.
            self.wait_until_told();
            drop((view, total, batch));
            assert!(last.load(SeqCst) > 0, "who watches hears");
            turn += 1;
        }
    }

    /// Watchers that are told by executors and inboxes, and streams that are dropped half read.
    fn come_and_go_elsewhere(&self) {
        let store = self.store;
        let pool = ThreadPool::builder()
            .pool_size(1)
            .create()
            .expect("a thread");

        while !self.is_over() {
            let (ready, drain) = mpsc::channel();
            let inbox = Inbox::new(move || {
                // Nobody waits any more once the batch is over.
                let _ = ready.send(());
            });
            let drained = store
                .on(&inbox)
                .watch(LEDGER, Ledger::ENTRIES.watch(count!(self)));
            let latest = store
                .on(Spawner(pool.clone()))
                .watch(LEDGER, Ledger::SORTED.watch(count!(self)));
            let every = store
                .on(Spawner(pool.clone()))
                .every(Queue::of::<8>())
                .watch(LEDGER, Ledger::PRESENT.watch(count!(self)));
            let mut streams = [(); 8].map(|()| store.stream(LEDGER, Ledger::ENTRIES));
            let mut across = store.stream_across(commits());
            write(store);
            drain.recv().expect("the inbox is there");
            inbox.drain();
            streams[0].try_next();
            across.try_next();
            self.watchers.fetch_add(9, SeqCst);
            drop((drained, latest, every, streams));
        }
    }
}
