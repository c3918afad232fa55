//! Locks in one place, and what this thread is doing with them.
//!
//! Lock order: the writers' turn, then the list of guards or the delivery lock, then a key index or a
//! mailbox; the truth may be read or moved under any of them. Before the turn, a writer may wait for room in a
//! mailbox, and then holds nothing. No user code runs under any of them but the turn, and there
//! only the write closure, guards, the functions of derived fields, and the `Clone`, `PartialEq`, `Hash` and `Ord`
//! they need.

use std::{
    cell::{Cell, RefCell},
    mem::ManuallyDrop,
    ops::Deref,
    panic::Location,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

pub(crate) use parking_lot::{Condvar, Mutex, MutexGuard};
use parking_lot::{RwLock, RwLockReadGuard, RwLockUpgradableReadGuard};

/// A value that one writer at a time prepares to move while readers go on reading.
#[derive(Debug)]
pub(crate) struct Published<T>(RwLock<T>);

impl<T> Published<T> {
    #[inline]
    pub(crate) fn new(value: T) -> Self {
        Self(RwLock::new(value))
    }

    /// Reads; waits for no writer's preparation, only for the instant of a move.
    #[inline]
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.0.read()
    }

    /// Waits for the other writers and takes the turn.
    #[inline]
    pub(crate) fn turn(&self) -> Turn<'_, T> {
        Turn(self.0.upgradable_read())
    }
}

/// The writers' turn: its holder reads what nobody else can move.
pub(crate) struct Turn<'a, T>(RwLockUpgradableReadGuard<'a, T>);

impl<T> Turn<'_, T> {
    /// Shuts readers out for the length of `change`, which must not run user code.
    #[inline]
    pub(crate) fn publish<R>(&mut self, change: impl FnOnce(&mut T) -> R) -> R {
        self.0.with_upgraded(change)
    }
}

impl<T> Deref for Turn<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
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

thread_local! {
    static ACTIVITY: Cell<Activity> = const { Cell::new(Activity { writing: None, telling: None, depth: 0 }) };
}

impl Activity {
    #[inline]
    pub(crate) fn current() -> Self {
        ACTIVITY.get()
    }

    /// Notes that the closure of a write runs here until the guard drops.
    #[inline]
    pub(crate) fn write(self, caller: Caller) -> ActivityGuard {
        let writing = Some(caller);
        Self { writing, ..self }.enter()
    }

    /// Notes whose callback runs next on this thread.
    #[inline]
    pub(crate) fn tell(watcher: Caller) {
        ACTIVITY.set(Self {
            telling: Some(watcher),
            ..ACTIVITY.get()
        });
    }

    /// Makes this the thread's activity until the guard drops, also by unwinding.
    #[inline]
    pub(crate) fn enter(self) -> ActivityGuard {
        ActivityGuard(ACTIVITY.replace(self))
    }
}

/// Puts the thread's former activity back.
#[must_use]
pub(crate) struct ActivityGuard(Activity);

impl Drop for ActivityGuard {
    #[inline]
    fn drop(&mut self) {
        ACTIVITY.set(self.0);
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
    ACTIVITY.with(|activity| std::ptr::from_ref(activity).addr())
}
