//! What the collections with keys have in common.

use super::{entries::Entries, key::Key};

/// A collection whose items can be watched one by one, by key: [`Map`](crate::Map),
/// [`OrdMap`](crate::OrdMap) and [`Set`](crate::Set), and no others.
pub trait Keyed: Clone + Default + Send + Sync + 'static {
    /// What items are found by.
    type Key: Key;
    /// What is found: `()` for a set.
    type Value: Clone + PartialEq + Send + Sync + 'static;

    #[doc(hidden)]
    type Entries: Entries<Self::Key, Self::Value>;

    #[doc(hidden)]
    fn entries(&self) -> &Self::Entries;

    #[doc(hidden)]
    fn entries_mut(&mut self) -> &mut Self::Entries;
}
