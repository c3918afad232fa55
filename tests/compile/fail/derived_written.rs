//! A derived field that is written, and read where its inputs are written.

use store::{Model, Store};

#[derive(Model)]
pub struct Inbox {
    pub unread: Vec<String>,
    #[model(derived = count(unread))]
    pub unread_count: usize,
}

fn count(unread: &[String]) -> usize {
    unread.len()
}

fn main() {
    let store = Store::<Inbox>::new();
    store.update(INBOX, |inbox| inbox.unread_count.set(0));
    store.update(INBOX, |inbox| *inbox.unread_count);
}
