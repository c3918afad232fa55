//! Values that a program derives at run time, beside the named stores and of the same moment.
//!
//! Knows neither their types nor how they are computed.

use std::{any::Any, sync::Arc};

use crate::collections::Map;

/// A value whose type is known to who reads it.
pub(crate) type Value = Arc<dyn Any + Send + Sync>;

/// What a derived value is known by.
pub(crate) type ValueId = usize;

/// Gives a derived value an identity: where this lies in memory, as long as anybody has it.
#[derive(Clone)]
pub(crate) struct ValueKey(Arc<()>);

impl ValueKey {
    pub(crate) fn new() -> Self {
        Self(Arc::new(()))
    }

    pub(crate) fn id(&self) -> ValueId {
        Arc::as_ptr(&self.0).addr()
    }
}

/// Persistent, as collections are.
#[derive(Clone, Default)]
pub(crate) struct Values(Map<ValueId, Held>);

#[derive(Clone)]
struct Held {
    value: Value,
    /// Kept, so that no other value gets the same identity.
    _key: ValueKey,
}

impl Values {
    pub(crate) fn get(&self, id: ValueId) -> Option<&Value> {
        self.0.get(&id).map(|held| &held.value)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn set(&mut self, key: &ValueKey, value: Value) {
        let held = Held {
            value,
            _key: key.clone(),
        };
        self.0.insert(key.id(), held);
    }

    /// Forgets the values of derivations that are gone.
    pub(crate) fn retain(&mut self, is_there: impl Fn(ValueId) -> bool) {
        self.0.retain(|id, _| is_there(*id));
    }
}
