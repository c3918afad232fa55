//! A commit: what watchers are told of one step of the whole store.

use std::{fmt, sync::Arc};

use super::{
    Origin,
    delta::{FieldPlace, changed_fields, is_changed, visit_changed},
};
use crate::{
    model::{
        Family, Field, FieldInfo, Heads, Holds, MakeEach, Model, StoreName, Stores, VisitEach,
        VisitField,
    },
    state::Revision,
    sync::Caller,
};

/// One named store's part in a commit: its state after, and what differs.
pub(crate) struct Part<M: Model> {
    pub(crate) after: Arc<M>,
    pub(crate) delta: M::Delta,
}

/// Parts of the named stores that a commit changed.
pub(super) enum Parts {}

impl Family for Parts {
    type Of<M: Model> = Option<Part<M>>;
}

/// What every change of one commit has in common.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct Cause {
    pub(crate) revision: Revision,
    pub(crate) origin: Option<Origin>,
    /// The source line of the write.
    pub(crate) at: Caller,
    /// How many commits, each made by a watcher of the one before, led to this one.
    pub(crate) depth: u32,
}

/// One step of the whole store: which fields of which named stores differ, and why.
///
/// Watchers of every store get it: [`Store::watch_commits`](crate::Store::watch_commits).
pub struct Commit<S: Stores> {
    pub(crate) cause: Cause,
    pub(super) parts: S::Each<Parts>,
}

impl<S: Stores> Commit<S> {
    /// The number of the commit.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.cause.revision
    }

    /// Who made the commit, and why, if the writer said so.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.cause.origin.as_ref()
    }

    /// The state of a named store after this commit, or `None` if the commit left it as it was.
    #[must_use]
    pub fn after<M: Model>(&self, _name: StoreName<M>) -> Option<&M>
    where
        S: Holds<M>,
    {
        self.part::<M>().map(|part| &*part.after)
    }

    /// The fields that differ, by store name, in the order they are declared.
    #[must_use]
    pub fn changed_fields(&self) -> Vec<(&'static str, FieldInfo)> {
        struct Names<'a, S: Stores>(&'a Commit<S>, Vec<(&'static str, FieldInfo)>);
        impl<S: Stores> VisitEach<S> for Names<'_, S> {
            #[inline]
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                if let Some(part) = self.0.part::<M>() {
                    let fields = changed_fields::<M>(&part.delta);
                    self.1
                        .extend(fields.into_iter().map(|field| (M::NAME, field)));
                }
            }
        }
        let mut names = Names(self, Vec::new());
        S::visit(&mut names);
        names.1
    }

    #[inline]
    pub(crate) fn part<M: Model>(&self) -> Option<&Part<M>>
    where
        S: Holds<M>,
    {
        S::of::<Parts>(&self.parts).as_ref()
    }

    /// Calls `found` for each field that differs.
    pub(crate) fn visit_changed(&self, found: impl FnMut(FieldPlace)) {
        struct Changed<'a, S: Stores, F>(&'a Commit<S>, F);
        impl<S: Stores, F: FnMut(FieldPlace)> VisitEach<S> for Changed<'_, S, F> {
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                if let Some(part) = self.0.part::<M>() {
                    let store = S::INDEX;
                    visit_changed::<M>(&part.delta, |field| {
                        (self.1)(FieldPlace {
                            store,
                            field: field.index,
                        });
                    });
                }
            }
        }
        S::visit(&mut Changed(self, found));
    }

    /// What differs between two moments, found by comparing them; `None` if nothing.
    pub(crate) fn between(
        from: &S::Each<Heads>,
        to: &S::Each<Heads>,
        cause: Cause,
    ) -> Option<Self> {
        struct Between<'a, S: Stores> {
            from: &'a S::Each<Heads>,
            to: &'a S::Each<Heads>,
            found: bool,
        }
        impl<S: Stores> MakeEach<S, Parts> for Between<'_, S> {
            #[inline]
            fn make<M: Model>(&mut self) -> Option<Part<M>>
            where
                S: Holds<M>,
            {
                let (from, to) = (S::of::<Heads>(self.from), S::of::<Heads>(self.to));
                if Arc::ptr_eq(from, to) {
                    return None;
                }
                let mut comparison = Comparison {
                    from: &**from,
                    to: &**to,
                    delta: M::Delta::default(),
                };
                M::visit(&mut comparison);
                let delta = comparison.delta;
                if !is_changed::<M>(&delta) {
                    return None;
                }
                self.found = true;
                Some(Part {
                    after: Arc::clone(to),
                    delta,
                })
            }
        }
        let mut between = Between::<S> {
            from,
            to,
            found: false,
        };
        let parts = S::each::<Parts>(&mut between);
        between.found.then_some(Self { cause, parts })
    }
}

impl<S: Stores> fmt::Debug for Commit<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commit")
            .field("revision", &self.cause.revision)
            .field("origin", &self.cause.origin)
            .field("changed_fields", &self.changed_fields())
            .finish()
    }
}

/// Compares field by field.
struct Comparison<'a, M: Model> {
    from: &'a M,
    to: &'a M,
    delta: M::Delta,
}

impl<M: Model> VisitField<M> for Comparison<'_, M> {
    #[inline]
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
        if field.differs(self.from, self.to) {
            field
                .delta_mut(&mut self.delta)
                .set_old(field.get(self.from).clone());
        }
    }
}
