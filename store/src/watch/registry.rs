//! Who watches which field and key.
//!
//! Belongs to the thread that tells. Indexes run the program's `Hash`, `Eq` and `Ord`.

use std::{
    any::Any,
    collections::BTreeMap,
    sync::{Arc, Weak},
};

use smallvec::SmallVec;

use super::{
    callback::Callback,
    feed::{Feed, FeedReader},
    field_table::{FieldListeners, FieldTable},
    found::Found,
    listeners::{Entry, Listeners},
    report,
    watching::Part,
};
use crate::{
    change::{Commit, FieldPlace, Reach},
    model::{Field, Holds, Model, Stores, VisitEach, VisitField},
    state::ValueId,
};

/// Finds those who watch parts of one field, such as single keys.
pub(crate) trait Index<S: Stores>: Any + Send {
    /// Adds those whose part differs in `commit`.
    fn collect(&self, commit: &Commit<S>, into: &mut Found);
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

/// Who hears all of a field, or a part of it.
struct OfField<S: Stores> {
    whole: Box<dyn FieldTable<S>>,
    feed: Weak<Feed<S>>,
    indexes: Indexes<S>,
}

struct OfStore<S: Stores> {
    fields: Vec<OfField<S>>,
    any: Table<S>,
}

/// Makes the tables of each field.
struct OfFields<S: Stores>(Vec<OfField<S>>);

impl<S: Holds<M>, M: Model> VisitField<M> for OfFields<S> {
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
        self.0.push(OfField {
            whole: Box::new(FieldListeners::<S, M, T>::new(field)),
            feed: Weak::new(),
            indexes: Indexes(Vec::new()),
        });
    }
}

/// Whom a commit is told to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Audience {
    /// Those who watch the one field that was found, and nobody else.
    OneField,
    /// Those found.
    Found,
}

/// Tables of all named stores.
pub(super) struct Registry<S: Stores> {
    stores: Vec<OfStore<S>>,
    /// One for each value derived at run time that somebody watches.
    values: BTreeMap<ValueId, Table<S>>,
    commits: Table<S>,
}

/// Feeds of what a commit changed.
pub(super) type Feeds<S> = SmallVec<[Arc<Feed<S>>; 2]>;

impl<S: Stores> Registry<S> {
    pub(super) fn new() -> Self {
        struct Tables<S: Stores>(Vec<OfStore<S>>);
        impl<S: Stores> VisitEach<S> for Tables<S> {
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                let mut fields = OfFields(Vec::new());
                M::visit(&mut fields);
                self.0.push(OfStore {
                    fields: fields.0,
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
        self.change(
            place,
            |indexes, spot| spot.insert(indexes, entry),
            |table| table.insert(entry),
            |table| table.listeners.insert(entry),
        );
    }

    /// Takes a callback out that `is_there` says no to.
    pub(super) fn remove(
        &mut self,
        place: &Place<S>,
        entry: Entry,
        is_there: &dyn Fn(&Entry) -> bool,
    ) {
        self.change(
            place,
            |indexes, spot| spot.remove(indexes, entry, is_there),
            |table| table.remove_one(is_there),
            |table| table.listeners.remove_one(is_there),
        );
    }

    /// Changes all the tables that a callback stands in.
    fn change(
        &mut self,
        place: &Place<S>,
        index: impl FnOnce(&mut Indexes<S>, &dyn Spot<S>),
        mut field: impl FnMut(&mut dyn FieldTable<S>),
        mut other: impl FnMut(&mut Table<S>),
    ) {
        let Place { reach, spot } = place;
        match reach {
            Reach::Fields(fields) => match (spot, &fields[..]) {
                (Some(spot), &[only]) => index(&mut self.field_mut(only).indexes, &**spot),
                _ => {
                    for &place in fields {
                        match place.value() {
                            None => field(&mut *self.field_mut(place).whole),
                            Some(id) => self.value_table(id, &mut other),
                        }
                    }
                }
            },
            Reach::Store(store) => other(&mut self.stores[*store].any),
            Reach::All => other(&mut self.commits),
        }
    }

    /// Lends a callback to the table of the field that it watches the whole of. Gives it back if its
    /// watcher is to call it: it watches something else, or does not hear everybody.
    pub(super) fn lend(
        &mut self,
        part: &Part<S>,
        callback: Box<dyn Callback<S>>,
    ) -> Option<Box<dyn Callback<S>>> {
        match self.whole_field(&part.place) {
            Some(table) if part.ignored.is_empty() => callback.join_field(table, part.order),
            _ => Some(callback),
        }
    }

    /// Takes back what was lent to a table.
    pub(super) fn take_back(&mut self, part: &Part<S>) -> Option<Box<dyn Callback<S>>> {
        self.whole_field(&part.place)?.take(part.order)
    }

    /// The table of the one field that a callback watches the whole of.
    fn whole_field(&mut self, place: &Place<S>) -> Option<&mut dyn FieldTable<S>> {
        match (&place.reach, &place.spot) {
            (Reach::Fields(fields), None) => match fields[..] {
                [only] if only.value().is_none() => Some(self.field_table(only)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Those who watch the whole of a field.
    #[inline]
    pub(super) fn field_table(&mut self, place: FieldPlace) -> &mut dyn FieldTable<S> {
        &mut *self.field_mut(place).whole
    }

    #[inline]
    fn field_mut(&mut self, place: FieldPlace) -> &mut OfField<S> {
        &mut self.stores[place.store].fields[place.field]
    }

    /// Has a stream hear what comes from now on. It leaves by being dropped.
    pub(super) fn attend(&mut self, reach: &Reach, reader: &FeedReader<S>) {
        reader.begin();
        let feed = Arc::downgrade(reader.feed());
        // Derived values come and go, and nobody says when the last stream of one is dropped.
        self.values.retain(|_, table| !table.is_empty());
        match reach {
            Reach::Fields(fields) => {
                for &place in fields {
                    match place.value() {
                        None => self.field_mut(place).feed = feed.clone(),
                        Some(id) => self.value_table(id, |table| table.feed = feed.clone()),
                    }
                }
            }
            Reach::Store(store) => self.stores[*store].any.feed = feed,
            Reach::All => self.commits.feed = feed,
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

    /// Whoever may watch what a commit changed; there may be some that have gone. If they are not
    /// together, puts them into `found`. Puts into `feeds` where streams read.
    #[inline]
    pub(super) fn audience<'a>(
        &'a self,
        commit: &Commit<S>,
        found: &mut Found,
        feeds: &mut Feeds<S>,
    ) -> Audience {
        found.clear();
        let Found { fields, .. } = found;
        let mut tables = SmallVec::<[&Table<S>; 4]>::new();
        let mut has_indexes = false;
        let mut attend = |feed: &Weak<Feed<S>>| {
            if let Some(feed) = feed.upgrade() {
                feeds.push(feed);
            }
        };
        let mut take = |table: &'a Table<S>| {
            if !table.listeners.is_empty() {
                tables.push(table);
            }
            &table.feed
        };
        attend(take(&self.commits));
        let mut last = None;
        commit.visit_touched(|place| {
            if let Some(id) = place.value() {
                let table = self.values.get(&id).into_iter();
                return table.for_each(|table| attend(take(table)));
            }
            let OfStore { fields: of, any } = &self.stores[place.store];
            if last.replace(place.store) != Some(place.store) {
                attend(take(any));
            }
            let field = &of[place.field];
            attend(&field.feed);
            let is_watched = !field.whole.is_empty();
            let is_indexed = !field.indexes.0.is_empty();
            has_indexes |= is_indexed;
            if is_watched || is_indexed {
                fields.push(place);
            }
        });
        if tables.is_empty() && !has_indexes && fields.len() == 1 {
            return Audience::OneField;
        }
        for table in tables {
            found.add_all(table.listeners.as_slice());
        }
        for nth in 0..found.fields.len() {
            let FieldPlace { store, field } = found.fields[nth];
            let field = &self.stores[store].fields[field];
            field.whole.collect(nth, found);
            for index in &field.indexes.0 {
                report::contained(|| index.collect(commit, found));
            }
        }
        found.settle();
        Audience::Found
    }
}
