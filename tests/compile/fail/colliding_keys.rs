//! Two fields with one constant.

use store::{Model, Store};

#[derive(Model)]
pub struct Message {
    pub r#type: u8,
    pub TYPE: u8,
}

fn main() {
    Store::<Message>::new().update(MESSAGE, |message| message.r#type.set(1));
}
