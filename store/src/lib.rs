//! State you can watch: named stores, snapshots of them, and watchers that are called if, and only if,
//! what they watch differs.
//!
//! The [`guide`] says how to think of it and what to choose. [`Store::on`] has watchers told by executors and by the owner
//! of an inbox, [`Store::stream`] by whoever reads, [`Store::derive`] computes values from others, and a [`view`] is a
//! sorted, filtered or joined collection that keeps up.
//!
//! Derive [`Model`] for a plain struct and it is a named store; derive [`Stores`] for a struct of
//! those and it is what a [`Store`] holds. [`Store::update`] writes, [`Store::snapshot`] reads,
//! [`Store::watch`] hears.
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
//! #[derive(Stores)]
//! pub struct App {
//!     pub user: User,
//!     pub contact: Contact,
//! }
//!
//! let store = Store::<App>::new();
//! let _watching = store.watch(USER, User::watch()
//!     .display_online_status(|on| println!("dots are {}", if *on { "shown" } else { "hidden" }))
//!     .user_status_list(|list| for change in list.changes() { println!("{change:?}") }));
//! let _alice = store.watch(USER, User::USER_STATUS_LIST.key("alice".into()).watch(|status| {
//!     println!("alice: {:?}", *status);
//! }));
//!
//! store.update(USER, |user| user.user_status_list.insert("alice".into(), 1));
//! store.update(CONTACT, |contact| contact.friends.insert("bob".into(), "Bob".into()));
//! assert_eq!(store.snapshot(USER).user_status_list["alice"], 1);
//! ```
//!
//! # Features
//!
//! - `text` (default): names and fields as text, and run-time keys.
//! - `serde` (with `text`): `Serialize` and `Deserialize` for collections and diffs, `Serialize` for
//!   snapshots.
//! - `chat`: the reference domain and the online-status service.
//! - `tokio`: a tokio runtime as a place to run callbacks.
//! - `futures` (with `chat`): executors of `futures` as places to run callbacks.

// Ground floor first: a module may use only the modules above it in this list.
mod sync;
mod barrier;
mod collections;
#[cfg(feature = "text")]
mod json;
mod clock;
mod cause;
mod model;
mod state;
mod change;
mod watch;
pub mod view;
mod store;
mod cached;
mod stream;
mod on;
mod told;
mod derived;
#[cfg(feature = "text")]
mod text;
#[cfg(feature = "chat")]
pub mod chat;
pub mod guide;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(feature = "futures")]
pub use crate::watch::Spawner;
pub use crate::{
    cached::CachedSnapshot,
    cause::{Origin, Revision},
    change::{
        Commit, Guard, NestedWrite, PanicSource, Refusal, RunawayChain, Transaction, WriteError,
    },
    clock::{Clock, ManualClock, Sleep},
    collections::{
        DiffMismatch, Key, Keyed, List, ListDiff, ListEdit, ListIter, Map, MapChange, MapDiff,
        MapIter, OrdMap, OrdMapIter, Set, SetChange, SetChanges, SetDiff, SetIter,
        UnorderedChanges, same,
    },
    derived::{Derived, DerivedWatch, Input, Inputs},
    model::{Draft, Field, FieldInfo, Holds, Model, StoreName, Stores},
    on::{On, Pull},
    state::{Snapshot, SnapshotAll},
    store::{Store, StoreBuilder, WeakStore, Writer},
    stream::{Blocking, ChangeStream, Changed, StoreDropped},
    told::Told,
    watch::{
        Change, ChangesOnly, Commits, CommitsWatch, EmptyQueue, Executor, ExecutorGone, FieldList,
        FieldWatch, FieldsOf, FieldsWatch, Ignoring, Inbox, KeyChange, KeyOf, KeyWatch,
        LocalWatchIn, LocalWatcher, Once, OwnedChange, OwnedKeyChange, OwnedRangeChange,
        OwnedStoreChange, PanicReport, ProjectionOf, ProjectionWatch, Queue, RangeChange, RangeOf,
        RangeWatch, Source, SourceIn, StoreChange, Stranded, Watch, WatchIn, WatchOf, Watcher,
        WatcherGroup, Work, WorkQueue, Worker, commits,
    },
};
#[cfg(feature = "text")]
pub use crate::{
    json::{RuntimeKey, RuntimeKeys},
    text::{StoreInfo, Text, TextChange, TextError},
};
pub use store_macros::{Model, Stores};

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
