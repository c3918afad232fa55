//! Two models of one text name in a set.

use store::{Model, Store, Stores};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

#[derive(Model)]
#[model(name = "user")]
pub struct Contact {
    pub unread: u32,
}

#[derive(Stores)]
pub struct App {
    pub user: User,
    pub contact: Contact,
}

fn main() {
    Store::<App>::new().update(USER, |user| user.online.set(true));
}
