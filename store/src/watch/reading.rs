//! A watcher that is told wherever and whenever it is read.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    delivery::{Manner, Reader},
    moment::Moment,
    pace::Pacer,
    registration::{Erased, Registration, WatchIn},
    watcher::Watcher,
    watching::{Callbacks, Told, Watching, tell},
};
use crate::{model::Stores, state::Truth, sync::Published};

/// See the module. Dropping it ends the watch.
pub(crate) struct Reading<S: Stores> {
    watching: Arc<Watching<S>>,
    callbacks: Box<dyn Callbacks<S> + Send>,
    pacer: Pacer,
    _registration: Watcher,
}

impl<S: Stores> Reading<S> {
    /// Registers a watch and makes its immediate calls.
    pub(crate) fn new<W: WatchIn<S> + Send>(
        registration: Registration<S>,
        truth: &Published<Truth<S>>,
        manner: Manner,
        watch: W,
    ) -> Self {
        let watching = registration.prepare(Reader::Stream, manner, None);
        let mut reading = Self {
            callbacks: Box::new(Erased(watch)),
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
        let told = tell(&mut *self.callbacks, self.watching.at, nth, moment);
        told.unwrap_or_else(|payload| self.watching.report(moment.cause().revision, payload))
    }
}
