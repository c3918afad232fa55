//! How a watcher is told: at once on the thread that tells, or through a mailbox by a reader that
//! comes when it can.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use super::{
    executor::{Executor, ExecutorGone, Run, Work},
    inbox::Slot,
    mailbox::{Mailbox, Merger, Posted},
    milestones::Milestones,
    moment::Moment,
    pace::{Pace, Pacer},
    queue::Queue,
    telling::telling,
    watching::{Told, Watching},
};
use crate::{
    change::Commit,
    model::Stores,
    state::Revision,
    sync::{Activity, Mutex},
};

/// How many commits a task tells before it lets others run.
const BATCH: usize = 64;

/// Who reads the mailbox.
pub(crate) enum Reader {
    /// Nobody: the watcher is told at once.
    Inline,
    Executor(Box<dyn Executor>),
    Inbox(Slot),
    Stream,
}

impl Reader {
    pub(crate) fn executor(executor: impl Executor) -> Self {
        Self::Executor(Box::new(executor))
    }
}

/// How a reader wants to be told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manner {
    pub(crate) queue: Option<Queue>,
    pub(crate) pace: Option<Pace>,
}

/// See the module.
pub(super) struct Delivery<S: Stores> {
    reader: Reader,
    /// A watcher that is told at once gets one when it is first paused.
    mailbox: OnceLock<Mailbox<S>>,
    callbacks: usize,
    blocks: bool,
    /// Whether the watcher is told now: nobody reads elsewhere, and it is not paused.
    inline: AtomicBool,
    paused: AtomicBool,
    gone: AtomicBool,
    schedule: Schedule,
    /// Of the task that an executor runs.
    pacer: Mutex<Pacer>,
    milestones: Arc<Milestones>,
}

impl<S: Stores> Delivery<S> {
    pub(super) fn new(
        reader: Reader,
        manner: Manner,
        callbacks: usize,
        milestones: Arc<Milestones>,
    ) -> Self {
        let Manner { queue, pace } = manner;
        let mailbox = OnceLock::new();
        if !matches!(reader, Reader::Inline) {
            let bound = queue.map_or(0, |queue| queue.bound);
            let _ = mailbox.set(Mailbox::new(callbacks, bound));
        }
        Self {
            inline: AtomicBool::new(matches!(reader, Reader::Inline)),
            reader,
            mailbox,
            callbacks,
            blocks: queue.is_some_and(|queue| queue.blocks),
            paused: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            schedule: Schedule::default(),
            pacer: Mutex::new(Pacer::new(pace)),
            milestones,
        }
    }

    /// Whether the watcher is told now, on this thread.
    #[inline]
    pub(super) fn is_inline(&self) -> bool {
        self.inline.load(Ordering::Relaxed)
    }

    pub(super) fn is_read_elsewhere(&self) -> bool {
        !matches!(self.reader, Reader::Inline)
    }

    pub(super) fn mailbox(&self) -> &Mailbox<S> {
        self.mailbox.get_or_init(|| Mailbox::new(self.callbacks, 0))
    }

    /// Leaves a commit in the mailbox.
    pub(super) fn post(
        &self,
        watching: &Arc<Watching<S>>,
        nth: usize,
        commit: &Arc<Commit<S>>,
        ignored: bool,
        merger: &mut Merger<S>,
    ) {
        let posted = Posted {
            nth,
            ignored,
            commit: Arc::clone(commit),
            since: commit.cause.revision,
        };
        let waker = self.mailbox().post(&posted, &watching.parts, merger);
        if let Some(waker) = waker {
            waker.wake();
        }
        self.notify(watching);
    }

    /// Lets the reader know that something waits.
    pub(super) fn notify(&self, watching: &Arc<Watching<S>>) {
        let is_read = !self.paused.load(Ordering::SeqCst) && !self.gone.load(Ordering::SeqCst);
        if !is_read || !self.schedule.notify() {
            return;
        }
        match &self.reader {
            Reader::Executor(executor) => {
                if executor
                    .execute(Work::new(Arc::clone(watching) as _))
                    .is_err()
                {
                    watching.abandon();
                }
            }
            Reader::Inbox(slot) => slot.notify(),
            Reader::Inline | Reader::Stream => self.schedule.rest(),
        }
    }

    /// Takes the next out, once the reader's pace allows, or has the reader woken through `cx`;
    /// `Ready(None)` once nothing will come any more.
    pub(super) fn poll(
        &self,
        watching: &Watching<S>,
        pacer: &mut Pacer,
        cx: Option<&mut Context<'_>>,
    ) -> Poll<Option<Posted<S>>> {
        let mailbox = self.mailbox();
        let waker = cx.as_ref().map(|cx| cx.waker().clone());
        // The last is not held back: the clock may have stopped with the store.
        if let Some(posted) = mailbox.posted()
            && pacer.poll(posted, cx).is_pending()
            && mailbox.register(waker.as_ref())
        {
            return Poll::Pending;
        }
        let next = mailbox.poll(&watching.parts, waker.as_ref());
        self.milestones.reached();
        next
    }

    /// Takes out what waits and has it told, up to a bound; says whether all was.
    pub(super) fn drain(
        &self,
        watching: &Arc<Watching<S>>,
        pacer: &mut Pacer,
        mut tell: impl FnMut(&Posted<S>),
    ) -> bool {
        // Without a pace nobody rings: whoever puts something in notifies the reader.
        let alarm = pacer
            .is_paced()
            .then(|| Waker::from(Arc::new(Alarm(Arc::clone(watching)))));
        let mut cx = alarm.as_ref().map(Context::from_waker);
        for _ in 0..BATCH {
            if self.paused.load(Ordering::SeqCst) {
                return true;
            }
            match self.poll(watching, pacer, cx.as_mut()) {
                Poll::Ready(Some(posted)) => tell(&posted),
                Poll::Ready(None) | Poll::Pending => return true,
            }
        }
        false
    }

    pub(super) fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Whether a write has to wait for room in the queue, as far as it can.
    pub(super) fn blocks(&self) -> bool {
        let here = matches!(&self.reader, Reader::Inbox(slot) if slot.is_here());
        self.blocks && !here && !self.paused.load(Ordering::Relaxed)
    }

    pub(super) fn pause(&self) {
        self.inline.store(false, Ordering::SeqCst);
        self.paused.store(true, Ordering::SeqCst);
        self.mailbox().open(true);
    }

    pub(super) fn resume(&self) {
        self.paused.store(false, Ordering::SeqCst);
        self.inline
            .store(!self.is_read_elsewhere(), Ordering::SeqCst);
        self.mailbox().open(false);
    }

    /// How many commits were merged into another.
    pub(super) fn merges(&self) -> u64 {
        self.mailbox.get().map_or(0, Mailbox::merges)
    }

    pub(super) fn check(&self) -> Result<(), ExecutorGone> {
        match self.gone.load(Ordering::SeqCst) {
            false => Ok(()),
            true => Err(ExecutorGone),
        }
    }

    /// Whether whoever is not waited for by reading has been told everything up to `revision`.
    pub(super) fn has_told(&self, revision: Revision) -> bool {
        match &self.reader {
            _ if self.paused.load(Ordering::SeqCst) || self.gone.load(Ordering::SeqCst) => true,
            Reader::Inline | Reader::Stream => true,
            Reader::Executor(_) | Reader::Inbox(_) => self.mailbox().has_told(revision),
        }
    }

    /// Says which is the oldest commit of what the reader has taken out and not told.
    pub(super) fn hold(&self, oldest: Option<Revision>) {
        self.mailbox().hold(oldest);
        self.milestones.reached();
    }

    /// The store is gone: what waits is the last.
    pub(super) fn close(&self, watching: &Arc<Watching<S>>) {
        if let Some(mailbox) = self.mailbox.get() {
            if let Some(waker) = mailbox.close() {
                waker.wake();
            }
            self.notify(watching);
        }
    }

    /// Nobody wants what waits any more.
    pub(super) fn end(&self) {
        if let Some(mailbox) = self.mailbox.get() {
            mailbox.clear();
            self.milestones.reached();
        }
    }
}

/// Whether a reader has been told that something waits.
#[derive(Default)]
pub(super) struct Schedule(AtomicU8);

impl Schedule {
    const RESTING: u8 = 0;
    const NOTIFIED: u8 = 1;
    const READING: u8 = 2;
    const NOTIFIED_AGAIN: u8 = 3;

    /// Whether the reader has to be told.
    fn notify(&self) -> bool {
        let next = |state| match state {
            Self::RESTING => Some(Self::NOTIFIED),
            Self::READING => Some(Self::NOTIFIED_AGAIN),
            _ => None,
        };
        let before = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, next);
        before == Ok(Self::RESTING)
    }

    /// The reader begins.
    pub(super) fn begin(&self) {
        self.0.store(Self::READING, Ordering::SeqCst);
    }

    /// The reader ends; whether it is to come again, as something came meanwhile.
    pub(super) fn end(&self) -> bool {
        let before = self.0.swap(Self::RESTING, Ordering::SeqCst);
        before == Self::NOTIFIED_AGAIN
    }

    fn rest(&self) {
        self.0.store(Self::RESTING, Ordering::SeqCst);
    }
}

impl<S: Stores> Run for Watching<S> {
    fn run(self: Arc<Self>) {
        let delivery = &self.delivery;
        delivery.schedule.begin();
        // Taken, so that no lock is held while callbacks run; nobody else reads meanwhile.
        let mut pacer = std::mem::take(&mut *delivery.pacer.lock());
        let all = delivery.drain(&self, &mut pacer, |posted| self.receive(posted));
        *delivery.pacer.lock() = pacer;
        if delivery.schedule.end() || !all {
            delivery.notify(&self);
        }
    }

    fn abandon(&self) {
        self.delivery.schedule.rest();
        self.delivery.mailbox().open(true);
        if !self.delivery.gone.swap(true, Ordering::SeqCst) && !self.is_ended() {
            tracing::error!(target: "store", watcher = %self.at, "a watcher is not told any more: its executor is gone");
        }
        self.delivery.milestones.reached();
    }
}

impl<S: Stores> Watching<S> {
    /// Calls a callback with what was taken out of the mailbox.
    pub(super) fn receive(self: &Arc<Self>, posted: &Posted<S>) {
        let Posted {
            nth,
            ignored,
            commit,
            ..
        } = posted;
        let _telling = telling(&commit.cause).enter();
        if self.call(*nth, &Moment::of(commit, *ignored)) == Told::Last {
            self.entry(*nth).retire();
        }
        // The old values go last, and may write as a watcher may.
        Activity::tell(commit.cause.at);
    }
}

/// Lets the reader know when a timer rings.
struct Alarm<S: Stores>(Arc<Watching<S>>);

impl<S: Stores> Wake for Alarm<S> {
    fn wake(self: Arc<Self>) {
        self.0.delivery.notify(&self.0);
    }
}
