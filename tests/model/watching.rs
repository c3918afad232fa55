//! Watches of every shape, whose callbacks log what they are told and then act.

use std::{collections::VecDeque, sync::Arc};

use parking_lot::Mutex;
use store::{
    Change, Commit, Holds, KeyChange, Model, Origin, RangeChange, StoreChange, StoreName,
    Watch as _, WatchIn, WatchOf, Watcher,
};

use crate::{
    app::{App, Cell, DESK, Desk, ROOM, Room, SHELF, Shelf, entries, field_named},
    driver::World,
    log::{Event, Told},
    named::{self, Named},
    plain::{Entries, Field, Name, Num, PRESENT, Value},
    program::{Act, Part, Shape, Watch},
    rebuild::{Rebuild, map_delta},
};

/// What the callbacks of one watcher have in common.
#[derive(Clone)]
struct Ear {
    world: Arc<World>,
    watcher: usize,
    part: usize,
    acts: Arc<Mutex<VecDeque<Act>>>,
    /// Whether it hears every change.
    hears_all: bool,
}

impl Ear {
    fn part(&self, part: usize) -> Self {
        Self {
            part,
            ..self.clone()
        }
    }

    fn hear(&self, revision: u64, origin: Option<&Origin>, told: Told) {
        self.world.log(Event::Called {
            watcher: self.watcher,
            part: self.part,
            revision,
            origin: origin.map(|origin| origin.who().to_owned()),
            told,
        });
        let act = self.acts.lock().pop_front();
        if let Some(act) = act {
            self.world.act(&act);
        }
    }
}

/// Registers a watch.
pub(crate) fn watch(world: &Arc<World>, watcher: usize, watch: &Watch) -> Watcher {
    let ear = Ear {
        world: Arc::clone(world),
        watcher,
        part: 0,
        acts: Arc::new(Mutex::new(watch.acts.clone())),
        hears_all: watch.hears_all(),
    };
    match &watch.shape {
        Shape::One(part) => one(ear, part, watch),
        Shape::AllFields(Name::Desk) => {
            let all = Desk::watch()
                .names(field(ear.part(0), Field::Names))
                .level(field(ear.part(1), Field::Level))
                .nick(field(ear.part(2), Field::Nick))
                .online(field(ear.part(3), Field::Online));
            register(world, DESK, watch, all)
        }
        Shape::AllFields(Name::Room) => {
            let all = Room::watch()
                .extras(field(ear.part(0), Field::Extras))
                .locked(field(ear.part(1), Field::Locked))
                .lines(field(ear.part(2), Field::Lines))
                .tags(field(ear.part(3), Field::Tags))
                .notes(field(ear.part(4), Field::Notes));
            register(world, ROOM, watch, all)
        }
        Shape::AllFields(Name::Shelf) => {
            let all = Shelf::watch()
                .alarm(field(ear.part(0), Field::Alarm))
                .gaps(field(ear.part(1), Field::Gaps))
                .dear(field(ear.part(2), Field::Dear))
                .stock(field(ear.part(3), Field::Stock))
                .price(field(ear.part(4), Field::Price));
            register(world, SHELF, watch, all)
        }
        Shape::Mixed(key) => {
            let fields = Desk::watch()
                .level(field(ear.part(2), Field::Level))
                .online(field(ear.part(3), Field::Online));
            let one_key = Desk::NAMES
                .key(key.clone())
                .watch(under_key(ear.part(1), f64::num));
            register(
                world,
                DESK,
                watch,
                (DESK.any().watch(store(ear)), one_key, fields),
            )
        }
    }
}

fn register<M: Model>(
    world: &World,
    name: StoreName<M>,
    settings: &Watch,
    watch: impl WatchIn<App> + WatchOf<M>,
) -> Watcher
where
    App: Holds<M>,
{
    let store = &world.store;
    match (settings.changes_only, settings.ignoring) {
        (false, []) => store.watch(name, watch),
        (true, []) => store.watch(name, watch.changes_only()),
        (false, [who]) => store.watch(name, watch.ignoring(*who)),
        (true, [who]) => store.watch(name, watch.ignoring(*who).changes_only()),
        (false, [one, other, ..]) => store.watch(name, watch.ignoring(*one).ignoring(*other)),
        (true, [one, other, ..]) => {
            store.watch(name, watch.changes_only().ignoring(*one).ignoring(*other))
        }
    }
}

/// Registers a watch of one callback.
fn one(ear: Ear, part: &Part, watch: &Watch) -> Watcher {
    let world = &Arc::clone(&ear.world);
    macro_rules! on {
        ($name:ident, $watch:expr) => {
            register(world, $name, watch, $watch)
        };
    }
    match part {
        Part::Field(Field::Online) => on!(DESK, Desk::ONLINE.watch(field(ear, Field::Online))),
        Part::Field(Field::Nick) => on!(DESK, Desk::NICK.watch(field(ear, Field::Nick))),
        Part::Field(Field::Level) => on!(DESK, Desk::LEVEL.watch(field(ear, Field::Level))),
        Part::Field(Field::Names) => on!(DESK, Desk::NAMES.watch(field(ear, Field::Names))),
        Part::Field(Field::Notes) => on!(ROOM, Room::NOTES.watch(field(ear, Field::Notes))),
        Part::Field(Field::Tags) => on!(ROOM, Room::TAGS.watch(field(ear, Field::Tags))),
        Part::Field(Field::Lines) => on!(ROOM, Room::LINES.watch(field(ear, Field::Lines))),
        Part::Field(Field::Locked) => on!(ROOM, Room::LOCKED.watch(field(ear, Field::Locked))),
        Part::Field(Field::Extras) => on!(ROOM, Room::EXTRAS.watch(field(ear, Field::Extras))),
        Part::Field(Field::Price) => on!(SHELF, Shelf::PRICE.watch(field(ear, Field::Price))),
        Part::Field(Field::Stock) => on!(SHELF, Shelf::STOCK.watch(field(ear, Field::Stock))),
        Part::Field(Field::Dear) => on!(SHELF, Shelf::DEAR.watch(field(ear, Field::Dear))),
        Part::Field(Field::Gaps) => on!(SHELF, Shelf::GAPS.watch(field(ear, Field::Gaps))),
        Part::Field(Field::Alarm) => on!(SHELF, Shelf::ALARM.watch(field(ear, Field::Alarm))),
        Part::Key(Field::Stock, key) => on!(
            SHELF,
            Shelf::STOCK
                .key(key.clone())
                .watch(under_key(ear, f64::num))
        ),
        Part::Key(Field::Names, key) => {
            on!(
                DESK,
                Desk::NAMES.key(key.clone()).watch(under_key(ear, f64::num))
            )
        }
        Part::Key(Field::Notes, key) => {
            on!(
                ROOM,
                Room::NOTES.key(key.clone()).watch(under_key(ear, f64::num))
            )
        }
        Part::Key(Field::Extras, key) => on!(
            ROOM,
            Room::EXTRAS
                .key(key.clone().into())
                .watch(under_key(ear, Cell::num))
        ),
        Part::Key(_, key) => on!(
            ROOM,
            Room::TAGS
                .key(key.clone())
                .watch(under_key(ear, |()| PRESENT))
        ),
        Part::Range(start, end) => {
            on!(
                ROOM,
                Room::NOTES
                    .range(start.clone()..end.clone())
                    .watch(range(ear))
            )
        }
        Part::Prefix(prefix) => on!(ROOM, Room::NOTES.prefix(prefix).watch(range(ear))),
        Part::Projection => on!(DESK, DESK.project(project).watch(projection(ear))),
        Part::Together([Field::Online, _]) => {
            on!(
                DESK,
                DESK.fields((Desk::ONLINE, Desk::LEVEL)).watch(store(ear))
            )
        }
        Part::Together([Field::Nick, _]) => {
            on!(
                DESK,
                DESK.fields((Desk::NICK, Desk::NAMES)).watch(store(ear))
            )
        }
        Part::Together([Field::Notes, _]) => {
            on!(
                ROOM,
                ROOM.fields((Room::NOTES, Room::LINES)).watch(store(ear))
            )
        }
        Part::Together([Field::Price, _]) => on!(
            SHELF,
            SHELF.fields((Shelf::PRICE, Shelf::GAPS)).watch(store(ear))
        ),
        Part::Together(_) => on!(
            ROOM,
            ROOM.fields((Room::TAGS, Room::LOCKED)).watch(store(ear))
        ),
        Part::Any(Name::Desk) => on!(DESK, DESK.any().watch(store(ear))),
        Part::Any(Name::Room) => on!(ROOM, ROOM.any().watch(store(ear))),
        Part::Any(Name::Shelf) => on!(SHELF, SHELF.any().watch(store(ear))),
        Part::Commits => world.store.watch_commits(commits(ear)),
        Part::Text(field) => text(ear, *field, field.text().1),
        Part::RuntimeKey(key) => text(ear, Field::Extras, key),
    }
}

fn field<T: Rebuild>(ear: Ear, field: Field) -> impl FnMut(Change<'_, T>) + Send + 'static {
    move |change| {
        let old = change.old().map(T::plain);
        let nothing = || match field.default_value() {
            Value::Keyed(_) => Value::Keyed(Entries::new()),
            value => value,
        };
        let mut rebuilt = old.clone().unwrap_or_else(nothing);
        if ear.hears_all
            && let Some(mirror) = ear.world.mirrors.lock().get(&(ear.watcher, field))
        {
            rebuilt = mirror.clone();
        }
        let diff = T::rebuild(change, &mut rebuilt);
        let new = change.plain();
        assert_eq!(rebuilt, new, "rebuilt from the diff");
        if ear.hears_all {
            ear.world
                .mirrors
                .lock()
                .insert((ear.watcher, field), rebuilt);
        }
        ear.hear(
            change.revision(),
            change.origin(),
            Told::Field { old, new, diff },
        );
    }
}

fn under_key<K: ToString, V: 'static>(
    ear: Ear,
    num: fn(&V) -> Num,
) -> impl FnMut(KeyChange<'_, K, V>) + Send + 'static {
    move |change| {
        let old = (!change.is_initial()).then(|| change.old().map(num));
        let key = change.key().to_string();
        let new = change.map(num);
        ear.hear(
            change.revision(),
            change.origin(),
            Told::Key { key, old, new },
        );
    }
}

fn range(ear: Ear) -> impl FnMut(RangeChange<'_, String, f64>) + Send + 'static {
    move |change| {
        let told = Told::Range {
            is_initial: change.is_initial(),
            diff: change.changes().map(map_delta).collect(),
            entries: entries(change.iter()),
        };
        ear.hear(change.revision(), change.origin(), told);
    }
}

fn project(desk: &Desk) -> (usize, usize) {
    let not_numbers = desk.names.values().filter(|value| value.is_nan()).count();
    (desk.names.len(), not_numbers)
}

fn projection(ear: Ear) -> impl FnMut(Change<'_, (usize, usize)>) + Send + 'static {
    move |change| {
        let (old, new) = (change.old().copied(), *change);
        ear.hear(
            change.revision(),
            change.origin(),
            Told::Projection { old, new },
        );
    }
}

fn store<M: Named>(ear: Ear) -> impl FnMut(StoreChange<'_, M>) + Send + 'static {
    move |change| {
        let told = Told::Store {
            is_initial: change.is_initial(),
            changed: M::old(change),
            new: change.plain(),
        };
        ear.hear(change.revision(), change.origin(), told);
    }
}

fn commits(ear: Ear) -> impl FnMut(&Commit<App>) + Send + 'static {
    move |commit| {
        let fields = commit.changed_fields().into_iter();
        let told = Told::Commit {
            changed: fields
                .map(|(store, info)| field_named(store, info))
                .collect(),
            after: named::after(commit),
        };
        ear.hear(commit.revision(), commit.origin(), told);
    }
}

fn text(ear: Ear, field: Field, name: &str) -> Watcher {
    let (store, _) = field.text();
    let world = Arc::clone(&ear.world);
    let watcher = world.store.text().watch(store, name, move |change| {
        let told = Told::Text {
            old: change.old,
            new: change.new,
        };
        ear.hear(change.revision, change.origin.as_ref(), told);
    });
    watcher.expect("the field has a text form")
}
