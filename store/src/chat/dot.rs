//! What a row of a list shows beside a name.

use super::types::{StatusType, UserStatus};

/// The mark beside a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dot {
    /// None at all: statuses are not shown.
    None,
    /// The user is there.
    Online,
    /// The user is not there.
    Offline,
    /// Nobody has said how the user is doing.
    Unknown,
    /// What is known may no longer be true.
    Stale,
}

/// What to show for a user, the counterpart of the kit's `getOnlineStatus`.
///
/// `display` is the switch, `status` what the list says of the user, if anything. Unknown, offline,
/// hidden and stale are four different things.
///
/// # Examples
///
/// ```
/// use store::chat::{Dot, UserStatus, online_status};
///
/// let online = UserStatus::online();
/// assert_eq!(online_status(true, Some(&online)), Dot::Online);
/// assert_eq!(online_status(false, Some(&online)), Dot::None);
/// assert_eq!(online_status(true, None), Dot::Unknown);
/// let stale = UserStatus { fresh: false, ..online };
/// assert_eq!(online_status(true, Some(&stale)), Dot::Stale);
/// ```
#[must_use]
pub fn online_status(display: bool, status: Option<&UserStatus>) -> Dot {
    let Some(status) = status.filter(|_| display) else {
        return if display { Dot::Unknown } else { Dot::None };
    };
    match status.status_type {
        StatusType::Unknown => Dot::Unknown,
        _ if !status.fresh => Dot::Stale,
        StatusType::Online => Dot::Online,
        StatusType::Offline | StatusType::Unlogged => Dot::Offline,
    }
}
