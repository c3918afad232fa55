//! Telling: nobody is told twice, too much, or too late; nothing piles up.

use std::{
    cmp::Ordering,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use parking_lot::Mutex;
use store::{Map, Model, OrdMap, Store, Watch, WatcherGroup};

static ORDER_PANICS: AtomicBool = AtomicBool::new(false);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Brittle(u32);

impl Ord for Brittle {
    fn cmp(&self, other: &Self) -> Ordering {
        assert!(!ORDER_PANICS.load(SeqCst), "cannot be compared");
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Brittle {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[derive(Model)]
pub(crate) struct Desk {
    pub(crate) title: u32,
    pub(crate) note: u32,
    pub(crate) drawers: Map<Brittle, u32>,
    pub(crate) diary: OrdMap<u32, u32>,
}

type Seen = Arc<Mutex<Vec<u32>>>;

/// W8: several fields, one of them named twice, are told once per commit.
#[test]
fn w8_a_field_named_twice_is_told_once() {
    let store = Store::<Desk>::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let _watching = store.watch(
        DESK,
        DESK.fields((Desk::TITLE, Desk::TITLE))
            .watch(move |_| {
                count.fetch_add(1, SeqCst);
            })
            .changes_only(),
    );
    store.update(DESK, |desk| desk.title.set(1));
    assert_eq!(calls.load(SeqCst), 1);
}

/// T4: watchers that are added while a commit is told do not count as commits that wait, so that
/// the next commits are told one by one, each with its origin.
#[test]
fn t4_new_watchers_do_not_make_commits_merge() {
    let store = Store::<Desk>::builder().queue_bound(8).build();
    let seen = Seen::default();
    let notes = Arc::clone(&seen);
    let _others = store.watch(
        DESK,
        Desk::watch()
            .note(move |note| notes.lock().push(*note))
            .changes_only()
            .ignoring("me"),
    );
    let weak = store.downgrade();
    let mut screen = WatcherGroup::default();
    let _opens = store.watch(
        DESK,
        Desk::watch()
            .title(move |_| {
                let store = weak.upgrade().unwrap();
                for _ in 0..20 {
                    screen.add(store.watch(DESK, Desk::watch().title(|_| {})));
                }
                store.by("me").update(DESK, |desk| desk.note.set(1));
                store.by("me").update(DESK, |desk| desk.note.set(2));
            })
            .changes_only(),
    );
    store.update(DESK, |desk| desk.title.set(1));
    assert_eq!(*seen.lock(), [] as [u32; 0]);
}

/// W1: a watcher that was added between two commits which are merged is told of the second only.
#[test]
fn w1_a_watcher_is_not_told_again_by_a_merged_commit() {
    let store = Store::<Desk>::builder().queue_bound(0).build();
    let seen = Seen::default();
    let (weak, notes) = (store.downgrade(), Arc::clone(&seen));
    let mut screen = WatcherGroup::default();
    let _opens = store.watch(
        DESK,
        Desk::watch()
            .title(move |_| {
                let store = weak.upgrade().unwrap();
                store.update(DESK, |desk| desk.note.set(1));
                let notes = Arc::clone(&notes);
                screen.add(store.watch(
                    DESK,
                    Desk::watch().note(move |note| notes.lock().push(*note)),
                ));
                store.update(DESK, |desk| {
                    desk.diary.insert(1, 1);
                });
            })
            .changes_only(),
    );
    store.update(DESK, |desk| desk.title.set(1));
    assert_eq!(*seen.lock(), [1]);
}

/// W6: a panic in the `Ord` of one field's keys keeps the commit from nobody else.
#[test]
fn w6_a_panic_while_keys_are_looked_up_keeps_the_commit_from_nobody_else() {
    let store = Store::<Desk>::new();
    let seen = Seen::default();
    let notes = Arc::clone(&seen);
    let _keys = [1, 2].map(|key| store.watch(DESK, Desk::DRAWERS.key(Brittle(key)).watch(|_| {})));
    let _diary = store.watch(
        DESK,
        Desk::watch()
            .diary(move |diary| notes.lock().push(diary[&1]))
            .changes_only(),
    );
    let weak = store.downgrade();
    let _writes = store.watch(
        DESK,
        Desk::watch()
            .note(move |_| {
                let store = weak.upgrade().unwrap();
                store.update(DESK, |desk| {
                    desk.drawers.insert(Brittle(1), 1);
                    desk.diary.insert(1, 7);
                });
                // That commit is told after this call.
                ORDER_PANICS.store(true, SeqCst);
            })
            .changes_only(),
    );
    store.update(DESK, |desk| desk.note.set(1));
    ORDER_PANICS.store(false, SeqCst);
    assert_eq!(*seen.lock(), [7]);
}

/// W8: a range that ends before it starts is empty.
#[test]
fn w8_a_range_that_ends_before_it_starts_is_empty() {
    use std::ops::Bound::Excluded;
    let panics = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&panics);
    let store = Store::<Desk>::builder()
        .on_panic(move |_| {
            count.fetch_add(1, SeqCst);
        })
        .build();
    store.update(DESK, |desk| desk.diary.extend([(1, 1), (5, 5), (9, 9)]));
    #[allow(clippy::reversed_empty_ranges)]
    let range = 8..3;
    let _one = store.watch(
        DESK,
        Desk::DIARY
            .range(range)
            .watch(|range| assert_eq!(range.iter().count(), 0)),
    );
    let _two = store.watch(
        DESK,
        Desk::DIARY
            .range((Excluded(5), Excluded(5)))
            .watch(|range| {
                assert_eq!(range.iter().count(), 0);
            }),
    );
    assert_eq!(panics.load(SeqCst), 0);
}

/// T4: a watcher can ask not to hear several origins.
#[test]
fn t4_several_origins_can_be_ignored() {
    let store = Store::<Desk>::new();
    let seen = Seen::default();
    let notes = Arc::clone(&seen);
    let watch = Desk::watch().title(move |title| notes.lock().push(*title));
    let _watching = store.watch(DESK, watch.changes_only().ignoring("ann").ignoring("bob"));
    for (title, who) in [(1, "ann"), (2, "bob"), (3, "carol")] {
        store
            .by(who.to_owned())
            .update(DESK, |desk| desk.title.set(title));
    }
    assert_eq!(*seen.lock(), [3]);
}
