//! A live view of a map of contacts, filtered, sorted and cut to what is on the screen.

use std::{cmp::Reverse, hint::black_box, ops::Range};

use store::{Map, Model, Store, Watcher};

use crate::work::{Contact, ListWrite, SCREEN, Subject, user};

/// The named store of the list.
#[derive(Model)]
pub struct Roster {
    /// Contacts by id.
    pub contacts: Map<u64, Contact>,
    /// What is looked for.
    pub least: u64,
    /// What is on the screen.
    #[model(default = 0..SCREEN)]
    pub visible: Range<usize>,
}

fn filled(contacts: u64) -> Store<Roster> {
    let store = Store::<Roster>::new();
    store.update(ROSTER, |roster| {
        let contacts = (0..contacts).map(|id| (id, Contact::new(id, user(id, contacts))));
        roster.contacts.set(contacts.collect());
    });
    store
}

fn write(store: &Store<Roster>, write: ListWrite, contacts: u64, number: u64) {
    store.update(ROSTER, |roster| match write {
        ListWrite::Move | ListWrite::OnScreen => {
            let contact = write.contact(number, contacts);
            roster.contacts.insert(contact.id, contact);
        }
        ListWrite::Come => {
            let id = |number: u64| (contacts + user(number, contacts)) | 1;
            let contact = write.contact(number, contacts);
            roster.contacts.remove(&id(number - 1));
            roster.contacts.insert(id(number), contact);
        }
        ListWrite::Scroll => {
            let start = (number % 1000) as usize;
            roster.visible.set(start..start + SCREEN);
        }
        ListWrite::Search => roster.least.set(number % 2 * (contacts / 10)),
    });
}

fn watched(store: &Store<Roster>) -> Watcher {
    let view = Roster::CONTACTS
        .view()
        .filter(|_, contact| contact.online)
        .filter_by(Roster::LEAST, |least, _, contact| contact.seen >= *least)
        .sort_by(|_, contact| Reverse(contact.seen))
        .window(Roster::VISIBLE);
    store.watch_across(view.watch(|rows| {
        rows.changes().for_each(|edit| {
            black_box(edit);
        });
    }))
}

pub fn live(contacts: u64, of: ListWrite) -> Subject<'static> {
    let store = filled(contacts);
    let watching = watched(&store);
    Box::new(move |number| {
        let _ = &watching;
        write(&store, of, contacts, number);
    })
}

/// The same write with nobody watching.
pub fn write_alone(contacts: u64, of: ListWrite) -> Subject<'static> {
    let store = filled(contacts);
    Box::new(move |number| write(&store, of, contacts, number))
}

/// The same write, and the list computed from all contacts.
pub fn from_scratch(contacts: u64, of: ListWrite) -> Subject<'static> {
    let store = filled(contacts);
    Box::new(move |number| {
        write(&store, of, contacts, number);
        let roster = store.snapshot(ROSTER);
        let rows = roster.contacts.iter();
        let mut rows: Vec<_> = rows
            .filter(|(_, contact)| contact.online && contact.seen >= roster.least)
            .collect();
        rows.sort_by_key(|(id, contact)| (Reverse(contact.seen), **id));
        let end = roster.visible.end.min(rows.len());
        black_box(&rows[roster.visible.start.min(end)..end]);
    })
}
