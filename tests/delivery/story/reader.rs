//! Readers of every source, told in every way, that note what they are told.

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use parking_lot::Mutex;
use store::{
    Inbox, LocalWatcher, MapChange, Queue, SetChange, Source as _, Store, Watch as _, Watcher,
    WorkQueue, Worker, commits,
};

use super::sight::{DAYS, Source, text};
use crate::app::{App, DIARY, Diary, PURSE, Purse, USER, User};

/// How a reader is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Inline,
    Executor,
    Inbox,
    Stream,
}

/// What a reader was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) revision: u64,
    pub(super) merged: u64,
    /// What it differs from, if the change says so by itself.
    pub(super) old: Option<String>,
    pub(super) new: String,
    /// What its differences have made of what the reader knew before.
    pub(super) rebuilt: String,
}

/// What a reader has heard and knows by that.
#[derive(Clone, Default)]
pub(super) struct Ear(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    told: Vec<Told>,
    entries: BTreeMap<String, String>,
    /// The last change of each entry.
    changed: BTreeMap<String, (u64, Option<String>)>,
    stores: [String; 3],
}

impl Ear {
    pub(super) fn told(&self) -> Vec<Told> {
        self.0.lock().told.clone()
    }

    /// When one entry was last told of, and what it became.
    pub(super) fn entry(&self, key: &str) -> Option<(u64, Option<u8>)> {
        let heard = self.0.lock();
        let (at, now) = heard.changed.get(&text(&key))?;
        let now = now.as_ref().map(|now| now.parse().expect("a number"));
        Some((*at, now))
    }

    fn note(&self, revision: u64, merged: u64, old: Option<String>, new: String) {
        let rebuilt = new.clone();
        self.0.lock().told.push(Told {
            revision,
            merged,
            old,
            new,
            rebuilt,
        });
    }

    /// Makes the changes to what is known, whatever that is.
    fn rebuild<K: Debug, V: Debug>(&self, changes: impl Iterator<Item = (K, Option<V>)>) {
        let mut heard = self.0.lock();
        for (key, new) in changes {
            let (key, new) = (text(&key), new.as_ref().map(text));
            let at = heard.told.last().map_or(0, |told| told.revision);
            heard.changed.insert(key.clone(), (at, new.clone()));
            match new {
                Some(new) => heard.entries.insert(key, new),
                None => heard.entries.remove(&key),
            };
        }
        let entries = heard.entries.iter().map(|(key, value)| match &**value {
            "()" => key.clone(),
            value => format!("{key}: {value}"),
        });
        let rebuilt = format!("{{{}}}", entries.collect::<Vec<_>>().join(", "));
        heard.told.last_mut().expect("it was just noted").rebuilt = rebuilt;
    }

    fn commit(&self, commit: &store::Commit<App>) {
        let mut heard = self.0.lock();
        let after = [
            commit.after(USER).map(text),
            commit.after(DIARY).map(text),
            commit.after(PURSE).map(text),
        ];
        for (known, after) in heard.stores.iter_mut().zip(after) {
            *known = after.unwrap_or_else(|| known.clone());
        }
        let new = heard.stores.join(" ");
        drop(heard);
        self.note(commit.revision(), commit.merged(), None, new);
    }
}

fn entry<K, V>(change: MapChange<K, V>) -> (K, Option<V>) {
    match change {
        MapChange::Inserted { key, value } => (key, Some(value)),
        MapChange::Updated { key, new, .. } => (key, Some(new)),
        MapChange::Removed { key, .. } => (key, None),
    }
}

fn member<K>(change: SetChange<K>) -> (K, Option<()>) {
    match change {
        SetChange::Inserted(key) => (key, Some(())),
        SetChange::Removed(key) => (key, None),
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
pub(super) struct Reader {
    pub(super) ear: Ear,
    keeper: Keeper,
}

/// How a reader is made, whatever it watches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) source: Source,
    pub(super) place: Place,
    /// How many commits it wants one by one.
    pub(super) bound: usize,
    /// Whether it ignores what `me` writes.
    pub(super) ignores: bool,
}

impl Reader {
    pub(super) fn new(store: &Store<App>, settings: Settings) -> Self {
        let ear = Ear::default();
        ear.0.lock().stores = [USER_TEXT, DIARY_TEXT, PURSE_TEXT].map(|of| of(store));
        let keeper = attach(store, settings, &ear);
        Self { ear, keeper }
    }

    /// Has what waits told.
    pub(super) fn read(&mut self) {
        match &mut self.keeper {
            Keeper::Inline(_) => {}
            Keeper::Executor(_, worker) => while worker.run_ready() > 0 {},
            Keeper::Inbox(_, inbox) => while inbox.drain() > 0 {},
            Keeper::Stream(read) => read(),
        }
    }

    /// Pauses it, if it can be.
    pub(super) fn pause(&self) {
        match &self.keeper {
            Keeper::Inline(watcher) | Keeper::Executor(watcher, _) => watcher.pause(),
            Keeper::Inbox(watcher, _) => watcher.pause(),
            Keeper::Stream(_) => {}
        }
    }

    pub(super) fn resume(&self) {
        match &self.keeper {
            Keeper::Inline(watcher) | Keeper::Executor(watcher, _) => watcher.resume(),
            Keeper::Inbox(watcher, _) => watcher.resume(),
            Keeper::Stream(_) => {}
        }
    }
}

type TextOf = fn(&Store<App>) -> String;
const USER_TEXT: TextOf = |store| text(&*store.snapshot(USER));
const DIARY_TEXT: TextOf = |store| text(&*store.snapshot(DIARY));
const PURSE_TEXT: TextOf = |store| text(&*store.snapshot(PURSE));

/// Registers a source in any place. `$tell` hands a change to the ear.
macro_rules! attach {
    ($store:ident, $settings:ident, $ear:ident, $source:expr, $tell:expr) => {{
        let Settings { place, bound, ignores, .. } = $settings;
        let (ear, who) = ($ear.clone(), if ignores { "me" } else { "nobody" });
        let queue = Queue::new(bound).ok();
        let watch = {
            let ear = ear.clone();
            $source.watch(move |change| $tell(&ear, change)).ignoring(who)
        };
        match place {
            Place::Inline => Keeper::Inline($store.watch_across(watch)),
            Place::Executor => {
                let (works, worker) = WorkQueue::new();
                let mut on = $store.on(works);
                if let Some(queue) = queue {
                    on = on.every(queue);
                }
                Keeper::Executor(on.watch_across(watch), worker)
            }
            Place::Inbox => {
                let inbox = Inbox::new(|| {});
                let mut on = $store.on(&inbox);
                if let Some(queue) = queue {
                    on = on.every(queue);
                }
                let watching = on.watch_across(watch);
                Keeper::Inbox(watching, inbox)
            }
            Place::Stream => {
                let mut pull = $store.pull();
                if let Some(queue) = queue {
                    pull = pull.every(queue);
                }
                let mut stream = pull.stream_across($source.ignoring(who));
                let mut read = move || {
                    while let Some(item) = stream.try_next() {
                        attach!(@item item, change, $tell(&ear, change));
                    }
                };
                read();
                Keeper::Stream(Box::new(read))
            }
        }
    }};
    (@item $item:ident, $change:ident, $tell:expr) => {{
        let $change = $item.change();
        $tell
    }};
}

fn attach(store: &Store<App>, settings: Settings, ear: &Ear) -> Keeper {
    match settings.source {
        Source::Coins => attach!(store, settings, ear, Purse::COINS, value),
        Source::Poor => attach!(
            store,
            settings,
            ear,
            PURSE.project(|purse| purse.coins < purse.spent),
            value
        ),
        Source::Lines => attach!(store, settings, ear, Diary::LINES, value),
        Source::Statuses => attach!(
            store,
            settings,
            ear,
            User::STATUSES,
            |ear: &Ear, change: store::Change<'_, store::Map<String, u8>>| {
                value(ear, change);
                ear.rebuild(change.changes().map(entry));
            }
        ),
        Source::Tags => attach!(store, settings, ear, User::TAGS, |ear: &Ear,
                                                                   change: store::Change<
            '_,
            store::Set<String>,
        >| {
            value(ear, change);
            ear.rebuild(change.changes().map(member));
        }),
        Source::Ann => attach!(
            store,
            settings,
            ear,
            User::STATUSES.key("ann".to_owned()),
            |ear: &Ear, change: store::KeyChange<'_, String, u8>| {
                let old = (!change.is_initial()).then(|| text(&change.old()));
                ear.note(change.revision(), change.merged(), old, text(&*change));
            }
        ),
        Source::Days => attach!(
            store,
            settings,
            ear,
            Diary::DAYS.range(DAYS),
            |ear: &Ear, change: store::RangeChange<'_, u32, u8>| {
                let now: BTreeMap<_, _> = change.iter().collect();
                ear.note(change.revision(), change.merged(), None, text(&now));
                ear.rebuild(change.changes().map(entry));
            }
        ),
        Source::Balance => attach!(
            store,
            settings,
            ear,
            PURSE.fields((Purse::COINS, Purse::SPENT)),
            |ear: &Ear, change: store::StoreChange<'_, Purse>| {
                let now = text(&(change.coins, change.spent));
                ear.note(change.revision(), change.merged(), None, now);
            }
        ),
        Source::Diary => attach!(
            store,
            settings,
            ear,
            DIARY.any(),
            |ear: &Ear, change: store::StoreChange<'_, Diary>| {
                let now = text(change.state());
                ear.note(change.revision(), change.merged(), None, now);
            }
        ),
        Source::Commits => attach_commits(store, settings, ear),
    }
}

fn value<T: Debug>(ear: &Ear, change: store::Change<'_, T>) {
    let old = change.old().map(text);
    ear.note(change.revision(), change.merged(), old, text(&*change));
}

/// A commit owns itself, so its streams yield it as it is.
trait OwnChange {
    fn change(&self) -> &Self {
        self
    }
}

impl OwnChange for Arc<store::Commit<App>> {}

fn attach_commits(store: &Store<App>, settings: Settings, ear: &Ear) -> Keeper {
    let tell = |ear: &Ear, commit: &Arc<store::Commit<App>>| ear.commit(commit);
    attach!(store, settings, ear, commits::<App>(), tell)
}
