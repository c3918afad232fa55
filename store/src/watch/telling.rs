//! The order of telling: commits wait in a queue, and one thread at a time tells them.
//!
//! Nobody waits for a callback. Whoever commits while another thread tells leaves its commit in
//! the queue for that thread; a callback that commits does the same. The queue is bounded: past
//! the bound, commits are merged into one.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Weak},
    thread,
};

use super::{
    agenda::{Agenda, Item},
    called::Called,
    feed::{Feed, FeedReader},
    interest::Interest,
    milestones::Milestones,
    readers::{Readers, Room},
    registry::Place,
    report::{self, PanicHook},
    role::{Announced, Role},
    roster::Roster,
    watching::{Part, Watching},
};
use crate::{
    change::{Cause, Commit, Reach, Staged},
    model::{Heads, Stores},
    state::Revision,
    sync::{
        Activity, Baton, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence},
        call_in_turn, defer_delivery,
    },
};

/// All watchers of a store, and what they are still to be told.
pub(crate) struct Watchers<S: Stores> {
    agenda: Mutex<Agenda<S>>,
    /// Whoever has it tells.
    pub(super) roster: Baton<Roster<S>>,
    pub(super) called: Called,
    pub(super) interest: Interest,
    next_id: AtomicU64,
    /// How much is in the queue, and whether the next can be told; written with the agenda locked.
    waiting: AtomicUsize,
    is_due: AtomicBool,
    /// The first commit of what is being told, 0 if nothing is.
    in_hand: AtomicU64,
    /// The newest commit that is in the queue, or that nobody was to be told of.
    queued: AtomicU64,
    /// Whether the store is gone, and everything was told.
    ended: AtomicBool,
    queue_bound: usize,
    pub(super) readers: Readers<S>,
    feeds: Mutex<Vec<Weak<Feed<S>>>>,
    milestones: Arc<Milestones>,
    hook: Option<PanicHook>,
}

/// What a write has to have told once it has ended.
#[must_use]
pub(crate) struct Due<'a, S: Stores> {
    /// The role, if nothing waits before the commit and nobody tells.
    role: Option<Role<'a, S>>,
    commit: Announced<S>,
    /// Places in queues, kept free until it has been told.
    room: Option<Room<S>>,
}

impl<S: Stores> Watchers<S> {
    pub(crate) fn new(queue_bound: usize, hook: Option<PanicHook>) -> Arc<Self> {
        Arc::new(Self {
            agenda: Mutex::new(Agenda::new()),
            roster: Baton::new(Roster::new()),
            called: Called::new(),
            interest: Interest::none::<S>(),
            next_id: AtomicU64::new(1),
            waiting: AtomicUsize::new(0),
            is_due: AtomicBool::new(false),
            in_hand: AtomicU64::new(0),
            queued: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            queue_bound,
            readers: Readers::default(),
            feeds: Mutex::default(),
            milestones: Arc::default(),
            hook,
        })
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn milestones(&self) -> &Arc<Milestones> {
        &self.milestones
    }

    pub(crate) fn hook(&self) -> Option<&PanicHook> {
        self.hook.as_ref()
    }

    /// A place to read from for a stream that hears all of a field, a named store or the store.
    pub(super) fn feed(&self, part: &Part<S>) -> Option<FeedReader<S>> {
        let Place { reach, spot } = &part.place;
        let is_whole =
            spot.is_none() && !matches!(reach, Reach::Fields(fields) if fields.len() != 1);
        if !is_whole || !part.ignored.is_empty() {
            return None;
        }
        let mut feeds = self.feeds.lock();
        let known = feeds.iter().filter_map(Weak::upgrade);
        let feed = known.into_iter().find(|feed| feed.is_of(reach));
        let feed = feed.unwrap_or_else(|| {
            let feed = Arc::new(Feed::new(reach.clone()));
            feeds.retain(|feed| feed.strong_count() > 0);
            feeds.push(Arc::downgrade(&feed));
            feed
        });
        Some(FeedReader::new(feed))
    }

    /// Begins a write: waits until a commit can be told to those who want each one.
    #[inline]
    pub(crate) fn due(&self) -> Due<'_, S> {
        // First, so that the rest is made where it is to lie.
        let room = self.readers.room();
        Due {
            role: None,
            commit: Announced::Told,
            room,
        }
    }

    /// Changes the agenda, and takes note of what that makes of it.
    pub(super) fn plan<R>(&self, change: impl FnOnce(&mut Agenda<S>) -> R) -> R {
        let mut agenda = self.agenda.lock();
        let outcome = change(&mut agenda);
        agenda.give_memory_back();
        self.waiting.store(agenda.queue.len(), Ordering::SeqCst);
        self.is_due.store(agenda.is_due(), Ordering::SeqCst);
        outcome
    }

    fn push(&self, item: Item<S>) {
        self.plan(|agenda| agenda.queue.push_back(item));
    }

    /// Whether nobody is to be told of what is being published, as nobody watches what it changed. Asked
    /// while readers are shut out, so that whoever registers later reads it, and whoever waits to be
    /// told reads that it was, or is woken.
    #[inline]
    pub(crate) fn pass_over(&self, staged: &Staged<S>, revision: Revision) -> bool {
        let mut is_watched = self.interest.is_in_commits();
        staged.visit_changed(|place| is_watched |= self.interest.is_in(place));
        if !is_watched {
            self.queued.store(revision, Ordering::Release);
        }
        !is_watched
    }

    /// Takes what is being published to be told.
    ///
    /// Called while readers are shut out, so that the order of telling is that of commits, and a new
    /// watcher hears exactly those that it does not see. Runs no code of the program's.
    pub(crate) fn enqueue<'a>(
        &'a self,
        staged: &mut Staged<S>,
        heads: &S::Each<Heads>,
        cause: Cause,
        due: &mut Due<'a, S>,
    ) {
        let revision = cause.revision;
        due.commit = Announced::Own(staged.take_commit(heads, cause));
        let is_first = self.waiting.load(Ordering::SeqCst) == 0;
        due.role = is_first.then(|| Role::take(self)).flatten();
        if due.role.is_some() {
            self.in_hand.store(revision, Ordering::Release);
        } else if let Some(commit) = due.commit.take() {
            let room = due.room.take().filter(|room| !room.is_empty());
            self.push(Item::Commit { commit, room });
        }
        self.queued.store(revision, Ordering::Release);
    }

    /// Whether there is more in the queue than the bound allows.
    #[inline]
    pub(crate) fn is_past_bound(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > self.queue_bound
    }

    /// Merges what came past the bound. Called in the writers' turn; `left_over` gets what is to be
    /// dropped once that has ended, as it may be the last to hold a state.
    ///
    /// # Errors
    ///
    /// What a clone of the program's panicked with. Both wait beside each other then.
    #[cold]
    pub(crate) fn merge_past_bound(
        &self,
        left_over: &mut Vec<Arc<Commit<S>>>,
    ) -> thread::Result<()> {
        loop {
            let Some(two) = self.agenda.lock().past_bound() else {
                return Ok(());
            };
            left_over.extend_from_slice(&two);
            let [first, second] = &two;
            // Merging clones values of the program's: allowed in the turn, but under no other lock.
            let merged = catch_unwind(AssertUnwindSafe(|| {
                let _called = call_in_turn();
                Arc::new(first.then(second, &Reach::All, false))
            }))?;
            left_over.extend(self.plan(|agenda| agenda.merge(&two, merged)).err());
        }
    }

    /// Tells what a write has to have told.
    #[inline]
    pub(crate) fn deliver(self: &Arc<Self>, due: &mut Due<'_, S>) {
        if let Some(mut role) = due.role.take() {
            report::contained(|| role.tell_commit(&mut due.commit));
            self.in_hand.store(0, Ordering::Relaxed);
            role.give_up();
        }
        due.room = None;
        self.milestones.reached();
        self.tell_waiting();
    }

    /// Tells what waits, unless another thread or a caller further up does so already; whether all
    /// news was heard by this thread.
    #[inline]
    pub(super) fn tell_waiting(self: &Arc<Self>) -> bool {
        !self.has_work() || self.tell_all_waiting()
    }

    fn tell_all_waiting(self: &Arc<Self>) -> bool {
        while self.has_work() {
            // Whoever has the role looks for work after having given it up.
            fence(Ordering::SeqCst);
            let Some(mut role) = Role::take(self) else {
                return false;
            };
            if Activity::current().writing.is_some() {
                // What has ended is let go, and nobody is called before the end of the write.
                role.hear();
                role.give_up();
                let watchers = Arc::clone(self);
                defer_delivery(move || {
                    watchers.tell_waiting();
                });
                break;
            }
            role.tell_all();
            role.give_up();
        }
        true
    }

    #[inline]
    fn has_work(&self) -> bool {
        self.is_due.load(Ordering::SeqCst) || self.called.has_news()
    }

    /// What is to be told next, if it can be told.
    pub(super) fn next(&self) -> Option<Item<S>> {
        self.plan(|agenda| {
            let item = agenda.is_due().then(|| agenda.queue.pop_front())??;
            let first = item.first().unwrap_or(0);
            self.in_hand.store(first, Ordering::SeqCst);
            Some(item)
        })
    }

    /// Takes note that it has been told to all.
    pub(super) fn told(&self) {
        self.in_hand.store(0, Ordering::SeqCst);
        self.milestones.reached();
    }

    /// The watchers that have become something else.
    pub(super) fn news(&self) -> Vec<Arc<Watching<S>>> {
        self.called.hear();
        std::mem::take(&mut self.agenda.lock().news)
    }

    /// Lets the thread that tells know that a watcher has become something else; whether it was this
    /// thread, and knows.
    pub(super) fn announce(self: &Arc<Self>, watching: &Arc<Watching<S>>) -> bool {
        let is_gone = self.dismiss(watching);
        if !is_gone {
            self.plan(|agenda| agenda.news.push(Arc::clone(watching)));
            self.called.announce();
        }
        self.tell_waiting() || is_gone
    }

    /// Takes note of a watcher that has come and gone before it joined; whether it is such a one.
    pub(super) fn dismiss(&self, watching: &Watching<S>) -> bool {
        let join = self.plan(|agenda| agenda.take_ended(watching));
        if join.is_some() {
            watching.parts.iter().for_each(|part| self.lose(part));
        }
        join.is_some()
    }

    /// Takes note that a callback is to hear nothing any more.
    pub(super) fn lose(&self, part: &Part<S>) {
        self.interest.lower(&part.place.reach);
    }

    /// Takes note that a watcher has ended.
    pub(super) fn forget(&self, watching: &Watching<S>) {
        if watching.delivery.is_read_elsewhere() {
            self.readers.forget(watching);
        }
    }

    /// Has a paused watcher hear again, in its turn.
    pub(super) fn resume(self: &Arc<Self>, watching: &Arc<Watching<S>>) {
        if let Some(pause) = watching.delivery.current_pause() {
            self.push(Item::Resume(Arc::clone(watching), pause));
            self.tell_waiting();
        }
    }

    /// The store is gone: what waits is the last.
    pub(crate) fn end(self: &Arc<Self>) {
        self.push(Item::End);
        self.tell_waiting();
    }

    /// Everything was told.
    pub(super) fn close(&self) {
        self.ended.store(true, Ordering::SeqCst);
        let readers = self.readers.all();
        readers
            .iter()
            .for_each(|reader| reader.delivery.close(reader));
    }

    /// The newest commit that is in the queue, or that nobody was to be told of.
    pub(super) fn newest(&self) -> Revision {
        self.queued.load(Ordering::SeqCst)
    }

    /// Whether there will never be a commit of this revision, as the store is gone.
    pub(crate) fn is_past(&self, revision: Revision) -> bool {
        self.ended.load(Ordering::SeqCst) && self.queued.load(Ordering::SeqCst) < revision
    }

    /// Whether this thread owns an inbox in which a commit up to `revision` waits.
    pub(crate) fn waits_here(&self, revision: Revision) -> bool {
        let waits_here = |reader: &Arc<Watching<S>>| {
            reader.delivery.inbox() == Some(true) && !reader.delivery.has_told(revision)
        };
        self.readers.all().iter().any(waits_here)
    }

    /// Whether everyone who is called has been told of every commit up to `revision`.
    pub(crate) fn has_told(&self, revision: Revision) -> bool {
        if self.queued.load(Ordering::SeqCst) < revision {
            return false;
        }
        let oldest = {
            let agenda = self.agenda.lock();
            let in_hand = self.in_hand.load(Ordering::SeqCst);
            let waiting = agenda.queue.iter().filter_map(Item::first);
            waiting.chain((in_hand > 0).then_some(in_hand)).min()
        };
        oldest.is_none_or(|oldest| oldest > revision)
            && self
                .readers
                .all()
                .iter()
                .all(|reader| reader.delivery.has_told(revision))
    }
}

/// What a thread does while it tells of `cause`.
#[inline]
pub(super) fn telling(cause: &Cause) -> Activity {
    Activity {
        telling: Some(cause.at),
        depth: cause.depth + 1,
        ..Activity::current()
    }
}
