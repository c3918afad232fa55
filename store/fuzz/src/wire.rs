//! The protocol of the example `online-status`: a message that is written is read, and any bytes are messages or an error
//! that says what is wrong, wherever the line cuts them.

use std::{fmt::Debug, time::Duration};

use arbitrary::{Arbitrary, Result, Unstructured};
use futures::FutureExt as _;
use serde::{Serialize, de::DeserializeOwned};
use store::chat::{
    BackendEvent, Capability, ChatError, Conversation, Credentials, DeviceStatus, Friend,
    KickReason, Limits, NetState, Queried, Remind, Session, StatusReport, StatusType, Subscribed,
    Timestamp, UserProfile,
};
use tokio::io::{AsyncBufRead, AsyncReadExt as _, BufReader};

use self::protocol::{
    Answer, ClientFrame, FrameError, FrameReader, Hello, Request, ServerFrame, write_frame,
};
use crate::json::drawn;

// Not all that the program takes from it is asked for here.
#[allow(unused_imports)]
#[path = "../../../examples/online-status/src/wire/mod.rs"]
mod protocol;

/// Reads the bytes as what a client and as what a server may say, and writes what they draw.
pub fn wire(bytes: &[u8]) {
    let (cut, said) = match bytes {
        [] => (0, bytes),
        [cut, said @ ..] => (usize::from(*cut), said),
    };
    whatever_is_said::<ClientFrame>(said, cut);
    whatever_is_said::<ServerFrame>(said, cut);
    // Where the bytes end there is nothing more to try.
    let _ = conversation(&mut Unstructured::new(said), cut);
}

/// What was read up to the end, and why that was the end.
fn read<M: DeserializeOwned>(bytes: impl AsyncBufRead + Unpin) -> (Vec<M>, Option<String>) {
    let mut frames = FrameReader::new(bytes);
    let mut read = Vec::new();
    loop {
        let next = frames.next::<M>().now_or_never();
        match next.expect("nothing has to be waited for") {
            Ok(Some(message)) => read.push(message),
            Ok(None) => return (read, None),
            Err(error) => return (read, Some(said(&error))),
        }
    }
}

fn said(error: &FrameError) -> String {
    error.to_string()
}

fn write<M: Serialize>(messages: &[M]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        let written = write_frame(&mut bytes, message).now_or_never();
        written
            .expect("memory takes everything at once")
            .expect("it is within the limit");
    }
    bytes
}

fn whatever_is_said<M>(bytes: &[u8], cut: usize)
where
    M: Debug + PartialEq + Serialize + DeserializeOwned,
{
    let (messages, end) = read::<M>(bytes);
    assert!(end.as_ref().is_none_or(|end| !end.is_empty()));
    assert!(
        end.iter().all(|end| !end.contains(char::is_control)),
        "{end:?} disturbs a terminal"
    );
    let (left, right) = bytes.split_at(cut * bytes.len() / 256);
    assert_eq!(
        read::<M>(left.chain(right)),
        (messages, end.clone()),
        "cut in two"
    );
    let pieces = BufReader::with_capacity(1 + cut % 7, bytes);
    let (messages, again) = read::<M>(pieces);
    assert_eq!(again, end, "in pieces");
    assert_eq!(
        read::<M>(&write(&messages)[..]),
        (messages, None),
        "said again"
    );
}

fn conversation(bytes: &mut Unstructured<'_>, cut: usize) -> Result<()> {
    let asked = drawn(bytes, client_frame)?;
    let told = drawn(bytes, server_frame)?;
    whole(&asked, cut);
    whole(&told, cut);
    Ok(())
}

/// Messages that are written are read, all of them; and none but the last is lost with the end of the line.
fn whole<M>(messages: &[M], cut: usize)
where
    M: Clone + Debug + PartialEq + Serialize + DeserializeOwned,
{
    let bytes = write(messages);
    whatever_is_said::<M>(&bytes, cut);
    assert_eq!(read::<M>(&bytes[..]), (messages.to_vec(), None));
    let (read, end) = read::<M>(&bytes[..cut * bytes.len() / 256]);
    assert_eq!(read, messages[..read.len()], "the beginning");
    let broken = cut * bytes.len() / 256 > write(&read).len();
    assert_eq!(end.is_some(), broken, "{end:?}");
}

fn client_frame(bytes: &mut Unstructured<'_>) -> Result<ClientFrame> {
    if bytes.ratio(1, 8)? {
        return Ok(ClientFrame::Beat);
    }
    let number = u64::arbitrary(bytes)?;
    let request = match bytes.int_in_range(0..=7)? {
        0 => Request::Login {
            credentials: Credentials {
                user_id: id(bytes)?,
                user_sig: String::arbitrary(bytes)?,
            },
            device: String::arbitrary(bytes)?,
        },
        1 => Request::Logout,
        2 => Request::Capability,
        3 => Request::Subscribe(drawn(bytes, id)?),
        4 => Request::Unsubscribe(drawn(bytes, id)?),
        5 => Request::Query(drawn(bytes, id)?),
        6 => Request::SetCustomStatus(String::arbitrary(bytes)?),
        _ => Request::MarkRead(id(bytes)?),
    };
    Ok(ClientFrame::Call { number, request })
}

fn server_frame(bytes: &mut Unstructured<'_>) -> Result<ServerFrame> {
    Ok(match bytes.int_in_range(0..=5)? {
        0 => ServerFrame::Hello(Hello {
            limits: Limits {
                per_subscribe: usize::arbitrary(bytes)?,
                per_query: usize::arbitrary(bytes)?,
                subscriptions: usize::arbitrary(bytes)?,
                custom_status_bytes: usize::arbitrary(bytes)?,
                call_interval: Duration::arbitrary(bytes)?,
            },
            timeout: Duration::arbitrary(bytes)?,
        }),
        1 => ServerFrame::Beat,
        2 => ServerFrame::Friends {
            number: u64::arbitrary(bytes)?,
            friends: drawn(bytes, friend)?,
        },
        3 => ServerFrame::Answer {
            number: u64::arbitrary(bytes)?,
            result: match bool::arbitrary(bytes)? {
                true => Ok(answer(bytes)?),
                false => Err(error(bytes)?),
            },
        },
        4 => ServerFrame::Event(event(bytes)?),
        _ => ServerFrame::Closing {
            reason: String::arbitrary(bytes)?,
        },
    })
}

fn answer(bytes: &mut Unstructured<'_>) -> Result<Answer> {
    Ok(match bytes.int_in_range(0..=5)? {
        0 => Answer::Session(Session {
            profile: UserProfile {
                user_id: id(bytes)?,
                nick: String::arbitrary(bytes)?,
                avatar: String::arbitrary(bytes)?,
            },
            friends: drawn(bytes, friend)?,
            conversations: drawn(bytes, conversation_entry)?,
            blacklist: drawn(bytes, id)?,
            own_status: match bool::arbitrary(bytes)? {
                true => Some(report(bytes)?),
                false => None,
            },
        }),
        1 => Answer::Done,
        2 => Answer::Capability(capability(bytes)?),
        3 => Answer::Subscribed(Subscribed {
            failed: drawn(bytes, failure)?,
        }),
        4 => Answer::Queried(Queried {
            statuses: drawn(bytes, report)?,
            failed: drawn(bytes, failure)?,
        }),
        _ => Answer::Status(report(bytes)?),
    })
}

fn event(bytes: &mut Unstructured<'_>) -> Result<BackendEvent> {
    Ok(match bytes.int_in_range(0..=6)? {
        0 => BackendEvent::Statuses(drawn(bytes, report)?),
        1 => BackendEvent::Link(*bytes.choose(&[
            NetState::Disconnected,
            NetState::Connecting,
            NetState::Connected,
        ])?),
        2 => BackendEvent::Capability(capability(bytes)?),
        3 => BackendEvent::KickedOut(*bytes.choose(&[
            KickReason::MultipleAccount,
            KickReason::MultipleDevice,
            KickReason::CredentialsExpired,
            KickReason::Administrator,
        ])?),
        4 => BackendEvent::Friends {
            put: drawn(bytes, friend)?,
            removed: drawn(bytes, id)?,
        },
        5 => BackendEvent::Conversations {
            put: drawn(bytes, conversation_entry)?,
            removed: drawn(bytes, id)?,
        },
        _ => BackendEvent::Blacklist(drawn(bytes, id)?),
    })
}

fn error(bytes: &mut Unstructured<'_>) -> Result<ChatError> {
    let reason = String::arbitrary(bytes)?;
    Ok(match bytes.int_in_range(0..=12)? {
        0 => ChatError::NotLoggedIn,
        1 => ChatError::CapabilityNotEnabled,
        2 => ChatError::UnsupportedEdition,
        3 => ChatError::TooFrequent {
            retry_after: Duration::arbitrary(bytes)?,
        },
        4 => ChatError::UnknownUser {
            user_id: id(bytes)?,
        },
        5 => ChatError::CustomStatusTooLong {
            bytes: usize::arbitrary(bytes)?,
            limit: usize::arbitrary(bytes)?,
        },
        6 => ChatError::LinkLost { reason },
        7 => ChatError::Protocol { reason },
        8 => ChatError::TimedOut {
            call: reason,
            after: Duration::arbitrary(bytes)?,
        },
        9 => ChatError::Overtaken,
        10 => ChatError::Closed,
        11 => ChatError::NotWritten { reason },
        _ => ChatError::Refused {
            code: i32::arbitrary(bytes)?,
            reason,
        },
    })
}

fn id<I: From<String>>(bytes: &mut Unstructured<'_>) -> Result<I> {
    String::arbitrary(bytes).map(I::from)
}

fn failure<I: From<String>>(bytes: &mut Unstructured<'_>) -> Result<(I, ChatError)> {
    Ok((id(bytes)?, error(bytes)?))
}

fn capability(bytes: &mut Unstructured<'_>) -> Result<Capability> {
    let all = [
        Capability::Granted,
        Capability::NotEnabled,
        Capability::UnsupportedEdition,
    ];
    bytes.choose(&all).copied()
}

fn friend(bytes: &mut Unstructured<'_>) -> Result<Friend> {
    Ok(Friend {
        user_id: id(bytes)?,
        nick: String::arbitrary(bytes)?,
        remark: String::arbitrary(bytes)?,
    })
}

fn report(bytes: &mut Unstructured<'_>) -> Result<StatusReport> {
    Ok(StatusReport {
        user_id: id(bytes)?,
        version: u64::arbitrary(bytes)?,
        devices: drawn(bytes, |bytes| {
            Ok(DeviceStatus {
                device: String::arbitrary(bytes)?,
                status_type: *bytes.choose(&[
                    StatusType::Unknown,
                    StatusType::Online,
                    StatusType::Offline,
                    StatusType::Unlogged,
                ])?,
                custom_status: String::arbitrary(bytes)?,
                last_seen: Option::<u64>::arbitrary(bytes)?.map(Timestamp),
            })
        })?,
    })
}

fn conversation_entry(bytes: &mut Unstructured<'_>) -> Result<Conversation> {
    Ok(Conversation {
        conversation_id: id(bytes)?,
        peer: Option::<String>::arbitrary(bytes)?.map(Into::into),
        name: String::arbitrary(bytes)?,
        unread_count: u64::arbitrary(bytes)?,
        remind: *bytes.choose(&[
            Remind::AcceptAndNotify,
            Remind::AcceptNotNotify,
            Remind::Discard,
        ])?,
        is_pinned: bool::arbitrary(bytes)?,
        last_message: String::arbitrary(bytes)?,
        last_message_at: Timestamp(u64::arbitrary(bytes)?),
    })
}
