//! What rows come from: stages, each asked for its rows before the last step and now.
//!
//! Knows no store. What a stage reads has been noted before it is asked to take the step, and a row is pulled
//! by its key through all stages, so that only those with a memory of their own have anything to keep up.

use std::borrow::Cow;

use crate::collections::{Key, MapChange, same};

/// Where the rows of a live view come from: a collection in the store, or what a stage makes of the rows
/// before it.
///
/// Made by [`Field::view`](crate::Field::view) and by the methods of [`Rows`](super::Rows).
pub trait Stage {
    /// What each row is found by.
    type Key: Key;
    /// What a row holds.
    type Value: Clone + PartialEq + Send + Sync + 'static;

    /// Forgets every row, so that the next step starts from none.
    #[doc(hidden)]
    fn forget(&mut self);

    /// Takes the step to what has been noted.
    #[doc(hidden)]
    fn advance(&mut self);

    /// The rows that may differ in this step.
    #[doc(hidden)]
    fn touched(&self) -> Touched<'_, Self::Key>;

    /// The row of a key.
    #[doc(hidden)]
    fn get(&self, when: When, key: &Self::Key) -> Option<Cow<'_, Self::Value>>;

    /// All rows, in whatever order, if only it is mostly the same before and now.
    #[doc(hidden)]
    fn iter(&self, when: When) -> impl Iterator<Item = (&Self::Key, Cow<'_, Self::Value>)>;
}

/// One of the two moments that a step lies between.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Before,
    Now,
}

/// Which rows a step may have changed.
#[doc(hidden)]
#[derive(Debug)]
pub enum Touched<'a, K> {
    /// The rows of these keys, no key twice.
    Keys(&'a [K]),
    /// Any row.
    All,
}

impl<K> Touched<'_, K> {
    /// All, if `all`.
    pub(super) fn or_all(self, all: bool) -> Self {
        if all { Self::All } else { self }
    }
}

impl<K> Clone for Touched<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Touched<'_, K> {}

/// The difference of one row in a step.
pub(super) type RowChange<'a, R> = MapChange<&'a <R as Stage>::Key, Cow<'a, <R as Stage>::Value>>;

/// The rows that differ in this step, whatever was touched besides.
pub(super) fn changes<R: Stage>(rows: &R) -> impl Iterator<Item = RowChange<'_, R>> {
    let (keys, all) = match rows.touched() {
        Touched::Keys(keys) => (keys, None),
        Touched::All => (&[][..], Some(pairs(rows))),
    };
    let touched = keys
        .iter()
        .map(|key| (key, rows.get(When::Before, key), rows.get(When::Now, key)));
    touched
        .chain(all.into_iter().flatten())
        .filter_map(|(key, old, new)| match (&old, &new) {
            (Some(old), Some(new)) if same::by_value::<R::Value>(old, new) => None,
            _ => MapChange::between(key, old, new),
        })
}

/// A key, and its row before and now.
type Pair<'a, R> = (
    &'a <R as Stage>::Key,
    Option<Cow<'a, <R as Stage>::Value>>,
    Option<Cow<'a, <R as Stage>::Value>>,
);

/// Walks over all rows, before and now, at once; where the two are out of step, rows are looked up.
fn pairs<R: Stage>(rows: &R) -> impl Iterator<Item = Pair<'_, R>> {
    let mut old = rows.iter(When::Before).peekable();
    let mut new = rows.iter(When::Now).peekable();
    std::iter::from_fn(move || {
        while let Some((before, _)) = old.peek() {
            if new.peek().is_some_and(|(now, _)| now == before) {
                let ((_, before), (key, now)) = (old.next()?, new.next()?);
                return Some((key, Some(before), Some(now)));
            }
            if rows.get(When::Now, before).is_none() {
                let (key, before) = old.next()?;
                return Some((key, Some(before), None));
            }
            if new.peek().is_some() {
                break;
            }
            // It came with what it is now.
            old.next();
        }
        let (key, now) = new.next()?;
        let before = rows.get(When::Before, key);
        if before.is_some() {
            // What stands there instead comes, or came, with what it is now.
            old.next();
        }
        Some((key, before, Some(now)))
    })
}

/// Keys without those that come twice.
pub(super) fn distinct<'a, K: Ord + Clone + 'a>(keys: impl IntoIterator<Item = &'a K>) -> Vec<K> {
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().cloned().collect()
}
