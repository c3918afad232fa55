//! Settings that are misspelt, misplaced or repeated.

use store::{Model, Store};

#[derive(Model)]
#[model(rename = "me")]
pub struct User {
    #[model(defualt = true)]
    pub online: bool,
    #[model(name = "nick", name = "nickName")]
    pub nick: String,
}

fn main() {
    Store::<User>::new().update(USER, |user| user.online.set(true));
}
