//! What a stage does to a row: a function of the row alone, or of an input beside it.

use std::fmt;

use super::{
    input::{Input, IntoInput},
    stage::When,
    watch::{Reads, parts},
};
use crate::model::Stores;

/// What a stage does to a row.
pub trait Function<K, V> {
    /// What it makes of a row.
    type Output;

    /// Whether the last step may have changed what it makes of a row that is the same.
    #[doc(hidden)]
    fn is_changed(&self) -> bool;

    #[doc(hidden)]
    fn call(&self, when: When, key: &K, value: &V) -> Self::Output;
}

/// A function of the row alone.
pub struct Plain<F>(pub(super) F);

impl<K, V, W, F: Fn(&K, &V) -> W> Function<K, V> for Plain<F> {
    type Output = W;

    fn is_changed(&self) -> bool {
        false
    }

    fn call(&self, _when: When, key: &K, value: &V) -> W {
        (self.0)(key, value)
    }
}

impl<S: Stores, F> Reads<S> for Plain<F> {}

impl<F> fmt::Debug for Plain<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain")
    }
}

/// A function of the row and an input.
pub struct Given<I, F> {
    input: I,
    function: F,
}

impl<I: Input, F> Given<I, F> {
    pub(super) fn new(input: impl IntoInput<Input = I>, function: F) -> Self {
        let input = input.into_input();
        Self { input, function }
    }
}

impl<K, V, W, I, F> Function<K, V> for Given<I, F>
where
    I: Input,
    F: Fn(&I::Value, &K, &V) -> W,
{
    type Output = W;

    fn is_changed(&self) -> bool {
        self.input.is_changed()
    }

    fn call(&self, when: When, key: &K, value: &V) -> W {
        (self.function)(self.input.at(when), key, value)
    }
}

parts!(Given<I, F> of input: I);
