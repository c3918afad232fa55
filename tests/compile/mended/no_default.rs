//! A field that a new store fills with the default it is given.

use store::{Model, Store};

#[derive(Clone, PartialEq)]
pub enum Theme {
    Light,
    Dark,
}

#[derive(Model)]
pub struct Settings {
    #[model(default = Theme::Light)]
    pub theme: Theme,
}

pub fn main() {
    Store::<Settings>::new().update(SETTINGS, |settings| settings.theme.set(Theme::Dark));
}
