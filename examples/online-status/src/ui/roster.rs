//! What is on the screen: two lists, what stands around them, and what the keys do.
//!
//! Knows the store, but no terminal, no server and no clock. Everything is told through an inbox, when the owner of the
//! screen takes it in.

use std::{
    cell::{Ref, RefMut},
    ops::Range,
};

use store::{
    Inbox, LocalWatcher, Store,
    chat::{ConversationId, UserId},
};

use super::{
    list::List,
    log::Log,
    pace::Meter,
    rows::{ContactRow, TalkRow},
    scroll::Scroll,
    told::{self, Heard},
};
use crate::app::{App, SCREEN};

/// One of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Pane {
    /// The contact list.
    #[default]
    Contacts,
    /// The conversation list.
    Conversations,
}

/// What the keys do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// Move and command.
    #[default]
    Browse,
    /// Write what is searched for.
    Search,
    /// Write what stands beside the own name.
    Write(String),
    /// Read what the keys do.
    Help,
}

/// The contact list.
pub(super) type Contacts = List<UserId, ContactRow>;
/// The conversation list.
pub(super) type Talks = List<ConversationId, TalkRow>;

/// Everything on the screen.
pub(super) struct Roster {
    pub(super) store: Store<App>,
    pub(super) focus: Pane,
    pub(super) mode: Mode,
    pub(super) meter: Meter,
    heard: Heard,
    inbox: Inbox,
    _watching: Vec<LocalWatcher>,
}

impl Roster {
    /// Begins to watch. `ready` is called, on any thread, when there is something to take in.
    pub(super) fn new(store: &Store<App>, ready: impl Fn() + Send + Sync + 'static) -> Self {
        let inbox = Inbox::new(ready);
        let heard = Heard::default();
        Self {
            focus: Pane::default(),
            mode: Mode::default(),
            meter: Meter::new(store.revision()),
            _watching: told::watch(store, &inbox, &heard),
            store: store.clone(),
            heard,
            inbox,
        }
    }

    /// Takes in what has been told, with room for so many rows; says whether the screen differs since the last time.
    pub(super) fn take_in(&mut self, contact_rows: usize, conversation_rows: usize) -> bool {
        self.contacts_mut().scroll.resize(contact_rows);
        self.talks_mut().scroll.resize(conversation_rows);
        self.drain();
        self.heard.differs.take()
    }

    /// Takes in what has been told. Fewer rows may move a window, which is told at once.
    fn drain(&self) {
        self.inbox.drain();
        if self.move_windows() {
            self.inbox.drain();
        }
    }

    /// Has the store know which rows are to be in sight; says whether they are others.
    fn move_windows(&self) -> bool {
        let screen = self.store.snapshot(SCREEN);
        let (contacts, talks) = self.windows();
        let differ = contacts != screen.contact_rows || talks != screen.conversation_rows;
        if differ {
            self.store.update(SCREEN, |screen| {
                screen.contact_rows.set(contacts);
                screen.conversation_rows.set(talks);
            });
        }
        differ
    }

    /// Searches for another text, from the first row on.
    pub(super) fn search(&self, edit: impl FnOnce(&mut String)) {
        self.contacts_mut().scroll.first();
        self.talks_mut().scroll.first();
        let (contacts, talks) = self.windows();
        self.store.update(SCREEN, |screen| {
            edit(&mut screen.search);
            screen.contact_rows.set(contacts);
            screen.conversation_rows.set(talks);
        });
        self.drain();
    }

    /// Moves the cursor of the list in focus.
    pub(super) fn scroll(&self, act: impl FnOnce(&mut Scroll)) {
        match self.focus {
            Pane::Contacts => act(&mut self.contacts_mut().scroll),
            Pane::Conversations => act(&mut self.talks_mut().scroll),
        }
        self.drain();
    }

    /// A second has passed: counts its commits, and says whether that is another number than before.
    pub(super) fn count_commits(&mut self) -> bool {
        let differs = self.meter.tick(self.store.revision());
        if differs {
            self.touch();
        }
        differs
    }

    /// Says that something on the screen differs that is not in the store.
    pub(super) fn touch(&self) {
        self.heard.differs.set(true);
    }

    /// The users on the screen, once each.
    pub(super) fn users_on_screen(&self) -> Vec<UserId> {
        let (contacts, talks) = (self.contacts(), self.talks());
        let peers = talks
            .rows()
            .filter_map(|(row, _)| row.conversation.peer.clone());
        let mut users: Vec<_> = contacts.keys().cloned().chain(peers).collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    pub(super) fn contacts(&self) -> Ref<'_, Contacts> {
        self.heard.contacts.borrow()
    }

    pub(super) fn contacts_mut(&self) -> RefMut<'_, Contacts> {
        self.heard.contacts.borrow_mut()
    }

    pub(super) fn talks(&self) -> Ref<'_, Talks> {
        self.heard.talks.borrow()
    }

    pub(super) fn talks_mut(&self) -> RefMut<'_, Talks> {
        self.heard.talks.borrow_mut()
    }

    pub(super) fn log(&self) -> Ref<'_, Log> {
        self.heard.log.borrow()
    }

    fn windows(&self) -> (Range<usize>, Range<usize>) {
        (
            self.contacts().scroll.window(),
            self.talks().scroll.window(),
        )
    }
}
