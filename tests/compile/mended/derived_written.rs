//! A derived field whose input is written.

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

pub fn main() {
    let store = Store::<Inbox>::new();
    store.update(INBOX, |inbox| inbox.unread.push("hello".to_owned()));
    assert_eq!(store.snapshot(INBOX).unread_count, 1);
}
