//! Watches of one field.

use super::{
    callback::Apart,
    change::Change,
    field_callback::FieldCallback,
    moment::Moment,
    owned::OwnedChange,
    registration::{LocalWatchIn, Registration, Watch, WatchIn, WatchOf},
    source::{Source, SourceIn},
    watching::Told,
};
use crate::{
    change::FieldPlace,
    model::{Field, Holds, Model},
};

/// A watch of one whole field: [`Field::watch`].
#[derive(Debug)]
#[must_use = "a watch does nothing until a store is given it"]
pub struct FieldWatch<M: Model, T: 'static, F> {
    field: Field<M, T>,
    pub(super) callback: F,
}

impl<M: Model, T: 'static, F> FieldWatch<M, T, F> {
    #[doc(hidden)]
    pub fn new(field: Field<M, T>, callback: F) -> Self {
        Self { field, callback }
    }
}

impl<M: Model, T: 'static> Field<M, T> {
    /// Watches this field: the same as the field's method of the watch builder.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
    /// let store = store::Store::<Counter>::new();
    /// let _watching = store.watch(COUNTER, Counter::CLICKS.watch(|clicks| assert_eq!(*clicks, 0)));
    /// ```
    pub fn watch<F>(self, callback: F) -> FieldWatch<M, T, F>
    where
        F: FnMut(Change<'_, T>) + 'static,
    {
        FieldWatch::new(self, callback)
    }
}

impl<M, T, F> Watch for FieldWatch<M, T, F>
where
    M: Model,
    T: 'static,
    F: FnMut(Change<'_, T>) + 'static,
{
}

impl<M: Model, T: 'static, F> WatchOf<M> for FieldWatch<M, T, F> {}

impl<S, M, T, F> LocalWatchIn<S> for FieldWatch<M, T, F>
where
    S: Holds<M>,
    M: Model,
    T: 'static,
    F: FnMut(Change<'_, T>) + 'static,
{
    const CALLBACKS: usize = 1;

    fn register(&self, to: &mut Registration<S>) {
        to.add_fields([FieldPlace::of::<S, M, T>(self.field)]);
    }

    fn tell(&mut self, _nth: usize, moment: &Moment<'_, S>) -> Told {
        let change = moment.change(self.field);
        Told::if_some(change, &mut self.callback)
    }
}

impl<S, M, T, F> WatchIn<S> for FieldWatch<M, T, F>
where
    S: Holds<M>,
    M: Model,
    T: Send + Sync + 'static,
    F: FnMut(Change<'_, T>) + Send + 'static,
{
    fn take_apart(self, into: &mut Apart<S>) {
        into.add(FieldCallback {
            watcher: into.watcher,
            at: into.at,
            watch: self,
        });
    }
}

impl<M: Model, T: Clone + Send + Sync + 'static> Source for Field<M, T> {
    type Item = OwnedChange<T>;
}

impl<M: Model, T: 'static> WatchOf<M> for Field<M, T> {}

impl<S: Holds<M>, M: Model, T: Clone + Send + Sync + 'static> SourceIn<S> for Field<M, T> {
    fn keep<F>(self, mut keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static,
    {
        self.watch(move |change| keep(change.into_owned()))
    }
}
