//! Watches of several fields of a named store, told once per commit.

use std::fmt;

use super::{
    callback::Apart,
    change::StoreChange,
    moment::Moment,
    owned::OwnedStoreChange,
    registration::{LocalWatchIn, Registration, Watch, WatchIn, WatchOf},
    registry::Place,
    source::{Source, SourceIn},
    watching::Told,
};
use crate::{
    change::{FieldPlace, Reach},
    model::{Field, Holds, Model, StoreName},
};

impl<M: Model> StoreName<M> {
    /// Several fields, to be watched as one: told once per commit that changed any of them.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct User { pub nick: String, pub online: bool }
    /// let store = store::Store::<User>::new();
    /// let title = USER.fields((User::NICK, User::ONLINE)).watch(|user| {
    ///     println!("{} ({})", user.nick, user.online);
    /// });
    /// let _watching = store.watch(USER, title);
    /// ```
    #[must_use]
    pub fn fields(self, fields: impl FieldList<M>) -> FieldsOf<M> {
        let mut fields = fields.indexes();
        fields.sort_unstable();
        fields.dedup();
        FieldsOf {
            fields: Some(fields),
            name: self,
        }
    }

    /// Every field, to be watched as one: told once per commit that changed any.
    #[must_use]
    pub fn any(self) -> FieldsOf<M> {
        FieldsOf {
            fields: None,
            name: self,
        }
    }
}

/// Several fields, or all, of a named store: [`StoreName::fields`], [`StoreName::any`].
#[derive(Clone)]
pub struct FieldsOf<M> {
    /// In order; `None` for all.
    fields: Option<Vec<usize>>,
    name: StoreName<M>,
}

impl<M: Model> FieldsOf<M> {
    /// Watches them.
    pub fn watch<F>(self, callback: F) -> FieldsWatch<M, F>
    where
        F: FnMut(StoreChange<'_, M>) + 'static,
    {
        FieldsWatch { of: self, callback }
    }
}

impl<M: Model> fmt::Debug for FieldsOf<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldsOf({}, {:?})", self.name, self.fields)
    }
}

impl<M: Model> Source for FieldsOf<M> {
    type Item = OwnedStoreChange<M>;
}

impl<M> WatchOf<M> for FieldsOf<M> {}

impl<S: Holds<M>, M: Model> SourceIn<S> for FieldsOf<M> {
    fn keep<F>(self, mut keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static,
    {
        self.watch(move |change| keep(change.into_owned()))
    }
}

/// A watch of several fields, told once per commit: [`FieldsOf::watch`].
#[derive(Debug)]
#[must_use = "a watch does nothing until a store is given it"]
pub struct FieldsWatch<M: Model, F> {
    of: FieldsOf<M>,
    callback: F,
}

/// A tuple of [`Field`] keys.
pub trait FieldList<M> {
    #[doc(hidden)]
    fn indexes(&self) -> Vec<usize>;
}

macro_rules! field_lists {
    ($($($name:ident)+;)+) => {$(
        impl<M: Model, $($name),+> FieldList<M> for ($(Field<M, $name>,)+) {
            fn indexes(&self) -> Vec<usize> {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                vec![$($name.info().index),+]
            }
        }
    )+};
}

field_lists! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}

impl<M: Model, F: FnMut(StoreChange<'_, M>) + 'static> Watch for FieldsWatch<M, F> {}

impl<M: Model, F> WatchOf<M> for FieldsWatch<M, F> {}

impl<S, M, F> LocalWatchIn<S> for FieldsWatch<M, F>
where
    S: Holds<M>,
    M: Model,
    F: FnMut(StoreChange<'_, M>) + 'static,
{
    const CALLBACKS: usize = 1;

    fn register(&self, to: &mut Registration<S>) {
        let store = S::INDEX;
        match &self.of.fields {
            Some(fields) => {
                let place = |&field: &usize| FieldPlace { store, field };
                to.add_fields(fields.iter().map(place));
            }
            None => {
                let reach = Reach::Store(store);
                to.add(Place { reach, spot: None }, None);
            }
        }
    }

    fn tell(&mut self, _nth: usize, moment: &Moment<'_, S>) -> Told {
        let change = moment.store_change(self.of.name);
        let change = change.map(|change| change.only(self.of.fields.as_deref()));
        // What was merged may have led back to where it began.
        let change = change.filter(|change| {
            change.is_initial() || change.merged() == 1 || !change.changed_fields().is_empty()
        });
        Told::if_some(change, &mut self.callback)
    }
}

impl<S, M, F> WatchIn<S> for FieldsWatch<M, F>
where
    S: Holds<M>,
    M: Model,
    F: FnMut(StoreChange<'_, M>) + Send + 'static,
{
    fn take_apart(self, into: &mut Apart<S>) {
        into.add_only(self);
    }
}
