//! Every interleaving of a few threads that use a store, up to a number of preemptions: `docs/testing.md`.
#![cfg(store_loom)]
#![allow(unreachable_pub, reason = "a test has no crate around it")]

mod app;
mod commit;
mod explore;
mod readers;
mod telling;
mod watching;
