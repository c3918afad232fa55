//! What a named store is made of: its name, its fields, a draft of them for writing, and the
//! delta that a write leaves behind. The derives implement these traits.

mod differs;
mod draft;
mod each;
mod field;
mod keyed_draft;
mod name;

pub(crate) use self::{differs::Differs, draft::Journal};
pub use self::{
    draft::{Delta, Draft},
    each::{Drafts, Family, Heads, Holds, MakeEach, Stores, VisitEach},
    field::{DraftMut, Field, FieldInfo, FieldParts, MakeField, Model, Same, VisitField},
    name::StoreName,
};
