//! arc-swap: a shared value that readers load without a lock. It has no watchers.

use std::sync::Arc;

use arc_swap::Cache;

use crate::work::{Peer, Shared, State};

pub struct ArcSwap;

impl Peer for ArcSwap {
    fn name(&self) -> &'static str {
        "arc-swap"
    }

    fn how(&self) -> &'static str {
        "a value that is replaced as a whole; nobody is told, and what two writers do is not joined. Its write closure \
         works on a copy"
    }

    fn shared(&self) -> Option<Box<dyn Shared>> {
        Some(Box::new(arc_swap::ArcSwap::from_pointee(State::default())))
    }
}

impl Shared for arc_swap::ArcSwap<State> {
    fn read(&self) -> u64 {
        self.load_full().value
    }

    fn set(&self, number: u64) {
        self.store(Arc::new(State::new(number)));
    }

    fn write(&self, work: &mut dyn FnMut()) {
        let mut state = self.load_full();
        Arc::make_mut(&mut state).value += 1;
        work();
        self.store(state);
    }

    fn cached(&self) -> Option<Box<dyn FnMut() -> u64 + '_>> {
        let mut cache = Cache::new(self);
        Some(Box::new(move || cache.load().value))
    }
}
