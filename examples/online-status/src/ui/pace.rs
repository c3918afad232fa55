//! When to paint, and how fast commits are made.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// The least time between two paintings: sixty in a second at most.
const FRAME: Duration = Duration::from_micros(16_667);

/// Says that something on the screen differs. Any thread may ring; rings that were not heard are one.
#[derive(Clone, Default)]
pub(super) struct Bell(Arc<Notify>);

impl Bell {
    pub(super) fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for a ring since the last one that was heard.
    pub(super) async fn rung(&self) {
        self.0.notified().await;
    }
}

/// Paints when something differs, but not more often than the eye can see.
pub(super) struct Pace {
    painted: Option<Instant>,
    wanted: bool,
}

impl Pace {
    /// Wants a first painting at once.
    pub(super) fn new() -> Self {
        Self {
            painted: None,
            wanted: true,
        }
    }

    /// Wants a painting.
    pub(super) fn want(&mut self) {
        self.wanted = true;
    }

    /// When to paint next, if anything is to be painted.
    pub(super) fn due(&self) -> Option<Instant> {
        let earliest = self.painted.map_or_else(Instant::now, |at| at + FRAME);
        self.wanted.then_some(earliest)
    }

    /// Says that everything wanted is painted now.
    pub(super) fn painted(&mut self, now: Instant) {
        self.painted = Some(now);
        self.wanted = false;
    }
}

/// Counts commits, and says how many there were in the last second.
#[derive(Default)]
pub(super) struct Meter {
    count: Arc<AtomicU64>,
    seen: u64,
    rate: u64,
}

impl Meter {
    /// What is to be called for each commit.
    pub(super) fn counter(&self) -> impl FnMut() + Send + use<> {
        let count = Arc::clone(&self.count);
        move || {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A second has passed; says whether the rate is another one now.
    pub(super) fn tick(&mut self) -> bool {
        let count = self.count.load(Ordering::Relaxed);
        let before = std::mem::replace(&mut self.rate, count - self.seen);
        self.seen = count;
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
    async fn nothing_is_painted_twice_in_one_frame_or_without_need() {
        let mut pace = Pace::new();
        let start = Instant::now();
        assert_eq!(pace.due(), Some(start));
        pace.painted(start);
        assert_eq!(pace.due(), None);
        pace.want();
        pace.want();
        assert_eq!(pace.due(), Some(start + FRAME));
        assert!(FRAME * 60 >= Duration::from_secs(1));
    }

    #[test]
    fn the_meter_says_when_the_rate_differs() {
        let mut meter = Meter::default();
        let mut count = meter.counter();
        assert!(!meter.tick());
        count();
        count();
        assert!(meter.tick());
        assert_eq!(meter.rate(), 2);
        assert!(meter.tick());
        assert!(!meter.tick());
    }
}
