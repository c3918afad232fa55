use store::{Model, Stores};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

pub struct Contact {
    pub unread: u32,
}

#[derive(Stores)]
pub struct App {
    pub user: User,
    pub contact: Contact,
}

fn main() {}
