//! Watches and a stream under the name of their own named store.

use store::{Inbox, Model, Store, Stores};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

#[derive(Model)]
pub struct Contact {
    pub unread: u32,
}

#[derive(Stores)]
pub struct App {
    pub user: User,
    pub contact: Contact,
}

pub fn main() {
    let store = Store::<App>::new();
    let _watching = store.watch(CONTACT, Contact::UNREAD.watch(|_| {}));
    let inbox = Inbox::new(|| {});
    let _watching = store.on(&inbox).watch(CONTACT, Contact::watch().unread(|_| {}));
    let mut unread = store.stream(CONTACT, Contact::UNREAD);
    assert!(unread.try_next().is_some());
}
