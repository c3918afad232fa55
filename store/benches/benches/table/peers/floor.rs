//! What cannot be undercut: a plain program, without transactions, order or safety of re-entry.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex as StdMutex},
};

use parking_lot::Mutex;

use crate::work::{
    Difference, Label, Peer, SOURCES, Sampler, Scene, Shape, Shared, Spot, State, Subject, Users,
    WIDTH, Wire, both_ways, costly, user,
};

pub struct Floor;

type Callback = Arc<dyn Fn(&u64) + Send + Sync>;

fn callback() -> Callback {
    let label = Label::default();
    Arc::new(move |value| label.show(*value))
}

fn callbacks(count: usize) -> Vec<Callback> {
    (0..count).map(|_| callback()).collect()
}

impl Peer for Floor {
    fn name(&self) -> &'static str {
        "plain loop"
    }

    fn how(&self) -> &'static str {
        "a mutex, the swap of an `Arc` and a loop over `Arc<dyn Fn>`; a std `HashMap` behind a mutex, a callback per \
         write, and no commit, snapshot or watch by key; diffs look every key up; derived values are computed all, in a \
         row; a thread waits on a std `Condvar`"
    }

    fn told(&self, watchers: usize, elsewhere: usize) -> Option<Subject<'static>> {
        let (value, other) = (Mutex::new(Arc::new(0_u64)), callbacks(elsewhere));
        let callbacks = callbacks(watchers);
        Some(Box::new(move |number| {
            let _ = &other;
            let new = Arc::new(number);
            let old = std::mem::replace(&mut *value.lock(), Arc::clone(&new));
            for callback in &callbacks {
                callback(&new);
            }
            drop(old);
        }))
    }

    fn equal(&self) -> Option<Subject<'static>> {
        let (value, callback) = (Mutex::new(Arc::new(0_u64)), callback());
        Some(Box::new(move |_| {
            let new = std::hint::black_box(0);
            let mut value = value.lock();
            if **value != new {
                *value = Arc::new(new);
                callback(&new);
            }
        }))
    }

    fn fields(&self, count: usize) -> Option<Subject<'static>> {
        let (values, callback) = (Mutex::new(Arc::new(vec![0_u64; count])), callback());
        Some(Box::new(move |number| {
            let new = Arc::new(vec![number; count]);
            let old = std::mem::replace(&mut *values.lock(), Arc::clone(&new));
            callback(&(new[0] + new[count - 1]));
            drop(old);
        }))
    }

    fn shared(&self) -> Option<Box<dyn Shared>> {
        Some(Box::new(Mutex::new(Arc::new(State::default()))))
    }

    fn users(&self, users: u64) -> Option<Box<dyn Users>> {
        Some(Box::new(Map {
            users,
            statuses: Mutex::new((0..users).map(|user| (user, 0)).collect()),
            watcher: None,
        }))
    }

    fn diff(&self, of: Difference) -> Option<Subject<'static>> {
        let old: HashMap<u64, u64> = of.old().collect();
        let mut new = old.clone();
        new.extend(of.changed().map(|key| (key, u64::MAX)));
        Some(Box::new(move |_| {
            for (key, value) in &new {
                if old.get(key) != Some(value) {
                    std::hint::black_box((key, value));
                }
            }
            for key in old.keys() {
                if !new.contains_key(key) {
                    std::hint::black_box(key);
                }
            }
        }))
    }

    fn wire(&self) -> Option<Wire> {
        let place = Arc::new((StdMutex::new((0, false)), Condvar::new()));
        let reader = Arc::clone(&place);
        Some(Wire {
            set: Box::new(move |number| {
                *place.0.lock().unwrap() = (number, true);
                place.1.notify_one();
            }),
            wait: Box::new(move || {
                let mut value = reader.0.lock().unwrap();
                while !value.1 {
                    value = reader.1.wait(value).unwrap();
                }
                value.1 = false;
                value.0
            }),
        })
    }

    fn watchers(&self, count: u64, spot: Spot) -> Option<Sampler<'static>> {
        (spot == Spot::Field).then(|| both_ways(count, move || callbacks(count as usize)))
    }

    fn derived(&self, shape: Shape) -> Option<Subject<'static>> {
        let (watchers, computed): (usize, fn(u64) -> u64) = match shape {
            Shape::Broad => (WIDTH, |source| source + 2),
            Shape::Deep => (1, |source| {
                (0..WIDTH).fold(source, |value, _| std::hint::black_box(value + 1))
            }),
            Shape::Diamond => (1, |source| 5 * std::hint::black_box(source + 1)),
            Shape::Avoidable => (1, |_| (0..5).fold(0, |value, _| costly(value))),
            Shape::Mux => return Some(mux()),
        };
        let source = Mutex::new(0);
        let callbacks = callbacks(watchers);
        Some(Box::new(move |number| {
            *source.lock() = number;
            for callback in &callbacks {
                callback(&std::hint::black_box(computed(number)));
            }
        }))
    }
}

/// One of many values, and who watches that one.
fn mux() -> Subject<'static> {
    let sources = Mutex::new(vec![0; SOURCES as usize]);
    let callbacks = callbacks(SOURCES as usize);
    Box::new(move |number| {
        let at = (number % SOURCES) as usize;
        sources.lock()[at] = number;
        callbacks[at](&(number + 1));
    })
}

impl Shared for Mutex<Arc<State>> {
    fn read(&self) -> u64 {
        let state = Arc::clone(&self.lock());
        state.value
    }

    fn set(&self, number: u64) {
        let new = Arc::new(State::new(number));
        let old = std::mem::replace(&mut *self.lock(), new);
        drop(old);
    }

    fn write(&self, work: &mut dyn FnMut()) {
        let mut state = self.lock();
        Arc::make_mut(&mut state).value += 1;
        work();
    }
}

struct Map {
    users: u64,
    statuses: Mutex<HashMap<u64, u64>>,
    watcher: Option<Callback>,
}

impl Users for Map {
    fn arrange(&mut self, scene: Scene) -> bool {
        self.watcher = (scene == Scene::FieldWatched).then(callback);
        matches!(scene, Scene::Unwatched | Scene::FieldWatched)
    }

    fn write(&mut self, number: u64, batch: u64) {
        for offset in 0..batch {
            let user = user(number * batch + offset, self.users);
            self.statuses.lock().insert(user, number);
            if let Some(watcher) = &self.watcher {
                watcher(&number);
            }
        }
    }
}
