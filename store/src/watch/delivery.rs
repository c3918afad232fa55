//! The order of telling: commits wait in a queue, and one thread at a time tells them.
//!
//! Nobody waits for a callback. Whoever commits while another thread tells leaves its commit in
//! the queue for that thread; a callback that commits does the same. The queue is bounded: past
//! the bound, commits are merged into one that is found by comparing snapshots.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use super::{
    entry::Entry,
    moment::Moment,
    registry::{Audience, Index, Place, Registry},
    report::{self, PanicHook},
};
use crate::{
    change::{Cause, Commit, Staged},
    model::{Heads, Stores},
    state::{Revision, SnapshotAll, Truth},
    sync::{Activity, Caller, Mutex, Published, defer_delivery},
};

/// What waits to be told.
enum Item<S: Stores> {
    Commit(Box<Told<S>>),
    /// Many commits in one: those that came while the queue was full.
    Merged {
        /// The revision of `from`.
        since: Revision,
        from: S::Each<Heads>,
        to: S::Each<Heads>,
        cause: Cause,
    },
    /// A new watcher's immediate call is under way; what follows is told after it.
    Hold(u64),
}

/// A commit, and who may watch what it changed.
struct Told<S: Stores> {
    commit: Commit<S>,
    audience: Audience<S>,
}

struct Delivery<S: Stores> {
    queue: VecDeque<Item<S>>,
    /// Whether a thread is telling.
    telling: bool,
    open_holds: Vec<u64>,
    /// What the youngest watcher saw at once: it must not hear of that again, merged with more.
    youngest: Revision,
    registry: Registry<S>,
}

/// All watchers of a store, and what they are still to be told.
pub(crate) struct Watchers<S: Stores> {
    delivery: Mutex<Delivery<S>>,
    /// How many callbacks are registered; raised before the callback reads the truth.
    registered: AtomicUsize,
    next_id: AtomicU64,
    /// How much waits to be told, written with the delivery lock held.
    waiting: AtomicUsize,
    queue_bound: usize,
    hook: Option<PanicHook>,
}

impl<S: Stores> Watchers<S> {
    pub(crate) fn new(queue_bound: usize, hook: Option<PanicHook>) -> Arc<Self> {
        Arc::new(Self {
            delivery: Mutex::new(Delivery {
                queue: VecDeque::new(),
                telling: false,
                open_holds: Vec::new(),
                youngest: 0,
                registry: Registry::new(),
            }),
            registered: AtomicUsize::new(0),
            next_id: AtomicU64::new(1),
            waiting: AtomicUsize::new(0),
            queue_bound,
            hook,
        })
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether anybody is to be told of a commit that has just moved the truth.
    pub(crate) fn is_watched(&self) -> bool {
        self.registered.load(Ordering::SeqCst) > 0
    }

    /// Whether so much waits to be told that further commits are merged.
    pub(crate) fn is_behind(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) >= self.queue_bound
    }

    fn push(&self, delivery: &mut Delivery<S>, item: Item<S>) {
        delivery.queue.push_back(item);
        self.waiting.store(delivery.queue.len(), Ordering::Relaxed);
    }

    /// Queues what has just been published, if anybody may watch a field that it changed. Called in
    /// the writers' turn, so that queue order is commit order.
    pub(crate) fn enqueue(&self, staged: &mut Staged<S>, heads: &S::Each<Heads>, cause: Cause) {
        let mut delivery = self.delivery.lock();
        let audience = delivery
            .registry
            .audience(|found| staged.visit_changed(found));
        if !audience.is_empty() {
            let commit = staged.take_commit(heads, cause);
            let told = Box::new(Told { commit, audience });
            self.push(&mut delivery, Item::Commit(told));
        }
    }

    /// Queues a commit while behind. Called in the writers' turn.
    pub(crate) fn enqueue_merged(&self, from: S::Each<Heads>, to: S::Each<Heads>, cause: Cause) {
        let mut delivery = self.delivery.lock();
        let youngest = delivery.youngest;
        let replaced = match delivery.queue.back_mut() {
            Some(Item::Merged {
                since,
                to: last,
                cause: last_cause,
                ..
            }) if *since >= youngest => {
                let depth = cause.depth.max(last_cause.depth);
                *last_cause = Cause {
                    depth,
                    origin: None,
                    ..cause
                };
                Some((std::mem::replace(last, to), from))
            }
            _ => {
                let merged = Item::Merged {
                    since: cause.revision - 1,
                    from,
                    to,
                    cause,
                };
                self.push(&mut delivery, merged);
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
            return;
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
    }

    fn tell(&self, item: Item<S>) {
        let cause = match &item {
            Item::Commit(told) => &told.commit.cause,
            Item::Merged { cause, .. } => cause,
            Item::Hold(_) => return,
        };
        let write = cause.at;
        let _telling = telling(cause).enter();
        let told = match item {
            Item::Commit(told) => Some(told),
            Item::Merged {
                from, to, cause, ..
            } => Commit::between(&from, &to, cause).map(|commit| {
                let registry = &self.delivery.lock().registry;
                let audience = registry.audience(|found| commit.visit_changed(found));
                Box::new(Told { commit, audience })
            }),
            Item::Hold(_) => None,
        };
        if let Some(Told { commit, audience }) = told.as_deref() {
            audience.for_each(commit, |entry| entry.tell(commit, self.hook.as_ref()));
        }
        // The old values go last, and may write as a watcher may.
        Activity::tell(write);
        drop(told);
    }

    /// Registers callbacks and makes their immediate calls, with no gap and no repeat between
    /// these and the first change.
    pub(super) fn register(
        self: &Arc<Self>,
        truth: &Published<Truth<S>>,
        entries: &[(Arc<Entry<S>>, Place<S>)],
        at: Caller,
    ) {
        if entries.is_empty() {
            return;
        }
        // Indexes run the program's `Hash` and `Ord`, so they come before the lock.
        for (entry, place) in entries {
            if let Place::Spot(spot) = place {
                spot.insert(entry);
            }
        }
        self.registered.fetch_add(entries.len(), Ordering::SeqCst);
        let hold = Hold {
            watchers: self,
            id: self.next_id(),
        };
        let all = {
            let mut delivery = self.delivery.lock();
            let all = truth.read().snapshot_all();
            for (entry, place) in entries {
                entry.start(all.revision());
                delivery.registry.insert(place, entry);
            }
            delivery.youngest = all.revision();
            delivery.open_holds.push(hold.id);
            self.push(&mut delivery, Item::Hold(hold.id));
            all
        };
        let cause = Cause {
            revision: all.revision(),
            origin: None,
            at,
            depth: Activity::current().depth,
        };
        self.call_first(&all, entries, &cause);
        // Not kept while this thread tells what has come meanwhile.
        drop(all);
        drop(hold);
    }

    fn call_first(
        &self,
        all: &SnapshotAll<S>,
        entries: &[(Arc<Entry<S>>, Place<S>)],
        cause: &Cause,
    ) {
        let _telling = telling(cause).enter();
        for (entry, _) in entries {
            let silent = entry.silent;
            entry.call(&Moment::Current { all, cause, silent }, self.hook.as_ref());
        }
    }

    /// Ends callbacks: once this returns, none of them runs or will run.
    pub(super) fn unregister(&self, entries: &[(Arc<Entry<S>>, Place<S>)]) {
        for (entry, place) in entries {
            entry.end(self.hook.as_ref());
            match place {
                Place::Spot(spot) => report::contained(|| spot.remove(entry.order)),
                _ => self.delivery.lock().registry.remove(place),
            }
        }
        self.registered.fetch_sub(entries.len(), Ordering::SeqCst);
    }

    /// Lets commits past a new watcher whose immediate call has been made.
    fn release(&self, hold: u64) {
        let mut delivery = self.delivery.lock();
        let Delivery {
            queue, open_holds, ..
        } = &mut *delivery;
        open_holds.retain(|id| *id != hold);
        // Holds that nothing came after keep nothing waiting, and must not pile up.
        let is_idle =
            |item: &mut Item<S>| matches!(item, Item::Hold(id) if !open_holds.contains(id));
        while queue.pop_back_if(is_idle).is_some() {}
        self.waiting.store(queue.len(), Ordering::Relaxed);
    }

    pub(super) fn index<I: Index<S>>(
        &self,
        store: usize,
        field: usize,
        new: impl FnOnce() -> I,
    ) -> Arc<I> {
        self.delivery.lock().registry.index(store, field, new)
    }
}

/// What a thread does while it tells of `cause`.
fn telling(cause: &Cause) -> Activity {
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
        if waits {
            return None;
        }
        let item = delivery.queue.pop_front()?;
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
