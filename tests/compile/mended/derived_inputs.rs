//! What derived fields are derived from.

use store::{Change, Model, Store};

/// Has no default.
#[derive(Clone, PartialEq)]
pub struct Count(pub usize);

#[derive(Model)]
pub struct Inbox {
    pub unread: Vec<String>,
    pub now: u64,
    #[model(derived = count(unread))]
    pub count: Count,
    #[model(derived = later(now))]
    pub later: u64,
    #[model(folded = most(unread))]
    pub most: usize,
    #[model(derived = limited(unread, now))]
    pub limited: u64,
}

fn count(unread: &[String]) -> Count {
    Count(unread.len())
}

fn later(now: &u64) -> u64 {
    now + 1
}

fn most(last: usize, unread: Change<'_, Vec<String>>) -> usize {
    last.max(unread.len())
}

fn limited(unread: &[String], limit: &u64) -> u64 {
    (unread.len() as u64).min(*limit)
}

pub fn main() {
    let store = Store::<Inbox>::new();
    store.update(INBOX, |inbox| inbox.unread.push("hello".to_owned()));
    store.update(INBOX, |inbox| inbox.unread.clear());
    let inbox = store.snapshot(INBOX);
    assert_eq!((inbox.count.0, inbox.most, inbox.limited), (0, 1, 0));
}
