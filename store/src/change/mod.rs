//! How the truth becomes another: a transaction stages, guards look at it, a commit moves it.
//!
//! Tells nobody: what changed is returned as a fact.

mod commit;
mod error;
mod guard;
mod origin;
mod transaction;

pub use self::guard::Guard;
pub use self::{
    commit::Commit,
    error::{NestedWrite, Refusal, RunawayChain, WriteError},
    origin::Origin,
    transaction::Transaction,
};
pub(crate) use self::{
    commit::{Cause, Part, Staged, changed_fields},
    guard::Guards,
};
