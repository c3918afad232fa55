//! Two models of two text names in a set.

use store::{Model, Store, Stores};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

#[derive(Model)]
#[model(name = "friend")]
pub struct Contact {
    pub unread: u32,
}

#[derive(Stores)]
pub struct App {
    pub user: User,
    pub contact: Contact,
}

pub fn main() {
    Store::<App>::new().update(USER, |user| user.online.set(true));
}
