//! The task that an executor runs: takes out of a watcher's mailbox and calls.

use std::{
    sync::{Arc, Weak},
    task::{Context, Poll, Wake, Waker},
};

use super::{
    executor::Run,
    mailbox::Posted,
    moment::Moment,
    pace::Pacer,
    report,
    telling::telling,
    watching::{Told, Watching},
};
use crate::{
    model::Stores,
    sync::{Activity, assert_unlocked},
};

/// How many commits a task tells before it lets others run.
const BATCH: usize = 64;

impl<S: Stores> Run for Watching<S> {
    fn run(self: Arc<Self>) {
        let delivery = &self.delivery;
        delivery.schedule().begin();
        // Taken, so that no lock is held while callbacks run; nobody else reads meanwhile.
        let mut pacer = delivery.take_pacer();
        let read = report::quietly(|| self.read(&mut pacer, BATCH));
        let let_go = {
            let mut kept = delivery.pacer().lock();
            match self.is_ended() {
                true => pacer,
                false => std::mem::replace(&mut *kept, pacer),
            }
        };
        report::contained(|| drop(let_go));
        if self.is_ended() {
            self.drop_callbacks(self.take_callbacks_if_idle());
        }
        let is_more = read.unwrap_or_else(|payload| {
            self.report(delivery.oldest().unwrap_or_default(), payload);
            false
        });
        if delivery.schedule().end() || is_more {
            delivery.notify(&self);
        }
    }

    fn abandon(&self) {
        if self.delivery.abandon() && !self.is_ended() {
            assert_unlocked();
            tracing::error!(target: "store", watcher = %self.at, "a watcher is not told any more: its executor is gone");
        }
    }
}

impl<S: Stores> Watching<S> {
    /// Takes out what waits and has it told, so many at most; whether there may be more.
    pub(super) fn read(self: &Arc<Self>, pacer: &mut Pacer, at_most: usize) -> bool {
        let alarm = self.alarm(pacer);
        let mut cx = alarm.as_ref().map(Context::from_waker);
        for _ in 0..at_most {
            if self.delivery.is_paused() {
                return false;
            }
            // Held while it is taken out, so that nothing is on its way once `pause` has returned.
            let gate = || Some(self.gate()).filter(|_| !self.delivery.is_paused());
            match self.delivery.poll_through(self, pacer, cx.as_mut(), gate) {
                Poll::Ready(Some((posted, gate))) => {
                    self.receive(posted, |nth, moment| self.call_through(gate, nth, moment));
                    self.delivery.hold(None);
                }
                Poll::Ready(None) | Poll::Pending => return false,
            }
        }
        true
    }

    /// Has `call` tell a callback what was taken out.
    pub(super) fn receive(
        self: &Arc<Self>,
        posted: Posted<S>,
        call: impl FnOnce(usize, &Moment<'_, S>) -> Told,
    ) {
        let cause = &posted.commit.cause;
        let _telling = telling(cause).enter();
        let moment = Moment::of(&posted.commit, posted.ignored);
        if call(posted.nth, &moment) == Told::Last {
            self.retire(posted.nth);
        }
        // The old values go last, and may write as a watcher may.
        Activity::tell(cause.at);
        report::contained(|| drop(posted));
    }

    /// Lets the reader know when a timer rings. Without a pace nobody rings: whoever puts something
    /// in notifies the reader.
    pub(super) fn alarm(self: &Arc<Self>, pacer: &Pacer) -> Option<Waker> {
        let alarm = || Alarm(Arc::downgrade(self));
        pacer.is_paced().then(|| Waker::from(Arc::new(alarm())))
    }
}

/// Does not keep the watcher, which may own the clock that has it.
struct Alarm<S: Stores>(Weak<Watching<S>>);

impl<S: Stores> Wake for Alarm<S> {
    fn wake(self: Arc<Self>) {
        if let Some(watching) = self.0.upgrade() {
            watching.delivery.notify(&watching);
        }
    }
}
