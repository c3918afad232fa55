//! The inbox of the thread that owns the user interface: callbacks that stay on it, and are called
//! when it likes.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    fmt,
    rc::{Rc, Weak as RcWeak},
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    callback::Callbacks,
    delivery::{Manner, Reader},
    mailbox::Posted,
    moment::Moment,
    pace::Pacer,
    registration::{LocalWatchIn, Registration},
    report,
    watcher::Watcher,
    watching::{Order, Told, Watching, tell},
};
use crate::{
    model::Stores,
    state::{Revision, Truth},
    sync::{Mutex, Published, thread_token},
};

/// Where the watchers of one thread wait until that thread drains it: [`Store::on`].
///
/// Their callbacks need not be `Send`: they may own widgets. Each callback has at most one change
/// pending, merged, unless its watcher asks for a [`Queue`](crate::Queue).
///
/// # Ordering
///
/// [`drain`](Self::drain) calls in the order of revisions, and for each of them in the order the
/// watchers were registered.
///
/// # Examples
///
/// ```
/// use std::{cell::RefCell, rc::Rc, sync::mpsc};
/// use store::{Inbox, Model, Store};
///
/// #[derive(Model)]
/// pub struct Counter { pub clicks: u32 }
///
/// let store = Store::<Counter>::new();
/// let (event_loop, events) = mpsc::channel();
/// let inbox = Inbox::new(move || drop(event_loop.send("drain the inbox")));
///
/// let label = Rc::new(RefCell::new(String::new()));
/// let widget = Rc::clone(&label);
/// let _watching = store.on(&inbox).watch(COUNTER, Counter::watch().clicks(move |clicks| {
///     *widget.borrow_mut() = format!("{} clicks", *clicks);
/// }));
/// assert_eq!(*label.borrow(), "0 clicks");
///
/// std::thread::scope(|scope| {
///     scope.spawn(|| {
///         store.update(COUNTER, |counter| counter.clicks.set(1));
///         store.update(COUNTER, |counter| counter.clicks.set(2));
///     });
/// });
/// assert_eq!(events.try_iter().collect::<Vec<_>>(), ["drain the inbox"]);
/// assert_eq!(inbox.drain(), 1);
/// assert_eq!(*label.borrow(), "2 clicks");
/// ```
///
/// It stays on its thread:
///
/// ```compile_fail,E0277
/// let inbox = store::Inbox::new(|| {});
/// std::thread::spawn(move || inbox.drain());
/// ```
///
/// [`Store::on`]: crate::Store::on
pub struct Inbox {
    shared: Arc<Shared>,
    locals: Rc<Locals>,
}

/// What other threads know of an inbox.
struct Shared {
    /// The watchers that wait, each once.
    ready: Mutex<Vec<u64>>,
    hook: Box<dyn Fn() + Send + Sync>,
    owner: usize,
}

#[derive(Default)]
struct Locals {
    by_id: RefCell<BTreeMap<u64, Rc<dyn Local>>>,
    next_id: Cell<u64>,
    draining: Cell<bool>,
}

/// A watcher's place in an inbox.
#[derive(Clone)]
pub(crate) struct Slot {
    shared: Arc<Shared>,
    id: u64,
}

impl Slot {
    /// Lets the inbox know that the watcher waits.
    pub(super) fn notify(&self) {
        let first = {
            let mut ready = self.shared.ready.lock();
            ready.push(self.id);
            ready.len() == 1
        };
        if first {
            (self.shared.hook)();
        }
    }

    /// Whether this is the thread of the inbox.
    pub(super) fn is_here(&self) -> bool {
        self.shared.owner == thread_token()
    }
}

impl Inbox {
    /// An inbox of this thread.
    ///
    /// `ready` is called once when something is put into an empty inbox, on whatever thread did so,
    /// and not again before the inbox is drained: it should let the event loop know and return, as
    /// egui's `request_repaint` or a channel do. A panic of it is reported.
    pub fn new(ready: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            shared: Arc::new(Shared {
                ready: Mutex::new(Vec::new()),
                hook: Box::new(ready),
                owner: thread_token(),
            }),
            locals: Rc::default(),
        }
    }

    /// Calls the callbacks that have something to be told, and returns how many calls were due.
    ///
    /// What is put in meanwhile is left for the next time. A callback that drains its own inbox
    /// finds nothing to do. A panic of a callback is reported as everywhere.
    pub fn drain(&self) -> usize {
        let Some(_draining) = Draining::begin(&self.locals.draining) else {
            return 0;
        };
        let ready = std::mem::take(&mut *self.shared.ready.lock());
        let locals: Vec<_> = {
            let by_id = self.locals.by_id.borrow();
            let known = ready.iter().filter_map(|id| by_id.get(id));
            known.map(Rc::clone).collect()
        };
        let mut due = Vec::new();
        for (place, local) in locals.iter().enumerate() {
            let calls = local.take();
            due.extend(
                calls
                    .into_iter()
                    .map(|(revision, order)| (revision, order, place)),
            );
        }
        due.sort_unstable();
        for (_, _, place) in &due {
            locals[*place].tell_next();
        }
        due.len()
    }

    /// Whether nothing was put in since the last [`drain`](Self::drain).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shared.ready.lock().is_empty()
    }

    /// Registers a watch and makes its immediate calls.
    pub(crate) fn register<S: Stores, W: LocalWatchIn<S>>(
        &self,
        registration: Registration<S>,
        truth: &Published<Truth<S>>,
        manner: Manner,
        watch: W,
    ) -> LocalWatcher {
        let id = self.locals.next_id.get();
        self.locals.next_id.set(id + 1);
        let slot = Slot {
            shared: Arc::clone(&self.shared),
            id,
        };
        let watching = registration.prepare(Reader::Inbox(slot), manner, Callbacks::new());
        let local = Rc::new(LocalWatch {
            registration: Watcher::new(Arc::clone(&watching)),
            callbacks: RefCell::new(Some(Box::new(Stationary(watch)))),
            taken: RefCell::default(),
            pacer: RefCell::new(watching.delivery.take_pacer()),
            watching,
            ended: Cell::new(false),
        });
        let known = Rc::clone(&local) as Rc<dyn Local>;
        self.locals.by_id.borrow_mut().insert(id, known);
        let handle = LocalWatcher {
            inbox: Rc::downgrade(&self.locals),
            id,
        };
        Registration::start(&local.watching, truth, |nth, moment| {
            local.call(nth, moment)
        });
        handle
    }
}

/// Its watchers end with it.
impl Drop for Inbox {
    fn drop(&mut self) {
        let locals = self.locals.by_id.take();
        locals.into_values().for_each(|local| local.end());
    }
}

/// Keeps an inbox from being drained inside itself.
struct Draining<'a>(&'a Cell<bool>);

impl<'a> Draining<'a> {
    fn begin(draining: &'a Cell<bool>) -> Option<Self> {
        (!draining.replace(true)).then_some(Self(draining))
    }
}

impl Drop for Draining<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Counted first: what is shown goes to code of the program's, which may use the inbox.
        let watchers = self.locals.by_id.borrow().len();
        let ready = self.shared.ready.lock().len();
        f.debug_struct("Inbox")
            .field("watchers", &watchers)
            .field("ready", &ready)
            .finish()
    }
}

/// A watcher of an inbox, whatever store it is of.
trait Local {
    /// Takes out what waits, and says when each is to be told.
    fn take(&self) -> Vec<(Revision, Order)>;
    /// Tells what was taken out first.
    fn tell_next(&self);
    fn end(&self);
    fn watcher(&self) -> &Watcher;
}

/// The callbacks of a watcher, their types erased.
trait LocalCallbacks<S: Stores> {
    fn tell(&mut self, nth: usize, moment: &Moment<'_, S>) -> Told;
}

/// A watch whose callbacks stay where they are.
struct Stationary<W>(W);

impl<S: Stores, W: LocalWatchIn<S>> LocalCallbacks<S> for Stationary<W> {
    fn tell(&mut self, nth: usize, moment: &Moment<'_, S>) -> Told {
        self.0.tell(nth, moment)
    }
}

struct LocalWatch<S: Stores> {
    registration: Watcher,
    watching: Arc<Watching<S>>,
    /// `None` while one of them runs, and once the watch has ended.
    callbacks: RefCell<Option<Box<dyn LocalCallbacks<S>>>>,
    taken: RefCell<VecDeque<Posted<S>>>,
    pacer: RefCell<Pacer>,
    ended: Cell<bool>,
}

impl<S: Stores> LocalWatch<S> {
    fn call(&self, nth: usize, moment: &Moment<'_, S>) -> Told {
        let Some(mut callbacks) = self.callbacks.borrow_mut().take() else {
            return Told::Silent;
        };
        let told = tell(self.watching.at, || callbacks.tell(nth, moment));
        if self.ended.get() {
            report::contained(|| drop(callbacks));
        } else {
            *self.callbacks.borrow_mut() = Some(callbacks);
        }
        told.unwrap_or_else(|payload| self.watching.report(moment.cause().revision, payload))
    }

    /// Takes out of the mailbox what is there now, as far as the pace allows.
    fn take_out(&self) {
        let Watching { delivery, .. } = &*self.watching;
        let mut pacer = self.pacer.borrow_mut();
        let alarm = self.watching.alarm(&pacer);
        let mut cx = alarm.as_ref().map(Context::from_waker);
        for _ in 0..delivery.len() {
            match delivery.poll(&self.watching, &mut pacer, cx.as_mut()) {
                Poll::Ready(Some(posted)) => self.taken.borrow_mut().push_back(posted),
                Poll::Ready(None) | Poll::Pending => break,
            }
        }
    }

    /// Says what was taken out and has not been told.
    fn hold(&self) {
        let oldest = self.taken.borrow().iter().map(Posted::first).min();
        self.watching.delivery.hold(oldest);
    }
}

impl<S: Stores> Local for LocalWatch<S> {
    fn take(&self) -> Vec<(Revision, Order)> {
        let Watching { delivery, .. } = &*self.watching;
        if delivery.is_paused() {
            delivery.schedule().end();
            return Vec::new();
        }
        delivery.schedule().begin();
        if let Err(payload) = report::quietly(|| self.take_out()) {
            let revision = delivery.oldest().unwrap_or_default();
            self.watching.report(revision, payload);
        }
        if delivery.schedule().end() {
            delivery.notify(&self.watching);
        }
        let order_of = |posted: &Posted<S>| {
            let order = self.watching.parts[posted.nth].order;
            (posted.commit.cause.revision, order)
        };
        self.taken.borrow().iter().map(order_of).collect()
    }

    fn tell_next(&self) {
        // Paused by a watcher that was told before: what was taken out is told next time.
        if self.watching.delivery.is_paused() {
            return;
        }
        let next = self.taken.borrow_mut().pop_front();
        match next {
            Some(posted) if !self.ended.get() => {
                let call = |nth, moment: &Moment<'_, S>| self.call(nth, moment);
                self.watching.receive(posted, call);
            }
            unheard => drop(report::contained(|| drop(unheard))),
        }
        self.hold();
    }

    fn end(&self) {
        self.ended.set(true);
        self.watching.end();
        let callbacks = self.callbacks.borrow_mut().take();
        report::contained(|| drop(callbacks));
    }

    fn watcher(&self) -> &Watcher {
        &self.registration
    }
}

/// Keeps a watch of an inbox. Drop it to end the watch; it ends with the inbox too.
///
/// Dropped inside its own callback, that callback is the last.
#[must_use = "dropping a watcher ends the watch; `detach()` keeps it as long as the inbox"]
pub struct LocalWatcher {
    inbox: RcWeak<Locals>,
    id: u64,
}

impl LocalWatcher {
    /// Keeps the watch as long as the inbox and the store live.
    pub fn detach(mut self) {
        self.inbox = RcWeak::new();
    }

    /// As [`Watcher::pause`].
    pub fn pause(&self) {
        self.with(Watcher::pause);
    }

    /// As [`Watcher::resume`]: the inbox has what has come meanwhile.
    pub fn resume(&self) {
        self.with(Watcher::resume);
    }

    /// As [`Watcher::merges`].
    #[must_use]
    pub fn merges(&self) -> u64 {
        self.with(Watcher::merges).unwrap_or_default()
    }

    fn local(&self) -> Option<Rc<dyn Local>> {
        let locals = self.inbox.upgrade()?;
        let by_id = locals.by_id.borrow();
        by_id.get(&self.id).map(Rc::clone)
    }

    fn with<R>(&self, ask: impl FnOnce(&Watcher) -> R) -> Option<R> {
        self.local().map(|local| ask(local.watcher()))
    }
}

impl Drop for LocalWatcher {
    fn drop(&mut self) {
        let Some(locals) = self.inbox.upgrade() else {
            return;
        };
        let local = locals.by_id.borrow_mut().remove(&self.id);
        if let Some(local) = local {
            local.end();
        }
    }
}

impl fmt::Debug for LocalWatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "LocalWatcher({:?})",
            self.with(|watcher| format!("{watcher:?}"))
        )
    }
}
