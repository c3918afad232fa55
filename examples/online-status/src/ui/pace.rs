//! When to paint, and how fast commits are made.

use std::time::Duration;

use store::Revision;
use tokio::time::Instant;

/// The least time between two paintings: sixty in a second at most.
const FRAME: Duration = Duration::from_micros(16_667);

/// Looks at what differs when something does, but not more often than the eye can see.
pub(super) struct Pace {
    looked: Option<Instant>,
    wanted: bool,
}

impl Pace {
    /// Wants a first look at once.
    pub(super) fn new() -> Self {
        Self {
            looked: None,
            wanted: true,
        }
    }

    /// Wants a look.
    pub(super) fn want(&mut self) {
        self.wanted = true;
    }

    /// When to look next, if at all.
    pub(super) fn due(&self) -> Option<Instant> {
        let earliest = self.looked.map_or_else(Instant::now, |at| at + FRAME);
        self.wanted.then_some(earliest)
    }

    /// Says that everything wanted has been looked at now.
    pub(super) fn looked(&mut self, now: Instant) {
        self.looked = Some(now);
        self.wanted = false;
    }
}

/// Says how many commits there were in the last second.
pub(super) struct Meter {
    seen: Revision,
    rate: u64,
}

impl Meter {
    /// Counts from this revision on.
    pub(super) fn new(revision: Revision) -> Self {
        Self {
            seen: revision,
            rate: 0,
        }
    }

    /// A second has passed; says whether the rate is another one now.
    pub(super) fn tick(&mut self, revision: Revision) -> bool {
        let before = std::mem::replace(&mut self.rate, revision - self.seen);
        self.seen = revision;
        before != self.rate
    }

    /// Commits in the last whole second.
    pub(super) fn rate(&self) -> u64 {
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nothing_is_looked_at_twice_in_one_frame_or_without_need() {
        let mut pace = Pace::new();
        let start = Instant::now();
        assert_eq!(pace.due(), Some(start));
        pace.looked(start);
        assert_eq!(pace.due(), None);
        pace.want();
        pace.want();
        assert_eq!(pace.due(), Some(start + FRAME));
        assert!(FRAME * 60 >= Duration::from_secs(1));
    }

    #[test]
    fn the_meter_says_when_the_rate_differs() {
        let store = store::Store::<crate::app::App>::new();
        let mut meter = Meter::new(store.revision());
        assert!(!meter.tick(store.revision()));
        for notice in ["one", "two"] {
            store.update(crate::app::SCREEN, |screen| {
                screen.notice.set(notice.into());
            });
        }
        assert!(meter.tick(store.revision()));
        assert_eq!(meter.rate(), 2);
        assert!(meter.tick(store.revision()));
        assert!(!meter.tick(store.revision()));
    }
}
