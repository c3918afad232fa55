//! The order of telling: commits wait in a queue, and one thread at a time tells them.
//!
//! Nobody waits for a callback. Whoever commits while another thread tells leaves its commit in
//! the queue for that thread; a callback that commits does the same. The queue is bounded: past
//! the bound, commits are merged into one.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use super::{
    milestones::Milestones,
    moment::Moment,
    readers::{Readers, Room},
    registry::{Audience, Index, Registry},
    report::{self, PanicHook},
    watching::{Entry, Told, Watching},
};
use crate::{
    change::{Cause, Commit, FieldPlace, Reach, Staged},
    model::{Heads, Stores},
    state::{Revision, SnapshotAll, Truth},
    sync::{Activity, Mutex, Published, defer_delivery},
};

/// What waits to be told.
enum Item<S: Stores> {
    Commit(Addressed<S>),
    /// Many commits in one: those that came while the queue was full. `since` is the revision
    /// before the first of them.
    Merged {
        since: Revision,
        commit: Arc<Commit<S>>,
    },
    /// A new watcher's immediate call is under way; what follows is told after it.
    Hold(u64),
    /// A watcher that was paused hears again, and first of what has come meanwhile.
    Resume(Arc<Watching<S>>),
    /// The store is gone.
    End,
}

/// A commit, and who may watch what it changed.
struct Addressed<S: Stores> {
    commit: Arc<Commit<S>>,
    audience: Audience<S>,
    /// Places in queues, kept free until it has been told.
    room: Option<Room<S>>,
}

impl<S: Stores> Item<S> {
    /// The first commit that it tells of.
    fn first(&self) -> Option<Revision> {
        match self {
            Self::Commit(addressed) => Some(addressed.commit.cause.revision),
            Self::Merged { since, .. } => Some(since + 1),
            Self::Hold(_) | Self::Resume(_) | Self::End => None,
        }
    }
}

struct Waiting<S: Stores> {
    queue: VecDeque<Item<S>>,
    /// Whether a thread is telling.
    telling: bool,
    /// The first commit of what it tells.
    in_hand: Option<Revision>,
    open_holds: Vec<u64>,
    /// What the youngest watcher saw at once: it must not hear of that again, merged with more.
    youngest: Revision,
    registry: Registry<S>,
}

impl<S: Stores> Waiting<S> {
    /// The last in the queue, if more can be merged into it.
    fn last_merged(&mut self) -> Option<&mut Arc<Commit<S>>> {
        let youngest = self.youngest;
        match self.queue.back_mut() {
            Some(Item::Merged { since, commit }) if *since >= youngest => Some(commit),
            _ => None,
        }
    }
}

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
            delivery: Mutex::new(Waiting {
                queue: VecDeque::new(),
                telling: false,
                in_hand: None,
                open_holds: Vec::new(),
                youngest: 0,
                registry: Registry::new(),
            }),
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
        if self.registered.load(Ordering::SeqCst) == 0 {
            return self.queued.store(revision, Ordering::SeqCst);
        }
        let mut delivery = self.delivery.lock();
        if delivery.queue.len() >= self.queue_bound {
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
        // Merging clones values of the program's: allowed in the turn, but under no other lock.
        let merged = last.map(|last| {
            let merged = Arc::new(last.then(&commit, &Reach::All, false));
            (last, merged)
        });
        let mut delivery = self.delivery.lock();
        let replaced = match (merged, delivery.last_merged()) {
            (Some((last, merged)), Some(now)) if Arc::ptr_eq(&last, now) => {
                Some((last, std::mem::replace(now, merged), commit))
            }
            _ => {
                let since = commit.cause.revision - 1;
                self.push(&mut delivery, Item::Merged { since, commit });
                None
            }
        };
        // The last reference to a state may be among them, so they go with no lock held.
        drop(delivery);
        drop(replaced);
    }

    /// Tells what waits, unless another thread or a caller further up does so already.
    pub(crate) fn deliver(self: &Arc<Self>) {
        // Whoever has left something to be told finds its own mark here.
        if self.waiting.load(Ordering::Relaxed) == 0 {
            return self.milestones.reached();
        }
        if Activity::current().writing.is_some() {
            let watchers = Arc::clone(self);
            return defer_delivery(move || watchers.deliver());
        }
        let mut role = Role {
            watchers: self,
            taken: false,
        };
        while let Some(item) = role.next() {
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
            Item::Merged { commit, .. } => self.tell_commit(commit, None),
            Item::Hold(_) => {}
            Item::Resume(watching) => watching.resume(),
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
        if let Some(audience) = audience.or_else(|| self.audience(&commit)) {
            audience.tell(&commit);
        }
        // The old values go last, and may write as a watcher may.
        Activity::tell(write);
        drop(commit);
    }

    /// Those who watch what a merged commit changed, if it changed anything.
    fn audience(&self, commit: &Commit<S>) -> Option<Audience<S>> {
        let changed = commit.changed_places();
        if changed.is_empty() {
            return None;
        }
        let registry = &self.delivery.lock().registry;
        Some(registry.audience(|found| changed.into_iter().for_each(found)))
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
            Some(spot) => report::contained(|| spot.remove(entry)),
            None => self.delivery.lock().registry.remove(entry),
        }
        self.registered.fetch_sub(1, Ordering::SeqCst);
    }

    /// Has a paused watcher hear again, in its turn.
    pub(super) fn resume(self: &Arc<Self>, watching: &Arc<Watching<S>>) {
        let resume = Item::Resume(Arc::clone(watching));
        self.push(&mut self.delivery.lock(), resume);
        self.deliver();
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

    /// Whether the store is gone, and everything was told.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Whether everyone who is called has been told of every commit up to `revision`.
    pub(crate) fn has_told(&self, revision: Revision) -> bool {
        if self.queued.load(Ordering::SeqCst) < revision {
            return false;
        }
        let oldest = {
            let delivery = self.delivery.lock();
            let waiting = delivery.queue.iter().find_map(Item::first);
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
