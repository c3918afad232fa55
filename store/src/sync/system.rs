//! What locks are made of, as the system has it. The only file that names it.

pub(crate) use std::sync::atomic::{self, compiler_fence};
pub(super) use std::{thread, thread_local};

pub(super) use parking_lot::{
    Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockUpgradableReadGuard,
    RwLockWriteGuard,
};

pub(super) use parking_lot::{Mutex as TriedMutex, MutexGuard as TriedGuard};

pub(super) const IS_SIMULATED: bool = false;
