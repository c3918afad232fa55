//! What a watcher that is not told at once has still to be told: in constant space, however much
//! comes.
//!
//! Commits wait one by one up to a bound and are merged beyond it, for each callback on its own.
//! Only the thread that tells puts something in; only the reader takes something out. No code of the
//! program runs under the lock: commits are merged outside, and anew if the reader came meanwhile.

use std::{
    collections::VecDeque,
    sync::Arc,
    task::{Poll, Waker},
};

use super::watching::Part;
use crate::{
    change::{Commit, Reach},
    model::Stores,
    state::Revision,
    sync::{Condvar, Mutex},
};

/// One commit for one callback.
pub(crate) struct Posted<S: Stores> {
    pub(crate) nth: usize,
    /// Whether it is only to take note of it.
    pub(crate) ignored: bool,
    pub(crate) commit: Arc<Commit<S>>,
    /// The oldest commit that it stands for.
    pub(crate) since: Revision,
}

impl<S: Stores> Posted<S> {
    fn revision(&self) -> Revision {
        self.commit.cause.revision
    }
}

impl<S: Stores> Clone for Posted<S> {
    fn clone(&self) -> Self {
        Self {
            commit: Arc::clone(&self.commit),
            ..*self
        }
    }
}

/// Merges commits for one watcher after the other: those that wait for the same share the outcome.
pub(super) struct Merger<S: Stores>(Option<Merge<S>>);

struct Merge<S: Stores> {
    first: Arc<Commit<S>>,
    later: Arc<Commit<S>>,
    reach: Reach,
    both: Arc<Commit<S>>,
}

impl<S: Stores> Merger<S> {
    pub(super) fn new() -> Self {
        Self(None)
    }

    fn merge(
        &mut self,
        first: &Arc<Commit<S>>,
        later: &Arc<Commit<S>>,
        reach: &Reach,
    ) -> Arc<Commit<S>> {
        if let Some(last) = &self.0
            && Arc::ptr_eq(&last.first, first)
            && Arc::ptr_eq(&last.later, later)
            && last.reach == *reach
        {
            return Arc::clone(&last.both);
        }
        let both = Arc::new(first.then(later, reach, false));
        self.0 = Some(Merge {
            first: Arc::clone(first),
            later: Arc::clone(later),
            reach: reach.clone(),
            both: Arc::clone(&both),
        });
        both
    }
}

/// What one callback is to be told of, merged.
struct Merged<S: Stores> {
    /// What came before that it does not hear of.
    before: Option<Arc<Commit<S>>>,
    heard: Option<Arc<Commit<S>>>,
    /// What came after that it does not hear of.
    after: Option<Arc<Commit<S>>>,
    /// The oldest commit of all.
    since: Revision,
}

impl<S: Stores> Merged<S> {
    fn new() -> Self {
        Self {
            before: None,
            heard: None,
            after: None,
            since: Revision::MAX,
        }
    }

    /// Takes in one more; says how many commits went into another that is to be told.
    fn add(&mut self, posted: &Posted<S>, reach: &Reach, merger: &mut Merger<S>) -> u64 {
        let commit = &posted.commit;
        self.since = self.since.min(posted.revision());
        match (&self.heard, posted.ignored) {
            (None, true) => append(&mut self.before, commit, reach),
            (Some(_), true) => append(&mut self.after, commit, reach),
            (None, false) => self.heard = Some(Arc::clone(commit)),
            (Some(heard), false) => {
                let unheard = self.after.take();
                let unheard = unheard.map(|unheard| Arc::new(heard.then(&unheard, reach, true)));
                let heard = unheard.as_ref().unwrap_or(heard);
                self.heard = Some(merger.merge(heard, commit, reach));
                return 1;
            }
        }
        0
    }

    fn next(&self) -> Option<(&Arc<Commit<S>>, bool)> {
        let heard = self.heard.as_ref().map(|commit| (commit, false));
        let unheard = |commit| (commit, true);
        let before = self.before.as_ref().map(unheard);
        before.or(heard).or(self.after.as_ref().map(unheard))
    }

    fn take(&mut self) -> Option<Arc<Commit<S>>> {
        let parts = [&mut self.before, &mut self.heard, &mut self.after];
        parts.into_iter().find_map(Option::take)
    }
}

fn append<S: Stores>(to: &mut Option<Arc<Commit<S>>>, commit: &Arc<Commit<S>>, reach: &Reach) {
    *to = Some(match to {
        None => Arc::clone(commit),
        Some(first) => Arc::new(first.then(commit, reach, true)),
    });
}

impl<S: Stores> Clone for Merged<S> {
    fn clone(&self) -> Self {
        Self {
            before: self.before.clone(),
            heard: self.heard.clone(),
            after: self.after.clone(),
            since: self.since,
        }
    }
}

struct Waiting<S: Stores> {
    /// By `nth`; older than what is in the queue.
    merged: Vec<Merged<S>>,
    queue: VecDeque<Posted<S>>,
    /// How many commits are in the queue, each for one callback or more.
    commits: usize,
    /// How many writers have been let through, and may still add to the queue.
    promised: usize,
    /// How often something was put in and taken out.
    posted: u64,
    taken: u64,
    /// How many commits were merged into another since the watch began.
    merges: u64,
    /// The oldest commit of what the reader is telling.
    in_hand: Option<Revision>,
    /// Whether writers need not wait for room, because nobody will make any.
    open: bool,
    /// Whether nothing will come any more.
    closed: bool,
    waker: Option<Waker>,
}

/// See the module.
pub(super) struct Mailbox<S: Stores> {
    waiting: Mutex<Waiting<S>>,
    bound: usize,
    room: Condvar,
}

impl<S: Stores> Mailbox<S> {
    /// `bound` is how many commits wait one by one.
    pub(super) fn new(callbacks: usize, bound: usize) -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                merged: (0..callbacks).map(|_| Merged::new()).collect(),
                queue: VecDeque::new(),
                commits: 0,
                promised: 0,
                posted: 0,
                taken: 0,
                merges: 0,
                in_hand: None,
                open: false,
                closed: false,
                waker: None,
            }),
            bound,
            room: Condvar::new(),
        }
    }

    /// Puts a commit in; hands out whom to wake.
    pub(super) fn post(
        &self,
        posted: &Posted<S>,
        parts: &[Part<S>],
        merger: &mut Merger<S>,
    ) -> Option<Waker> {
        let mut waiting = self.waiting.lock();
        let replaced = loop {
            if waiting.queue_takes(posted, self.bound) {
                waiting.push(posted.clone());
                break None;
            }
            let (taken, mut merged) = (waiting.taken, waiting.merged.clone());
            let backlog = waiting.queue.clone();
            drop(waiting);
            let mut merges = 0;
            for posted in backlog.iter().chain([posted]) {
                let reach = &parts[posted.nth].place.reach;
                merges += merged[posted.nth].add(posted, reach, merger);
            }
            drop(backlog);
            waiting = self.waiting.lock();
            if waiting.taken == taken {
                waiting.commits = 0;
                waiting.merges += merges;
                let queue = std::mem::take(&mut waiting.queue);
                break Some((std::mem::replace(&mut waiting.merged, merged), queue));
            }
        };
        waiting.posted += 1;
        let waker = waiting.waker.take();
        drop(waiting);
        // It may hold the last reference to a state, so it goes with no lock held.
        drop(replaced);
        waker
    }

    /// Takes the oldest out; what was taken before has been told. `Ready(None)` once nothing will
    /// come any more.
    pub(super) fn poll(&self, parts: &[Part<S>], waker: Option<&Waker>) -> Poll<Option<Posted<S>>> {
        let mut waiting = self.waiting.lock();
        waiting.in_hand = None;
        if let Some(posted) = waiting.pop(parts) {
            drop(waiting);
            self.room.notify_all();
            return Poll::Ready(Some(posted));
        }
        if waiting.closed {
            return Poll::Ready(None);
        }
        let former = waiting.register(waker);
        drop(waiting);
        drop(former);
        Poll::Pending
    }

    /// How often something was put in; `None` if nothing waits, and nothing is to come.
    pub(super) fn posted(&self) -> Option<u64> {
        let waiting = self.waiting.lock();
        let waits = waiting.oldest().is_some();
        waits.then_some(waiting.posted)
    }

    /// Has `waker` woken when something is put in; says whether anything can come.
    pub(super) fn register(&self, waker: Option<&Waker>) -> bool {
        let mut waiting = self.waiting.lock();
        let former = waiting.register(waker);
        let closed = waiting.closed;
        drop(waiting);
        drop(former);
        !closed
    }

    /// Whether everything up to `revision` has been told.
    pub(super) fn has_told(&self, revision: Revision) -> bool {
        let waiting = self.waiting.lock();
        let oldest = waiting.oldest().into_iter().chain(waiting.in_hand).min();
        oldest.is_none_or(|oldest| oldest > revision)
    }

    /// Says which is the oldest commit of what the reader has taken out and not told.
    pub(super) fn hold(&self, oldest: Option<Revision>) {
        self.waiting.lock().in_hand = oldest;
    }

    /// How many commits were merged into another since the watch began.
    pub(super) fn merges(&self) -> u64 {
        self.waiting.lock().merges
    }

    /// Waits until the queue has room for one more, and keeps it free until
    /// [`withdraw`](Self::withdraw).
    pub(super) fn reserve(&self) {
        let mut waiting = self.waiting.lock();
        while !waiting.open && waiting.commits + waiting.promised >= self.bound {
            self.room.wait(&mut waiting);
        }
        waiting.promised += 1;
    }

    /// Gives a place up that was kept free; the commit that it was for has been put in, or will not
    /// come.
    pub(super) fn withdraw(&self) {
        self.waiting.lock().promised -= 1;
        self.room.notify_all();
    }

    /// Whether writers need not wait for room.
    pub(super) fn open(&self, open: bool) {
        self.waiting.lock().open = open;
        self.room.notify_all();
    }

    /// Takes note that nothing will come any more; hands out whom to wake.
    pub(super) fn close(&self) -> Option<Waker> {
        let mut waiting = self.waiting.lock();
        waiting.closed = true;
        waiting.waker.take()
    }

    /// Throws away what waits.
    pub(super) fn clear(&self) {
        let mut waiting = self.waiting.lock();
        waiting.taken += 1;
        waiting.commits = 0;
        waiting.open = true;
        let callbacks = waiting.merged.len();
        let nothing = (0..callbacks).map(|_| Merged::new()).collect();
        let merged = std::mem::replace(&mut waiting.merged, nothing);
        let queue = std::mem::take(&mut waiting.queue);
        drop(waiting);
        self.room.notify_all();
        drop((merged, queue));
    }
}

impl<S: Stores> Waiting<S> {
    /// Hands out the former one, to be dropped with no lock held.
    fn register(&mut self, waker: Option<&Waker>) -> Option<Waker> {
        waker.and_then(|waker| self.waker.replace(waker.clone()))
    }

    fn queue_takes(&self, posted: &Posted<S>, bound: usize) -> bool {
        self.continues(posted) || self.commits < bound
    }

    /// Whether it is of the same commit as the last in the queue.
    fn continues(&self, posted: &Posted<S>) -> bool {
        let last = self.queue.back();
        last.is_some_and(|last| last.revision() == posted.revision())
    }

    fn push(&mut self, posted: Posted<S>) {
        if !self.continues(&posted) {
            self.commits += 1;
        }
        self.queue.push_back(posted);
    }

    fn pop(&mut self, parts: &[Part<S>]) -> Option<Posted<S>> {
        let waiting = self.merged.iter().enumerate();
        let first = waiting.filter_map(|(nth, merged)| {
            let (commit, ignored) = merged.next()?;
            Some((commit.cause.revision, parts[nth].order, nth, ignored))
        });
        let posted = match first.min() {
            Some((_, _, nth, ignored)) => {
                let merged = &mut self.merged[nth];
                let (commit, since) = (merged.take()?, merged.since);
                if merged.next().is_none() {
                    merged.since = Revision::MAX;
                }
                Posted {
                    nth,
                    ignored,
                    commit,
                    since,
                }
            }
            None => {
                let posted = self.queue.pop_front()?;
                let next = self.queue.front().map(Posted::revision);
                if next != Some(posted.revision()) {
                    self.commits -= 1;
                }
                posted
            }
        };
        self.in_hand = Some(posted.since);
        self.taken += 1;
        Some(posted)
    }

    /// The oldest commit that waits.
    fn oldest(&self) -> Option<Revision> {
        let merged = self.merged.iter().map(|merged| merged.since);
        let queued = self.queue.front().map(Posted::revision);
        let oldest = merged.chain(queued).min()?;
        (oldest != Revision::MAX).then_some(oldest)
    }
}
