//! One registered callback: its place in the order, and the gate that lets one call in at a time.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use super::{
    moment::Moment,
    report::{self, PanicHook},
};
use crate::{
    change::{Cause, Commit},
    model::Stores,
    state::Revision,
    sync::{Activity, Caller, Mutex, thread_token},
};

/// A callback, its types erased.
pub(crate) type Callback<S> = Box<dyn FnMut(&Moment<'_, S>) + Send>;

/// Where a callback stands among all: watchers in the order they were registered, and the
/// callbacks of one watcher in field order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Order {
    pub(crate) watcher: u64,
    pub(crate) field: u32,
    pub(crate) nth: u32,
}

/// A registered callback.
pub(crate) struct Entry<S: Stores> {
    pub(crate) order: Order,
    /// It hears of commits after this one.
    since: AtomicU64,
    at: Caller,
    /// Whose commits it does not hear of.
    ignored: Box<[Arc<str>]>,
    /// Whether its immediate call is skipped.
    pub(super) silent: bool,
    callback: Mutex<Option<Callback<S>>>,
    /// The thread that the callback runs on, 0 if it does not run.
    running: AtomicUsize,
    ended: AtomicBool,
}

impl<S: Stores> Entry<S> {
    pub(super) fn new(
        order: Order,
        at: Caller,
        ignored: Box<[Arc<str>]>,
        silent: bool,
        callback: Callback<S>,
    ) -> Self {
        Self {
            order,
            since: AtomicU64::new(Revision::MAX),
            at,
            ignored,
            silent,
            callback: Mutex::new(Some(callback)),
            running: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        }
    }

    /// From now on it hears of commits after `revision`.
    pub(super) fn start(&self, revision: Revision) {
        self.since.store(revision, Ordering::Release);
    }

    /// Tells of a commit, unless the watcher is younger.
    pub(super) fn tell(&self, commit: &Commit<S>, hook: Option<&PanicHook>) {
        if commit.cause.revision <= self.since.load(Ordering::Acquire) {
            return;
        }
        let moment = if self.ignores(&commit.cause) {
            Moment::Ignored(commit)
        } else {
            Moment::Commit(commit)
        };
        self.call(&moment, hook);
    }

    /// Runs the callback. No lock is held but the callback's own gate, which only the end of this
    /// very watch waits for. The caller has entered the activity of telling.
    pub(super) fn call(&self, moment: &Moment<'_, S>, hook: Option<&PanicHook>) {
        let mut gate = self.callback.lock();
        let panicked = match gate.as_mut() {
            Some(callback) if !self.is_ended() => {
                Activity::tell(self.at);
                self.running.store(thread_token(), Ordering::Relaxed);
                let result = report::quietly(|| callback(moment));
                self.running.store(0, Ordering::Relaxed);
                result.err()
            }
            _ => None,
        };
        drop(gate);
        if let Some(payload) = panicked {
            report::report(hook, self.at, moment.cause().revision, payload);
        }
        // Asked after the gate opened: who ends the watch in a write closure does not wait for it.
        if self.is_ended() {
            let callback = self.callback.lock().take();
            self.drop_callback(callback, hook, moment.cause().revision);
        }
    }

    /// Ends the watch: once this returns, the callback does not run and will not run.
    ///
    /// From inside the callback itself it returns at once, and the callback is dropped when it
    /// returns. Inside a write closure it does not wait either: the callback may be waiting for
    /// that very write.
    pub(super) fn end(&self, hook: Option<&PanicHook>) {
        self.ended.store(true, Ordering::SeqCst);
        if self.running.load(Ordering::Relaxed) == thread_token() {
            return;
        }
        let callback = if Activity::current().writing.is_some() {
            self.callback.try_lock().and_then(|mut gate| gate.take())
        } else {
            self.callback.lock().take()
        };
        self.drop_callback(callback, hook, self.since.load(Ordering::Relaxed));
    }

    pub(super) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    fn ignores(&self, cause: &Cause) -> bool {
        let origin = cause.origin.as_ref();
        origin.is_some_and(|origin| self.ignored.iter().any(|who| **who == *origin.who()))
    }

    fn drop_callback(
        &self,
        callback: Option<Callback<S>>,
        hook: Option<&PanicHook>,
        revision: Revision,
    ) {
        if let Some(callback) = callback
            && let Err(payload) = report::quietly(|| drop(callback))
        {
            report::report(hook, self.at, revision, payload);
        }
    }
}
