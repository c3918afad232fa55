//! Watchers that come and go, pause and resume, from threads and from inside callbacks, while all of them write.

use std::sync::{
    Arc, Mutex, Weak,
    atomic::{AtomicU32, Ordering},
};

use shuttle::thread;
use store::{Store, Work};

use super::{
    ledger::{self, Books, LEDGER, Ledger, Source, look},
    listener::Listener,
    pick,
};
use crate::explore::explore;

#[test]
fn w3_whoever_comes_and_goes_hears_all_that_is_committed_meanwhile() {
    explore(8, || play(None));
}

#[test]
fn r2_whoever_comes_and_goes_hears_one_story_where_commits_are_merged() {
    explore(8, || play(Some(pick(4) as usize)));
}

const THREADS: usize = 3;
const ACTS: usize = 12;

fn play(queue_bound: Option<usize>) {
    let company = Arc::new_cyclic(|this| Company::new(this.clone(), queue_bound));
    let threads = [(); THREADS].map(|()| {
        let company = Arc::clone(&company);
        thread::spawn(move || (0..ACTS).for_each(|_| company.act()))
    });
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    company.check();
}

/// A store, those who watch it, and what is left for an executor to do.
struct Company {
    this: Weak<Self>,
    store: Store<Books>,
    is_merging: bool,
    listeners: Mutex<Vec<Arc<Listener>>>,
    jobs: Arc<Mutex<Vec<Work>>>,
    /// How many acts callbacks still do.
    acts: AtomicU32,
    panics: Arc<Mutex<Vec<String>>>,
}

impl Company {
    fn new(this: Weak<Self>, queue_bound: Option<usize>) -> Self {
        let panics = Arc::new(Mutex::new(Vec::new()));
        let reported = Arc::clone(&panics);
        let store = Store::builder()
            .on_panic(move |report| reported.lock().unwrap().push(report.to_string()));
        let store = match queue_bound {
            Some(commits) => store.queue_bound(commits),
            None => store,
        };
        Self {
            this,
            store: store.build(),
            is_merging: queue_bound.is_some(),
            listeners: Mutex::default(),
            jobs: Arc::default(),
            acts: AtomicU32::new(6),
            panics,
        }
    }

    /// What a thread does next.
    fn act(&self) {
        match pick(12) {
            0..=4 => ledger::write(&self.store),
            5 | 6 => self.watch(),
            7 => self.watch_elsewhere(),
            8 => drop(self.any().map(|listener| listener.end())),
            9 => drop(
                self.any()
                    .map(|listener| listener.pause(|| ledger::write(&self.store))),
            ),
            10 => drop(self.work()),
            _ => self.look_twice(),
        }
    }

    /// What a callback does next.
    fn act_inside(&self, listener: &Listener) {
        if pick(3) > 0 || self.acts.load(Ordering::SeqCst) == 0 {
            return;
        }
        self.acts.fetch_sub(1, Ordering::SeqCst);
        match pick(4) {
            0 | 1 => ledger::write(&self.store),
            2 => self.watch(),
            _ => listener.end(),
        }
    }

    fn watch(&self) {
        let company = self.this.clone();
        let then = move |listener: &Listener| {
            if let Some(company) = company.upgrade() {
                company.act_inside(listener);
            }
        };
        let listener = Listener::inline(&self.store, Source::any(), !self.is_merging, then);
        self.listeners.lock().unwrap().push(listener);
    }

    fn watch_elsewhere(&self) {
        let jobs = Arc::clone(&self.jobs);
        let post = move |work| {
            jobs.lock().unwrap().push(work);
            Ok(())
        };
        let listener = Listener::elsewhere(&self.store, Ledger::TOTAL, None, post);
        self.listeners.lock().unwrap().push(listener);
    }

    fn any(&self) -> Option<Arc<Listener>> {
        let listeners = self.listeners.lock().unwrap();
        let count = u32::try_from(listeners.len()).unwrap();
        (count > 0).then(|| Arc::clone(&listeners[pick(count) as usize]))
    }

    /// Does what is left for an executor; whether there was anything.
    fn work(&self) -> bool {
        let jobs = std::mem::take(&mut *self.jobs.lock().unwrap());
        let is_any = !jobs.is_empty();
        jobs.into_iter().for_each(Work::run);
        is_any
    }

    /// Time does not go back, through a cached snapshot neither.
    fn look_twice(&self) {
        let mut cached = self.store.cached(LEDGER);
        let first = look(&self.store).revision();
        let second = cached.get().revision();
        assert!(
            first <= second && second <= look(&self.store).revision(),
            "S5"
        );
    }

    #[track_caller]
    fn check(&self) {
        while self.work() {}
        let end = look(&self.store);
        for listener in &*self.listeners.lock().unwrap() {
            listener.check(&end);
        }
        assert_eq!(*self.panics.lock().unwrap(), [] as [String; 0]);
    }
}
