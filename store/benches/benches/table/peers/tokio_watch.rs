//! tokio's watch channel.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Waker},
};

use futures::executor::block_on;
use tokio::sync::watch::{self, Receiver, Sender};

use crate::work::{
    BACKLOG, Backlog, Label, Peer, Sampler, Scene, Shared, Spot, State, Subject, Users, Wire,
    both_ways, user,
};

pub struct TokioWatch;

/// A task that shows each value, and waits again.
type Reader = Pin<Box<dyn Future<Output = ()>>>;

fn reader<T: 'static>(receiver: &Receiver<T>, mut hear: impl FnMut(&T) + 'static) -> Reader {
    let mut receiver = receiver.clone();
    let mut reader: Reader = Box::pin(async move {
        while receiver.changed().await.is_ok() {
            hear(&receiver.borrow_and_update());
        }
    });
    poll(&mut reader);
    reader
}

fn readers(receiver: &Receiver<u64>, count: usize) -> Vec<Reader> {
    let reader = |_| {
        let label = Label::default();
        reader(receiver, move |value| label.show(*value))
    };
    (0..count).map(reader).collect()
}

fn poll(reader: &mut Reader) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(reader.as_mut().poll(&mut context).is_pending());
}

impl Peer for TokioWatch {
    fn name(&self) -> &'static str {
        "tokio watch"
    }

    fn how(&self) -> &'static str {
        "wakes the task of each reader, which is polled, reads the newest value and waits again. A map is one value, as \
         for eyeball; so are several fields"
    }

    fn told(&self, watchers: usize, elsewhere: usize) -> Option<Subject<'static>> {
        let (sender, receiver) = watch::channel(0);
        let other = watch::channel(0);
        let others = readers(&other.1, elsewhere);
        let mut readers = readers(&receiver, watchers);
        Some(Box::new(move |number| {
            let _ = (&other, &others);
            sender.send_replace(number);
            readers.iter_mut().for_each(poll);
        }))
    }

    fn equal(&self) -> Option<Subject<'static>> {
        let (sender, receiver) = watch::channel(0);
        let mut readers = readers(&receiver, 1);
        Some(Box::new(move |_| {
            sender.send_if_modified(|value| std::mem::replace(value, 0) != 0);
            readers.iter_mut().for_each(poll);
        }))
    }

    fn fields(&self, count: usize) -> Option<Subject<'static>> {
        let (sender, receiver) = watch::channel(vec![0_u64; count]);
        let label = Label::default();
        let mut reader = reader(&receiver, move |values: &Vec<u64>| {
            label.show(values[0] + values[count - 1]);
        });
        Some(Box::new(move |number| {
            sender.send_modify(|values| values.fill(number));
            poll(&mut reader);
        }))
    }

    fn shared(&self) -> Option<Box<dyn Shared>> {
        Some(Box::new(watch::channel(Arc::new(State::default()))))
    }

    fn users(&self, users: u64) -> Option<Box<dyn Users>> {
        Some(Box::new(map(users)))
    }

    fn wire(&self) -> Option<Wire> {
        let (sender, mut receiver) = watch::channel(0);
        Some(Wire {
            set: Box::new(move |number| {
                sender.send_replace(number);
            }),
            wait: Box::new(move || {
                block_on(receiver.changed()).map_or(0, |()| *receiver.borrow_and_update())
            }),
        })
    }

    fn streams(&self, count: usize, every: u64) -> Option<Subject<'static>> {
        let (sender, receiver) = watch::channel(0);
        let mut readers = readers(&receiver, count);
        Some(Box::new(move |number| {
            sender.send_replace(number);
            if number.is_multiple_of(every) {
                readers.iter_mut().for_each(poll);
            }
        }))
    }

    fn backlog(&self) -> Option<Box<dyn Backlog>> {
        let map = map(BACKLOG);
        let last = map.channel.1.borrow().clone();
        Some(Box::new(Missed { map, last }))
    }

    fn watchers(&self, count: u64, spot: Spot) -> Option<Sampler<'static>> {
        let channel = watch::channel(0);
        let field = spot == Spot::Field;
        field.then(|| {
            both_ways(count, move || {
                let (_sender, receiver) = &channel;
                readers(receiver, count as usize)
            })
        })
    }
}

impl Shared for (Sender<Arc<State>>, Receiver<Arc<State>>) {
    fn read(&self) -> u64 {
        let state = Arc::clone(&self.1.borrow());
        state.value
    }

    fn set(&self, number: u64) {
        self.0.send_replace(Arc::new(State::new(number)));
    }

    fn write(&self, work: &mut dyn FnMut()) {
        self.0.send_modify(|state| {
            Arc::make_mut(state).value += 1;
            work();
        });
    }

    /// Keeps what it read, and asks whether that is still the newest.
    fn cached(&self) -> Option<Box<dyn FnMut() -> u64 + '_>> {
        let mut receiver = self.1.clone();
        let mut kept = Arc::clone(&receiver.borrow_and_update());
        Some(Box::new(move || {
            if receiver.has_changed().unwrap_or(false) {
                kept = Arc::clone(&receiver.borrow_and_update());
            }
            kept.value
        }))
    }
}

type Statuses = imbl::OrdMap<u64, u64>;

struct Map {
    users: u64,
    channel: (Sender<Statuses>, Receiver<Statuses>),
    readers: Vec<Reader>,
    holds: bool,
    snapshot: Option<Statuses>,
}

fn map(users: u64) -> Map {
    Map {
        users,
        channel: watch::channel((0..users).map(|user| (user, 0_u64)).collect()),
        readers: Vec::new(),
        holds: false,
        snapshot: None,
    }
}

/// Shows each user that differs, and says how many.
fn compare(last: &mut Statuses, new: &Statuses, label: &Label) -> usize {
    let mut changes = 0;
    for change in last.diff(new) {
        if let imbl::ordmap::DiffItem::Update { new, .. } = change {
            label.show(*new.1);
        }
        changes += 1;
    }
    *last = new.clone();
    changes
}

impl Users for Map {
    fn arrange(&mut self, scene: Scene) -> bool {
        self.readers.clear();
        self.snapshot = None;
        self.holds = scene == Scene::SnapshotOut;
        let receiver = &self.channel.1;
        match scene {
            Scene::Unwatched | Scene::SnapshotOut => {}
            Scene::FieldWatched => {
                let (mut last, label) = (receiver.borrow().clone(), Label::default());
                let reader = reader(receiver, move |statuses| {
                    compare(&mut last, statuses, &label);
                });
                self.readers.push(reader);
            }
            Scene::KeysWatched(keys) if keys <= 1_000 => {
                let reader = |key| {
                    let (key, label) = (user(key, self.users), Label::default());
                    reader(receiver, move |statuses: &Statuses| {
                        label.show(*statuses.get(&key).unwrap_or(&0));
                    })
                };
                self.readers = (0..keys).map(reader).collect();
            }
            Scene::KeysWatched(_) => return false,
        }
        true
    }

    fn write(&mut self, number: u64, batch: u64) {
        if self.holds {
            self.snapshot = Some(self.channel.1.borrow().clone());
        }
        self.channel.0.send_modify(|statuses| {
            for offset in 0..batch {
                statuses.insert(user(number * batch + offset, self.users), number);
            }
        });
        self.readers.iter_mut().for_each(poll);
    }
}

struct Missed {
    map: Map,
    last: Statuses,
}

impl Backlog for Missed {
    fn write(&mut self, number: u64) {
        self.map.write(number, 1);
    }

    fn read(&mut self) -> usize {
        compare(
            &mut self.last,
            &self.map.channel.1.borrow(),
            &Label::default(),
        )
    }
}
