//! How the truth becomes another: a transaction stages, guards look at it, a commit moves it.
//!
//! Tells nobody: what changed is returned as a fact.

mod delta;
mod commit;
mod merge;
mod error;
mod panics;
mod derivation;
mod following;
mod fields;
mod guard;
mod seal;
mod staged;
mod derive;
mod transaction;

pub use self::{
    commit::Commit,
    error::{NestedWrite, Refusal, RunawayChain, WriteError},
    guard::Guard,
    panics::PanicSource,
    transaction::Transaction,
};
pub(crate) use self::{
    commit::Part,
    delta::{Places, Reach, changed_fields},
    derivation::{Derivation, DerivationList, Derivations},
    derive::After,
    guard::{CurrentGuards, Guards},
    panics::DerivationPanic,
    staged::Staged,
};
pub(crate) use crate::{
    cause::{Cause, Origin},
    state::FieldPlace,
};
