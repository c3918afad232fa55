//! Who watches one whole field.
//!
//! The callbacks are here, with the field's type, so that a commit's difference is found once for all that
//! are told in a row. Belongs to the thread that tells, as all tables do.

use std::any::Any;

use super::{
    callback::Callback,
    called::Called,
    change::Change,
    found::{Candidate, Found, ToldBy},
    listeners::{Entry, Listeners},
    watching::Order,
};
use crate::{
    change::Commit,
    model::{Field, Holds, Model, Stores},
    sync::{Activity, Caller, assert_unlocked},
};

/// A callback that is called with the change of a field.
pub(super) trait FieldCallback<S: Stores, T>: Callback<S> {
    fn call(&mut self, change: &Change<'_, T>);
}

/// Why the telling of a table halts.
pub(super) enum Halt {
    /// All have been told.
    Through,
    /// There is news to be heard first.
    News,
    /// The next is told by its watcher, and counts as told here.
    Watcher(Entry),
}

/// The table of a field, whatever its type.
pub(super) trait FieldTable<S: Stores>: Any + Send {
    fn is_empty(&self) -> bool;

    fn insert(&mut self, entry: Entry, at: Caller);

    /// Takes note that one of them has gone.
    fn remove_one(&mut self, is_there: &dyn Fn(&Entry) -> bool);

    /// Takes out a callback that has joined.
    fn take(&mut self, order: Order) -> Option<Box<dyn Callback<S>>>;

    /// Adds all of them, which are of the field that is the `nth` of those found.
    fn collect(&self, nth: usize, into: &mut Found);

    fn entry(&self, index: usize) -> Option<Entry>;

    /// Tells those from `next` on, up to `end`. A panic of a callback, or of a comparison
    /// for it, goes through, and counts as told.
    fn tell(&mut self, next: &mut usize, end: usize, commit: &Commit<S>, called: &Called) -> Halt;
}

/// A callback in the table of its field.
struct Listener<S, T> {
    entry: Entry,
    at: Caller,
    /// `None` if it is told by its watcher.
    callback: Option<Box<dyn FieldCallback<S, T>>>,
}

impl<S, T> AsRef<Entry> for Listener<S, T> {
    #[inline]
    fn as_ref(&self) -> &Entry {
        &self.entry
    }
}

/// See the module.
pub(super) struct FieldListeners<S, M: Model, T: 'static> {
    field: Field<M, T>,
    listeners: Listeners<Listener<S, T>>,
}

impl<S: Stores, M: Model, T: 'static> FieldListeners<S, M, T> {
    pub(super) fn new(field: Field<M, T>) -> Self {
        Self {
            field,
            listeners: Listeners::default(),
        }
    }

    /// Takes a callback of one of the listeners; gives it back if there is none such.
    pub(super) fn join<C: FieldCallback<S, T>>(
        &mut self,
        order: Order,
        callback: Box<C>,
    ) -> Option<Box<C>> {
        let Some(listener) = self.listeners.find(order) else {
            return Some(callback);
        };
        listener.callback = Some(callback);
        None
    }
}

impl<S, M, T> FieldTable<S> for FieldListeners<S, M, T>
where
    S: Holds<M>,
    M: Model,
    T: Send + Sync + 'static,
{
    fn is_empty(&self) -> bool {
        self.listeners.is_empty()
    }

    fn insert(&mut self, entry: Entry, at: Caller) {
        self.listeners.insert(Listener {
            entry,
            at,
            callback: None,
        });
    }

    fn remove_one(&mut self, is_there: &dyn Fn(&Entry) -> bool) {
        self.listeners.remove_one(is_there);
    }

    fn take(&mut self, order: Order) -> Option<Box<dyn Callback<S>>> {
        let callback = self.listeners.find(order)?.callback.take()?;
        Some(callback)
    }

    fn collect(&self, nth: usize, into: &mut Found) {
        let listeners = self.listeners.as_slice().iter().enumerate();
        into.extend(listeners.map(|(index, listener)| Candidate {
            entry: listener.entry,
            by: ToldBy::Field { nth, index },
        }));
    }

    fn entry(&self, index: usize) -> Option<Entry> {
        let listener = self.listeners.as_slice().get(index)?;
        Some(listener.entry)
    }

    fn tell(&mut self, next: &mut usize, end: usize, commit: &Commit<S>, called: &Called) -> Halt {
        // Of merged commits it compares, with code of the program's: in the name of who is told.
        let mut change = None;
        let listeners = self.listeners.as_mut_slice();
        let end = end.min(listeners.len());
        for (index, listener) in (*next..).zip(&mut listeners[*next..end]) {
            let Some(callback) = &mut listener.callback else {
                *next = index + 1;
                return Halt::Watcher(listener.entry);
            };
            if called.call(listener.entry.order.watcher) {
                *next = index;
                return Halt::News;
            }
            *next = index + 1;
            Activity::tell(listener.at);
            assert_unlocked();
            if let Some(change) = change.get_or_insert_with(|| Change::of(self.field, commit)) {
                callback.call(change);
            }
        }
        Halt::Through
    }
}
