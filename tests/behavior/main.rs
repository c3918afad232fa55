//! The contract, rule by rule: what the store promises, and attempts to break it.

mod app;
mod support;

mod state;
mod cached;
mod change;
mod derive;
mod equality;
mod guards;
mod origins;
mod reset;
mod watch_first;
mod watch_order;
mod reentry;
mod watch_end;
mod watch_narrow;
mod watch_cost;
mod unwatched;
mod panics;
mod views;
mod queue;
mod drops;
mod leftovers;
mod copies;
mod derived;
mod derived_folded;
mod derived_panics;
mod derived_threads;
mod refusals;
mod text;
mod writes;
mod telling;
mod threads;
mod text_listing;
mod promises;
mod house;
