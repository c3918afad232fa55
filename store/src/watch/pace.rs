//! When what waits for a reader may be told: at once, after a rest, or so often at most.

use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use crate::clock::{Clock, Sleep};

/// How a reader is paced.
#[derive(Clone)]
pub(crate) struct Pace {
    kind: Kind,
    clock: Arc<dyn Clock>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Once nothing has come for so long.
    Debounce(Duration),
    /// Once in so long at most.
    Throttle(Duration),
}

impl Pace {
    pub(crate) fn debounce(rest: Duration, clock: Arc<dyn Clock>) -> Self {
        let kind = Kind::Debounce(rest);
        Self { kind, clock }
    }

    pub(crate) fn throttle(period: Duration, clock: Arc<dyn Clock>) -> Self {
        let kind = Kind::Throttle(period);
        Self { kind, clock }
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// Where a reader is that may be paced. Most are not, so it is small.
#[derive(Default)]
pub(crate) struct Pacer(Option<Box<Paced>>);

/// Where a paced reader is.
struct Paced {
    pace: Pace,
    /// When the next may be let through, and what rings then.
    timer: Option<(Duration, Sleep)>,
    /// For how much of what was put in the timer was set.
    seen: u64,
    /// How much of what was put in has been let through.
    passed: u64,
    /// When something was let through that has not been taken out yet.
    let_through: Option<Duration>,
    /// When a throttled one may be let through.
    next: Duration,
}

impl Pacer {
    pub(crate) fn new(pace: Option<Pace>) -> Self {
        Self(pace.map(|pace| {
            Box::new(Paced {
                pace,
                timer: None,
                seen: 0,
                passed: 0,
                let_through: None,
                next: Duration::ZERO,
            })
        }))
    }

    pub(crate) fn is_paced(&self) -> bool {
        self.0.is_some()
    }

    /// Something has been taken out.
    pub(crate) fn taken(&mut self) {
        if let Some(paced) = &mut self.0 {
            paced.taken();
        }
    }

    /// Whether what was put in so far may be told. Without a context the time is looked at, and the
    /// timer is left to whoever waits for it.
    pub(crate) fn poll(&mut self, posted: u64, cx: Option<&mut Context<'_>>) -> Poll<()> {
        match &mut self.0 {
            Some(paced) => paced.poll(posted, cx),
            None => Poll::Ready(()),
        }
    }
}

impl Paced {
    /// A throttle's period begins with what is taken out.
    fn taken(&mut self) {
        if let (Kind::Throttle(period), Some(then)) = (self.pace.kind, self.let_through.take()) {
            self.next = then + period;
        }
    }

    fn poll(&mut self, posted: u64, cx: Option<&mut Context<'_>>) -> Poll<()> {
        let Pace { kind, clock } = &self.pace;
        if posted == self.passed {
            // It was not taken out when it might have been.
            self.let_through = self.let_through.map(|_| clock.now());
            return Poll::Ready(());
        }
        let set = |deadline| (deadline, clock.sleep_until(deadline));
        let (deadline, timer) = match *kind {
            Kind::Debounce(rest) if self.seen != posted => {
                let timer = self.timer.insert(set(clock.now() + rest));
                self.seen = posted;
                timer
            }
            _ => self.timer.get_or_insert_with(|| set(self.next)),
        };
        let has_rung = match cx {
            Some(cx) => timer.as_mut().poll(cx).is_ready(),
            None => clock.now() >= *deadline,
        };
        if !has_rung {
            return Poll::Pending;
        }
        self.timer = None;
        self.passed = posted;
        self.let_through = Some(clock.now());
        Poll::Ready(())
    }
}
