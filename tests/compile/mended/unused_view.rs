//! Views that are watched, and put aside.
#![deny(unused_must_use)]

use store::{Map, Model, Store};

#[derive(Model)]
pub struct Contact {
    pub friends: Map<u32, String>,
}

pub fn main() {
    let store = Store::<Contact>::new();
    let _unused = Contact::FRIENDS.view().filter(|_, name| name.len() > 3);
    let sorted = Contact::FRIENDS.view().sort_by(|_, name| name.clone());
    let _watching = store.watch_across(sorted.watch(|_| {}));
}
