//! Fields that are derived from each other, and from themselves.

use store::{Model, Store};

#[derive(Model)]
pub struct Sheet {
    #[model(derived = next(b))]
    pub a: u8,
    #[model(derived = next(a))]
    pub b: u8,
    #[model(derived = next(own))]
    pub own: u8,
    #[model(derived = next(last))]
    pub first: u8,
    #[model(derived = sum(given, first))]
    pub middle: u8,
    #[model(derived = sum(given, middle))]
    pub last: u8,
    pub given: u8,
}

fn next(before: &u8) -> u8 {
    before + 1
}

fn sum(left: &u8, right: &u8) -> u8 {
    left + right
}

fn main() {
    let store = Store::<Sheet>::new();
    store.update(SHEET, |sheet| sheet.given.set(1));
}
