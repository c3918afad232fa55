//! A model that owns, shares or keeps what lives for ever.

use std::sync::Arc;

use store::{Model, Store};

#[derive(Model)]
pub struct User {
    pub nick: Arc<str>,
    pub title: &'static str,
    pub greet: Option<for<'a> fn(&'a str) -> &'a str>,
}

pub fn main() {
    let store = Store::<User>::new();
    store.update(USER, |user| user.nick.set("alice".into()));
    assert_eq!(&*store.snapshot(USER).nick, "alice");
}
