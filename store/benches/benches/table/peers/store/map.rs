//! A map of users, and diffs of maps.

use std::hint::black_box;

use store::{Map, MapChange, Model, Snapshot, Store, Watch as _, WatcherGroup};

use crate::work::{Difference, Label, Scene, Subject, Users, user};

/// The named store of users.
#[derive(Model)]
pub struct Presence {
    /// Status by user.
    pub statuses: Map<u64, u64>,
}

/// A store with so many users.
pub fn presence(users: u64) -> Store<Presence> {
    let store = Store::<Presence>::new();
    store.update(PRESENCE, |presence| {
        presence
            .statuses
            .set((0..users).map(|user| (user, 0)).collect());
    });
    store
}

struct Watched {
    store: Store<Presence>,
    users: u64,
    group: WatcherGroup,
    scene: Scene,
    snapshot: Option<Snapshot<Presence>>,
}

pub fn users(users: u64) -> Box<dyn Users> {
    Box::new(Watched {
        store: presence(users),
        users,
        group: WatcherGroup::default(),
        scene: Scene::Unwatched,
        snapshot: None,
    })
}

impl Users for Watched {
    fn arrange(&mut self, scene: Scene) -> bool {
        self.group = WatcherGroup::default();
        self.snapshot = None;
        self.scene = scene;
        match scene {
            Scene::Unwatched | Scene::SnapshotOut => {}
            Scene::FieldWatched => {
                let label = Label::default();
                let watch = Presence::STATUSES.watch(move |statuses| {
                    statuses.changes().for_each(|change| show(&label, change));
                });
                self.group
                    .add(self.store.watch(PRESENCE, watch.changes_only()));
            }
            Scene::KeysWatched(keys) => {
                for key in 0..keys {
                    let label = Label::default();
                    let key = Presence::STATUSES.key(user(key, self.users));
                    let watch = key.watch(move |status| label.show(*status.value().unwrap_or(&0)));
                    self.group.add(self.store.watch(PRESENCE, watch));
                }
            }
        }
        true
    }

    fn write(&mut self, number: u64, batch: u64) {
        if self.scene == Scene::SnapshotOut {
            self.snapshot = Some(self.store.snapshot(PRESENCE));
        }
        self.store.update(PRESENCE, |presence| {
            for offset in 0..batch {
                let user = user(number * batch + offset, self.users);
                presence.statuses.insert(user, number);
            }
        });
    }
}

fn show(label: &Label, change: MapChange<&u64, &u64>) {
    label.show(*change.new().copied().unwrap_or(&0));
}

pub fn diff(of: Difference) -> Subject<'static> {
    let old: Map<u64, u64> = of.old().collect();
    let mut new = if of.apart {
        of.old().collect()
    } else {
        old.clone()
    };
    for key in of.changed() {
        new.insert(key, u64::MAX);
    }
    Box::new(move |_| {
        new.changes_since(&old).for_each(|change| {
            black_box(change);
        });
    })
}
