//! A live view: contacts with their statuses, searched, sorted and cut to what is on the screen, told as list edits.

use std::{ops::Range, sync::mpsc};

use store::{ListEdit, Map, Model, Store, Stores, view::Row};

#[derive(Model)]
struct User {
    statuses: Map<u32, &'static str>,
}

#[derive(Model)]
struct Contact {
    friends: Map<u32, &'static str>,
}

#[derive(Model)]
struct Ui {
    search: String,
    #[model(default = 0..3)]
    visible: Range<usize>,
}

#[derive(Stores)]
struct App {
    user: User,
    contact: Contact,
    ui: Ui,
}

/// A row of the view: id, name and status, by what is known of the status and by name.
type Friend = Row<u32, (&'static str, Option<&'static str>), (bool, &'static str)>;

/// Makes an edit, as a list widget would.
fn make(screen: &mut Vec<Friend>, edit: ListEdit<Friend>) {
    match edit {
        ListEdit::Insert { index, value } => screen.insert(index, value),
        ListEdit::Remove { index, .. } => drop(screen.remove(index)),
        ListEdit::Set { index, new, .. } => screen[index] = new,
        ListEdit::Append { values, .. } => screen.extend(values),
        ListEdit::Truncate { len, .. } => screen.truncate(len),
        ListEdit::Move { from, to } => {
            let row = screen.remove(from);
            screen.insert(to, row);
        }
    }
}

fn main() {
    let store = Store::<App>::new();
    let friends = ["Ann", "Bob", "Cy", "Dan", "Eve", "Abe"];
    store.update(CONTACT, |contact| {
        contact.friends.extend((0..).zip(friends));
    });

    // Who is online comes first; the search text and the visible rows are fields that anybody may write.
    let roster = Contact::FRIENDS
        .view()
        .left_join(User::STATUSES)
        .filter_by(Ui::SEARCH, |search, _, (name, _)| {
            name.to_lowercase().contains(search.as_str())
        })
        .sort_by(|_, (name, status)| (status.is_none(), *name))
        .window(Ui::VISIBLE);

    // The screen is a plain vector, kept by nothing but the edits that are told.
    let (told, heard) = mpsc::channel();
    let _watching = store.watch_across(roster.watch(move |rows| {
        for edit in rows.changes() {
            told.send(edit.cloned()).unwrap();
        }
    }));
    let mut screen = Vec::new();
    let mut shown = || {
        for edit in heard.try_iter() {
            println!("{edit:?}");
            make(&mut screen, edit);
        }
        screen.iter().map(|row| row.value().0).collect::<Vec<_>>()
    };
    assert_eq!(shown(), ["Abe", "Ann", "Bob"]);

    // Eve comes online: she goes to the top, and Bob off the screen.
    store.update(USER, |user| user.statuses.insert(4, "online"));
    assert_eq!(shown(), ["Eve", "Abe", "Ann"]);

    // The list is scrolled, and searched.
    store.update(UI, |ui| ui.visible.set(1..4));
    assert_eq!(shown(), ["Abe", "Ann", "Bob"]);
    store.update(UI, |ui| {
        ui.search.set("b".to_owned());
        ui.visible.set(0..3);
    });
    assert_eq!(shown(), ["Abe", "Bob"]);
}
