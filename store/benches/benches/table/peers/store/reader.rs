//! Snapshots, streams and inboxes.

use store::{ChangeStream, Inbox, OwnedChange, Queue, Source as _, Store, Watch as _};

use super::{
    field::{COUNTER, Counter},
    map::{PRESENCE, Presence, presence},
};
use crate::work::{BACKLOG, Backlog, Label, Shared, Subject, Wire, user};

struct Of(Store<Counter>);

pub fn shared() -> Box<dyn Shared> {
    Box::new(Of(Store::new()))
}

impl Shared for Of {
    fn read(&self) -> u64 {
        self.0.snapshot(COUNTER).value
    }

    fn set(&self, number: u64) {
        self.0.update(COUNTER, |counter| counter.value.set(number));
    }

    fn write(&self, work: &mut dyn FnMut()) {
        self.0.update(COUNTER, |counter| {
            *counter.value += 1;
            work();
        });
    }

    fn cached(&self) -> Option<Box<dyn FnMut() -> u64 + '_>> {
        let mut cached = self.0.cached(COUNTER);
        Some(Box::new(move || cached.get().value))
    }
}

pub fn wire() -> Wire {
    let store = Store::<Counter>::new();
    let mut values = store.stream(COUNTER, Counter::VALUE.changes_only());
    Wire {
        set: Box::new(move |number| store.update(COUNTER, |counter| counter.value.set(number))),
        wait: Box::new(move || values.blocking().next().map_or(0, |change| *change)),
    }
}

/// So many streams of a number, each read after so many commits.
pub fn streams(count: usize, every: u64) -> Subject<'static> {
    let store = Store::<Counter>::new();
    let stream = || store.stream(COUNTER, Counter::VALUE.changes_only());
    let mut streams: Vec<(ChangeStream<OwnedChange<u64>>, Label)> =
        (0..count).map(|_| (stream(), Label::default())).collect();
    Box::new(move |number| {
        store.update(COUNTER, |counter| counter.value.set(number));
        if number.is_multiple_of(every) {
            for (stream, label) in &mut streams {
                label.show(*stream.try_next().expect("something differs"));
            }
        }
    })
}

struct Missed {
    store: Store<Presence>,
    stream: ChangeStream<OwnedChange<store::Map<u64, u64>>>,
}

pub fn backlog() -> Box<dyn Backlog> {
    let store = presence(BACKLOG);
    let stream = store.stream(PRESENCE, Presence::STATUSES.changes_only());
    Box::new(Missed { store, stream })
}

impl Backlog for Missed {
    fn write(&mut self, number: u64) {
        let user = user(number, BACKLOG);
        self.store
            .update(PRESENCE, |presence| presence.statuses.insert(user, number));
    }

    fn read(&mut self) -> usize {
        let change = self.stream.try_next().expect("something differs");
        change.change().changes().count()
    }
}

/// A stream, an inbox, and an inbox that is told each commit, each read once in so many commits.
pub fn inboxes(every: u64) -> [Subject<'static>; 3] {
    [
        late(every),
        inbox(every, None),
        inbox(every, Queue::new(1024).ok()),
    ]
}

fn late(every: u64) -> Subject<'static> {
    let mut backlog = backlog();
    Box::new(move |number| {
        backlog.write(number);
        if number.is_multiple_of(every) {
            assert!(backlog.read() > 0);
        }
    })
}

fn inbox(every: u64, queue: Option<Queue>) -> Subject<'static> {
    let store = presence(BACKLOG);
    let inbox = Inbox::new(|| {});
    let label = Label::default();
    let watch = Presence::STATUSES.watch(move |statuses| {
        label.show(statuses.changes().count() as u64);
    });
    let on = store.on(&inbox);
    let on = match queue {
        Some(queue) => on.every(queue),
        None => on,
    };
    on.watch(PRESENCE, watch.changes_only()).detach();
    Box::new(move |number| {
        let user = user(number, BACKLOG);
        store.update(PRESENCE, |presence| presence.statuses.insert(user, number));
        if number.is_multiple_of(every) {
            assert!(inbox.drain() > 0);
        }
    })
}
