//! A name that is in the set.

use store::{Model, Store, Stores};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

#[derive(Model)]
pub struct Settings {
    pub language: String,
}

#[derive(Model)]
pub struct Contact {
    pub unread: u32,
}

#[derive(Stores)]
pub struct App {
    pub contact: Contact,
    pub user: User,
    pub settings: Settings,
}

pub fn main() {
    let store = Store::<App>::new();
    store.update(USER, |user| user.online.set(true));
    store.update(CONTACT, |contact| contact.unread.set(1));
}
