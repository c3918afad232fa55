//! A name that is not in the set.

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
    pub user: User,
    pub settings: Settings,
}

fn main() {
    let store = Store::<App>::new();
    store.update(USER, |user| user.online.set(true));
    store.update(CONTACT, |contact| contact.unread.set(1));
}
