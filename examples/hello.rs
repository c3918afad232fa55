//! The whole idea: a struct becomes a named store, which is written, read and watched.

use std::sync::mpsc;

use store::{Model, Store};

/// A plain struct. `derive(Model)` makes the name `USER` and the watch builder for it.
#[derive(Model)]
struct User {
    nick: String,
    online: bool,
}

fn main() {
    let store = Store::<User>::new();

    // A watcher is called at once with the current value, then whenever the value differs.
    let (told, heard) = mpsc::channel();
    let watching = store.watch(
        USER,
        User::watch().online(move |online| {
            told.send(*online).unwrap();
        }),
    );

    store.update(USER, |user| {
        user.nick.set("Alice".to_owned());
        user.online.set(true);
    });
    // What differs counts, not how often it is written.
    store.update(USER, |user| user.online.set(true));

    // A snapshot shows all fields at one moment, and stays as it is.
    let user = store.snapshot(USER);
    drop(watching); // Ends the watch.
    store.update(USER, |user| user.online.set(false));

    assert_eq!((user.nick.as_str(), user.online), ("Alice", true));
    assert!(!store.snapshot(USER).online);
    assert_eq!(heard.iter().collect::<Vec<_>>(), [false, true]);
    println!("{} is online: {}", user.nick, user.online);
}
