//! How a watcher is told: at once on the thread that tells, or through a mailbox by a reader that
//! comes when it can.

use std::{
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use super::{
    executor::{Executor, ExecutorGone, Run as _, Work},
    feed::FeedReader,
    inbox::Slot,
    mailbox::{Mailbox, Posted},
    merged::Merger,
    milestones::Milestones,
    pace::{Pace, Pacer},
    queue::Queue,
    report,
    schedule::Schedule,
    watching::Watching,
};
use crate::{
    change::Commit,
    model::Stores,
    state::Revision,
    sync::{
        Mutex, assert_unlocked,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

/// Who reads the mailbox.
#[derive(Clone)]
pub(crate) enum Reader {
    /// Nobody: the watcher is told at once, or not any more.
    Inline,
    Executor(Arc<dyn Executor>),
    Inbox(Slot),
    Stream,
}

impl Reader {
    pub(crate) fn executor(executor: impl Executor) -> Self {
        Self::Executor(Arc::new(executor))
    }
}

/// How a reader wants to be told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manner {
    pub(crate) queue: Option<Queue>,
    pub(crate) pace: Option<Pace>,
}

const PAUSED: u64 = 1;
/// Not told on the thread that tells.
const ELSEWHERE: u64 = 2;
/// What each pause adds, so that no two are alike.
const ANOTHER: u64 = 4;

/// One of a watcher's pauses.
#[derive(Clone, Copy)]
pub(super) struct Pause(u64);

/// See the module.
pub(super) struct Delivery<S: Stores> {
    /// What the thread that tells asks first, so all of it is in one place.
    state: AtomicU64,
    /// A watcher that is told at once gets one when it is first paused.
    later: OnceLock<Box<Later<S>>>,
    callbacks: usize,
    milestones: Arc<Milestones>,
}

/// What is needed by who is told later than at once.
struct Later<S: Stores> {
    /// Whether the reader is let know that something waits, by work or a hook.
    is_called: bool,
    /// Whether writers are to wait for room in the queue.
    blocks: bool,
    gone: AtomicBool,
    /// Taken out when the watch ends, as it may own anything.
    reader: Mutex<Reader>,
    schedule: Schedule,
    /// Kept here between two runs of an executor's task; taken out by other readers.
    pacer: Mutex<Pacer>,
    /// Where a stream reads that others share; it needs no mailbox.
    feed: Option<FeedReader<S>>,
    mailbox: OnceLock<Box<Mailbox<S>>>,
    /// How many callbacks a mailbox is for, and how many commits may wait in it one by one.
    callbacks: usize,
    bound: usize,
}

impl<S: Stores> Later<S> {
    fn new(
        reader: Reader,
        manner: Manner,
        callbacks: usize,
        feed: Option<FeedReader<S>>,
    ) -> Box<Self> {
        let Manner { queue, pace } = manner;
        Box::new(Self {
            is_called: matches!(reader, Reader::Executor(_) | Reader::Inbox(_)),
            blocks: queue.is_some_and(|queue| queue.blocks),
            gone: AtomicBool::new(false),
            reader: Mutex::new(reader),
            schedule: Schedule::default(),
            pacer: Mutex::new(Pacer::new(pace)),
            feed,
            mailbox: OnceLock::new(),
            callbacks,
            bound: queue.map_or(0, |queue| queue.bound),
        })
    }

    fn mailbox(&self) -> &Mailbox<S> {
        self.mailbox
            .get_or_init(|| Box::new(Mailbox::new(self.callbacks, self.bound)))
    }
}

impl<S: Stores> Delivery<S> {
    pub(super) fn new(
        reader: Reader,
        manner: Manner,
        callbacks: usize,
        feed: Option<FeedReader<S>>,
        milestones: Arc<Milestones>,
    ) -> Self {
        let is_read_elsewhere = !matches!(reader, Reader::Inline);
        let later = is_read_elsewhere.then(|| Later::new(reader, manner, callbacks, feed));
        Self {
            state: AtomicU64::new(if is_read_elsewhere { ELSEWHERE } else { 0 }),
            later: later.map_or_else(OnceLock::new, OnceLock::from),
            callbacks,
            milestones,
        }
    }

    fn state(&self) -> u64 {
        self.state.load(Ordering::SeqCst)
    }

    /// Whether the watcher is told now, on the thread that tells.
    #[inline]
    pub(super) fn is_inline(&self) -> bool {
        self.state() & (PAUSED | ELSEWHERE) == 0
    }

    pub(super) fn is_read_elsewhere(&self) -> bool {
        self.state() & ELSEWHERE != 0
    }

    pub(super) fn is_paused(&self) -> bool {
        self.state() & PAUSED != 0
    }

    fn reader(&self) -> Reader {
        let later = self.later.get();
        later.map_or(Reader::Inline, |later| later.reader.lock().clone())
    }

    fn later(&self) -> &Later<S> {
        self.later
            .get_or_init(|| Later::new(Reader::Inline, Manner::default(), self.callbacks, None))
    }

    fn mailbox(&self) -> &Mailbox<S> {
        self.later().mailbox()
    }

    /// Where it reads, if it is a stream that shares what it has still to read.
    pub(super) fn feed(&self) -> Option<&FeedReader<S>> {
        self.later.get()?.feed.as_ref()
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
        };
        let waker = self.mailbox().post(&posted, &watching.parts, merger);
        if let Some(waker) = waker {
            report::contained(|| waker.wake());
        }
        self.notify(watching);
    }

    /// Lets the reader know that something waits. A panic of an executor or a hook is reported as
    /// one of the watcher's.
    pub(super) fn notify(&self, watching: &Arc<Watching<S>>) {
        let may_come = self.is_called() && !self.is_paused() && !self.is_gone();
        if !may_come || !self.schedule().notify() {
            return;
        }
        let notified = report::quietly(|| match self.reader() {
            Reader::Executor(executor) => {
                let work = Work::new(Arc::clone(watching) as _);
                assert_unlocked();
                if executor.execute(work).is_err() {
                    watching.abandon();
                }
            }
            Reader::Inbox(slot) => slot.notify(),
            Reader::Inline | Reader::Stream => {}
        });
        if let Err(payload) = notified {
            watching.report(self.oldest().unwrap_or_default(), payload);
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
        if let Some(feed) = self.feed() {
            let waker = cx.map(|cx| cx.waker().clone());
            let posted = |commit| Posted {
                nth: 0,
                ignored: false,
                commit,
            };
            return feed.poll(waker).map(|commit| commit.map(posted));
        }
        let polled = self.poll_through(watching, pacer, cx, || Some(()));
        polled.map(|next| next.map(|(posted, ())| posted))
    }

    /// As [`poll`](Self::poll), of what waits in the mailbox, and hands on the gate that it was taken out through. The pace
    /// is asked before, as it is the program's code; where there is no gate to go through, nothing is taken out.
    pub(super) fn poll_through<G>(
        &self,
        watching: &Watching<S>,
        pacer: &mut Pacer,
        mut cx: Option<&mut Context<'_>>,
        gate: impl Fn() -> Option<G>,
    ) -> Poll<Option<(Posted<S>, G)>> {
        let mailbox = self.mailbox();
        loop {
            let expected = pacer.is_paced().then(|| mailbox.asked());
            // Cloned here, as it is the program's code.
            let waker = cx.as_ref().map(|cx| cx.waker().clone());
            if let Some(asked @ 1..) = expected
                && pacer.poll(asked, cx.as_deref_mut()).is_pending()
                && mailbox.register(asked, waker.clone())
            {
                return Poll::Pending;
            }
            let Some(gate) = gate() else {
                return Poll::Pending;
            };
            // The last is not held back: the clock may have stopped with the store.
            if let Some(next) = mailbox.poll(&watching.parts, expected, waker) {
                if let Poll::Ready(Some(_)) = next {
                    pacer.taken();
                }
                return next.map(|next| next.map(|posted| (posted, gate)));
            }
        }
    }

    pub(super) fn schedule(&self) -> &Schedule {
        &self.later().schedule
    }

    pub(super) fn pacer(&self) -> &Mutex<Pacer> {
        &self.later().pacer
    }

    /// Hands the pacer to who reads.
    pub(super) fn take_pacer(&self) -> Pacer {
        std::mem::take(&mut *self.pacer().lock())
    }

    fn is_called(&self) -> bool {
        self.later.get().is_some_and(|later| later.is_called)
    }

    /// How much there is to be taken out.
    pub(super) fn len(&self) -> usize {
        self.mailbox().len()
    }

    /// Whether writers are ever to wait for room in the queue.
    pub(super) fn blocks(&self) -> bool {
        self.later.get().is_some_and(|later| later.blocks)
    }

    /// Whether an inbox reads, and whether it is this thread's.
    pub(super) fn inbox(&self) -> Option<bool> {
        match &*self.later.get()?.reader.lock() {
            Reader::Inbox(slot) => Some(slot.is_here()),
            _ => None,
        }
    }

    /// Waits for room in the queue and keeps it, until it is given back.
    pub(super) fn reserve(&self) {
        self.mailbox().reserve(|| self.is_paused());
    }

    /// Gives room back that was kept.
    pub(super) fn withdraw(&self) {
        self.mailbox().withdraw();
    }

    pub(super) fn pause(&self) {
        // If it is paused already, this is another pause, which an earlier resumption cannot end.
        let pause = |state| Some((state + ANOTHER) | PAUSED);
        let _ = self
            .state
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, pause);
        self.mailbox().look_again();
        self.milestones.reached();
    }

    /// The pause that there is now, if there is one.
    pub(super) fn current_pause(&self) -> Option<Pause> {
        let state = self.state();
        (state & PAUSED != 0).then_some(Pause(state))
    }

    /// Ends a pause, unless there was another since; says whether it did.
    pub(super) fn resume(&self, Pause(state): Pause) -> bool {
        let resumed = state & !PAUSED;
        let exchanged =
            self.state
                .compare_exchange(state, resumed, Ordering::SeqCst, Ordering::SeqCst);
        exchanged.is_ok()
    }

    /// How many commits were merged into another.
    pub(super) fn merges(&self) -> u64 {
        let later = self.later.get();
        later.map_or(0, |later| match (&later.feed, later.mailbox.get()) {
            (Some(feed), _) => feed.merges(),
            (None, mailbox) => mailbox.map_or(0, |mailbox| mailbox.merges()),
        })
    }

    fn is_gone(&self) -> bool {
        let later = self.later.get();
        later.is_some_and(|later| later.gone.load(Ordering::SeqCst))
    }

    /// Takes note that the executor is gone; whether that is news.
    pub(super) fn abandon(&self) -> bool {
        let later = self.later();
        later.schedule.end();
        let is_news = !later.gone.swap(true, Ordering::SeqCst);
        later.mailbox().leave();
        self.milestones.reached();
        is_news
    }

    pub(super) fn check(&self) -> Result<(), ExecutorGone> {
        match self.is_gone() {
            false => Ok(()),
            true => Err(ExecutorGone),
        }
    }

    /// The oldest commit that waits or is being told.
    pub(super) fn oldest(&self) -> Option<Revision> {
        self.later.get()?.mailbox.get()?.oldest()
    }

    /// Whether whoever is not waited for by reading has been told everything up to `revision`.
    pub(super) fn has_told(&self, revision: Revision) -> bool {
        let is_waited_for = !self.is_paused() && !self.is_gone();
        match self.reader() {
            Reader::Executor(_) | Reader::Inbox(_) if is_waited_for => {
                self.oldest().is_none_or(|oldest| oldest > revision)
            }
            _ => true,
        }
    }

    /// Says which is the oldest commit of what the reader has taken out and not told.
    pub(super) fn hold(&self, oldest: Option<Revision>) {
        self.mailbox().hold(oldest);
        self.milestones.reached();
    }

    /// The store is gone: what waits is the last.
    pub(super) fn close(&self, watching: &Arc<Watching<S>>) {
        if let Some(feed) = self.feed() {
            return feed.feed().close();
        }
        if let Some(later) = self.later.get() {
            let mailbox = later.mailbox();
            if let Some(waker) = mailbox.close() {
                report::contained(|| waker.wake());
            }
            if mailbox.oldest().is_some() {
                self.notify(watching);
            }
        }
    }

    /// Nobody wants what waits any more. What belongs to the program is let go, however long others
    /// may still hold the watcher.
    pub(super) fn end(&self) {
        let Some(later) = self.later.get() else {
            return;
        };
        let reader = std::mem::replace(&mut *later.reader.lock(), Reader::Inline);
        let pacer = self.take_pacer();
        report::contained(|| drop((reader, pacer)));
        if let Some(mailbox) = later.mailbox.get() {
            mailbox.leave();
        }
        if later.is_called {
            self.milestones.reached();
        }
    }
}
