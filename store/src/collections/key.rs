//! What a key must be able to do.

use std::hash::Hash;

/// Names what may be a key of a [`Map`], an [`OrdMap`] or a [`Set`].
///
/// Every type that fits is a key; there is nothing to implement. Path copying clones the keys of the
/// nodes it touches, so a key that is cheap to clone (`Arc<str>`, an integer) makes writes cheap.
///
/// [`Map`]: crate::Map
/// [`OrdMap`]: crate::OrdMap
/// [`Set`]: crate::Set
pub trait Key: Ord + Hash + Clone + Send + Sync + 'static {}

impl<K: Ord + Hash + Clone + Send + Sync + 'static> Key for K {}
