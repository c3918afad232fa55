//! Where live views meet the store: what they read, what is told of it, and what they tell in turn.
//!
//! The only file here that knows how watching works. A moment is noted by every part of a view that reads a
//! field before the view takes a step, so that the step sees all of them as they are together.

use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};

use super::end::{End, View};
use crate::{
    change::{Cause, FieldPlace},
    collections::same,
    model::Stores,
    state::SnapshotAll,
    watch::{
        Apart, Change, LocalWatchIn, Moment, OwnedChange, Registration, Source, SourceIn, Told,
        Watch, WatchIn,
    },
};

/// Says that a live view, or a part of one, reads nothing but the named stores of `S`.
pub trait Reads<S: Stores> {
    /// Adds where the fields are that it reads.
    #[doc(hidden)]
    fn places(&self, _found: &mut Vec<FieldPlace>) {}

    /// Visits each part that reads one field.
    #[doc(hidden)]
    fn readings(&mut self, _visit: Visit<'_, S>) {}
}

/// What [`Reads::readings`] calls.
pub(super) type Visit<'a, S> = &'a mut dyn FnMut(&mut dyn Reading<S>);

/// A part of a view that reads one field.
#[doc(hidden)]
pub trait Reading<S: Stores> {
    /// Takes note of a moment; says whether the field may be another than it was.
    fn note(&mut self, moment: &Moment<'_, S>) -> bool;
}

/// Says which parts of a stage read fields, themselves or through others. It is shown as made of these.
macro_rules! parts {
    (
        $Stage:ident<$($T:ident $(: $Bound:ident)?),+>
        of $($part:ident: $Part:ty),+
    ) => {
        impl<S, $($T $(: $Bound)?),+> $crate::view::watch::Reads<S> for $Stage<$($T),+>
        where
            S: $crate::model::Stores,
            $($Part: $crate::view::watch::Reads<S>,)+
        {
            fn places(&self, found: &mut Vec<$crate::change::FieldPlace>) {
                $(self.$part.places(found);)+
            }

            fn readings(&mut self, visit: $crate::view::watch::Visit<'_, S>) {
                $(self.$part.readings(visit);)+
            }
        }

        impl<$($T $(: $Bound)?),+> std::fmt::Debug for $Stage<$($T),+>
        where
            $($Part: std::fmt::Debug,)+
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($Stage))$(.field(&self.$part))+.finish()
            }
        }
    };
}

pub(super) use parts;

/// Lets every part take note, whatever the program's own code does in others: what one of them misses, it would
/// never learn.
fn note<S: Stores>(view: &mut impl Reads<S>, moment: &Moment<'_, S>) -> bool {
    let (mut differs, mut panicked) = (false, None);
    view.readings(
        &mut |reading| match catch_unwind(AssertUnwindSafe(|| reading.note(moment))) {
            Ok(one_differs) => differs |= one_differs,
            Err(payload) => panicked = Some(payload),
        },
    );
    panicked.map_or(differs, |payload| resume_unwind(payload))
}

impl<E: End> View<E> {
    /// Watches what the view shows, from all the fields it reads at one moment.
    ///
    /// It is watched in a store that holds what it reads: given to
    /// [`Store::watch_across`](crate::Store::watch_across), as a rule.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::{Map, Model, Store};
    ///
    /// #[derive(Model)]
    /// pub struct Inbox { pub unread: Map<u32, u32> }
    ///
    /// let store = Store::<Inbox>::new();
    /// let (sender, told) = std::sync::mpsc::channel();
    /// let waiting = Inbox::UNREAD.view().filter(|_, unread| *unread > 0).count();
    /// let _watching = store.watch_across(waiting.watch(move |count| sender.send(*count).unwrap()));
    /// store.update(INBOX, |inbox| inbox.unread.insert(1, 0));
    /// store.update(INBOX, |inbox| inbox.unread.insert(2, 5));
    /// store.update(INBOX, |inbox| inbox.unread.insert(2, 6));
    /// assert_eq!(told.try_iter().collect::<Vec<_>>(), [0, 1]);
    /// ```
    pub fn watch<F>(self, callback: F) -> ViewWatch<E, F>
    where
        F: FnMut(Change<'_, E::Value>) + 'static,
    {
        ViewWatch {
            view: self,
            is_whole: false,
            told: None,
            callback,
        }
    }

    /// Shows what the view makes of one moment, once. Costs what a computation from scratch costs.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::{Map, Model, Store};
    ///
    /// #[derive(Model)]
    /// pub struct Contact { pub friends: Map<u32, String> }
    ///
    /// let store = Store::<Contact>::new();
    /// store.update(CONTACT, |contact| contact.friends.insert(1, "Ann".to_owned()));
    /// assert_eq!(Contact::FRIENDS.view().count().at(&store.snapshot_all()), 1);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn at<S: Stores>(mut self, moment: &SnapshotAll<S>) -> E::Value
    where
        E: Reads<S>,
    {
        let cause = Cause {
            revision: moment.revision(),
            first: moment.revision(),
            origin: None,
            at: Location::caller(),
            depth: 0,
            merged: 1,
        };
        let moment = Moment::Current {
            all: moment,
            cause: &cause,
            silent: true,
        };
        note(&mut self, &moment);
        self.end.forget();
        self.end.advance();
        self.end.value()
    }
}

/// A watch of what a live view shows: [`View::watch`].
#[must_use = "a watch does nothing until a store is given it"]
pub struct ViewWatch<E: End, F> {
    view: View<E>,
    /// Whether the last step was taken to its end.
    is_whole: bool,
    /// What was last told, or not to be told.
    told: Option<E::Value>,
    callback: F,
}

impl<E: End, F> ViewWatch<E, F> {
    /// Takes the view to a moment.
    fn step<S: Stores>(&mut self, moment: &Moment<'_, S>) -> E::Value
    where
        E: Reads<S>,
    {
        // A step that the program's own code ended by a panic is taken again, from nothing.
        let was_whole = std::mem::replace(&mut self.is_whole, false);
        let differs = note(&mut self.view, moment);
        let end = &mut self.view.end;
        if !was_whole {
            end.forget();
        }
        if differs || !was_whole {
            end.advance();
        }
        self.is_whole = true;
        end.value()
    }
}

impl<E, F> Watch for ViewWatch<E, F>
where
    E: End + 'static,
    F: FnMut(Change<'_, E::Value>) + 'static,
{
}

impl<S, E, F> LocalWatchIn<S> for ViewWatch<E, F>
where
    S: Stores,
    E: End + Reads<S> + 'static,
    F: FnMut(Change<'_, E::Value>) + 'static,
{
    const CALLBACKS: usize = 1;

    fn register(&self, to: &mut Registration<S>) {
        let mut places = Vec::new();
        self.view.places(&mut places);
        places.sort_unstable_by_key(|place| (place.store, place.field));
        places.dedup();
        to.add_fields(places);
    }

    fn tell(&mut self, _nth: usize, moment: &Moment<'_, S>) -> Told {
        let now = self.step(moment);
        let is_told = |told| same::by_value(told, &now);
        if self.told.as_ref().is_some_and(is_told) {
            return Told::Silent;
        }
        let old = self.told.replace(now);
        let change = self
            .told
            .as_ref()
            .map(|now| Change::new(now, old.as_ref(), None, moment.cause()));
        Told::if_some(change.filter(|_| moment.is_heard()), &mut self.callback)
    }
}

impl<S, E, F> WatchIn<S> for ViewWatch<E, F>
where
    S: Stores,
    E: End + Reads<S> + Send + 'static,
    F: FnMut(Change<'_, E::Value>) + Send + 'static,
{
    fn take_apart(self, into: &mut Apart<S>) {
        into.add_only(self);
    }
}

impl<E: End + 'static> Source for View<E> {
    type Item = OwnedChange<E::Value>;
}

impl<S: Stores, E: End + Reads<S> + Send + 'static> SourceIn<S> for View<E> {
    fn keep<F>(self, mut keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static,
    {
        self.watch(move |change| keep(change.into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Map, Model, OrdMap, Stores};

    #[derive(Model)]
    #[model(crate = "crate")]
    struct Contact {
        friends: Map<u32, String>,
        weights: OrdMap<u32, u32>,
    }

    #[derive(Model)]
    #[model(crate = "crate")]
    struct Ui {
        unread: u32,
        search: String,
    }

    #[derive(Stores)]
    #[stores(crate = "crate")]
    struct App {
        contact: Contact,
        ui: Ui,
    }

    /// W9
    #[test]
    fn d2_a_view_names_the_fields_it_reads_and_no_others() {
        let view = Contact::FRIENDS
            .view()
            .filter_by(Ui::SEARCH, |search, _, name| name.contains(search))
            .join(Contact::WEIGHTS.view().boxed::<App>())
            .group_by(|_, (name, _)| name.clone())
            .sort_by(|name, _| name.clone())
            .window(0..5);
        let mut places = Vec::new();
        Reads::<App>::places(&view, &mut places);
        let place = |store, field| FieldPlace { store, field };
        assert_eq!(places, [place(0, 0), place(1, 1), place(0, 1)]);
    }
}
