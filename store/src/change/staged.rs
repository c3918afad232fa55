//! A transaction whose writing has ended: its deltas become the truth, and then hold the old values.
//!
//! The truth moves in [`Staged::publish`] and nowhere else.

use std::sync::Arc;

use super::{
    Commit,
    commit::{Part, Parts},
    delta::{is_changed, visit_changed},
    derive::StagedValues,
};
use crate::{
    cause::Cause,
    model::{
        Drafts, Family, Field, Heads, Holds, MakeEach, MakeField, Model, Stores, VisitEach,
        VisitField,
    },
    state::{FieldPlace, Truth},
    sync::Turn,
};

/// What became of one named store's draft.
pub(super) struct Sealed<M: Model> {
    delta: M::Delta,
    is_changed: bool,
}

/// Deltas of the named stores that a transaction touched.
pub(super) enum Deltas {}

impl Family for Deltas {
    type Of<M: Model> = Option<Sealed<M>>;
}

/// The delta of a named store that differs.
#[inline]
pub(super) fn changed<S: Holds<M>, M: Model>(deltas: &S::Each<Deltas>) -> Option<&M::Delta> {
    let sealed = S::of::<Deltas>(deltas).as_ref();
    sealed.and_then(|sealed| sealed.is_changed.then_some(&sealed.delta))
}

/// The delta of a named store that differs, to be written.
#[inline]
pub(super) fn changed_mut<S: Holds<M>, M: Model>(
    deltas: &mut S::Each<Deltas>,
) -> Option<&mut M::Delta> {
    let sealed = S::of_mut::<Deltas>(deltas).as_mut();
    sealed.and_then(|sealed| sealed.is_changed.then_some(&mut sealed.delta))
}

/// A transaction whose writing has ended: the new values until it is published, the old ones
/// after. To be dropped where no lock is held, as values are the program's.
pub(crate) struct Staged<S: Stores> {
    pub(super) deltas: S::Each<Deltas>,
    /// Copies of heads that a snapshot shares; after publishing, the heads they replaced.
    copies: S::Each<Copies>,
    /// What was derived at run time, if any of it differs.
    pub(super) derived: Option<Box<StagedValues>>,
    /// The folded fields that are behind, if others than before; after publishing, those of before.
    pub(super) behind: Option<Vec<FieldPlace>>,
}

/// Compares what a transaction staged with what is committed.
pub(super) fn seal<'a, S: Stores>(drafts: &mut S::Each<Drafts<'a>>) -> Staged<S> {
    struct Seal<'d, 'a, S: Stores>(&'d mut S::Each<Drafts<'a>>);
    impl<S: Stores> MakeEach<S, Deltas> for Seal<'_, '_, S> {
        #[inline]
        fn make<M: Model>(&mut self) -> Option<Sealed<M>>
        where
            S: Holds<M>,
        {
            let delta = M::seal(S::of_mut::<Drafts<'_>>(self.0).as_mut()?);
            let is_changed = is_changed::<M>(&delta);
            Some(Sealed { delta, is_changed })
        }
    }
    Staged {
        deltas: S::each::<Deltas>(&mut Seal::<S>(drafts)),
        copies: S::each::<Copies>(&mut NoCopies),
        derived: None,
        behind: None,
    }
}

/// Exchanges old for new, field by field.
struct Swap<'a, M: Model> {
    state: &'a mut M,
    delta: &'a mut M::Delta,
}

impl<M: Model> VisitField<M> for Swap<'_, M> {
    #[inline]
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
        field.delta_mut(self.delta).swap(field.get_mut(self.state));
    }
}

/// Clones every field.
struct CloneFields<'a, M>(&'a M);

impl<M: Model> MakeField<M> for CloneFields<'_, M> {
    #[inline]
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) -> T {
        field.get(self.0).clone()
    }

    #[inline]
    fn derived<T: Clone + Send + Sync + 'static>(
        &mut self,
        field: Field<M, T>,
        _derive: impl FnOnce() -> T,
    ) -> T {
        self.field(field)
    }
}

/// Copies of those heads that somebody else holds too, with the staged values already in them.
enum Copies {}

impl Family for Copies {
    type Of<M: Model> = Option<Arc<M>>;
}

impl<S: Stores> Staged<S> {
    /// Whether anything differs.
    pub(crate) fn is_changed(&self) -> bool {
        struct Any<'a, S: Stores>(&'a S::Each<Deltas>, bool);
        impl<S: Stores> VisitEach<S> for Any<'_, S> {
            #[inline]
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                self.1 |= changed::<S, M>(self.0).is_some();
            }
        }
        let mut any = Any::<S>(&self.deltas, false);
        S::visit(&mut any);
        any.1
    }

    /// Calls `found` for each field that differs.
    #[inline]
    pub(crate) fn visit_changed(&self, found: impl FnMut(FieldPlace)) {
        struct Changed<'a, S: Stores, F>(&'a S::Each<Deltas>, F);
        impl<S: Stores, F: FnMut(FieldPlace)> VisitEach<S> for Changed<'_, S, F> {
            #[inline]
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                if let Some(delta) = changed::<S, M>(self.0) {
                    let store = S::INDEX;
                    visit_changed::<M>(delta, |field| {
                        (self.1)(FieldPlace {
                            store,
                            field: field.index,
                        });
                    });
                }
            }
        }
        let mut changed = Changed::<S, _>(&self.deltas, found);
        S::visit(&mut changed);
        if let Some(derived) = &self.derived {
            let ids = derived.changed.iter().map(|change| change.id);
            ids.map(FieldPlace::derived).for_each(changed.1);
        }
    }

    /// Moves the truth. Nothing staged can be seen before, and all of it can after. Calls `then`
    /// before readers see it.
    pub(crate) fn publish<R>(
        &mut self,
        turn: &mut Turn<'_, Truth<S>>,
        then: impl FnOnce(&mut Self, &Truth<S>) -> R,
    ) -> R {
        let mut then = Some(then);
        loop {
            let Self { deltas, copies, .. } = self;
            S::visit(&mut CopyShared::<S> {
                truth: turn,
                deltas,
                copies,
            });
            let moved = turn.publish(|truth| {
                let Self { deltas, copies, .. } = &mut *self;
                let mut shared = AnyShared::<S> {
                    truth,
                    deltas,
                    copies,
                    found: false,
                };
                S::visit(&mut shared);
                // A reader came between: its snapshot must stay, so that head is copied too.
                if shared.found {
                    return None;
                }
                S::visit(&mut Replace::<S> {
                    truth,
                    deltas,
                    copies,
                });
                if let Some(derived) = &mut self.derived {
                    std::mem::swap(&mut truth.values, &mut derived.values);
                }
                if let Some(behind) = &mut self.behind {
                    std::mem::swap(&mut truth.behind, behind);
                }
                truth.revision += 1;
                then.take().map(|then| then(self, truth))
            });
            if let Some(moved) = moved {
                return moved;
            }
        }
    }

    /// Takes out what watchers are told, once published. `heads` are those of right after.
    pub(crate) fn take_commit(&mut self, heads: &S::Each<Heads>, cause: Cause) -> Commit<S> {
        struct Join<'a, S: Stores>(&'a mut S::Each<Deltas>, &'a S::Each<Heads>);
        impl<S: Stores> MakeEach<S, Parts> for Join<'_, S> {
            #[inline]
            fn make<M: Model>(&mut self) -> Option<Part<M>>
            where
                S: Holds<M>,
            {
                let sealed = S::of_mut::<Deltas>(self.0).take_if(|sealed| sealed.is_changed);
                let Sealed { delta, .. } = sealed?;
                Some(Part {
                    after: Arc::clone(S::of::<Heads>(self.1)),
                    delta,
                    unheard: None,
                })
            }
        }
        let derived = self.derived.as_mut();
        Commit {
            cause,
            values: derived.map_or_else(Vec::new, |derived| std::mem::take(&mut derived.changed)),
            parts: S::each::<Parts>(&mut Join::<S>(&mut self.deltas, heads)),
        }
    }
}

struct NoCopies;

impl<S: Stores> MakeEach<S, Copies> for NoCopies {
    #[inline]
    fn make<M: Model>(&mut self) -> Option<Arc<M>>
    where
        S: Holds<M>,
    {
        None
    }
}

/// Copies each changed head that a snapshot shares; the others are written in place.
struct CopyShared<'a, S: Stores> {
    truth: &'a Truth<S>,
    deltas: &'a mut S::Each<Deltas>,
    copies: &'a mut S::Each<Copies>,
}

impl<S: Stores> VisitEach<S> for CopyShared<'_, S> {
    #[inline]
    fn visit<M: Model>(&mut self)
    where
        S: Holds<M>,
    {
        let head = S::of::<Heads>(&self.truth.heads);
        let copy = S::of_mut::<Copies>(self.copies);
        if let Some(delta) = changed_mut::<S, M>(self.deltas)
            && copy.is_none()
            && Arc::strong_count(head) > 1
        {
            let mut state = M::make(&mut CloneFields(&**head));
            M::visit(&mut Swap {
                state: &mut state,
                delta,
            });
            *copy = Some(Arc::new(state));
        }
    }
}

/// Whether a head that is to be written in place is shared.
struct AnyShared<'a, S: Stores> {
    truth: &'a mut Truth<S>,
    deltas: &'a S::Each<Deltas>,
    copies: &'a S::Each<Copies>,
    found: bool,
}

impl<S: Stores> VisitEach<S> for AnyShared<'_, S> {
    #[inline]
    fn visit<M: Model>(&mut self)
    where
        S: Holds<M>,
    {
        if changed::<S, M>(self.deltas).is_some() && S::of::<Copies>(self.copies).is_none() {
            self.found |= Arc::get_mut(S::of_mut::<Heads>(&mut self.truth.heads)).is_none();
        }
    }
}

/// Puts copies in place, and writes the other heads where they are.
struct Replace<'a, S: Stores> {
    truth: &'a mut Truth<S>,
    deltas: &'a mut S::Each<Deltas>,
    copies: &'a mut S::Each<Copies>,
}

impl<S: Stores> VisitEach<S> for Replace<'_, S> {
    #[inline]
    fn visit<M: Model>(&mut self)
    where
        S: Holds<M>,
    {
        let head = S::of_mut::<Heads>(&mut self.truth.heads);
        if let Some(copy) = S::of_mut::<Copies>(self.copies) {
            std::mem::swap(head, copy);
        } else if let (Some(delta), Some(state)) =
            (changed_mut::<S, M>(self.deltas), Arc::get_mut(head))
        {
            M::visit(&mut Swap { state, delta });
        }
    }
}
