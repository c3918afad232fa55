//! One callback of a watcher, its type erased.

use std::any::Any;

use smallvec::SmallVec;

use super::{
    moment::Moment,
    registration::WatchIn,
    watching::{Order, Told},
};
use crate::{model::Stores, sync::Caller};

/// What is called.
pub(crate) trait Callback<S: Stores>: Send + 'static {
    /// Tells it of a moment, if what it watches differs.
    fn tell(&mut self, moment: &Moment<'_, S>) -> Told;

    /// Takes its place in the table of a field, where it is called with the change itself. Gives it back
    /// if it is told of moments only.
    fn join_field(
        self: Box<Self>,
        table: &mut dyn Any,
        order: Order,
    ) -> Option<Box<dyn Callback<S>>>;
}

/// The callbacks of a watcher, by `nth`. One is missing while a table has it; all are while they are
/// lent to the thread that tells, and once the watch has ended.
pub(crate) type Callbacks<S> = SmallVec<[Option<Box<dyn Callback<S>>>; 1]>;

/// The only callback of a watch.
struct Only<W>(W);

impl<S: Stores, W: WatchIn<S>> Callback<S> for Only<W> {
    #[inline]
    fn tell(&mut self, moment: &Moment<'_, S>) -> Told {
        self.0.tell(0, moment)
    }

    fn join_field(
        self: Box<Self>,
        _table: &mut dyn Any,
        _order: Order,
    ) -> Option<Box<dyn Callback<S>>> {
        Some(self)
    }
}

/// The callbacks of a watch, as it is taken apart, and whose they become.
#[doc(hidden)]
pub struct Apart<S: Stores> {
    pub(super) watcher: u64,
    pub(super) at: Caller,
    callbacks: Callbacks<S>,
}

impl<S: Stores> Apart<S> {
    /// Takes the watch of a watcher apart.
    pub(super) fn of<W: WatchIn<S>>(watch: W, watcher: u64, at: Caller) -> Callbacks<S> {
        let mut apart = Self {
            watcher,
            at,
            callbacks: Callbacks::new(),
        };
        watch.take_apart(&mut apart);
        apart.callbacks
    }

    /// Adds a watch that has one callback.
    pub(crate) fn add_only<W: WatchIn<S>>(&mut self, watch: W) {
        self.add(Only(watch));
    }

    pub(super) fn add(&mut self, callback: impl Callback<S>) {
        self.callbacks.push(Some(Box::new(callback)));
    }

    /// Takes a watch apart, and adds what `wrap` makes of each of its callbacks.
    pub(super) fn add_each<W: WatchIn<S>, C: Callback<S>>(
        &mut self,
        watch: W,
        wrap: impl FnMut(Box<dyn Callback<S>>) -> C,
    ) {
        let callbacks = Self::of(watch, self.watcher, self.at).into_iter().flatten();
        callbacks.map(wrap).for_each(|callback| self.add(callback));
    }
}
