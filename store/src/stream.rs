//! Readers that come when they like: streams, blocking iterators, and "has it changed since?".

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_core::{FusedStream, Stream};

use crate::{
    model::Stores,
    store::Store,
    sync::{Caller, Mutex, block_on},
    watch::{Manner, Reading, SourceIn},
};

/// The store was dropped before what was waited for came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store was dropped before that came")]
pub struct StoreDropped;

/// What a stream reads, whatever store it is of.
trait Feed: Send {
    fn poll(&mut self, cx: Option<&mut Context<'_>>) -> Poll<bool>;
    fn merges(&self) -> u64;
}

impl<S: Stores> Feed for Reading<S> {
    fn poll(&mut self, cx: Option<&mut Context<'_>>) -> Poll<bool> {
        Self::poll(self, cx)
    }

    fn merges(&self) -> u64 {
        Self::merges(self)
    }
}

/// The changes of something watched, for a reader that comes when it likes: [`Store::stream`].
///
/// It is a [`Stream`], and can be asked and waited for in other ways too. Dropping it ends the
/// watch. It does not keep the store alive, and needs no runtime.
///
/// # Cancel safety
///
/// Whatever future of it is dropped, wherever: nothing is lost and nothing comes twice.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// let store = store::Store::<Counter>::new();
/// let mut clicks = store.stream(COUNTER, Counter::CLICKS);
/// let reader = std::thread::spawn(move || clicks.blocking().map(|clicks| *clicks).last());
/// for click in 1..=1000 {
///     store.update(COUNTER, |counter| counter.clicks.set(click));
/// }
/// drop(store);
/// assert_eq!(reader.join().unwrap(), Some(1000)); // whatever it saw before, it saw the last
/// ```
#[must_use = "a stream tells nothing unless it is read"]
pub struct ChangeStream<T> {
    feed: Box<dyn Feed>,
    /// What was told and not yet yielded.
    told: Arc<Mutex<VecDeque<T>>>,
    /// Whether there may be something there.
    has_told: bool,
    ended: bool,
    at: Caller,
}

impl<T: Send + 'static> ChangeStream<T> {
    pub(crate) fn new<S: Stores, Q: SourceIn<S, Item = T>>(
        store: &Store<S>,
        at: Caller,
        manner: Manner,
        source: Q,
    ) -> Self {
        let told = Arc::new(Mutex::new(VecDeque::new()));
        let items = Arc::clone(&told);
        let watch = source.keep(move |item| items.lock().push_back(item));
        let registration = store.register(at, &watch);
        Self {
            feed: Box::new(Reading::new(registration, store.truth(), manner, watch)),
            told,
            has_told: true,
            ended: false,
            at,
        }
    }
}

impl<T> ChangeStream<T> {
    fn poll_item(&mut self, mut cx: Option<&mut Context<'_>>) -> Poll<Option<T>> {
        loop {
            if self.has_told {
                let mut told = self.told.lock();
                let item = told.pop_front();
                self.has_told = !told.is_empty();
                if item.is_some() {
                    return Poll::Ready(item);
                }
            }
            if self.ended {
                return Poll::Ready(None);
            }
            self.has_told = ready!(self.feed.poll(cx.as_deref_mut()));
            self.ended = !self.has_told;
        }
    }

    /// The next change, `None` once the store is dropped and its final state was told.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: the next call yields what this one would have.
    pub fn changed(&mut self) -> Changed<'_, T> {
        Changed(self)
    }

    /// The next change if there is one now.
    pub fn try_next(&mut self) -> Option<T> {
        match self.poll_item(None) {
            Poll::Ready(item) => item,
            Poll::Pending => None,
        }
    }

    /// Whether what is watched differs from what this reader last saw. [`changed`](Self::changed)
    /// yields the difference then.
    ///
    /// What it finds is kept as the next item, as it is now; what comes later is an item of its own.
    /// What a pace holds back does not count yet.
    pub fn has_changed(&mut self) -> bool {
        let item = self.try_next();
        let has_changed = item.is_some();
        if let Some(item) = item {
            self.told.lock().push_front(item);
            self.has_told = true;
        }
        has_changed
    }

    /// An iterator that waits for each change on this thread, until the store is dropped.
    ///
    /// # Panics
    ///
    /// Its `next` panics where waiting could never end: inside a write closure or a callback, when
    /// there is no change yet.
    pub fn blocking(&mut self) -> Blocking<'_, T> {
        Blocking(self)
    }

    /// As [`Watcher::merges`](crate::Watcher::merges).
    #[must_use]
    pub fn merges(&self) -> u64 {
        self.feed.merges()
    }
}

impl<T> Unpin for ChangeStream<T> {}

impl<T> Stream for ChangeStream<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.get_mut().poll_item(Some(cx))
    }
}

impl<T> FusedStream for ChangeStream<T> {
    fn is_terminated(&self) -> bool {
        self.ended && self.told.lock().is_empty()
    }
}

impl<T> fmt::Debug for ChangeStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChangeStream({})", self.at)
    }
}

/// The next change of a stream: [`ChangeStream::changed`].
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct Changed<'a, T>(&'a mut ChangeStream<T>);

impl<T> Future for Changed<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_item(Some(cx))
    }
}

/// Waits for each change of a stream: [`ChangeStream::blocking`].
#[derive(Debug)]
#[must_use = "an iterator waits for nothing unless it is advanced"]
pub struct Blocking<'a, T>(&'a mut ChangeStream<T>);

impl<T> Iterator for Blocking<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        block_on("a change", |cx| self.0.poll_item(Some(cx)))
    }
}
