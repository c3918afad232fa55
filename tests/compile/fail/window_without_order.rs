//! A window over rows that are in no order.

use store::{Map, Model};

#[derive(Model)]
pub struct Contact {
    pub friends: Map<u32, String>,
}

fn main() {
    let _first = Contact::FRIENDS.view().window(0..10);
}
