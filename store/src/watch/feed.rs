//! What the streams of one field or store have still to read: kept once for all of them.
//!
//! A commit is left here once, however many streams sleep. Where no stream stands between two
//! commits, they are merged, so that there are as many as there are streams that lag differently.
//! No code of the program runs under the lock: commits are merged and wakers woken outside.

use std::{
    collections::VecDeque,
    sync::Arc,
    task::{Poll, Waker},
};

use slab::Slab;
use smallvec::SmallVec;

use super::report;
use crate::{
    change::{Commit, Reach},
    model::Stores,
    sync::{Mutex, let_go},
};

/// See the module.
pub(super) struct Feed<S: Stores> {
    reach: Reach,
    line: Mutex<Line<S>>,
}

/// Some commits in a row, as one, and how many streams have still to read it and all after it.
struct Stretch<S: Stores> {
    /// Grows from stretch to stretch.
    number: u64,
    commit: Arc<Commit<S>>,
    /// How many commits were merged into another.
    merges: u64,
    readers: usize,
}

impl<S: Stores> Stretch<S> {
    fn commit(&self) -> Arc<Commit<S>> {
        Arc::clone(&self.commit)
    }
}

struct Line<S: Stores> {
    unread: VecDeque<Stretch<S>>,
    /// The number of the next stretch: where those stand who have read everything.
    end: u64,
    /// How many these are.
    readers_at_end: usize,
    readers: Slab<Standing>,
    /// Those who may have a waker.
    waiting: Vec<usize>,
    closed: bool,
}

#[derive(Default)]
struct Standing {
    /// The stretch to be read next; `None` for a new one that hears nothing yet.
    next: Option<u64>,
    waker: Option<Waker>,
    merges: u64,
}

impl<S: Stores> Feed<S> {
    pub(super) fn new(reach: Reach) -> Self {
        Self {
            reach,
            line: Mutex::new(Line {
                unread: VecDeque::new(),
                end: 0,
                readers_at_end: 0,
                readers: Slab::new(),
                waiting: Vec::new(),
                closed: false,
            }),
        }
    }

    pub(super) fn is_of(&self, reach: &Reach) -> bool {
        self.reach == *reach
    }

    /// Leaves a commit for those who read, and wakes them. Only the thread that tells does so.
    pub(super) fn publish(&self, commit: &Arc<Commit<S>>) {
        let wakers = {
            let mut line = self.line.lock();
            let (number, readers) = (line.end, line.readers_at_end);
            if line.unread.is_empty() && readers == 0 {
                return;
            }
            line.end += 1;
            line.readers_at_end = 0;
            line.unread.push_back(Stretch {
                number,
                commit: Arc::clone(commit),
                merges: 0,
                readers,
            });
            line.wakers()
        };
        self.merge_all();
        for waker in wakers {
            report::contained(|| waker.wake());
        }
    }

    /// Merges what no reader stands between.
    fn merge_all(&self) {
        let mut from = 1;
        loop {
            let Some((at, first, second)) = self.line.lock().unparted(from) else {
                return;
            };
            from = at + 1;
            let merge = || Arc::new(first.then(&second, &self.reach, false));
            // Were a clone to panic, both would stay, one beside the other.
            let merged = report::contained(merge);
            let joined = merged.map(|merged| self.line.lock().join([&first, &second], merged));
            if let Some(Ok(())) = joined {
                from = at;
            }
            // Each may be the last to hold a state, and goes with no lock held. No panic of a value's drop may
            // keep from waking those who read.
            let refused = joined.and_then(Result::err);
            for commit in [first, second].into_iter().chain(refused) {
                report::contained(|| drop(commit));
            }
        }
    }

    /// Takes note that nothing will come any more.
    pub(super) fn close(&self) {
        let wakers = {
            let mut line = self.line.lock();
            line.closed = true;
            line.wakers()
        };
        for waker in wakers {
            report::contained(|| waker.wake());
        }
    }
}

impl<S: Stores> Line<S> {
    /// Takes out whoever is to be woken.
    fn wakers(&mut self) -> Vec<Waker> {
        let Self {
            waiting, readers, ..
        } = self;
        let wakers = waiting
            .drain(..)
            .filter_map(|reader| readers.get_mut(reader)?.waker.take());
        wakers.collect()
    }

    /// Takes note that a reader has a waker. Forgets those that have gone meanwhile, seldom enough for
    /// any number to come and go in linear time.
    fn wait(&mut self, reader: usize) {
        if self.waiting.len() >= self.readers.len() * 2 {
            self.waiting.sort_unstable();
            self.waiting.dedup();
            let readers = &self.readers;
            self.waiting.retain(|reader| readers.contains(*reader));
        }
        self.waiting.push(reader);
    }

    /// The first two from `from` on that no reader stands between, and the place of the second.
    #[allow(clippy::type_complexity)]
    fn unparted(&self, from: usize) -> Option<(usize, Arc<Commit<S>>, Arc<Commit<S>>)> {
        let at = (from..self.unread.len()).find(|at| self.unread[*at].readers == 0)?;
        let [first, second] = [at - 1, at].map(|at| Arc::clone(&self.unread[at].commit));
        Some((at, first, second))
    }

    /// Puts one stretch in the place of two, if they are still there; readers may have let go of the
    /// first. Else hands back what they were merged to, to be dropped with no lock held.
    fn join(
        &mut self,
        two: [&Arc<Commit<S>>; 2],
        merged: Arc<Commit<S>>,
    ) -> Result<(), Arc<Commit<S>>> {
        let is_second = |stretch: &Stretch<S>| Arc::ptr_eq(&stretch.commit, two[1]);
        let Some(at @ 1..) = self.unread.iter().position(is_second) else {
            return Err(merged);
        };
        let first = &self.unread[at - 1];
        if !Arc::ptr_eq(&first.commit, two[0]) {
            return Err(merged);
        }
        if let Some(second) = self.unread.remove(at) {
            let first = &mut self.unread[at - 1];
            first.commit = merged;
            first.merges += second.merges + 1;
        }
        Ok(())
    }

    fn reader(&mut self, key: usize) -> &mut Standing {
        &mut self.readers[key]
    }

    /// Where the stretch of a number is; past the last for those who have read everything.
    fn place(&self, number: u64) -> usize {
        let is_before = |stretch: &Stretch<S>| stretch.number < number;
        match self.unread.front() {
            Some(first) if is_before(first) => self.unread.partition_point(is_before),
            _ if number == self.end => self.unread.len(),
            _ => 0,
        }
    }

    /// Takes a reader away from where it stands; hands out what nobody is to read any more.
    fn leave(&mut self, next: u64) -> SmallVec<[Stretch<S>; 1]> {
        let at = self.place(next);
        match self.unread.get_mut(at) {
            Some(stretch) => stretch.readers -= 1,
            None => self.readers_at_end -= 1,
        }
        let mut read = SmallVec::new();
        while let Some(stretch) = self.unread.pop_front_if(|stretch| stretch.readers == 0) {
            read.push(stretch);
        }
        read
    }
}

/// One stream's place in a feed; given up when dropped.
pub(super) struct FeedReader<S: Stores> {
    feed: Arc<Feed<S>>,
    key: usize,
}

impl<S: Stores> FeedReader<S> {
    /// A place where nothing is heard yet.
    pub(super) fn new(feed: Arc<Feed<S>>) -> Self {
        let key = feed.line.lock().readers.insert(Standing::default());
        Self { feed, key }
    }

    pub(super) fn feed(&self) -> &Arc<Feed<S>> {
        &self.feed
    }

    /// Hears what comes from now on.
    pub(super) fn begin(&self) {
        let mut line = self.feed.line.lock();
        let end = line.end;
        line.readers_at_end += 1;
        line.reader(self.key).next = Some(end);
    }

    /// Takes out what is unread, as one, or has `waker` woken when there is something; `Ready(None)`
    /// once nothing will come any more.
    pub(super) fn poll(&self, waker: Option<Waker>) -> Poll<Option<Arc<Commit<S>>>> {
        let mut line = self.feed.line.lock();
        let end = line.end;
        let next = line.reader(self.key).next;
        let Some(next) = next.filter(|next| *next < end) else {
            if line.closed {
                return Poll::Ready(None);
            }
            let Some(waker) = waker else {
                return Poll::Pending;
            };
            let former = line.reader(self.key).waker.replace(waker);
            if former.is_none() {
                line.wait(self.key);
            }
            drop(line);
            let_go(former);
            return Poll::Pending;
        };
        let unread = line.unread.range(line.place(next)..);
        let commits: SmallVec<[_; 1]> = unread.clone().map(Stretch::commit).collect();
        let merges: u64 = unread.map(|stretch| stretch.merges + 1).sum();
        let standing = line.reader(self.key);
        standing.merges += merges - 1;
        standing.next = Some(end);
        let read = line.leave(next);
        line.readers_at_end += 1;
        drop(line);
        let_go(read);
        // Were a clone to panic, the last would be told all the same.
        let merged = commits.into_iter().reduce(|first, later| {
            let merge = || Arc::new(first.then(&later, &self.feed.reach, false));
            let merged = report::contained(merge).unwrap_or_else(|| Arc::clone(&later));
            // Nor may the drop of a state that it was the last to hold keep it from being told.
            for commit in [first, later] {
                report::contained(|| drop(commit));
            }
            merged
        });
        Poll::Ready(merged)
    }

    /// How many commits were merged into another since the stream began.
    pub(super) fn merges(&self) -> u64 {
        self.feed.line.lock().reader(self.key).merges
    }
}

impl<S: Stores> Drop for FeedReader<S> {
    fn drop(&mut self) {
        // Dropped with no lock held, as it may own a waker, and be the last to hold a state.
        let mut line = self.feed.line.lock();
        let standing = line.readers.remove(self.key);
        let read = standing.next.map(|next| line.leave(next));
        drop(line);
        report::contained(|| drop((standing, read)));
    }
}
