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
    #[model(derived = Clone::clone(unread))]
    pub shown: u32,
    #[model(folded = most(shown))]
    pub most: u32,
}

fn most(last: u32, shown: shop::Change<'_, u32>) -> u32 {
    last.max(*shown)
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
    app.update(CONTACT, |contact| contact.unread.set(0));
    let contact = app.snapshot(CONTACT);
    assert_eq!((contact.unread, contact.shown, contact.most), (0, 0, 1));
}
