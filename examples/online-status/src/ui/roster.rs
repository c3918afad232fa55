//! What is on the screen: two lists, who of them is watched, and where the cursor is.
//!
//! Knows the store and its watchers, but no terminal, no server and no clock.

use std::{cmp::Reverse, collections::BTreeMap, mem, sync::Arc};

use store::{
    MapChange, Snapshot, Store, Watch as _, Watcher, WatcherGroup,
    chat::{
        CONTACT, CONVERSATION, Contact, Conversation, ConversationId, Conversations, Friend,
        Timestamp, USER, User, UserId, UserStatus, online_status,
    },
};

use super::{
    list::{Entry, List, Move},
    log::Log,
    pace::{Bell, Meter},
};
use crate::{
    app::{App, SCREEN},
    show,
};

/// One of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
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

/// Pinned first, then newest first.
type Recency = (Reverse<bool>, Reverse<Timestamp>);

/// Everything on the screen.
pub(super) struct Roster {
    pub(super) store: Store<App>,
    pub(super) contacts: List<String, UserId>,
    pub(super) conversations: List<Recency, ConversationId>,
    pub(super) focus: Pane,
    pub(super) mode: Mode,
    pub(super) log: Arc<Log>,
    pub(super) meter: Meter,
    bell: Bell,
    seen_contact: Snapshot<Contact>,
    seen_conversation: Snapshot<Conversations>,
    rows: BTreeMap<(Pane, UserId), Watcher>,
    _watching: WatcherGroup,
}

impl Roster {
    /// Begins to watch what is not in a row.
    pub(super) fn new(store: &Store<App>, bell: &Bell) -> Self {
        let log = Arc::new(Log::new());
        let meter = Meter::default();
        let empty = Store::<App>::new();
        Self {
            contacts: List::new(),
            conversations: List::new(),
            focus: Pane::default(),
            mode: Mode::default(),
            seen_contact: empty.snapshot(CONTACT),
            seen_conversation: empty.snapshot(CONVERSATION),
            rows: BTreeMap::new(),
            _watching: watch_frame(store, &log, bell, &meter),
            store: store.clone(),
            log,
            meter,
            bell: bell.clone(),
        }
    }

    /// Brings the lists up to date, and sets how many rows of each are on the screen.
    ///
    /// Costs what differs since the last time, not what there is.
    pub(super) fn refresh(&mut self, contact_rows: usize, conversation_rows: usize) {
        let contact = self.store.snapshot(CONTACT);
        let moves = contact
            .friend_list
            .changes_since(&self.seen_contact.friend_list);
        self.contacts
            .apply(moves.map(|change| moved(change, contact_entry)).collect());
        self.seen_contact = contact;

        let conversation = self.store.snapshot(CONVERSATION);
        let seen = &self.seen_conversation.conversation_list;
        let moves = conversation.conversation_list.changes_since(seen);
        self.conversations.apply(
            moves
                .map(|change| moved(change, conversation_entry))
                .collect(),
        );
        self.seen_conversation = conversation;

        let search = &self.store.snapshot(SCREEN).search;
        self.contacts.search(search);
        self.conversations.search(search);
        self.contacts.resize(contact_rows);
        self.conversations.resize(conversation_rows);
        self.watch_rows();
    }

    /// The users on the screen, once each.
    pub(super) fn users_on_screen(&self) -> Vec<UserId> {
        let mut users: Vec<_> = self.rows.keys().map(|(_, user)| user.clone()).collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    /// The friends in the window, each with whether the cursor is on the row.
    pub(super) fn friends(&self) -> impl Iterator<Item = (&Friend, bool)> {
        let list = &self.seen_contact.friend_list;
        self.contacts
            .window()
            .filter_map(|(id, selected)| Some((list.get(id)?, selected)))
    }

    /// The conversations in the window, each with whether the cursor is on the row.
    pub(super) fn talks(&self) -> impl Iterator<Item = (&Conversation, bool)> {
        let list = &self.seen_conversation.conversation_list;
        self.conversations
            .window()
            .filter_map(|(id, selected)| Some((list.get(id)?, selected)))
    }

    /// Gives every row on the screen a watcher of its own user, and no other row one.
    fn watch_rows(&mut self) {
        let contacts = self
            .contacts
            .window()
            .map(|(id, _)| (Pane::Contacts, id.clone()));
        let peers = self
            .talks()
            .filter_map(|(conversation, _)| conversation.peer.clone());
        let on_screen: Vec<_> = contacts
            .chain(peers.map(|peer| (Pane::Conversations, peer)))
            .collect();
        let mut before = mem::take(&mut self.rows);
        for row in on_screen {
            let watcher = before.remove(&row).unwrap_or_else(|| self.watch_row(&row));
            self.rows.insert(row, watcher);
        }
    }

    fn watch_row(&self, (pane, user): &(Pane, UserId)) -> Watcher {
        let watcher = match pane {
            Pane::Contacts => format!("contact {user}"),
            Pane::Conversations => format!("conversation {user}"),
        };
        let (log, bell) = (Arc::clone(&self.log), self.bell.clone());
        let telling = User::USER_STATUS_LIST
            .key(user.clone())
            .watch(move |status| {
                log.told(&watcher, &describe(*status));
                bell.ring();
            });
        self.store.watch(USER, telling.changes_only())
    }
}

/// Watches everything on the screen that is not a row.
fn watch_frame(store: &Store<App>, log: &Arc<Log>, bell: &Bell, meter: &Meter) -> WatcherGroup {
    let tell = |watcher: &'static str| {
        let (log, bell) = (Arc::clone(log), bell.clone());
        move |what: String| {
            log.told(watcher, &what);
            bell.ring();
        }
    };
    let (switch, link, error) = (tell("switch"), tell("link"), tell("error"));
    let (own, kicked) = (tell("own status"), tell("session"));
    let (contacts, conversations) = (tell("contact list"), tell("conversation list"));
    let repaint = bell.clone();
    let mut count = meter.counter();
    let user = User::watch()
        .user_profile({
            let profile = tell("profile");
            move |user| profile(user.user_id.to_string())
        })
        .display_online_status(move |on| switch(if *on { "on" } else { "off" }.to_owned()))
        .own_status(move |status| own(describe(Some(&status))))
        .online_status_error(move |refusal| {
            error(refusal.as_ref().map_or("none".to_owned(), show::error));
        })
        .kicked_out(move |reason| kicked(reason.map_or("open".to_owned(), |r| format!("{r:?}"))))
        .net_state(move |state| link(show::link(*state).to_owned()));
    let friends = Contact::watch()
        .friend_list(move |list| contacts(format!("{} entries differ", list.changes().count())));
    let talks = Conversations::watch().conversation_list(move |list| {
        conversations(format!("{} entries differ", list.changes().count()));
    });
    [
        store.watch(USER, user),
        store.watch(CONTACT, friends),
        store.watch(CONVERSATION, talks),
        store.watch(SCREEN, SCREEN.any().watch(move |_| repaint.ring())),
        store.watch_commits(move |_| count()),
    ]
    .into_iter()
    .collect()
}

fn describe(status: Option<&UserStatus>) -> String {
    show::status(online_status(true, status), status, show::now())
}

fn moved<K, V, S>(change: MapChange<&K, &V>, entry: impl Fn(&K, &V) -> Entry<S, K>) -> Move<S, K> {
    let key = *change.key();
    Move {
        out: change.old().map(|old| entry(key, old)),
        into: change.new().map(|new| entry(key, new)),
    }
}

fn contact_entry(id: &UserId, friend: &Friend) -> Entry<String, UserId> {
    let text = friend.display_name().to_lowercase();
    Entry {
        sort: text.clone(),
        key: id.clone(),
        text,
    }
}

fn conversation_entry(
    id: &ConversationId,
    conversation: &Conversation,
) -> Entry<Recency, ConversationId> {
    Entry {
        sort: (
            Reverse(conversation.is_pinned),
            Reverse(conversation.last_message_at),
        ),
        key: id.clone(),
        text: conversation.name.to_lowercase(),
    }
}
