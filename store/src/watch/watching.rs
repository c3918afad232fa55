//! One registered watcher: its callbacks, the gate that lets one call in at a time, and how it is
//! told.

use std::{
    any::Any,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use super::{
    delivery::Delivery,
    merged::Merger,
    moment::Moment,
    pace::Pacer,
    registry::Place,
    report::{self, PanicHook},
    telling::Watchers,
};
use crate::{
    change::{Cause, Commit, Origin, PanicSource},
    model::Stores,
    state::Revision,
    sync::{Activity, Caller, Mutex, MutexGuard, thread_token},
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

/// The callbacks of a watcher, their types erased.
pub(crate) trait Callbacks<S: Stores>: 'static {
    /// Tells the callback that was registered as the `nth`.
    fn tell(&mut self, nth: usize, moment: &Moment<'_, S>) -> Told;
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
}

impl<S: Stores> Part<S> {
    pub(super) fn ignores(&self, origin: &Origin) -> bool {
        self.ignored.iter().any(|who| **who == *origin.who())
    }
}

/// A registered watcher.
pub(crate) struct Watching<S: Stores> {
    pub(super) at: Caller,
    /// By `nth`.
    pub(super) parts: Box<[Part<S>]>,
    pub(super) delivery: Delivery<S>,
    watchers: Weak<Watchers<S>>,
    hook: Option<PanicHook>,
    /// It hears of commits after this one.
    since: AtomicU64,
    /// `None` once the watch has ended, and if they are kept by the thread that owns them.
    callbacks: Mutex<Option<Box<dyn Callbacks<S> + Send>>>,
    /// The thread that a callback runs on, 0 if none runs.
    running: AtomicUsize,
    ended: AtomicBool,
}

impl<S: Stores> Watching<S> {
    pub(super) fn new(
        at: Caller,
        parts: Box<[Part<S>]>,
        delivery: Delivery<S>,
        watchers: &Arc<Watchers<S>>,
        callbacks: Option<Box<dyn Callbacks<S> + Send>>,
    ) -> Self {
        Self {
            at,
            parts,
            delivery,
            watchers: Arc::downgrade(watchers),
            hook: watchers.hook().cloned(),
            since: AtomicU64::new(Revision::MAX),
            callbacks: Mutex::new(callbacks),
            running: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        }
    }

    /// Its callbacks, in the order they were given.
    pub(super) fn entries(self: &Arc<Self>) -> Vec<Entry<S>> {
        (0..self.parts.len()).map(|nth| self.entry(nth)).collect()
    }

    pub(super) fn watchers(&self) -> Option<Arc<Watchers<S>>> {
        self.watchers.upgrade()
    }

    pub(super) fn entry(self: &Arc<Self>, nth: usize) -> Entry<S> {
        Entry {
            watching: Arc::clone(self),
            order: self.parts[nth].order,
        }
    }

    /// From now on it hears of commits after `revision`.
    pub(super) fn start(&self, revision: Revision) {
        self.since.store(revision, Ordering::Release);
    }

    /// Waits until no callback runs, and keeps others from running.
    #[inline]
    pub(super) fn gate(&self) -> Gate<'_, S> {
        let callbacks = self.callbacks.lock();
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
        let told = match gate.callbacks.as_mut() {
            Some(callbacks) if !self.is_ended() => tell(&mut **callbacks, self.at, nth, moment),
            _ => Ok(Told::Silent),
        };
        drop(gate);
        // Asked after the gate opened: who ends the watch in a write closure does not wait for it.
        if self.is_ended() {
            let callbacks = self.callbacks.lock().take();
            self.drop_callbacks(callbacks, moment.cause().revision);
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
        if let Some(watchers) = self.watchers() {
            watchers.forget(self);
        }
        self.entries().iter().for_each(Entry::retire);
        if self.is_called_here() {
            return;
        }
        let callbacks = if Activity::current().writing.is_some() {
            self.callbacks.try_lock().and_then(|mut gate| gate.take())
        } else {
            self.callbacks.lock().take()
        };
        self.drop_callbacks(callbacks, self.since.load(Ordering::Relaxed));
    }

    /// Keeps what comes for later. Once this returns, no callback runs, unless it was called by
    /// one, or in a write closure.
    pub(super) fn pause(&self) {
        self.delivery.pause();
        if !self.is_called_here() && Activity::current().writing.is_none() {
            drop(self.callbacks.lock());
        }
    }

    /// Hears again after a pause, unless there was another since. Called in the turn of those who
    /// tell.
    pub(super) fn resume(self: &Arc<Self>, pause: u64) {
        if !self.delivery.resume(pause) {
            return;
        }
        if self.delivery.is_read_elsewhere() {
            return self.delivery.notify(self);
        }
        self.read(&mut Pacer::default(), usize::MAX);
    }

    fn is_called_here(&self) -> bool {
        self.running.load(Ordering::Relaxed) == thread_token()
    }

    pub(super) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    fn drop_callbacks(&self, callbacks: Option<Box<dyn Callbacks<S> + Send>>, revision: Revision) {
        if let Some(callbacks) = callbacks
            && let Err(payload) = report::quietly(|| drop(callbacks))
        {
            self.report(revision, payload);
        }
    }
}

/// Keeps the callbacks of a watcher from running elsewhere.
pub(super) struct Gate<'a, S: Stores> {
    callbacks: MutexGuard<'a, Option<Box<dyn Callbacks<S> + Send>>>,
    running: &'a AtomicUsize,
}

impl<S: Stores> Drop for Gate<'_, S> {
    #[inline]
    fn drop(&mut self) {
        self.running.store(0, Ordering::Relaxed);
    }
}

/// Tells a callback in its watcher's name; `Err` is what it panicked with.
pub(super) fn tell<S: Stores>(
    callbacks: &mut dyn Callbacks<S>,
    at: Caller,
    nth: usize,
    moment: &Moment<'_, S>,
) -> Result<Told, Box<dyn Any + Send>> {
    Activity::tell(at);
    report::quietly(|| callbacks.tell(nth, moment))
}

/// One callback of a watcher, as the tables of who watches what hold it.
pub(crate) struct Entry<S: Stores> {
    pub(super) watching: Arc<Watching<S>>,
    pub(super) order: Order,
}

impl<S: Stores> Entry<S> {
    pub(super) fn nth(&self) -> usize {
        self.order.nth as usize
    }

    pub(super) fn part(&self) -> &Part<S> {
        &self.watching.parts[self.nth()]
    }

    pub(super) fn place(&self) -> &Place<S> {
        &self.part().place
    }

    pub(super) fn is_ended(&self) -> bool {
        self.watching.is_ended() || self.part().ended.load(Ordering::Relaxed)
    }

    /// Tells of a commit as the watcher wants it, unless the watcher is younger.
    #[inline]
    pub(super) fn tell(&self, commit: &Arc<Commit<S>>, merger: &mut Merger<S>) {
        let Self { watching, .. } = self;
        let Cause {
            revision, origin, ..
        } = &commit.cause;
        if *revision <= watching.since.load(Ordering::Acquire) {
            return;
        }
        let is_told = origin.is_none() && self.call(&Moment::Commit(commit));
        if !is_told {
            self.leave(commit, merger);
        }
    }

    /// Tells of a commit that the watcher may not want to hear of, or not now.
    #[cold]
    fn leave(&self, commit: &Arc<Commit<S>>, merger: &mut Merger<S>) {
        let origin = commit.cause.origin.as_ref();
        let ignored = origin.is_some_and(|origin| self.part().ignores(origin));
        if !self.call(&Moment::of(commit, ignored)) && !self.is_ended() {
            let delivery = &self.watching.delivery;
            delivery.post(&self.watching, self.nth(), commit, ignored, merger);
        }
    }

    /// Runs the callback if it is to be told at once; says whether it is.
    #[inline]
    fn call(&self, moment: &Moment<'_, S>) -> bool {
        let Self { watching, .. } = self;
        if watching.delivery.is_read_elsewhere() {
            return false;
        }
        let gate = watching.gate();
        // Asked while nobody can pause it: once `pause` has returned, nothing is on its way.
        if watching.delivery.is_paused() {
            return false;
        }
        if watching.call_through(gate, self.nth(), moment) == Told::Last {
            self.retire();
        }
        true
    }

    /// Takes the callback out of the registry, once.
    #[cold]
    pub(super) fn retire(&self) {
        let first = !self.part().ended.swap(true, Ordering::SeqCst);
        if let (true, Some(watchers)) = (first, self.watching.watchers.upgrade()) {
            watchers.retire(self);
        }
    }
}

impl<S: Stores> Clone for Entry<S> {
    fn clone(&self) -> Self {
        Self {
            watching: Arc::clone(&self.watching),
            order: self.order,
        }
    }
}
