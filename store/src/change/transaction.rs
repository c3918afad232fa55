//! A transaction: drafts of the named stores it touches, and nothing else.

use std::{fmt, mem::ManuallyDrop};

use super::staged::Staged;
use crate::model::{
    Drafts, Field, Heads, Holds, MakeEach, Model, StoreName, Stores, VisitEach, VisitField,
};

/// A write over one or several named stores: all of it happens, or nothing.
///
/// # Examples
///
/// ```
/// # use store::{Model, Store, Stores};
/// # #[derive(Model)] pub struct Purse { pub coins: i64 }
/// # #[derive(Model)] pub struct Till { pub coins: i64 }
/// # #[derive(Stores)] pub struct Shop { pub purse: Purse, pub till: Till }
/// let store = Store::<Shop>::new();
/// let paid = store.transaction(|shop| {
///     *shop.on(TILL).coins += 5;
///     *shop.on(PURSE).coins -= 5;
///     if *shop.on(PURSE).coins < 0 { Err("no money") } else { Ok(()) }
/// });
/// assert!(paid.is_err());
/// assert_eq!(store.snapshot(TILL).coins, 0);
/// ```
pub struct Transaction<'a, S: Stores> {
    committed: &'a S::Each<Heads>,
    drafts: S::Each<Drafts<'a>>,
}

impl<'a, S: Stores> Transaction<'a, S> {
    #[inline]
    pub(crate) fn new(committed: &'a S::Each<Heads>) -> Self {
        struct Nothing;
        impl<'a, S: Stores> MakeEach<S, Drafts<'a>> for Nothing {
            #[inline]
            fn make<M: Model>(&mut self) -> Option<ManuallyDrop<M::Draft<'a>>>
            where
                S: Holds<M>,
            {
                None
            }
        }
        Self {
            committed,
            drafts: S::each::<Drafts<'a>>(&mut Nothing),
        }
    }

    /// The draft of one named store.
    #[inline]
    pub fn on<M: Model>(&mut self, _name: StoreName<M>) -> &mut M::Draft<'a>
    where
        S: Holds<M>,
    {
        let committed: &'a M = S::of::<Heads>(self.committed);
        S::of_mut::<Drafts<'a>>(&mut self.drafts)
            .get_or_insert_with(|| ManuallyDrop::new(committed.draft()))
    }

    /// Puts every field of one named store back to its default; derived fields follow.
    ///
    /// Watchers are told by the same rule as of any write.
    pub fn reset<M: Model>(&mut self, name: StoreName<M>)
    where
        S: Holds<M>,
    {
        struct Reset<'d, 'a, M: Model>(&'d mut M::Draft<'a>);
        impl<M: Model> VisitField<M> for Reset<'_, '_, M> {
            fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
                if !field.is_derived() {
                    field.draft(self.0).set(field.default_value());
                }
            }
        }
        M::visit(&mut Reset::<M>(self.on(name)));
    }

    /// Puts one field back to its default. A derived field stays what its inputs say.
    pub fn reset_field<M: Model, T: 'static>(&mut self, name: StoreName<M>, field: Field<M, T>)
    where
        S: Holds<M>,
    {
        field.draft(self.on(name)).set(field.default_value());
    }

    /// The draft of a named store, if this transaction asked for it.
    pub(super) fn touched<M: Model>(&self) -> Option<&M::Draft<'a>>
    where
        S: Holds<M>,
    {
        S::of::<Drafts<'a>>(&self.drafts).as_deref()
    }

    /// Gives each field its own draft back where the closure has exchanged drafts, as
    /// `std::mem::swap(&mut user.first, &mut user.second)` does: the values stay exchanged.
    pub(crate) fn moor(&mut self) {
        struct Moor<'t, 'a, S: Stores>(&'t mut Transaction<'a, S>);
        impl<S: Stores> VisitEach<S> for Moor<'_, '_, S> {
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                let committed: &M = S::of::<Heads>(self.0.committed);
                if let Some(draft) = S::of_mut::<Drafts<'_>>(&mut self.0.drafts) {
                    M::visit(&mut MoorFields::<M> { draft, committed });
                }
            }
        }
        struct MoorFields<'t, 'a, M: Model> {
            draft: &'t mut M::Draft<'a>,
            committed: &'a M,
        }
        impl<M: Model> VisitField<M> for MoorFields<'_, '_, M> {
            fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
                field.draft(self.draft).moor(field.get(self.committed));
            }
        }
        S::visit(&mut Moor(self));
    }

    /// Ends the writing: compares what was written with what is committed.
    #[inline]
    pub(crate) fn seal(&mut self, staged: &mut Staged<S>) {
        staged.take_over::<true>(self.committed, &mut self.drafts);
    }

    /// Ends the writing of what is not to be committed, and is only kept until it can be dropped.
    #[cold]
    pub(crate) fn abandon(&mut self, staged: &mut Staged<S>) {
        staged.take_over::<false>(self.committed, &mut self.drafts);
    }
}

impl<S: Stores> fmt::Debug for Transaction<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transaction")
    }
}
