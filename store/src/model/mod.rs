//! What a named store is made of: its name, its fields, a draft of them for writing, the delta
//! that a write leaves behind, and how fields are derived from others. The derives implement these
//! traits.

mod delta;
mod derived;
mod differs;
mod draft;
mod each;
mod field;
mod first;
mod keyed_draft;
mod name;

pub use self::{
    delta::Delta,
    derived::{FieldDerivation, FieldInputs, Rule, VisitDerived},
    draft::Draft,
    each::{Drafts, Family, Heads, Holds, MakeEach, Stores, VisitEach},
    field::{DraftMut, Field, FieldInfo, FieldParts, MakeField, Model, Same, VisitField},
    name::StoreName,
};
pub(crate) use self::{
    delta::Journal,
    differs::Differs,
    first::{derive_all, with_defaults},
};
