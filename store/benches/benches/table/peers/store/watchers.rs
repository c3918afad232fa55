//! Watchers are made and dropped.

use store::{Store, Watcher, WatcherGroup};

use super::{
    field::{COUNTER, Counter},
    map::{PRESENCE, Presence, presence},
};
use crate::work::{Label, Sampler, Spot, both_ways};

pub fn made_and_dropped(count: u64, spot: Spot) -> Sampler<'static> {
    match spot {
        Spot::Field => {
            let store = Store::<Counter>::new();
            group(count, move |_| {
                let label = Label::default();
                let watch = Counter::VALUE.watch(move |value| label.show(*value));
                store.watch(COUNTER, watch)
            })
        }
        Spot::Keys => {
            let store = presence(count);
            group(count, move |key| {
                let label = Label::default();
                let key = Presence::STATUSES.key(key);
                let watch = key.watch(move |status| label.show(*status.value().unwrap_or(&0)));
                store.watch(PRESENCE, watch)
            })
        }
    }
}

fn group(count: u64, watcher: impl Fn(u64) -> Watcher + 'static) -> Sampler<'static> {
    both_ways(count, move || {
        let mut group = WatcherGroup::default();
        for nth in 0..count {
            group.add(watcher(nth));
        }
        group
    })
}
