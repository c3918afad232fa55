//! Where live views meet the store: what they read, what is told of it, and what they tell in turn.
//!
//! The only file here that knows how watching works. A moment is noted by every part of a view that reads a
//! field before the view takes a step, so that the step sees all of them as they are together.

use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};

use super::end::View;
use crate::{
    change::{Cause, FieldPlace},
    collections::same,
    model::Stores,
    state::SnapshotAll,
    watch::{Change, Moment, Place, Registration},
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

/// Brings a new view to one moment.
pub(super) fn look<S: Stores>(view: &mut (impl View + Reads<S>), all: &SnapshotAll<S>) {
    let cause = Cause {
        revision: all.revision(),
        origin: None,
        at: Location::caller(),
        depth: 0,
    };
    note(
        view,
        &Moment::Current {
            all,
            cause: &cause,
            silent: true,
        },
    );
    view.forget();
    view.advance();
}

/// A view that is watched.
pub(crate) struct Watched<V: View> {
    view: V,
    /// Whether the last step was taken to its end.
    is_whole: bool,
    /// What was last told, or not to be told.
    told: Option<V::Value>,
}

impl<V: View> Watched<V> {
    pub(crate) fn new(view: V) -> Self {
        Self {
            view,
            is_whole: false,
            told: None,
        }
    }

    /// Takes the view to a moment, and tells what differs from what was told before.
    pub(crate) fn tell<S: Stores>(
        &mut self,
        moment: &Moment<'_, S>,
        callback: impl FnOnce(Change<'_, V::Value>),
    ) where
        V: Reads<S>,
    {
        // A step that the program's own code ended by a panic is taken again, from nothing.
        let was_whole = std::mem::replace(&mut self.is_whole, false);
        let differs = note(&mut self.view, moment);
        if !was_whole {
            self.view.forget();
        }
        if differs || !was_whole {
            self.view.advance();
        }
        self.is_whole = true;
        let now = self.view.value();
        if self
            .told
            .as_ref()
            .is_some_and(|told| same::by_value(told, &now))
        {
            return;
        }
        let old = self.told.replace(now);
        let (Some(now), cause) = (&self.told, moment.cause()) else {
            return;
        };
        match (moment, &old) {
            (Moment::Current { silent: true, .. } | Moment::Ignored(_), _) => {}
            (_, None) => callback(Change::initial(now, cause)),
            (_, Some(old)) => callback(Change::between(old, now, cause)),
        }
    }
}

/// Adds a callback for what a view shows.
pub(crate) fn watch<S: Stores, V: View + Reads<S> + Send + 'static>(
    mut registration: Registration<S, ()>,
    view: V,
    mut callback: impl FnMut(Change<'_, V::Value>) + Send + 'static,
) -> Registration<S, ()> {
    let mut watched = Watched::new(view);
    let tell = move |moment: &Moment<'_, S>| watched.tell(moment, &mut callback);
    registration.add(Place::Commits, None, Box::new(tell));
    registration
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
