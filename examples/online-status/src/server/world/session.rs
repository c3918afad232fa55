//! One client of the world: who it is, whom it is told of, and how often it may call.

use std::{collections::BTreeSet, time::Duration};

use store::chat::ChatError;

use super::PersonIndex;

/// Names a client for as long as it is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SessionId(pub(in crate::server) u64);

/// A connected client.
#[derive(Default)]
pub(super) struct Client {
    pub(super) login: Option<Login>,
    pub(super) subscribed: BTreeSet<PersonIndex>,
    rate: Rate,
}

/// Who a client is, and on what.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) person: PersonIndex,
    pub(super) device: String,
}

impl Client {
    /// The user who is logged in.
    pub(super) fn person(&self) -> Result<PersonIndex, ChatError> {
        self.login
            .as_ref()
            .map(|login| login.person)
            .ok_or(ChatError::NotLoggedIn)
    }

    /// Counts a call, or refuses it because there were too many in this second.
    pub(super) fn call(&mut self, now: Duration, per_second: u32) -> Result<(), ChatError> {
        self.rate.call(now, per_second)
    }
}

/// The calls of the running second.
#[derive(Default)]
struct Rate {
    began: Duration,
    calls: u32,
}

impl Rate {
    fn call(&mut self, now: Duration, per_second: u32) -> Result<(), ChatError> {
        const SECOND: Duration = Duration::from_secs(1);
        if now >= self.began + SECOND {
            *self = Self {
                began: now,
                calls: 0,
            };
        }
        if self.calls >= per_second {
            return Err(ChatError::TooFrequent {
                retry_after: self.began + SECOND - now,
            });
        }
        self.calls += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_in_a_hurry_is_told_how_long_to_wait() {
        let mut rate = Rate::default();
        let at = Duration::from_millis;
        assert_eq!(rate.call(at(0), 2), Ok(()));
        assert_eq!(rate.call(at(100), 2), Ok(()));
        let retry_after = at(700);
        assert_eq!(
            rate.call(at(300), 2),
            Err(ChatError::TooFrequent { retry_after })
        );
        assert_eq!(rate.call(at(1_000), 2), Ok(()));
    }
}
