//! Locks, atomics and threads in one place, and what this thread is doing with them.
//!
//! Lock order: the truth (the writers' turn, reading or moving it), then the list of guards, the agenda or a feed,
//! then a mailbox. Before the turn, a writer may wait for room in a mailbox, and then holds nothing. No user code runs
//! under any of them but the turn, and there only the write closure, guards, the functions of derived fields, and the
//! `Clone`, `PartialEq`, `Hash` and `Ord` they need; debug builds hold that with [`assert_unlocked`], and for what may run
//! in the turn with [`call_in_turn`]. A watcher's [`Stage`] is held while its callback runs, and the [`Baton`] of the
//! roster while any does.
//!
//! All of it is made of what `system` has, which under `--cfg store_loom` is loom's and under
//! `--cfg store_shuttle` shuttle's: `docs/testing.md`.

mod activity;
mod deferred;
mod held;
mod locks;
mod published;
#[cfg(not(any(store_loom, store_shuttle)))]
mod system;
#[cfg(any(store_loom, store_shuttle))]
#[path = "simulated.rs"]
mod system;
mod wait;

pub(crate) use self::{
    activity::{Activity, Caller, thread_token},
    deferred::{defer_delivery, deliver_deferred},
    held::{assert_unlocked, call_in_turn, let_go},
    locks::{Baton, BatonGuard, Condvar, Mutex, Stage, StageGuard},
    published::{Moving, Published, Turn},
    system::{atomic, compiler_fence},
    wait::block_on,
};

/// Whether threads and locks are a simulator's, and not the system's.
pub(crate) const IS_SIMULATED: bool = system::IS_SIMULATED;
