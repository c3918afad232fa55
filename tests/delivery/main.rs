//! How and where watchers are told: executors, inboxes, queues, streams and waits.

#[path = "../behavior/support.rs"]
#[allow(dead_code)] // The other binary needs the rest.
mod support;
mod app;
mod polling;

mod latest;
mod queues;
mod blocking;
mod executors;
mod inbox;
mod ignoring;
mod once;
mod pause;
mod timing;
mod streams;
mod feeds;
mod ends;
mod wakes;
mod until;
mod told;
mod cancel;
mod panics;
mod leaks;
mod strain;
mod story;
mod promises;
