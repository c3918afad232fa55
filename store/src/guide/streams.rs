//! Readers that come when they like: streams, waits, loops that ask.
//!
//! [`Store::stream`] makes a [`ChangeStream`] of anything that can be watched. Its first item is the current value, as
//! of that call; each further one is the difference from what this reader last saw to now.
//!
//! ```
//! use futures::executor::block_on;
//! use store::{Map, MapChange, Model, Store};
//!
//! #[derive(Model)]
//! pub struct User { pub statuses: Map<&'static str, &'static str> }
//!
//! let store = Store::<User>::new();
//! let mut statuses = store.stream(USER, User::STATUSES);
//! block_on(async {
//!     assert!(statuses.changed().await.unwrap().is_empty());
//!
//!     // The reader sleeps through a thousand commits, in constant space.
//!     for number in 0..1_000 {
//!         store.update(USER, |user| {
//!             user.statuses.insert("ann", if number % 2 == 0 { "away" } else { "online" });
//!             user.statuses.insert("bob", "typing");
//!             user.statuses.remove("bob");
//!         });
//!     }
//!     let statuses = statuses.changed().await.unwrap();
//!     let changes: Vec<_> = statuses.changes().collect();
//!     assert_eq!(changes, [MapChange::Inserted { key: &"ann", value: &"online" }]);
//! });
//! ```
//!
//! An item owns what it tells of and reads as the new value; [`OwnedChange`] has the rest: the old value, what differs in a
//! collection, the revision, the origin.
//!
//! # One reader, four ways to read
//!
//! - It is a [`futures::Stream`], and [`changed`](ChangeStream::changed) a future, on any runtime or none.
//! - [`try_next`](ChangeStream::try_next) takes what is there, [`has_changed`](ChangeStream::has_changed) asks whether
//!   there is something: for loops that draw sixty times a second.
//! - [`blocking`](ChangeStream::blocking) is an iterator that waits on its thread.
//! - [`Store::until`] waits for a value of a certain kind.
//!
//! ```
//! # use store::{Model, Store};
//! # #[derive(Model)] pub struct User { pub online: bool }
//! # let store = Store::<User>::new();
//! use futures::executor::block_on;
//!
//! let online = store.until(USER, User::ONLINE, |online| **online);
//! store.update(USER, |user| user.online.set(true));
//! assert!(*block_on(online).unwrap());
//! ```
//!
//! Every one of these futures can be dropped at any point: nothing is lost and nothing comes twice.
//!
//! # The end
//!
//! A stream does not keep its store alive. When the store is dropped it yields the final state, if the reader has not
//! seen that, and ends.
//!
//! # Settings
//!
//! [`Store::pull`] has them: [`every`](crate::On::every) commit in a [`Queue`], [`debounce`](crate::On::debounce) and
//! [`throttle`](crate::On::throttle). A source can skip the current value
//! ([`changes_only`](crate::Source::changes_only)) and the writer's own commits ([`ignoring`](crate::Source::ignoring)).
//! [`commits`] is the source of all commits.
//!
//! ```
//! # use store::{Model, Store};
//! # #[derive(Model)] pub struct User { pub online: bool, pub nick: String }
//! # let store = Store::<User>::new();
//! use store::{Queue, Source as _, commits};
//!
//! let mut log = store.pull().every(Queue::of::<100>()).stream_across(commits().ignoring("me"));
//! store.by("me").update(USER, |user| user.nick.set("ann".to_owned()));
//! store.by("server").update(USER, |user| user.online.set(true));
//! let commit = log.try_next().unwrap();
//! assert_eq!(commit.origin().unwrap().who(), "server");
//! assert_eq!(commit.after(USER).unwrap().nick, "ann");
//! assert!(log.try_next().is_none());
//! ```
//!
//! [`Store::stream`]: crate::Store::stream
//! [`Store::until`]: crate::Store::until
//! [`Store::pull`]: crate::Store::pull
//! [`ChangeStream`]: crate::ChangeStream
//! [`OwnedChange`]: crate::OwnedChange
//! [`Queue`]: crate::Queue
//! [`commits`]: crate::commits()
//! [`futures::Stream`]: futures_core::Stream

#[allow(unused_imports)] // For the links.
use crate::ChangeStream;
