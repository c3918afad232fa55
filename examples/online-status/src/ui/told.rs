//! The watchers of everything on the screen, and what they were told.
//!
//! They are called on the thread of the screen, so what they keep is shared without locks.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use store::{
    Change, Inbox, Key, ListEdit, LocalWatcher, Store,
    chat::{CONVERSATION, USER, User, UserStatus, online_status},
    view::Row,
};

use super::{
    list::List,
    log::Log,
    roster::{Contacts, Talks},
    rows::{self, Entry, Order, Rows},
};
use crate::{
    app::{App, SCREEN, Screen},
    show,
};

/// How many edits of one change are written out.
const WRITTEN_OUT: usize = 3;

/// What has been told. Clones are the same.
#[derive(Clone)]
pub(super) struct Heard {
    pub(super) contacts: Rc<RefCell<Contacts>>,
    pub(super) talks: Rc<RefCell<Talks>>,
    pub(super) log: Rc<RefCell<Log>>,
    /// Whether the screen is another one since it was painted.
    pub(super) differs: Rc<Cell<bool>>,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            contacts: Rc::new(RefCell::new(List::new())),
            talks: Rc::new(RefCell::new(List::new())),
            log: Rc::new(RefCell::new(Log::new())),
            differs: Rc::default(),
        }
    }
}

impl Heard {
    /// A watcher of this name notes what it is told.
    fn by(&self, watcher: &'static str) -> impl Fn(String) + use<> {
        let note = self.lines_by(watcher);
        move |what| note(vec![what])
    }

    fn lines_by(&self, watcher: &'static str) -> impl Fn(Vec<String>) + use<> {
        let (log, differs) = (Rc::clone(&self.log), Rc::clone(&self.differs));
        move |what| {
            log.borrow_mut().told(watcher, what);
            differs.set(true);
        }
    }
}

/// Watches everything on the screen.
pub(super) fn watch(store: &Store<App>, inbox: &Inbox, heard: &Heard) -> Vec<LocalWatcher> {
    let differs = Rc::clone(&heard.differs);
    let mut watching = vec![
        watch_user(store, inbox, heard),
        store
            .on(inbox)
            .watch(SCREEN, SCREEN.any().watch(move |_| differs.set(true))),
    ];
    watching.extend(watch_contacts(store, inbox, heard));
    watching.extend(watch_talks(store, inbox, heard));
    watching.extend(watch_counts(store, inbox, heard));
    watching
}

fn watch_user(store: &Store<App>, inbox: &Inbox, heard: &Heard) -> LocalWatcher {
    let (profile, switch, own) = (
        heard.by("profile"),
        heard.by("switch"),
        heard.by("own status"),
    );
    let (error, session, link) = (heard.by("error"), heard.by("session"), heard.by("link"));
    let user = User::watch()
        .user_profile(move |user| profile(user.user_id.to_string()))
        .display_online_status(move |on| switch(if *on { "on" } else { "off" }.to_owned()))
        .own_status(move |status| own(describe(&status)))
        .online_status_error(move |refusal| {
            error(refusal.as_ref().map_or("none".to_owned(), show::error));
        })
        .kicked_out(move |reason| session(reason.map_or("open".to_owned(), |r| format!("{r:?}"))))
        .net_state(move |state| link(show::link(*state).to_owned()));
    store.on(inbox).watch(USER, user)
}

/// The window is watched before the rows, so that it is known whose they are.
fn watch_contacts(store: &Store<App>, inbox: &Inbox, heard: &Heard) -> [LocalWatcher; 3] {
    let list = || Rc::clone(&heard.contacts);
    let (window, found, rows) = (list(), list(), list());
    let (note_found, note_rows) = (heard.by("contacts found"), heard.lines_by("contact list"));
    [
        store.on(inbox).watch(
            SCREEN,
            Screen::CONTACT_ROWS.watch(move |range| window.borrow_mut().told_window(&range)),
        ),
        store
            .on(inbox)
            .watch_across(rows::contacts_found().watch(move |count| {
                found.borrow_mut().scroll.set_total(*count);
                note_found(count.to_string());
            })),
        store
            .on(inbox)
            .watch_across(rows::contacts().watch(move |change| {
                rows.borrow_mut().told_rows(&change);
                note_rows(edits(change));
            })),
    ]
}

/// As [`watch_contacts`].
fn watch_talks(store: &Store<App>, inbox: &Inbox, heard: &Heard) -> [LocalWatcher; 3] {
    let list = || Rc::clone(&heard.talks);
    let (window, found, rows) = (list(), list(), list());
    let note_found = heard.by("conversations found");
    let note_rows = heard.lines_by("conversation list");
    [
        store.on(inbox).watch(
            SCREEN,
            Screen::CONVERSATION_ROWS.watch(move |range| window.borrow_mut().told_window(&range)),
        ),
        store
            .on(inbox)
            .watch_across(rows::talks_found().watch(move |count| {
                found.borrow_mut().scroll.set_total(*count);
                note_found(count.to_string());
            })),
        store
            .on(inbox)
            .watch_across(rows::talks().watch(move |change| {
                rows.borrow_mut().told_rows(&change);
                note_rows(edits(change));
            })),
    ]
}

fn watch_counts(store: &Store<App>, inbox: &Inbox, heard: &Heard) -> [LocalWatcher; 2] {
    let (unread, followed) = (heard.by("unread"), heard.by("followed"));
    let total_unread = CONVERSATION.project(|it| it.total_unread_count());
    let total_followed = USER.project(show::followed);
    [
        store.on(inbox).watch(
            CONVERSATION,
            total_unread.watch(move |count| unread(count.to_string())),
        ),
        store.on(inbox).watch(
            USER,
            total_followed.watch(move |count| {
                let (users, given_up) = *count;
                followed(format!("{users}, {given_up} beyond the limit"));
            }),
        ),
    ]
}

fn describe(status: &UserStatus) -> String {
    show::status(online_status(true, Some(status)), Some(status), show::now())
}

/// The edits of a list in words, as many as anybody reads.
fn edits<K: Key, V: Entry>(change: Change<'_, Rows<K, V>>) -> Vec<String> {
    let mut edits = change.changes();
    let mut lines: Vec<_> = edits.by_ref().take(WRITTEN_OUT).map(edit).collect();
    match edits.count() {
        0 => {}
        more => lines.push(format!("and {more} edits more")),
    }
    lines
}

fn edit<K, V: Entry>(edit: ListEdit<&Row<K, V, Order>>) -> String {
    match edit {
        ListEdit::Insert { index, value } => format!("insert {index}: {}", words(value)),
        ListEdit::Remove { index, old } => format!("remove {index}: {}", words(old)),
        ListEdit::Set { index, new, .. } => format!("set {index}: {}", words(new)),
        ListEdit::Append { values, .. } => match values.as_slice() {
            [value] => format!("append: {}", words(value)),
            values => format!("append {} rows", values.len()),
        },
        ListEdit::Truncate { len, .. } => format!("truncate to {len} rows"),
        ListEdit::Move { from, to } => format!("move {from} to {to}"),
    }
}

fn words<K, V: Entry>(row: &Row<K, V, Order>) -> String {
    let row = row.value();
    let name = row.name();
    match row.about(show::now()).as_str() {
        "" => name.to_owned(),
        about => format!("{name}: {about}"),
    }
}
