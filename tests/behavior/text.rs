//! S6: stores and fields by text names.

use serde_json::json;
use store::{Model, Store, TextError};

use crate::{
    app::{CUSTOM, PURSE, USER, User, app, put},
    support::Log,
};

/// S6
#[test]
fn stores_and_fields_are_listed_in_the_order_they_are_declared() {
    let store = app();
    let stores = store.text().stores();
    let names: Vec<_> = stores.iter().map(|store| store.name).collect();
    assert_eq!(names, ["user", "diary", "purse", "till", "custom"]);
    let fields: Vec<_> = stores[0].fields.iter().map(|field| field.name).collect();
    assert_eq!(fields, ["nick", "online", "volume", "statuses", "tags"]);
    let open: Vec<_> = stores
        .iter()
        .filter(|store| store.runtime_keys.is_some())
        .collect();
    assert_eq!((open.len(), open[0].name), (1, "custom"));
}

/// S6: every field goes through serde, there and back.
#[test]
fn any_field_can_be_read_and_written() {
    let store = app();
    let text = store.text();
    for (field, value) in [
        ("nick", json!("ann")),
        ("online", json!(true)),
        ("volume", json!(0.5)),
        ("statuses", json!({"ann": 1, "bob": 2})),
        ("tags", json!(["a", "b"])),
    ] {
        text.write("user", field, value.clone()).unwrap();
        assert_eq!(text.read("user", field).unwrap(), value);
    }
    let user = store.snapshot(USER);
    assert_eq!(
        (&*user.nick, user.statuses["bob"], user.revision()),
        ("ann", 2, 5)
    );
    text.reset("user", "nick").unwrap();
    assert_eq!(text.read("user", "nick").unwrap(), "nobody");
}

/// S6: typed watchers hear writes by text, and text watchers hear typed writes, by one rule.
#[test]
fn typed_and_text_access_are_one() {
    let (store, log) = (app(), Log::default());
    let _key = store.watch(USER, User::STATUSES.key("ann".to_owned()).watch(log.key()));
    let notes = log.clone();
    let watching = store.text().watch("user", "statuses", move |change| {
        let old = change
            .old
            .map_or_else(|| "-".to_owned(), |old| old.to_string());
        notes.note(format_args!("{old} {} @{}", change.new, change.revision));
    });
    let _watching = watching.unwrap();
    store
        .text()
        .write("user", "statuses", json!({"ann": 1}))
        .unwrap();
    store
        .text()
        .write("user", "statuses", json!({"ann": 1}))
        .unwrap();
    put(&store, "bob", 2);
    log.heard([
        "ann: -",
        "- {} @0",
        "ann: - -> 1",
        r#"{} {"ann":1} @1"#,
        r#"{"ann":1} {"ann":1,"bob":2} @2"#,
    ]);
}

/// S6: keys that nobody declared, where the store allows them.
#[test]
fn run_time_keys_live_beside_the_fields() {
    let (store, log) = (app(), Log::default());
    let text = store.text();
    assert_eq!(text.read("custom", "size").unwrap(), json!(null));
    let notes = log.clone();
    let watching = text.watch("custom", "size", move |change| {
        notes.note(format_args!("{:?} {}", change.old, change.new));
    });
    let _watching = watching.unwrap();
    text.write("custom", "size", json!({"w": 1})).unwrap();
    text.write("custom", "other", json!(1)).unwrap();
    text.write("custom", "theme", json!("dark")).unwrap();
    text.write("custom", "size", json!({"w": 1})).unwrap();
    text.reset("custom", "size").unwrap();
    log.heard([
        "None null",
        r#"Some(Null) {"w":1}"#,
        r#"Some(Object {"w": Number(1)}) null"#,
    ]);
    let custom = store.snapshot(CUSTOM);
    assert_eq!((&*custom.theme, custom.keys.len()), ("dark", 1));
    store.reset(CUSTOM);
    assert_eq!(text.read("custom", "other").unwrap(), json!(null));
}

/// S6: the field that holds run-time keys is not a key itself.
#[test]
fn a_run_time_key_may_have_the_name_of_the_field_that_holds_it() {
    let store = app();
    store.text().write("custom", "keys", json!(3)).unwrap();
    assert_eq!(store.snapshot(CUSTOM).keys["keys"], json!(3));
}

/// What bad input gets: the message, and nothing was written.
#[track_caller]
fn refuses(access: impl Fn(&Store<crate::app::App>) -> Result<(), TextError>, message: &str) {
    let store = app();
    let error = access(&store).expect_err("it should be refused");
    assert_eq!(error.to_string(), message);
    assert_eq!(store.revision(), 0);
}

#[test]
fn s6_an_unknown_store_is_refused_by_every_verb() {
    let message = "there is no store `usr`; there are: user, diary, purse, till, custom";
    refuses(|store| store.text().read("usr", "nick").map(drop), message);
    refuses(|store| store.text().write("usr", "nick", json!(1)), message);
    refuses(|store| store.text().reset("usr", "nick"), message);
    refuses(
        |store| store.text().watch("usr", "nick", |_| {}).map(drop),
        message,
    );
}

#[test]
fn s6_an_unknown_field_is_refused_where_no_run_time_keys_are_allowed() {
    let message = "store `user` has no field `nik` and allows no run-time keys; \
                   its fields are: nick, online, volume, statuses, tags";
    refuses(|store| store.text().read("user", "nik").map(drop), message);
    refuses(
        |store| store.text().write("user", "nik", json!("x")),
        message,
    );
    refuses(|store| store.text().reset("user", "nik"), message);
    refuses(
        |store| store.text().watch("user", "nik", |_| {}).map(drop),
        message,
    );
}

#[test]
fn s6_a_value_of_the_wrong_type_is_refused_and_serde_says_why() {
    let wrong = |field: &'static str, value: serde_json::Value| {
        move |store: &Store<crate::app::App>| store.text().write("user", field, value.clone())
    };
    refuses(
        wrong("online", json!("yes")),
        "cannot write `user.online`: the value is not a `bool`",
    );
    let error = app()
        .text()
        .write("user", "statuses", json!({"ann": 300}))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot write `user.statuses`: the value is not a `")
    );
    let source = std::error::Error::source(&error).expect("what serde says");
    assert!(source.to_string().contains("300"), "{source}");
}

#[test]
fn s6_a_field_without_a_text_form_is_refused_by_name_and_type() {
    #[derive(Clone, Default, PartialEq)]
    struct Opaque;
    #[derive(Model)]
    struct Closed {
        inside: Opaque,
    }
    let store = Store::<Closed>::new();
    let error = store
        .text()
        .read("closed", "inside")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("field `closed.inside` has no text form: its type `"),
        "{error}"
    );
    assert!(
        error.ends_with("Opaque` does not implement Serialize and Deserialize"),
        "{error}"
    );
    store.update(CLOSED, |closed| closed.inside.set(Opaque));
}

#[test]
fn s6_a_value_that_json_cannot_spell_is_refused_by_name() {
    #[derive(Model)]
    struct Grid {
        cells: store::Map<(u8, u8), u8>,
    }
    let store = Store::<Grid>::new();
    assert_eq!(store.text().read("grid", "cells").unwrap(), json!({}));
    store.update(GRID, |grid| grid.cells.insert((1, 2), 3));
    let error = store.text().read("grid", "cells").unwrap_err();
    assert_eq!(error.to_string(), "cannot read `grid.cells` as JSON");
    assert!(
        std::error::Error::source(&error).is_some(),
        "with what serde says"
    );
    assert!(store.text().watch("grid", "cells", |_| {}).is_err());
}

/// S6, T3: a guard's reason is the source of the error.
#[test]
fn a_refused_write_by_text_says_why() {
    let store = app();
    let _guard = store.guard(PURSE, |_| Err("closed".into()));
    let error = store.text().write("purse", "coins", json!(1)).unwrap_err();
    assert_eq!(error.to_string(), "cannot write `purse.coins`");
    let refusal = std::error::Error::source(&error).expect("the guard");
    let reason = refusal.source().expect("its reason");
    assert_eq!(reason.to_string(), "closed");
}
