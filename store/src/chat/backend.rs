//! What the service asks of a chat server, and what it hears from one.
//!
//! A trait and its words. It knows nothing of the store, of sockets or of any runtime; the service
//! cuts its questions to the backend's [`Limits`], so a backend may simply refuse what is larger.

use std::time::Duration;

use futures::{future::BoxFuture, stream::BoxStream};
use serde::{Deserialize, Serialize};

use super::{
    error::ChatError,
    types::{
        Conversation, ConversationId, Friend, KickReason, NetState, StatusType, Timestamp, UserId,
        UserProfile,
    },
};

/// What a call to the backend comes back with, some time later.
pub type Reply<T> = BoxFuture<'static, Result<T, ChatError>>;

/// A chat server, as seen by one client.
///
/// Calls may be answered late, in any order, with an error, or never; the service copes. The futures
/// are polled until they are answered, and dropped when the service's time for a call is over, or
/// together with the service's driver.
pub trait ChatBackend: Send + Sync + 'static {
    /// How much may be asked at once.
    fn limits(&self) -> Limits;

    /// Begins a session, ending the one before.
    fn login(&self, credentials: Credentials) -> Reply<Session>;

    /// Ends the session, and every subscription with it.
    fn logout(&self) -> Reply<()>;

    /// Asks whether this application may use online status at all.
    fn capability(&self) -> Reply<Capability>;

    /// Asks to be told of these users from now on, by [`BackendEvent::Statuses`].
    fn subscribe(&self, users: Vec<UserId>) -> Reply<Subscribed>;

    /// Asks no longer to be told of these users.
    fn unsubscribe(&self, users: Vec<UserId>) -> Reply<Subscribed>;

    /// Asks how these users are doing now.
    fn query(&self, users: Vec<UserId>) -> Reply<Queried>;

    /// Sets the text beside the own name, and answers with the own status as others see it.
    fn set_custom_status(&self, text: String) -> Reply<StatusReport>;

    /// Everything the server says unasked, from this call on and over all sessions.
    ///
    /// Called once, before any other method. The stream ends when the backend does.
    fn events(&self) -> BoxStream<'static, BackendEvent>;
}

/// Who logs in, and what proves it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// Who.
    pub user_id: UserId,
    /// The signature the server issued; empty for servers that ask for none.
    pub user_sig: String,
}

impl Credentials {
    /// For a server that asks for no signature.
    pub fn new(user_id: impl Into<UserId>) -> Self {
        Self {
            user_id: user_id.into(),
            user_sig: String::new(),
        }
    }
}

// A signature is a secret, so it is not printed.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

/// What the server answers to a login.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who is logged in now.
    pub profile: UserProfile,
    /// The contact list.
    pub friends: Vec<Friend>,
    /// The conversation list.
    pub conversations: Vec<Conversation>,
    /// Who is blocked.
    pub blacklist: Vec<UserId>,
    /// The own status as others see it, if the server keeps one.
    pub own_status: Option<StatusReport>,
}

/// How much a backend takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Users in one call to subscribe or unsubscribe.
    pub per_subscribe: usize,
    /// Users in one query.
    pub per_query: usize,
    /// Subscriptions at one time.
    pub subscriptions: usize,
    /// Bytes of a custom status.
    pub custom_status_bytes: usize,
    /// The least time between the beginnings of two calls to subscribe, unsubscribe or query.
    pub call_interval: Duration,
}

/// 100 users per subscription call, 500 per query, 200 subscriptions, 100 bytes, 50 milliseconds.
impl Default for Limits {
    fn default() -> Self {
        Self {
            per_subscribe: 100,
            per_query: 500,
            subscriptions: 200,
            custom_status_bytes: 100,
            call_interval: Duration::from_millis(50),
        }
    }
}

/// Whether an application may use online status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Capability {
    /// It may.
    Granted,
    /// It could, were it switched on in the console.
    NotEnabled,
    /// Its edition does not include it.
    UnsupportedEdition,
}

impl Capability {
    /// `Ok` if granted, else the error that says what to do.
    ///
    /// # Errors
    ///
    /// [`ChatError::CapabilityNotEnabled`] or [`ChatError::UnsupportedEdition`].
    pub fn check(self) -> Result<(), ChatError> {
        match self {
            Self::Granted => Ok(()),
            Self::NotEnabled => Err(ChatError::CapabilityNotEnabled),
            Self::UnsupportedEdition => Err(ChatError::UnsupportedEdition),
        }
    }
}

/// The answer to subscribing or unsubscribing: done for all but these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribed {
    /// For whom it was not done, and why.
    pub failed: Vec<(UserId, ChatError)>,
}

/// The answer to a query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queried {
    /// How they are doing.
    pub statuses: Vec<StatusReport>,
    /// About whom nothing can be said, and why.
    pub failed: Vec<(UserId, ChatError)>,
}

/// How one user is doing, device by device, at one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReport {
    /// Who.
    pub user_id: UserId,
    /// Counts up with every change of this user's status; of two reports the higher one is newer.
    ///
    /// It may start again only while the link is down. None above `i64::MAX` is believed, as hardly
    /// any could follow: the report is nonsense, and the user is asked about again.
    pub version: u64,
    /// Every device the server knows of, newest first. Empty says unknown.
    pub devices: Vec<DeviceStatus>,
}

impl StatusReport {
    /// A report on a user with one device that has no name.
    pub fn new(user_id: impl Into<UserId>, version: u64, status_type: StatusType) -> Self {
        Self {
            user_id: user_id.into(),
            version,
            devices: vec![DeviceStatus {
                status_type,
                ..DeviceStatus::default()
            }],
        }
    }
}

/// How a user is doing on one device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceStatus {
    /// The name of the device; empty if it has none.
    pub device: String,
    /// Whether the user is there.
    pub status_type: StatusType,
    /// What the user wrote beside the name; empty if nothing.
    pub custom_status: String,
    /// When the user was last there, if that is known.
    pub last_seen: Option<Timestamp>,
}

/// What a server says unasked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum BackendEvent {
    /// Users are doing otherwise than before. An empty one changes nothing.
    Statuses(Vec<StatusReport>),
    /// The link is otherwise than before. A link that is up again keeps the session and its
    /// subscriptions are to be made anew; all else the backend tells again by itself, with
    /// [`Resumed`](Self::Resumed).
    Link(NetState),
    /// The session goes on over a new link. What it says of the lists is all there is by now: who or
    /// what it does not name is gone. The own status stays as it is if it has none.
    Resumed(Session),
    /// Online status was granted or taken away.
    Capability(Capability),
    /// The server ended the session.
    KickedOut(KickReason),
    /// The contact list is otherwise than before.
    Friends {
        /// Added, or changed.
        put: Vec<Friend>,
        /// No longer there.
        removed: Vec<UserId>,
    },
    /// The conversation list is otherwise than before.
    Conversations {
        /// Added, or changed.
        put: Vec<Conversation>,
        /// No longer there.
        removed: Vec<ConversationId>,
    },
    /// These are blocked, and nobody else.
    Blacklist(Vec<UserId>),
}
