//! The stores of a small program, and the writes of the tests.

use store::{List, Map, Model, OrdMap, Set, Store, Stores};

/// Whoever uses the program.
#[derive(Model, Debug)]
pub(crate) struct User {
    pub(crate) nick: String,
    pub(crate) online: bool,
    pub(crate) statuses: Map<String, u8>,
    pub(crate) tags: Set<String>,
}

/// What is planned for which day, who is known by which name, and what was written down.
#[derive(Model, Debug)]
pub(crate) struct Diary {
    pub(crate) days: OrdMap<u32, u8>,
    pub(crate) names: OrdMap<String, u8>,
    pub(crate) lines: List<u8>,
}

/// What is there, and what was spent of it.
#[derive(Model, Debug)]
pub(crate) struct Purse {
    pub(crate) coins: i64,
    pub(crate) spent: i64,
}

#[derive(Stores)]
pub(crate) struct App {
    pub(crate) user: User,
    pub(crate) diary: Diary,
    pub(crate) purse: Purse,
}

pub(crate) fn app() -> Store<App> {
    Store::new()
}

/// Sets the coins to each of these in turn, a commit each.
#[track_caller]
pub(crate) fn set_coins(store: &Store<App>, coins: impl IntoIterator<Item = i64>) {
    for coins in coins {
        store.update(PURSE, |purse| purse.coins.set(coins));
    }
}

/// Sets what was spent.
#[track_caller]
pub(crate) fn spend(store: &Store<App>, spent: i64) {
    store.update(PURSE, |purse| purse.spent.set(spent));
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

/// Plans a day.
#[track_caller]
pub(crate) fn plan(store: &Store<App>, day: u32, plan: u8) {
    store.update(DIARY, |diary| diary.days.insert(day, plan));
}
