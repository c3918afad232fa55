use store::{Model, Store, Stores};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

#[derive(Model)]
pub struct Contact {
    pub unread: u32,
}

#[derive(Stores)]
pub struct App {
    pub user: User,
    pub contact: Contact,
}

pub fn main() {
    let _ = Store::<App>::new();
}
