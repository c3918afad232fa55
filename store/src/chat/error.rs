//! Everything that can be refused, as values.
//!
//! Comparable and serializable, because the last one stands in USER as `online_status_error`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::types::UserId;

/// Why something about chat was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum ChatError {
    /// It needs a login first.
    #[error("not logged in: call `login` first")]
    NotLoggedIn,
    /// The application may, but has not switched the capability on.
    #[error(
        "online status is not enabled for this application: activate User Online Status in the console"
    )]
    CapabilityNotEnabled,
    /// The package of the application does not include it.
    #[error("online status is not part of this edition: upgrade to Pro, Pro Plus or Enterprise")]
    UnsupportedEdition,
    /// The server was asked too often.
    #[error("asked too often: may be asked again after {retry_after:?}")]
    TooFrequent {
        /// How long to leave the server alone.
        retry_after: Duration,
    },
    /// The server knows nobody of this name.
    #[error("there is no user `{user_id}`")]
    UnknownUser {
        /// The name.
        user_id: UserId,
    },
    /// The text beside the name is longer than the backend takes.
    #[error("a custom status of {bytes} bytes is too long: {limit} at most")]
    CustomStatusTooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// More users in one call than the backend takes, or more subscriptions in all.
    #[error("{asked} users are more than the {limit} the server takes")]
    TooManyUsers {
        /// How many it would have been.
        asked: usize,
        /// How many it may be.
        limit: usize,
    },
    /// A request or its answer is longer than can be sent.
    #[error("a message of {bytes} bytes is too large: {limit} at most")]
    TooLarge {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// The link to the server was lost, or could not be made.
    #[error("no link to the server: {reason}")]
    LinkLost {
        /// What the link said.
        reason: String,
    },
    /// The server answered what it should not.
    #[error("the server answered nonsense: {reason}")]
    Protocol {
        /// What was wrong about the answer.
        reason: String,
    },
    /// The server did not answer in time. What was asked for may have been done all the same.
    #[error("the server did not answer `{call}` within {after:?}")]
    TimedOut {
        /// Which call it left unanswered.
        call: String,
        /// How long it had.
        after: Duration,
    },
    /// What was asked for was overtaken: switched again, logged out, or logged in anew.
    #[error("overtaken by a later switch, logout or login")]
    Overtaken,
    /// The service has ended: its driver was dropped.
    #[error("the user service has ended: its driver is no longer running")]
    Closed,
    /// What the server said could not be written to the store.
    #[error("not written to the store: {reason}")]
    NotWritten {
        /// Why: most likely a guard of the program refused it.
        reason: String,
    },
    /// The server refused for a reason of its own.
    #[error("the server refused with code {code}: {reason}")]
    Refused {
        /// The server's number for it.
        code: i32,
        /// The server's words.
        reason: String,
    },
}

impl ChatError {
    /// The number of the error: the server's where there is one, else below −100000 inclusive.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::chat::ChatError;
    ///
    /// assert_eq!(ChatError::NotLoggedIn.code(), -100_000);
    /// assert_eq!(ChatError::CapabilityNotEnabled.code(), 72_001);
    /// assert_eq!(ChatError::UnsupportedEdition.code(), 3_122);
    /// ```
    #[must_use]
    pub fn code(&self) -> i32 {
        match self {
            Self::NotLoggedIn => -100_000,
            Self::CustomStatusTooLong { .. } => -100_001,
            Self::TooManyUsers { .. } => -100_002,
            Self::LinkLost { .. } => -100_003,
            Self::Protocol { .. } => -100_004,
            Self::Overtaken => -100_005,
            Self::Closed => -100_006,
            Self::NotWritten { .. } => -100_007,
            Self::TimedOut { .. } => -100_008,
            Self::TooLarge { .. } => -100_009,
            Self::TooFrequent { .. } => 2_999,
            Self::UnsupportedEdition => 3_122,
            Self::UnknownUser { .. } => 70_107,
            Self::CapabilityNotEnabled => 72_001,
            Self::Refused { code, .. } => *code,
        }
    }

    /// Whether the same call may do better later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::TooFrequent { .. }
                | Self::LinkLost { .. }
                | Self::Protocol { .. }
                | Self::TimedOut { .. }
        )
    }

    /// How long the server wants to be left alone; zero if it did not say.
    pub(super) fn retry_after(&self) -> Duration {
        match self {
            Self::TooFrequent { retry_after } => *retry_after,
            _ => Duration::ZERO,
        }
    }

    /// Whether it says that the application may not use online status at all.
    pub(super) fn is_refusal_of_capability(&self) -> bool {
        matches!(self, Self::CapabilityNotEnabled | Self::UnsupportedEdition)
    }
}
