//! A store as small as they come, and what was heard of it.

use std::sync::{Arc, Mutex};

use store::{Change, Model, Store, Watch as _, WatchIn, WatchOf};

#[derive(Model)]
pub struct Counter {
    pub clicks: u32,
}

pub type Counters = Store<Counter>;

pub fn set(store: &Counters, clicks: u32) {
    store.update(COUNTER, |counter| counter.clicks.set(clicks));
}

/// What a callback heard: the old value, if there was one, and the new. Its lock is the system's, which is no place for
/// threads to change, and is held for no call of the store's.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<Call>>>);

type Call = (Option<u32>, u32);

impl Heard {
    pub fn note(&self, clicks: &Change<'_, u32>) {
        let old = clicks.old().copied();
        self.0.lock().unwrap().push((old, **clicks));
    }

    /// Watches the clicks and takes note of them.
    pub fn watch(&self) -> impl WatchIn<Counter> + WatchOf<Counter> + 'static {
        let heard = self.clone();
        Counter::watch().clicks(move |clicks| heard.note(&clicks))
    }

    /// As `watch`, without the immediate call.
    pub fn watch_changes(&self) -> impl WatchIn<Counter> + WatchOf<Counter> + 'static {
        let heard = self.clone();
        Counter::watch()
            .clicks(move |clicks| heard.note(&clicks))
            .changes_only()
    }

    pub fn all(&self) -> Vec<Call> {
        self.0.lock().unwrap().clone()
    }

    /// Checks that each call took up where the one before left off, and returns the last value.
    #[track_caller]
    pub fn last_without_gap(&self) -> Option<u32> {
        let all = self.all();
        for pair in all.windows(2) {
            assert_eq!(pair[1].0, Some(pair[0].1), "a gap or a repeat: {all:?}");
        }
        all.last().map(|(_, new)| *new)
    }
}
