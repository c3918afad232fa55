//! A tuple as a model.

use store::{Model, Store};

#[derive(Model)]
pub struct User(bool);

fn main() {
    let store = Store::<User>::new();
    let _ = store.snapshot(USER);
}
