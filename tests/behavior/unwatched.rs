//! W9: a write of what nobody watches any more is told to nobody, however those ended who did.

use std::sync::{Arc, OnceLock};

use store::{Model, Source as _, Store, Watch as _, WatcherGroup, commits};

#[derive(Model)]
struct Shelf {
    bell: u32,
    thing: Option<Arc<()>>,
}

/// Takes a thing back while a commit is told. Whether it waits to be told too: what nobody is told of
/// is dropped at once.
fn is_watched(store: &Store<Shelf>) -> bool {
    let outcome = Arc::new(OnceLock::new());
    let answer = Arc::clone(&outcome);
    while_telling(store, move |store| {
        let thing = Arc::new(());
        let held = Arc::downgrade(&thing);
        store.update(SHELF, |shelf| shelf.thing.set(Some(thing)));
        store.update(SHELF, |shelf| shelf.thing.set(None));
        answer.set(held.strong_count() > 0).unwrap();
    });
    *outcome.get().expect("it was told")
}

fn touch(store: &Store<Shelf>) {
    store.update(SHELF, |shelf| shelf.thing.set(Some(Arc::new(()))));
    store.update(SHELF, |shelf| shelf.thing.set(None));
}

/// Runs something while a commit is told.
fn while_telling(store: &Store<Shelf>, act: impl Fn(&Store<Shelf>) + Send + 'static) {
    let weak = store.downgrade();
    let ring = Shelf::BELL.watch(move |_| act(&weak.upgrade().unwrap()));
    let ringing = store.watch(SHELF, ring.changes_only());
    store.update(SHELF, |shelf| *shelf.bell += 1);
    drop(ringing);
}

#[test]
fn w9_what_is_watched_waits_to_be_told() {
    let store = Store::<Shelf>::new();
    assert!(!is_watched(&store));
    let _watching = store.watch(SHELF, Shelf::THING.watch(|_| {}));
    assert!(is_watched(&store));
}

#[test]
fn w9_what_was_watched_by_those_that_ended_is_told_to_nobody() {
    let store = Store::<Shelf>::new();
    let thing = || Shelf::THING.watch(|_| {});
    drop(store.watch(SHELF, thing()));
    drop(store.watch(SHELF, SHELF.any().watch(|_| {})));
    drop(store.watch(
        SHELF,
        SHELF.fields((Shelf::BELL, Shelf::THING)).watch(|_| {}),
    ));
    drop(store.watch_across(commits().watch(|_| {})));
    assert!(!is_watched(&store), "ended");
    drop(store.stream(SHELF, Shelf::THING));
    drop(store.stream(SHELF, SHELF.any().changes_only()));
    assert!(!is_watched(&store), "streams ended");
    let paused = store.watch(SHELF, thing());
    paused.pause();
    touch(&store);
    drop(paused);
    assert!(!is_watched(&store), "paused, and ended");
    let mut group = WatcherGroup::new();
    group.add(store.watch(SHELF, thing()));
    store.update(SHELF, |_| drop(group));
    assert!(!is_watched(&store), "ended in a write");
}

#[test]
fn w9_what_was_watched_once_is_told_to_nobody() {
    let store = Store::<Shelf>::new();
    let thing = || Shelf::THING.watch(|_| {});
    let _at_once = store.watch(SHELF, thing().once());
    assert!(!is_watched(&store), "in the immediate call");
    let _later = store.watch(SHELF, thing().changes_only().once());
    touch(&store);
    assert!(!is_watched(&store), "by a commit");
    let both = store.watch(SHELF, (thing().once(), thing()));
    assert!(is_watched(&store), "one of two");
    drop(both);
    assert!(!is_watched(&store), "both");
}

#[test]
fn w9_what_was_watched_only_while_a_commit_was_told_is_told_to_nobody() {
    let store = Store::<Shelf>::new();
    let thing = || Shelf::THING.watch(|_| {});
    while_telling(&store, move |store| drop(store.watch(SHELF, thing())));
    assert!(!is_watched(&store), "came and went before it joined");
    while_telling(&store, move |store| {
        let watching = store.watch(SHELF, thing());
        touch(store);
        drop(watching);
    });
    assert!(!is_watched(&store), "ended with a commit behind it");
    while_telling(&store, move |store| drop(store.stream(SHELF, Shelf::THING)));
    assert!(!is_watched(&store), "a stream");
    while_telling(&store, move |store| {
        store.watch(SHELF, thing().once()).detach();
    });
    assert!(!is_watched(&store), "once");
}
