//! How the truth becomes another: a transaction stages, guards look at it, a commit moves it.
//!
//! Tells nobody: what changed is returned as a fact.

mod delta;
mod commit;
mod error;
mod derivation;
mod guard;
mod origin;
mod staged;
mod transaction;

pub(crate) use self::commit::Cause;
pub use self::{
    commit::Commit,
    error::{NestedWrite, Refusal, RunawayChain, WriteError},
    guard::Guard,
    origin::Origin,
    transaction::Transaction,
};
pub(crate) use self::{
    commit::Part,
    delta::{FieldPlace, Reach, changed_fields},
    derivation::{Derivation, Derivations},
    guard::Guards,
    staged::{After, DerivationPanic, Staged},
};
