//! A reactive state store.

#[cfg(feature = "chat")]
pub mod chat;
