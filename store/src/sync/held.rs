//! How many locks this thread holds, in debug builds. Costs nothing in others.

#[cfg(debug_assertions)]
use std::cell::Cell;

#[cfg(debug_assertions)]
use super::system::thread_local;

#[cfg(debug_assertions)]
thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Counts as a lock that is held until it drops. Belongs to one thread, as guards do.
#[must_use]
pub(super) struct Held(());

impl Held {
    #[inline]
    pub(super) fn new() -> Self {
        #[cfg(debug_assertions)]
        HELD.with(|held| held.set(held.get() + 1));
        Self(())
    }
}

#[cfg(debug_assertions)]
impl Drop for Held {
    fn drop(&mut self) {
        HELD.with(|held| held.set(held.get() - 1));
    }
}

/// Says that code of the program's runs next: it may call the store in turn, so no lock is held. The writers' turn, a
/// stage and a baton do not count.
///
/// # Panics
///
/// In debug builds, if one is.
#[inline]
#[track_caller]
pub(crate) fn assert_unlocked() {
    #[cfg(debug_assertions)]
    HELD.with(|held| {
        assert_eq!(
            held.get(),
            0,
            "code of the program's would run under a lock"
        );
    });
}

/// Drops what may be the last to hold something of the program's, whose drop is code of the program's.
#[inline]
#[track_caller]
pub(crate) fn let_go<T>(what: T) {
    assert_unlocked();
    drop(what);
}

#[cfg(all(test, debug_assertions, not(any(store_loom, store_shuttle))))]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::sync::{Baton, Mutex, Published, Stage};

    /// Whether a call-out is refused while `held` is.
    fn is_noticed<T>(held: T) -> bool {
        let called = catch_unwind(AssertUnwindSafe(assert_unlocked));
        drop(held);
        called.is_err()
    }

    #[test]
    fn r1_a_lock_that_is_held_at_a_call_out_is_noticed() {
        let (lock, value) = (Mutex::new(1), Published::new(1));
        assert!(is_noticed(lock.lock()));
        assert!(is_noticed(value.read()));
        assert!(is_noticed(value.turn().shut_readers_out()));
        assert!(!is_noticed(()), "it was let go");
    }

    #[test]
    fn r1_the_turn_a_stage_and_a_baton_may_be_held_at_a_call_out() {
        let (stage, baton, value) = (Stage::new(1), Baton::new(1), Published::new(1));
        assert!(!is_noticed((stage.enter(), baton.take(), value.turn())));
        assert!(!is_noticed(
            value.turn().shut_readers_out().let_readers_in()
        ));
    }
}
