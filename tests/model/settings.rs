//! How a reader reads: what, where, when, and of whom it does not want to hear.
//!
//! Plain data.

use crate::sight::Source;

/// Where a reader is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Inline,
    Executor,
    Inbox,
    Stream,
}

/// When it may be told what waits, on a clock moved by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    AtOnce,
    /// Once nothing has come for so many seconds.
    Debounce(u64),
    /// Once in so many seconds at most.
    Throttle(u64),
}

/// How a reader reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) source: Source,
    pub(crate) place: Place,
    /// How many commits it wants one by one.
    pub(crate) bound: usize,
    pub(crate) pace: Pace,
    /// Whether it wants nothing but the first change; of a stream, that is a wait.
    pub(crate) once: bool,
    /// Whose commits it does not hear.
    pub(crate) ignoring: &'static [&'static str],
}

impl Settings {
    pub(crate) fn is_paced(&self) -> bool {
        self.pace != Pace::AtOnce
    }
}
