//! What a store does not do, and what things cost.
//!
//! # What it does not do
//!
//! - **Named stores cannot be added to a running store.** They are a type, so that names cannot be wrong. Keys that are
//!   only known at run time go into a field marked `runtime_keys`.
//! - **A write inside a write closure is refused**, on every store, with an error that names both lines. Write through the
//!   closure's argument, or use a transaction over both named stores. Reads work there.
//! - **A write is not told before it returns if another thread is telling.** That thread tells it next. Who needs to know
//!   waits with [`Store::told`](crate::Store::told).
//! - **A chain of watchers that answer each other stops** at [`chain_limit`](crate::StoreBuilder::chain_limit) with an
//!   error that names the watcher, also across executors and inboxes.
//! - **Past [`queue_bound`](crate::StoreBuilder::queue_bound) commits that wait to be told, commits are merged**, also for
//!   those that are told on the committing thread. One merged from several origins has none, so who ignores an origin is
//!   told of it.
//! - **A blocking queue can be waited for in vain.** Every write of the store waits for its room, whatever it changes, and
//!   a store cannot know which thread an executor runs on, nor where a stream is read. So a program must not write on the
//!   only thread of the executor; who reads the stream must not write, and on a runtime of one thread no task may.
//! - **[`Text::watch`] is told on the committing thread only.**
//! - **Tuples end somewhere.** One watch has up to six watches; [`fields`](crate::StoreName::fields) and the inputs of a
//!   derived value go up to eight. A tuple of tuples is a watch too.
//! - **No clock, thread or file of its own.** Programs hand in what they have, so the core runs in a browser.
//!
//! # What things cost
//!
//! n is the size of a collection, k what a commit changed in it.
//!
//! | | |
//! |---|---|
//! | a snapshot, of one named store or of all | a reference count for each named store |
//! | a look at a cached snapshot | a comparison of numbers; after a commit, a snapshot |
//! | the first write while a snapshot is kept | a clone of each field of that struct; collections are shared |
//! | a write to a collection | O(log n) for each key |
//! | a commit | the fields it touched, and k |
//! | watchers of other fields and other keys | nothing |
//! | the difference of two collections of any age | O(k · log n) |
//! | a watcher that sleeps | one merged commit, whatever it misses; each commit that it misses is merged into that |
//! | a live view | O(k · log n) for each commit that changes what it reads; each watcher of it keeps rows of its own |
//! | a live view, looked at by [`at`](crate::view::View::at) | a computation from scratch |
//! | a derived field or value | its function, once for each commit that changes an input |
//! | all values derived at run time | a look at the inputs of each, for each commit |
//! | a projection | its function, once for each commit that changes its named store |
//!
//! Figures beside other crates are in `docs/performance.md` of the repository.
//!
#![cfg_attr(feature = "text", doc = "[`Text::watch`]: crate::Text::watch")]
#![cfg_attr(not(feature = "text"), doc = "[`Text::watch`]: super::limits")]
