//! Watching one key of a map, there already or not: other keys are silent, and cost nothing.

use std::sync::mpsc;

use store::{Map, Model, Store};

#[derive(Model)]
struct Contacts {
    moods: Map<u32, &'static str>,
}

const ALICE: u32 = 0;
const BOB: u32 = 1;

fn main() {
    let store = Store::<Contacts>::new();
    let (told, heard) = mpsc::channel();

    // Nothing is there yet. The callback gets an `Option`.
    let watch = Contacts::MOODS
        .key(ALICE)
        .watch(move |mood| told.send(mood.copied()).unwrap());
    let _watching = store.watch(CONTACTS, watch);

    // A thousand others come, and change; only Alice is told.
    store.update(CONTACTS, |contacts| {
        contacts.moods.extend((BOB..1000).map(|id| (id, "calm")));
    });
    store.update(CONTACTS, |contacts| contacts.moods.insert(ALICE, "happy"));
    store.update(CONTACTS, |contacts| contacts.moods.insert(BOB, "tired"));
    store.update(CONTACTS, |contacts| contacts.moods.remove(&ALICE));

    let moods: Vec<_> = heard.try_iter().collect();
    println!("Alice: {moods:?}");
    assert_eq!(moods, [None, Some("happy"), None]);
    assert_eq!(store.snapshot(CONTACTS).moods.len(), 999);
}
