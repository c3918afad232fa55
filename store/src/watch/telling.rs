//! The order of telling: commits wait in a queue, and one thread at a time tells them.
//!
//! Nobody waits for a callback. Whoever commits while another thread tells leaves its commit in
//! the queue for that thread; a callback that commits does the same. The queue is bounded: past
//! the bound, commits are merged into one.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use super::{
    agenda::{Addressed, Item, Waiting},
    milestones::Milestones,
    moment::Moment,
    readers::{Readers, Room},
    registry::{Audience, Index},
    report::{self, PanicHook},
    watching::{Entry, Told, Watching},
};
use crate::{
    change::{Cause, Commit, FieldPlace, Reach, Staged},
    model::{Heads, Stores},
    state::{Revision, SnapshotAll, Truth},
    sync::{Activity, Mutex, Published, defer_delivery},
};

/// All watchers of a store, and what they are still to be told.
pub(crate) struct Watchers<S: Stores> {
    delivery: Mutex<Waiting<S>>,
    /// How many callbacks are registered; raised before the callback reads the truth.
    registered: AtomicUsize,
    next_id: AtomicU64,
    /// How much waits to be told, written with the delivery lock held.
    waiting: AtomicUsize,
    /// The newest commit that is in the queue, or that nobody was to be told of.
    queued: AtomicU64,
    /// Whether the store is gone, and everything was told.
    ended: AtomicBool,
    queue_bound: usize,
    readers: Readers<S>,
    milestones: Arc<Milestones>,
    hook: Option<PanicHook>,
}

impl<S: Stores> Watchers<S> {
    pub(crate) fn new(queue_bound: usize, hook: Option<PanicHook>) -> Arc<Self> {
        Arc::new(Self {
            delivery: Mutex::new(Waiting::new()),
            registered: AtomicUsize::new(0),
            next_id: AtomicU64::new(1),
            waiting: AtomicUsize::new(0),
            queued: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            queue_bound,
            readers: Readers::default(),
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

    /// Waits until a commit can be told to those who want each one.
    #[inline]
    pub(crate) fn room(&self) -> Option<Room<S>> {
        self.readers.room()
    }

    fn push(&self, delivery: &mut Waiting<S>, item: Item<S>) {
        delivery.queue.push_back(item);
        self.waiting.store(delivery.queue.len(), Ordering::Relaxed);
    }

    /// Whether nobody is to be told of what is being published, as nobody watches. Asked while readers
    /// are shut out, so that whoever registers later reads it, and whoever waits to be told reads that
    /// it was, or is woken.
    #[inline]
    pub(crate) fn pass_over(&self, revision: Revision) -> bool {
        let nobody = self.registered.load(Ordering::SeqCst) == 0;
        if nobody {
            self.queued.store(revision, Ordering::Release);
        }
        nobody
    }

    /// Queues what has just been published, if anybody may watch a field that it changed. Called in
    /// the writers' turn, so that queue order is commit order.
    pub(crate) fn enqueue(
        &self,
        staged: &mut Staged<S>,
        heads: &S::Each<Heads>,
        cause: Cause,
        room: &mut Option<Room<S>>,
    ) {
        let revision = cause.revision;
        // Who has waited for room is told by itself: there is no more of these than there was room.
        let has_room = room.as_ref().is_some_and(|room| !room.is_empty());
        let mut delivery = self.delivery.lock();
        if delivery.queue.len() >= self.queue_bound && !has_room {
            drop(delivery);
            self.enqueue_merged(Arc::new(staged.take_commit(heads, cause)));
            return self.queued.store(revision, Ordering::SeqCst);
        }
        let audience = delivery
            .registry
            .audience(|found| staged.visit_changed(found));
        if !audience.is_empty() {
            let addressed = Addressed {
                commit: Arc::new(staged.take_commit(heads, cause)),
                audience,
                room: room.take(),
            };
            self.push(&mut delivery, Item::Commit(addressed));
        }
        self.queued.store(revision, Ordering::SeqCst);
    }

    /// Queues a commit while behind, as one with the last if that was merged too.
    fn enqueue_merged(&self, commit: Arc<Commit<S>>) {
        let last = self
            .delivery
            .lock()
            .last_merged()
            .map(|last| Arc::clone(last));
        // Merging clones values of the program's: allowed in the turn, but under no other lock. Were
        // a clone to panic, the commit would wait beside the others.
        let merged = last.and_then(|last| {
            let merge = || Arc::new(last.then(&commit, &Reach::All, false));
            let merged = report::contained(merge)?;
            Some((last, merged))
        });
        let mut delivery = self.delivery.lock();
        let replaced = match (merged, delivery.last_merged()) {
            (Some((last, merged)), Some(now)) if Arc::ptr_eq(&last, now) => {
                Some((last, std::mem::replace(now, merged), commit))
            }
            _ => {
                self.push(&mut delivery, Item::Merged(commit));
                None
            }
        };
        // The last reference to a state may be among them, so they go with no lock held.
        drop(delivery);
        drop(replaced);
    }

    /// Tells what waits, unless another thread or a caller further up does so already.
    #[inline]
    pub(crate) fn deliver(self: &Arc<Self>) {
        // Whoever has left something to be told finds its own mark here.
        if self.waiting.load(Ordering::Relaxed) == 0 {
            return self.milestones.reached();
        }
        self.deliver_waiting();
    }

    #[inline(never)]
    fn deliver_waiting(self: &Arc<Self>) {
        if Activity::current().writing.is_some() {
            let watchers = Arc::clone(self);
            return defer_delivery(move || watchers.deliver());
        }
        let mut role = Role {
            watchers: self,
            taken: false,
        };
        while let Some(item) = role.next() {
            // One more has been told to all.
            self.milestones.reached();
            // Comparing states, looking keys up and dropping old values runs the program's code; a
            // panic there must not stop the telling.
            report::contained(|| self.tell(item));
        }
        drop(role);
        self.milestones.reached();
    }

    fn tell(&self, item: Item<S>) {
        match item {
            Item::Commit(addressed) => {
                let Addressed {
                    commit,
                    audience,
                    room,
                } = addressed;
                self.tell_commit(commit, Some(audience));
                drop(room);
            }
            Item::Merged(commit) => self.tell_commit(commit, None),
            Item::Hold(_) => {}
            Item::Resume(watching, pause) => watching.resume(pause),
            Item::End => {
                self.ended.store(true, Ordering::SeqCst);
                let readers = self.readers.all();
                readers
                    .iter()
                    .for_each(|reader| reader.delivery.close(reader));
            }
        }
    }

    /// Tells a commit to those who watch what it changed.
    fn tell_commit(&self, commit: Arc<Commit<S>>, audience: Option<Audience<S>>) {
        let write = commit.cause.at;
        let _telling = telling(&commit.cause).enter();
        let audience = audience.unwrap_or_else(|| self.audience(&commit));
        audience.tell(&commit);
        // The old values go last, and may write as a watcher may.
        Activity::tell(write);
        drop(commit);
    }

    /// Those who watch what a merged commit may have changed.
    fn audience(&self, commit: &Commit<S>) -> Audience<S> {
        let touched = commit.touched_places();
        let registry = &self.delivery.lock().registry;
        registry.audience(|found| touched.into_iter().for_each(found))
    }

    /// Registers a watcher and makes its immediate calls, with no gap and no repeat between these
    /// and the first change.
    pub(super) fn register(
        self: &Arc<Self>,
        truth: &Published<Truth<S>>,
        watching: &Arc<Watching<S>>,
        call: impl FnMut(usize, &Moment<'_, S>) -> Told,
    ) {
        let mut entries = watching.entries();
        if entries.is_empty() {
            return;
        }
        entries.sort_unstable_by_key(|entry| entry.order);
        // Indexes run the program's `Hash` and `Ord`, so they come before the lock.
        for entry in &entries {
            if let Some(spot) = &entry.place().spot {
                spot.insert(entry);
            }
        }
        self.registered.fetch_add(entries.len(), Ordering::SeqCst);
        if watching.delivery.is_read_elsewhere() {
            self.readers.add(watching);
        }
        let hold = Hold {
            watchers: self,
            id: self.next_id(),
        };
        let all = {
            let mut delivery = self.delivery.lock();
            let all = truth.read().snapshot_all();
            watching.start(all.revision());
            for entry in &entries {
                delivery.registry.insert(entry);
            }
            delivery.youngest = all.revision();
            delivery.open_holds.push(hold.id);
            self.push(&mut delivery, Item::Hold(hold.id));
            all
        };
        call_first(&all, &entries, call);
        // Not kept while this thread tells what has come meanwhile.
        drop(all);
        drop(hold);
    }

    /// Takes a callback out of the registry that is to hear nothing any more.
    pub(super) fn retire(&self, entry: &Entry<S>) {
        match &entry.place().spot {
            Some(spot) => drop(report::contained(|| spot.remove(entry))),
            None => {
                let replaced = self.delivery.lock().registry.remove(entry);
                // What those who ended own is the program's, so it goes with no lock held.
                report::contained(|| drop(replaced));
            }
        }
        self.registered.fetch_sub(1, Ordering::SeqCst);
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
            let resume = Item::Resume(Arc::clone(watching), pause);
            self.push(&mut self.delivery.lock(), resume);
            self.deliver();
        }
    }

    /// The store is gone: what waits is the last.
    pub(crate) fn end(self: &Arc<Self>) {
        self.push(&mut self.delivery.lock(), Item::End);
        self.deliver();
    }

    /// Lets commits past a new watcher whose immediate call has been made.
    fn release(&self, hold: u64) {
        let mut delivery = self.delivery.lock();
        let Waiting {
            queue, open_holds, ..
        } = &mut *delivery;
        open_holds.retain(|id| *id != hold);
        // Holds that nothing came after keep nothing waiting, and must not pile up.
        let is_idle =
            |item: &mut Item<S>| matches!(item, Item::Hold(id) if !open_holds.contains(id));
        while queue.pop_back_if(is_idle).is_some() {}
        self.waiting.store(queue.len(), Ordering::Relaxed);
    }

    pub(super) fn index<I: Index<S>>(&self, place: FieldPlace, new: impl FnOnce() -> I) -> Arc<I> {
        self.delivery.lock().registry.index(place, new)
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
            let delivery = self.delivery.lock();
            let waiting = delivery.queue.iter().filter_map(Item::first);
            delivery.in_hand.into_iter().chain(waiting).min()
        };
        oldest.is_none_or(|oldest| oldest > revision)
            && self
                .readers
                .all()
                .iter()
                .all(|reader| reader.delivery.has_told(revision))
    }
}

fn call_first<S: Stores>(
    all: &SnapshotAll<S>,
    entries: &[Entry<S>],
    mut call: impl FnMut(usize, &Moment<'_, S>) -> Told,
) {
    let cause = Cause {
        revision: all.revision(),
        first: all.revision(),
        origin: None,
        at: entries[0].watching.at,
        depth: Activity::current().depth,
        merged: 1,
    };
    let _telling = telling(&cause).enter();
    for entry in entries {
        let moment = Moment::Current {
            all,
            cause: &cause,
            silent: entry.part().silent,
        };
        if call(entry.nth(), &moment) == Told::Last {
            entry.retire();
        }
    }
}

/// What a thread does while it tells of `cause`.
pub(super) fn telling(cause: &Cause) -> Activity {
    Activity {
        telling: Some(cause.at),
        depth: cause.depth + 1,
        ..Activity::current()
    }
}

/// The role of the thread that tells; given back when dropped.
struct Role<'a, S: Stores> {
    watchers: &'a Watchers<S>,
    taken: bool,
}

impl<S: Stores> Role<'_, S> {
    fn next(&mut self) -> Option<Item<S>> {
        let mut delivery = self.watchers.delivery.lock();
        if delivery.telling && !self.taken {
            return None;
        }
        let waits = match delivery.queue.front() {
            None => true,
            // Whoever makes the immediate call goes on from here.
            Some(Item::Hold(id)) => delivery.open_holds.contains(id),
            Some(_) => false,
        };
        self.taken = !waits;
        delivery.telling = !waits;
        delivery.in_hand = None;
        if waits {
            return None;
        }
        let item = delivery.queue.pop_front()?;
        delivery.in_hand = item.first();
        self.watchers
            .waiting
            .store(delivery.queue.len(), Ordering::Relaxed);
        Some(item)
    }
}

impl<S: Stores> Drop for Role<'_, S> {
    fn drop(&mut self) {
        if self.taken {
            self.watchers.delivery.lock().telling = false;
        }
    }
}

/// Keeps commits waiting while a new watcher's immediate call is under way.
struct Hold<'a, S: Stores> {
    watchers: &'a Arc<Watchers<S>>,
    id: u64,
}

impl<S: Stores> Drop for Hold<'_, S> {
    fn drop(&mut self) {
        self.watchers.release(self.id);
        self.watchers.deliver();
    }
}
