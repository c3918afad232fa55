//! Which fields differ, and which a watcher reaches.

use smallvec::SmallVec;

use super::Part;
use crate::{
    model::{Field, FieldInfo, Model, VisitField},
    state::FieldPlace,
};

/// A few fields, mostly one.
pub(crate) type Places = SmallVec<[FieldPlace; 1]>;

/// Some of all fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// These.
    Fields(Places),
    /// All of one named store.
    Store(usize),
    /// All there are.
    All,
}

impl Reach {
    /// Whether any field of a named store is among them.
    pub(crate) fn enters(&self, store: usize) -> bool {
        match self {
            Self::Fields(fields) => fields.iter().any(|place| place.store == store),
            Self::Store(only) => *only == store,
            Self::All => true,
        }
    }

    pub(crate) fn contains(&self, place: FieldPlace) -> bool {
        match self {
            Self::Fields(fields) => fields.contains(&place),
            Self::Store(store) => *store == place.store,
            Self::All => true,
        }
    }
}

/// Calls `found` for each field that a write says differs, in the order they are declared.
#[inline]
pub(super) fn visit_changed<M: Model>(delta: &M::Delta, found: impl FnMut(FieldInfo)) {
    struct Changed<'a, M: Model, F>(&'a M::Delta, F);
    impl<M: Model, F: FnMut(FieldInfo)> VisitField<M> for Changed<'_, M, F> {
        #[inline]
        fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
            if field.delta(self.0).is_changed() {
                (self.1)(field.info());
            }
        }
    }
    M::visit(&mut Changed::<M, _>(delta, found));
}

/// The fields that differ in a commit, in the order they are declared.
pub(crate) fn changed_fields<M: Model>(part: &Part<M>) -> Vec<FieldInfo> {
    struct Changed<'a, M: Model>(&'a Part<M>, Vec<FieldInfo>);
    impl<M: Model> VisitField<M> for Changed<'_, M> {
        fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
            if self.0.old(field).is_some() {
                self.1.push(field.info());
            }
        }
    }
    let mut changed = Changed(part, Vec::new());
    M::visit(&mut changed);
    changed.1
}
