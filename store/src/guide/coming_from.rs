//! For those who know TUIStore, Redux, tokio's watch channel or eyeball.
//!
//! # TUIStore
//!
//! | TUIStore | here |
//! |---|---|
//! | `TUIStore.watch(StoreName.USER, { displayOnlineStatus: cb })` | `store.watch(USER, User::watch().display_online_status(cb))` |
//! | `TUIStore.unwatch(…)` with the same function | drop the handle |
//! | `TUIStore.update(StoreName.USER, "displayOnlineStatus", true)` | `store.update(USER, \|user\| user.display_online_status.set(true))` |
//! | `TUIStore.getData(StoreName.USER, "displayOnlineStatus")` | `store.snapshot(USER).display_online_status` |
//! | `TUIStore.reset(StoreName.USER)` | `store.reset(USER)` |
//! | names only known at run time | `store.text()`, and run-time keys |
//! | a handler that rebuilds a list at each update | a [live view](super::views), or `changes()` |
//!
//! What differs: equal writes are silent, a callback that throws does not keep others from being told, a reset is told as
//! any write is, and watchers hear commits in order.
//!
//! # Redux
//!
//! | Redux | here |
//! |---|---|
//! | a slice | a named store |
//! | an action and its reducer | a function that calls `store.update` |
//! | `combineReducers` | `#[derive(Stores)]` |
//! | `useSelector(f)` | `USER.project(f)`, or a field, or a key, which cost less |
//! | `createSelector` | a [derived value](super::derived) |
//! | middleware that refuses | `store.guard` |
//! | the log of actions | [`commits`](crate::commits()), with [`Origin`](crate::Origin)s |
//!
//! What differs: nothing is compared but what a write touched, and a selector over one of ten thousand rows is not run for
//! the other rows.
//!
//! # tokio's watch channel
//!
//! | tokio | here |
//! |---|---|
//! | `watch::channel(value)` | a field |
//! | `sender.send_modify(f)` | `store.update(NAME, f)` |
//! | `sender.send_if_modified` | every write: equal is silent |
//! | `receiver.changed().await; receiver.borrow_and_update()` | `stream.changed().await` |
//! | no first item from `changed()` | `.changes_only()` on what the stream is of |
//! | `receiver.has_changed()` | `stream.has_changed()` |
//! | `receiver.wait_for(f)` | `store.until(NAME, FIELD, f)` |
//!
//! What differs: an item is the new value *and* how it differs from what this reader saw; there is no guard that could be
//! held too long.
//!
//! ```
//! use futures::executor::block_on;
//! use store::{Model, Store};
//!
//! #[derive(Model)]
//! pub struct Settings { pub volume: u8 }
//!
//! let store = Store::<Settings>::new();
//! let mut volume = store.stream(SETTINGS, Settings::VOLUME);
//! assert_eq!(*block_on(volume.changed()).unwrap(), 0);
//! assert!(!volume.has_changed());
//! store.update(SETTINGS, |settings| settings.volume.set(7));
//! assert!(volume.has_changed());
//! assert_eq!(*block_on(volume.changed()).unwrap(), 7);
//! ```
//!
//! # eyeball
//!
//! | eyeball | here |
//! |---|---|
//! | `SharedObservable<T>` | a field of a named store |
//! | `ObservableVector<T>` and its diffs | a [`List`](crate::List) field and its `changes()` |
//! | `subscriber.next().await` | `stream.changed().await` |
//! | `VectorDiff::Reset` after a lag | a merged difference from what the reader last saw |
//! | adapters over vectors (filter, sort, limit) | [live views](super::views) |
//!
//! What differs: many fields change in one commit and are seen at one moment; one key of a map can be watched.
