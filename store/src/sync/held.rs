//! How many locks this thread holds, and whether it has the writers' turn, in debug builds. Costs nothing in others.

#[cfg(debug_assertions)]
use std::cell::Cell;

#[cfg(debug_assertions)]
use super::system::thread_local;

#[cfg(debug_assertions)]
thread_local! {
    static LOCKS: Cell<usize> = const { Cell::new(0) };
}

#[cfg(debug_assertions)]
thread_local! {
    /// Whether there is the turn, and none of what the program may do in it is under way.
    static TURN: Cell<bool> = const { Cell::new(false) };
}

/// Counts as a lock that is held until it drops. Belongs to one thread, as guards do.
#[must_use]
pub(super) struct Held(());

impl Held {
    #[inline]
    pub(super) fn new() -> Self {
        #[cfg(debug_assertions)]
        LOCKS.with(|locks| locks.set(locks.get() + 1));
        Self(())
    }
}

#[cfg(debug_assertions)]
impl Drop for Held {
    fn drop(&mut self) {
        LOCKS.with(|locks| locks.set(locks.get() - 1));
    }
}

/// Notes, until it drops, whether this thread has the turn. Belongs to one thread, as guards do.
#[must_use]
pub(crate) struct Turned {
    #[cfg(debug_assertions)]
    before: bool,
}

impl Turned {
    /// The turn is taken.
    #[inline]
    pub(super) fn taken() -> Self {
        Self::set(true)
    }

    #[inline]
    fn set(_is_taken: bool) -> Self {
        Self {
            #[cfg(debug_assertions)]
            before: TURN.with(|turn| turn.replace(_is_taken)),
        }
    }
}

#[cfg(debug_assertions)]
impl Drop for Turned {
    fn drop(&mut self) {
        TURN.with(|turn| turn.set(self.before));
    }
}

/// Says that code of the program's runs until what is returned drops, which may run in the writers' turn: what it does
/// there, such as to let go of a watcher, is up to it. A stage and a baton may be held too.
///
/// # Panics
///
/// In debug builds, if a lock is held.
#[inline]
#[track_caller]
pub(crate) fn call_in_turn() -> Turned {
    assert_no_lock();
    Turned::set(false)
}

/// Says that code of the program's runs next: it may call the store in turn, so no lock is held, nor the writers' turn
/// but by code of the program's further up. A stage and a baton do not count.
///
/// # Panics
///
/// In debug builds, if one is.
#[inline]
#[track_caller]
pub(crate) fn assert_unlocked() {
    assert_no_lock();
    #[cfg(debug_assertions)]
    assert!(
        !TURN.with(Cell::get),
        "code of the program's would run in the writers' turn"
    );
}

#[inline]
#[track_caller]
fn assert_no_lock() {
    #[cfg(debug_assertions)]
    assert_eq!(
        LOCKS.with(Cell::get),
        0,
        "code of the program's would run under a lock"
    );
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

    /// Whether `call_out` is refused while `held` is.
    fn refuses<T>(held: T, call_out: fn()) -> bool {
        let called = catch_unwind(AssertUnwindSafe(call_out));
        drop(held);
        called.is_err()
    }

    #[test]
    fn r1_a_lock_that_is_held_at_a_call_out_is_noticed() {
        let (lock, value) = (Mutex::new(1), Published::new(1));
        let call_outs: [fn(); 2] = [assert_unlocked, || drop(call_in_turn())];
        for call_out in call_outs {
            assert!(refuses(lock.lock(), call_out));
            assert!(refuses(value.read(), call_out));
            assert!(refuses(value.turn().shut_readers_out(), call_out));
            assert!(!refuses((), call_out), "it was let go");
        }
    }

    #[test]
    fn r1_the_turn_that_is_held_at_a_call_out_is_noticed() {
        let value = Published::new(1);
        assert!(refuses(value.turn(), assert_unlocked));
        let again = value.turn().shut_readers_out().let_readers_in();
        assert!(refuses(again, assert_unlocked));
        assert!(!refuses((), assert_unlocked), "it was let go");
    }

    #[test]
    fn r1_what_runs_in_the_turn_may_do_what_it_likes_until_it_ends() {
        let value = Published::new(1);
        let turn = value.turn();
        let called = call_in_turn();
        assert!(!refuses((), assert_unlocked));
        assert!(!refuses(call_in_turn(), assert_unlocked), "called inside");
        assert!(!refuses((), assert_unlocked), "still");
        drop(called);
        assert!(refuses((), assert_unlocked));
        drop(turn);
        assert!(!refuses((), assert_unlocked));
    }

    #[test]
    fn r1_a_stage_and_a_baton_may_be_held_at_a_call_out() {
        let (stage, baton) = (Stage::new(1), Baton::new(1));
        assert!(!refuses((stage.enter(), baton.take()), assert_unlocked));
    }
}
