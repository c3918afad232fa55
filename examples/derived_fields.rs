//! Derived fields: what follows from other fields is never written, and never of another moment.

use std::sync::mpsc;

use store::{Change, Map, MapChange, Model, Store};

#[derive(Model)]
struct Inbox {
    unread: Map<&'static str, u32>,
    open: Option<&'static str>,
    /// Counted on: each commit costs what it changed, however long the list is.
    #[model(folded = add(unread))]
    total: u32,
    /// Computed whenever `total` or `open` differs.
    #[model(derived = title(total, open))]
    title: String,
}

fn add(last: u32, unread: Change<'_, Map<&'static str, u32>>) -> u32 {
    unread.changes().fold(last, |total, change| match change {
        MapChange::Inserted { value, .. } => total + value,
        MapChange::Updated { old, new, .. } => total + new - old,
        MapChange::Removed { old, .. } => total - old,
    })
}

fn title(total: &u32, open: &Option<&'static str>) -> String {
    format!("({total}) {}", open.unwrap_or("Inbox"))
}

fn main() {
    let store = Store::<Inbox>::new();
    let (told, heard) = mpsc::channel();
    let watch = Inbox::watch().title(move |title| told.send(title.value().clone()).unwrap());
    let _watching = store.watch(INBOX, watch);

    store.update(INBOX, |inbox| {
        inbox.unread.insert("alice", 3);
        inbox.unread.insert("bob", 1);
    });
    store.update(INBOX, |inbox| inbox.open.set(Some("alice")));
    // One more and one less: the total is the same, so nothing is told.
    store.update(INBOX, |inbox| {
        inbox.unread.insert("alice", 4);
        inbox.unread.remove("bob");
    });

    let titles: Vec<_> = heard.try_iter().collect();
    println!("{}", titles.join("\n"));
    assert_eq!(titles, ["(0) Inbox", "(4) Inbox", "(4) alice"]);
    assert_eq!(store.snapshot(INBOX).total, 4);
}
