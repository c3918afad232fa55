//! What follows from a write beside the fields of its named stores. Most writes have nothing of it.

use super::{commit::ValueChange, panics::DerivationPanic};
use crate::{
    model::Stores,
    state::{FieldPlace, Truth, Value, Values},
};

/// What follows from a write: new values until it is published, the old ones after.
#[derive(Default)]
pub(super) struct Following {
    /// Values derived at run time, if others than before; after publishing, those of before.
    pub(super) values: Option<Values>,
    pub(super) changed: Vec<ValueChange>,
    /// What was computed and is the same as before, or could not be compared.
    pub(super) unused: Vec<Value>,
    /// The folded fields that are behind, if others than before; after publishing, those of before.
    pub(super) behind: Option<Vec<FieldPlace>>,
    pub(super) panics: Vec<DerivationPanic>,
}

impl Following {
    /// Exchanges old for new.
    #[cold]
    pub(super) fn exchange<S: Stores>(&mut self, truth: &mut Truth<S>) {
        if let Some(values) = &mut self.values {
            std::mem::swap(&mut truth.values, values);
        }
        if let Some(behind) = &mut self.behind {
            std::mem::swap(&mut truth.behind, behind);
        }
    }

    /// Drops the values.
    #[cold]
    pub(super) fn clear(&mut self) {
        self.values = None;
        self.changed = Vec::new();
        self.unused = Vec::new();
    }
}
