//! Whether a reader knows that something waits for it: told once, until it has read.

use crate::sync::atomic::{AtomicU8, Ordering};

/// See the module.
#[derive(Default)]
pub(super) struct Schedule(AtomicU8);

impl Schedule {
    const RESTING: u8 = 0;
    const NOTIFIED: u8 = 1;
    const READING: u8 = 2;
    const NOTIFIED_AGAIN: u8 = 3;

    /// Something waits: whether the reader has to be told.
    pub(super) fn notify(&self) -> bool {
        let next = |state| match state {
            Self::RESTING => Some(Self::NOTIFIED),
            Self::READING => Some(Self::NOTIFIED_AGAIN),
            _ => None,
        };
        let before = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, next);
        before == Ok(Self::RESTING)
    }

    /// The reader begins.
    pub(super) fn begin(&self) {
        self.0.store(Self::READING, Ordering::SeqCst);
    }

    /// The reader ends, or will never come; whether it is to come again, as something came
    /// meanwhile.
    pub(super) fn end(&self) -> bool {
        let before = self.0.swap(Self::RESTING, Ordering::SeqCst);
        before == Self::NOTIFIED_AGAIN
    }
}
