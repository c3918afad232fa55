//! Where callbacks run that are not to run on the committing thread.

use std::{
    fmt,
    sync::{Arc, mpsc},
};

/// Runs the callbacks of watchers on threads of its own: [`Store::on`](crate::Store::on).
///
/// One is handed in by the program. The store has [`WorkQueue`], for a thread of the program's; with
/// the feature `tokio` a runtime's `Handle` is one, and with the feature `futures` whatever is a
/// `futures::task::Spawn`, in [`Spawner`]. A function that passes [`Work`] on is one too: it is called
/// once when there is something to do, until that is done.
///
/// # Ordering
///
/// One watcher's callbacks never run at once, also in a pool: its work is handed over again only
/// when it is done. Of two watchers nothing is promised.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc;
/// use store::{ExecutorGone, Model, Store, Work};
///
/// #[derive(Model)]
/// pub struct Counter { pub clicks: u32 }
///
/// let store = Store::<Counter>::new();
/// let (event_loop, events) = mpsc::channel();
/// let post = move |work: Work| event_loop.send(work).map_err(|_| ExecutorGone);
/// let (sender, seen) = mpsc::channel();
/// let counting = Counter::watch().clicks(move |clicks| sender.send(*clicks).unwrap());
/// let _watching = store.on(post).watch(COUNTER, counting);
///
/// store.update(COUNTER, |counter| counter.clicks.set(1));
/// store.update(COUNTER, |counter| counter.clicks.set(2));
/// assert_eq!(seen.try_iter().collect::<Vec<_>>(), [0]);
/// events.recv().unwrap().run();
/// assert_eq!(seen.try_iter().collect::<Vec<_>>(), [2]);
/// ```
///
#[cfg_attr(feature = "futures", doc = "[`Spawner`]: crate::Spawner")]
#[cfg_attr(not(feature = "futures"), doc = "[`Spawner`]: crate::Executor")]
pub trait Executor: Send + Sync + 'static {
    /// Has `work` run soon, on whatever thread, once.
    ///
    /// It is called where the commit is told or a timer rings, so it must not wait, and should not
    /// run the work itself.
    ///
    /// # Errors
    ///
    /// [`ExecutorGone`] if it will never run. To drop the work means the same.
    fn execute(&self, work: Work) -> Result<(), ExecutorGone>;
}

impl<F: Fn(Work) -> Result<(), ExecutorGone> + Send + Sync + 'static> Executor for F {
    fn execute(&self, work: Work) -> Result<(), ExecutorGone> {
        self(work)
    }
}

/// An executor does not run anything any more, or never did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the executor is gone")]
pub struct ExecutorGone;

/// What can be run, and learns if it never will be.
pub(super) trait Run: Send + Sync {
    fn run(self: Arc<Self>);
    fn abandon(&self);
}

/// Callbacks of one watcher that wait to be called: [`Executor`].
#[must_use = "the watcher is told nothing unless its work is run"]
pub struct Work(Option<Arc<dyn Run>>);

impl Work {
    pub(super) fn new(run: Arc<dyn Run>) -> Self {
        Self(Some(run))
    }

    /// Calls them. A panic of theirs is reported, and does not go on.
    pub fn run(mut self) {
        if let Some(run) = self.0.take() {
            run.run();
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(run) = self.0.take() {
            run.abandon();
        }
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Work")
    }
}

/// An executor that is run by a thread of the program's. Clones put work in the same queue.
///
/// # Examples
///
/// ```
/// use std::{sync::mpsc, thread};
/// use store::{Model, Store, Watch as _, WorkQueue};
///
/// #[derive(Model)]
/// pub struct Counter { pub clicks: u32 }
///
/// let store = Store::<Counter>::new();
/// let (queue, worker) = WorkQueue::new();
/// let thread = thread::spawn(move || worker.run());
/// let (sender, seen) = mpsc::channel();
/// let counting = Counter::watch().clicks(move |clicks| sender.send(*clicks).unwrap());
/// let watching = store.on(queue).watch(COUNTER, counting.changes_only());
///
/// store.update(COUNTER, |counter| counter.clicks.set(1));
/// assert_eq!(seen.recv(), Ok(1));
/// drop(watching); // and with it the last handle to the queue
/// thread.join().unwrap();
/// ```
#[derive(Clone)]
pub struct WorkQueue(
    /// Bounded by the number of watchers: each puts its work in once until that is done.
    mpsc::Sender<Work>,
);

impl WorkQueue {
    /// A queue, and the worker that a thread is to run.
    pub fn new() -> (Self, Worker) {
        let (sender, receiver) = mpsc::channel();
        (Self(sender), Worker(receiver))
    }
}

impl Executor for WorkQueue {
    fn execute(&self, work: Work) -> Result<(), ExecutorGone> {
        self.0.send(work).map_err(|_| ExecutorGone)
    }
}

impl fmt::Debug for WorkQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WorkQueue")
    }
}

/// Runs what is put in a [`WorkQueue`].
#[derive(Debug)]
#[must_use = "a worker that is dropped runs nothing"]
pub struct Worker(mpsc::Receiver<Work>);

impl Worker {
    /// Runs work as it comes, until every handle to the queue is dropped.
    pub fn run(self) {
        self.0.into_iter().for_each(Work::run);
    }

    /// Runs the work that waits, and returns how much that was: for a loop of the program's own.
    pub fn run_ready(&self) -> usize {
        self.0.try_iter().map(Work::run).count()
    }
}

/// Runs callbacks as tasks of a tokio runtime.
#[cfg(feature = "tokio")]
impl Executor for tokio::runtime::Handle {
    fn execute(&self, work: Work) -> Result<(), ExecutorGone> {
        // A runtime that is shut down drops the task, which says so.
        drop(self.spawn(async move { work.run() }));
        Ok(())
    }
}

/// Runs callbacks as tasks of whatever is a [`Spawn`](futures::task::Spawn), such as a
/// `futures::executor::ThreadPool`.
#[cfg(feature = "futures")]
#[derive(Clone, Debug)]
pub struct Spawner<S>(pub S);

#[cfg(feature = "futures")]
impl<S: futures::task::Spawn + Send + Sync + 'static> Executor for Spawner<S> {
    fn execute(&self, work: Work) -> Result<(), ExecutorGone> {
        use futures::task::SpawnExt as _;
        self.0
            .spawn(async move { work.run() })
            .map_err(|_| ExecutorGone)
    }
}
