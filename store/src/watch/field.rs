//! Watches of one field.

use super::{
    change::Change,
    moment::Moment,
    registration::{Registration, Watch},
};
use crate::model::{Field, Holds, Model};

/// A watch of one whole field.
#[derive(Debug)]
pub struct FieldWatch<M: Model, T, F> {
    field: Field<M, T>,
    callback: F,
}

impl<M: Model, T, F> FieldWatch<M, T, F> {
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
        F: FnMut(Change<'_, T>) + Send + 'static,
    {
        FieldWatch::new(self, callback)
    }
}

impl<M: Model, T, F> Watch<M> for FieldWatch<M, T, F>
where
    T: 'static,
    F: FnMut(Change<'_, T>) + Send + 'static,
{
    fn register<S: Holds<M>>(self, to: &mut Registration<S, M>) {
        let Self {
            field,
            mut callback,
        } = self;
        to.add_field(
            field,
            Box::new(move |moment: &Moment<'_, S>| {
                if let Some(change) = moment.change(field) {
                    callback(change);
                }
            }),
        );
    }
}
