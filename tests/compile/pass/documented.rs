//! What is made is documented, and the lints of a strict crate are content with it.
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    rust_2018_idioms,
    unused_qualifications,
    elided_lifetimes_in_paths,
    single_use_lifetimes,
    missing_debug_implementations,
    non_ascii_idents,
    trivial_bounds,
    deprecated,
    private_interfaces,
    private_bounds
)]
#![forbid(unsafe_code)]

use store::{Model, Store, Stores};

#[derive(Clone, Debug, Default, PartialEq)]
struct Secret;

/// A user.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub struct User {
    /// Whether they are there.
    pub online: bool,
    /// Of old.
    #[deprecated]
    pub old: bool,
    secret: Secret,
    /// What is shown.
    #[model(derived = shown(online, old))]
    pub shown: bool,
}

fn shown(online: &bool, old: &bool) -> bool {
    *online || *old
}

/// All stores.
#[derive(Debug, Stores)]
pub struct App {
    /// The user.
    pub user: User,
}

fn main() {
    let store = Store::<App>::new();
    store.update(USER, |user| user.online.set(true));
    assert!(store.snapshot(USER).online);
    assert_eq!(store.snapshot(USER).secret, Secret);
}
