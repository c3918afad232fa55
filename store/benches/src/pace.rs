//! How long a subject is timed.
//!
//! All subjects of a row run in turn, several rounds each, and the best round counts: a shared
//! machine only ever adds time. A round before them warms up and does not count.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// How many rounds a row has, and how long one is.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    rounds: usize,
    round: Duration,
    /// A row whose calls are slow ends early, once so much time is gone.
    patience: Duration,
}

impl Pace {
    /// For figures that are written down.
    pub const FULL: Self = Self {
        rounds: 9,
        round: Duration::from_millis(20),
        patience: Duration::from_secs(12),
    };

    /// For a look while something is changed.
    pub const QUICK: Self = Self {
        rounds: 4,
        round: Duration::from_millis(8),
        patience: Duration::from_secs(3),
    };

    /// For finding out whether everything runs.
    pub const ONCE: Self = Self {
        rounds: 1,
        round: Duration::ZERO,
        patience: Duration::ZERO,
    };

    /// Runs `turn` once without counting, and then as often as there are rounds; two at the least,
    /// if there is more than one.
    pub(crate) fn rounds(self, mut turn: impl FnMut(bool)) {
        let start = Instant::now();
        if self.rounds > 1 {
            turn(false);
        }
        for round in 0..self.rounds {
            if round >= 2 && start.elapsed() > self.patience {
                break;
            }
            turn(true);
        }
    }

    /// Nanoseconds per call, over as many calls as fill one round.
    pub(crate) fn time(self, subject: &mut dyn FnMut(u64), number: &mut u64) -> f64 {
        let mut calls = 0_u64;
        let mut batch = 1_u64;
        let start = Instant::now();
        loop {
            for _ in 0..batch {
                *number += 1;
                subject(black_box(*number));
            }
            calls += batch;
            let spent = start.elapsed();
            if spent >= self.round {
                return spent.as_nanos() as f64 / calls as f64;
            }
            batch = (batch * 2).min(1024);
        }
    }
}
