//! A default and a rule of equality of the field's type.

use store::{Model, Store};

#[derive(Model)]
pub struct Settings {
    #[model(default = "zh".to_owned())]
    pub language: String,
    #[model(same = String::eq)]
    pub nick: String,
}

pub fn main() {
    let store = Store::<Settings>::new();
    store.update(SETTINGS, |settings| settings.nick.clear());
    assert_eq!(store.snapshot(SETTINGS).language, "zh");
}
