//! Views that nobody watches: one that has no end yet, and one that has.
#![deny(unused_must_use)]

use store::{Map, Model};

#[derive(Model)]
pub struct Contact {
    pub friends: Map<u32, String>,
}

fn main() {
    Contact::FRIENDS.view().filter(|_, name| name.len() > 3);
    Contact::FRIENDS.view().sort_by(|_, name| name.clone());
}
