//! A queue that has room for one commit.

use store::{Model, Queue, Store};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

pub fn main() {
    let store = Store::<User>::new();
    let mut online = store.pull().every(Queue::of::<1>()).stream(USER, User::ONLINE);
    assert!(online.try_next().is_some());
}
