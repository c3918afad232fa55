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
//!   those that are told on the committing thread.
//! - **A blocking queue can be waited for in vain** if the only thread that could run its executor is the one that
//!   writes. Nobody can see that from inside.
//! - **No clock, thread or file of its own.** Programs hand in what they have, so the core runs in a browser.
//!
//! # What things cost
//!
//! n is the size of a collection, k what a commit changed in it.
//!
//! | | |
//! |---|---|
//! | a snapshot, of one named store or of all | a reference count for each named store |
//! | the first write while a snapshot is kept | a clone of each field of that struct; collections are shared |
//! | a write to a collection | O(log n) for each key |
//! | a commit | the fields it touched, and k |
//! | watchers of other fields and other keys | nothing |
//! | the difference of two collections of any age | O(k · log n) |
//! | a watcher that sleeps | one merged commit, whatever it misses; each commit that it misses is merged into that |
//! | a live view | O(k · log n) for each commit that changes what it reads |
//! | a derived field or value | its function, once for each commit that changes an input |
//! | a projection | its function, once for each commit that changes its named store |
//!
//! Figures beside other crates are in `docs/performance.md` of the repository.
