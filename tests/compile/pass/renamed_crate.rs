//! The crate is found under whatever name it has.

extern crate core as store;
pub extern crate store as shop;

mod inner {
    pub use shop as market;
}

use shop::{Model, Stores};

#[derive(Model)]
#[model(crate = "::shop")]
pub struct User {
    pub online: bool,
}

#[derive(Model)]
#[model(crate = "crate::inner::market")]
pub struct Contact {
    pub unread: u32,
}

#[derive(Stores)]
#[stores(crate = "shop")]
pub struct App {
    pub user: User,
    pub contact: Contact,
}

fn main() {
    let app = shop::Store::<App>::new();
    let _watching = app.watch(USER, User::watch().online(|_| {}));
    app.update(CONTACT, |contact| contact.unread.set(1));
    assert_eq!(app.snapshot(CONTACT).unread, 1);
}
