//! A default and a rule of equality for another type.

use store::{Model, Store};

#[derive(Model)]
pub struct Settings {
    #[model(default = "zh")]
    pub language: String,
    #[model(same = str::eq)]
    pub nick: String,
}

fn main() {
    Store::<Settings>::new().update(SETTINGS, |settings| settings.nick.clear());
}
