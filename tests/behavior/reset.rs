//! T7: reset.

use store::Model;

use crate::{
    app::{Custom, USER, User, app, put},
    support::{Log, entries},
};

/// T7
#[test]
fn reset_puts_every_field_back_to_its_default() {
    let store = app();
    store.update(USER, |user| {
        user.nick.set("ann".to_owned());
        user.online.set(true);
        user.tags.insert("new".to_owned());
    });
    put(&store, "bob", 1);
    store.reset(USER);
    let user = store.snapshot(USER);
    assert_eq!((&*user.nick, user.online), ("nobody", false));
    assert!(user.tags.is_empty() && user.statuses.is_empty());
}

/// T7: the same rule as for any write: only what differs, and removals are removals.
#[test]
fn reset_tells_what_it_removed_and_nothing_else() {
    let (store, log) = (app(), Log::default());
    put(&store, "bob", 1);
    let notes = log.clone();
    let _watching = store.watch(
        USER,
        User::watch()
            .nick(log.of("nick"))
            .statuses(move |statuses| notes.note(entries(statuses.changes()))),
    );
    let _bob = store.watch(USER, User::STATUSES.key("bob".to_owned()).watch(log.key()));
    log.take();
    store.reset(USER);
    log.heard([r#"-"bob"=1"#, "bob: 1 -> -"]);
    store.reset(USER);
    log.heard([]);
}

/// T7, against a bug of TUIStore: the second session's statuses do not survive the second reset.
#[test]
fn nothing_of_a_former_session_survives_a_reset() {
    let store = app();
    for session in 1..=3 {
        put(&store, "bob", session);
        store.reset(USER);
        assert!(
            store.snapshot(USER).statuses.is_empty(),
            "after session {session}"
        );
    }
}

/// T7: a reset goes to the defaults, not to what the store was started with.
#[test]
fn reset_goes_back_to_the_defaults_not_to_the_initial_values() {
    let purse = crate::app::Purse { coins: 7 };
    let store = store::Store::builder().initial(purse).build();
    store.reset(crate::app::PURSE);
    assert_eq!(store.snapshot(crate::app::PURSE).coins, 0);
}

/// T7: several stores and single fields in one commit; an error takes all of it back.
#[test]
fn resets_are_part_of_a_transaction() {
    let (store, log) = (app(), Log::default());
    store.update(USER, |user| user.nick.set("ann".to_owned()));
    store
        .text()
        .write("custom", "theme", "dark".into())
        .unwrap();
    store.text().write("custom", "size", 3.into()).unwrap();
    let _watching = store.watch_commits({
        let log = log.clone();
        move |commit| log.note(format_args!("{:?}", commit.changed_fields().len()))
    });
    let failed = store.transaction(|tx| {
        tx.reset(USER);
        tx.reset(crate::app::CUSTOM);
        Err::<(), _>(())
    });
    failed.unwrap_err();
    assert_eq!(store.snapshot(USER).nick, "ann");
    let done = store.transaction(|tx| {
        tx.reset(USER);
        tx.reset_field(crate::app::CUSTOM, Custom::KEYS);
        Ok::<_, ()>(())
    });
    done.unwrap();
    log.heard(["2"]);
    let custom = store.snapshot(crate::app::CUSTOM);
    assert_eq!((&*custom.theme, custom.keys.len()), ("dark", 0));
    assert_eq!(Custom::fields().len(), 2);
}

/// T7: a reset and writes before and after it, in one transaction.
#[test]
fn a_reset_takes_its_turn_among_the_writes_of_a_transaction() {
    let (store, log) = (app(), Log::default());
    put(&store, "ann", 1);
    let notes = log.clone();
    let _watching = store.watch(
        USER,
        User::watch().statuses(move |statuses| notes.note(entries(statuses.changes()))),
    );
    log.take();
    let done = store.transaction(|tx| {
        tx.on(USER).statuses.insert("bob".to_owned(), 2);
        tx.on(USER).nick.set("bob".to_owned());
        tx.reset(USER);
        tx.on(USER).statuses.insert("cid".to_owned(), 3);
        Ok::<_, ()>(())
    });
    done.unwrap();
    log.heard([r#"-"ann"=1 +"cid"=3"#]);
    assert_eq!(store.snapshot(USER).nick, "nobody");
}
