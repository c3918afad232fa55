//! What a program can set of the service.

use std::{collections::HashMap, time::Duration};

use super::types::UserId;

/// Settings of a [`UserService`](super::UserService).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceOptions {
    /// How long events are gathered before they are written in one commit. 300 milliseconds if not
    /// set; answers to the program's own actions never wait.
    pub coalesce: Duration,
    /// How long the backend has to answer a call; then the call has failed with
    /// [`ChatError::TimedOut`](super::ChatError::TimedOut). 10 seconds if not set.
    pub call_timeout: Duration,
    /// Who had switched online status on or off, as a program may have kept it.
    pub choices: HashMap<UserId, bool>,
}

impl Default for ServiceOptions {
    fn default() -> Self {
        Self {
            coalesce: Duration::from_millis(300),
            call_timeout: Duration::from_secs(10),
            choices: HashMap::new(),
        }
    }
}
