//! Rules of the house, as tests.
//!
//! Reads the project's files and knows nothing of what they do.

mod files;
mod floors;
mod docs;
mod house;
mod licences;

/// Fails with all complaints at once.
#[track_caller]
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
