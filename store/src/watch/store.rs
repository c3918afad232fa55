//! Watches wider than a field: several fields at once, any field, a projection.

use std::fmt;

use super::{
    change::{Change, StoreChange},
    moment::Moment,
    registration::{Registration, Watch},
    registry::Place,
};
use crate::{
    change::Commit,
    model::{Field, Holds, Model, StoreName, Stores},
    same,
};

impl<M: Model> StoreName<M> {
    /// Watches several fields and is called once per commit that changed any of them.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct User { pub nick: String, pub online: bool }
    /// let store = store::Store::<User>::new();
    /// let title = USER.fields((User::NICK, User::ONLINE), |user| {
    ///     println!("{} ({})", user.nick, user.online);
    /// });
    /// let _watching = store.watch(USER, title);
    /// ```
    pub fn fields<L, F>(self, fields: L, callback: F) -> FieldsWatch<M, L, F>
    where
        L: FieldList<M>,
        F: FnMut(StoreChange<'_, M>) + Send + 'static,
    {
        FieldsWatch {
            fields,
            callback,
            _name: self,
        }
    }

    /// Watches every field and is called once per commit that changed any.
    pub fn any<F>(self, callback: F) -> AnyWatch<M, F>
    where
        F: FnMut(StoreChange<'_, M>) + Send + 'static,
    {
        AnyWatch {
            callback,
            _name: self,
        }
    }

    /// Watches what `project` makes of the whole struct.
    ///
    /// It is projected after every commit that changed any field, and the callback called if the
    /// outcome differs.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Inbox { pub unread: Vec<String> }
    /// let store = store::Store::<Inbox>::new();
    /// let badge = INBOX.project(|inbox| inbox.unread.len(), |count| println!("{} unread", *count));
    /// let _watching = store.watch(INBOX, badge);
    /// ```
    pub fn project<P, G, F>(self, project: G, callback: F) -> Projection<M, G, F>
    where
        P: PartialEq + Send + 'static,
        G: Fn(&M) -> P + Send + 'static,
        F: FnMut(Change<'_, P>) + Send + 'static,
    {
        Projection {
            project,
            callback,
            name: self,
        }
    }
}

/// A watch of several fields, told once per commit: [`StoreName::fields`].
pub struct FieldsWatch<M, L, F> {
    fields: L,
    callback: F,
    _name: StoreName<M>,
}

/// A watch of every field of a named store: [`StoreName::any`].
pub struct AnyWatch<M, F> {
    callback: F,
    _name: StoreName<M>,
}

/// A watch of what a function makes of a named store: [`StoreName::project`].
pub struct Projection<M, G, F> {
    project: G,
    callback: F,
    name: StoreName<M>,
}

macro_rules! debug_by_name {
    ($($watch:ident<$($generic:ident),+>;)+) => {$(
        impl<M: Model, $($generic),+> fmt::Debug for $watch<M, $($generic),+> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($watch), M::NAME)
            }
        }
    )+};
}

debug_by_name! {
    FieldsWatch<L, F>;
    AnyWatch<F>;
    Projection<G, F>;
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

fn add_store_callback<S: Holds<M>, M: Model>(
    to: &mut Registration<S, M>,
    place: Place<S>,
    first: Option<usize>,
    mut callback: impl FnMut(StoreChange<'_, M>) + Send + 'static,
) {
    to.add(
        place,
        first,
        Box::new(move |moment: &Moment<'_, S>| {
            if let Some(change) = moment.store_change() {
                callback(change);
            }
        }),
    );
}

impl<M, L, F> Watch<M> for FieldsWatch<M, L, F>
where
    M: Model,
    L: FieldList<M>,
    F: FnMut(StoreChange<'_, M>) + Send + 'static,
{
    fn register<S: Holds<M>>(self, to: &mut Registration<S, M>) {
        let mut fields = self.fields.indexes();
        fields.sort_unstable();
        fields.dedup();
        let first = fields.first().copied();
        add_store_callback(
            to,
            Place::Fields {
                store: S::INDEX,
                fields,
            },
            first,
            self.callback,
        );
    }
}

impl<M, F> Watch<M> for AnyWatch<M, F>
where
    M: Model,
    F: FnMut(StoreChange<'_, M>) + Send + 'static,
{
    fn register<S: Holds<M>>(self, to: &mut Registration<S, M>) {
        add_store_callback(to, Place::Store(S::INDEX), None, self.callback);
    }
}

impl<M, P, G, F> Watch<M> for Projection<M, G, F>
where
    M: Model,
    P: PartialEq + Send + 'static,
    G: Fn(&M) -> P + Send + 'static,
    F: FnMut(Change<'_, P>) + Send + 'static,
{
    fn register<S: Holds<M>>(self, to: &mut Registration<S, M>) {
        let Self {
            project,
            mut callback,
            name,
        } = self;
        let mut last: Option<P> = None;
        to.add(
            Place::Store(S::INDEX),
            None,
            Box::new(move |moment: &Moment<'_, S>| match moment {
                Moment::Current { all, cause, silent } => {
                    let value = last.insert(project(&all[name]));
                    if !silent {
                        callback(Change::initial(value, cause));
                    }
                }
                Moment::Ignored(commit) => {
                    if let Some(part) = commit.part::<M>() {
                        last = Some(project(&part.after));
                    }
                }
                Moment::Commit(commit) => {
                    let Some(part) = commit.part::<M>() else {
                        return;
                    };
                    let value = project(&part.after);
                    if last
                        .as_ref()
                        .is_some_and(|last| same::by_value(last, &value))
                    {
                        return;
                    }
                    let old = last.replace(value);
                    if let (Some(old), Some(new)) = (&old, &last) {
                        callback(Change::between(old, new, &commit.cause));
                    }
                }
            }),
        );
    }
}

/// Adds a callback for every commit.
pub(crate) fn watch_commits<S: Stores>(
    mut registration: Registration<S, ()>,
    mut callback: impl FnMut(&Commit<S>) + Send + 'static,
) -> Registration<S, ()> {
    registration.add(
        Place::Commits,
        None,
        Box::new(move |moment: &Moment<'_, S>| {
            if let Moment::Commit(commit) = moment {
                callback(commit);
            }
        }),
    );
    registration
}
