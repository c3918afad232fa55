//! Rows in the order of what a function makes of them.

use std::borrow::Cow;

use super::{
    end::End,
    order::{Edit, Ordered},
    row::Row,
    stage::{Stage, When, changes},
    watch::parts,
};
use crate::collections::List;

/// All rows in order: [`Rows::sort_by`](super::Rows::sort_by).
pub struct Sorted<R: Stage, F, O> {
    rows: R,
    sort_key: F,
    sorted: Ordered<R::Key, R::Value, O>,
}

impl<R, F, O> Sorted<R, F, O>
where
    R: Stage,
    F: Fn(&R::Key, &R::Value) -> O,
    O: Ord,
{
    pub(super) fn new(rows: R, sort_key: F) -> Self {
        Self {
            rows,
            sort_key,
            sorted: Ordered::new(Vec::new()),
        }
    }

    pub(super) fn sorted(&self) -> &Ordered<R::Key, R::Value, O> {
        &self.sorted
    }
}

impl<R, F, O> End for Sorted<R, F, O>
where
    R: Stage,
    F: Fn(&R::Key, &R::Value) -> O,
    O: Ord + Send + Sync + 'static,
{
    type Value = List<Row<R::Key, R::Value, O>>;

    fn forget(&mut self) {
        self.rows.forget();
        self.sorted = Ordered::new(Vec::new());
    }

    fn advance(&mut self) {
        self.rows.advance();
        let row = |key: &R::Key, value: Cow<'_, R::Value>| {
            Row::new(
                (self.sort_key)(key, &value),
                key.clone(),
                value.into_owned(),
            )
        };
        let edits = changes(&self.rows).map(|change| {
            let (key, old, new) = change.into_parts();
            Edit {
                gone: old.map(|old| ((self.sort_key)(key, &old), key)),
                came: new.map(|new| row(key, new)),
            }
        });
        if let Err(unsteady) = self.sorted.edit(edits.collect()) {
            unsteady.report("sort_by");
            let rows = self.rows.iter(When::Now);
            self.sorted = Ordered::new(rows.map(|(key, value)| row(key, value)).collect());
        }
    }

    fn value(&self) -> Self::Value {
        self.sorted.rows().clone()
    }
}

parts!(Sorted<R: Stage, F, O> of rows: R);
