//! Waiting on a thread for what tells a waker. Knows nothing of what is waited for.

use std::{
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

use super::{
    Activity, assert_unlocked,
    system::thread::{self, Thread},
};

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
    assert_unlocked();
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
