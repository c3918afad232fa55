//! How many commits wait for a reader one by one, and what happens to one too many.

use std::fmt;

/// A bounded queue of commits, for a reader that wants to be told of each.
///
/// When it is full, what waits is merged into one difference: the next thing the reader is told is
/// how what *it* last saw differs from now, and then each commit again.
/// [`blocking`](Self::blocking) has writers wait for room instead.
///
/// # Examples
///
/// ```
/// use store::Queue;
///
/// const LOG: Queue = Queue::of::<64>();
/// assert_eq!(LOG, Queue::new(64)?);
/// assert_eq!(
///     Queue::new(0).unwrap_err().to_string(),
///     "a queue of 0 commits cannot hold any: give it room for at least 1, or let commits be merged",
/// );
/// # Ok::<(), store::EmptyQueue>(())
/// ```
///
/// A queue of no room that is known when it is compiled does not compile:
///
/// ```compile_fail
/// let _ = store::Queue::of::<0>();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    pub(super) bound: usize,
    pub(super) blocks: bool,
}

impl Queue {
    /// A queue with room for `N` commits.
    #[must_use]
    pub const fn of<const N: usize>() -> Self {
        const { assert!(N > 0, "a queue of 0 commits cannot hold any") };
        Self {
            bound: N,
            blocks: false,
        }
    }

    /// A queue with room for so many commits.
    ///
    /// # Errors
    ///
    /// [`EmptyQueue`] if that is none.
    pub const fn new(commits: usize) -> Result<Self, EmptyQueue> {
        if commits == 0 {
            return Err(EmptyQueue(()));
        }
        Ok(Self {
            bound: commits,
            blocks: false,
        })
    }

    /// Has writers wait for room, so that every commit is told one by one.
    ///
    /// Every write of the store waits, whatever it changes, before it begins, with nothing held. It
    /// does not wait, and what waits may be merged, where waiting could never end: inside a callback,
    /// on a thread that owns such an inbox, for any inbox, and while the watcher is paused or its
    /// executor gone. It cannot know which thread an executor runs on: a program must not write on
    /// the only one; nor where a stream is read: who reads it must not write, and on a runtime of one
    /// thread no task may.
    #[must_use]
    pub const fn blocking(self) -> Self {
        Self {
            blocks: true,
            ..self
        }
    }
}

/// A queue was asked for that has no room.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a queue of 0 commits cannot hold any: give it room for at least 1, or let commits be merged"
)]
pub struct EmptyQueue(());

impl fmt::Debug for EmptyQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
