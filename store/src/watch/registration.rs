//! How a watch becomes registered callbacks.

use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use super::{
    adapters::{ChangesOnly, Ignoring, Once},
    callback::{Apart, Callbacks},
    delivery::{Delivery, Manner, Reader},
    moment::Moment,
    registry::{Place, Spot},
    telling::Watchers,
    watcher::Watcher,
    watching::{Order, Part, Told, Watching},
};
use crate::{
    change::{FieldPlace, Places, Reach},
    model::{Field, Holds, Model, Stores},
    state::Truth,
    sync::{Caller, Published},
};

/// Something that a [`Store`](crate::Store) can register: callbacks, and what each of them watches.
///
/// Made by `User::watch()` with a method per field, and by the method `watch` of every [`Source`]:
/// of [`Field`] keys, of what they make for one key or a range of a collection, of what a
/// [`StoreName`](crate::StoreName) makes for projections, several fields and whole stores, of
/// derived values and of views. A tuple of watches is one watch.
///
/// [`Source`]: crate::Source
///
/// # Examples
///
/// ```
/// # use std::sync::{Arc, Mutex};
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// use store::{Store, Watch};
///
/// let store = Store::<Counter>::new();
/// let seen = Arc::new(Mutex::new(Vec::new()));
/// let notes = Arc::clone(&seen);
/// let counting = Counter::watch().clicks(move |clicks| notes.lock().unwrap().push(*clicks));
/// let _watching = store.watch(COUNTER, counting.changes_only().ignoring("me"));
/// store.by("me").update(COUNTER, |counter| counter.clicks.set(1));
/// store.update(COUNTER, |counter| counter.clicks.set(2));
/// assert_eq!(*seen.lock().unwrap(), [2]);
/// ```
pub trait Watch: Sized + 'static {
    /// Skips the immediate call with the current value.
    fn changes_only(self) -> ChangesOnly<Self> {
        ChangesOnly(self)
    }

    /// Skips the commits of one origin, by its `who`. Say it again to skip those of another too.
    ///
    /// They count as seen: what leads back from one is told, of several fields each as it would be by
    /// itself. Where commits are merged for a reader that comes late, a difference begins where the
    /// reader was told last; what is watched is as its value says, whatever was skipped in between.
    ///
    /// Past [`queue_bound`](crate::StoreBuilder::queue_bound), a commit merged from several origins
    /// has none, and is told.
    fn ignoring(self, who: impl Into<Arc<str>>) -> Ignoring<Self> {
        Ignoring {
            inner: self,
            who: who.into(),
        }
    }

    /// Calls each callback once and no more. The immediate call counts:
    /// `watch.changes_only().once()` waits for a change.
    fn once(self) -> Once<Self> {
        Once::new(self)
    }
}

/// Says that a watch fits the set of named stores `S`: they hold what it watches. Its callbacks may be
/// called by any thread: those of an [`Inbox`](crate::Inbox) need only be a [`LocalWatchIn`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be watched in a store of `{S}`",
    label = "does not fit a store of `{S}`"
)]
pub trait WatchIn<S: Stores>: LocalWatchIn<S> + Send {
    /// Hands over its callbacks, in turn.
    #[doc(hidden)]
    fn take_apart(self, into: &mut Apart<S>);
}

/// Says that a watch fits the set of named stores `S`, and that its callbacks may have to stay on one
/// thread: what an [`Inbox`](crate::Inbox) takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be watched in a store of `{S}`",
    label = "does not fit a store of `{S}`"
)]
pub trait LocalWatchIn<S: Stores>: Watch {
    /// How many callbacks it has.
    #[doc(hidden)]
    const CALLBACKS: usize;

    /// Says what each callback watches, in turn.
    #[doc(hidden)]
    fn register(&self, to: &mut Registration<S>);

    /// Tells the `nth` callback.
    #[doc(hidden)]
    fn tell(&mut self, nth: usize, moment: &Moment<'_, S>) -> Told;
}

/// Says that a watch is of the named store `M`.
#[diagnostic::on_unimplemented(
    message = "this is not a watch of the named store `{M}`",
    label = "not of `{M}`, or not of `{M}` alone",
    note = "what is of several named stores or of none (views, derived values, all commits) goes to `watch_across`, `stream_across` or `until_across`"
)]
pub trait WatchOf<M> {}

/// What is to be watched, on its way into the registry.
#[doc(hidden)]
pub struct Registration<S: Stores> {
    watchers: Arc<Watchers<S>>,
    id: u64,
    at: Caller,
    pub(super) ignored: Vec<Arc<str>>,
    pub(super) silent: bool,
    parts: SmallVec<[Part<S>; 1]>,
}

impl<S: Stores> Registration<S> {
    pub(crate) fn new(watchers: &Arc<Watchers<S>>, at: Caller) -> Self {
        Self {
            watchers: Arc::clone(watchers),
            id: watchers.next_id(),
            at,
            ignored: Vec::new(),
            silent: false,
            parts: SmallVec::new(),
        }
    }

    /// Adds a callback; `field` is where it stands among the watcher's callbacks.
    pub(crate) fn add(&mut self, place: Place<S>, field: Option<usize>) {
        let order = Order {
            watcher: self.id,
            field: field
                .and_then(|field| u32::try_from(field).ok())
                .unwrap_or(u32::MAX),
            nth: u32::try_from(self.parts.len()).unwrap_or(u32::MAX),
        };
        self.parts.push(Part {
            order,
            place,
            ignored: self.ignored.as_slice().into(),
            silent: self.silent,
            ended: false.into(),
            listed: false.into(),
        });
    }

    /// Adds a callback that watches whole fields, given in order.
    pub(crate) fn add_fields(&mut self, fields: impl IntoIterator<Item = FieldPlace>) {
        let fields: Places = fields.into_iter().collect();
        let first = fields.first().map(|place| place.field);
        let reach = Reach::Fields(fields);
        self.add(Place { reach, spot: None }, first);
    }

    /// Adds a callback that watches a part of a field, found through an index.
    pub(crate) fn add_spot<M: Model, T>(&mut self, field: Field<M, T>, spot: impl Spot<S> + 'static)
    where
        S: Holds<M>,
    {
        let place = FieldPlace::of::<S, M, T>(field);
        let reach = Reach::Fields(smallvec![place]);
        let spot = Some(Box::new(spot) as _);
        self.add(Place { reach, spot }, Some(place.field));
    }

    /// Registers a watch whose callbacks any thread may call, and makes their immediate calls.
    pub(crate) fn finish<W: WatchIn<S>>(
        self,
        truth: &Published<Truth<S>>,
        reader: Reader,
        manner: Manner,
        watch: W,
    ) -> Watcher {
        let callbacks = self.take_apart(watch);
        let watching = self.prepare(reader, manner, callbacks);
        Self::start(&watching, truth, |nth, moment| watching.call(nth, moment));
        Watcher::new(watching)
    }

    /// Takes the watch of this watcher apart.
    pub(super) fn take_apart<W: WatchIn<S>>(&self, watch: W) -> Callbacks<S> {
        Apart::of(watch, self.id, self.at)
    }

    /// Makes the watcher, which hears nothing yet.
    pub(super) fn prepare(
        self,
        reader: Reader,
        manner: Manner,
        callbacks: Callbacks<S>,
    ) -> Arc<Watching<S>> {
        let Self {
            watchers,
            id,
            at,
            parts,
            ..
        } = self;
        let feed = match (&reader, &manner, &parts[..]) {
            (
                Reader::Stream,
                Manner {
                    queue: None,
                    pace: None,
                },
                [part],
            ) => watchers.feed(part),
            _ => None,
        };
        let milestones = Arc::clone(watchers.milestones());
        let delivery = Delivery::new(reader, manner, parts.len(), feed, milestones);
        Arc::new(Watching::new(id, at, parts, delivery, &watchers, callbacks))
    }

    /// Lets a watcher hear, and has `call` make its immediate calls.
    pub(super) fn start(
        watching: &Arc<Watching<S>>,
        truth: &Published<Truth<S>>,
        call: impl FnMut(usize, &Moment<'_, S>) -> Told,
    ) {
        if let Some(watchers) = watching.watchers() {
            watchers.register(truth, watching, call);
        }
    }
}
