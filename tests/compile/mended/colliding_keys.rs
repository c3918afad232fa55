//! Two fields, each with a constant of its own.

use store::{Model, Store};

#[derive(Model)]
pub struct Message {
    pub r#type: u8,
    #[model(constant = "KIND")]
    pub TYPE: u8,
}

pub fn main() {
    let store = Store::<Message>::new();
    store.update(MESSAGE, |message| message.r#type.set(1));
    assert_eq!(Message::TYPE.get(&store.snapshot(MESSAGE)), &1);
    assert_eq!(Message::KIND.get(&store.snapshot(MESSAGE)), &0);
    assert_eq!(Message::TYPE.info().name, "type");
}
