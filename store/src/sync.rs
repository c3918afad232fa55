//! Locks in one place, and what this thread is doing with them.
//!
//! Lock order: the truth (the writers' turn, reading or moving it), then the list of guards, the agenda or a feed,
//! then a mailbox. Before the turn, a writer may wait for room in a mailbox, and then holds nothing. No user code runs
//! under any of them but the turn, and there only the write closure, guards, the functions of derived fields, and the
//! `Clone`, `PartialEq`, `Hash` and `Ord` they need. The roster, which the thread that tells holds while it calls, is
//! only ever tried to be taken: nobody waits for it.

use std::{
    cell::{Cell, RefCell},
    mem::ManuallyDrop,
    ops::{Deref, DerefMut},
    panic::Location,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

pub(crate) use parking_lot::{Condvar, Mutex, MutexGuard};
use parking_lot::{RwLock, RwLockReadGuard, RwLockUpgradableReadGuard, RwLockWriteGuard};

/// A value that one writer at a time prepares to move while readers go on reading.
#[derive(Debug)]
pub(crate) struct Published<T> {
    value: RwLock<T>,
    /// How often it has moved, or was about to.
    moves: AtomicU64,
}

impl<T> Published<T> {
    #[inline]
    pub(crate) fn new(value: T) -> Self {
        Self {
            value: RwLock::new(value),
            moves: AtomicU64::new(0),
        }
    }

    /// Reads; waits for no writer's preparation, only for the instant of a move.
    #[inline]
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.value.read()
    }

    /// How often it has moved. Whoever knows of a move sees it counted, and while it is read it does
    /// not move.
    #[inline]
    pub(crate) fn moves(&self) -> u64 {
        self.moves.load(Ordering::Acquire)
    }

    /// Waits for the other writers and takes the turn.
    #[inline]
    pub(crate) fn turn(&self) -> Turn<'_, T> {
        Turn {
            value: self.value.upgradable_read(),
            moves: &self.moves,
        }
    }
}

/// The writers' turn: its holder reads what nobody else can move.
pub(crate) struct Turn<'a, T> {
    value: RwLockUpgradableReadGuard<'a, T>,
    moves: &'a AtomicU64,
}

impl<'a, T> Turn<'a, T> {
    /// Shuts readers out for a move, which must not run user code.
    #[inline]
    pub(crate) fn shut_readers_out(self) -> Moving<'a, T> {
        let Self { value, moves } = self;
        let value = RwLockUpgradableReadGuard::upgrade(value);
        // Only whoever is here writes it.
        moves.store(moves.load(Ordering::Relaxed) + 1, Ordering::Release);
        Moving { value, moves }
    }
}

impl<T> Deref for Turn<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The turn while readers are shut out. Dropping it lets them in and ends the turn.
pub(crate) struct Moving<'a, T> {
    value: RwLockWriteGuard<'a, T>,
    moves: &'a AtomicU64,
}

impl<'a, T> Moving<'a, T> {
    /// Lets readers in, and keeps the turn.
    #[inline]
    pub(crate) fn let_readers_in(self) -> Turn<'a, T> {
        let Self { value, moves } = self;
        let value = RwLockWriteGuard::downgrade_to_upgradable(value);
        Turn { value, moves }
    }
}

impl<T> Deref for Moving<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Moving<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// A source line of the program that uses the store.
pub(crate) type Caller = &'static Location<'static>;

/// What runs on this thread right now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Activity {
    /// The write whose closure runs here.
    pub(crate) writing: Option<Caller>,
    /// The watcher whose callback runs here, or the write whose old values are dropped here.
    pub(crate) telling: Option<Caller>,
    /// How many commits, each made by a watcher of the one before, led to this callback.
    pub(crate) depth: u32,
}

/// The thread's [`Activity`], each part by itself: what is told next changes for every callback.
struct Now {
    writing: Cell<Option<Caller>>,
    telling: Cell<Option<Caller>>,
    depth: Cell<u32>,
}

thread_local! {
    static NOW: Now = const {
        Now {
            writing: Cell::new(None),
            telling: Cell::new(None),
            depth: Cell::new(0),
        }
    };
}

impl Activity {
    #[inline]
    pub(crate) fn current() -> Self {
        NOW.with(|now| Self {
            writing: now.writing.get(),
            telling: now.telling.get(),
            depth: now.depth.get(),
        })
    }

    #[inline]
    fn set(self) {
        NOW.with(|now| {
            now.writing.set(self.writing);
            now.telling.set(self.telling);
            now.depth.set(self.depth);
        });
    }

    /// Notes that the closure of a write runs here until the guard drops. None does yet.
    #[inline]
    pub(crate) fn write(caller: Caller) -> WritingGuard {
        NOW.with(|now| now.writing.set(Some(caller)));
        WritingGuard
    }

    /// Notes whose callback runs next on this thread.
    #[inline]
    pub(crate) fn tell(watcher: Caller) {
        NOW.with(|now| now.telling.set(Some(watcher)));
    }

    /// Makes this the thread's activity until the guard drops, also by unwinding.
    #[inline]
    pub(crate) fn enter(self) -> ActivityGuard {
        let former = Self::current();
        self.set();
        ActivityGuard(former)
    }
}

/// Puts the thread's former activity back.
#[must_use]
pub(crate) struct ActivityGuard(Activity);

impl Drop for ActivityGuard {
    #[inline]
    fn drop(&mut self) {
        self.0.set();
    }
}

/// Notes that no closure of a write runs here any more.
#[must_use]
pub(crate) struct WritingGuard;

impl Drop for WritingGuard {
    #[inline]
    fn drop(&mut self) {
        NOW.with(|now| now.writing.set(None));
    }
}

type Deliveries = Vec<Box<dyn FnOnce()>>;

thread_local! {
    /// Without a destructor, so that a thread may still write while it ends. Empty between writes.
    static DEFERRED: ManuallyDrop<RefCell<Deliveries>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// Leaves a delivery for the end of the write that runs on this thread.
pub(crate) fn defer_delivery(deliver: impl FnOnce() + 'static) {
    DEFERRED.with(|deferred| deferred.borrow_mut().push(Box::new(deliver)));
}

/// Makes the deliveries that were left for the end of a write.
#[inline]
pub(crate) fn deliver_deferred() {
    if DEFERRED.with(|deferred| !deferred.borrow().is_empty()) {
        deliver_all_deferred();
    }
}

#[cold]
fn deliver_all_deferred() {
    for deliver in DEFERRED.with(|deferred| deferred.take()) {
        deliver();
    }
}

/// Waits on this thread until `poll` is ready.
///
/// # Panics
///
/// Inside a write closure or a callback, if it is not ready at once: that may never end.
pub(crate) fn block_on<T>(what: &str, mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = poll(&mut cx) {
            return output;
        }
        let Activity {
            writing, telling, ..
        } = Activity::current();
        if let Some(at) = writing {
            panic!("waiting for {what} inside the write closure of {at} would never end");
        }
        if let Some(at) = telling {
            panic!("waiting for {what} inside the callback of {at} might never end");
        }
        thread::park();
    }
}

/// A number that no other living thread has.
#[inline]
pub(crate) fn thread_token() -> usize {
    NOW.with(|now| std::ptr::from_ref(now).addr())
}
