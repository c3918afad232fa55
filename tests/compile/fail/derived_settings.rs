//! Settings that do not go along with being derived.

use store::{Change, Model, RuntimeKeys, Store};

#[derive(Model)]
pub struct Inbox {
    pub unread: Vec<String>,
    #[model(derived = count(unread), folded = add(unread))]
    pub both: usize,
    #[model(derived = count(unread), default = 3)]
    pub count: usize,
    #[model(runtime_keys, derived = keys(unread))]
    pub keys: RuntimeKeys,
}

fn count(unread: &[String]) -> usize {
    unread.len()
}

fn add(_last: usize, unread: Change<'_, Vec<String>>) -> usize {
    unread.len()
}

fn keys(_unread: &[String]) -> RuntimeKeys {
    RuntimeKeys::new()
}

fn main() {
    let store = Store::<Inbox>::new();
    store.update(INBOX, |inbox| inbox.unread.clear());
}
