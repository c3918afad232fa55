//! Row 6: a live view of a map of contacts, filtered, sorted and cut to what is on the screen, beside the write
//! alone and a computation from scratch.
//!
//! The second column is the same write with nobody watching: what a view costs is the difference.

use std::{cmp::Reverse, hint::black_box, ops::Range};

use store::{Map, Model, Store, Watcher};
use store_benches::{Subject, Table};

/// A contact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contact {
    online: bool,
    seen: u64,
}

/// The named store of this row.
#[derive(Model)]
pub struct Roster {
    /// Contacts by user.
    pub contacts: Map<u64, Contact>,
    /// What is looked for.
    pub least: u64,
    /// What is on the screen.
    #[model(default = 0..50)]
    pub visible: Range<usize>,
}

/// A contact that was seen at a time; the odd ones are online.
fn contact(user: u64, seen: u64) -> Contact {
    Contact {
        online: user % 2 == 1,
        seen,
    }
}

/// Spreads consecutive numbers over the users.
fn user(number: u64, users: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % users
}

#[derive(Clone, Copy)]
enum Write {
    /// A contact anywhere in the list moves to another place.
    Move,
    /// One that is on the screen changes places there.
    OnScreen,
    /// A contact comes; the one that came before goes.
    Come,
    /// The screen moves by one.
    Scroll,
    /// What is looked for changes, and with it one row in ten.
    Search,
}

fn write(store: &Store<Roster>, write: Write, users: u64, number: u64) {
    store.update(ROSTER, |roster| match write {
        Write::Move => {
            let user = user(number, users) | 1;
            roster
                .contacts
                .insert(user, contact(user, number.wrapping_mul(31) % users));
        }
        Write::OnScreen => {
            // Later than all others, and one of ten that are.
            let user = number % 10 * 2 + 1;
            roster
                .contacts
                .insert(user, contact(user, users + number % 100));
        }
        Write::Come => {
            let id = |number: u64| (users + user(number, users)) | 1;
            roster.contacts.remove(&id(number - 1));
            roster
                .contacts
                .insert(id(number), contact(1, number.wrapping_mul(31) % users));
        }
        Write::Scroll => {
            let start = (number % 1000) as usize;
            roster.visible.set(start..start + 50);
        }
        Write::Search => roster.least.set(number % 2 * (users / 10)),
    });
}

fn filled(users: u64) -> Store<Roster> {
    let store = Store::<Roster>::new();
    store.update(ROSTER, |roster| {
        let contacts = (0..users).map(|id| (id, contact(id, user(id, users))));
        roster.contacts.set(contacts.collect());
    });
    store
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

fn live(users: u64, of: Write) -> Subject<'static> {
    let store = filled(users);
    let watching = watched(&store);
    Box::new(move |number| {
        let _ = &watching;
        write(&store, of, users, number);
    })
}

fn alone(users: u64, of: Write) -> Subject<'static> {
    let store = filled(users);
    Box::new(move |number| write(&store, of, users, number))
}

fn from_scratch(users: u64, of: Write) -> Subject<'static> {
    let store = filled(users);
    Box::new(move |number| {
        write(&store, of, users, number);
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

fn main() {
    let mut table = Table::new(
        "A filtered, sorted view of a map, 50 rows on the screen",
        &["live view", "the write alone", "from scratch"],
    );
    for users in [1_000, 100_000] {
        for (label, of) in [
            ("a row moves", Write::Move),
            ("a row moves on the screen", Write::OnScreen),
            ("a row comes, another goes", Write::Come),
            ("the screen moves by one", Write::Scroll),
            ("a row in ten comes or goes by a search", Write::Search),
        ] {
            table.row(
                format!("{users} contacts, {label}"),
                1,
                vec![
                    Some(live(users, of)),
                    Some(alone(users, of)),
                    Some(from_scratch(users, of)),
                ],
            );
        }
    }
    table.print();
}
