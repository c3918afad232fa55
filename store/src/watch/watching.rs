//! One registered watcher: its callbacks, the gate that lets one call in at a time, and how it is
//! told.

use std::{
    any::Any,
    sync::{Arc, Weak},
};

use smallvec::SmallVec;

use super::{
    callback::Callbacks,
    delivery::{Delivery, Pause},
    listeners::Entry,
    merged::Merger,
    moment::Moment,
    pace::Pacer,
    registry::Place,
    report::{self, PanicHook},
    telling::Watchers,
};
use crate::{
    change::{Commit, Origin, PanicSource},
    model::Stores,
    state::Revision,
    sync::{
        Activity, Caller, Stage, StageGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        thread_token,
    },
};

/// What came of telling a callback.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing that it watches differs.
    Silent,
    /// It was called.
    Called,
    /// It was called, and wants no more.
    Last,
}

impl Told {
    /// Calls a callback with a change, if there is one.
    #[inline]
    pub(crate) fn if_some<C>(change: Option<C>, callback: impl FnOnce(C)) -> Self {
        match change {
            None => Self::Silent,
            Some(change) => {
                callback(change);
                Self::Called
            }
        }
    }
}

/// Where a callback stands among all: watchers in the order they were registered, and the
/// callbacks of one watcher in field order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Order {
    pub(crate) watcher: u64,
    pub(crate) field: u32,
    pub(crate) nth: u32,
}

/// What is known of one callback, whatever it does.
pub(crate) struct Part<S: Stores> {
    pub(super) order: Order,
    pub(super) place: Place<S>,
    /// Whose commits it does not hear of.
    pub(super) ignored: Box<[Arc<str>]>,
    /// Whether its immediate call is skipped.
    pub(super) silent: bool,
    pub(super) ended: AtomicBool,
    /// Whether it stands in the tables of who watches what; known to the thread that tells.
    pub(super) listed: AtomicBool,
}

impl<S: Stores> Part<S> {
    pub(super) fn nth(&self) -> usize {
        self.order.nth as usize
    }

    /// How it stands in the tables.
    pub(super) fn entry(&self, seat: usize) -> Entry {
        let order = self.order;
        Entry { order, seat }
    }

    pub(super) fn is_listed(&self) -> bool {
        self.listed.load(Ordering::Relaxed)
    }

    /// It is to hear nothing any more.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }

    pub(super) fn ignores(&self, origin: &Origin) -> bool {
        self.ignored.iter().any(|who| **who == *origin.who())
    }
}

/// A registered watcher.
pub(crate) struct Watching<S: Stores> {
    id: u64,
    pub(super) at: Caller,
    /// By `nth`.
    pub(super) parts: SmallVec<[Part<S>; 1]>,
    pub(super) delivery: Delivery<S>,
    watchers: Weak<Watchers<S>>,
    hook: Option<PanicHook>,
    /// Where the thread that tells has it, plus one; 0 until it has joined.
    seat: AtomicUsize,
    /// None once the watch has ended, while they are lent to the thread that tells, and if they are
    /// kept by the thread that owns them.
    callbacks: Stage<Callbacks<S>>,
    /// The thread that a callback runs on, 0 if none runs.
    running: AtomicUsize,
    ended: AtomicBool,
}

impl<S: Stores> Watching<S> {
    pub(super) fn new(
        id: u64,
        at: Caller,
        parts: SmallVec<[Part<S>; 1]>,
        delivery: Delivery<S>,
        watchers: &Arc<Watchers<S>>,
        callbacks: Callbacks<S>,
    ) -> Self {
        Self {
            id,
            at,
            parts,
            delivery,
            watchers: Arc::downgrade(watchers),
            hook: watchers.hook().cloned(),
            seat: AtomicUsize::new(0),
            callbacks: Stage::new(callbacks),
            running: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn watchers(&self) -> Option<Arc<Watchers<S>>> {
        self.watchers.upgrade()
    }

    /// Where the thread that tells has it, once it has joined.
    pub(super) fn seat(&self) -> Option<usize> {
        self.seat.load(Ordering::Relaxed).checked_sub(1)
    }

    /// Takes note of where the thread that tells has it.
    pub(super) fn sit(&self, seat: usize) {
        self.seat.store(seat + 1, Ordering::Relaxed);
    }

    /// Hands out the callbacks if they are called by the thread that tells, and at once.
    pub(super) fn lend_callbacks(&self) -> Callbacks<S> {
        match self.delivery.is_inline() && !self.is_ended() {
            true => self.take_callbacks(),
            false => Callbacks::new(),
        }
    }

    pub(super) fn take_callbacks(&self) -> Callbacks<S> {
        std::mem::take(&mut *self.callbacks.enter())
    }

    /// None while one of them runs: who runs it lets them go.
    pub(super) fn take_callbacks_if_idle(&self) -> Callbacks<S> {
        let gate = self.callbacks.try_enter();
        gate.map(|mut gate| std::mem::take(&mut *gate))
            .unwrap_or_default()
    }

    /// Takes back what was lent.
    pub(super) fn give_back(&self, lent: Callbacks<S>) {
        if lent.is_empty() {
            return;
        }
        let mut callbacks = self.callbacks.enter();
        if !self.is_ended() {
            *callbacks = lent;
            return;
        }
        drop(callbacks);
        self.drop_callbacks(lent);
    }

    /// Waits until no callback runs, and keeps others from running.
    #[inline]
    pub(super) fn gate(&self) -> Gate<'_, S> {
        let callbacks = self.callbacks.enter();
        self.running.store(thread_token(), Ordering::Relaxed);
        Gate {
            callbacks,
            running: &self.running,
        }
    }

    /// Runs the `nth` callback. The caller has entered the activity of telling.
    pub(super) fn call(&self, nth: usize, moment: &Moment<'_, S>) -> Told {
        self.call_through(self.gate(), nth, moment)
    }

    /// Runs the `nth` callback. No lock is held but the watcher's own gate, which only the pause and
    /// the end of this very watch wait for.
    #[inline]
    pub(super) fn call_through(
        &self,
        mut gate: Gate<'_, S>,
        nth: usize,
        moment: &Moment<'_, S>,
    ) -> Told {
        let told = match gate.callbacks.get_mut(nth) {
            Some(Some(callback)) if !self.is_ended() => tell(self.at, || callback.tell(moment)),
            _ => Ok(Told::Silent),
        };
        drop(gate);
        // Asked after the gate opened: who ends the watch in a write closure does not wait for it.
        if self.is_ended() {
            self.drop_callbacks(self.take_callbacks());
        }
        told.unwrap_or_else(|payload| self.report(moment.cause().revision, payload))
    }

    /// Reports that a callback panicked, having been called.
    #[cold]
    pub(super) fn report(&self, revision: Revision, payload: Box<dyn Any + Send>) -> Told {
        let by = PanicSource::Callback(self.at);
        report::report(self.hook.as_ref(), by, revision, payload);
        Told::Called
    }

    /// Ends the watch: once this returns, no callback runs or will run.
    ///
    /// From inside a callback of its own it returns at once, and the callbacks are dropped when
    /// that returns. Inside a write closure it does not wait either: the callback may be waiting
    /// for that very write.
    pub(super) fn end(self: &Arc<Self>) {
        if self.ended.swap(true, Ordering::SeqCst) {
            return;
        }
        self.delivery.end();
        let watchers = self.watchers();
        let is_known = watchers.as_ref().is_none_or(|watchers| {
            watchers.forget(self);
            watchers.announce(self)
        });
        if self.is_called_here() {
            return;
        }
        let is_writing = Activity::current().writing.is_some();
        let callbacks = match is_writing {
            true => self.take_callbacks_if_idle(),
            false => self.take_callbacks(),
        };
        self.drop_callbacks(callbacks);
        if !is_known && !is_writing {
            self.wait_until_through();
        }
    }

    /// Keeps what comes for later. Once this returns, no callback runs, unless it was called by
    /// one, or in a write closure.
    pub(super) fn pause(self: &Arc<Self>) {
        self.delivery.pause();
        let is_known = self.delivery.is_read_elsewhere()
            || self
                .watchers()
                .is_none_or(|watchers| watchers.announce(self));
        if !self.is_called_here() && Activity::current().writing.is_none() {
            drop(self.callbacks.enter());
            if !is_known {
                self.wait_until_through();
            }
        }
    }

    /// Waits until the thread that tells runs no callback of it.
    fn wait_until_through(&self) {
        if let Some(watchers) = self.watchers() {
            watchers.called.wait_for(self.id);
        }
    }

    /// Hears again after a pause, unless there was another since. Called in the turn of those who
    /// tell; whether it was told all that waited, by them.
    pub(super) fn resume(self: &Arc<Self>, pause: Pause) -> bool {
        if !self.delivery.resume(pause) {
            return false;
        }
        if self.delivery.is_read_elsewhere() {
            self.delivery.notify(self);
            return false;
        }
        if self.is_called_here() {
            // Who calls it goes on with what waits.
            return false;
        }
        self.read(&mut Pacer::default(), usize::MAX);
        true
    }

    /// Leaves a commit for later, unless nobody will hear it.
    #[cold]
    pub(super) fn leave(
        self: &Arc<Self>,
        nth: usize,
        commit: &Arc<Commit<S>>,
        merger: &mut Merger<S>,
    ) {
        if !self.is_ended() {
            let origin = commit.cause.origin.as_ref();
            let is_ignored = origin.is_some_and(|origin| self.parts[nth].ignores(origin));
            self.delivery.post(self, nth, commit, is_ignored, merger);
        }
    }

    /// A callback is to hear nothing any more.
    pub(super) fn retire(self: &Arc<Self>, nth: usize) {
        self.parts[nth].end();
        if let Some(watchers) = self.watchers() {
            watchers.announce(self);
        }
    }

    /// Takes note that a callback stands in no table any more.
    pub(super) fn lose(&self, part: &Part<S>) {
        if let Some(watchers) = self.watchers() {
            watchers.lose(part);
        }
    }

    /// Whether a callback is to hear nothing any more.
    pub(super) fn has_ended(&self, part: &Part<S>) -> bool {
        self.is_ended() || part.ended.load(Ordering::SeqCst)
    }

    fn is_called_here(&self) -> bool {
        let is_on_stage = |watchers: Arc<Watchers<S>>| watchers.called.is_calling_here(self.id);
        self.running.load(Ordering::Relaxed) == thread_token()
            || self.watchers().is_some_and(is_on_stage)
    }

    pub(super) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    pub(super) fn drop_callbacks(&self, callbacks: Callbacks<S>) {
        if !callbacks.is_empty()
            && let Err(payload) = report::quietly(|| drop(callbacks))
        {
            let newest = self.watchers().map(|watchers| watchers.newest());
            self.report(newest.unwrap_or_default(), payload);
        }
    }
}

/// Keeps the callbacks of a watcher from running elsewhere.
pub(super) struct Gate<'a, S: Stores> {
    callbacks: StageGuard<'a, Callbacks<S>>,
    running: &'a AtomicUsize,
}

impl<S: Stores> Drop for Gate<'_, S> {
    #[inline]
    fn drop(&mut self) {
        self.running.store(0, Ordering::Relaxed);
    }
}

/// Tells a callback in its watcher's name; `Err` is what it panicked with.
pub(super) fn tell(
    at: Caller,
    callback: impl FnOnce() -> Told,
) -> Result<Told, Box<dyn Any + Send>> {
    Activity::tell(at);
    report::quietly(callback)
}
