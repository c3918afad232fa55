//! Interleavings of a few threads that use a store: every one up to a number of preemptions, over loom, or random ones,
//! over shuttle: `docs/testing.md`.
#![cfg(any(store_loom, store_shuttle))]
#![allow(unreachable_pub, reason = "a test has no crate around it")]

#[cfg(store_loom)]
use loom as simulator;
#[cfg(store_shuttle)]
use shuttle as simulator;

mod app;
mod commit;
#[cfg(store_loom)]
mod explore;
#[cfg(store_shuttle)]
#[path = "sample.rs"]
mod explore;
#[cfg(store_shuttle)]
mod long;
mod readers;
mod telling;
mod watching;
