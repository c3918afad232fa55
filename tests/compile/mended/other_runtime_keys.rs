//! Run-time keys in the type that holds them.

use store::{Model, RuntimeKeys, Store};

#[derive(Model)]
pub struct Custom {
    #[model(runtime_keys)]
    pub more: RuntimeKeys,
}

pub fn main() {
    let _ = Store::<Custom>::new();
}
