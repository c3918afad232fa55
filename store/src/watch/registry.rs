//! Who watches which field and key.
//!
//! A commit takes the tables it needs in O(1), and walks them while callbacks watch and unwatch.
//! Runs no user code: indexes by key look keys up by themselves.

use std::{any::Any, collections::BTreeMap, sync::Arc};

use smallvec::SmallVec;

use super::{
    listeners::{Listeners, Replaced},
    merged::Merger,
    report,
    watching::Entry,
};
use crate::{
    change::{Commit, FieldPlace, Reach},
    model::{Holds, Model, Stores, VisitEach},
    state::ValueId,
};

/// Finds those who watch parts of one field, such as single keys.
pub(crate) trait Index<S: Stores>: Any + Send + Sync {
    /// Adds those whose part differs in `commit`.
    fn collect(&self, commit: &Commit<S>, into: &mut Vec<Entry<S>>);
}

/// One place in an index.
pub(crate) trait Spot<S: Stores>: Send + Sync {
    fn insert(&self, entry: &Entry<S>);
    fn remove(&self, entry: &Entry<S>);
}

/// What a callback watches.
pub(crate) struct Place<S: Stores> {
    /// What it may see.
    pub(crate) reach: Reach,
    /// The part of the field that it watches, if it is not the whole.
    pub(crate) spot: Option<Arc<dyn Spot<S>>>,
}

struct FieldTable<S: Stores> {
    whole: Listeners<S>,
    indexes: Vec<Arc<dyn Index<S>>>,
}

/// A table of its own for each value derived at run time that somebody watches.
type ValueTables<S> = BTreeMap<ValueId, Listeners<S>>;

struct StoreTable<S: Stores> {
    fields: Vec<FieldTable<S>>,
    any: Listeners<S>,
}

/// Tables of all named stores.
pub(super) struct Registry<S: Stores> {
    stores: Vec<StoreTable<S>>,
    values: ValueTables<S>,
    commits: Listeners<S>,
}

impl<S: Stores> Registry<S> {
    pub(super) fn new() -> Self {
        struct Tables<S: Stores>(Vec<StoreTable<S>>);
        impl<S: Stores> VisitEach<S> for Tables<S> {
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                let empty = || FieldTable {
                    whole: Listeners::new(),
                    indexes: Vec::new(),
                };
                let fields = M::fields().iter().map(|_| empty()).collect();
                self.0.push(StoreTable {
                    fields,
                    any: Listeners::new(),
                });
            }
        }
        let mut tables = Tables(Vec::new());
        S::visit(&mut tables);
        Self {
            stores: tables.0,
            values: ValueTables::new(),
            commits: Listeners::new(),
        }
    }

    pub(super) fn insert(&mut self, entry: &Entry<S>) {
        self.tables(entry.place(), |table| table.insert(entry));
    }

    /// Takes note that a callback has ended. Hands out what was replaced, to be dropped with no lock
    /// held.
    pub(super) fn remove(&mut self, entry: &Entry<S>) -> Vec<Replaced<S>> {
        let mut replaced = Vec::new();
        self.tables(entry.place(), |table| replaced.extend(table.remove_one()));
        replaced
    }

    fn tables(&mut self, place: &Place<S>, mut change: impl FnMut(&mut Listeners<S>)) {
        match &place.reach {
            _ if place.spot.is_some() => {}
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

    fn value_table(&mut self, id: ValueId, change: impl FnOnce(&mut Listeners<S>)) {
        let table = self.values.entry(id).or_insert_with(Listeners::new);
        change(table);
        if table.is_empty() {
            self.values.remove(&id);
        }
    }

    /// The index of one kind over one field, made when first asked for.
    pub(super) fn index<I: Index<S>>(
        &mut self,
        place: FieldPlace,
        new: impl FnOnce() -> I,
    ) -> Arc<I> {
        let indexes = &mut self.stores[place.store].fields[place.field].indexes;
        let found = indexes.iter().find_map(|index| {
            let index: Arc<dyn Any + Send + Sync> = Arc::clone(index) as _;
            index.downcast::<I>().ok()
        });
        found.unwrap_or_else(|| {
            let index = Arc::new(new());
            indexes.push(Arc::clone(&index) as _);
            index
        })
    }

    /// Whoever may watch one of these fields, which come store by store.
    pub(super) fn audience(&self, changed: impl FnOnce(&mut dyn FnMut(FieldPlace))) -> Audience<S> {
        let mut audience = Audience {
            tables: SmallVec::new(),
            indexes: SmallVec::new(),
        };
        audience.add(&self.commits);
        let mut last = None;
        changed(&mut |place: FieldPlace| {
            if let Some(id) = place.value() {
                return self
                    .values
                    .get(&id)
                    .into_iter()
                    .for_each(|table| audience.add(table));
            }
            let FieldPlace { store, field } = place;
            let tables = &self.stores[store];
            if last.replace(store) != Some(store) {
                audience.add(&tables.any);
            }
            let FieldTable { whole, indexes } = &tables.fields[field];
            audience.add(whole);
            audience.indexes.extend(indexes.iter().map(Arc::clone));
        });
        audience
    }
}

/// Tables and indexes of what a commit changed, taken out of the registry.
pub(super) struct Audience<S: Stores> {
    tables: SmallVec<[Listeners<S>; 2]>,
    indexes: SmallVec<[Arc<dyn Index<S>>; 2]>,
}

impl<S: Stores> Audience<S> {
    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.indexes.is_empty()
    }

    fn add(&mut self, table: &Listeners<S>) {
        if !table.is_empty() {
            self.tables.push(table.clone());
        }
    }

    /// Tells each callback, once, in order.
    pub(super) fn tell(&self, commit: &Arc<Commit<S>>) {
        let mut merger = Merger::new();
        let tell = |entry: &Entry<S>| entry.tell(commit, &mut merger);
        if let ([table], []) = (&self.tables[..], &self.indexes[..]) {
            return table.as_slice().iter().for_each(tell);
        }
        let tables = self.tables.iter().flat_map(Listeners::as_slice);
        let mut entries: Vec<_> = tables.cloned().collect();
        for index in &self.indexes {
            report::contained(|| index.collect(commit, &mut entries));
        }
        entries.sort_unstable_by_key(|entry| entry.order);
        entries.dedup_by_key(|entry| entry.order);
        entries.iter().for_each(tell);
    }
}
