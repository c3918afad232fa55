//! Sources of a named store that this store does not hold.

use store::{Model, Store, Stores};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

#[derive(Model)]
pub struct Contact {
    pub unread: u32,
}

#[derive(Model)]
pub struct Settings {
    pub language: String,
}

#[derive(Stores)]
pub struct App {
    pub user: User,
    pub settings: Settings,
}

fn main() {
    let store = Store::<App>::new();
    let mut unread = store.stream(CONTACT, Contact::UNREAD);
    assert!(unread.try_next().is_some());
    let mut any = store.stream_across(CONTACT.any());
    assert!(any.try_next().is_some());
}
