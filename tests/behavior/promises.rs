//! Promises that the compiler keeps: what may go to another thread, and what a panic cannot spoil.

use std::panic::UnwindSafe;

use store::{
    CachedSnapshot, Commit, Guard, List, Map, OrdMap, Origin, PanicReport, Set, Snapshot,
    SnapshotAll, Store, TextError, Watcher, WatcherGroup, WeakStore, WriteError,
};

use crate::app::{App, User};

const fn send_sync<T: Send + Sync>() {}
const fn unwind_safe<T: UnwindSafe>() {}

const _: () = {
    send_sync::<Store<App>>();
    send_sync::<WeakStore<App>>();
    send_sync::<Snapshot<User>>();
    send_sync::<CachedSnapshot<App, User>>();
    send_sync::<SnapshotAll<App>>();
    send_sync::<Commit<App>>();
    send_sync::<Watcher>();
    send_sync::<WatcherGroup>();
    send_sync::<Guard>();
    send_sync::<Origin>();
    send_sync::<PanicReport>();
    send_sync::<WriteError<String>>();
    send_sync::<TextError>();
    send_sync::<(Map<u8, u8>, OrdMap<u8, u8>, Set<u8>, List<u8>)>();
    unwind_safe::<Store<App>>();
    unwind_safe::<&Store<App>>();
};
