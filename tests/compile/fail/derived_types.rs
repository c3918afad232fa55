//! Functions of other types than the fields.

use store::{Change, Model, Store};

#[derive(Model)]
pub struct Inbox {
    pub unread: Vec<String>,
    #[model(derived = of_text(unread))]
    pub input: usize,
    #[model(derived = count(unread))]
    pub result: u32,
    #[model(derived = count(unread, unread))]
    pub number: usize,
    #[model(folded = add(unread))]
    pub last: u32,
}

fn of_text(unread: &str) -> usize {
    unread.len()
}

fn count(unread: &[String]) -> usize {
    unread.len()
}

fn add(last: usize, unread: Change<'_, Vec<String>>) -> usize {
    last + unread.len()
}

fn main() {
    let store = Store::<Inbox>::new();
    store.update(INBOX, |inbox| inbox.unread.clear());
}
