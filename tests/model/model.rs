//! The contract, carried out one thing after the other on plain data.
//!
//! Written from the rules; knows nothing of how the store does it.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    expecting::{Readers, Resumption},
    log::{Event, Outcome, Told},
    plain::{Field, Name, Num, State, Value, is_unspeakable},
    program::{Act, CHAIN_LIMIT, End, Guarded, REFUSED, REFUSED_PRICE, Step, Watch, Write},
    settings::{ReaderAct, Use},
    steps::apply,
    telling::told,
};

pub(crate) struct Commit {
    pub(crate) before: State,
    pub(crate) after: State,
    pub(crate) revision: u64,
    pub(crate) origin: Option<&'static str>,
    pub(crate) depth: u32,
}

struct Watcher {
    watch: Watch,
    /// Where it stands among all that watch.
    place: usize,
    /// It hears of commits after this one.
    since: u64,
}

/// What is told next.
enum Item {
    Commit(Box<Commit>),
    Resume(Resumption),
}

/// Whoever is told.
#[derive(Clone, Copy)]
enum Listener {
    Watcher(usize),
    Reader(usize),
}

pub(crate) struct Model {
    state: State,
    revision: u64,
    watchers: BTreeMap<usize, Watcher>,
    registered: usize,
    handles: Vec<usize>,
    guards: Vec<Guarded>,
    pub(crate) readers: Readers,
    /// How many watchers and readers there ever were.
    places: usize,
    /// What nobody has been told of yet.
    queue: VecDeque<Item>,
    /// How many callbacks run, one inside the other.
    running: u32,
    writing: bool,
    /// How many writes, each made by a watcher of the one before, led here.
    depth: u32,
    log: Vec<Event>,
}

impl Model {
    pub(crate) fn new() -> Self {
        Self {
            state: State::new(),
            revision: 0,
            watchers: BTreeMap::new(),
            registered: 0,
            handles: Vec::new(),
            guards: Vec::new(),
            readers: Readers::default(),
            places: 0,
            queue: VecDeque::new(),
            running: 0,
            writing: false,
            depth: 0,
            log: Vec::new(),
        }
    }

    pub(crate) fn take_log(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.log)
    }

    pub(crate) fn state(&self) -> (u64, State) {
        (self.revision, self.state.clone())
    }

    pub(crate) fn act(&mut self, act: &Act) {
        match act {
            Act::Nothing | Act::Panic => {}
            Act::Write(write) => self.write(write),
            Act::WriteText(field, value, origin) => self.write_text(*field, value, *origin),
            Act::WriteRuntimeKey(key, value, origin) => {
                self.write_runtime_key(key, *value, *origin);
            }
            Act::Watch(watch) => self.watch(watch),
            Act::Unwatch(which) => self.unwatch(*which),
            Act::Guard(guarded) => self.switch_guard(*guarded),
            Act::Read => self.read(),
            Act::Reader(act) if !self.writing => self.act_on_readers(*act),
            Act::Reader(_) => {}
        }
    }

    fn act_on_readers(&mut self, act: ReaderAct) {
        match act {
            ReaderAct::Begin(settings) => {
                self.places += 1;
                let (revision, state) = (self.revision, &self.state);
                self.readers.begin(self.places, settings, revision, state);
            }
            ReaderAct::PauseAgain(which) => {
                self.act_on_readers(ReaderAct::Use(which, Use::Resume));
                self.act_on_readers(ReaderAct::Use(which, Use::Pause));
            }
            ReaderAct::Use(which, act) => {
                let resumption = self.readers.make_use(which, act);
                self.queue.extend(resumption.map(Item::Resume));
                self.tell_queue();
            }
            ReaderAct::Drop(which) => self.readers.drop(which),
        }
    }

    fn switch_guard(&mut self, guarded: Guarded) {
        match self.guards.iter().position(|guard| *guard == guarded) {
            Some(at) => drop(self.guards.remove(at)),
            None => self.guards.push(guarded),
        }
    }

    fn read(&mut self) {
        self.log
            .push(Event::Read(self.revision, Box::new(self.state.clone())));
    }

    fn write(&mut self, write: &Write) {
        let outcome = match self.writing {
            true => Outcome::Nested,
            false if self.depth > CHAIN_LIMIT => Outcome::Runaway,
            false => self.stage(write),
        };
        self.tell_queue();
        self.log.push(Event::Wrote(outcome, self.revision));
    }

    fn write_text(&mut self, field: Field, value: &Value, origin: Option<&'static str>) {
        if is_unspeakable(value) {
            self.log
                .push(Event::Wrote(Outcome::WrongType, self.revision));
            return;
        }
        self.write_step(Step::Set(field, value.clone()), origin);
    }

    fn write_runtime_key(&mut self, key: &str, value: Option<Num>, origin: Option<&'static str>) {
        let (field, key) = (Field::Extras, key.to_owned());
        let step = match value {
            Some(value) => Step::Insert(field, key, value),
            None => Step::Remove(field, key),
        };
        self.write_step(step, origin);
    }

    fn write_step(&mut self, step: Step, origin: Option<&'static str>) {
        self.write(&Write {
            origin,
            steps: vec![step],
            end: End::Commit,
        });
    }

    fn stage(&mut self, write: &Write) -> Outcome {
        let mut draft = self.state.clone();
        self.writing = true;
        for step in &write.steps {
            match step {
                Step::Nest => {
                    self.log.push(Event::Wrote(Outcome::Nested, self.revision));
                    self.read();
                }
                Step::Watch(watch) => self.watch(watch),
                step => apply(step, &mut draft),
            }
        }
        self.writing = false;
        draft.derive();
        let touches = |name| write.steps.iter().any(|step| step.store() == Some(name));
        let refuses = |guarded: &Guarded| match guarded {
            Guarded::Nick => {
                let refused = Value::Nick(Some(REFUSED.to_owned()));
                touches(Name::Desk) && *draft.get(Field::Nick) == refused
            }
            Guarded::Price => {
                let refused = Value::Level(Num(REFUSED_PRICE));
                touches(Name::Shelf) && *draft.get(Field::Price) == refused
            }
        };
        match write.end {
            End::Panic => return Outcome::Panicked,
            End::Fail => return Outcome::Aborted,
            End::Commit if self.guards.iter().any(refuses) => return Outcome::Refused,
            End::Commit => {}
        }
        if draft != self.state {
            self.revision += 1;
            let commit = Commit {
                before: std::mem::replace(&mut self.state, draft),
                after: self.state.clone(),
                revision: self.revision,
                origin: write.origin,
                depth: self.depth,
            };
            self.queue.push_back(Item::Commit(Box::new(commit)));
        }
        Outcome::Done
    }

    fn watch(&mut self, watch: &Watch) {
        self.registered += 1;
        self.places += 1;
        let id = self.registered;
        let (now, since) = (self.state.clone(), self.revision);
        let watcher = Watcher {
            watch: watch.clone(),
            place: self.places,
            since,
        };
        self.watchers.insert(id, watcher);
        for (nth, part) in watch.shape.in_call_order() {
            if let Some(told) = told(&part, None, &now)
                && !watch.changes_only
            {
                self.call(id, nth, since, None, told, self.depth);
            }
        }
        self.tell_queue();
        self.handles.push(id);
        self.log.push(Event::Watched(id));
    }

    fn unwatch(&mut self, which: usize) {
        if !self.handles.is_empty() {
            let id = self.handles.remove(which % self.handles.len());
            self.watchers.remove(&id);
            self.log.push(Event::Unwatched(id));
        }
    }

    /// Tells all commits that wait to all that watch, unless a callback or a write further up runs:
    /// then it is done after that.
    fn tell_queue(&mut self) {
        while self.running == 0 && !self.writing {
            match self.queue.pop_front() {
                Some(Item::Commit(commit)) => self.tell_all(&commit),
                Some(Item::Resume(resumption)) => self.readers.resume(resumption),
                None => return,
            }
        }
    }

    fn tell_all(&mut self, commit: &Commit) {
        let watchers = self.watchers.iter();
        let watchers = watchers.map(|(id, watcher)| (1, watcher.place, Listener::Watcher(*id)));
        let readers = self.readers.places();
        let readers = readers
            .map(|(place, is_first)| (usize::from(!is_first), place, Listener::Reader(place)));
        let mut all: Vec<_> = watchers.chain(readers).collect();
        all.sort_by_key(|(turn, place, _)| (*turn, *place));
        for (_, _, listener) in all {
            match listener {
                Listener::Watcher(id) => self.tell(id, commit),
                Listener::Reader(place) => self.readers.hear(place, commit),
            }
        }
    }

    fn tell(&mut self, id: usize, commit: &Commit) {
        let Some(watcher) = self.watchers.get(&id) else {
            return;
        };
        let ignores = commit
            .origin
            .is_some_and(|who| watcher.watch.ignoring.contains(&who));
        if watcher.since >= commit.revision || ignores {
            return;
        }
        for (nth, part) in watcher.watch.shape.in_call_order() {
            // An earlier callback may have ended the watch.
            if self.watchers.contains_key(&id)
                && let Some(told) = told(&part, Some(&commit.before), &commit.after)
            {
                self.call(id, nth, commit.revision, commit.origin, told, commit.depth);
            }
        }
    }

    /// Calls a callback, which does its next act.
    fn call(
        &mut self,
        id: usize,
        part: usize,
        revision: u64,
        origin: Option<&str>,
        told: Told,
        depth: u32,
    ) {
        self.log.push(Event::Called {
            watcher: id,
            part,
            revision,
            origin: origin.map(str::to_owned),
            told,
        });
        let watcher = self.watchers.get_mut(&id);
        let act = watcher.and_then(|watcher| watcher.watch.acts.pop_front());
        let outer = std::mem::replace(&mut self.depth, depth + 1);
        self.running += 1;
        if let Some(act) = &act {
            self.act(act);
        }
        self.running -= 1;
        self.depth = outer;
        if let Some(Act::Panic) = act {
            self.log.push(Event::PanicReported { revision });
        }
    }
}
