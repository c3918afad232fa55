//! A watch and a stream of one named store, given under the name of another.

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

fn main() {
    let store = Store::<App>::new();
    let _watching = store.watch(USER, Contact::UNREAD.watch(|_| {}));
    let inbox = Inbox::new(|| {});
    let _watching = store.on(&inbox).watch(USER, Contact::watch().unread(|_| {}));
    let mut unread = store.stream(USER, Contact::UNREAD);
    assert!(unread.try_next().is_some());
}
