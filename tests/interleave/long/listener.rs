//! One watcher and what it was told, held to the contract. Its locks and flags are the system's, which are no place for
//! threads to change, and are held for no call of the store's.

use std::{
    ops::RangeInclusive,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use shuttle::thread;
use store::{ExecutorGone, Queue, SnapshotAll, Watch as _, Watcher, Work};

use super::ledger::{Books, LEDGER, Ledger, MIRROR, Mirror, Source, Store, Told, look};

/// See the module.
pub struct Listener {
    source: Source,
    /// Whether it is told each commit by itself.
    is_told_each: AtomicBool,
    told: Mutex<Vec<Told>>,
    /// What may have been there when it began.
    began: OnceLock<RangeInclusive<u32>>,
    handle: Mutex<Option<Watcher>>,
    /// Whether its end or a pause of it has returned.
    is_silent: AtomicBool,
    was_told_late: AtomicBool,
}

impl Listener {
    fn new(source: Source, is_told_each: bool) -> Arc<Self> {
        Arc::new(Self {
            source,
            is_told_each: AtomicBool::new(is_told_each),
            told: Mutex::default(),
            began: OnceLock::new(),
            handle: Mutex::default(),
            is_silent: AtomicBool::new(false),
            was_told_late: AtomicBool::new(false),
        })
    }

    /// One that is told on the thread that commits, and does `then` after each call. It hears every commit, unless the
    /// store merges them.
    pub fn inline(
        store: &Store,
        source: Source,
        is_told_each: bool,
        then: impl Fn(&Self) + Send + 'static,
    ) -> Arc<Self> {
        let listener = Self::new(source, is_told_each);
        let hear = listener.hearing(then);
        listener.begin(store, || match source {
            Source::Field(field) => store.watch(LEDGER, field.watch(move |it| hear(it.into()))),
            Source::Mirror => store.watch(MIRROR, Mirror::TOTAL.watch(move |it| hear(it.into()))),
            Source::Key(key) => {
                let key = Ledger::COUNTS.key(key);
                store.watch(LEDGER, key.watch(move |it| hear(it.into())).changes_only())
            }
        });
        listener
    }

    /// One of a field that `post` has told, each commit by itself if `queue` blocks.
    pub fn elsewhere(
        store: &Store,
        field: store::Field<Ledger, u32>,
        queue: Option<Queue>,
        post: impl Fn(Work) -> Result<(), ExecutorGone> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let is_told_each = queue.is_some_and(|queue| queue == queue.blocking());
        let listener = Self::new(Source::Field(field), is_told_each);
        let hear = listener.hearing(|_| {});
        listener.begin(store, || {
            let on = store.on(post);
            let on = match queue {
                Some(queue) => on.every(queue),
                None => on,
            };
            on.watch(LEDGER, field.watch(move |it| hear(it.into())))
        });
        listener
    }

    fn begin(&self, store: &Store, watch: impl FnOnce() -> Watcher) {
        let before = self.source.of(&look(store));
        let handle = watch();
        let after = self.source.of(&look(store));
        self.began.set(before..=after).expect("it begins once");
        *self.handle.lock().unwrap() = Some(handle);
    }

    /// What its callback does. It does not keep it.
    fn hearing(
        self: &Arc<Self>,
        then: impl Fn(&Self) + Send + 'static,
    ) -> impl Fn(Told) + Send + 'static {
        let listener = Arc::downgrade(self);
        move |told| {
            if let Some(listener) = listener.upgrade() {
                listener.hear(told);
                then(&listener);
            }
        }
    }

    /// Takes note of a call, which lasts for a while.
    fn hear(&self, told: Told) {
        self.told.lock().unwrap().push(told);
        for _ in 0..2 {
            let is_late = self.is_silent.load(Ordering::SeqCst);
            self.was_told_late.fetch_or(is_late, Ordering::SeqCst);
            thread::yield_now();
        }
    }

    /// Ends it, unless somebody else has to do with its handle.
    pub fn end(&self) {
        let handle = self.handle.lock().unwrap().take();
        if let Some(handle) = handle {
            drop(handle);
            self.is_silent.store(true, Ordering::SeqCst);
        }
    }

    /// Does something while it is paused, unless somebody else has to do with its handle.
    pub fn pause(&self, meanwhile: impl FnOnce()) {
        let handle = self.handle.lock().unwrap().take();
        if let Some(handle) = handle {
            self.is_told_each.store(false, Ordering::SeqCst);
            handle.pause();
            self.is_silent.store(true, Ordering::SeqCst);
            meanwhile();
            self.is_silent.store(false, Ordering::SeqCst);
            handle.resume();
            *self.handle.lock().unwrap() = Some(handle);
        }
    }

    /// The last revision that it was told.
    pub fn last(&self) -> u64 {
        self.told
            .lock()
            .unwrap()
            .last()
            .map_or(0, |told| told.revision)
    }

    /// Checks all that it was told, now that nothing is on its way.
    #[track_caller]
    pub fn check(&self, end: &SnapshotAll<Books>) {
        assert!(
            !self.was_told_late.load(Ordering::SeqCst),
            "W5, W12: told while it was silent"
        );
        let (told, step) = (self.told.lock().unwrap(), self.source.step());
        let known = told.first().map(|first| first.old.unwrap_or(first.new));
        if let (Some(known), Some(began)) = (known, self.began.get()) {
            assert!(began.contains(&known), "W1: {known} is not of {began:?}");
        }
        for told in &*told {
            if let Some(value) = self.source.at(told.revision) {
                assert_eq!(u64::from(told.new), value, "W2: {told:?}");
            }
            if let (Some(old), true) = (told.old, self.is_told_each.load(Ordering::SeqCst)) {
                assert_eq!(told.new, old + step, "W3: commits told as one: {told:?}");
            }
        }
        for pair in told.windows(2) {
            assert_eq!(
                pair[1].old,
                Some(pair[0].new),
                "W1, W3: a gap or a repeat: {told:?}"
            );
            assert!(pair[1].new > pair[0].new, "nothing to tell: {told:?}");
            assert!(pair[1].revision > pair[0].revision, "W3: {told:?}");
        }
        if self.handle.lock().unwrap().is_some() {
            let end = self.source.of(end);
            match told.last() {
                Some(last) => assert_eq!(last.new, end, "W11: not the last: {told:?}"),
                None => assert!(self.began.get().is_some_and(|began| began.contains(&end))),
            }
        }
    }
}
