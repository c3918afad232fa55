//! The rows that a function says yes to.

use std::borrow::Cow;

use super::{
    function::Function,
    stage::{Stage, Touched, When},
    watch::parts,
};

/// The rows that a function says yes to: [`Rows::filter`](super::Rows::filter),
/// [`Rows::filter_by`](super::Rows::filter_by).
pub struct Filtered<R, F> {
    pub(super) rows: R,
    pub(super) keep: F,
}

impl<R, F> Stage for Filtered<R, F>
where
    R: Stage,
    F: Function<R::Key, R::Value, Output = bool>,
{
    type Key = R::Key;
    type Value = R::Value;

    fn forget(&mut self) {
        self.rows.forget();
    }

    fn advance(&mut self) {
        self.rows.advance();
    }

    fn touched(&self) -> Touched<'_, R::Key> {
        self.rows.touched().or_all(self.keep.is_changed())
    }

    fn get(&self, when: When, key: &R::Key) -> Option<Cow<'_, R::Value>> {
        let value = self.rows.get(when, key);
        value.filter(|value| self.keep.call(when, key, value))
    }

    fn iter(&self, when: When) -> impl Iterator<Item = (&R::Key, Cow<'_, R::Value>)> {
        let rows = self.rows.iter(when);
        rows.filter(move |(key, value)| self.keep.call(when, key, value))
    }
}

parts!(Filtered<R, F> of rows: R, keep: F);
