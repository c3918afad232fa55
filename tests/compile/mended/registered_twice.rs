//! A model that stands in a set once.

use store::{Model, Store, Stores};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

#[derive(Stores)]
pub struct App {
    pub user: User,
}

pub fn main() {
    Store::<App>::new().update(USER, |user| user.online.set(true));
}
