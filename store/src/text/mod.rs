//! Names and fields as text, values as JSON: for tools, scripts, other languages, and keys that
//! are only known at run time.
//!
//! Goes through the same transactions and watches as typed access.

mod access;
mod error;
mod select;

pub use self::{
    access::{StoreInfo, Text, TextChange},
    error::TextError,
};
