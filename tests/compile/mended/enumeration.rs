//! An enum as a field.

use store::{Model, Store};

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Presence {
    #[default]
    Offline,
    Online,
}

#[derive(Model)]
pub struct User {
    pub presence: Presence,
}

pub fn main() {
    let store = Store::<User>::new();
    store.update(USER, |user| user.presence.set(Presence::Online));
    assert_eq!(store.snapshot(USER).presence, Presence::Online);
}
