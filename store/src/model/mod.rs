//! What a named store is made of: its name, its fields, a draft of them for writing, and the
//! delta that a write leaves behind. The derives implement these traits.

mod draft;
mod each;
mod field;
mod name;

pub use self::{
    draft::Draft,
    each::{Holds, Stores},
    field::{Field, FieldInfo, Model},
    name::StoreName,
};
pub(crate) use self::{
    draft::{Delta, Journal},
    each::{Drafts, Family, Heads, MakeEach, VisitEach},
    field::{FieldParts, MakeField, Same, VisitField},
};
