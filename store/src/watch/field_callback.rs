//! A callback of one whole field, as it is kept. Knows its watcher, as the table of its field calls it
//! without asking anybody else.

use std::any::Any;

use super::{
    callback::Callback,
    called::Called,
    change::Change,
    field::FieldWatch,
    field_table::FieldListeners,
    moment::Moment,
    registration::LocalWatchIn,
    watching::{Order, Told},
};
use crate::{
    model::{Holds, Model, Stores},
    sync::{Activity, Caller, assert_unlocked},
};

/// Called by the table of its field, with the change itself.
pub(super) trait CallWithChange<S: Stores, T>: Callback<S> {
    /// Says whom it is to call; whether there is news to be heard first.
    fn announce(&self, called: &Called) -> bool;

    /// Says whom it calls and calls, unless there is news to be heard first; whether there is.
    fn call(&mut self, change: &Change<'_, T>, called: &Called) -> bool;
}

/// See the module.
pub(super) struct FieldCallback<M: Model, T: 'static, F> {
    pub(super) watcher: u64,
    pub(super) at: Caller,
    pub(super) watch: FieldWatch<M, T, F>,
}

impl<S, M, T, F> Callback<S> for FieldCallback<M, T, F>
where
    S: Holds<M>,
    M: Model,
    T: Send + Sync + 'static,
    F: FnMut(Change<'_, T>) + Send + 'static,
{
    fn tell(&mut self, moment: &Moment<'_, S>) -> Told {
        self.watch.tell(0, moment)
    }

    fn join_field(
        self: Box<Self>,
        table: &mut dyn Any,
        order: Order,
    ) -> Option<Box<dyn Callback<S>>> {
        match table.downcast_mut::<FieldListeners<S, M, T>>() {
            Some(listeners) => listeners.join(order, self).map(|back| back as _),
            None => Some(self),
        }
    }
}

impl<S, M, T, F> CallWithChange<S, T> for FieldCallback<M, T, F>
where
    S: Holds<M>,
    M: Model,
    T: Send + Sync + 'static,
    F: FnMut(Change<'_, T>) + Send + 'static,
{
    #[inline]
    fn announce(&self, called: &Called) -> bool {
        let has_news = called.call(self.watcher);
        if !has_news {
            Activity::tell(self.at);
            assert_unlocked();
        }
        has_news
    }

    fn call(&mut self, change: &Change<'_, T>, called: &Called) -> bool {
        if CallWithChange::<S, T>::announce(self, called) {
            return true;
        }
        (self.watch.callback)(*change);
        false
    }
}
