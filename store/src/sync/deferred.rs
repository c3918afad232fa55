//! Deliveries that wait for the end of the write that runs on this thread. Knows nothing of what is delivered.

use std::{cell::RefCell, mem::ManuallyDrop};

use super::system::thread_local;

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
