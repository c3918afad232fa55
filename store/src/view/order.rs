//! A list of rows that is kept in order: what goes is found by where it was, and what comes by where it belongs.
//!
//! Knows no stages.

use std::ops::Range;

use super::{row::Row, unsteady::Unsteady};
use crate::collections::{Key, List};

/// With more edits than one for so many rows, all rows are walked over instead of searching for each.
const WALK: usize = 32;

/// What became of one row.
pub(super) struct Edit<'a, K, V, O> {
    /// Where it was.
    pub(super) gone: Option<(O, &'a K)>,
    pub(super) came: Option<Row<K, V, O>>,
}

/// Rows in order.
pub(super) struct Ordered<K, V, O> {
    rows: List<Row<K, V, O>>,
    /// How many rows at the front the last edits left as they were.
    intact: usize,
}

impl<K: Key, V, O: Ord> Ordered<K, V, O> {
    /// Brings rows into order.
    pub(super) fn new(mut rows: Vec<Row<K, V, O>>) -> Self {
        sort(&mut rows);
        Self {
            rows: rows.into_iter().collect(),
            intact: 0,
        }
    }

    pub(super) fn rows(&self) -> &List<Row<K, V, O>> {
        &self.rows
    }

    /// Whether the last edits are known to have left these rows as they were.
    pub(super) fn is_intact(&self, range: &Range<usize>) -> bool {
        range.end <= self.intact
    }

    /// Makes edits, of no row twice.
    pub(super) fn edit(&mut self, edits: Vec<Edit<'_, K, V, O>>) -> Result<(), Unsteady> {
        if edits.len() > self.rows.len() / WALK {
            self.intact = 0;
            return self.walk(edits);
        }
        self.intact = usize::MAX;
        edits.into_iter().try_for_each(|edit| self.search(edit))
    }

    fn search(&mut self, Edit { gone, came }: Edit<'_, K, V, O>) -> Result<(), Unsteady> {
        if let Some((sort_key, key)) = gone {
            let at = self.find((&sort_key, key)).map_err(|_| Unsteady)?;
            self.intact = self.intact.min(at);
            match came {
                Some(row) if sort_key == *row.sort_key() => {
                    self.rows.replace(at, row);
                    return Ok(());
                }
                _ => self.rows.remove(at),
            };
        }
        if let Some(row) = came {
            let at = self.find(row.place()).err().ok_or(Unsteady)?;
            self.intact = self.intact.min(at);
            self.rows.insert(at, row);
        }
        Ok(())
    }

    /// Where a row is, or else where it would be.
    fn find(&self, place: (&O, &K)) -> Result<usize, usize> {
        let at = self
            .rows
            .partition_point(|row| row.place().cmp(&place).is_lt());
        match self.rows.get(at) {
            Some(row) if row.place() == place => Ok(at),
            _ => Err(at),
        }
    }

    fn walk(&mut self, edits: Vec<Edit<'_, K, V, O>>) -> Result<(), Unsteady> {
        let (mut gone, mut came) = (Vec::new(), Vec::new());
        for edit in edits {
            gone.extend(edit.gone);
            came.extend(edit.came);
        }
        gone.sort_unstable();
        sort(&mut came);
        let mut merged = Vec::with_capacity(self.rows.len() + came.len());
        let (mut gone, mut came) = (gone.into_iter().peekable(), came.into_iter().peekable());
        for row in &self.rows {
            let place = row.place();
            let is_gone = gone.next_if(|(sort_key, key)| (sort_key, *key) == place);
            if is_gone.is_none() {
                while let Some(earlier) = came.next_if(|other| other.place() < place) {
                    merged.push(earlier);
                }
                merged.push(row.clone());
            }
        }
        merged.extend(came);
        // A row that should have gone is still there, or one is there already that should have come.
        if gone.next().is_some() || !merged.is_sorted_by(|one, other| one.place() < other.place()) {
            return Err(Unsteady);
        }
        self.rows = merged.into_iter().collect();
        Ok(())
    }
}

fn sort<K: Ord, V, O: Ord>(rows: &mut [Row<K, V, O>]) {
    rows.sort_unstable_by(|one, other| one.place().cmp(&other.place()));
}
