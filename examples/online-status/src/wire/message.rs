//! The messages of the protocol.
//!
//! A client calls and is answered by number; what it is told unasked is an event. Both sides send a
//! beat while they have nothing else to say, so that silence means the other one is gone.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use store::chat::{
    BackendEvent, Capability, ChatError, ConversationId, Credentials, Friend, Limits, Queried,
    Session, StatusReport, Subscribed, UserId,
};

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClientFrame {
    /// Still here.
    Beat,
    /// A request, to be answered with the same number.
    Call {
        /// The number, chosen by the client.
        number: u64,
        /// What is asked.
        request: Request,
    },
}

/// What can be asked of a server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// Begins a session on a device.
    Login {
        /// Who.
        credentials: Credentials,
        /// The kind of device.
        device: String,
    },
    /// Ends the session.
    Logout,
    /// Whether online status may be used.
    Capability,
    /// Be told of these users.
    Subscribe(Vec<UserId>),
    /// Be told no longer of these users.
    Unsubscribe(Vec<UserId>),
    /// How these users are doing.
    Query(Vec<UserId>),
    /// Sets the own text.
    SetCustomStatus(String),
    /// Sets the unread count of a conversation to zero.
    MarkRead(ConversationId),
}

/// What a server sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ServerFrame {
    /// The first frame on every connection.
    Hello(Hello),
    /// Still here.
    Beat,
    /// A part of the contact list that belongs to the answer with this number, which follows.
    Friends {
        /// The number of the login.
        number: u64,
        /// The next friends.
        friends: Vec<Friend>,
    },
    /// The answer to the call with this number.
    Answer {
        /// The number of the call.
        number: u64,
        /// What came of it.
        result: Result<Answer, ChatError>,
    },
    /// Said unasked.
    Event(BackendEvent),
    /// The last frame: the connection is closed now, for this reason.
    Closing {
        /// The reason.
        reason: String,
    },
}

/// How a server introduces itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// How much may be asked at once.
    pub(crate) limits: Limits,
    /// How long either side may be silent.
    pub(crate) timeout: Duration,
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// To a login; its friends have gone ahead in frames of their own.
    Session(Session),
    /// To what has no more to say than that it is done.
    Done,
    /// To the question of that name.
    Capability(Capability),
    /// To subscribing and unsubscribing.
    Subscribed(Subscribed),
    /// To a query.
    Queried(Queried),
    /// To a text that was set.
    Status(StatusReport),
}

#[cfg(test)]
mod tests {
    use store::chat::{DeviceStatus, StatusType, Timestamp};

    use super::*;
    use crate::wire::FRAME_LIMIT;

    #[test]
    fn an_answer_about_as_many_as_one_may_ask_for_fits_into_a_frame() {
        let device = DeviceStatus {
            device: "\"".repeat(32),
            status_type: StatusType::Online,
            custom_status: "\0".repeat(100),
            last_seen: Some(Timestamp(u64::MAX)),
        };
        let report = StatusReport {
            user_id: "\"".repeat(32).into(),
            version: u64::MAX,
            devices: vec![device; 4],
        };
        let answer = ServerFrame::Answer {
            number: u64::MAX,
            result: Ok(Answer::Queried(Queried {
                statuses: vec![report; 500],
                failed: Vec::new(),
            })),
        };
        assert!(serde_json::to_vec(&answer).unwrap().len() < FRAME_LIMIT);
    }
}
