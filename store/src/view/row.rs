//! One row of a sorted view.

use std::{fmt, sync::Arc};

use crate::collections::same;

/// One row of a sorted view: a key, what is under it, and what it is sorted by.
///
/// Cloning one costs a reference count. Two are equal if they hold the same.
///
/// # Examples
///
/// ```
/// use store::{Map, Model, Store};
///
/// #[derive(Model)]
/// pub struct Contact { pub friends: Map<u32, String> }
///
/// let store = Store::<Contact>::new();
/// store.update(CONTACT, |contact| contact.friends.insert(7, "Ann".to_owned()));
/// let by_length = Contact::FRIENDS.view().sort_by(|_, name| name.len());
/// let rows = by_length.at(&store.snapshot_all());
/// assert_eq!((rows[0].key(), rows[0].value().as_str(), rows[0].sort_key()), (&7, "Ann", &3));
/// ```
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Row<K, V, O>(Arc<Parts<K, V, O>>);

#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Parts<K, V, O> {
    sort_key: O,
    key: K,
    value: V,
}

impl<K, V, O> Row<K, V, O> {
    pub(super) fn new(sort_key: O, key: K, value: V) -> Self {
        Self(Arc::new(Parts {
            sort_key,
            key,
            value,
        }))
    }

    /// What the row is found by.
    #[must_use]
    pub fn key(&self) -> &K {
        &self.0.key
    }

    /// What the row holds.
    #[must_use]
    pub fn value(&self) -> &V {
        &self.0.value
    }

    /// What the row is sorted by.
    #[must_use]
    pub fn sort_key(&self) -> &O {
        &self.0.sort_key
    }

    /// Where the row belongs among others: by sort key, and by key where that is equal.
    pub(super) fn place(&self) -> (&O, &K) {
        (&self.0.sort_key, &self.0.key)
    }
}

impl<K, V, O> Clone for Row<K, V, O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: PartialEq, V: PartialEq + 'static, O: PartialEq> PartialEq for Row<K, V, O> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.place() == other.place() && same::by_value(self.value(), other.value()))
    }
}

impl<K: Eq, V: Eq + 'static, O: Eq> Eq for Row<K, V, O> {}

impl<K: fmt::Debug, V: fmt::Debug, O: fmt::Debug> fmt::Debug for Row<K, V, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("key", self.key())
            .field("value", self.value())
            .field("sort_key", self.sort_key())
            .finish()
    }
}
