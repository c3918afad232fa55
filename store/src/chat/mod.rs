//! The reference domain: users, contacts and conversations, and who of them is online.
//!
//! Written as an application would write it: with the public API of the store and its derive macro,
//! without a runtime of its own.

mod types;
mod error;
mod clock;
mod backend;
mod pace;
mod merge;
mod interest;
mod plan;

pub use self::{
    backend::{
        BackendEvent, Capability, ChatBackend, Credentials, DeviceStatus, Limits, Queried, Reply,
        Session, StatusReport, Subscribed,
    },
    clock::{Clock, ManualClock},
    error::ChatError,
    interest::Interest,
    types::{
        Conversation, ConversationId, Friend, FriendApplication, FriendGroup, KickReason, NetState,
        NoSuchStatusType, Remind, StatusType, Timestamp, UserId, UserProfile, UserStatus,
    },
};
