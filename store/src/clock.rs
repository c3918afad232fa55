//! Time, handed in by the program.
//!
//! Nothing here asks the system for the time, so it runs where there is none to ask, and tests run
//! without waiting.

use std::{
    collections::BTreeMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use crate::sync::{Mutex, assert_unlocked, let_go};

/// A wait for a time: [`Clock::sleep_until`].
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tells the time, and when a time has come.
///
/// It is asked, and its sleeps are polled, on whatever thread reads. In tests, it is a
/// [`ManualClock`].
///
/// # Examples
///
/// Over tokio, whose timers are made inside a runtime:
///
/// ```
/// use std::time::Duration;
/// use store::{Clock, Sleep};
/// use tokio::{runtime::{Builder, Handle}, time};
///
/// struct TokioClock {
///     runtime: Handle,
///     started: time::Instant,
/// }
///
/// impl Clock for TokioClock {
///     fn now(&self) -> Duration {
///         self.started.elapsed()
///     }
///
///     fn sleep_until(&self, deadline: Duration) -> Sleep {
///         let _inside = self.runtime.enter();
///         Box::pin(time::sleep_until(self.started + deadline))
///     }
/// }
///
/// let runtime = Builder::new_current_thread().enable_time().build().unwrap();
/// let clock = TokioClock { runtime: runtime.handle().clone(), started: time::Instant::now() };
/// let nap = clock.sleep_until(Duration::from_millis(1)); // outside of the runtime
/// runtime.block_on(nap);
/// assert!(clock.now() >= Duration::from_millis(1));
/// ```
pub trait Clock: Send + Sync + 'static {
    /// How long ago this clock was started; never goes back.
    fn now(&self) -> Duration;

    /// Waits until [`now`](Clock::now) is `deadline` or later; ready at once if it is already.
    fn sleep_until(&self, deadline: Duration) -> Sleep;
}

/// Several watchers may share one.
impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Duration {
        (**self).now()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        (**self).sleep_until(deadline)
    }
}

/// A clock that stands still until it is advanced by hand. Clones are the same clock.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use futures::FutureExt;
/// use store::{Clock, ManualClock};
///
/// let clock = ManualClock::new();
/// let mut nap = clock.sleep_until(Duration::from_secs(3));
/// assert_eq!((&mut nap).now_or_never(), None);
/// clock.advance(Duration::from_secs(3));
/// assert_eq!(nap.now_or_never(), Some(()));
/// ```
#[derive(Clone, Default)]
pub struct ManualClock {
    face: Arc<Mutex<Face>>,
}

#[derive(Default)]
struct Face {
    now: Duration,
    /// By number, so that each can leave.
    sleepers: BTreeMap<u64, (Duration, Waker)>,
    last_number: u64,
}

impl ManualClock {
    /// A clock that shows zero.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock on, and wakes everyone whose time has come.
    ///
    /// # Panics
    ///
    /// With what the first waker panicked with that did, once all have been woken.
    pub fn advance(&self, by: Duration) {
        let awake: Vec<_> = {
            let mut face = self.face.lock();
            face.now += by;
            let now = face.now;
            let is_awake = |_: &u64, (deadline, _): &mut (Duration, _)| *deadline <= now;
            face.sleepers.extract_if(.., is_awake).collect()
        };
        assert_unlocked();
        let mut panic = None;
        for (_, (_, waker)) in awake {
            let woken = catch_unwind(AssertUnwindSafe(|| waker.wake()));
            panic = panic.or(woken.err());
        }
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        self.face.lock().now
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        let number = {
            let mut face = self.face.lock();
            face.last_number += 1;
            face.last_number
        };
        Box::pin(Nap {
            number,
            deadline,
            clock: self.clone(),
        })
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ManualClock").field(&self.now()).finish()
    }
}

struct Nap {
    number: u64,
    deadline: Duration,
    clock: ManualClock,
}

impl Future for Nap {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // Cloned and dropped with no lock held, as it is the program's code.
        let waker = cx.waker().clone();
        let mut face = self.clock.face.lock();
        if face.now >= self.deadline {
            return Poll::Ready(());
        }
        let sleeper = (self.deadline, waker);
        let former = face.sleepers.insert(self.number, sleeper);
        drop(face);
        let_go(former);
        Poll::Pending
    }
}

impl Drop for Nap {
    fn drop(&mut self) {
        let sleeper = self.clock.face.lock().sleepers.remove(&self.number);
        let_go(sleeper);
    }
}
