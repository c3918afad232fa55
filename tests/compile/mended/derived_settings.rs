//! Settings that go along with being derived.

use store::{Change, Model, RuntimeKeys, Store};

#[derive(Model)]
pub struct Inbox {
    pub unread: Vec<String>,
    #[model(folded = add(unread), default = 3)]
    pub both: usize,
    #[model(name = "number", constant = "NUMBER", same = usize::eq, derived = count(unread))]
    pub count: usize,
    #[model(runtime_keys)]
    pub keys: RuntimeKeys,
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
    let inbox = store.snapshot(INBOX);
    assert_eq!((inbox.both, inbox.count), (4, 1));
    assert_eq!(Inbox::NUMBER.info().name, "number");
}
