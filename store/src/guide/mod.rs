//! How to think of a store, and how to choose among what it offers. Prose and tested examples only.
//!
//! 1. [Concepts](concepts): named stores, commits, snapshots, watchers, and the one rule.
//! 2. [Choosing a delivery](delivery): on the committing thread, an executor, an inbox, or when you read.
//! 3. [Streams](streams): readers that come when they like, waiting, pacing.
//! 4. [Derived values](derived): what follows from other values, of the same moment.
//! 5. [Live views](views): sorted, filtered, joined and windowed collections for list widgets.
//! 6. [UI kits](ui_kits): ratatui, egui, web pages, plain threads.
//! 7. [Coming from](coming_from) TUIStore, Redux, tokio's watch channel or eyeball.
//! 8. [Limits](limits): what a store does not do, and what things cost.

pub mod concepts;
pub mod delivery;
pub mod streams;
pub mod derived;
pub mod views;
pub mod ui_kits;
pub mod coming_from;
pub mod limits;
