//! W5, W11, W12: what is called to have somebody told may end the very thing that it is called for.

use std::{
    any::Any,
    cell::RefCell,
    pin::Pin,
    sync::Arc,
    task::{Context, Wake, Waker},
    time::Duration,
};

use futures::Stream as _;
use store::{Clock, ExecutorGone, Inbox, ManualClock, Sleep, Watch as _, Work, WorkQueue};

use super::{
    CallOut::{Callback, Drop},
    Prying, VAULT, Vault,
    call_out::{Fate, pried},
    fill, pry, prying,
};

thread_local! {
    static TO_END: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
    static INBOX: RefCell<Option<Inbox>> = const { RefCell::new(None) };
}

/// Ends what is to be ended, if that is not done.
fn end() {
    drop(TO_END.take());
}

/// How a clock is to end what it is of.
#[derive(Clone, Copy, PartialEq)]
enum When {
    Asked,
    LaidToSleep,
    Polled,
}

struct Ending(ManualClock, When);

struct EndingSleep(Sleep, When);

impl Clock for Ending {
    fn now(&self) -> Duration {
        if self.1 == When::Asked {
            end();
        }
        self.0.now()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        if self.1 == When::LaidToSleep {
            end();
        }
        Box::pin(EndingSleep(self.0.sleep_until(deadline), self.1))
    }
}

impl Future for EndingSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> std::task::Poll<()> {
        if self.1 == When::Polled {
            end();
        }
        self.0.as_mut().poll(cx)
    }
}

#[test]
fn w12_a_clock_may_end_the_watch_that_waits_for_it() {
    prying(|store| {
        let rest = Duration::from_secs(1);
        for when in [When::Asked, When::LaidToSleep, When::Polled] {
            let ((queue, worker), inbox) = (WorkQueue::new(), Inbox::new(|| {}));
            let time = ManualClock::new();
            let clock = || Ending(time.clone(), when);
            let watch = || Vault::GOLD.watch(|_| pry(Callback)).changes_only();
            let seen = pried(|| {
                let resting = store.on(queue).debounce(rest, clock());
                TO_END.set(Some(Box::new(resting.watch(VAULT, watch()))));
                fill(store, 1);
                let _ = worker.run_ready();
                time.advance(rest);
                let _ = worker.run_ready();
                let resting = store.on(&inbox).debounce(rest, clock());
                TO_END.set(Some(Box::new(resting.watch(VAULT, watch()))));
                fill(store, 2);
                let _ = inbox.drain();
                time.advance(rest);
                let _ = inbox.drain();
            });
            assert_eq!(seen.fates(Callback), [], "both were ended before");
            assert!(TO_END.take().is_none());
            assert_eq!(format!("{inbox:?}"), "Inbox { watchers: 0, ready: 0 }");
        }
    });
}

#[test]
fn w10_an_executor_may_end_the_watch_whose_work_it_is_given() {
    prying(|store| {
        let ending = |work: Work| -> Result<(), ExecutorGone> {
            end();
            work.run();
            Ok(())
        };
        let watch = Vault::GOLD.watch(|_| pry(Callback)).changes_only();
        TO_END.set(Some(Box::new(store.on(ending).watch(VAULT, watch))));
        let seen = pried(|| fill(store, 1));
        assert_eq!(seen.fates(Callback), []);
        assert!(TO_END.take().is_none());
    });
}

#[test]
fn w5_a_callback_on_an_executor_may_end_its_own_watch() {
    prying(|store| {
        let (queue, worker) = WorkQueue::new();
        let watch = Vault::GOLD.watch(|_| {
            end();
            pry(Callback);
        });
        let watching = store.on(queue).watch(VAULT, watch.changes_only());
        TO_END.set(Some(Box::new(watching)));
        fill(store, 1);
        let seen = pried(|| assert_eq!(worker.run_ready(), 1));
        assert_eq!(seen.fates(Callback), [Fate::Made]);
        fill(store, 2);
        assert_eq!(worker.run_ready(), 0);
    });
}

#[test]
fn w10_the_hook_of_an_inbox_may_drain_it_and_end_its_watches() {
    prying(|store| {
        let drain = || INBOX.with_borrow(|inbox| inbox.as_ref().map_or(0, Inbox::drain));
        let hook = move || {
            let _ = drain();
        };
        INBOX.set(Some(Inbox::new(hook)));
        let watch = || Vault::GOLD.watch(|_| pry(Callback)).changes_only();
        let on_inbox =
            || INBOX.with_borrow(|inbox| store.on(inbox.as_ref().unwrap()).watch(VAULT, watch()));
        let local = on_inbox();
        let seen = pried(|| fill(store, 1));
        seen.made(&[Callback]);
        drop(local);
        let ending = Inbox::new(end);
        let seen = pried(|| {
            let local = store.on(&ending).watch(VAULT, watch());
            TO_END.set(Some(Box::new(local)));
            fill(store, 2);
            assert_eq!(ending.drain(), 0);
        });
        assert_eq!(seen.fates(Callback), []);
        drop(INBOX.take());
    });
}

/// Drops the stream that it is to have read.
struct EndingWaker;

impl Wake for EndingWaker {
    fn wake(self: Arc<Self>) {
        end();
    }
}

#[test]
fn w11_a_waker_may_drop_the_stream_that_wakes_it() {
    prying(|store| {
        for is_shared in [false, true] {
            let other = is_shared.then(|| store.stream(VAULT, Vault::GOLD));
            let mut stream = store.stream(VAULT, Vault::GOLD);
            drop(stream.try_next());
            let waker = Waker::from(Arc::new(EndingWaker));
            let polled = Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
            TO_END.set(Some(Box::new(stream)));
            let seen = pried(|| {
                store.update(VAULT, |vault| vault.gold.set(Prying(1)));
                assert!(TO_END.take().is_none());
                drop(other);
            });
            seen.made(&[Drop]);
            store.reset(VAULT);
        }
    });
}

#[test]
fn w11_a_predicate_may_drop_another_who_waits() {
    prying(|store| {
        let other = store.until(VAULT, Vault::GOLD, |_| false);
        TO_END.set(Some(Box::new(Box::pin(other))));
        let one = store.until(VAULT, Vault::GOLD, |gold| {
            end();
            gold.0 == 1
        });
        let mut one = Box::pin(one);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(one.as_mut().poll(&mut cx).is_pending());
        assert!(TO_END.take().is_none());
        let seen = pried(|| fill(store, 1));
        assert!(!seen.fates(Drop).contains(&Fate::Refused));
        assert!(one.as_mut().poll(&mut cx).is_ready());
    });
}
