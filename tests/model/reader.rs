//! Readers of every source, told in every way, that note what they are told.

use std::{
    sync::Arc,
    task::{Context, Waker},
    time::Duration,
};

use parking_lot::Mutex;
use store::{
    Change, Inbox, KeyChange, LocalWatcher, ManualClock, Queue, Source as _, Store, Watch as _,
    Watcher, WorkQueue, Worker,
};

use crate::{
    app::{App, Desk, Plain, Room, Shelf},
    expected::{Pace, Place, Settings, Told},
    plain::{Field, Num, Value},
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
        self.push(change.origin(), change.plain());
    }

    fn note_key(&self, change: KeyChange<'_, String, f64>) {
        let value = change.map(|value| (change.key().clone(), Num(*value)));
        self.push(change.origin(), Value::Keyed(value.into_iter().collect()));
    }

    fn push(&self, origin: Option<&store::Origin>, new: Value) {
        let origin = origin.map(|origin| origin.who().to_owned());
        self.0.lock().push((origin, new));
    }
}

/// What keeps a reader, and reads for it.
enum Keeper {
    Inline(Watcher),
    Executor(Watcher, Worker),
    Inbox(LocalWatcher, Inbox),
    Stream(Box<dyn FnMut()>),
}

/// See the module.
pub(crate) struct Reader {
    pub(crate) ear: Ear,
    keeper: Keeper,
}

impl Reader {
    pub(crate) fn new(store: &Store<App>, settings: Settings, clock: &ManualClock) -> Self {
        let ear = Ear::default();
        let keeper = attach(store, settings, clock, &ear);
        Self { ear, keeper }
    }

    /// Has what waits told, if its pace allows.
    pub(crate) fn read(&mut self) {
        match &mut self.keeper {
            Keeper::Inline(_) => {}
            Keeper::Executor(_, worker) => while worker.run_ready() > 0 {},
            Keeper::Inbox(_, inbox) => while inbox.drain() > 0 {},
            Keeper::Stream(read) => read(),
        }
    }

    /// Pauses it; a stream rests when nobody reads it.
    pub(crate) fn pause(&self) {
        match &self.keeper {
            Keeper::Inline(watcher) | Keeper::Executor(watcher, _) => watcher.pause(),
            Keeper::Inbox(watcher, _) => watcher.pause(),
            Keeper::Stream(_) => {}
        }
    }

    pub(crate) fn resume(&self) {
        match &self.keeper {
            Keeper::Inline(watcher) | Keeper::Executor(watcher, _) => watcher.resume(),
            Keeper::Inbox(watcher, _) => watcher.resume(),
            Keeper::Stream(_) => {}
        }
    }
}

/// Sets how many commits come one by one, and the pace.
macro_rules! manner {
    ($on:expr, $settings:ident, $clock:ident) => {{
        let mut on = $on;
        if let Ok(queue) = Queue::new($settings.bound) {
            on = on.every(queue);
        }
        match $settings.pace {
            Pace::AtOnce => on,
            Pace::Debounce(rest) => on.debounce(Duration::from_secs(rest), $clock.clone()),
            Pace::Throttle(period) => on.throttle(Duration::from_secs(period), $clock.clone()),
        }
    }};
}

/// Registers a source in any place; `$note` is how the ear takes its changes.
macro_rules! attach {
    ($store:ident, $settings:ident, $clock:ident, $ear:ident, $source:expr, $note:expr) => {{
        let (source, ear) = ($source, $ear.clone());
        let place = $settings.place;
        if place == Place::Stream {
            return stream!($store, $settings, $clock, ear, source, $note);
        }
        let watch = source.watch(move |change| $note(&ear, change));
        macro_rules! on {
            ($on:expr) => {
                match $settings.once {
                    true => $on.watch_across(watch.changes_only().once()),
                    false => $on.watch_across(watch),
                }
            };
        }
        match place {
            Place::Inline => Keeper::Inline(on!($store)),
            Place::Executor => {
                let (works, worker) = WorkQueue::new();
                Keeper::Executor(on!(manner!($store.on(works), $settings, $clock)), worker)
            }
            Place::Inbox | Place::Stream => {
                let inbox = Inbox::new(|| {});
                let watching = on!(manner!($store.on(&inbox), $settings, $clock));
                Keeper::Inbox(watching, inbox)
            }
        }
    }};
}

macro_rules! stream {
    ($store:ident, $settings:ident, $clock:ident, $ear:ident, $source:ident, $note:expr) => {{
        let mut read: Box<dyn FnMut()> = if $settings.once {
            let until = $store.until_across($source.changes_only(), |_| true);
            let mut until = Some(Box::pin(until));
            Box::new(move || {
                let mut cx = Context::from_waker(Waker::noop());
                let polled = until.as_mut().map(|until| until.as_mut().poll(&mut cx));
                if let Some(std::task::Poll::Ready(found)) = polled {
                    until = None;
                    if let Ok(item) = found {
                        $note(&$ear, item.change());
                    }
                }
            })
        } else {
            let pull = manner!($store.pull(), $settings, $clock);
            let mut stream = pull.stream_across($source);
            Box::new(move || {
                while let Some(item) = stream.try_next() {
                    $note(&$ear, item.change());
                }
            })
        };
        read();
        Keeper::Stream(read)
    }};
}

fn attach(store: &Store<App>, settings: Settings, clock: &ManualClock, ear: &Ear) -> Keeper {
    macro_rules! field {
        ($field:expr) => {
            attach!(store, settings, clock, ear, $field, Ear::note)
        };
    }
    let total = || {
        store.derive((Desk::NAMES, Room::NOTES), |(names, notes)| {
            (names.len() + notes.len()) as f64
        })
    };
    match settings.source {
        Source::Field(Field::Level) => field!(Desk::LEVEL),
        Source::Field(Field::Names) => field!(Desk::NAMES),
        Source::Field(Field::Notes) => field!(Room::NOTES),
        Source::Field(Field::Tags) => field!(Room::TAGS),
        Source::Field(Field::Lines) => field!(Room::LINES),
        Source::Field(Field::Stock) => field!(Shelf::STOCK),
        Source::Field(Field::Gaps) => field!(Shelf::GAPS),
        Source::Field(Field::Alarm) => field!(Shelf::ALARM),
        Source::Field(field) => panic!("{field:?} is no source of readers"),
        Source::KeyOfStock => {
            let key = Shelf::STOCK.key("a".to_owned());
            attach!(store, settings, clock, ear, key, Ear::note_key)
        }
        Source::Total => field!(total()),
        Source::Loud => field!(store.derive((total(), Shelf::ALARM), |(total, alarm)| {
            *alarm || *total > 2.0
        })),
        Source::View => field!(
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
