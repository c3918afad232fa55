//! futures-signals.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    hint::black_box,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use futures::{StreamExt as _, executor::block_on};
use futures_signals::{
    signal::{Broadcaster, Mutable, Signal, SignalExt as _},
    signal_map::{MapDiff, MutableBTreeMap, SignalMap, SignalMapExt as _},
    signal_vec::{MutableVec, SignalVec, SignalVecExt as _},
};

use crate::work::{
    BACKLOG, Backlog, Contact, Label, ListWrite, Peer, SOURCES, Sampler, Scene, Shape, Shared,
    Spot, State, Subject, Users, WIDTH, Wire, both_ways, costly, user,
};

pub struct FuturesSignals;

/// A signal and who shows it.
type Reader = (Pin<Box<dyn Signal<Item = u64>>>, Label);

fn reader(signal: impl Signal<Item = u64> + 'static) -> Reader {
    let mut reader: Reader = (Box::pin(signal), Label::default());
    hear(&mut reader);
    reader
}

fn readers(value: &Mutable<u64>, count: usize) -> Vec<Reader> {
    (0..count).map(|_| reader(value.signal())).collect()
}

fn hear((signal, label): &mut Reader) {
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(value)) = signal.as_mut().poll_change(&mut context) {
        label.show(value);
    }
}

impl Peer for FuturesSignals {
    fn name(&self) -> &'static str {
        "futures-signals"
    }

    fn how(&self) -> &'static str {
        "wakes a waker per reader; each reader is polled, reads the newest value and waits again. A map is a \
         `MutableBTreeMap`: it has no snapshot, its readers queue every change without a bound, and a reader of one key \
         begins with a copy of the map and gets all changes, so thousands of them are left out for large maps. Fields \
         are values of their own, not one commit. A list has no window: it is sorted and told as a whole"
    }

    fn told(&self, watchers: usize, elsewhere: usize) -> Option<Subject<'static>> {
        let (value, other) = (Mutable::new(0), Mutable::new(0));
        let others = readers(&other, elsewhere);
        let mut readers = readers(&value, watchers);
        Some(Box::new(move |number| {
            let _ = (&other, &others);
            value.set(number);
            readers.iter_mut().for_each(hear);
        }))
    }

    fn equal(&self) -> Option<Subject<'static>> {
        let value = Mutable::new(0);
        let mut readers = readers(&value, 1);
        Some(Box::new(move |_| {
            value.set_neq(0);
            readers.iter_mut().for_each(hear);
        }))
    }

    fn fields(&self, count: usize) -> Option<Subject<'static>> {
        let fields: Vec<_> = (0..count).map(|_| Mutable::new(0_u64)).collect();
        let mut readers = [&fields[0], &fields[count - 1]].map(|field| readers(field, 1));
        Some(Box::new(move |number| {
            for field in &fields {
                field.set(number);
            }
            readers.iter_mut().flatten().for_each(hear);
        }))
    }

    fn shared(&self) -> Option<Box<dyn Shared>> {
        Some(Box::new(Mutable::new(Arc::new(State::default()))))
    }

    fn users(&self, users: u64) -> Option<Box<dyn Users>> {
        Some(Box::new(map(users)))
    }

    fn wire(&self) -> Option<Wire> {
        let value = Mutable::new(0);
        let mut reader = value.signal().to_stream();
        block_on(reader.next());
        Some(Wire {
            set: Box::new(move |number| value.set(number)),
            wait: Box::new(move || block_on(reader.next()).unwrap_or(0)),
        })
    }

    fn streams(&self, count: usize, every: u64) -> Option<Subject<'static>> {
        let value = Mutable::new(0);
        let mut readers = readers(&value, count);
        Some(Box::new(move |number| {
            value.set(number);
            if number.is_multiple_of(every) {
                readers.iter_mut().for_each(hear);
            }
        }))
    }

    fn backlog(&self) -> Option<Box<dyn Backlog>> {
        let mut map = map(BACKLOG);
        map.arrange(Scene::FieldWatched);
        Some(Box::new(map))
    }

    fn view(&self, contacts: u64, write: ListWrite) -> Option<Subject<'static>> {
        list(contacts, write)
    }

    fn watchers(&self, count: u64, spot: Spot) -> Option<Sampler<'static>> {
        let value = Mutable::new(0);
        (spot == Spot::Field).then(|| both_ways(count, move || readers(&value, count as usize)))
    }

    fn derived(&self, shape: Shape) -> Option<Subject<'static>> {
        derived(shape)
    }
}

impl Shared for Mutable<Arc<State>> {
    fn read(&self) -> u64 {
        self.get_cloned().value
    }

    fn set(&self, number: u64) {
        Mutable::set(self, Arc::new(State::new(number)));
    }

    fn write(&self, work: &mut dyn FnMut()) {
        let mut state = self.lock_mut();
        Arc::make_mut(&mut state).value += 1;
        work();
    }
}

type Changes = Pin<Box<dyn SignalMap<Key = u64, Value = u64>>>;
type KeyReader = Pin<Box<dyn Signal<Item = Option<u64>>>>;

struct Map {
    users: u64,
    statuses: MutableBTreeMap<u64, u64>,
    all: Option<(Changes, Label)>,
    keys: Vec<(KeyReader, Label)>,
}

fn map(users: u64) -> Map {
    let statuses: BTreeMap<_, _> = (0..users).map(|user| (user, 0)).collect();
    Map {
        users,
        statuses: MutableBTreeMap::with_values(statuses),
        all: None,
        keys: Vec::new(),
    }
}

impl Map {
    fn hear(&mut self) -> usize {
        let mut context = Context::from_waker(Waker::noop());
        let mut changes = 0;
        if let Some((all, label)) = &mut self.all {
            while let Poll::Ready(Some(change)) = all.as_mut().poll_map_change(&mut context) {
                match change {
                    MapDiff::Insert { value, .. } | MapDiff::Update { value, .. } => {
                        label.show(value);
                    }
                    _ => label.show(0),
                }
                changes += 1;
            }
        }
        for (key, label) in &mut self.keys {
            while let Poll::Ready(Some(value)) = key.as_mut().poll_change(&mut context) {
                label.show(value.unwrap_or(0));
            }
        }
        changes
    }
}

impl Users for Map {
    fn arrange(&mut self, scene: Scene) -> bool {
        self.all = None;
        self.keys.clear();
        match scene {
            Scene::Unwatched => {}
            Scene::FieldWatched => {
                self.all = Some((Box::pin(self.statuses.signal_map()), Label::default()));
            }
            Scene::KeysWatched(keys) if keys * self.users <= 10_000_000 => {
                for key in 0..keys {
                    let key = self.statuses.signal_map().key_cloned(user(key, self.users));
                    self.keys.push((Box::pin(key), Label::default()));
                    self.hear();
                }
            }
            Scene::SnapshotOut | Scene::KeysWatched(_) => return false,
        }
        self.hear();
        true
    }

    fn write(&mut self, number: u64, batch: u64) {
        let mut statuses = self.statuses.lock_mut();
        for offset in 0..batch {
            statuses.insert(user(number * batch + offset, self.users), number);
        }
        drop(statuses);
        self.hear();
    }
}

impl Backlog for Map {
    fn write(&mut self, number: u64) {
        self.statuses
            .lock_mut()
            .insert(user(number, BACKLOG), number);
    }

    fn read(&mut self) -> usize {
        self.hear()
    }
}

fn list(contacts: u64, write: ListWrite) -> Option<Subject<'static>> {
    if matches!(write, ListWrite::Scroll | ListWrite::Search) {
        return None;
    }
    let all = (0..contacts).map(|id| Contact::new(id, user(id, contacts)));
    let list = MutableVec::new_with_values(all.collect());
    let mut view = Box::pin(
        list.signal_vec()
            .filter(|contact| contact.online)
            .filter(|contact| contact.seen < u64::MAX)
            .sort_by_cloned(|a, b| Reverse(a.seen).cmp(&Reverse(b.seen))),
    );
    Some(Box::new(move |number| {
        let contact = write.contact(number, contacts);
        let mut list = list.lock_mut();
        if write == ListWrite::Come {
            if number > 1 {
                list.pop();
            }
            list.push(contact);
        } else {
            list.set(contact.id as usize, contact);
        }
        drop(list);
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(edit)) = view.as_mut().poll_vec_change(&mut context) {
            black_box(edit);
        }
    }))
}

type Step = fn(u64) -> u64;
type Shared64 = Broadcaster<Pin<Box<dyn Signal<Item = u64> + Send + Sync>>>;

/// A value that others can be derived from, and that is passed on only if it differs.
fn shared(signal: impl Signal<Item = u64> + Send + Sync + 'static) -> Shared64 {
    Broadcaster::new(Box::pin(signal.dedupe()))
}

fn chain(first: &Mutable<u64>, steps: impl IntoIterator<Item = Step>) -> Shared64 {
    steps
        .into_iter()
        .fold(shared(first.signal()), |last, step| {
            shared(last.signal().map(step))
        })
}

fn derived(shape: Shape) -> Option<Subject<'static>> {
    let source = Mutable::new(0);
    let next: Step = |value| value + 1;
    let mut readers: Vec<Reader> = match shape {
        Shape::Broad => (0..WIDTH)
            .map(|_| reader(chain(&source, [next, next]).signal()))
            .collect(),
        Shape::Deep => vec![reader(chain(&source, [next; WIDTH]).signal())],
        Shape::Diamond => {
            let five: [_; 5] = std::array::from_fn(|_| chain(&source, [next]).signal());
            let [a, b, c, d, e] = five;
            let sum = futures_signals::map_ref! {
                let a = a, let b = b, let c = c, let d = d, let e = e => a + b + c + d + e
            };
            vec![reader(sum.dedupe())]
        }
        Shape::Avoidable => {
            let nothing: Step = |_| 0;
            let steps = [nothing, costly, costly, costly, costly, costly];
            vec![reader(chain(&source, steps).signal())]
        }
        Shape::Mux => return Some(mux()),
    };
    Some(Box::new(move |number| {
        source.set(number);
        readers.iter_mut().for_each(hear);
    }))
}

fn mux() -> Subject<'static> {
    let sources = MutableVec::new_with_values(vec![0_u64; SOURCES as usize]);
    let whole = Broadcaster::new(sources.signal_vec().to_signal_cloned());
    let part = |at| {
        let part = whole.signal_ref(move |whole| whole.get(at).map_or(0, |value| value + 1));
        reader(part.dedupe())
    };
    let mut readers: Vec<_> = (0..SOURCES as usize).map(part).collect();
    Box::new(move |number| {
        sources.lock_mut().set((number % SOURCES) as usize, number);
        readers.iter_mut().for_each(hear);
    })
}
