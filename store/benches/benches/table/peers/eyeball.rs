//! eyeball, and the lists of eyeball-im and eyeball-im-util.

use std::{cmp::Reverse, hint::black_box, sync::Arc};

use eyeball::{SharedObservable, Subscriber};
use eyeball_im::ObservableVector;
use eyeball_im_util::vector::{VectorObserverExt as _, VectorSubscriberExt as _};
use futures::executor::block_on;

use super::poll;
use crate::work::{
    BACKLOG, Backlog, Contact, Label, ListWrite, Peer, SCREEN, Sampler, Scene, Shared, Spot, State,
    Subject, Users, Wire, both_ways, user,
};

pub struct Eyeball;

type Reader = (Subscriber<u64>, Label);

fn readers(observable: &SharedObservable<u64>, count: usize) -> Vec<Reader> {
    let mut readers: Vec<Reader> = (0..count)
        .map(|_| (observable.subscribe(), Label::default()))
        .collect();
    readers.iter_mut().for_each(hear);
    readers
}

fn hear((reader, label): &mut Reader) {
    poll(reader, |value| label.show(value));
}

impl Peer for Eyeball {
    fn name(&self) -> &'static str {
        "eyeball"
    }

    fn how(&self) -> &'static str {
        "wakes a waker per reader; each reader is polled, reads the newest value and waits again. A map is one value \
         (imbl's), so each reader of a key wakes at every write and looks the key up, and a reader of the map compares \
         it with the one before. Fields are observables of their own, not one commit. Lists are those of eyeball-im-util, \
         whose filter cannot change"
    }

    fn told(&self, watchers: usize, elsewhere: usize) -> Option<Subject<'static>> {
        let (observable, other) = (SharedObservable::new(0), SharedObservable::new(0));
        let others = readers(&other, elsewhere);
        let mut readers = readers(&observable, watchers);
        Some(Box::new(move |number| {
            let _ = &others;
            observable.set(number);
            readers.iter_mut().for_each(hear);
        }))
    }

    fn equal(&self) -> Option<Subject<'static>> {
        let observable = SharedObservable::new(0);
        let mut readers = readers(&observable, 1);
        Some(Box::new(move |_| {
            black_box(observable.set_if_not_eq(0));
            readers.iter_mut().for_each(hear);
        }))
    }

    fn fields(&self, count: usize) -> Option<Subject<'static>> {
        let fields: Vec<_> = (0..count).map(|_| SharedObservable::new(0)).collect();
        let mut readers = [&fields[0], &fields[count - 1]].map(|field| readers(field, 1));
        Some(Box::new(move |number| {
            for field in &fields {
                field.set(number);
            }
            readers.iter_mut().flatten().for_each(hear);
        }))
    }

    fn shared(&self) -> Option<Box<dyn Shared>> {
        Some(Box::new(SharedObservable::new(Arc::new(State::default()))))
    }

    fn users(&self, users: u64) -> Option<Box<dyn Users>> {
        Some(Box::new(Map {
            users,
            statuses: SharedObservable::new((0..users).map(|user| (user, 0_u64)).collect()),
            all: None,
            keys: Vec::new(),
            holds: false,
            snapshot: None,
        }))
    }

    fn wire(&self) -> Option<Wire> {
        let observable = SharedObservable::new(0);
        let mut reader = observable.subscribe();
        Some(Wire {
            set: Box::new(move |number| {
                observable.set(number);
            }),
            wait: Box::new(move || block_on(reader.next()).unwrap_or(0)),
        })
    }

    fn streams(&self, count: usize, every: u64) -> Option<Subject<'static>> {
        let observable = SharedObservable::new(0);
        let mut readers = readers(&observable, count);
        Some(Box::new(move |number| {
            observable.set(number);
            if number.is_multiple_of(every) {
                readers.iter_mut().for_each(hear);
            }
        }))
    }

    fn backlog(&self) -> Option<Box<dyn Backlog>> {
        let mut map = Map {
            users: BACKLOG,
            statuses: SharedObservable::new((0..BACKLOG).map(|user| (user, 0_u64)).collect()),
            all: None,
            keys: Vec::new(),
            holds: false,
            snapshot: None,
        };
        map.arrange(Scene::FieldWatched);
        Some(Box::new(map))
    }

    fn view(&self, contacts: u64, write: ListWrite) -> Option<Subject<'static>> {
        list(contacts, write)
    }

    fn watchers(&self, count: u64, spot: Spot) -> Option<Sampler<'static>> {
        let observable = SharedObservable::new(0);
        (spot == Spot::Field)
            .then(|| both_ways(count, move || readers(&observable, count as usize)))
    }
}

impl Shared for SharedObservable<Arc<State>> {
    fn read(&self) -> u64 {
        self.get().value
    }

    fn set(&self, number: u64) {
        SharedObservable::set(self, Arc::new(State::new(number)));
    }

    fn write(&self, work: &mut dyn FnMut()) {
        self.update(|state| {
            Arc::make_mut(state).value += 1;
            work();
        });
    }
}

type Statuses = imbl::OrdMap<u64, u64>;

struct Map {
    users: u64,
    statuses: SharedObservable<Statuses>,
    all: Option<(Subscriber<Statuses>, Statuses, Label)>,
    keys: Vec<(u64, Subscriber<Statuses>, Label)>,
    holds: bool,
    snapshot: Option<Statuses>,
}

impl Map {
    fn hear_all(&mut self) -> usize {
        let mut changes = 0;
        if let Some((reader, last, label)) = &mut self.all {
            poll(reader, |new| {
                for change in last.diff(&new) {
                    label.show(shown(&change));
                    changes += 1;
                }
                *last = new;
            });
        }
        changes
    }
}

fn shown(change: &imbl::ordmap::DiffItem<'_, '_, u64, u64>) -> u64 {
    match change {
        imbl::ordmap::DiffItem::Add(_, value) => **value,
        imbl::ordmap::DiffItem::Update { new, .. } => *new.1,
        imbl::ordmap::DiffItem::Remove(..) => 0,
    }
}

impl Users for Map {
    fn arrange(&mut self, scene: Scene) -> bool {
        (self.all, self.snapshot) = (None, None);
        self.keys.clear();
        self.holds = scene == Scene::SnapshotOut;
        match scene {
            Scene::Unwatched | Scene::SnapshotOut => {}
            Scene::FieldWatched => {
                let reader = self.statuses.subscribe();
                self.all = Some((reader, self.statuses.get(), Label::default()));
                self.hear_all();
            }
            Scene::KeysWatched(keys) if keys <= 1_000 => {
                let key = |key| {
                    (
                        user(key, self.users),
                        self.statuses.subscribe(),
                        Label::default(),
                    )
                };
                self.keys = (0..keys).map(key).collect();
            }
            Scene::KeysWatched(_) => return false,
        }
        true
    }

    fn write(&mut self, number: u64, batch: u64) {
        if self.holds {
            self.snapshot = Some(self.statuses.get());
        }
        self.statuses.update(|statuses| {
            for offset in 0..batch {
                statuses.insert(user(number * batch + offset, self.users), number);
            }
        });
        self.hear_all();
        for (key, reader, label) in &mut self.keys {
            poll(reader, |statuses| {
                label.show(*statuses.get(key).unwrap_or(&0));
            });
        }
    }
}

impl Backlog for Map {
    fn write(&mut self, number: u64) {
        self.statuses.update(|statuses| {
            statuses.insert(user(number, BACKLOG), number);
        });
    }

    fn read(&mut self) -> usize {
        self.hear_all()
    }
}

fn list(contacts: u64, write: ListWrite) -> Option<Subject<'static>> {
    if write == ListWrite::Search {
        return None;
    }
    let mut list = ObservableVector::new();
    list.append(
        (0..contacts)
            .map(|id| Contact::new(id, user(id, contacts)))
            .collect(),
    );
    let screen = SharedObservable::new(0_usize);
    let (_, mut view) = list
        .subscribe()
        .batched()
        .filter(|contact| contact.online)
        .filter(|contact| contact.seen < u64::MAX)
        .sort_by_key(|contact| Reverse(contact.seen))
        .dynamic_skip_with_initial_count(0, screen.subscribe())
        .head(SCREEN);
    Some(Box::new(move |number| {
        match write {
            ListWrite::Scroll => {
                screen.set((number % 1000) as usize);
            }
            ListWrite::Come => {
                let mut both = list.transaction();
                if number > 1 {
                    both.pop_back();
                }
                both.push_back(write.contact(number, contacts));
                both.commit();
            }
            _ => {
                let contact = write.contact(number, contacts);
                list.set(contact.id as usize, contact);
            }
        }
        poll(&mut view, |edits| {
            black_box(edits);
        });
    }))
}
