//! Carries a program out on the store, and logs what can be noticed.

use std::{
    collections::BTreeMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use parking_lot::Mutex;
use store::{
    Guard, PanicSource, SnapshotAll, Store, StoreBuilder, Text, TextError, Transaction, Watcher,
    WatcherGroup, WriteError,
};

use crate::{
    app::{App, DESK, DeskDraft, ROOM, SHELF, plain_state, write_desk, write_room, write_shelf},
    crowd,
    log::{Event, Outcome},
    plain::{Field, Name, Num, State, Value, json_under},
    program::{Act, CHAIN_LIMIT, End, Guarded, REFUSED, REFUSED_PRICE, Step, Watch, Write},
    readers::Readers,
    watching,
};

/// What a callback says that panics because the program asks it to.
const CALLBACK_PANICS: &str = "a callback panics";

/// A store and all that the program keeps of it. Callbacks own a reference.
pub(crate) struct World {
    pub(crate) store: Store<App>,
    log: Arc<Mutex<Vec<Event>>>,
    handles: Mutex<Vec<(usize, Watcher)>>,
    /// Every watch there ever was, by the order of their registration, from 1.
    registered: Mutex<BTreeMap<usize, Watch>>,
    guards: Mutex<Vec<(Guarded, Guard)>>,
    /// What each callback that hears every change of a field has rebuilt from its diffs, by
    /// watcher and field.
    pub(crate) mirrors: Mutex<BTreeMap<(usize, Field), Value>>,
    /// Watches that are never to be called.
    crowd: Mutex<WatcherGroup>,
    readers: Arc<Readers>,
    /// Whether the steps of a write closure run.
    writing: AtomicBool,
}

pub(crate) struct Driver(Arc<World>);

impl Driver {
    pub(crate) fn new() -> Self {
        Self::with(Store::builder())
    }

    /// A store that merges commits when so many wait.
    pub(crate) fn with_queue_bound(commits: usize) -> Self {
        Self::with(Store::builder().queue_bound(commits))
    }

    fn with(builder: StoreBuilder<App>) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let reports = Arc::clone(&log);
        let store = builder
            .chain_limit(CHAIN_LIMIT)
            .on_panic(move |report| {
                assert!(
                    matches!(report.by, PanicSource::Callback(at) if at.file().ends_with("watching.rs")),
                    "{report}"
                );
                let (revision, message) = (report.revision, report.message.clone());
                reports.lock().push(match message == CALLBACK_PANICS {
                    true => Event::PanicReported { revision },
                    false => Event::Wrong { revision, message },
                });
            })
            .build();
        Self(Arc::new(World {
            store,
            log,
            handles: Mutex::default(),
            registered: Mutex::default(),
            guards: Mutex::default(),
            mirrors: Mutex::default(),
            crowd: Mutex::default(),
            readers: Arc::default(),
            writing: AtomicBool::new(false),
        }))
    }

    /// Adds many watches of keys that no program writes, for indexes to tell apart.
    pub(crate) fn add_crowd(&self) {
        let crowd = crowd::watch_all(&self.0.store);
        self.0.crowd.lock().extend(crowd);
    }

    pub(crate) fn act(&self, act: &Act) {
        if !matches!(act, Act::Panic) {
            self.0.act(act);
        }
    }

    pub(crate) fn store(&self) -> &Store<App> {
        &self.0.store
    }

    pub(crate) fn readers(&self) -> &Arc<Readers> {
        &self.0.readers
    }

    pub(crate) fn take_log(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.log.lock())
    }

    pub(crate) fn state(&self) -> (u64, State) {
        let all = self.snapshot();
        (all.revision(), plain_state(&all))
    }

    pub(crate) fn snapshot(&self) -> SnapshotAll<App> {
        self.0.store.snapshot_all()
    }

    /// Watches the revisions of all commits.
    pub(crate) fn watch_commits(&self, mut hear: impl FnMut(u64) + Send + 'static) -> Watcher {
        self.0
            .store
            .watch_commits(move |commit| hear(commit.revision()))
    }

    /// Every watch there ever was.
    pub(crate) fn watches(&self) -> BTreeMap<usize, Watch> {
        self.0.registered.lock().clone()
    }

    /// The watches that run, in the order in which their handles came.
    pub(crate) fn watching(&self) -> Vec<usize> {
        self.0.handles.lock().iter().map(|(id, _)| *id).collect()
    }

    /// Compares what the watches that still run rebuilt with what it should be.
    pub(crate) fn check_mirrors(&self, state: &State) {
        let watching = self.watching();
        for ((watcher, field), value) in &*self.0.mirrors.lock() {
            if watching.contains(watcher) {
                assert_eq!(value, state.get(*field), "{field:?} rebuilt from diffs");
            }
        }
    }
}

impl Drop for Driver {
    /// Ends the watches, whose callbacks own the world.
    fn drop(&mut self) {
        let handles = std::mem::take(&mut *self.0.handles.lock());
        drop(handles);
    }
}

impl World {
    pub(crate) fn log(&self, event: Event) {
        self.log.lock().push(event);
    }

    pub(crate) fn act(self: &Arc<Self>, act: &Act) {
        match act {
            Act::Nothing => {}
            Act::Write(write) => self.write(write),
            Act::WriteText(field, value, origin) => self.write_text(*field, value, *origin),
            Act::WriteRuntimeKey(key, value, origin) => {
                self.write_runtime_key(key, *value, *origin);
            }
            Act::Watch(watch) => self.watch(watch),
            Act::Unwatch(which) => self.unwatch(*which),
            Act::Guard(guarded) => self.switch_guard(*guarded),
            Act::Read => self.read(),
            Act::Reader(act) if !self.writing.load(SeqCst) => self.readers.act(&self.store, *act),
            Act::Reader(_) => {}
            Act::Panic => resume_unwind(Box::new(CALLBACK_PANICS)),
        }
    }

    fn read(&self) {
        let all = self.store.snapshot_all();
        self.log(Event::Read(all.revision(), Box::new(plain_state(&all))));
    }

    fn write(self: &Arc<Self>, write: &Write) {
        let outcome = match catch_unwind(AssertUnwindSafe(|| self.stage(write))) {
            Ok(Ok(())) => Outcome::Done,
            Ok(Err(error)) => outcome(&error),
            Err(panic) => outcome_of_panic(&*panic),
        };
        self.log(Event::Wrote(outcome, self.store.revision()));
    }

    fn write_text(&self, field: Field, value: &Value, origin: Option<&'static str>) {
        let (store, name) = field.text();
        let written = self.text(origin).write(store, name, field.json(value));
        self.log_text(written);
    }

    fn write_runtime_key(&self, key: &str, value: Option<Num>, origin: Option<&'static str>) {
        let (store, _) = Field::Extras.text();
        let written = match value {
            Some(_) => self.text(origin).write(store, key, json_under(value)),
            None => self.text(origin).reset(store, key),
        };
        self.log_text(written);
    }

    fn text(&self, origin: Option<&'static str>) -> Text<'_, App> {
        let text = self.store.text();
        match origin {
            Some(who) => text.by(who),
            None => text,
        }
    }

    fn log_text(&self, written: Result<(), TextError>) {
        let outcome = match written {
            Ok(()) => Outcome::Done,
            Err(TextError::WrongType { .. }) => Outcome::WrongType,
            Err(TextError::Write { source, .. }) => outcome(&source),
            Err(error) => panic!("{error}"),
        };
        self.log(Event::Wrote(outcome, self.store.revision()));
    }

    /// Writes with the verb that fits: one named store, several, or a reset.
    fn stage(self: &Arc<Self>, write: &Write) -> Result<(), WriteError<()>> {
        let Write { origin, steps, end } = write;
        let writer = origin.map(|who| self.store.by(who));
        if let ([Step::Reset(name)], End::Commit) = (&steps[..], end) {
            match (name, writer) {
                (Name::Desk, None) => self.store.reset(DESK),
                (Name::Room, None) => self.store.reset(ROOM),
                (Name::Shelf, None) => self.store.reset(SHELF),
                (Name::Desk, Some(writer)) => writer.reset(DESK),
                (Name::Room, Some(writer)) => writer.reset(ROOM),
                (Name::Shelf, Some(writer)) => writer.reset(SHELF),
            }
            return Ok(());
        }
        let is_on_desk = |step: &Step| step.field().is_some_and(|field| field.of() == Name::Desk);
        let on_desk = |desk: &mut DeskDraft<'_>| {
            steps.iter().for_each(|step| write_desk(step, desk));
            finish(*end)
        };
        let on_all = |transaction: &mut Transaction<'_, App>| {
            self.writing.store(true, SeqCst);
            steps.iter().for_each(|step| self.step(step, transaction));
            self.writing.store(false, SeqCst);
            finish(*end)
        };
        match (!steps.is_empty() && steps.iter().all(is_on_desk), writer) {
            (true, None) => self.store.try_update(DESK, on_desk),
            (true, Some(writer)) => writer.try_update(DESK, on_desk),
            (false, None) => self.store.transaction(on_all),
            (false, Some(writer)) => writer.transaction(on_all),
        }
    }

    fn step(self: &Arc<Self>, step: &Step, transaction: &mut Transaction<'_, App>) {
        match step {
            Step::Nest => {
                let nested = self.store.try_update(DESK, |_| Err::<(), _>(()));
                let outcome = nested.map_or_else(|error| outcome(&error), |()| Outcome::Done);
                self.log(Event::Wrote(outcome, self.store.revision()));
                self.read();
            }
            Step::Watch(watch) => self.watch(watch),
            Step::Reset(Name::Desk) => transaction.reset(DESK),
            Step::Reset(Name::Room) => transaction.reset(ROOM),
            Step::Reset(Name::Shelf) => transaction.reset(SHELF),
            step if step.store() == Some(Name::Desk) => write_desk(step, transaction.on(DESK)),
            step if step.store() == Some(Name::Room) => write_room(step, transaction.on(ROOM)),
            step => write_shelf(step, transaction.on(SHELF)),
        }
    }

    fn watch(self: &Arc<Self>, watch: &Watch) {
        let id = {
            let mut registered = self.registered.lock();
            let id = registered.len() + 1;
            registered.insert(id, watch.clone());
            id
        };
        let watcher = watching::watch(self, id, watch);
        self.handles.lock().push((id, watcher));
        self.log(Event::Watched(id));
    }

    fn unwatch(&self, which: usize) {
        let ended = {
            let mut handles = self.handles.lock();
            if handles.is_empty() {
                return;
            }
            let which = which % handles.len();
            handles.remove(which)
        };
        drop(ended.1);
        self.log(Event::Unwatched(ended.0));
    }

    fn switch_guard(&self, guarded: Guarded) {
        let mut guards = self.guards.lock();
        if let Some(at) = guards.iter().position(|(of, _)| *of == guarded) {
            drop(guards.remove(at));
            return;
        }
        let guard = match guarded {
            Guarded::Nick => self.store.guard(DESK, |desk| match desk.nick.as_deref() {
                Some(REFUSED) => Err("nobody is no nick".into()),
                _ => Ok(()),
            }),
            Guarded::Price => self.store.guard(SHELF, |shelf| match *shelf.price {
                REFUSED_PRICE => Err("nothing costs that".into()),
                _ => Ok(()),
            }),
        };
        guards.push((guarded, guard));
    }
}

fn finish(end: End) -> Result<(), ()> {
    match end {
        End::Commit => Ok(()),
        End::Fail => Err(()),
        End::Panic => resume_unwind(Box::new("a write closure panics")),
    }
}

fn outcome<E: fmt::Debug>(error: &WriteError<E>) -> Outcome {
    match error {
        WriteError::Aborted(_) => Outcome::Aborted,
        WriteError::Refused(_) => Outcome::Refused,
        WriteError::Nested(_) => Outcome::Nested,
        WriteError::Runaway(_) => Outcome::Runaway,
        other => panic!("unknown error: {other:?}"),
    }
}

/// What the verbs that return no error panic with, or the write closure's own panic.
fn outcome_of_panic(panic: &(dyn std::any::Any + Send)) -> Outcome {
    let message = panic.downcast_ref::<String>().map_or("", String::as_str);
    let known = [
        ("refused", Outcome::Refused),
        ("inside the write closure", Outcome::Nested),
        ("end of a chain", Outcome::Runaway),
    ];
    let found = known.iter().find(|(words, _)| message.contains(words));
    found.map_or(Outcome::Panicked, |(_, outcome)| *outcome)
}
