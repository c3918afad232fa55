//! Who watches which field and key.
//!
//! Belongs to the thread that tells. Runs no user code: indexes by key look keys up by themselves.

use std::{
    any::Any,
    collections::BTreeMap,
    sync::{Arc, Weak},
};

use smallvec::SmallVec;

use super::{
    feed::{Feed, FeedReader},
    listeners::{Entry, Listeners},
    report,
};
use crate::{
    change::{Commit, FieldPlace, Reach},
    model::{Holds, Model, Stores, VisitEach},
    state::ValueId,
};

/// Finds those who watch parts of one field, such as single keys.
pub(crate) trait Index<S: Stores>: Any + Send {
    /// Adds those whose part differs in `commit`.
    fn collect(&self, commit: &Commit<S>, into: &mut Vec<Entry>);
}

/// The part of a field that a callback watches: one place in an index.
pub(crate) trait Spot<S: Stores>: Send + Sync {
    fn insert(&self, indexes: &mut Indexes<S>, entry: Entry);
    fn remove(&self, indexes: &mut Indexes<S>, entry: Entry, is_there: &dyn Fn(&Entry) -> bool);
}

/// What a callback watches.
pub(crate) struct Place<S: Stores> {
    /// What it may see.
    pub(crate) reach: Reach,
    /// The part of the field that it watches, if it is not the whole.
    pub(crate) spot: Option<Box<dyn Spot<S>>>,
}

/// The indexes of one field, one of each kind.
pub(crate) struct Indexes<S: Stores>(Vec<Box<dyn Index<S>>>);

impl<S: Stores> Indexes<S> {
    /// The one of a kind, made when first asked for.
    pub(super) fn of<I: Index<S>>(&mut self, new: impl FnOnce() -> I) -> &mut I {
        let mut kinds = self.0.iter().map(|index| &**index as &dyn Any);
        let at = kinds.position(|index| index.is::<I>()).unwrap_or_else(|| {
            self.0.push(Box::new(new()));
            self.0.len() - 1
        });
        let index: &mut dyn Any = &mut *self.0[at];
        index
            .downcast_mut()
            .expect("the index is of the kind it was found by")
    }
}

/// Who hears all of something.
struct Table<S: Stores> {
    listeners: Listeners,
    /// What streams of it have still to read, if there are any.
    feed: Weak<Feed<S>>,
}

impl<S: Stores> Table<S> {
    fn is_empty(&self) -> bool {
        self.listeners.is_empty() && self.feed.strong_count() == 0
    }
}

impl<S: Stores> Default for Table<S> {
    fn default() -> Self {
        Self {
            listeners: Listeners::default(),
            feed: Weak::new(),
        }
    }
}

struct FieldTable<S: Stores> {
    whole: Table<S>,
    indexes: Indexes<S>,
}

struct StoreTable<S: Stores> {
    fields: Vec<FieldTable<S>>,
    any: Table<S>,
}

/// Tables of all named stores.
pub(super) struct Registry<S: Stores> {
    stores: Vec<StoreTable<S>>,
    /// One for each value derived at run time that somebody watches.
    values: BTreeMap<ValueId, Table<S>>,
    commits: Table<S>,
}

/// Feeds of what a commit changed.
pub(super) type Feeds<S> = SmallVec<[Arc<Feed<S>>; 2]>;

impl<S: Stores> Registry<S> {
    pub(super) fn new() -> Self {
        struct Tables<S: Stores>(Vec<StoreTable<S>>);
        impl<S: Stores> VisitEach<S> for Tables<S> {
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                let empty = || FieldTable {
                    whole: Table::default(),
                    indexes: Indexes(Vec::new()),
                };
                let fields = M::fields().iter().map(|_| empty()).collect();
                self.0.push(StoreTable {
                    fields,
                    any: Table::default(),
                });
            }
        }
        let mut tables = Tables(Vec::new());
        S::visit(&mut tables);
        Self {
            stores: tables.0,
            values: BTreeMap::new(),
            commits: Table::default(),
        }
    }

    /// Adds a callback. Indexes run the program's `Hash`, `Eq` and `Ord`.
    pub(super) fn insert(&mut self, place: &Place<S>, entry: Entry) {
        match &place.spot {
            Some(spot) => self.indexes(&place.reach, |indexes| spot.insert(indexes, entry)),
            None => self.tables(&place.reach, |table| table.listeners.insert(entry)),
        }
    }

    /// Has a stream hear what comes from now on. It leaves by being dropped.
    pub(super) fn attend(&mut self, reach: &Reach, reader: &FeedReader<S>) {
        reader.begin();
        let feed = Arc::downgrade(reader.feed());
        // Derived values come and go, and nobody says when the last stream of one is dropped.
        self.values.retain(|_, table| !table.is_empty());
        self.tables(reach, |table| table.feed = feed.clone());
    }

    /// Takes a callback out that `is_there` says no to.
    pub(super) fn remove(
        &mut self,
        place: &Place<S>,
        entry: Entry,
        is_there: &dyn Fn(&Entry) -> bool,
    ) {
        match &place.spot {
            Some(spot) => self.indexes(&place.reach, |indexes| {
                spot.remove(indexes, entry, is_there);
            }),
            None => self.tables(&place.reach, |table| table.listeners.remove_one(is_there)),
        }
    }

    fn indexes(&mut self, reach: &Reach, change: impl FnOnce(&mut Indexes<S>)) {
        if let Reach::Fields(fields) = reach
            && let [FieldPlace { store, field }] = fields[..]
        {
            change(&mut self.stores[store].fields[field].indexes);
        }
    }

    fn tables(&mut self, reach: &Reach, mut change: impl FnMut(&mut Table<S>)) {
        match reach {
            Reach::Fields(fields) => {
                for &place in fields {
                    match place.value() {
                        None => change(&mut self.stores[place.store].fields[place.field].whole),
                        Some(id) => self.value_table(id, &mut change),
                    }
                }
            }
            Reach::Store(store) => change(&mut self.stores[*store].any),
            Reach::All => change(&mut self.commits),
        }
    }

    fn value_table(&mut self, id: ValueId, change: impl FnOnce(&mut Table<S>)) {
        let table = self.values.entry(id).or_default();
        change(table);
        if table.is_empty() {
            self.values.remove(&id);
        }
    }

    /// Whether anybody is told of commits themselves.
    pub(super) fn is_told_commits(&self) -> bool {
        !self.commits.listeners.is_empty()
    }

    /// Whoever may watch what a commit changed, in order, each once; there may be some that have
    /// gone. Uses `found` if they are not together. Puts into `feeds` where streams read.
    pub(super) fn audience<'a>(
        &'a self,
        commit: &Commit<S>,
        found: &'a mut Vec<Entry>,
        feeds: &mut Feeds<S>,
    ) -> &'a [Entry] {
        let mut tables = SmallVec::<[&Table<S>; 4]>::new();
        let mut indexes = SmallVec::<[&Box<dyn Index<S>>; 4]>::new();
        let mut take = |table: &'a Table<S>| {
            if let Some(feed) = table.feed.upgrade() {
                feeds.push(feed);
            }
            if !table.listeners.is_empty() {
                tables.push(table);
            }
        };
        take(&self.commits);
        let mut last = None;
        commit.visit_touched(|place| {
            if let Some(id) = place.value() {
                return self.values.get(&id).into_iter().for_each(&mut take);
            }
            let FieldPlace { store, field } = place;
            let StoreTable { fields, any } = &self.stores[store];
            if last.replace(store) != Some(store) {
                take(any);
            }
            take(&fields[field].whole);
            for index in &fields[field].indexes.0 {
                indexes.push(index);
            }
        });
        if let ([table], []) = (&tables[..], &indexes[..]) {
            return table.listeners.as_slice();
        }
        found.clear();
        for table in tables {
            found.extend_from_slice(table.listeners.as_slice());
        }
        for index in indexes {
            report::contained(|| index.collect(commit, found));
        }
        found.sort_unstable_by_key(|entry| entry.order);
        found.dedup_by_key(|entry| entry.order);
        found
    }
}
