//! How things of the domain are written out, in a row or in a line of plain text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use store::chat::{ChatError, Dot, NetState, StatusType, Timestamp, User, UserStatus};

/// The mark of a dot; no two differ by colour only.
pub(crate) fn glyph(dot: Dot) -> &'static str {
    match dot {
        Dot::None => " ",
        Dot::Online => "●",
        Dot::Offline => "○",
        Dot::Unknown => "?",
        Dot::Stale => "◌",
    }
}

/// A status in words: `online on phone, web: in a meeting`, `offline for 5 min`.
pub(crate) fn status(dot: Dot, status: Option<&UserStatus>, now: Timestamp) -> String {
    let mut words = match (dot, status) {
        (Dot::None, _) => return String::new(),
        (Dot::Unknown, _) | (_, None) => return "unknown".to_owned(),
        (Dot::Stale, Some(status)) => format!("perhaps {}", type_of(status)),
        (_, Some(status)) => type_of(status).to_owned(),
    };
    let Some(status) = status else { return words };
    if !status.devices.is_empty() {
        words.push_str(" on ");
        words.push_str(&status.devices.join(", "));
    } else if let Some(last_seen) = status.last_seen {
        words.push_str(" for ");
        words.push_str(&ago(last_seen, now));
    }
    if !status.custom_status.is_empty() {
        words.push_str(": ");
        words.push_str(&status.custom_status);
    }
    words
}

fn type_of(status: &UserStatus) -> &'static str {
    match status.status_type {
        StatusType::Unknown => "unknown",
        StatusType::Online => "online",
        StatusType::Offline => "offline",
        StatusType::Unlogged => "logged out",
    }
}

/// How long something is past, in the largest unit that fits.
pub(crate) fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.0.saturating_sub(then.0) / 1_000;
    match seconds {
        0..60 => "a moment".to_owned(),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// How many users the server tells of, and how many are beyond its limit.
pub(crate) fn followed(user: &User) -> (usize, usize) {
    let given_up = user.given_up_users.len();
    let followed = user.user_status_list.len().saturating_sub(given_up);
    (followed, given_up)
}

/// The state of the link in words.
pub(crate) fn link(state: NetState) -> &'static str {
    match state {
        NetState::Disconnected => "disconnected",
        NetState::Connecting => "connecting",
        NetState::Connected => "connected",
    }
}

/// A refusal with its number.
pub(crate) fn error(error: &ChatError) -> String {
    format!("{error} (code {})", error.code())
}

/// Text from elsewhere, with nothing in it that could command a terminal.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '·' } else { c })
        .collect()
}

/// The moment by the calendar.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let milliseconds = since.as_ref().map_or(0, Duration::as_millis);
    Timestamp(u64::try_from(milliseconds).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_dots_look_alike_without_colour() {
        let dots = [
            Dot::None,
            Dot::Online,
            Dot::Offline,
            Dot::Unknown,
            Dot::Stale,
        ];
        let mut glyphs = dots.map(glyph).to_vec();
        glyphs.sort_unstable();
        glyphs.dedup();
        assert_eq!(glyphs.len(), dots.len());
    }

    #[test]
    fn unknown_offline_hidden_and_stale_are_four_different_things() {
        let now = Timestamp(10_000_000);
        let mut away = UserStatus::offline();
        away.last_seen = Some(Timestamp(now.0 - 300_000));
        assert_eq!(status(Dot::Unknown, None, now), "unknown");
        assert_eq!(status(Dot::Offline, Some(&away), now), "offline for 5 min");
        assert_eq!(status(Dot::None, Some(&away), now), "");
        assert_eq!(
            status(Dot::Stale, Some(&away), now),
            "perhaps offline for 5 min"
        );
    }

    #[test]
    fn devices_and_texts_are_named() {
        let mut here = UserStatus::online();
        here.devices = vec!["phone".into(), "web".into()];
        here.custom_status = "in a meeting".into();
        let words = status(Dot::Online, Some(&here), Timestamp(0));
        assert_eq!(words, "online on phone, web: in a meeting");
    }

    #[test]
    fn text_from_elsewhere_cannot_command_the_terminal() {
        assert_eq!(clean("a\x1b[2Jb\nc"), "a·[2Jb·c");
    }
}
