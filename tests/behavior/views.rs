//! D2: live views, from the outside. The law with random views is in `tests/views`.

use std::{cell::Cell, rc::Rc};

use store::{
    Change, Inbox, List, ListEdit, OrdMap, Store, Watch,
    view::{End, Reads, Row, View},
};

use crate::{
    app::{App, DIARY, Diary, USER, User, app, put, rename},
    support::{Log, entries},
};

/// Statuses, sorted by themselves.
type Statuses = List<Row<String, u8, u8>>;

/// Notes the edits of a list, each row by its key: `+0:ann -1:bob ~2:cid`.
fn edits(log: &Log) -> impl FnMut(Change<'_, Statuses>) + Send + 'static {
    let log = log.clone();
    let keys = |rows: &[&Row<String, u8, u8>]| {
        let keys: Vec<_> = rows.iter().map(|row| row.key().as_str()).collect();
        keys.join(",")
    };
    move |list| {
        let words = list.changes().map(|edit| match edit {
            ListEdit::Insert { index, value } => format!("+{index}:{}", value.key()),
            ListEdit::Remove { index, old } => format!("-{index}:{}", old.key()),
            ListEdit::Set { index, new, .. } => format!("~{index}:{}", new.key()),
            ListEdit::Append { len, values } => format!("+{len}..:{}", keys(&values)),
            ListEdit::Truncate { len, removed } => format!("-{len}..:{}", keys(&removed)),
            ListEdit::Move { from, to } => format!("{from}>{to}"),
        });
        log.note(words.collect::<Vec<_>>().join(" "));
    }
}

/// D2: all at once, then one call per commit with what is to be edited, ties in the order of the keys.
#[test]
fn a_sorted_view_tells_list_edits() {
    let (store, log) = (app(), Log::default());
    put(&store, "cid", 1);
    put(&store, "ann", 2);
    let sorted = User::STATUSES.view().sort_by(|_, status| *status);
    let watching = store.watch_across(sorted.watch(edits(&log)));
    log.heard(["+0..:cid,ann"]);
    put(&store, "bob", 2);
    put(&store, "abe", 2);
    log.heard(["+2..:bob", "+1:abe"]);
    put(&store, "cid", 3);
    store.update(USER, |user| user.statuses.remove("bob"));
    log.heard(["-0:cid +3..:cid", "-2:bob"]);
    rename(&store, "nobody sorts by this");
    log.heard([]);
    drop(watching);
    put(&store, "ann", 9);
    log.heard([]);
}

/// D2: a window shows what is on the screen, and hears nothing of what is off it.
#[test]
fn a_window_tells_what_comes_on_the_screen_and_goes() {
    let (store, log) = (app(), Log::default());
    let names = ["ann", "bob", "cid", "dan", "eve"];
    store.update(USER, |user| {
        user.statuses.extend(names.map(|name| (name.to_owned(), 5)));
    });
    let first = User::STATUSES
        .view()
        .sort_by(|_, status| *status)
        .window(0..2);
    let _watching = store.watch_across(first.watch(edits(&log)));
    log.heard(["+0..:ann,bob"]);
    put(&store, "eve", 6);
    log.heard([]);
    put(&store, "dan", 4);
    log.heard(["+0:dan -2..:bob"]);
    store.update(USER, |user| user.statuses.remove("ann"));
    log.heard(["~1:bob"]);
}

/// The names of a diary that have a status, those that the user's nick begins.
fn known() -> View<impl End<Value = OrdMap<String, (u32, u8)>> + Reads<App> + Send> {
    Diary::NAMES
        .view()
        .join(User::STATUSES)
        .filter_by(User::NICK, |nick, name, _| name.starts_with(nick.as_str()))
        .collect()
}

/// D2, W3: fields of two named stores, written in one commit, are one call.
#[test]
fn a_view_of_several_named_stores_sees_them_at_one_moment() {
    let (store, log) = (app(), Log::default());
    let notes = log.clone();
    let _watching =
        store.watch_across(known().watch(move |names| notes.note(entries(names.changes()))));
    log.heard([""]);
    let name = |store: &Store<App>, name: &str, number| {
        store.update(DIARY, |diary| diary.names.insert(name.to_owned(), number));
    };
    name(&store, "ann", 1);
    name(&store, "bob", 2);
    put(&store, "ann", 7);
    put(&store, "bob", 8);
    log.heard([]);
    rename(&store, "b");
    log.heard([r#"+"bob"=(2, 8)"#]);
    let written = store.transaction(|transaction| {
        transaction.on(USER).nick.set("a".to_owned());
        transaction.on(USER).statuses.insert("ann".to_owned(), 9);
        transaction.on(DIARY).names.insert("abe".to_owned(), 3);
        transaction.on(DIARY).names.remove("bob");
        Ok::<_, ()>(())
    });
    assert!(written.is_ok());
    log.heard([r#"+"ann"=(1, 9) -"bob"=(2, 8)"#]);
    assert_eq!(known().at(&store.snapshot_all()).len(), 1);
}

/// D2: groups and counts are rows too, and go when they are empty.
#[test]
fn groups_and_counts_come_and_go() {
    let (store, log) = (app(), Log::default());
    let counts = User::STATUSES
        .view()
        .count_by(|_, status| *status)
        .collect();
    let groups = User::STATUSES
        .view()
        .group_by(|_, status| *status)
        .map(|_, rows| rows.len());
    let notes = log.clone();
    let _counting =
        store.watch_across(counts.watch(move |counts| notes.note(entries(counts.changes()))));
    let _number = store.watch_across(groups.count().watch(log.of("groups")));
    log.heard(["", "groups: 0"]);
    put(&store, "ann", 1);
    put(&store, "bob", 1);
    log.heard(["+1=1", "groups: 0 -> 1", "~1=1>2"]);
    put(&store, "ann", 2);
    log.heard(["~1=2>1 +2=1", "groups: 1 -> 2"]);
    store.reset(USER);
    log.heard(["-1=1 -2=1", "groups: 2 -> 0"]);
}

/// D2: a row is found by the key that another one names.
#[test]
fn rows_are_joined_by_the_key_they_name() {
    let (store, log) = (app(), Log::default());
    store.update(DIARY, |diary| {
        diary.days.extend([
            (1, "ann".to_owned()),
            (2, "bob".to_owned()),
            (3, "ann".to_owned()),
        ]);
    });
    let days = Diary::DAYS
        .view()
        .join_on(User::STATUSES, |_, who| Some(who.clone()));
    let statuses = days.map(|_, (_, status)| *status).collect();
    let notes = log.clone();
    let _watching =
        store.watch_across(statuses.watch(move |days| notes.note(entries(days.changes()))));
    log.heard(["+1=None +2=None +3=None"]);
    put(&store, "ann", 5);
    log.heard(["~1=None>Some(5) ~3=None>Some(5)"]);
    store.update(DIARY, |diary| diary.days.insert(3, "bob".to_owned()));
    put(&store, "ann", 6);
    log.heard(["~3=Some(5)>None", "~1=Some(5)>Some(6)"]);
}

/// D2, W4: a callback of a view may write what the view reads.
#[test]
fn a_callback_of_a_view_may_write() {
    let (store, log) = (app(), Log::default());
    let (weak, notes) = (store.downgrade(), log.clone());
    let high = User::STATUSES
        .view()
        .filter(|_, status| *status > 5)
        .collect();
    let _watching = store.watch_across(high.watch(move |high| {
        notes.note(entries(high.changes()));
        let store = weak.upgrade().expect("the test holds the store");
        if let Some((name, status)) = high.value().first() {
            put(&store, name, status - 1);
        }
    }));
    put(&store, "ann", 7);
    log.heard(["", r#"+"ann"=7"#, r#"~"ann"=7>6"#, r#"-"ann"=6"#]);
}

/// D2, W10: a view is read as a stream, with one difference for however much was missed.
#[test]
fn a_view_is_read_as_a_stream() {
    let store = app();
    let mut rows = store.stream_across(User::STATUSES.view().sort_by(|_, status| *status));
    assert_eq!(rows.try_next().map(|rows| rows.len()), Some(0));
    for status in 1..100 {
        put(&store, "ann", status);
        put(&store, "bob", status + 1);
    }
    let late = rows.try_next().expect("something has changed");
    let keys: Vec<_> = late.iter().map(|row| row.key().as_str()).collect();
    assert_eq!(
        (keys, late.change().changes().count()),
        (vec!["ann", "bob"], 1)
    );
    put(&store, "ann", 1);
    put(&store, "ann", 99);
    assert!(rows.try_next().is_none(), "it came back to what it was");
}

/// D2, T4: what is not heard counts as seen.
#[test]
fn a_view_steps_over_what_it_does_not_hear() {
    let (store, log) = (app(), Log::default());
    let count = User::STATUSES.view().count().watch(log.of("count"));
    let _watching = store.watch_across(count.changes_only().ignoring("me"));
    put(&store, "ann", 1);
    store
        .by("me")
        .update(USER, |user| user.statuses.insert("bob".to_owned(), 1));
    put(&store, "cid", 1);
    log.heard(["count: 0 -> 1", "count: 2 -> 3"]);
}

/// D2: functions that cannot leave their thread are for an inbox.
#[test]
fn a_view_of_one_thread_is_told_there() {
    let store = app();
    let (least, heard) = (Rc::new(1), Rc::new(Cell::new(0)));
    let notes = Rc::clone(&heard);
    let count = User::STATUSES
        .view()
        .filter(move |_, status| *status >= *least)
        .count();
    let inbox = Inbox::new(|| {});
    let _watching = store
        .on(&inbox)
        .watch_across(count.watch(move |count| notes.set(*count)));
    put(&store, "ann", 1);
    assert_eq!(heard.get(), 0);
    inbox.drain();
    assert_eq!(heard.get(), 1);
}
