//! Stages whose types are forgotten, so that a program can put them together while it runs.

use std::{borrow::Cow, fmt};

use super::{
    stage::{Stage, Touched, When},
    watch::{Reads, Visit},
};
use crate::{change::FieldPlace, collections::Key, model::Stores};

/// Rows of which no more is known than what they hold, and which set of stores they read:
/// [`Rows::boxed`](super::Rows::boxed).
pub struct Boxed<S: Stores, K, V: Clone>(Box<dyn AnyStage<S, K, V>>);

impl<S: Stores, K, V: Clone> Boxed<S, K, V> {
    pub(super) fn new(rows: impl Stage<Key = K, Value = V> + Reads<S> + Send + 'static) -> Self {
        Self(Box::new(rows))
    }
}

/// A [`Stage`] that can be called through a pointer.
trait AnyStage<S: Stores, K, V: Clone>: Reads<S> + Send {
    fn forget(&mut self);
    fn advance(&mut self);
    fn touched(&self) -> Touched<'_, K>;
    fn get(&self, when: When, key: &K) -> Option<Cow<'_, V>>;
    fn all<'a>(&'a self, when: When) -> Box<dyn Iterator<Item = (&'a K, Cow<'a, V>)> + 'a>;
}

impl<S: Stores, R: Stage + Reads<S> + Send> AnyStage<S, R::Key, R::Value> for R {
    fn forget(&mut self) {
        Stage::forget(self);
    }

    fn advance(&mut self) {
        Stage::advance(self);
    }

    fn touched(&self) -> Touched<'_, R::Key> {
        Stage::touched(self)
    }

    fn get(&self, when: When, key: &R::Key) -> Option<Cow<'_, R::Value>> {
        Stage::get(self, when, key)
    }

    fn all<'a>(
        &'a self,
        when: When,
    ) -> Box<dyn Iterator<Item = (&'a R::Key, Cow<'a, R::Value>)> + 'a> {
        Box::new(Stage::iter(self, when))
    }
}

impl<S, K, V> Stage for Boxed<S, K, V>
where
    S: Stores,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
{
    type Key = K;
    type Value = V;

    fn forget(&mut self) {
        self.0.forget();
    }

    fn advance(&mut self) {
        self.0.advance();
    }

    fn touched(&self) -> Touched<'_, K> {
        self.0.touched()
    }

    fn get(&self, when: When, key: &K) -> Option<Cow<'_, V>> {
        self.0.get(when, key)
    }

    fn iter(&self, when: When) -> impl Iterator<Item = (&K, Cow<'_, V>)> {
        self.0.all(when)
    }
}

impl<S: Stores, K, V: Clone> Reads<S> for Boxed<S, K, V> {
    fn places(&self, found: &mut Vec<FieldPlace>) {
        self.0.places(found);
    }

    fn readings(&mut self, visit: Visit<'_, S>) {
        self.0.readings(visit);
    }
}

impl<S: Stores, K, V: Clone> fmt::Debug for Boxed<S, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Boxed")
    }
}
