//! The name of the only named store.

use store::{Model, Store};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

#[derive(Model)]
pub struct Contact {
    pub unread: u32,
}

pub fn main() {
    let _ = Store::<Contact>::new().snapshot(CONTACT);
}
