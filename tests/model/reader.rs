//! Readers of every source, told in every way, that note what they are told.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use parking_lot::Mutex;
use serde_json::Value as Json;
use store::{
    Change, Commit, Inbox, KeyChange, LocalWatcher, ManualClock, On, Queue, RangeChange,
    Source as _, SourceIn, Store, StoreChange, TextChange, Watch as _, WatchIn, Watcher, WorkQueue,
    Worker,
};

use crate::{
    app::{App, Cell, DESK, Desk, Plain, ROOM, Room, SHELF, Shelf, entries, field_named},
    expected::Told,
    named::{self, Named},
    plain::{Field, Name, Value},
    settings::{Pace, Place, Settings, Use},
    sight::Source,
};

/// What a reader was told.
#[derive(Clone, Default)]
pub(crate) struct Ear(Arc<Mutex<Vec<Told>>>);

impl Ear {
    pub(crate) fn told(&self) -> Vec<Told> {
        self.0.lock().clone()
    }

    fn note<T: Plain>(&self, change: Change<'_, T>) {
        self.push(Told {
            revision: change.revision(),
            merged: Some(change.merged()),
            origin: change.origin().map(|origin| origin.who().to_owned()),
            old: change.old().map(T::plain),
            new: change.plain(),
        });
    }

    fn note_key<K: ToString, V: Cell>(&self, change: KeyChange<'_, K, V>) {
        let keyed = |value: Option<&V>| {
            let entry = value.map(|value| (change.key().to_string(), value.num()));
            Value::Keyed(entry.into_iter().collect())
        };
        self.push(Told {
            revision: change.revision(),
            merged: Some(change.merged()),
            origin: change.origin().map(|origin| origin.who().to_owned()),
            old: (!change.is_initial()).then(|| keyed(change.old())),
            new: keyed(change.value()),
        });
    }

    fn note_fields<M: Named>(&self, change: StoreChange<'_, M>, fields: &[Field]) {
        let values = M::FIELDS.iter().copied().zip(change.plain());
        let values = values.filter(|(field, _)| fields.contains(field));
        self.push(Told {
            revision: change.revision(),
            merged: Some(change.merged()),
            origin: change.origin().map(|origin| origin.who().to_owned()),
            old: (!change.is_initial()).then(|| Value::Fields(M::old(change))),
            new: Value::Fields(values.collect()),
        });
    }

    fn note_any<M: Named>(&self, change: StoreChange<'_, M>) {
        self.note_fields(change, M::FIELDS);
    }

    fn note_room(&self, change: StoreChange<'_, Room>) {
        self.note_fields(change, &[Field::Notes, Field::Extras]);
    }

    fn note_range(&self, change: RangeChange<'_, String, f64>) {
        let new = entries(change.iter());
        let mut old = new.clone();
        for change in change.changes() {
            old.remove(change.key().as_str());
            old.extend(
                change
                    .old()
                    .map(|old| (change.key().to_string(), old.num())),
            );
        }
        self.push(Told {
            revision: change.revision(),
            merged: Some(change.merged()),
            origin: change.origin().map(|origin| origin.who().to_owned()),
            old: (!change.is_initial()).then_some(Value::Keyed(old)),
            new: Value::Keyed(new),
        });
    }

    fn note_commit(&self, commit: &Commit<App>) {
        let parts = named::after(commit);
        let fields = commit.changed_fields().into_iter().map(|(name, info)| {
            let field = field_named(name, info);
            let part = parts[field.of() as usize].as_ref();
            (field, part.expect("it has changed")[info.index].clone())
        });
        self.push(Told {
            revision: commit.revision(),
            merged: Some(commit.merged()),
            origin: commit.origin().map(|origin| origin.who().to_owned()),
            old: None,
            new: Value::Fields(fields.collect()),
        });
    }

    fn note_text(&self, change: TextChange, plain: fn(&Json) -> Value) {
        self.push(Told {
            revision: change.revision,
            merged: None,
            origin: change.origin.map(|origin| origin.who().to_owned()),
            old: change.old.as_ref().map(plain),
            new: plain(&change.new),
        });
    }

    fn push(&self, told: Told) {
        self.0.lock().push(told);
    }
}

/// A reader of the thread that began it.
pub(crate) enum Reader {
    Movable(Movable),
    /// The thread owns the inbox.
    Bound(LocalWatcher, Inbox),
}

/// A reader that any thread may use.
pub(crate) enum Movable {
    Inline(Watcher),
    Executor(Watcher, Mutex<Worker>),
    /// Reads one thing, and says whether there was one.
    Stream(Mutex<Box<dyn FnMut() -> bool + Send>>),
}

impl Reader {
    pub(crate) fn new(
        store: &Store<App>,
        settings: Settings,
        clock: &ManualClock,
        ear: &Ear,
    ) -> Self {
        let manner = Manner {
            store,
            settings,
            clock,
        };
        let reader = attach(&manner, ear);
        if settings.place == Place::Stream {
            // What is there at registration is told to the others at once.
            reader.act(Use::Read);
        }
        reader
    }

    pub(crate) fn act(&self, act: Use) {
        match (self, act) {
            (Self::Movable(reader), act) => reader.act(act),
            (Self::Bound(_, inbox), Use::Read) => while inbox.drain() > 0 {},
            (Self::Bound(..), Use::ReadOne) => {}
            (Self::Bound(watcher, _), Use::Pause) => watcher.pause(),
            (Self::Bound(watcher, _), Use::Resume) => watcher.resume(),
        }
    }
}

impl Movable {
    pub(crate) fn act(&self, act: Use) {
        match (self, act) {
            (Self::Inline(watcher) | Self::Executor(watcher, _), Use::Pause) => watcher.pause(),
            (Self::Inline(watcher) | Self::Executor(watcher, _), Use::Resume) => watcher.resume(),
            (Self::Executor(_, worker), Use::Read) => while worker.lock().run_ready() > 0 {},
            (Self::Stream(read), Use::Read) => while (read.lock())() {},
            (Self::Stream(read), Use::ReadOne) => drop((read.lock())()),
            (Self::Inline(_), Use::Read)
            | (Self::Inline(_) | Self::Executor(..), Use::ReadOne)
            | (Self::Stream(_), Use::Pause | Use::Resume) => {}
        }
    }
}

/// A store, and how a reader of it reads.
struct Manner<'a> {
    store: &'a Store<App>,
    settings: Settings,
    clock: &'a ManualClock,
}

impl Manner<'_> {
    /// Says how many commits come one by one, and the pace.
    fn set<'a, At>(&self, mut on: On<'a, App, At>) -> On<'a, App, At> {
        if let Ok(queue) = Queue::new(self.settings.bound) {
            on = on.every(match self.settings.blocking {
                true => queue.blocking(),
                false => queue,
            });
        }
        match self.settings.pace {
            Pace::AtOnce => on,
            Pace::Debounce(rest) => on.debounce(Duration::from_secs(rest), self.clock.clone()),
            Pace::Throttle(period) => on.throttle(Duration::from_secs(period), self.clock.clone()),
        }
    }

    fn watch(&self, watch: impl WatchIn<App>) -> Reader {
        match self.settings.ignoring {
            [] => self.watch_heard(watch),
            [one, .., other] | [one @ other] => {
                self.watch_heard(watch.ignoring(*one).ignoring(*other))
            }
        }
    }

    fn watch_heard(&self, watch: impl WatchIn<App>) -> Reader {
        match self.settings.once {
            true => self.place(watch.changes_only().once()),
            false => self.place(watch),
        }
    }

    fn place(&self, watch: impl WatchIn<App>) -> Reader {
        match self.settings.place {
            Place::Inline => Reader::Movable(Movable::Inline(self.store.watch_across(watch))),
            Place::Executor => {
                let (works, worker) = WorkQueue::new();
                let on = self.set(self.store.on(works));
                let watcher = on.watch_across(watch);
                Reader::Movable(Movable::Executor(watcher, Mutex::new(worker)))
            }
            Place::Inbox => {
                let inbox = Inbox::new(|| {});
                let on = self.set(self.store.on(&inbox));
                Reader::Bound(on.watch_across(watch), inbox)
            }
            Place::Stream => panic!("a stream is no watch"),
        }
    }

    fn stream<Q: SourceIn<App>>(
        &self,
        source: Q,
        note: impl FnMut(Q::Item) + Send + 'static,
    ) -> Reader {
        let read = match self.settings.ignoring {
            [] => self.stream_heard(source, note),
            [one, .., other] | [one @ other] => {
                self.stream_heard(source.ignoring(*one).ignoring(*other), note)
            }
        };
        Reader::Movable(Movable::Stream(Mutex::new(read)))
    }

    fn stream_heard<Q: SourceIn<App>>(
        &self,
        source: Q,
        mut note: impl FnMut(Q::Item) + Send + 'static,
    ) -> Box<dyn FnMut() -> bool + Send> {
        if self.settings.once {
            let until = self.store.until_across(source.changes_only(), |_| true);
            let mut until = Some(Box::pin(until));
            return Box::new(move || {
                let mut cx = Context::from_waker(Waker::noop());
                let polled = until.as_mut().map(|until| until.as_mut().poll(&mut cx));
                if let Some(Poll::Ready(found)) = polled {
                    until = None;
                    found.into_iter().for_each(&mut note);
                }
                false
            });
        }
        let mut stream = self.set(self.store.pull()).stream_across(source);
        Box::new(move || {
            let item = stream.try_next();
            item.map(&mut note).is_some()
        })
    }
}

/// Watches by text names.
fn by_text(
    store: &Store<App>,
    ear: Ear,
    (name, field): (&str, &str),
    plain: fn(&Json) -> Value,
) -> Reader {
    let watching = store
        .text()
        .watch(name, field, move |change| ear.note_text(change, plain));
    Reader::Movable(Movable::Inline(watching.expect("it has a text form")))
}

/// What a JSON object shows.
fn object(value: &Json) -> Value {
    Value::Keyed(entries(value.as_object().into_iter().flatten()))
}

/// What stands under `a`, if anything does.
fn under_a(value: &Json) -> Value {
    let num = value.as_f64().map(|num| ("a".to_owned(), num.num()));
    Value::Keyed(num.into_iter().collect())
}

fn attach(manner: &Manner<'_>, ear: &Ear) -> Reader {
    let (store, ear) = (manner.store, ear.clone());
    macro_rules! source {
        ($source:expr) => {
            source!($source, note)
        };
        ($source:expr, $note:ident) => {
            source!($source, $note, |item| item.change())
        };
        ($source:expr, $note:ident, |$item:ident| $change:expr) => {
            match manner.settings.place {
                Place::Stream => manner.stream($source, move |$item| ear.$note($change)),
                _ => manner.watch($source.watch(move |change| ear.$note(change))),
            }
        };
    }
    let total = || {
        let inputs = (Desk::NAMES, Room::NOTES, Desk::LEVEL);
        store.derive(inputs, |(names, notes, level)| {
            (names.len() + notes.len()) as f64 + level
        })
    };
    match manner.settings.source {
        Source::Field(Field::Level) => source!(Desk::LEVEL),
        Source::Field(Field::Names) => source!(Desk::NAMES),
        Source::Field(Field::Notes) => source!(Room::NOTES),
        Source::Field(Field::Tags) => source!(Room::TAGS),
        Source::Field(Field::Lines) => source!(Room::LINES),
        Source::Field(Field::Stock) => source!(Shelf::STOCK),
        Source::Field(Field::Gaps) => source!(Shelf::GAPS),
        Source::Field(Field::Alarm) => source!(Shelf::ALARM),
        Source::Field(Field::Extras) => source!(Room::EXTRAS),
        Source::Field(field) => panic!("{field:?} is no source of readers"),
        Source::KeyOfStock => source!(Shelf::STOCK.key("a".to_owned()), note_key),
        Source::RangeOfNotes => source!(Room::NOTES.prefix("a"), note_range),
        Source::NotesAndExtras => {
            source!(ROOM.fields((Room::EXTRAS, Room::NOTES)), note_room)
        }
        Source::Any(Name::Desk) => source!(DESK.any(), note_any),
        Source::Any(Name::Room) => source!(ROOM.any(), note_any),
        Source::Any(Name::Shelf) => source!(SHELF.any(), note_any),
        Source::Commits => source!(store::commits(), note_commit, |commit| &commit),
        Source::Projection => source!(DESK.project(|desk| desk.level)),
        Source::RuntimeKey => source!(Room::EXTRAS.key("a".into()), note_key),
        Source::RuntimeKeyByText => by_text(store, ear, ("room", "a"), under_a),
        Source::NotesByText => by_text(store, ear, Field::Notes.text(), object),
        Source::Total => source!(total()),
        Source::Loud => source!(store.derive((total(), Shelf::ALARM), |(total, alarm)| {
            *alarm || *total > 2.0
        })),
        Source::View => source!(
            Shelf::STOCK
                .view()
                .filter_by(Desk::LEVEL, |level: &f64, _: &String, value: &f64| {
                    let is_below = value < level;
                    !is_below
                })
                .collect()
        ),
    }
}
