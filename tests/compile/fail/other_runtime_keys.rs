//! Run-time keys in a type that cannot hold them.

use store::{Map, Model, Store};

#[derive(Model)]
pub struct Custom {
    #[model(runtime_keys)]
    pub more: Map<String, u8>,
}

fn main() {
    let _ = Store::<Custom>::new();
}
