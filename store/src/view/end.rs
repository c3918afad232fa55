//! What a live view shows in the end: one value, made of its rows.

use super::watch::parts;

/// A live view: shows one value, such as a sorted list or a number, that keeps up with what it is made of.
///
/// Made by [`Rows::sort_by`](super::Rows::sort_by), [`Rows::collect`](super::Rows::collect) and
/// [`Rows::count`](super::Rows::count). It is watched as a field is, by [`watch`](View::watch) and as a
/// [`Source`](crate::Source) of streams; [`at`](View::at) shows what it makes of one moment.
///
/// A function that returns one names what it shows and what it reads:
///
/// ```
/// # use store::{Map, Model, Store, Stores};
/// # #[derive(Model)] pub struct Ui { pub search: String }
/// # #[derive(Model)] pub struct Contact { pub friends: Map<u32, String> }
/// # #[derive(Stores)] pub struct App { pub ui: Ui, pub contact: Contact }
/// use store::view::{End, Reads, View};
///
/// fn found() -> View<impl End<Value = usize> + Reads<App>> {
///     Contact::FRIENDS
///         .view()
///         .filter_by(Ui::SEARCH, |search, _, name| name.contains(search.as_str()))
///         .count()
/// }
/// assert_eq!(found().at(&Store::<App>::new().snapshot_all()), 0);
/// ```
#[must_use = "a live view does nothing until it is watched"]
pub struct View<E> {
    pub(super) end: E,
}

impl<E: End> View<E> {
    pub(super) fn of(end: E) -> Self {
        Self { end }
    }
}

/// How a live view ends: what it shows of the rows before it.
pub trait End {
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
}

parts!(View<E> of end: E);
