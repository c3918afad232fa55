//! What the two lists show: live views of the store.
//!
//! Knows no terminal and nobody who watches. Who is blocked, or whose status is not to be shown, counts as not online.

use store::{
    List,
    chat::{
        Contact, Conversation, ConversationId, Conversations, Dot, Friend, StatusType, Timestamp,
        User, UserId, UserStatus, online_status,
    },
    view::{End, Reads, Row, Stage, View},
};

use crate::{
    app::{App, Screen},
    show,
};

/// A row of a list, whichever it is.
pub(super) trait Entry: Clone + PartialEq + Send + Sync + 'static {
    /// What the row is called.
    fn name(&self) -> &str;
    /// The mark beside the name.
    fn dot(&self) -> Dot;
    /// What stands behind the name.
    fn about(&self, now: Timestamp) -> String;
}

/// A friend, and how that friend is doing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ContactRow {
    friend: Friend,
    presence: Presence,
    /// `None` if it is not known or not to be shown.
    status: Option<UserStatus>,
}

/// A conversation, and whether its peer is there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TalkRow {
    pub(super) conversation: Conversation,
    presence: Presence,
}

/// How somebody is doing, as far as it is to be shown.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Presence {
    dot: Dot,
    /// Online as far as we know, even if that is no longer sure: a broken link sorts nobody anew.
    is_online: bool,
}

impl Presence {
    const HIDDEN: Self = Self {
        dot: Dot::None,
        is_online: false,
    };

    fn of(display: bool, status: Option<&UserStatus>) -> Self {
        let is_online = status.is_some_and(|status| status.status_type == StatusType::Online);
        Self {
            dot: online_status(display, status),
            is_online: display && is_online,
        }
    }
}

/// Where a row belongs: what is pinned first, then who is online, then by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Order {
    is_loose: bool,
    is_away: bool,
    name: String,
}

/// The rows in sight.
pub(super) type Rows<K, V> = List<Row<K, V, Order>>;

/// The contacts in sight: those whose names are searched for, online first, then by name.
pub(super) fn contacts() -> View<impl End<Value = Rows<UserId, ContactRow>> + Reads<App>> {
    friends_found()
        .left_join(User::USER_STATUS_LIST)
        .left_join(User::USER_BLACKLIST)
        .map_by(
            User::DISPLAY_ONLINE_STATUS,
            |display, _, ((friend, status), blocked)| {
                let is_shown = *display && blocked.is_none();
                ContactRow {
                    friend: friend.clone(),
                    presence: match blocked {
                        Some(()) => Presence::HIDDEN,
                        None => Presence::of(*display, status.as_ref()),
                    },
                    status: status.clone().filter(|_| is_shown),
                }
            },
        )
        .sort_by(|_, row| order(false, row.presence, row.name()))
        .window(Screen::CONTACT_ROWS)
}

/// How many contacts are found.
pub(super) fn contacts_found() -> View<impl End<Value = usize> + Reads<App>> {
    friends_found().count()
}

fn friends_found() -> store::view::Rows<impl Stage<Key = UserId, Value = Friend> + Reads<App>> {
    Contact::FRIEND_LIST
        .view()
        .filter_by(Screen::NEEDLE, |needle, _, friend| {
            matches(friend.display_name(), needle)
        })
}

/// The conversations in sight: those whose names are searched for, pinned ones and online peers first, then by name.
pub(super) fn talks() -> View<impl End<Value = Rows<ConversationId, TalkRow>> + Reads<App>> {
    conversations_found()
        .join_on(User::USER_STATUS_LIST, |_, conversation| {
            conversation.peer.clone()
        })
        .join_on(User::USER_BLACKLIST, |_, (conversation, _)| {
            conversation.peer.clone()
        })
        .map_by(
            User::DISPLAY_ONLINE_STATUS,
            |display, _, ((conversation, status), blocked)| TalkRow {
                conversation: conversation.clone(),
                presence: match (&conversation.peer, blocked) {
                    (Some(_), None) => Presence::of(*display, status.as_ref()),
                    _ => Presence::HIDDEN,
                },
            },
        )
        .sort_by(|_, row| order(row.conversation.is_pinned, row.presence, row.name()))
        .window(Screen::CONVERSATION_ROWS)
}

/// How many conversations are found.
pub(super) fn talks_found() -> View<impl End<Value = usize> + Reads<App>> {
    conversations_found().count()
}

fn conversations_found()
-> store::view::Rows<impl Stage<Key = ConversationId, Value = Conversation> + Reads<App>> {
    Conversations::CONVERSATION_LIST
        .view()
        .filter_by(Screen::NEEDLE, |needle, _, conversation| {
            matches(&conversation.name, needle)
        })
}

fn matches(name: &str, needle: &str) -> bool {
    needle.is_empty() || name.to_lowercase().contains(needle)
}

fn order(is_pinned: bool, presence: Presence, name: &str) -> Order {
    Order {
        is_loose: !is_pinned,
        is_away: !presence.is_online,
        name: name.to_lowercase(),
    }
}

impl Entry for ContactRow {
    fn name(&self) -> &str {
        self.friend.display_name()
    }

    fn dot(&self) -> Dot {
        self.presence.dot
    }

    fn about(&self, now: Timestamp) -> String {
        show::status(self.presence.dot, self.status.as_ref(), now)
    }
}

impl Entry for TalkRow {
    fn name(&self) -> &str {
        &self.conversation.name
    }

    fn dot(&self) -> Dot {
        self.presence.dot
    }

    fn about(&self, _now: Timestamp) -> String {
        self.conversation.last_message.clone()
    }
}
