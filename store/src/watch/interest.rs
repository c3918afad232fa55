//! How many watch what, so that a write of what nobody watches is told to nobody.

use crate::{
    change::{FieldPlace, Reach},
    model::{Holds, Model, Stores, VisitEach},
    sync::atomic::{AtomicUsize, Ordering},
};

struct StoreInterest {
    any: AtomicUsize,
    fields: Box<[AtomicUsize]>,
}

/// Raised where no commit can come between; see [`Watchers::register`](super::Watchers).
pub(super) struct Interest {
    stores: Box<[StoreInterest]>,
    /// In values derived at run time, whichever.
    values: AtomicUsize,
    commits: AtomicUsize,
}

impl Interest {
    pub(super) fn none<S: Stores>() -> Self {
        struct None(Vec<StoreInterest>);
        impl<S: Stores> VisitEach<S> for None {
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                self.0.push(StoreInterest {
                    any: AtomicUsize::new(0),
                    fields: M::fields().iter().map(|_| AtomicUsize::new(0)).collect(),
                });
            }
        }
        let mut none = None(Vec::new());
        S::visit(&mut none);
        Self {
            stores: none.0.into(),
            values: AtomicUsize::new(0),
            commits: AtomicUsize::new(0),
        }
    }

    pub(super) fn raise(&self, reach: &Reach) {
        self.counts(reach, |count| {
            count.fetch_add(1, Ordering::Relaxed);
        });
    }

    pub(super) fn lower(&self, reach: &Reach) {
        self.counts(reach, |count| {
            count.fetch_sub(1, Ordering::Relaxed);
        });
    }

    fn counts(&self, reach: &Reach, mut change: impl FnMut(&AtomicUsize)) {
        match reach {
            Reach::Fields(places) => places.iter().for_each(|place| match place.value() {
                None => change(&self.stores[place.store].fields[place.field]),
                Some(_) => change(&self.values),
            }),
            Reach::Store(store) => change(&self.stores[*store].any),
            Reach::All => change(&self.commits),
        }
    }

    /// Whether anybody watches all commits.
    #[inline]
    pub(super) fn is_in_commits(&self) -> bool {
        is_any(&self.commits)
    }

    /// Whether anybody may watch a field, or its named store.
    #[inline]
    pub(super) fn is_in(&self, place: FieldPlace) -> bool {
        if place.value().is_some() {
            return is_any(&self.values);
        }
        let store = &self.stores[place.store];
        is_any(&store.any) || is_any(&store.fields[place.field])
    }
}

#[inline]
fn is_any(count: &AtomicUsize) -> bool {
    count.load(Ordering::Relaxed) > 0
}
