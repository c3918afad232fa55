//! What generated code may call. Not part of the public API.

pub use crate::{
    model::{
        Delta, DraftMut, Drafts, Family, FieldParts, Heads, MakeEach, MakeField, Same, VisitEach,
        VisitField,
    },
    watch::{FieldWatch, Registration},
};
