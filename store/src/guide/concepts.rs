//! Named stores, commits, snapshots, watchers, and the one rule.
//!
//! # The one rule
//!
//! **A watcher is called if, and only if, what it watches differs between what it last saw and now.**
//!
//! Everything else follows. A write of an equal value is silent. A→B→A inside one write is silent. A key
//! that is removed and put back with an equal value is silent. A reader that was away is told the one
//! difference that matters to it.
//!
//! # Named stores
//!
//! A named store is a plain struct. Its fields are values or persistent collections ([`Map`], [`OrdMap`],
//! [`Set`], [`List`]). `#[derive(Model)]` makes its name, a key for each field, a draft for writing and a
//! builder for watching:
//!
//! ```
//! use store::{Map, Model, Store, Stores};
//!
//! #[derive(Model)]
//! pub struct User {
//!     pub display_online_status: bool,
//!     pub user_status_list: Map<String, u8>,
//! }
//!
//! #[derive(Model)]
//! pub struct Contact {
//!     pub friends: Map<String, String>,
//! }
//!
//! // The set of named stores is a type: what is not in it does not compile.
//! #[derive(Stores)]
//! pub struct App {
//!     pub user: User,
//!     pub contact: Contact,
//! }
//!
//! let store = Store::<App>::new();
//! assert_eq!(USER.to_string(), "user");
//! assert_eq!(User::USER_STATUS_LIST.to_string(), "user.user_status_list");
//! assert!(!store.snapshot(USER).display_online_status);
//! ```
//!
//! # Commits
//!
//! Every write is a transaction: a closure over drafts. When it returns, what it wrote is compared with what
//! is there; if anything differs, the truth moves in one step, the *commit*, which takes the next
//! *revision*. An error, a panic or a guard that refuses leaves no trace.
//!
//! ```
//! # use store::{Map, Model, Store, Stores};
//! # #[derive(Model)] pub struct User { pub online: bool, pub statuses: Map<String, u8> }
//! # #[derive(Model)] pub struct Contact { pub friends: Map<String, String> }
//! # #[derive(Stores)] pub struct App { pub user: User, pub contact: Contact }
//! let store = Store::<App>::new();
//! store.update(USER, |user| {
//!     user.online.set(true);
//!     user.statuses.insert("ann".to_owned(), 1);
//! });
//! assert_eq!(store.revision(), 1);
//!
//! // Two named stores, one commit.
//! let moved = store.transaction(|all| {
//!     all.on(CONTACT).friends.insert("ann".to_owned(), "Ann".to_owned());
//!     all.on(USER).statuses.insert("ann".to_owned(), 2);
//!     Ok::<_, std::convert::Infallible>(())
//! });
//! assert!(moved.is_ok());
//!
//! // Nothing differs, so nothing is committed and nobody is told.
//! store.update(USER, |user| user.online.set(true));
//! assert_eq!(store.revision(), 2);
//! ```
//!
//! # Snapshots
//!
//! [`Store::snapshot`] is one named store at one moment, [`Store::snapshot_all`] all of them. Both cost a
//! few reference counts, whatever the size, never change, and wait for no write closure and no callback. Who looks
//! at every frame or request keeps a [`Store::cached`] one.
//!
//! # Watchers
//!
//! [`Store::watch`] registers callbacks and keeps them as long as its handle lives. Each is called at once
//! with the current value, and then for each commit in which what it watches differs:
//!
//! ```
//! # use store::{Map, Model, Store};
//! # #[derive(Model)] pub struct User { pub online: bool, pub statuses: Map<String, u8> }
//! # let store = Store::<User>::new();
//! use std::sync::mpsc;
//!
//! let (sender, told) = mpsc::channel();
//! let note = move |line: String| sender.send(line).unwrap();
//! let (online, ann) = (note.clone(), note);
//! let watching = store.watch(USER, (
//!     User::watch().online(move |on| online(format!("online: {}", *on))),
//!     User::STATUSES.key("ann".to_owned()).watch(move |status| ann(format!("ann: {:?}", *status))),
//! ));
//! assert_eq!(told.try_iter().collect::<Vec<_>>(), ["online: false", "ann: None"]);
//!
//! store.update(USER, |user| user.statuses.insert("bob".to_owned(), 1)); // nobody watches bob
//! store.update(USER, |user| user.statuses.insert("ann".to_owned(), 1));
//! assert_eq!(told.try_iter().collect::<Vec<_>>(), ["ann: Some(1)"]);
//! drop(watching);
//! ```
//!
//! Callbacks run under no lock: they may read, write, watch and unwatch. What a callback writes is committed at
//! once and told when the commit at hand has been told to all.
//!
//! [`Map`]: crate::Map
//! [`OrdMap`]: crate::OrdMap
//! [`Set`]: crate::Set
//! [`List`]: crate::List
//! [`Store::cached`]: crate::Store::cached
//! [`Store::snapshot`]: crate::Store::snapshot
//! [`Store::snapshot_all`]: crate::Store::snapshot_all
//! [`Store::watch`]: crate::Store::watch
