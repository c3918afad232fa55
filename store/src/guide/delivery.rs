//! How and where a watcher is told.
//!
//! | you have | you write | it is called |
//! |---|---|---|
//! | something quick that may run on any thread | [`store.watch(…)`] | at once, on the committing thread, for each commit |
//! | something slow, or a runtime | [`store.on(executor).watch(…)`] | by the executor, with what has come since |
//! | widgets that are not `Send` | [`store.on(&inbox).watch(…)`] | by the thread that owns the inbox, when it drains it |
//! | a task, or a loop that polls | [`store.stream(…)`](super::streams) | when it reads |
//!
//! Callbacks take watches, streams take sources; both are made of the same fields, keys, ranges, projections and views.
//! For all the [one rule](super::concepts) holds.
//!
//! # Merged, or each commit
//!
//! Of a watcher that is not told at once, each callback has *at most one change pending* unless it asks for more. If ten
//! commits come before it is told, it is told once: how what it last saw differs from now. If that is nothing, it is not
//! told. So a slow watcher costs the same space however slow it is, and no callback is behind by more than one call.
//! [`merged`](crate::Change::merged) says for how many commits a change stands.
//!
//! Who needs each commit, such as a log, asks for a [`Queue`]. When it is full, what waits is merged, and each
//! commit told again from there; [`Watcher::merges`] counts what was. [`Queue::blocking`] has writers wait instead.
//!
//! ```
//! use store::{Inbox, Model, Queue, Store};
//!
//! #[derive(Model)]
//! pub struct Counter { pub clicks: u32 }
//!
//! let store = Store::<Counter>::new();
//! let inbox = Inbox::new(|| {});
//! let (sender, told) = std::sync::mpsc::channel();
//! let log = Counter::watch().clicks(move |clicks| sender.send((*clicks, clicks.merged())).unwrap());
//! let logging = store.on(&inbox).every(Queue::of::<2>()).watch(COUNTER, log);
//! assert_eq!(told.recv().unwrap(), (0, 1));
//!
//! for click in 1..=2 {
//!     store.update(COUNTER, |counter| counter.clicks.set(click));
//! }
//! inbox.drain();
//! assert_eq!(told.try_iter().collect::<Vec<_>>(), [(1, 1), (2, 1)]);
//!
//! for click in 3..=6 {
//!     store.update(COUNTER, |counter| counter.clicks.set(click));
//! }
//! inbox.drain();
//! assert_eq!(told.try_iter().collect::<Vec<_>>(), [(5, 3), (6, 1)]);
//! assert_eq!(logging.merges(), 2);
//! ```
//!
//! # Order
//!
//! Every watcher hears revisions in increasing order. On the committing thread, everybody hears one commit before
//! anybody hears the next. An inbox calls in the order of revisions too, and for each in the order its watchers
//! were registered. Watchers of executors know nothing of each other. The immediate call with the current value is
//! made by `watch` itself, whoever is to be told later.
//!
//! # Executors
//!
//! [`Executor`] is a trait of one method. [`WorkQueue`] is one for a thread of your own; a tokio `Handle` is one with
//! the feature `tokio`; [`Spawner`] makes one of any `futures::task::Spawn` with the feature `futures`; and so is a
//! function that passes the work on to your event loop. An executor that is gone is reported, and
//! [`Watcher::check`] says so; the state is still there to be read.
//!
//! # Inboxes
//!
//! An [`Inbox`] belongs to the thread that made it, and so do its callbacks: they may own an `Rc`, a widget, a
//! canvas. Its hook wakes the event loop, which calls [`Inbox::drain`]. The compiler keeps it on its thread.
//!
//! # Pace
//!
//! [`debounce`](crate::On::debounce) tells once nothing has come for a while, [`throttle`](crate::On::throttle) once
//! in a while at most. Both take a [`Clock`] from the program, since the store has no time of its own;
//! [`ManualClock`] is one for tests. [`Watcher::pause`] keeps everything for later, merged; [`Watch::once`] calls once.
//!
//! # Waiting until all have been told
//!
//! [`Store::told`] waits until every callback has been told of every commit up to a revision: for tests, and before
//! a program ends.
//!
//! [`store.watch(…)`]: crate::Store::watch
//! [`store.on(executor).watch(…)`]: crate::Store::on
//! [`store.on(&inbox).watch(…)`]: crate::Store::on
//! [`Queue`]: crate::Queue
//! [`Queue::blocking`]: crate::Queue::blocking
//! [`Watcher::merges`]: crate::Watcher::merges
//! [`Watcher::check`]: crate::Watcher::check
//! [`Watcher::pause`]: crate::Watcher::pause
//! [`Watch::once`]: crate::Watch::once
//! [`Executor`]: crate::Executor
//! [`WorkQueue`]: crate::WorkQueue
#![cfg_attr(feature = "futures", doc = "[`Spawner`]: crate::Spawner")]
#![cfg_attr(not(feature = "futures"), doc = "[`Spawner`]: super::delivery")]
//! [`Inbox`]: crate::Inbox
//! [`Inbox::drain`]: crate::Inbox::drain
//! [`Clock`]: crate::Clock
//! [`ManualClock`]: crate::ManualClock
//! [`Store::told`]: crate::Store::told
