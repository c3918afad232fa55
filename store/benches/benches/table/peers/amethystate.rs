//! amethystate: values that are its signals, and a map in its store without a file.

use std::sync::Arc;

use amethystate::{
    Id, MapChange, ReactiveCell, ReactiveMap, SignalSubscription, Store, StoreBuilder,
};
use amethystate_core::Signal;
use futures::{Stream, StreamExt as _, executor::block_on};

use super::poll;
use crate::work::{
    BACKLOG, Backlog, Label, Peer, Sampler, Scene, Shared, Spot, State, Subject, Users, Wire,
    both_ways, user,
};

pub struct Amethystate;

fn watchers(signal: &Signal<u64>, count: usize) -> Vec<SignalSubscription> {
    let watcher = |_| {
        let label = Label::default();
        signal.subscribe(move |value| label.show(*value))
    };
    (0..count).map(watcher).collect()
}

impl Peer for Amethystate {
    fn name(&self) -> &'static str {
        "amethystate"
    }

    fn how(&self) -> &'static str {
        "callbacks. Values are its bare signals, which a stored field costs several times; an equal value is told again. \
         A map is stored in memory, as bytes too; each status is a commit of its own, and there is no snapshot. Dropping \
         a watcher looks through all, so a million are left out. Its write closure works on a copy. \
         Its streams queue every change without a bound"
    }

    fn told(&self, count: usize, elsewhere: usize) -> Option<Subject<'static>> {
        let (signal, other) = (Signal::new(0), Signal::new(0));
        let watching = watchers(&signal, count);
        let others = (elsewhere <= 1_000).then(|| watchers(&other, elsewhere))?;
        Some(Box::new(move |number| {
            let _ = (&watching, &other, &others);
            signal.set(number);
        }))
    }

    fn fields(&self, count: usize) -> Option<Subject<'static>> {
        let fields: Vec<_> = (0..count).map(|_| Signal::new(0)).collect();
        let watching = [&fields[0], &fields[count - 1]].map(|field| watchers(field, 1));
        Some(Box::new(move |number| {
            let _ = &watching;
            for field in &fields {
                field.set(number);
            }
        }))
    }

    fn shared(&self) -> Option<Box<dyn Shared>> {
        Some(Box::new(Signal::new(Arc::new(State::default()))))
    }

    fn users(&self, users: u64) -> Option<Box<dyn Users>> {
        Some(Box::new(map(users)?))
    }

    fn wire(&self) -> Option<Wire> {
        let cell = ReactiveCell::new_volatile(0);
        let mut stream = cell.subscription_with().stream();
        Some(Wire {
            set: Box::new(move |number| cell.set(number).expect("a cell takes every value")),
            wait: Box::new(move || block_on(stream.next()).flatten().unwrap_or(0)),
        })
    }

    fn streams(&self, count: usize, every: u64) -> Option<Subject<'static>> {
        let cell = ReactiveCell::new_volatile(0);
        let stream = |_| (cell.subscription_with().stream(), Label::default());
        let mut streams: Vec<_> = (0..count).map(stream).collect();
        Some(Box::new(move |number| {
            cell.set(number).expect("a cell takes every value");
            if number.is_multiple_of(every) {
                for (stream, label) in &mut streams {
                    poll(stream, |value| label.show(value.unwrap_or(0)));
                }
            }
        }))
    }

    fn backlog(&self) -> Option<Box<dyn Backlog>> {
        let map = map(BACKLOG)?;
        let changes = Box::new(map.statuses.subscription_with().stream());
        Some(Box::new(Missed { map, changes }))
    }

    fn watchers(&self, count: u64, spot: Spot) -> Option<Sampler<'static>> {
        let signal = Signal::new(0);
        let offers = spot == Spot::Field && count <= 1_000;
        offers.then(|| both_ways(count, move || watchers(&signal, count as usize)))
    }
}

impl Shared for Signal<Arc<State>> {
    fn read(&self) -> u64 {
        self.get().value
    }

    fn set(&self, number: u64) {
        Signal::set(self, Arc::new(State::new(number)));
    }

    fn write(&self, work: &mut dyn FnMut()) {
        let mut state = self.get();
        Arc::make_mut(&mut state).value += 1;
        work();
        Signal::set(self, state);
    }
}

struct Map {
    store: Store,
    users: u64,
    statuses: ReactiveMap<Id<u64>, u64>,
    watching: Vec<SignalSubscription>,
}

fn map(users: u64) -> Option<Map> {
    let store = StoreBuilder::in_memory().build().ok()?;
    let statuses = store.kv().map("statuses").ok()?;
    let mut map = Map {
        store,
        users,
        statuses,
        watching: Vec::new(),
    };
    for number in 0..users {
        map.insert(number, 0);
    }
    Some(map)
}

impl Map {
    fn insert(&mut self, user: u64, status: u64) {
        let inserted = self.statuses.insert(Id::new(user), &status);
        inserted.expect("a store in memory takes every write");
    }
}

fn show(label: &Label, change: &MapChange<Id<u64>, u64>) {
    match change {
        MapChange::Insert { value, .. } => label.show(*value),
        MapChange::Update { new_value, .. } => label.show(*new_value),
        MapChange::Remove { .. } | MapChange::Clear { .. } => label.show(0),
    }
}

impl Users for Map {
    fn arrange(&mut self, scene: Scene) -> bool {
        self.watching.clear();
        let _ = &self.store;
        match scene {
            Scene::Unwatched => {}
            Scene::FieldWatched => {
                let label = Label::default();
                let all = self
                    .statuses
                    .subscribe_any(move |change| show(&label, change));
                self.watching.push(all);
            }
            Scene::KeysWatched(keys) if keys <= 1_000 => {
                for key in 0..keys {
                    let (key, label) = (Id::new(user(key, self.users)), Label::default());
                    let key = self
                        .statuses
                        .subscribe_key(key, move |change| show(&label, change));
                    self.watching.push(key);
                }
            }
            Scene::SnapshotOut | Scene::KeysWatched(_) => return false,
        }
        true
    }

    fn write(&mut self, number: u64, batch: u64) {
        for offset in 0..batch {
            self.insert(user(number * batch + offset, self.users), number);
        }
    }
}

struct Missed {
    map: Map,
    changes: Box<dyn Stream<Item = MapChange<Id<u64>, u64>> + Unpin>,
}

impl Backlog for Missed {
    fn write(&mut self, number: u64) {
        self.map.insert(user(number, BACKLOG), number);
    }

    fn read(&mut self) -> usize {
        let label = Label::default();
        poll(&mut self.changes, |change| show(&label, &change))
    }
}
