//! Polling by hand, with wakers that count.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures::Stream;

/// A task that counts how often it was woken.
#[derive(Clone, Default)]
pub(crate) struct Bell(Arc<Rings>);

#[derive(Default)]
struct Rings(AtomicUsize);

impl Wake for Rings {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Bell {
    /// How often it was woken since the last look.
    pub(crate) fn rings(&self) -> usize {
        self.0.0.swap(0, SeqCst)
    }

    pub(crate) fn waker(&self) -> Waker {
        Waker::from(Arc::clone(&self.0))
    }

    /// Polls a future as this task.
    pub(crate) fn poll<F: Future + Unpin>(&self, future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(&self.waker()))
    }

    /// Polls a stream as this task.
    pub(crate) fn next<S: Stream + Unpin>(&self, stream: &mut S) -> Poll<Option<S::Item>> {
        Pin::new(stream).poll_next(&mut Context::from_waker(&self.waker()))
    }
}

/// A waker that does something when it is woken.
pub(crate) fn waker(act: impl Fn() + Send + Sync + 'static) -> Waker {
    struct Act<F>(F);
    impl<F: Fn() + Send + Sync + 'static> Wake for Act<F> {
        fn wake(self: Arc<Self>) {
            (self.0)();
        }
    }
    Waker::from(Arc::new(Act(act)))
}

/// This very line, as messages spell it but for the column.
#[track_caller]
pub(crate) fn line() -> String {
    let here = std::panic::Location::caller();
    format!("{}:{}", here.file(), here.line())
}
