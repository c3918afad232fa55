//! When the next call may go out.
//!
//! Pure: told what happened and when, says from when on. No clock of its own.

use std::time::Duration;

/// The first pause after a failure for which the server named none; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// No pause of our own is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// No server is left alone for longer, whatever it asks for.
const LONGEST_RESPITE: Duration = Duration::from_secs(3_600);

/// Keeps calls apart, and further apart the more of them fail in a row.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    next: Duration,
    paused_until: Duration,
    failures: u32,
}

impl Pace {
    /// Calls begin at least `interval` apart.
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval: interval.min(LONGEST_PAUSE),
            next: Duration::ZERO,
            paused_until: Duration::ZERO,
            failures: 0,
        }
    }

    /// From when on a call may go out.
    pub(super) fn earliest(&self) -> Duration {
        self.next.max(self.paused_until)
    }

    /// A call goes out.
    pub(super) fn called(&mut self, now: Duration) {
        self.next = now + self.interval;
    }

    /// Whether the last call failed and may be made again.
    pub(super) fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// A call was answered as it should be.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// A call failed and may be made again: after the time the server named, but never sooner than
    /// our own pause allows, which grows unless one was being made already.
    pub(super) fn failed(&mut self, now: Duration, retry_after: Duration) {
        let mut pause = retry_after.min(LONGEST_RESPITE);
        if now >= self.paused_until {
            let growing = FIRST_PAUSE.saturating_mul(1 << self.failures.min(6));
            pause = pause.max(growing.min(LONGEST_PAUSE));
            self.failures += 1;
        }
        self.paused_until = self.paused_until.max(now + pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn calls_begin_an_interval_apart() {
        let mut pace = Pace::new(seconds(2));
        assert_eq!(pace.earliest(), seconds(0), "the first goes at once");
        pace.called(seconds(5));
        assert_eq!(pace.earliest(), seconds(7));
    }

    #[test]
    fn pauses_double_up_to_a_bound_and_end_with_a_success() {
        let mut pace = Pace::new(seconds(0));
        let mut now = seconds(0);
        let pauses: Vec<u64> = (0..8)
            .map(|_| {
                pace.failed(now, seconds(0));
                let pause = pace.earliest() - now;
                now = pace.earliest();
                pause.as_secs()
            })
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        pace.succeeded();
        pace.failed(now, seconds(0));
        assert_eq!(pace.earliest() - now, seconds(1));
    }

    #[test]
    fn calls_that_fail_together_are_one_failure() {
        let mut pace = Pace::new(seconds(0));
        for _ in 0..5 {
            pace.failed(seconds(0), seconds(0));
        }
        assert_eq!(pace.earliest(), seconds(1));
    }

    #[test]
    fn the_server_may_ask_for_a_longer_pause_but_not_for_a_storm() {
        let mut pace = Pace::new(seconds(0));
        pace.failed(seconds(0), seconds(30));
        assert_eq!(pace.earliest(), seconds(30));
        pace.failed(seconds(30), seconds(0));
        assert_eq!(pace.earliest(), seconds(32), "zero seconds is no pause");
    }

    #[test]
    fn times_that_make_no_sense_are_bounded() {
        let mut pace = Pace::new(Duration::MAX);
        pace.called(seconds(5));
        assert_eq!(pace.earliest(), seconds(65));
        pace.failed(seconds(5), Duration::MAX);
        assert_eq!(pace.earliest(), seconds(3_605));
    }
}
