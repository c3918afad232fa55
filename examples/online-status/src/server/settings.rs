//! What a server refuses, as the command line set it.

use std::time::Duration;

use store::chat::{Capability, Limits};

use crate::cli::{self, WorldOptions};

/// How long a client is to wait between two calls.
const CALL_INTERVAL: Duration = Duration::from_millis(20);

/// More users were asked for than the backend takes.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot fill the server with {asked} users: the backend takes at most {limit} (--max-users)"
)]
pub(crate) struct TooManyUsers {
    asked: usize,
    limit: usize,
}

/// The rules a world goes by.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(super) users: usize,
    pub(super) max_users: usize,
    pub(super) seed: u64,
    pub(super) changes_per_second: u32,
    pub(super) calls_per_second: u32,
    pub(super) timeout: Duration,
    pub(super) grant_after: Option<Duration>,
    pub(super) capability: Capability,
    pub(super) limits: Limits,
}

impl Settings {
    /// Whether the backend takes so many users.
    pub(super) fn check(&self) -> Result<(), TooManyUsers> {
        if self.users > self.max_users {
            return Err(TooManyUsers {
                asked: self.users,
                limit: self.max_users,
            });
        }
        Ok(())
    }
}

impl From<&WorldOptions> for Settings {
    fn from(options: &WorldOptions) -> Self {
        let growing = u32::try_from(options.users / 1_000).unwrap_or(u32::MAX);
        Self {
            users: options.users,
            max_users: options.max_users,
            seed: options.seed,
            changes_per_second: options.changes.unwrap_or(growing.max(3)),
            calls_per_second: options.calls,
            timeout: options.timeout,
            grant_after: options.grant_after,
            capability: match (options.edition, options.capability) {
                (cli::Edition::Basic, _) => Capability::UnsupportedEdition,
                (_, cli::Capability::Off) => Capability::NotEnabled,
                (_, cli::Capability::On) => Capability::Granted,
            },
            limits: Limits {
                per_subscribe: options.subscribe_limit,
                per_query: options.query_limit,
                subscriptions: options.subscriptions,
                call_interval: CALL_INTERVAL,
                ..Limits::default()
            },
        }
    }
}
