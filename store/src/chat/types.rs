//! The words of the domain: who, which conversation, how somebody is doing.
//!
//! Plain values. Nothing here knows the store, the backend or the time of day.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        ///
        /// Cheap to clone; a map keyed by it can be asked with a `&str`.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Names one by its text.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The text it was named by.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

id! {
    /// Names a user.
    UserId
}

id! {
    /// Names a conversation.
    ConversationId
}

/// A moment by the server's clock: milliseconds since 1970 in UTC.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

/// Whether somebody is there.
///
/// The numbers are those of the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum StatusType {
    /// Nobody has said yet: 0.
    #[default]
    Unknown,
    /// Logged in on one device at least: 1.
    Online,
    /// Was here, and is not now: 2.
    Offline,
    /// Has never logged in, or has logged out on purpose: 3.
    Unlogged,
}

impl From<StatusType> for u8 {
    fn from(status_type: StatusType) -> Self {
        match status_type {
            StatusType::Unknown => 0,
            StatusType::Online => 1,
            StatusType::Offline => 2,
            StatusType::Unlogged => 3,
        }
    }
}

impl TryFrom<u8> for StatusType {
    type Error = NoSuchStatusType;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            0 => Ok(Self::Unknown),
            1 => Ok(Self::Online),
            2 => Ok(Self::Offline),
            3 => Ok(Self::Unlogged),
            number => Err(NoSuchStatusType(number)),
        }
    }
}

/// A number that names no [`StatusType`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no status type: 0 unknown, 1 online, 2 offline, 3 unlogged")]
pub struct NoSuchStatusType(pub u8);

/// How one user is doing, over all of that user's devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserStatus {
    /// Whether the user is there.
    pub status_type: StatusType,
    /// What the user wrote beside the name; empty if nothing.
    pub custom_status: String,
    /// The devices the user is on, newest first; empty unless online.
    pub devices: Vec<String>,
    /// When the user was last there, if that is known.
    pub last_seen: Option<Timestamp>,
    /// Whether this still holds: false from when the link was lost until the user was asked about anew;
    /// of the own status also while nobody knows whether a text was set.
    pub fresh: bool,
}

impl UserStatus {
    /// A fresh status without device, text or time.
    #[must_use]
    pub fn new(status_type: StatusType) -> Self {
        Self {
            status_type,
            ..Self::default()
        }
    }

    /// Online, and no more is known.
    #[must_use]
    pub fn online() -> Self {
        Self::new(StatusType::Online)
    }

    /// Offline, and no more is known.
    #[must_use]
    pub fn offline() -> Self {
        Self::new(StatusType::Offline)
    }
}

impl Default for UserStatus {
    fn default() -> Self {
        Self {
            status_type: StatusType::Unknown,
            custom_status: String::new(),
            devices: Vec::new(),
            last_seen: None,
            fresh: true,
        }
    }
}

/// What a user shows to others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserProfile {
    /// Who it is.
    pub user_id: UserId,
    /// The name to show; empty if none was chosen.
    pub nick: String,
    /// Where the picture is; empty if there is none.
    pub avatar: String,
}

/// Somebody in the contact list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Friend {
    /// Who it is.
    pub user_id: UserId,
    /// The name the friend chose; empty if none.
    pub nick: String,
    /// The name we chose for the friend; empty if none.
    pub remark: String,
}

impl Friend {
    /// A friend of whom only the id is known.
    pub fn new(user_id: impl Into<UserId>) -> Self {
        Self {
            user_id: user_id.into(),
            ..Self::default()
        }
    }

    /// The name to show: ours, else the friend's own, else the id.
    #[must_use]
    pub fn display_name(&self) -> &str {
        [self.remark.as_str(), &self.nick]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or(self.user_id.as_str())
    }
}

/// Somebody who asks to become a friend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FriendApplication {
    /// Who asks.
    pub user_id: UserId,
    /// The name to show.
    pub nick: String,
    /// What the user wrote along.
    pub wording: String,
    /// Whether we have seen it.
    pub read: bool,
}

/// Friends put together under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FriendGroup {
    /// What the group is called.
    pub name: String,
    /// Who is in it.
    pub members: Vec<UserId>,
}

/// What happens when a message arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Remind {
    /// Taken, and told.
    #[default]
    AcceptAndNotify,
    /// Taken in silence.
    AcceptNotNotify,
    /// Not taken.
    Discard,
}

/// A conversation, with one peer or with a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Conversation {
    /// Which one it is.
    pub conversation_id: ConversationId,
    /// The other one, if it is one-to-one; `None` for a group.
    pub peer: Option<UserId>,
    /// The name to show.
    pub name: String,
    /// How many messages wait to be read.
    pub unread_count: u64,
    /// What happens when a message arrives.
    pub remind: Remind,
    /// Whether it stays on top of the list.
    pub is_pinned: bool,
    /// The beginning of the last message; empty if there is none.
    pub last_message: String,
    /// When that was sent.
    pub last_message_at: Timestamp,
}

impl Conversation {
    /// A one-to-one conversation, named by its peer as the kit does: `C2C` and the peer's id.
    pub fn with(peer: impl Into<UserId>) -> Self {
        let peer = peer.into();
        Self {
            conversation_id: ConversationId::new(format!("C2C{peer}")),
            name: peer.to_string(),
            peer: Some(peer),
            ..Self::default()
        }
    }

    /// A conversation with a group, named as the kit does: `GROUP` and the group's name.
    #[must_use]
    pub fn group(name: &str) -> Self {
        Self {
            conversation_id: ConversationId::new(format!("GROUP{name}")),
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Whether new messages make no noise.
    #[must_use]
    pub fn is_muted(&self) -> bool {
        matches!(self.remind, Remind::AcceptNotNotify | Remind::Discard)
    }
}

/// How the link to the server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NetState {
    /// There is none.
    #[default]
    Disconnected,
    /// One is being made.
    Connecting,
    /// It is up.
    Connected,
}

/// Why the server ended a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KickReason {
    /// The same user logged in elsewhere.
    MultipleAccount,
    /// The same user logged in on another device of the same kind.
    MultipleDevice,
    /// What the user logged in with has run out.
    CredentialsExpired,
    /// An administrator ended it.
    Administrator,
}
