//! All rows, in a map of their own.

use super::{
    end::End,
    stage::{Stage, changes},
    watch::parts,
};
use crate::collections::OrdMap;

/// The rows of a stage as a map.
pub(super) type MapOf<R> = OrdMap<<R as Stage>::Key, <R as Stage>::Value>;

/// All rows as a map: [`Rows::collect`](super::Rows::collect).
pub struct Collected<R: Stage> {
    rows: R,
    map: MapOf<R>,
}

impl<R: Stage> Collected<R> {
    pub(super) fn new(rows: R) -> Self {
        Self {
            rows,
            map: OrdMap::new(),
        }
    }
}

impl<R: Stage> End for Collected<R> {
    type Value = MapOf<R>;

    fn forget(&mut self) {
        self.rows.forget();
        self.map.clear();
    }

    fn advance(&mut self) {
        self.rows.advance();
        for change in changes(&self.rows) {
            match change.into_parts() {
                (key, _, Some(value)) => self.map.insert(key.clone(), value.into_owned()),
                (key, _, None) => self.map.remove(key),
            };
        }
    }

    fn value(&self) -> Self::Value {
        self.map.clone()
    }
}

parts!(Collected<R: Stage> of rows: R);
