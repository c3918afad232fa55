//! The watchers of everything on the screen, and what they were told.
//!
//! They are called on the thread of the screen, so what they keep is shared without locks.

use std::{
    cell::{Cell, RefCell},
    ops::Range,
    rc::Rc,
};

use store::{
    Change, Field, Inbox, Key, ListEdit, LocalWatcher, Store,
    chat::{CONVERSATION, Conversations, USER, User, UserStatus, online_status},
    view::{End, Reads, Row, View},
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
    /// A watcher of this name notes what it is told, in one line or more.
    fn by(&self, watcher: &str) -> impl Fn(Vec<String>) + use<> {
        let (log, differs) = (Rc::clone(&self.log), Rc::clone(&self.differs));
        let watcher = watcher.to_owned();
        move |what| {
            log.borrow_mut().told(&watcher, what);
            differs.set(true);
        }
    }
}

/// Watches everything on the screen.
pub(super) fn watch(store: &Store<App>, inbox: &Inbox, heard: &Heard) -> Vec<LocalWatcher> {
    let all = Watch {
        store,
        inbox,
        heard,
    };
    let contacts = all.list(
        "contacts",
        &heard.contacts,
        Screen::CONTACT_ROWS,
        rows::contacts_found(),
        rows::contacts(),
    );
    let talks = all.list(
        "conversations",
        &heard.talks,
        Screen::CONVERSATION_ROWS,
        rows::talks_found(),
        rows::talks(),
    );
    let around = [all.user(), all.screen(), all.unread(), all.followed()];
    around.into_iter().chain(contacts).chain(talks).collect()
}

/// What is needed to watch.
struct Watch<'a> {
    store: &'a Store<App>,
    inbox: &'a Inbox,
    heard: &'a Heard,
}

impl Watch<'_> {
    /// Watches a list: its window, how many rows there are, and those in the window.
    ///
    /// In this order, so that it is known which rows are told.
    fn list<K: Key, V: Entry>(
        &self,
        name: &str,
        list: &Rc<RefCell<List<K, V>>>,
        window: Field<Screen, Range<usize>>,
        found: View<impl End<Value = usize> + Reads<App> + 'static>,
        rows: View<impl End<Value = Rows<K, V>> + Reads<App> + 'static>,
    ) -> [LocalWatcher; 3] {
        let on = || self.store.on(self.inbox);
        let [of_window, of_found, of_rows] = std::array::from_fn(|_| Rc::clone(list));
        let note_found = self.heard.by(&format!("{name} found"));
        let note_rows = self.heard.by(name);
        [
            on().watch(
                SCREEN,
                window.watch(move |window| of_window.borrow_mut().told_window(&window)),
            ),
            on().watch_across(found.watch(move |count| {
                of_found.borrow_mut().scroll.set_total(*count);
                note_found(vec![count.to_string()]);
            })),
            on().watch_across(rows.watch(move |change| {
                of_rows.borrow_mut().told_rows(&change);
                note_rows(edits(change));
            })),
        ]
    }

    fn user(&self) -> LocalWatcher {
        let tell = |watcher| {
            let note = self.heard.by(watcher);
            move |what| note(vec![what])
        };
        let (profile, switch, own) = (tell("profile"), tell("switch"), tell("own status"));
        let (error, session, link) = (tell("error"), tell("session"), tell("link"));
        let user = User::watch()
            .user_profile(move |user| profile(user.user_id.to_string()))
            .display_online_status(move |on| switch(if *on { "on" } else { "off" }.to_owned()))
            .own_status(move |status| own(describe(&status)))
            .online_status_error(move |refusal| {
                error(refusal.as_ref().map_or("none".to_owned(), show::error));
            })
            .kicked_out(move |reason| {
                session(reason.map_or("open".to_owned(), |reason| format!("{reason:?}")));
            })
            .net_state(move |state| link(show::link(*state).to_owned()));
        self.store.on(self.inbox).watch(USER, user)
    }

    fn screen(&self) -> LocalWatcher {
        let differs = Rc::clone(&self.heard.differs);
        let screen = SCREEN.any().watch(move |_| differs.set(true));
        self.store.on(self.inbox).watch(SCREEN, screen)
    }

    fn unread(&self) -> LocalWatcher {
        let note = self.heard.by("unread");
        let unread = Conversations::TOTAL_UNREAD_COUNT;
        let unread = unread.watch(move |count| note(vec![count.to_string()]));
        self.store.on(self.inbox).watch(CONVERSATION, unread)
    }

    fn followed(&self) -> LocalWatcher {
        let note = self.heard.by("followed");
        let followed = USER.project(show::followed).watch(move |count| {
            let (users, given_up) = *count;
            note(vec![format!("{users}, {given_up} beyond the limit")]);
        });
        self.store.on(self.inbox).watch(USER, followed)
    }
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
