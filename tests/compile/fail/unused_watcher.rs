//! A watch that ends as soon as it began, and one that never begins.
#![deny(unused_must_use)]

use store::{Model, Store};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

fn main() {
    let store = Store::<User>::new();
    store.watch(USER, User::watch().online(|_| {}));
    User::watch().online(|_| {});
}
