//! The rows of two stages that have the same keys, side by side.

use std::borrow::Cow;

use super::{
    stage::{Stage, Touched, When, distinct},
    watch::parts,
};

/// Each row of the left stage, with the row of the same key on the right if there is one:
/// [`Rows::left_join`](super::Rows::left_join).
pub struct LeftJoined<L: Stage, R> {
    left: L,
    right: R,
    /// What was touched in this step, if that was something on both sides.
    touched: Vec<L::Key>,
}

impl<L: Stage, R: Stage<Key = L::Key>> LeftJoined<L, R> {
    pub(super) fn new(left: L, right: R) -> Self {
        Self {
            left,
            right,
            touched: Vec::new(),
        }
    }

    fn pair<'a>(
        &'a self,
        when: When,
        key: &L::Key,
        left: Cow<'a, L::Value>,
    ) -> (L::Value, Option<R::Value>) {
        let right = self.right.get(when, key).map(Cow::into_owned);
        (left.into_owned(), right)
    }
}

impl<L: Stage, R: Stage<Key = L::Key>> Stage for LeftJoined<L, R> {
    type Key = L::Key;
    type Value = (L::Value, Option<R::Value>);

    fn forget(&mut self) {
        self.left.forget();
        self.right.forget();
    }

    fn advance(&mut self) {
        self.left.advance();
        self.right.advance();
        self.touched = match (self.left.touched(), self.right.touched()) {
            (Touched::Keys(left @ [_, ..]), Touched::Keys(right @ [_, ..])) => {
                distinct(left.iter().chain(right))
            }
            _ => Vec::new(),
        };
    }

    fn touched(&self) -> Touched<'_, L::Key> {
        match (self.left.touched(), self.right.touched()) {
            (Touched::Keys([]), other) | (other, Touched::Keys([])) => other,
            (Touched::Keys(_), Touched::Keys(_)) => Touched::Keys(&self.touched),
            (Touched::All, _) | (_, Touched::All) => Touched::All,
        }
    }

    fn get(&self, when: When, key: &L::Key) -> Option<Cow<'_, Self::Value>> {
        let left = self.left.get(when, key)?;
        Some(Cow::Owned(self.pair(when, key, left)))
    }

    fn iter(&self, when: When) -> impl Iterator<Item = (&L::Key, Cow<'_, Self::Value>)> {
        let rows = self.left.iter(when);
        rows.map(move |(key, left)| (key, Cow::Owned(self.pair(when, key, left))))
    }
}

/// The rows of the keys that both stages have: [`Rows::join`](super::Rows::join).
pub struct Joined<L: Stage, R> {
    pub(super) rows: LeftJoined<L, R>,
}

impl<L: Stage, R: Stage<Key = L::Key>> Stage for Joined<L, R> {
    type Key = L::Key;
    type Value = (L::Value, R::Value);

    fn forget(&mut self) {
        self.rows.forget();
    }

    fn advance(&mut self) {
        self.rows.advance();
    }

    fn touched(&self) -> Touched<'_, L::Key> {
        self.rows.touched()
    }

    fn get(&self, when: When, key: &L::Key) -> Option<Cow<'_, Self::Value>> {
        let left = self.rows.left.get(when, key)?;
        let right = self.rows.right.get(when, key)?;
        Some(Cow::Owned((left.into_owned(), right.into_owned())))
    }

    fn iter(&self, when: When) -> impl Iterator<Item = (&L::Key, Cow<'_, Self::Value>)> {
        let LeftJoined { left, right, .. } = &self.rows;
        left.iter(when).filter_map(move |(key, left)| {
            let right = right.get(when, key)?;
            Some((key, Cow::Owned((left.into_owned(), right.into_owned()))))
        })
    }
}

parts!(LeftJoined<L: Stage, R> of left: L, right: R);
parts!(Joined<L: Stage, R> of rows: LeftJoined<L, R>);
