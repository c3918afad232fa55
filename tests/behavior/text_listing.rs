//! Text access.

use serde_json::json;
use store::{Model, RuntimeKeys, Store};

#[derive(Model)]
pub(crate) struct Custom {
    pub(crate) theme: String,
    #[model(runtime_keys)]
    pub(crate) keys: RuntimeKeys,
}

/// S6: what is listed can be read, run-time keys too.
#[test]
fn s6_every_name_that_is_listed_can_be_read() {
    let store = Store::<Custom>::new();
    let text = store.text();
    text.write("custom", "font", json!("serif")).unwrap();
    let [custom] = &text.stores()[..] else {
        panic!("one named store");
    };
    let fields: Vec<&str> = custom.fields.iter().map(|field| field.name).collect();
    assert_eq!(fields, ["theme"]);
    let keys = custom.runtime_keys.as_ref().unwrap();
    let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    assert_eq!(keys, ["font"]);
    assert_eq!(text.read(custom.name, keys[0]).unwrap(), json!("serif"));
}
