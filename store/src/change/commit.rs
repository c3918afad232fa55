//! A commit: staged deltas become the truth, and the old values become what watchers are told.
//!
//! The truth moves in [`publish`] and nowhere else.

use std::{fmt, sync::Arc};

use super::Origin;
use crate::{
    model::{
        Drafts, Family, Field, FieldInfo, Heads, Holds, MakeEach, MakeField, Model, StoreName,
        Stores, VisitEach, VisitField,
    },
    state::{Revision, Truth},
    sync::{Caller, Turn},
};

/// Deltas of the named stores that a transaction touched.
enum Deltas {}

impl Family for Deltas {
    type Of<M: Model> = Option<M::Delta>;
}

/// A transaction whose writing has ended: the new values until it is published, the old ones
/// after. To be dropped where no lock is held, as values are the program's.
pub(crate) struct Staged<S: Stores> {
    deltas: S::Each<Deltas>,
    /// What net nothing came of.
    _unchanged: S::Each<Deltas>,
    /// Copies of heads that a snapshot shares; after publishing, the heads they replaced.
    copies: S::Each<Copies>,
}

/// One named store's part in a commit: its state after, and what differs.
pub(crate) struct Part<M: Model> {
    pub(crate) after: Arc<M>,
    pub(crate) delta: M::Delta,
}

/// Parts of the named stores that a commit changed.
enum Parts {}

impl Family for Parts {
    type Of<M: Model> = Option<Part<M>>;
}

/// What every change of one commit has in common.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
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
    parts: S::Each<Parts>,
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

/// Compares what a transaction staged with what is committed.
pub(super) fn seal<'a, S: Stores>(drafts: &mut S::Each<Drafts<'a>>) -> Staged<S> {
    struct Seal<'d, 'a, S: Stores>(&'d mut S::Each<Drafts<'a>>);
    impl<S: Stores> MakeEach<S, Deltas> for Seal<'_, '_, S> {
        #[inline]
        fn make<M: Model>(&mut self) -> Option<M::Delta>
        where
            S: Holds<M>,
        {
            S::of_mut::<Drafts<'_>>(self.0).take().map(M::seal)
        }
    }
    struct SetAside<'d, S: Stores>(&'d mut S::Each<Deltas>);
    impl<S: Stores> MakeEach<S, Deltas> for SetAside<'_, S> {
        #[inline]
        fn make<M: Model>(&mut self) -> Option<M::Delta>
        where
            S: Holds<M>,
        {
            S::of_mut::<Deltas>(self.0).take_if(|delta| !is_changed::<M>(delta))
        }
    }
    let mut deltas = S::each::<Deltas>(&mut Seal::<S>(drafts));
    let unchanged = S::each::<Deltas>(&mut SetAside::<S>(&mut deltas));
    Staged {
        deltas,
        _unchanged: unchanged,
        copies: S::each::<Copies>(&mut NoCopies),
    }
}

/// The fields that a delta says differ.
pub(crate) fn changed_fields<M: Model>(delta: &M::Delta) -> Vec<FieldInfo> {
    struct Changed<'a, M: Model>(&'a M::Delta, Vec<FieldInfo>);
    impl<M: Model> VisitField<M> for Changed<'_, M> {
        #[inline]
        fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
            if field.delta(self.0).is_changed() {
                self.1.push(field.info());
            }
        }
    }
    let mut changed = Changed::<M>(delta, Vec::new());
    M::visit(&mut changed);
    changed.1
}

fn is_changed<M: Model>(delta: &M::Delta) -> bool {
    struct Any<'a, M: Model>(&'a M::Delta, bool);
    impl<M: Model> VisitField<M> for Any<'_, M> {
        #[inline]
        fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
            self.1 |= field.delta(self.0).is_changed();
        }
    }
    let mut any = Any::<M>(delta, false);
    M::visit(&mut any);
    any.1
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
                self.1 |= S::of::<Deltas>(self.0).is_some();
            }
        }
        let mut any = Any::<S>(&self.deltas, false);
        S::visit(&mut any);
        any.1
    }

    /// Moves the truth. Nothing staged can be seen before, and all of it can after.
    pub(crate) fn publish(&mut self, turn: &mut Turn<'_, Truth<S>>) -> Revision {
        let Self { deltas, copies, .. } = self;
        loop {
            S::visit(&mut CopyShared::<S> {
                truth: turn,
                deltas,
                copies,
            });
            let moved = turn.publish(|truth| {
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
                truth.revision += 1;
                Some(truth.revision)
            });
            if let Some(revision) = moved {
                return revision;
            }
        }
    }

    /// Takes out what watchers are told, once published. `heads` are those of right after.
    pub(crate) fn take_commit(&mut self, heads: &S::Each<Heads>, cause: Cause) -> Box<Commit<S>> {
        struct Join<'a, S: Stores>(&'a mut S::Each<Deltas>, &'a S::Each<Heads>);
        impl<S: Stores> MakeEach<S, Parts> for Join<'_, S> {
            #[inline]
            fn make<M: Model>(&mut self) -> Option<Part<M>>
            where
                S: Holds<M>,
            {
                let delta = S::of_mut::<Deltas>(self.0).take()?;
                Some(Part {
                    after: Arc::clone(S::of::<Heads>(self.1)),
                    delta,
                })
            }
        }
        Box::new(Commit {
            cause,
            parts: S::each::<Parts>(&mut Join::<S>(&mut self.deltas, heads)),
        })
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
        if let Some(delta) = S::of_mut::<Deltas>(self.deltas)
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
        if S::of::<Deltas>(self.deltas).is_some() && S::of::<Copies>(self.copies).is_none() {
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
            (S::of_mut::<Deltas>(self.deltas), Arc::get_mut(head))
        {
            M::visit(&mut Swap { state, delta });
        }
    }
}
