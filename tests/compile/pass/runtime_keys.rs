//! A model may hold keys that are only known at run time, and fields that serde does not know.

use store::{Model, RuntimeKeys, Store};

#[derive(Clone, Default, PartialEq)]
pub struct Opaque;

#[derive(Model)]
pub struct Custom {
    pub opaque: Opaque,
    #[model(runtime_keys)]
    pub more: RuntimeKeys,
}

fn main() {
    let store = Store::<Custom>::new();
    assert!(store.snapshot(CUSTOM).more.is_empty());
    assert!(Custom::runtime_keys().is_some());
}
