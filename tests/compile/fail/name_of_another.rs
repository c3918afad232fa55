//! A name that is not that of the only named store.

use store::{Model, Store};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

#[derive(Model)]
pub struct Contact {
    pub unread: u32,
}

fn main() {
    let _ = Store::<User>::new().snapshot(CONTACT);
}
