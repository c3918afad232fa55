//! Functions of the types of the fields.

use store::{Change, Model, Store};

#[derive(Model)]
pub struct Inbox {
    pub unread: Vec<String>,
    pub subject: String,
    #[model(derived = of_text(subject))]
    pub input: usize,
    #[model(derived = count(unread))]
    pub result: usize,
    #[model(folded = add(unread))]
    pub last: usize,
}

fn of_text(subject: &str) -> usize {
    subject.len()
}

fn count(unread: &[String]) -> usize {
    unread.len()
}

fn add(last: usize, unread: Change<'_, Vec<String>>) -> usize {
    last + unread.len()
}

pub fn main() {
    let store = Store::<Inbox>::new();
    store.update(INBOX, |inbox| inbox.unread.push("hello".to_owned()));
    assert_eq!(store.snapshot(INBOX).result, 1);
}
