//! A commit, as other threads see it.

use crate::simulator::thread;
use store::{Model, Store};

use crate::explore::explore;

#[derive(Model)]
pub struct Pair {
    pub left: u32,
    pub right: u32,
}

fn set(store: &Store<Pair>, both: u32) {
    store.update(PAIR, |pair| {
        pair.left.set(both);
        pair.right.set(both);
    });
}

#[test]
fn s3_a_snapshot_is_whole_and_never_older_than_the_one_before() {
    explore(3, || {
        let store = Store::<Pair>::new();
        let writer = thread::spawn({
            let store = store.clone();
            move || (1..=2).for_each(|both| set(&store, both))
        });
        let mut before = 0;
        for _ in 0..2 {
            let pair = store.snapshot(PAIR);
            assert_eq!(pair.left, pair.right, "torn");
            assert!(pair.left >= before, "gone back");
            before = pair.left;
        }
        writer.join().unwrap();
        assert_eq!(store.snapshot(PAIR).right, 2);
    });
}

#[test]
fn s5_a_look_shows_what_this_thread_was_told_is_committed() {
    explore(3, || {
        let store = Store::<Pair>::new();
        let mut cached = store.cached(PAIR);
        let writer = thread::spawn({
            let store = store.clone();
            move || set(&store, 1)
        });
        let seen = store.snapshot(PAIR).left;
        let pair = cached.get();
        assert_eq!(pair.left, pair.right, "torn");
        assert!(pair.left >= seen, "older than what was seen before");
        writer.join().unwrap();
        assert_eq!(cached.get().left, 1);
    });
}
