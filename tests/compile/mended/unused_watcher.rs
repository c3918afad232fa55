//! A watch that goes on, and one that is put aside.
#![deny(unused_must_use)]

use store::{Model, Store};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

pub fn main() {
    let store = Store::<User>::new();
    let _watching = store.watch(USER, User::watch().online(|_| {}));
    let _unused = User::watch().online(|_| {});
}
