//! Fields that are derived from each other in a line.

use store::{Model, Store};

#[derive(Model)]
pub struct Sheet {
    #[model(derived = next(b))]
    pub a: u8,
    #[model(derived = next(given))]
    pub b: u8,
    #[model(derived = next(given))]
    pub own: u8,
    #[model(derived = next(given))]
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

pub fn main() {
    let store = Store::<Sheet>::new();
    store.update(SHEET, |sheet| sheet.given.set(1));
    let sheet = store.snapshot(SHEET);
    assert_eq!((sheet.a, sheet.b, sheet.last), (3, 2, 4));
}
