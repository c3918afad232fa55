//! An enum as a model.

use store::{Model, Store};

#[derive(Model)]
pub enum Presence {
    Offline,
    Online,
}

fn main() {
    let store = Store::<Presence>::new();
    let _ = store.snapshot(PRESENCE);
}
