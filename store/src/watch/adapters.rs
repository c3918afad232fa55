//! What is made of watches: several as one, and watches that hear less.

use std::{any::Any, sync::Arc};

use super::{
    callback::{Apart, Callback},
    moment::Moment,
    registration::{LocalWatchIn, Registration, Watch, WatchIn, WatchOf},
    watching::{Order, Told},
};
use crate::model::Stores;

impl Watch for () {}

impl<S: Stores> LocalWatchIn<S> for () {
    const CALLBACKS: usize = 0;

    fn register(&self, _to: &mut Registration<S>) {}

    fn tell(&mut self, _nth: usize, _moment: &Moment<'_, S>) -> Told {
        Told::Silent
    }
}

impl<S: Stores> WatchIn<S> for () {
    fn take_apart(self, _into: &mut Apart<S>) {}
}

impl<M> WatchOf<M> for () {}

macro_rules! watch_tuples {
    ($($name:ident)+) => {
        impl<$($name: Watch),+> Watch for ($($name,)+) {}

        impl<S: Stores, $($name: LocalWatchIn<S>),+> LocalWatchIn<S> for ($($name,)+) {
            const CALLBACKS: usize = 0 $(+ $name::CALLBACKS)+;

            fn register(&self, to: &mut Registration<S>) {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                $($name.register(to);)+
            }

            fn tell(&mut self, mut nth: usize, moment: &Moment<'_, S>) -> Told {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                $(
                    if nth < <$name as LocalWatchIn<S>>::CALLBACKS {
                        return $name.tell(nth, moment);
                    }
                    nth -= <$name as LocalWatchIn<S>>::CALLBACKS;
                )+
                let _ = nth;
                Told::Silent
            }
        }

        impl<S: Stores, $($name: WatchIn<S>),+> WatchIn<S> for ($($name,)+) {
            fn take_apart(self, into: &mut Apart<S>) {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                $($name.take_apart(into);)+
            }
        }

        impl<M, $($name: WatchOf<M>),+> WatchOf<M> for ($($name,)+) {}
    };
}

watch_tuples!(A);
watch_tuples!(A B);
watch_tuples!(A B C);
watch_tuples!(A B C D);
watch_tuples!(A B C D E);
watch_tuples!(A B C D E F);

/// What skips the immediate call: [`Watch::changes_only`], [`Source::changes_only`].
///
/// [`Source::changes_only`]: crate::Source::changes_only
#[derive(Clone, Copy, Debug)]
#[must_use = "a watch does nothing until a store is given it"]
pub struct ChangesOnly<W>(pub(super) W);

impl<W: Watch> Watch for ChangesOnly<W> {}

impl<S: Stores, W: LocalWatchIn<S>> LocalWatchIn<S> for ChangesOnly<W> {
    const CALLBACKS: usize = W::CALLBACKS;

    fn register(&self, to: &mut Registration<S>) {
        let silent = std::mem::replace(&mut to.silent, true);
        self.0.register(to);
        to.silent = silent;
    }

    fn tell(&mut self, nth: usize, moment: &Moment<'_, S>) -> Told {
        self.0.tell(nth, moment)
    }
}

impl<S: Stores, W: WatchIn<S>> WatchIn<S> for ChangesOnly<W> {
    fn take_apart(self, into: &mut Apart<S>) {
        self.0.take_apart(into);
    }
}

impl<M, W: WatchOf<M>> WatchOf<M> for ChangesOnly<W> {}

/// What does not hear one origin: [`Watch::ignoring`], [`Source::ignoring`].
///
/// [`Source::ignoring`]: crate::Source::ignoring
#[derive(Clone, Debug)]
#[must_use = "a watch does nothing until a store is given it"]
pub struct Ignoring<W> {
    pub(super) inner: W,
    pub(super) who: Arc<str>,
}

impl<W: Watch> Watch for Ignoring<W> {}

impl<S: Stores, W: LocalWatchIn<S>> LocalWatchIn<S> for Ignoring<W> {
    const CALLBACKS: usize = W::CALLBACKS;

    fn register(&self, to: &mut Registration<S>) {
        to.ignored.push(Arc::clone(&self.who));
        self.inner.register(to);
        to.ignored.pop();
    }

    fn tell(&mut self, nth: usize, moment: &Moment<'_, S>) -> Told {
        self.inner.tell(nth, moment)
    }
}

impl<S: Stores, W: WatchIn<S>> WatchIn<S> for Ignoring<W> {
    fn take_apart(self, into: &mut Apart<S>) {
        self.inner.take_apart(into);
    }
}

impl<M, W: WatchOf<M>> WatchOf<M> for Ignoring<W> {}

/// A watch that is told once: [`Watch::once`].
#[derive(Debug)]
#[must_use = "a watch does nothing until a store is given it"]
pub struct Once<W> {
    inner: W,
    /// The callbacks that were called, by `nth`.
    called: Vec<usize>,
}

impl<W> Once<W> {
    pub(super) fn new(inner: W) -> Self {
        let called = Vec::new();
        Self { inner, called }
    }
}

impl<W: Watch> Watch for Once<W> {}

impl<S: Stores, W: LocalWatchIn<S>> LocalWatchIn<S> for Once<W> {
    const CALLBACKS: usize = W::CALLBACKS;

    fn register(&self, to: &mut Registration<S>) {
        self.inner.register(to);
    }

    fn tell(&mut self, nth: usize, moment: &Moment<'_, S>) -> Told {
        if self.called.contains(&nth) {
            return Told::Silent;
        }
        let told = self.inner.tell(nth, moment);
        if told == Told::Silent {
            return told;
        }
        self.called.push(nth);
        Told::Last
    }
}

impl<S: Stores, W: WatchIn<S>> WatchIn<S> for Once<W> {
    fn take_apart(self, into: &mut Apart<S>) {
        into.add_each(self.inner, |inner| CalledOnce {
            inner,
            called: false,
        });
    }
}

impl<M, W: WatchOf<M>> WatchOf<M> for Once<W> {}

/// A callback of a watch that is told once.
struct CalledOnce<S: Stores> {
    inner: Box<dyn Callback<S>>,
    called: bool,
}

impl<S: Stores> Callback<S> for CalledOnce<S> {
    fn tell(&mut self, moment: &Moment<'_, S>) -> Told {
        if self.called || self.inner.tell(moment) == Told::Silent {
            return Told::Silent;
        }
        self.called = true;
        Told::Last
    }

    fn join_field(
        self: Box<Self>,
        _table: &mut dyn Any,
        _order: Order,
    ) -> Option<Box<dyn Callback<S>>> {
        Some(self)
    }
}
