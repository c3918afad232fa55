//! How badly a server can do a call. Knows no server.

use store::chat::{ChatError, UserId};

/// How badly a call is done.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Not done, which is said.
    Refuse(ChatError),
    /// Done, and this is said.
    Garble(ChatError),
    /// Not done, and nothing is said.
    Lose,
    /// Done, and nothing is said.
    Swallow,
    /// Neither done nor answered until the server catches up, nor is any call after it.
    Slow,
    /// Done for the first user, and this is said of the others.
    InPart(ChatError),
    /// Done for the first user, and nothing is said of the others.
    LeaveOut,
    /// Done, and more is said than was asked for, and twice.
    Stray,
}

/// For whom a call is done, and for whom it is said not to be.
pub(super) fn shared(
    mut users: Vec<UserId>,
    fault: Option<&Fault>,
) -> (Vec<UserId>, Vec<(UserId, ChatError)>) {
    match fault {
        Some(Fault::InPart(error)) => {
            let failed = users.split_off(1);
            let failed = failed.into_iter().map(|user| (user, error.clone()));
            (users, failed.collect())
        }
        Some(Fault::LeaveOut) => {
            users.truncate(1);
            (users, Vec::new())
        }
        Some(Fault::Stray) => {
            let stray = ChatError::Protocol {
                reason: "who?".into(),
            };
            (users, vec![("nobody".into(), stray)])
        }
        _ => (users, Vec::new()),
    }
}
