//! What a function makes of each row.

use std::borrow::Cow;

use super::{
    function::Function,
    stage::{Stage, Touched, When},
    watch::parts,
};

/// What a function makes of each row, under the same key: [`Rows::map`](super::Rows::map),
/// [`Rows::map_by`](super::Rows::map_by).
pub struct Mapped<R, F> {
    pub(super) rows: R,
    pub(super) map: F,
}

impl<R, F, W> Stage for Mapped<R, F>
where
    R: Stage,
    F: Function<R::Key, R::Value, Output = W>,
    W: Clone + PartialEq + Send + Sync + 'static,
{
    type Key = R::Key;
    type Value = W;

    fn forget(&mut self) {
        self.rows.forget();
    }

    fn advance(&mut self) {
        self.rows.advance();
    }

    fn touched(&self) -> Touched<'_, R::Key> {
        self.rows.touched().or_all(self.map.is_changed())
    }

    fn get(&self, when: When, key: &R::Key) -> Option<Cow<'_, W>> {
        let value = self.rows.get(when, key)?;
        Some(Cow::Owned(self.map.call(when, key, &value)))
    }

    fn iter(&self, when: When) -> impl Iterator<Item = (&R::Key, Cow<'_, W>)> {
        let rows = self.rows.iter(when);
        rows.map(move |(key, value)| (key, Cow::Owned(self.map.call(when, key, &value))))
    }
}

parts!(Mapped<R, F> of rows: R, map: F);
