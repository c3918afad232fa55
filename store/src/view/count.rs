//! How many rows there are.

use super::{
    end::End,
    stage::{Stage, When, changes},
    unsteady::Unsteady,
    watch::parts,
};
use crate::collections::MapChange;

/// How many rows there are: [`Rows::count`](super::Rows::count).
pub struct Count<R> {
    rows: R,
    count: usize,
}

impl<R> Count<R> {
    pub(super) fn new(rows: R) -> Self {
        Self { rows, count: 0 }
    }
}

impl<R: Stage> End for Count<R> {
    type Value = usize;

    fn forget(&mut self) {
        self.rows.forget();
        self.count = 0;
    }

    fn advance(&mut self) {
        self.rows.advance();
        let (mut came, mut went) = (0, 0);
        for change in changes(&self.rows) {
            match change {
                MapChange::Inserted { .. } => came += 1,
                MapChange::Removed { .. } => went += 1,
                MapChange::Updated { .. } => {}
            }
        }
        self.count = (self.count + came).checked_sub(went).unwrap_or_else(|| {
            // Only rows that were not said to be there can be too many to go.
            Unsteady.report("filter");
            self.rows.iter(When::Now).count()
        });
    }

    fn value(&self) -> usize {
        self.count
    }
}

parts!(Count<R> of rows: R);
