//! Typed names of stores.

use std::{fmt, marker::PhantomData};

use super::Model;

/// The name of a named store: says which store is meant and of what type it is.
///
/// `#[derive(Model)]` makes one as a constant beside the struct, named like the struct in
/// capitals: `USER` for `User`. It takes no room and is passed by value.
///
/// # Examples
///
/// ```
/// #[derive(store::Model)]
/// pub struct User {
///     pub online: bool,
/// }
///
/// let store = store::Store::<User>::new();
/// assert!(!store.snapshot(USER).online);
/// assert_eq!(USER.to_string(), "user");
/// ```
pub struct StoreName<M>(PhantomData<fn() -> M>);

impl<M> StoreName<M> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M: Model> StoreName<M> {
    /// The name as text, as tools and saved data spell it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        M::NAME
    }
}

impl<M> Clone for StoreName<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for StoreName<M> {}

impl<M> Default for StoreName<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Model> fmt::Debug for StoreName<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreName({})", M::NAME)
    }
}

impl<M: Model> fmt::Display for StoreName<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(M::NAME)
    }
}
