//! The rows of a collection in the store: where every live view begins.

use std::{borrow::Cow, fmt};

use super::{
    stage::{Stage, Touched, When},
    versions::Versions,
    watch::{Reading, Reads, Visit},
};
use crate::{
    change::FieldPlace,
    collections::{Entries, Keyed, KeyedJournal},
    model::{Field, Holds, Model},
    watch::Moment,
};

/// The items of a map or set in the store, as rows: [`Field::view`].
pub struct FieldRows<M: Model, C: Keyed> {
    field: Field<M, C>,
    /// What this view has seen of it, whatever others were told meanwhile.
    items: Versions<C>,
    /// `None` for all.
    touched: Option<Vec<C::Key>>,
}

impl<M: Model, C: Keyed> FieldRows<M, C> {
    pub(super) fn new(field: Field<M, C>) -> Self {
        Self {
            field,
            items: Versions::new(C::default()),
            touched: None,
        }
    }
}

impl<M: Model, C: Keyed> Stage for FieldRows<M, C> {
    type Key = C::Key;
    type Value = C::Value;

    fn forget(&mut self) {
        self.items.set_before(C::default());
        self.touched = None;
    }

    fn advance(&mut self) {}

    fn touched(&self) -> Touched<'_, C::Key> {
        self.touched.as_deref().map_or(Touched::All, Touched::Keys)
    }

    fn get(&self, when: When, key: &C::Key) -> Option<Cow<'_, C::Value>> {
        self.items.at(when).entries().get(key).map(Cow::Borrowed)
    }

    fn iter(&self, when: When) -> impl Iterator<Item = (&C::Key, Cow<'_, C::Value>)> {
        let items = self.items.at(when).entries().iter();
        items.map(|(key, value)| (key, Cow::Borrowed(value)))
    }
}

impl<S: Holds<M>, M: Model, C: Keyed> Reading<S> for FieldRows<M, C> {
    fn note(&mut self, moment: &Moment<'_, S>) -> bool {
        let Some(change) = moment.noted(self.field) else {
            self.items.keep();
            self.touched.get_or_insert_default().clear();
            return false;
        };
        self.items.set(change.value().clone());
        // All, too, if the program's own code panics below.
        self.touched = None;
        if !change.is_initial() {
            let [before, now] = [When::Before, When::Now].map(|when| self.items.at(when).entries());
            let follows = change.old().is_some_and(|old| old.entries().ptr_eq(before));
            let journal = change.journal::<KeyedJournal<C::Key, C::Value>>();
            self.touched = Some(match journal.filter(|_| follows) {
                Some(journal) => journal.keys().cloned().collect(),
                None => now
                    .changes_since(before)
                    .map(|change| C::Key::clone(change.key()))
                    .collect(),
            });
        }
        true
    }
}

impl<S: Holds<M>, M: Model, C: Keyed> Reads<S> for FieldRows<M, C> {
    fn places(&self, found: &mut Vec<FieldPlace>) {
        found.push(FieldPlace::of::<S, M, C>(self.field));
    }

    fn readings(&mut self, visit: Visit<'_, S>) {
        visit(self);
    }
}

impl<M: Model, C: Keyed> fmt::Debug for FieldRows<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.field, f)
    }
}
