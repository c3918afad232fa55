//! reactive_graph, the signals of Leptos.

use std::collections::HashMap;

use reactive_graph::{
    computed::ArcMemo,
    effect::{ImmediateEffect, batch},
    owner::Owner,
    prelude::*,
    signal::ArcRwSignal,
};

use crate::work::{
    Label, Peer, SOURCES, Sampler, Scene, Shape, Spot, Subject, Users, WIDTH, both_ways, costly,
    user,
};

pub struct ReactiveGraph;

/// What is made here lives as long as the owner.
pub fn owner() -> Owner {
    let owner = Owner::new();
    owner.set();
    owner
}

/// An effect that shows a value.
pub fn effect(value: impl Get<Value = u64> + Send + Sync + 'static) -> ImmediateEffect {
    let label = Label::default();
    ImmediateEffect::new_isomorphic(move || label.show(value.get()))
}

fn effects(signal: &ArcRwSignal<u64>, count: usize) -> Vec<ImmediateEffect> {
    (0..count).map(|_| effect(signal.clone())).collect()
}

impl Peer for ReactiveGraph {
    fn name(&self) -> &'static str {
        "reactive_graph"
    }

    fn how(&self) -> &'static str {
        "effects that run at once, read the newest value and register again. An equal value is told again. A map is a \
         std `HashMap` of signals, which has keys to watch, but no watch of all and no snapshot; several writes are one \
         commit by `batch`. Derived values are memos. A read fails \
         while another thread writes, and so does a write while another reads, so there are no shared reads. Its \
         streams need the program's executor, and are left out"
    }

    fn told(&self, watchers: usize, elsewhere: usize) -> Option<Subject<'static>> {
        let owner = owner();
        let (signal, other) = (ArcRwSignal::new(0), ArcRwSignal::new(0));
        let others = effects(&other, elsewhere);
        let effects = effects(&signal, watchers);
        Some(Box::new(move |number| {
            let _ = (&owner, &other, &others, &effects);
            signal.set(number);
        }))
    }

    fn fields(&self, count: usize) -> Option<Subject<'static>> {
        let owner = owner();
        let fields: Vec<_> = (0..count).map(|_| ArcRwSignal::new(0)).collect();
        let (first, last) = (fields[0].clone(), fields[count - 1].clone());
        let label = Label::default();
        let effect = ImmediateEffect::new_isomorphic(move || label.show(first.get() + last.get()));
        Some(Box::new(move |number| {
            let _ = (&owner, &effect);
            batch(|| fields.iter().for_each(|field| field.set(number)));
        }))
    }

    fn users(&self, users: u64) -> Option<Box<dyn Users>> {
        Some(Box::new(Map {
            owner: owner(),
            users,
            statuses: (0..users).map(|user| (user, ArcRwSignal::new(0))).collect(),
            effects: Vec::new(),
        }))
    }

    fn watchers(&self, count: u64, spot: Spot) -> Option<Sampler<'static>> {
        let owner = owner();
        match spot {
            Spot::Field => {
                let signal = ArcRwSignal::new(0);
                Some(both_ways(count, move || {
                    let _ = &owner;
                    effects(&signal, count as usize)
                }))
            }
            Spot::Keys => {
                let keys: Vec<_> = (0..count).map(|_| ArcRwSignal::new(0)).collect();
                Some(both_ways(count, move || {
                    let _ = &owner;
                    let effects = keys.iter().map(|key| effect(key.clone()));
                    effects.collect::<Vec<_>>()
                }))
            }
        }
    }

    fn derived(&self, shape: Shape) -> Option<Subject<'static>> {
        Some(derived(shape))
    }
}

struct Map {
    owner: Owner,
    users: u64,
    statuses: HashMap<u64, ArcRwSignal<u64>>,
    effects: Vec<ImmediateEffect>,
}

impl Users for Map {
    fn arrange(&mut self, scene: Scene) -> bool {
        self.effects.clear();
        self.owner.set();
        match scene {
            Scene::Unwatched => true,
            Scene::KeysWatched(keys) => {
                for key in 0..keys {
                    let status = self.statuses[&user(key, self.users)].clone();
                    self.effects.push(effect(status));
                }
                true
            }
            Scene::SnapshotOut | Scene::FieldWatched => false,
        }
    }

    fn write(&mut self, number: u64, batch_size: u64) {
        let write = || {
            for offset in 0..batch_size {
                self.statuses[&user(number * batch_size + offset, self.users)].set(number);
            }
        };
        match batch_size {
            1 => write(),
            _ => batch(write),
        }
    }
}

fn memo(of: impl Get<Value = u64> + Send + Sync + 'static, step: fn(u64) -> u64) -> ArcMemo<u64> {
    ArcMemo::new(move |_| step(of.get()))
}

fn next(value: u64) -> u64 {
    value + 1
}

fn derived(shape: Shape) -> Subject<'static> {
    let owner = owner();
    if shape == Shape::Mux {
        return mux(owner);
    }
    let source = ArcRwSignal::new(0);
    let first = || memo(source.clone(), next);
    let effects: Vec<_> = match shape {
        Shape::Broad => (0..WIDTH).map(|_| effect(memo(first(), next))).collect(),
        Shape::Deep => {
            let last = (1..WIDTH).fold(first(), |last, _| memo(last, next));
            vec![effect(last)]
        }
        Shape::Diamond => {
            let five: [_; 5] = std::array::from_fn(|_| first());
            let sum = ArcMemo::new(move |_| five.iter().map(Get::get).sum::<u64>());
            vec![effect(sum)]
        }
        _ => {
            let nothing = memo(source.clone(), |_| 0);
            vec![effect((0..5).fold(nothing, |last, _| memo(last, costly)))]
        }
    };
    Box::new(move |number| {
        let _ = (&owner, &effects);
        source.set(number);
    })
}

fn mux(owner: Owner) -> Subject<'static> {
    let sources: Vec<_> = (0..SOURCES).map(|_| ArcRwSignal::new(0)).collect();
    let all = sources.clone();
    let whole = ArcMemo::new(move |_| all.iter().map(Get::get).collect::<Vec<u64>>());
    let part = |at: usize| {
        let whole = whole.clone();
        effect(ArcMemo::new(move |_| whole.with(|whole| next(whole[at]))))
    };
    let effects: Vec<_> = (0..sources.len()).map(part).collect();
    Box::new(move |number| {
        let _ = (&owner, &effects);
        sources[(number % SOURCES) as usize].set(number);
    })
}
