//! A reader that comes when it likes: however much it misses, its next item is one difference.

use std::{collections::BTreeMap, thread};

use futures::executor::block_on;
use store::{ChangeStream, Map, MapChange, Model, OwnedChange, Store};

#[derive(Model)]
struct Roster {
    statuses: Map<&'static str, u32>,
}

type Statuses = OwnedChange<Map<&'static str, u32>>;

/// Reads until the store is dropped; returns what it knows then, and how many changes it was told.
async fn follow(mut statuses: ChangeStream<Statuses>) -> (BTreeMap<&'static str, u32>, usize) {
    let (mut known, mut told) = (BTreeMap::new(), 0);
    while let Some(statuses) = statuses.changed().await {
        told += 1;
        for change in statuses.change().changes() {
            match change.cloned() {
                MapChange::Inserted { key, value: new } | MapChange::Updated { key, new, .. } => {
                    known.insert(key, new)
                }
                MapChange::Removed { key, .. } => known.remove(key),
            };
        }
    }
    (known, told)
}

fn main() {
    let store = Store::<Roster>::new();
    let mut slow = store.stream(ROSTER, Roster::STATUSES);
    let fast = store.stream(ROSTER, Roster::STATUSES);
    let follower = thread::spawn(move || block_on(follow(fast)));

    // The first item is what is there.
    assert!(block_on(slow.changed()).unwrap().is_empty());

    for status in 1..=1000 {
        store.update(ROSTER, |roster| roster.statuses.insert("alice", status));
    }
    store.update(ROSTER, |roster| roster.statuses.insert("bob", 7));
    store.update(ROSTER, |roster| roster.statuses.remove("bob"));

    // The slow one slept through all of it. Bob came and went: that is no difference.
    let statuses = block_on(slow.changed()).unwrap();
    let change = statuses.change();
    println!("slow: {:?}", change.changes().collect::<Vec<_>>());
    assert_eq!(change.changes().count(), 1);
    assert_eq!((statuses["alice"], change.merged()), (1000, 1002));
    assert!(!slow.has_changed());

    // A stream does not keep the store alive. Its last item is the final state.
    store.update(ROSTER, |roster| roster.statuses.insert("carol", 1));
    drop(store);
    assert_eq!(block_on(slow.changed()).unwrap()["carol"], 1);
    assert!(block_on(slow.changed()).is_none());

    let (known, told) = follower.join().unwrap();
    println!("fast: {known:?}, told {told} times");
    assert_eq!(known, BTreeMap::from([("alice", 1000), ("carol", 1)]));
    assert!((2..=1004).contains(&told));
}
