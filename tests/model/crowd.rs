//! Many watches that are never to be called, for indexes to tell apart.

use store::{Store, Watch as _, Watcher};

use crate::app::{App, DESK, Desk, ROOM, Room};

/// Watches of keys and ranges that no program writes.
pub(crate) fn watch_all(store: &Store<App>) -> Vec<Watcher> {
    let watch_one = |nth: u32| {
        let key = format!("crowd {nth}");
        let names = Desk::NAMES
            .key(key.clone())
            .watch(|change| panic!("told of {change:?}"));
        let room = (
            Room::NOTES
                .key(key.clone())
                .watch(|change| panic!("told of {change:?}")),
            Room::NOTES
                .range(key.clone()..=key.clone())
                .watch(|change| panic!("told of {change:?}")),
            Room::TAGS
                .key(key)
                .watch(|change| panic!("told of {change:?}")),
        );
        [
            store.watch(DESK, names.changes_only()),
            store.watch(ROOM, room.changes_only()),
        ]
    };
    (0..40).flat_map(watch_one).collect()
}
