//! Keys that are known only at run time, and fields by their text names: for plugins and tools.

use std::sync::mpsc;

use serde_json::{Value, json};
use store::{Model, RuntimeKeys, Store, Stores, TextError};

#[derive(Model)]
#[model(rename_all = "camelCase")]
struct User {
    display_online_status: bool,
}

/// Takes any key, with any JSON value.
#[derive(Model)]
struct Custom {
    #[model(runtime_keys)]
    keys: RuntimeKeys,
}

#[derive(Stores)]
struct App {
    user: User,
    custom: Custom,
}

fn main() -> Result<(), TextError> {
    let store = Store::<App>::new();
    let text = store.text();

    let (told, heard) = mpsc::channel();
    let watch = move |change: store::TextChange| told.send(change.new).unwrap();
    let _watching = text.watch("custom", "theme", watch)?;
    text.write("custom", "theme", json!({ "dark": true }))?;
    text.reset("custom", "theme")?;
    let told = [Value::Null, json!({ "dark": true }), Value::Null];
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), told);

    // Declared fields have text names, too; typed and text access see the same state.
    text.write("user", "displayOnlineStatus", json!(true))?;
    assert!(store.snapshot(USER).display_online_status);
    store.update(CUSTOM, |custom| {
        custom.keys.insert("volume".into(), json!(7))
    });
    assert_eq!(text.read("custom", "volume")?, 7);

    // A misspelt name is an error, unless the store takes keys that it does not declare.
    let error = text
        .write("user", "displayOnlineStats", json!(true))
        .unwrap_err();
    println!("{error}");
    assert!(matches!(error, TextError::UnknownField { .. }));
    Ok(())
}
