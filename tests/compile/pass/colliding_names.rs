//! Fields may have the names of anything that is called on what the derives make.
#![deny(warnings)]

use store::{Model, Store, Stores};

#[derive(Clone, Debug, Default, PartialEq, Model)]
pub struct Thing {
    pub map: u8,
    pub clone: u8,
    pub watch: u8,
    pub set: u8,
    pub get: u8,
    pub new: u8,
    pub draft: u8,
    pub seal: u8,
    pub make: u8,
    pub visit: u8,
    pub register: u8,
    pub update: u8,
    pub name: u8,
    pub fields: u8,
    pub index: u8,
    pub key: u8,
    pub model: u8,
    pub f: u8,
    pub f0: u8,
    pub committed: u8,
    pub changes_only: u8,
    pub ignoring: u8,
    pub default: u8,
    pub each: u8,
    pub of: u8,
    pub store: u8,
    pub std: u8,
    pub core: u8,
    pub r#type: u8,
    pub r#fn: u8,
    pub r#async: u8,
    #[model(derived = sum(r#async, derived))]
    pub inputs: u8,
    pub derived: u8,
    #[model(derived = sum(inputs, r#async))]
    pub type_of: u8,
}

fn sum(left: &u8, right: &u8) -> u8 {
    left + right
}

#[derive(Stores)]
pub struct All {
    pub each: Thing,
    pub visit: Other,
}

#[derive(Model)]
pub struct Other {
    pub of: u8,
}

fn main() {
    let store = Store::<All>::new();
    let _watching = store.watch(
        THING,
        Thing::watch()
            .map(|_| {})
            .clone(|_| {})
            .watch(|_| {})
            .register(|_| {})
            .r#type(|_| {}),
    );
    store.update(THING, |thing| {
        thing.map.set(1);
        thing.clone.set(2);
        thing.draft.set(3);
        thing.r#async.set(4);
        thing.derived.set(5);
    });
    let thing = store.snapshot(THING);
    assert_eq!(
        (thing.map, thing.clone, thing.draft, thing.r#async),
        (1, 2, 3, 4)
    );
    assert_eq!((thing.inputs, thing.type_of), (9, 13));
    assert_eq!(Thing::NAME.info().name, "name");
    assert_eq!(Thing::ASYNC.info().name, "async");
    assert_eq!(<Thing as Model>::NAME, "thing");
    store.update(OTHER, |other| other.of.set(1));
}
