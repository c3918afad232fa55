//! dioxus-stores: signals for the fields of a struct and the entries of a map, made as they are looked at.

use std::collections::HashMap;

use dioxus_signals::{ReadableExt as _, WritableExt as _};
use dioxus_stores::Store;

use super::dioxus::Headless;
use crate::work::{Peer, Scene, Subject, Users, user};

pub struct DioxusStores;

/// A struct with a value.
#[derive(Store, Default)]
pub struct Counter {
    value: u64,
    other: u64,
}

impl Peer for DioxusStores {
    fn name(&self) -> &'static str {
        "dioxus-stores"
    }

    fn how(&self) -> &'static str {
        "as dioxus-signals, on fields of a struct and keys of a std `HashMap`. A status is written by its key, and one \
         after the other; who watches the map would not be told of that, and there is no snapshot"
    }

    fn told(&self, watchers: usize, elsewhere: usize) -> Option<Subject<'static>> {
        let mut dom = Headless::new();
        let counter = dom.scope(|| Store::new(Counter::default()));
        let (mut value, other) = (counter.value(), counter.other());
        for _ in 0..watchers {
            dom.watch(move || *value.read());
        }
        for _ in 0..elsewhere {
            dom.watch(move || *other.read());
        }
        Some(Box::new(move |number| {
            value.set(number);
            dom.settle(false);
        }))
    }

    fn fields(&self, count: usize) -> Option<Subject<'static>> {
        if count != 2 {
            return None;
        }
        let mut dom = Headless::new();
        let counter = dom.scope(|| Store::new(Counter::default()));
        let (mut value, mut other) = (counter.value(), counter.other());
        dom.watch(move || *value.read() + *other.read());
        Some(Box::new(move |number| {
            value.set(number);
            other.set(number);
            dom.settle(false);
        }))
    }

    fn users(&self, users: u64) -> Option<Box<dyn Users>> {
        let dom = Headless::new();
        let statuses: HashMap<_, _> = (0..users).map(|user| (user, 0)).collect();
        let statuses = dom.scope(|| Store::new(statuses));
        Some(Box::new(Map {
            dom,
            users,
            statuses,
        }))
    }
}

struct Map {
    dom: Headless,
    users: u64,
    statuses: Store<HashMap<u64, u64>>,
}

impl Users for Map {
    fn arrange(&mut self, scene: Scene) -> bool {
        self.dom.clear();
        let statuses = self.statuses;
        match scene {
            Scene::Unwatched => true,
            Scene::KeysWatched(keys) => {
                for key in 0..keys {
                    let status = statuses.get_unchecked(user(key, self.users));
                    self.dom.watch(move || *status.read());
                }
                true
            }
            Scene::SnapshotOut | Scene::FieldWatched => false,
        }
    }

    fn write(&mut self, number: u64, batch: u64) {
        for offset in 0..batch {
            let user = user(number * batch + offset, self.users);
            self.statuses.get_unchecked(user).set(number);
        }
        self.dom.settle(false);
    }
}
