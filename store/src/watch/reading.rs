//! A watcher that is told wherever and whenever it is read.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    callback::Callbacks,
    delivery::{Manner, Reader},
    moment::Moment,
    pace::Pacer,
    registration::{Registration, WatchIn},
    watcher::Watcher,
    watching::{Told, Watching, tell},
};
use crate::{model::Stores, state::Truth, sync::Published};

/// See the module. Dropping it ends the watch.
pub(crate) struct Reading<S: Stores> {
    watching: Arc<Watching<S>>,
    callbacks: Callbacks<S>,
    pacer: Pacer,
    _registration: Watcher,
}

impl<S: Stores> Reading<S> {
    /// Registers a watch and makes its immediate calls.
    pub(crate) fn new<W: WatchIn<S>>(
        registration: Registration<S>,
        truth: &Published<Truth<S>>,
        manner: Manner,
        watch: W,
    ) -> Self {
        let callbacks = registration.take_apart(watch);
        let watching = registration.prepare(Reader::Stream, manner, Callbacks::new());
        let mut reading = Self {
            callbacks,
            pacer: watching.delivery.take_pacer(),
            _registration: Watcher::new(Arc::clone(&watching)),
            watching,
        };
        let watching = Arc::clone(&reading.watching);
        Registration::start(&watching, truth, |nth, moment| reading.tell(nth, moment));
        reading
    }

    /// Tells what waits longest; `Ready(false)` once nothing will come any more.
    ///
    /// Without a context nobody is woken, and whoever was to be woken still is.
    pub(crate) fn poll(&mut self, cx: Option<&mut Context<'_>>) -> Poll<bool> {
        let watching = Arc::clone(&self.watching);
        let next = watching.delivery.poll(&watching, &mut self.pacer, cx);
        next.map(|posted| match posted {
            Some(posted) => {
                watching.receive(posted, |nth, moment| self.tell(nth, moment));
                true
            }
            None => false,
        })
    }

    /// How many commits were not told one by one.
    pub(crate) fn merges(&self) -> u64 {
        self.watching.delivery.merges()
    }

    fn tell(&mut self, nth: usize, moment: &Moment<'_, S>) -> Told {
        let Some(Some(callback)) = self.callbacks.get_mut(nth) else {
            return Told::Silent;
        };
        let told = tell(self.watching.at, || callback.tell(moment));
        told.unwrap_or_else(|payload| self.watching.report(moment.cause().revision, payload))
    }
}
