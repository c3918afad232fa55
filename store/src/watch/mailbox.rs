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

use super::{
    merged::{Merged, Merger},
    report,
    watching::Part,
};
use crate::{
    change::Commit,
    model::Stores,
    state::Revision,
    sync::{Condvar, Mutex, let_go},
};

/// One commit for one callback.
pub(crate) struct Posted<S: Stores> {
    pub(crate) nth: usize,
    /// Whether it is only to take note of it.
    pub(crate) ignored: bool,
    pub(crate) commit: Arc<Commit<S>>,
}

impl<S: Stores> Posted<S> {
    fn revision(&self) -> Revision {
        self.commit.cause.revision
    }

    /// The oldest commit that it stands for.
    pub(super) fn first(&self) -> Revision {
        self.commit.cause.first
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

/// What waits.
struct Letters<S: Stores> {
    /// By `nth`; older than what is in the queue.
    merged: Vec<Merged<S>>,
    queue: VecDeque<Posted<S>>,
    /// How many commits were merged into another since the watch began.
    merges: u64,
    /// The newest of these.
    newest_merge: Revision,
}

struct Waiting<S: Stores> {
    letters: Letters<S>,
    /// How many commits are in the queue, each for one callback or more.
    commits: usize,
    /// How many writers have been let through, and may still add to the queue.
    promised: usize,
    /// How often something was put in and taken out.
    posted: u64,
    taken: u64,
    /// The oldest commit of what the reader has taken out and not told.
    in_hand: Option<Revision>,
    /// Whether nobody will read any more.
    left: bool,
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
                letters: Letters {
                    merged: (0..callbacks).map(|_| Merged::new()).collect(),
                    queue: VecDeque::new(),
                    merges: 0,
                    newest_merge: 0,
                },
                commits: 0,
                promised: 0,
                posted: 0,
                taken: 0,
                in_hand: None,
                left: false,
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
        loop {
            let mut waiting = self.waiting.lock();
            if waiting.left {
                return None;
            }
            if waiting.queue_takes(posted, self.bound) {
                return waiting.push(posted);
            }
            let (taken, mut letters) = (waiting.taken, waiting.letters.clone());
            drop(waiting);
            let merged = report::contained(|| {
                letters.merge(posted, parts, merger);
                letters
            });
            let mut waiting = self.waiting.lock();
            match merged {
                // A clone panicked. Nothing is lost: it waits beside the others.
                None => return waiting.push(posted),
                Some(letters) if waiting.taken == taken => {
                    let (replaced, waker) = waiting.replace(letters);
                    drop(waiting);
                    // It may hold the last reference to a state, so it goes with no lock held.
                    report::contained(|| drop(replaced));
                    return waker;
                }
                Some(outdated) => {
                    drop(waiting);
                    report::contained(|| drop(outdated));
                }
            }
        }
    }

    /// Takes the oldest out, or has `waker` woken when there is one; `Ready(None)` once nothing will
    /// come any more. `None` if more has been put in than was `expected`.
    pub(super) fn poll(
        &self,
        parts: &[Part<S>],
        expected: Option<u64>,
        waker: Option<Waker>,
    ) -> Option<Poll<Option<Posted<S>>>> {
        let mut waiting = self.waiting.lock();
        let is_expected = expected.is_none_or(|expected| expected == waiting.asked());
        if !is_expected && !waiting.closed {
            return None;
        }
        if let Some(posted) = waiting.pop(parts) {
            drop(waiting);
            self.room.notify_all();
            return Some(Poll::Ready(Some(posted)));
        }
        if waiting.closed {
            return Some(Poll::Ready(None));
        }
        let former = waiting.register(waker);
        drop(waiting);
        let_go(former);
        Some(Poll::Pending)
    }

    /// How often something was put in, 0 if nothing waits.
    pub(super) fn asked(&self) -> u64 {
        self.waiting.lock().asked()
    }

    /// Has `waker` woken when more is put in than was `expected`; says whether that is still to come.
    pub(super) fn register(&self, expected: u64, waker: Option<Waker>) -> bool {
        let mut waiting = self.waiting.lock();
        if waiting.asked() != expected || waiting.closed {
            return false;
        }
        let former = waiting.register(waker);
        drop(waiting);
        let_go(former);
        true
    }

    /// How much there is to be taken out.
    pub(super) fn len(&self) -> usize {
        let waiting = self.waiting.lock();
        let Letters { merged, queue, .. } = &waiting.letters;
        merged.iter().map(Merged::len).sum::<usize>() + queue.len()
    }

    /// The oldest commit that waits, or that the reader has taken out and not told.
    pub(super) fn oldest(&self) -> Option<Revision> {
        let waiting = self.waiting.lock();
        waiting
            .letters
            .oldest()
            .into_iter()
            .chain(waiting.in_hand)
            .min()
    }

    /// Says which is the oldest commit of what the reader has taken out and not told.
    pub(super) fn hold(&self, oldest: Option<Revision>) {
        self.waiting.lock().in_hand = oldest;
    }

    /// How many commits were merged into another since the watch began.
    pub(super) fn merges(&self) -> u64 {
        self.waiting.lock().letters.merges
    }

    /// Waits until the queue has room for one more, or nobody makes any, and keeps it free until
    /// [`withdraw`](Self::withdraw).
    pub(super) fn reserve(&self, is_paused: impl Fn() -> bool) {
        let mut waiting = self.waiting.lock();
        let is_full = |waiting: &Waiting<S>| waiting.commits + waiting.promised >= self.bound;
        while !waiting.left && !is_paused() && is_full(&waiting) {
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

    /// Has writers that wait for room look again whether anybody makes any.
    pub(super) fn look_again(&self) {
        // Whoever has looked already waits by now.
        drop(self.waiting.lock());
        self.room.notify_all();
    }

    /// Takes note that nothing will come any more; hands out whom to wake.
    pub(super) fn close(&self) -> Option<Waker> {
        let mut waiting = self.waiting.lock();
        waiting.closed = true;
        waiting.waker.take()
    }

    /// Takes note that nobody will read any more, and throws away what waits.
    pub(super) fn leave(&self) {
        let mut waiting = self.waiting.lock();
        waiting.left = true;
        waiting.in_hand = None;
        let callbacks = waiting.letters.merged.len();
        let nothing = Letters {
            merged: (0..callbacks).map(|_| Merged::new()).collect(),
            queue: VecDeque::new(),
            ..waiting.letters
        };
        let thrown_away = waiting.replace(nothing);
        drop(waiting);
        self.room.notify_all();
        report::contained(|| drop(thrown_away));
    }
}

impl<S: Stores> Waiting<S> {
    /// Hands out the former one, to be dropped with no lock held.
    fn register(&mut self, waker: Option<Waker>) -> Option<Waker> {
        waker.and_then(|waker| self.waker.replace(waker))
    }

    fn asked(&self) -> u64 {
        self.letters.oldest().map_or(0, |_| self.posted)
    }

    fn queue_takes(&self, posted: &Posted<S>, bound: usize) -> bool {
        self.continues(posted) || self.commits < bound
    }

    /// Whether it is of the same commit as the last in the queue.
    fn continues(&self, posted: &Posted<S>) -> bool {
        let last = self.letters.queue.back();
        last.is_some_and(|last| last.revision() == posted.revision())
    }

    fn push(&mut self, posted: &Posted<S>) -> Option<Waker> {
        if !self.continues(posted) {
            self.commits += 1;
        }
        self.letters.queue.push_back(posted.clone());
        self.posted += 1;
        self.waker.take()
    }

    /// Puts what was merged in the place of all that waits, which is handed out.
    fn replace(&mut self, letters: Letters<S>) -> (Letters<S>, Option<Waker>) {
        self.commits = 0;
        self.posted += 1;
        let replaced = std::mem::replace(&mut self.letters, letters);
        (replaced, self.waker.take())
    }

    fn pop(&mut self, parts: &[Part<S>]) -> Option<Posted<S>> {
        let Letters { merged, queue, .. } = &mut self.letters;
        let first = merged.iter().enumerate().filter_map(|(nth, merged)| {
            let (commit, ignored) = merged.next()?;
            Some((commit.cause.revision, parts[nth].order, nth, ignored))
        });
        let posted = match first.min() {
            Some((_, _, nth, ignored)) => Posted {
                nth,
                ignored,
                commit: merged[nth].take()?,
            },
            None => {
                let posted = queue.pop_front()?;
                if queue.front().map(Posted::revision) != Some(posted.revision()) {
                    self.commits -= 1;
                }
                posted
            }
        };
        let in_hand = self.in_hand.into_iter().chain([posted.first()]);
        self.in_hand = in_hand.min();
        self.taken += 1;
        Some(posted)
    }
}

impl<S: Stores> Letters<S> {
    /// Merges the queue, and one commit more.
    fn merge(&mut self, posted: &Posted<S>, parts: &[Part<S>], merger: &mut Merger<S>) {
        let queue = std::mem::take(&mut self.queue);
        for posted in queue.iter().chain([posted]) {
            let reach = &parts[posted.nth].place.reach;
            let merged = &mut self.merged[posted.nth];
            let is_merged = merged.add(&posted.commit, posted.ignored, reach, merger);
            if is_merged && posted.revision() > self.newest_merge {
                self.newest_merge = posted.revision();
                self.merges += 1;
            }
        }
    }

    /// The oldest commit that waits.
    fn oldest(&self) -> Option<Revision> {
        let merged = self.merged.iter().filter_map(Merged::oldest);
        merged.chain(self.queue.front().map(Posted::first)).min()
    }
}

impl<S: Stores> Clone for Letters<S> {
    fn clone(&self) -> Self {
        Self {
            merged: self.merged.clone(),
            queue: self.queue.clone(),
            ..*self
        }
    }
}
