//! How a reader reads: what, where, when, and of whom it does not want to hear; and what is done
//! with it.
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
    /// Whether a thread of its own begins it, reads and ends it. That of an inbox does always.
    pub(crate) elsewhere: bool,
    /// How many commits it wants one by one.
    pub(crate) bound: usize,
    /// Whether writers wait for room there.
    pub(crate) blocking: bool,
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

    /// Whether it can be done with the reader: only streams read one thing, and only others pause.
    pub(crate) fn allows(&self, act: Use) -> bool {
        let is_stream = self.place == Place::Stream;
        match act {
            Use::Read | Use::Resume => true,
            Use::ReadOne => is_stream && !self.is_paced(),
            Use::Pause => !is_stream && !self.is_paced(),
        }
    }
}

/// Something that the program or a callback does with readers, which are counted modulo their number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ReaderAct {
    Begin(Settings),
    Use(usize, Use),
    /// Resumes it and pauses it once more.
    PauseAgain(usize),
    Drop(usize),
}

/// Something done with one reader.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Use {
    Read,
    /// Reads until it has been told one thing.
    ReadOne,
    Pause,
    Resume,
}
