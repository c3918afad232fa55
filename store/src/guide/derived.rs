//! What follows from other values, of the same moment.
//!
//! # Declared beside fields
//!
//! What belongs to one named store is declared there. It is a field like others: it stands in every snapshot, and is
//! watched, streamed and read as text like one. It cannot be written.
//!
//! ```
//! use store::{Change, Map, MapChange, Model, Store};
//!
//! #[derive(Model)]
//! pub struct Mail {
//!     pub unread_by_folder: Map<&'static str, u32>,
//!     pub muted: bool,
//!     #[model(folded = add_unread(unread_by_folder))]
//!     pub unread: u32,
//!     #[model(derived = badge(unread, muted))]
//!     pub badge: Option<u32>,
//! }
//!
//! // From the last value and what changed: costs what changed, however many folders there are.
//! fn add_unread(last: u32, folders: Change<'_, Map<&'static str, u32>>) -> u32 {
//!     folders.changes().fold(last, |sum, change| {
//!         sum - change.old().map_or(0, |old| **old) + change.new().map_or(0, |new| **new)
//!     })
//! }
//!
//! // From the values as they are.
//! fn badge(unread: &u32, muted: &bool) -> Option<u32> {
//!     (*unread > 0 && !muted).then_some(*unread)
//! }
//!
//! let store = Store::<Mail>::new();
//! store.update(MAIL, |mail| {
//!     mail.unread_by_folder.insert("inbox", 3);
//!     mail.unread_by_folder.insert("lists", 4);
//! });
//! assert_eq!(store.snapshot(MAIL).badge, Some(7));
//! store.update(MAIL, |mail| mail.muted.set(true));
//! assert_eq!(store.snapshot(MAIL).badge, None);
//! ```
//!
//! # Derived at run time
//!
//! What spans named stores, or comes and goes with a screen, is derived with [`Store::derive`]. It is kept up to date
//! as long as its handle lives.
//!
//! ```
//! use store::{Model, Store, Stores};
//!
//! #[derive(Model)]
//! pub struct User { pub nick: String }
//! #[derive(Model)]
//! pub struct Mail { pub unread: u32 }
//! #[derive(Stores)]
//! pub struct App { pub user: User, pub mail: Mail }
//!
//! let store = Store::<App>::new();
//! let title = store.derive((User::NICK, Mail::UNREAD), |(nick, unread)| format!("{nick} ({unread})"));
//! store.update(USER, |user| user.nick.set("ann".to_owned()));
//! store.update(MAIL, |mail| mail.unread.set(2));
//! assert_eq!(*store.derived(&title), "ann (2)");
//!
//! // In a snapshot, it is of the moment of its inputs.
//! let all = store.snapshot_all();
//! assert_eq!(all.derived(&title), Some(&format!("{} ({})", all[USER].nick, all[MAIL].unread)));
//! ```
//!
//! # What both promise
//!
//! - Computed inside the write that changes an input, once, before the truth moves: nobody, on any thread, sees a value
//!   of another moment than its inputs.
//! - Not computed if no input changed; silent if the result is equal.
//! - Chains and diamonds are computed in order, each value once. A cycle cannot be written: the derive macro refuses
//!   it, and at run time a value is derived from what is there before it.
//! - A function that panics is reported and leaves the last value; the commit goes on.
//!
//! A function runs in the writers' turn, so it should be quick and may not write. What is made of a whole collection and
//! is not small is better a [live view](super::views).
//!
//! [`Store::derive`]: crate::Store::derive
