//! What a live view shows in the end: one value, made of its rows.

use super::watch::{self, Reads};
use crate::{model::Stores, state::SnapshotAll};

/// A live view: a value that keeps up with what it reads, such as a sorted list or a number.
///
/// A function that makes one for its caller says so by this trait, and by [`Reads`] what the store must hold:
///
/// ```
/// # use store::{Map, Model, Stores};
/// # #[derive(Model)] pub struct Ui { pub search: String }
/// # #[derive(Model)] pub struct Contact { pub friends: Map<u32, String> }
/// # #[derive(Stores)] pub struct App { pub ui: Ui, pub contact: Contact }
/// use store::view::{Reads, View};
///
/// fn found() -> impl View<Value = usize> + Reads<App> {
///     Contact::FRIENDS
///         .view()
///         .filter_by(Ui::SEARCH, |search, _, name| name.contains(search.as_str()))
///         .count()
/// }
/// # let _ = found();
/// ```
pub trait View {
    /// What it shows. Collections are persistent, so that the difference of two costs what changed.
    type Value: Clone + PartialEq + Send + Sync + 'static;

    /// Forgets everything, so that the next step starts from nothing.
    #[doc(hidden)]
    fn forget(&mut self);

    /// Takes the step to what has been noted.
    #[doc(hidden)]
    fn advance(&mut self);

    /// What it shows since the last step.
    #[doc(hidden)]
    fn value(&self) -> Self::Value;

    /// Shows what the view makes of one moment, once.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::{Map, Model, Store, view::View};
    ///
    /// #[derive(Model)]
    /// pub struct Contact { pub friends: Map<u32, String> }
    ///
    /// let store = Store::<Contact>::new();
    /// store.update(CONTACT, |contact| contact.friends.insert(1, "Ann".to_owned()));
    /// assert_eq!(Contact::FRIENDS.view().count().at(&store.snapshot_all()), 1);
    /// ```
    fn at<S: Stores>(mut self, moment: &SnapshotAll<S>) -> Self::Value
    where
        Self: Reads<S> + Sized,
    {
        watch::look(&mut self, moment);
        self.value()
    }
}
