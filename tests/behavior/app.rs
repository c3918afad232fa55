//! The stores of a small program, for the tests to write and watch.

use store::{List, Map, Model, OrdMap, RuntimeKeys, Set, Store, Stores};

/// Whoever uses the program.
#[derive(Model, Debug)]
pub(crate) struct User {
    #[model(default = "nobody".to_owned())]
    pub(crate) nick: String,
    pub(crate) online: bool,
    pub(crate) volume: f64,
    pub(crate) statuses: Map<String, u8>,
    pub(crate) tags: Set<String>,
}

/// What is planned for which day, who is known by which name, and what was written down.
#[derive(Model, Debug)]
pub(crate) struct Diary {
    pub(crate) days: OrdMap<u32, String>,
    pub(crate) names: OrdMap<String, u32>,
    pub(crate) lines: List<String>,
}

/// Two counters that only ever change together.
#[derive(Model, Debug)]
pub(crate) struct Purse {
    pub(crate) coins: i64,
}

/// The other one.
#[derive(Model, Debug)]
pub(crate) struct Till {
    pub(crate) coins: i64,
}

/// Keys that are only known at run time.
#[derive(Model, Debug)]
pub(crate) struct Custom {
    pub(crate) theme: String,
    #[model(runtime_keys)]
    pub(crate) keys: RuntimeKeys,
}

#[derive(Stores)]
pub(crate) struct App {
    pub(crate) user: User,
    pub(crate) diary: Diary,
    pub(crate) purse: Purse,
    pub(crate) till: Till,
    pub(crate) custom: Custom,
}

pub(crate) fn app() -> Store<App> {
    Store::new()
}

/// Sets the user's nick.
#[track_caller]
pub(crate) fn rename(store: &Store<App>, nick: &str) {
    store.update(USER, |user| user.nick.set(nick.to_owned()));
}

/// Sets one status.
#[track_caller]
pub(crate) fn put(store: &Store<App>, who: &str, status: u8) {
    store.update(USER, |user| user.statuses.insert(who.to_owned(), status));
}
