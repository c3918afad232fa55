//! What derived fields cannot be derived from.

use store::{Model, Store};

/// Has no default, so what is refused is refused once.
#[derive(Clone, PartialEq)]
pub struct Count(pub usize);

#[derive(Model)]
pub struct Inbox {
    pub unread: Vec<String>,
    #[model(derived = count(unraed))]
    pub count: Count,
    #[model(derived = now())]
    pub now: u64,
    #[model(derived = "unread.len()")]
    pub text: u64,
    #[model(folded = unread.len())]
    pub method: u64,
    #[model(derived = |unread| unread.len())]
    pub closure: u64,
    #[model(derived = (|| count)()(unread))]
    pub nameless: u64,
    #[model(derived = limited(unread, 3))]
    pub limited: u64,
    #[model(derived)]
    pub nothing: u64,
}

fn count(unread: &[String]) -> Count {
    Count(unread.len())
}

fn main() {
    let store = Store::<Inbox>::new();
    store.update(INBOX, |inbox| inbox.unread.clear());
}
