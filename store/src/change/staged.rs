//! A transaction whose writing has ended: its deltas become the truth, and then hold the old values.
//!
//! The truth moves in [`Staged::publish`] and nowhere else.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};

use super::{
    Commit,
    commit::{Part, Parts},
    delta::visit_changed,
    following::Following,
    panics::DerivationPanic,
    seal::{Deltas, Seal, Sealed, changed, changed_mut, sealed},
};
use crate::{
    cause::Cause,
    model::{
        Drafts, Field, Heads, Holds, MakeEach, MakeField, Model, Stores, VisitEach, VisitField,
    },
    state::{FieldPlace, Truth},
    sync::{Moving, Turn, call_in_turn},
};

/// What a transaction leaves: the new values until it is published, the old ones after. To be
/// dropped where no lock is held, as values are the program's.
pub(crate) struct Staged<S: Stores> {
    pub(super) deltas: S::Each<Deltas>,
    is_changed: bool,
    /// Whether dropping what was written, or what it replaced, may run code of the program's.
    pub(super) has_values: bool,
    /// What follows from what was written, if anything.
    pub(super) following: Option<Box<Following>>,
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

impl<S: Stores> Staged<S> {
    /// What a transaction leaves that wrote nothing.
    #[inline]
    pub(crate) fn nothing() -> Self {
        struct Nothing;
        impl<S: Stores> MakeEach<S, Deltas> for Nothing {
            #[inline]
            fn make<M: Model>(&mut self) -> Option<Sealed<M>>
            where
                S: Holds<M>,
            {
                None
            }
        }
        Self {
            deltas: S::each::<Deltas>(&mut Nothing),
            is_changed: false,
            has_values: false,
            following: None,
        }
    }

    /// Takes over what was written in drafts; compares it, if it is to be kept.
    #[inline]
    pub(super) fn take_over<'a, const KEEP: bool>(
        &mut self,
        heads: &'a S::Each<Heads>,
        drafts: &mut S::Each<Drafts<'a>>,
    ) {
        let mut seal = Seal::<S, KEEP> {
            drafts,
            heads,
            deltas: &mut self.deltas,
            is_changed: false,
            has_values: false,
        };
        S::visit(&mut seal);
        self.is_changed = seal.is_changed;
        // A comparison that panicked may have kept from saying so.
        self.has_values |= seal.has_values || !KEEP;
    }

    /// Drops all there is; if that panics, all until there.
    pub(crate) fn clear(&mut self) {
        struct Clear<'a, S: Stores>(&'a mut S::Each<Deltas>);
        impl<S: Stores> VisitEach<S> for Clear<'_, S> {
            #[inline]
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                *S::of_mut::<Deltas>(self.0) = None;
            }
        }
        S::visit(&mut Clear::<S>(&mut self.deltas));
        if let Some(following) = &mut self.following {
            following.clear();
        }
        self.has_values = false;
    }

    /// Whether dropping it may run code of the program's.
    #[inline]
    pub(crate) fn has_values(&self) -> bool {
        self.has_values
    }

    /// What panicked while deriving.
    #[inline]
    pub(crate) fn take_panics(&mut self) -> Option<Vec<DerivationPanic>> {
        self.following.take().map(|following| following.panics)
    }

    /// Whether anything differs.
    #[inline]
    pub(crate) fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// Calls `found` for each field that differs.
    #[inline]
    pub(crate) fn visit_changed(&self, mut found: impl FnMut(FieldPlace)) {
        struct Changed<'a, S: Stores, F>(&'a S::Each<Deltas>, &'a mut F);
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
        S::visit(&mut Changed::<S, _>(&self.deltas, &mut found));
        if let Some(following) = &self.following {
            let ids = following.changed.iter().map(|change| change.id);
            ids.map(FieldPlace::derived).for_each(found);
        }
    }

    /// Copies each head that differs and that a snapshot shares; the others are written in place.
    #[inline]
    pub(crate) fn copy_shared(&mut self, truth: &Truth<S>) {
        if self.has_shared(truth) {
            self.copy_all_shared(truth);
        }
    }

    #[cold]
    fn copy_all_shared(&mut self, truth: &Truth<S>) {
        let _called = call_in_turn();
        let deltas = &mut self.deltas;
        self.has_values = true;
        S::visit(&mut CopyShared::<S> { truth, deltas });
    }

    /// Whether a head that is to be written in place is shared.
    #[inline]
    fn has_shared(&self, truth: &Truth<S>) -> bool {
        let mut shared = AnyShared::<S> {
            truth,
            deltas: &self.deltas,
            found: false,
        };
        S::visit(&mut shared);
        shared.found
    }

    /// Moves the truth. Nothing staged can be seen before, and all of it can after; readers stay shut
    /// out until what is returned is dropped.
    ///
    /// # Errors
    ///
    /// What a clone of the program's panicked with. The truth has not moved.
    #[inline]
    pub(crate) fn publish<'a>(
        &mut self,
        turn: Turn<'a, Truth<S>>,
    ) -> thread::Result<Moving<'a, Truth<S>>> {
        let mut moving = turn.shut_readers_out();
        if self.has_shared(&moving) {
            moving = self.copy_anew(moving)?;
        }
        let truth = &mut *moving;
        let deltas = &mut self.deltas;
        S::visit(&mut Replace::<S> { truth, deltas });
        if let Some(following) = &mut self.following {
            following.exchange(truth);
        }
        truth.revision += 1;
        Ok(moving)
    }

    /// A reader came between: its snapshot must stay, so that head is copied too.
    #[cold]
    fn copy_anew<'a>(
        &mut self,
        mut moving: Moving<'a, Truth<S>>,
    ) -> thread::Result<Moving<'a, Truth<S>>> {
        while self.has_shared(&moving) {
            let turn = moving.let_readers_in();
            catch_unwind(AssertUnwindSafe(|| self.copy_all_shared(&turn)))?;
            moving = turn.shut_readers_out();
        }
        Ok(moving)
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
                let delta = changed_mut::<S, M>(self.0)?;
                Some(Part {
                    after: Arc::clone(S::of::<Heads>(self.1)),
                    delta: std::mem::take(delta),
                    unheard: None,
                })
            }
        }
        let following = self.following.as_mut();
        Commit {
            cause,
            values: following
                .map_or_else(Vec::new, |following| std::mem::take(&mut following.changed)),
            parts: S::each::<Parts>(&mut Join::<S>(&mut self.deltas, heads)),
        }
    }
}

/// Copies each changed head that is shared.
struct CopyShared<'a, S: Stores> {
    truth: &'a Truth<S>,
    deltas: &'a mut S::Each<Deltas>,
}

impl<S: Stores> VisitEach<S> for CopyShared<'_, S> {
    fn visit<M: Model>(&mut self)
    where
        S: Holds<M>,
    {
        let head = S::of::<Heads>(&self.truth.heads);
        if let Some(Sealed { delta, copy, .. }) = sealed::<S, M>(self.deltas)
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

/// Finds a changed head that is shared and not copied.
struct AnyShared<'a, S: Stores> {
    truth: &'a Truth<S>,
    deltas: &'a S::Each<Deltas>,
    found: bool,
}

impl<S: Stores> VisitEach<S> for AnyShared<'_, S> {
    #[inline]
    fn visit<M: Model>(&mut self)
    where
        S: Holds<M>,
    {
        if let Some(sealed) = S::of::<Deltas>(self.deltas) {
            let is_shared = Arc::strong_count(S::of::<Heads>(&self.truth.heads)) > 1;
            self.found |= sealed.is_changed && sealed.copy.is_none() && is_shared;
        }
    }
}

/// Puts copies in place, and writes the other heads where they are.
struct Replace<'a, S: Stores> {
    truth: &'a mut Truth<S>,
    deltas: &'a mut S::Each<Deltas>,
}

impl<S: Stores> VisitEach<S> for Replace<'_, S> {
    #[inline]
    fn visit<M: Model>(&mut self)
    where
        S: Holds<M>,
    {
        let head = S::of_mut::<Heads>(&mut self.truth.heads);
        let Some(Sealed { delta, copy, .. }) = sealed::<S, M>(self.deltas) else {
            return;
        };
        if let Some(copy) = copy {
            std::mem::swap(head, copy);
        } else if let Some(state) = Arc::get_mut(head) {
            // Always so: that nobody else holds it was seen with readers shut out.
            M::visit(&mut Swap { state, delta });
        }
    }
}
