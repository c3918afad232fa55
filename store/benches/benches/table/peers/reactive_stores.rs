//! reactive_stores, the stores of Leptos: signals for the fields of a struct and the entries of a map.

use std::collections::HashMap;

use reactive_graph::{
    effect::{ImmediateEffect, batch},
    owner::Owner,
    prelude::*,
};
use reactive_stores::{ArcField, ArcStore, AtKeyed, Store};

use super::reactive_graph::{effect, owner};
use crate::work::{Label, Peer, Sampler, Scene, Spot, Subject, Users, both_ways, user};

pub struct ReactiveStores;

/// A struct with a value.
#[derive(Store, Default)]
pub struct Counter {
    value: u64,
    other: u64,
}

/// A struct with users.
#[derive(Store)]
pub struct Presence {
    #[store(key: u64 = |(key, _)| *key)]
    statuses: HashMap<u64, u64>,
}

fn effects(field: &ArcField<u64>, count: usize) -> Vec<ImmediateEffect> {
    (0..count).map(|_| effect(field.clone())).collect()
}

impl Peer for ReactiveStores {
    fn name(&self) -> &'static str {
        "reactive_stores"
    }

    fn how(&self) -> &'static str {
        "effects, as for reactive_graph, on fields of a struct and keys of a std `HashMap` in one. Who watches the map is \
         told that it changed, not what, and there is no snapshot"
    }

    fn told(&self, watchers: usize, elsewhere: usize) -> Option<Subject<'static>> {
        let owner = owner();
        let store = ArcStore::new(Counter::default());
        let effects_of_other = effects(&store.clone().other().into(), elsewhere);
        let effects = effects(&store.clone().value().into(), watchers);
        Some(Box::new(move |number| {
            let _ = (&owner, &effects, &effects_of_other);
            store.clone().value().set(number);
        }))
    }

    fn fields(&self, count: usize) -> Option<Subject<'static>> {
        if count != 2 {
            return None;
        }
        let owner = owner();
        let store = ArcStore::new(Counter::default());
        let (watched, label) = (store.clone(), Label::default());
        let effect = ImmediateEffect::new_isomorphic(move || {
            label.show(watched.clone().value().get() + watched.clone().other().get());
        });
        Some(Box::new(move |number| {
            let _ = (&owner, &effect);
            batch(|| {
                store.clone().value().set(number);
                store.clone().other().set(number);
            });
        }))
    }

    fn users(&self, users: u64) -> Option<Box<dyn Users>> {
        Some(Box::new(map(users)))
    }

    fn watchers(&self, count: u64, spot: Spot) -> Option<Sampler<'static>> {
        let owner = owner();
        if spot == Spot::Keys {
            let map = map(count);
            return Some(both_ways(count, move || {
                let _ = &owner;
                map.keys(0..count)
            }));
        }
        let store = ArcStore::new(Counter::default());
        let field = store.value().into();
        Some(both_ways(count, move || {
            let _ = &owner;
            effects(&field, count as usize)
        }))
    }
}

struct Map {
    owner: Owner,
    users: u64,
    store: Store<Presence>,
    effects: Vec<ImmediateEffect>,
}

fn map(users: u64) -> Map {
    let owner = owner();
    let statuses = (0..users).map(|user| (user, 0)).collect();
    let store = Store::new(Presence { statuses });
    // It notes which keys there are at the first look, and finds none if that is a write.
    AtKeyed::new(store.statuses(), 0).get_untracked();
    Map {
        owner,
        users,
        store,
        effects: Vec::new(),
    }
}

impl Map {
    fn keys(&self, keys: impl Iterator<Item = u64>) -> Vec<ImmediateEffect> {
        let statuses = self.store.statuses();
        keys.map(|key| effect(AtKeyed::new(statuses, key)))
            .collect()
    }
}

impl Users for Map {
    fn arrange(&mut self, scene: Scene) -> bool {
        self.effects.clear();
        self.owner.set();
        let store = self.store;
        match scene {
            Scene::Unwatched => {}
            Scene::FieldWatched => {
                let label = Label::default();
                self.effects.push(ImmediateEffect::new_isomorphic(move || {
                    label.show(store.statuses().with(HashMap::len) as u64);
                }));
            }
            Scene::KeysWatched(keys) => {
                self.effects = self.keys((0..keys).map(|key| user(key, self.users)));
            }
            Scene::SnapshotOut => return false,
        }
        true
    }

    fn write(&mut self, number: u64, batch_size: u64) {
        let write = || {
            for offset in 0..batch_size {
                let key = user(number * batch_size + offset, self.users);
                AtKeyed::new(self.store.statuses(), key).set(number);
            }
        };
        match batch_size {
            1 => write(),
            _ => batch(write),
        }
    }
}
