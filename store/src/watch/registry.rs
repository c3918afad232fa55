//! Who watches which field and key.
//!
//! A commit takes the tables it needs in O(1), and walks them while callbacks watch and unwatch.
//! Runs no user code: indexes by key look keys up by themselves.

use std::{any::Any, sync::Arc};

use smallvec::SmallVec;

use super::{
    entry::{Entry, Order},
    listeners::Listeners,
    report,
};
use crate::{
    change::{Commit, FieldPlace},
    model::{Holds, Model, Stores, VisitEach},
};

/// Finds those who watch parts of one field, such as single keys.
pub(crate) trait Index<S: Stores>: Any + Send + Sync {
    /// Adds those whose part differs in `commit`.
    fn collect(&self, commit: &Commit<S>, into: &mut Vec<Arc<Entry<S>>>);
}

/// One place in an index.
pub(crate) trait Spot<S: Stores>: Send + Sync {
    fn insert(&self, entry: &Arc<Entry<S>>);
    fn remove(&self, order: Order);
}

/// What a callback watches.
pub(crate) enum Place<S: Stores> {
    /// Some fields of a named store.
    Fields { store: usize, fields: Vec<usize> },
    /// Every field of a named store.
    Store(usize),
    /// Every named store.
    Commits,
    /// A part of a field.
    Spot(Arc<dyn Spot<S>>),
}

struct FieldTable<S: Stores> {
    whole: Listeners<S>,
    indexes: Vec<Arc<dyn Index<S>>>,
}

struct StoreTable<S: Stores> {
    fields: Vec<FieldTable<S>>,
    any: Listeners<S>,
}

/// Tables of all named stores.
pub(super) struct Registry<S: Stores> {
    stores: Vec<StoreTable<S>>,
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
            commits: Listeners::new(),
        }
    }

    pub(super) fn insert(&mut self, place: &Place<S>, entry: &Arc<Entry<S>>) {
        self.tables(place, |table| {
            table.insert(entry);
        });
    }

    /// Takes note that the callback of `place` has ended.
    pub(super) fn remove(&mut self, place: &Place<S>) {
        self.tables(place, |table| {
            table.remove_one();
        });
    }

    fn tables(&mut self, place: &Place<S>, mut change: impl FnMut(&mut Listeners<S>)) {
        match place {
            Place::Fields { store, fields } => {
                for &field in fields {
                    change(&mut self.stores[*store].fields[field].whole);
                }
            }
            Place::Store(store) => change(&mut self.stores[*store].any),
            Place::Commits => change(&mut self.commits),
            Place::Spot(_) => {}
        }
    }

    /// The index of one kind over one field, made when first asked for.
    pub(super) fn index<I: Index<S>>(
        &mut self,
        store: usize,
        field: usize,
        new: impl FnOnce() -> I,
    ) -> Arc<I> {
        let indexes = &mut self.stores[store].fields[field].indexes;
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
        changed(&mut |FieldPlace { store, field }| {
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

    /// Calls `tell` for each callback, once, in order.
    pub(super) fn for_each(&self, commit: &Commit<S>, mut tell: impl FnMut(&Entry<S>)) {
        if let ([table], []) = (&self.tables[..], &self.indexes[..]) {
            table.as_slice().iter().for_each(|entry| tell(entry));
            return;
        }
        let mut entries: Vec<_> = self
            .tables
            .iter()
            .flat_map(Listeners::as_slice)
            .map(Arc::clone)
            .collect();
        for index in &self.indexes {
            report::contained(|| index.collect(commit, &mut entries));
        }
        entries.sort_unstable_by_key(|entry| entry.order);
        entries.dedup_by_key(|entry| entry.order);
        entries.iter().for_each(|entry| tell(entry));
    }
}
