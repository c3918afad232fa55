//! Watching fields: one callback for each, with the new value, the old one, and what differs.

use std::sync::mpsc;

use store::{Map, MapChange, Model, Store};

#[derive(Model)]
struct User {
    display_online_status: bool,
    statuses: Map<&'static str, &'static str>,
}

fn main() {
    let store = Store::<User>::new();
    let (told, heard) = mpsc::channel();
    let tell = told.clone();

    let watch = User::watch()
        .display_online_status(move |shown| {
            // There is no old value in the first call, which tells the current one.
            let line = format!("dots {:?} to {}", shown.old(), *shown);
            tell.send(line).unwrap();
        })
        .statuses(move |statuses| {
            for change in statuses.changes() {
                told.send(describe(change)).unwrap();
            }
        });
    let _watching = store.watch(USER, watch);

    store.update(USER, |user| {
        user.display_online_status.set(true);
        user.statuses.insert("alice", "online");
    });
    store.update(USER, |user| user.statuses.insert("alice", "busy"));
    store.update(USER, |user| user.statuses.remove("alice"));

    let lines: Vec<_> = heard.try_iter().collect();
    println!("{}", lines.join("\n"));
    let dots = ["dots None to false", "dots Some(false) to true"];
    let statuses = ["alice came: online", "alice: online to busy", "alice left"];
    assert_eq!(lines, [&dots[..], &statuses].concat());
}

fn describe(change: MapChange<&&str, &&str>) -> String {
    match change {
        MapChange::Inserted { key, value } => format!("{key} came: {value}"),
        MapChange::Updated { key, old, new } => format!("{key}: {old} to {new}"),
        MapChange::Removed { key, .. } => format!("{key} left"),
    }
}
