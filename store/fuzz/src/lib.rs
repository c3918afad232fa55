//! Laws of the store as functions of bytes: each makes something of the bytes, whatever they are, and fails if a law does
//! not hold of it.
//!
//! Knows nothing of where the bytes come from: from libFuzzer in `targets`, from the corpus and from a generator in `tests`.
#![forbid(unsafe_code)]

mod json;
mod text;
mod diffs;
mod wire;
mod lists;
mod views;

pub use crate::{diffs::diffs, lists::lists, text::text, views::views, wire::wire};

/// Holds of any bytes, or panics.
pub type Law = fn(&[u8]);

/// Every target by its name, which its folder in the corpus has too.
pub const TARGETS: [(&str, Law); 5] = [
    ("text", text),
    ("diffs", diffs),
    ("wire", wire),
    ("lists", lists),
    ("views", views),
];
