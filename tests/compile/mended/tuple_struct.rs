//! A struct with named fields as a model.

use store::{Model, Store};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

pub fn main() {
    let store = Store::<User>::new();
    assert!(!store.snapshot(USER).online);
}
