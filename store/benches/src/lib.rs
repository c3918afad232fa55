//! Times subjects in turn and prints tables with ratios.
//!
//! Knows nothing of what it times.

mod arguments;
mod machine;
mod pace;
mod report;
mod table;

pub use crate::{
    arguments::{Arguments, Part},
    machine::Machine,
    pace::Pace,
    report::Report,
    table::{Sampler, Subject, Table},
};
