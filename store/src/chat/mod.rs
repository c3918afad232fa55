//! The reference domain: users, contacts and conversations, and who of them is online.
//!
//! Written as an application would write it: with the public API of the store and its derive macro,
//! without a runtime of its own. A program implements [`ChatBackend`] and [`Clock`](crate::Clock), makes a
//! [`UserService`] on its store, spawns the driver, and watches [`USER`], [`CONTACT`] and
//! [`CONVERSATION`].

mod types;
mod error;
mod backend;
mod pace;
mod merge;
mod interest;
mod plan;
mod model;
mod dot;
mod board;
mod options;
mod driver;
mod service;

pub use self::{
    backend::{
        BackendEvent, Capability, ChatBackend, Credentials, DeviceStatus, Limits, Queried, Reply,
        Session, StatusReport, Subscribed,
    },
    board::ChatStores,
    dot::{Dot, online_status},
    error::ChatError,
    interest::Interest,
    model::{
        CONTACT, CONVERSATION, Contact, Conversations, StatusEntry, USER, User, merge_statuses,
    },
    options::ServiceOptions,
    service::{SwitchUserStatus, UserService},
    types::{
        Conversation, ConversationId, Friend, FriendApplication, FriendGroup, KickReason, NetState,
        NoSuchStatusType, Remind, StatusType, Timestamp, UserId, UserProfile, UserStatus,
    },
};
