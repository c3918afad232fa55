//! The rows of a sorted view that are on the screen.

use std::ops::Range;

use super::{
    end::{End, View},
    input::{Input, IntoInput},
    row::Row,
    rows::Rows,
    sort::Sorted,
    stage::{Stage, When},
    watch::parts,
};
use crate::collections::List;

/// What a window needs: rows in an order.
#[diagnostic::on_unimplemented(
    message = "rows in no order have no window",
    label = "not sorted",
    note = "sort them first: `.sort_by(…).window(…)`"
)]
pub trait InOrder {}

impl<R: Stage> Rows<R> {
    /// Refuses a window of rows that are in no order.
    #[doc(hidden)]
    pub fn window<I>(self, _range: I)
    where
        Self: InOrder,
    {
    }
}

/// The rows of a sorted view whose indexes lie in a range: [`View::window`].
pub struct Windowed<R: Stage, F, O, I> {
    sorted: Sorted<R, F, O>,
    range: I,
    /// Stays as it is while rows come and go beyond it.
    shown: List<Row<R::Key, R::Value, O>>,
}

impl<R, F, O> View<Sorted<R, F, O>>
where
    R: Stage,
    F: Fn(&R::Key, &R::Value) -> O,
    O: Ord + Send + Sync + 'static,
{
    /// Shows only the rows at the indexes in `range`.
    ///
    /// The range is a constant `Range<usize>`, or a field that holds one and that the program moves by writing it.
    /// What lies beyond the last row is left out, and a range that ends before it starts shows nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::Range;
    /// use store::{Map, Model, Store, Stores};
    ///
    /// #[derive(Model)]
    /// pub struct Contact { pub friends: Map<u32, String> }
    /// #[derive(Model)]
    /// pub struct Ui { pub visible: Range<usize> }
    /// #[derive(Stores)]
    /// pub struct App { pub contact: Contact, pub ui: Ui }
    ///
    /// let store = Store::<App>::new();
    /// store.update(CONTACT, |contact| {
    ///     contact.friends.extend([(1, "Cy".to_owned()), (2, "Ann".to_owned()), (3, "Bob".to_owned())]);
    /// });
    /// let by_name = || Contact::FRIENDS.view().sort_by(|_, name| name.clone());
    ///
    /// let first_two = by_name().window(0..2).at(&store.snapshot_all());
    /// assert!(first_two.iter().map(|row| row.key()).eq(&[2, 3]));
    ///
    /// store.update(UI, |ui| ui.visible.set(1..100));
    /// let visible = by_name().window(Ui::VISIBLE).at(&store.snapshot_all());
    /// assert!(visible.iter().map(|row| row.value()).eq(["Bob", "Cy"]));
    /// ```
    pub fn window<I>(self, range: I) -> View<Windowed<R, F, O, I::Input>>
    where
        I: IntoInput<Value = Range<usize>>,
    {
        View::of(Windowed {
            sorted: self.end,
            range: range.into_input(),
            shown: List::new(),
        })
    }
}

impl<R, F, O, I> End for Windowed<R, F, O, I>
where
    R: Stage,
    F: Fn(&R::Key, &R::Value) -> O,
    O: Ord + Send + Sync + 'static,
    I: Input<Value = Range<usize>>,
{
    type Value = List<Row<R::Key, R::Value, O>>;

    fn forget(&mut self) {
        self.sorted.forget();
        self.shown.clear();
    }

    fn advance(&mut self) {
        self.sorted.advance();
        let (sorted, range) = (self.sorted.sorted(), self.range.at(When::Now));
        if self.range.is_changed() || !sorted.is_intact(range) {
            self.shown = sorted.rows().slice(range.clone());
        }
    }

    fn value(&self) -> Self::Value {
        self.shown.clone()
    }
}

parts!(Windowed<R: Stage, F, O, I> of sorted: Sorted<R, F, O>, range: I);
