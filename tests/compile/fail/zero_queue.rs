//! A queue that has no room, and says so before the program runs.

use store::{Model, Queue, Store};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

fn main() {
    let store = Store::<User>::new();
    let mut online = store.pull().every(Queue::of::<0>()).stream(USER, User::ONLINE);
    assert!(online.try_next().is_some());
}
