//! Values that a program derives at run time from fields and other derived values.

use std::{
    fmt,
    panic::Location,
    sync::{Arc, Weak},
};

use smallvec::smallvec;

use crate::{
    change::{After, Derivation, Derivations, FieldPlace, Reach},
    model::{Field, Holds, Model, Stores},
    same,
    state::{SnapshotAll, Value, ValueId, ValueKey},
    store::Store,
    sync::{Activity, Caller, call_in_turn, let_go},
    watch::{
        Apart, Change, LocalWatchIn, Moment, OwnedChange, Place, Registration, Source, SourceIn,
        Told, Watch, WatchIn,
    },
};

impl<S: Stores> Store<S> {
    /// Derives a value from fields and other derived values, whatever named stores they are in.
    ///
    /// It is computed now, and then inside every write that changes an input, once, before the
    /// truth moves: whoever reads it beside its inputs reads all of them at one moment. If the
    /// result is the same as before, nobody is told. If the function panics, the value stays as it
    /// was until an input changes again, and the panic is reported as that of a callback.
    ///
    /// A value that belongs to a named store is better declared there, as a
    /// [derived field](crate::Model#derived-fields).
    ///
    /// Since a value is derived from what is there before it, no cycle can be written.
    ///
    /// # Panics
    ///
    /// Inside a write closure, and if `compute` panics now.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::{Model, Store, Stores};
    ///
    /// #[derive(Model)]
    /// pub struct User { pub nick: String }
    /// #[derive(Model)]
    /// pub struct Mail { pub unread: u32 }
    /// #[derive(Stores)]
    /// pub struct App { pub user: User, pub mail: Mail }
    ///
    /// let store = Store::<App>::new();
    /// let title = store.derive((User::NICK, Mail::UNREAD), |(nick, unread)| match unread {
    ///     0 => nick.clone(),
    ///     unread => format!("{nick} ({unread})"),
    /// });
    /// let (sender, seen) = std::sync::mpsc::channel();
    /// let _watching = store.watch_across(title.watch(move |title| {
    ///     sender.send(title.value().clone()).unwrap();
    /// }));
    ///
    /// store.update(USER, |user| user.nick.set("ann".into()));
    /// store.update(MAIL, |mail| mail.unread.set(2));
    /// assert_eq!(*store.derived(&title), "ann (2)");
    /// assert_eq!(seen.try_iter().collect::<Vec<_>>(), ["", "ann", "ann (2)"]);
    /// ```
    #[track_caller]
    pub fn derive<I, T, F>(&self, inputs: I, compute: F) -> Derived<S, T>
    where
        I: Inputs<S>,
        T: Clone + PartialEq + Send + Sync + 'static,
        F: Fn(I::Values<'_>) -> T + Send + Sync + 'static,
    {
        let at = Location::caller();
        if let Some(outer) = Activity::current().writing {
            panic!("cannot derive a value at {at} inside the write closure of {outer}");
        }
        let mut places = Vec::new();
        inputs.places(&mut places);
        let compute: Arc<Compute<S, T>> = Arc::new(move |after| compute(inputs.values(after)));
        let node = Arc::new(Node {
            key: ValueKey::new(),
            at,
            places,
            compute,
        });
        let before;
        {
            let turn = self.truth().turn();
            let _writing = Activity::write(at);
            let value = {
                let _called = call_in_turn();
                node.compute(&After::nothing(&turn))
            };
            let mut values = turn.values.clone();
            values.set(&node.key, value);
            let derivations = self.derivations().add(Arc::clone(&node) as _);
            let values = std::mem::replace(&mut turn.shut_readers_out().values, values);
            before = (derivations, values);
        }
        let_go(before);
        Derived(Arc::new(Handle {
            node,
            derivations: Arc::downgrade(self.derivations()),
        }))
    }

    /// A derived value as it is now.
    ///
    /// # Panics
    ///
    /// If the value was derived from another store.
    #[must_use]
    pub fn derived<T: Send + Sync + 'static>(&self, derived: &Derived<S, T>) -> Arc<T> {
        let value = self.truth().read().values.get(derived.id()).map(Arc::clone);
        let value = value.and_then(|value| value.downcast().ok());
        value.unwrap_or_else(|| panic!("{derived:?} is not derived from this store"))
    }
}

impl<S: Stores> SnapshotAll<S> {
    /// A derived value at this moment; `None` if it was not derived then, or from another store.
    #[must_use]
    pub fn derived<T: 'static>(&self, derived: &Derived<S, T>) -> Option<&T> {
        self.value(derived.id())?.downcast_ref()
    }
}

/// A value that is derived from others: [`Store::derive`]. Clones are the same value.
///
/// It is kept up to date until the last handle to it is dropped; what is derived from it has one,
/// and so has whoever watches it.
#[must_use = "the value is kept up to date only while a handle lives"]
pub struct Derived<S: Stores, T>(Arc<Handle<S, T>>);

struct Handle<S: Stores, T> {
    node: Arc<Node<S, T>>,
    derivations: Weak<Derivations<S>>,
}

type Compute<S, T> = dyn Fn(&After<'_, S>) -> T + Send + Sync;

struct Node<S: Stores, T> {
    key: ValueKey,
    at: Caller,
    places: Vec<FieldPlace>,
    compute: Arc<Compute<S, T>>,
}

impl<S: Stores, T: PartialEq + Send + Sync + 'static> Derivation<S> for Node<S, T> {
    fn key(&self) -> &ValueKey {
        &self.key
    }

    fn at(&self) -> Caller {
        self.at
    }

    fn inputs(&self) -> &[FieldPlace] {
        &self.places
    }

    fn compute(&self, after: &After<'_, S>) -> Value {
        Arc::new((self.compute)(after))
    }

    fn same(&self, old: &Value, new: &Value) -> bool {
        match (old.downcast_ref::<T>(), new.downcast_ref::<T>()) {
            (Some(old), Some(new)) => same::by_value(old, new),
            _ => false,
        }
    }
}

impl<S: Stores, T> Drop for Handle<S, T> {
    fn drop(&mut self) {
        if let Some(derivations) = self.derivations.upgrade() {
            derivations.remove(self.node.key.id());
        }
    }
}

impl<S: Stores, T> Derived<S, T> {
    fn id(&self) -> ValueId {
        self.0.node.key.id()
    }

    fn place(&self) -> FieldPlace {
        FieldPlace::derived(self.id())
    }

    /// Watches this value, as a field is watched. It belongs to no single named store, so the watch
    /// goes to [`Store::watch_across`].
    ///
    /// In another store than that it was derived from, the immediate call is a panic that says so,
    /// reported as that of any callback.
    pub fn watch<F>(&self, callback: F) -> DerivedWatch<S, T, F>
    where
        F: FnMut(Change<'_, T>) + 'static,
    {
        DerivedWatch {
            of: self.clone(),
            callback,
        }
    }
}

impl<S: Stores, T> Clone for Derived<S, T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Stores, T> fmt::Debug for Derived<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Derived({})", self.0.node.at)
    }
}

/// A watch of a derived value: [`Derived::watch`].
#[must_use = "a watch does nothing until a store is given it"]
pub struct DerivedWatch<S: Stores, T, F> {
    of: Derived<S, T>,
    callback: F,
}

impl<S: Stores, T, F> fmt::Debug for DerivedWatch<S, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DerivedWatch({})", self.of.0.node.at)
    }
}

impl<S, T, F> Watch for DerivedWatch<S, T, F>
where
    S: Stores,
    T: PartialEq + Send + Sync + 'static,
    F: FnMut(Change<'_, T>) + 'static,
{
}

impl<S, T, F> LocalWatchIn<S> for DerivedWatch<S, T, F>
where
    S: Stores,
    T: PartialEq + Send + Sync + 'static,
    F: FnMut(Change<'_, T>) + 'static,
{
    const CALLBACKS: usize = 1;

    fn register(&self, to: &mut Registration<S>) {
        let reach = Reach::Fields(smallvec![self.of.place()]);
        to.add(Place { reach, spot: None }, None);
    }

    fn tell(&mut self, _nth: usize, moment: &Moment<'_, S>) -> Told {
        let change = moment.derived_change(self.of.id());
        assert!(
            change.is_some() || !moment.lacks(self.of.id()),
            "{:?} is not derived from this store",
            self.of
        );
        Told::if_some(change, &mut self.callback)
    }
}

impl<S, T, F> WatchIn<S> for DerivedWatch<S, T, F>
where
    S: Stores,
    T: PartialEq + Send + Sync + 'static,
    F: FnMut(Change<'_, T>) + Send + 'static,
{
    fn take_apart(self, into: &mut Apart<S>) {
        into.add_only(self);
    }
}

impl<S: Stores, T: Clone + PartialEq + Send + Sync + 'static> Source for Derived<S, T> {
    type Item = OwnedChange<T>;
}

impl<S: Stores, T: Clone + PartialEq + Send + Sync + 'static> SourceIn<S> for Derived<S, T> {
    fn keep<F>(self, mut keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static,
    {
        self.watch(move |change| keep(change.into_owned()))
    }
}

/// Something that values are derived from: a [`Field`], or a [`Derived`] value.
pub trait Input<S: Stores>: Clone + Send + Sync + 'static {
    /// What it is at one moment.
    type Value: 'static;

    #[doc(hidden)]
    fn place(&self) -> FieldPlace;

    #[doc(hidden)]
    fn value<'a>(&self, after: &After<'a, S>) -> &'a Self::Value;
}

impl<S: Holds<M>, M: Model, T: 'static> Input<S> for Field<M, T> {
    type Value = T;

    fn place(&self) -> FieldPlace {
        FieldPlace::of::<S, M, T>(*self)
    }

    fn value<'a>(&self, after: &After<'a, S>) -> &'a T {
        after.field(*self)
    }
}

impl<S: Stores, T: Send + Sync + 'static> Input<S> for Derived<S, T> {
    type Value = T;

    fn place(&self) -> FieldPlace {
        Self::place(self)
    }

    fn value<'a>(&self, after: &After<'a, S>) -> &'a T {
        let value = after
            .value(self.id())
            .and_then(|value| value.downcast_ref());
        value.unwrap_or_else(|| panic!("{self:?} is not derived from this store"))
    }
}

/// What a value is derived from: one [`Input`], or a tuple of them.
pub trait Inputs<S: Stores>: Send + Sync + 'static {
    /// References to what they are at one moment.
    type Values<'a>;

    #[doc(hidden)]
    fn places(&self, into: &mut Vec<FieldPlace>);

    #[doc(hidden)]
    fn values<'a>(&self, after: &After<'a, S>) -> Self::Values<'a>;
}

impl<S: Holds<M>, M: Model, T: 'static> Inputs<S> for Field<M, T> {
    type Values<'a> = &'a T;

    fn places(&self, into: &mut Vec<FieldPlace>) {
        into.push(Input::<S>::place(self));
    }

    fn values<'a>(&self, after: &After<'a, S>) -> &'a T {
        self.value(after)
    }
}

impl<S: Stores, T: Send + Sync + 'static> Inputs<S> for Derived<S, T> {
    type Values<'a> = &'a T;

    fn places(&self, into: &mut Vec<FieldPlace>) {
        into.push(self.place());
    }

    fn values<'a>(&self, after: &After<'a, S>) -> &'a T {
        self.value(after)
    }
}

macro_rules! inputs {
    ($($($name:ident)+;)+) => {$(
        impl<S: Stores, $($name: Input<S>),+> Inputs<S> for ($($name,)+) {
            type Values<'a> = ($(&'a $name::Value,)+);

            fn places(&self, into: &mut Vec<FieldPlace>) {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                $(into.push($name.place());)+
            }

            fn values<'a>(&self, after: &After<'a, S>) -> Self::Values<'a> {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                ($($name.value(after),)+)
            }
        }
    )+};
}

inputs! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}
