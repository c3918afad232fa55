//! A window over rows in order.

use store::{Map, Model, Store};

#[derive(Model)]
pub struct Contact {
    pub friends: Map<u32, String>,
}

pub fn main() {
    let store = Store::<Contact>::new();
    let sorted = Contact::FRIENDS.view().sort_by(|_, name| name.clone());
    assert!(sorted.window(0..10).at(&store.snapshot_all()).is_empty());
}
