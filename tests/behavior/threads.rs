//! Threads that write, watch and unwatch at once: every watcher hears one unbroken story.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
};

use parking_lot::Mutex;
use store::{Model, OrdMap, Store, Watcher};

use crate::support::{elsewhere, signal};

#[derive(Model)]
pub(crate) struct Board {
    pub(crate) score: u32,
    pub(crate) other: u32,
    pub(crate) marks: OrdMap<u32, u32>,
}

/// What one watcher was told, checked as it comes.
struct Story<T> {
    last: Mutex<Option<(u64, T)>>,
    ended: AtomicBool,
}

impl<T: Clone + PartialEq + std::fmt::Debug> Story<T> {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            last: Mutex::new(None),
            ended: AtomicBool::new(false),
        })
    }

    fn hear(&self, revision: u64, old: Option<T>, new: T) {
        assert!(!self.ended.load(SeqCst), "told after the end");
        let mut last = self.last.lock();
        match (&*last, &old) {
            (None, None) => {}
            (Some((seen, value)), Some(old)) => {
                assert!(*seen < revision, "revisions {seen}, {revision}");
                assert_eq!(value, old, "at revision {revision}");
                assert_ne!(*value, new, "at revision {revision}");
            }
            (last, old) => panic!("{last:?}, then {old:?}"),
        }
        *last = Some((revision, new));
    }
}

type Stories = (Arc<Story<u32>>, Arc<Story<Option<u32>>>, Arc<Story<usize>>);

fn watch(store: &Store<Board>) -> (Watcher, Stories) {
    let stories: Stories = (Story::new(), Story::new(), Story::new());
    let (score, key, len) = (
        Arc::clone(&stories.0),
        Arc::clone(&stories.1),
        Arc::clone(&stories.2),
    );
    let watch = (
        Board::SCORE.watch(move |now| score.hear(now.revision(), now.old().copied(), *now)),
        Board::MARKS.key(3).watch(move |now| {
            let old = (!now.is_initial()).then(|| now.old().copied());
            key.hear(now.revision(), old, now.copied());
        }),
        BOARD.project(|board| board.marks.len()).watch(move |now| {
            len.hear(now.revision(), now.old().copied(), *now);
        }),
    );
    (store.watch(BOARD, watch), stories)
}

fn run(bound: usize, rounds: u32) {
    let panics = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&panics);
    let store = Store::<Board>::builder()
        .queue_bound(bound)
        .on_panic(move |report| notes.lock().push(report.message.clone()))
        .build();
    let start = Barrier::new(4);
    let kept = thread::scope(|scope| {
        for seed in 0..2_u32 {
            let (store, start) = (&store, &start);
            scope.spawn(move || {
                start.wait();
                for n in 0..rounds {
                    store.update(BOARD, |board| match (n.wrapping_mul(7) + seed) % 5 {
                        0 => board.score.set(n / 2),
                        1 => board.other.set(n),
                        2 => {
                            board.marks.insert(n % 6, n / 3);
                        }
                        3 => {
                            board.marks.remove(&(n % 6));
                        }
                        _ => board
                            .marks
                            .set((0..n % 6).map(|key| (key, n / 4)).collect()),
                    });
                }
            });
        }
        let watchers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    let mut kept = Vec::new();
                    for n in 0..rounds / 4 {
                        let (watcher, stories) = watch(&store);
                        if n % 16 == 0 {
                            kept.push((watcher, stories));
                        } else {
                            drop(watcher);
                            stories.0.ended.store(true, SeqCst);
                            stories.1.ended.store(true, SeqCst);
                            stories.2.ended.store(true, SeqCst);
                        }
                    }
                    kept
                })
            })
            .collect();
        watchers
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    assert_eq!(*panics.lock(), [] as [String; 0]);
    let now = store.snapshot(BOARD);
    for (_watcher, (score, key, len)) in &kept {
        assert_eq!(score.last.lock().as_ref().unwrap().1, now.score);
        assert_eq!(
            key.last.lock().as_ref().unwrap().1,
            now.marks.get(&3).copied()
        );
        assert_eq!(len.last.lock().as_ref().unwrap().1, now.marks.len());
    }
}

/// W1, W3, W5, one commit at a time.
#[test]
fn w3_every_watcher_hears_one_unbroken_story() {
    run(usize::MAX, 1_000);
}

/// The same where most commits are merged.
#[test]
fn w3_merging_breaks_no_story() {
    run(1, 1_000);
}

/// W12: nobody is to be told of these commits, and who waits for that learns it.
#[test]
fn w12_who_waits_is_woken_by_a_commit_that_nobody_watches() {
    let store = Store::<Board>::new();
    let (woken, is_woken) = signal();
    let waiting = elsewhere({
        let store = store.clone();
        move || {
            for revision in 1..=2000 {
                store.told(revision).wait().unwrap();
                woken.give();
            }
        }
    });
    for score in 1..=2000 {
        store.update(BOARD, |board| board.score.set(score));
        is_woken.wait();
    }
    waiting.answer();
}
