//! A field that a new store cannot fill.

use store::{Model, Store};

#[derive(Clone, PartialEq)]
pub enum Theme {
    Light,
    Dark,
}

#[derive(Model)]
pub struct Settings {
    pub theme: Theme,
}

fn main() {
    Store::<Settings>::new().update(SETTINGS, |settings| settings.theme.set(Theme::Dark));
}
