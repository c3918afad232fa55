//! Who watches one whole field.
//!
//! The callbacks are here, with the field's type, so that a commit's difference is found once for all that
//! are told in a row. Belongs to the thread that tells, as all tables do.

use std::{any::Any, slice};

use super::{
    callback::Callback,
    called::Called,
    change::Change,
    field_callback::CallWithChange,
    found::{Candidate, Found, ToldBy},
    listeners::{Entry, Listeners},
    watching::Order,
};
use crate::{
    change::Commit,
    model::{Field, Holds, Model, Stores},
};

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

    fn insert(&mut self, entry: Entry);

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

/// `None` if it is told by its watcher.
type Slot<S, T> = Option<Box<dyn CallWithChange<S, T>>>;

/// How far the telling of a table is; writes it down when it ends, also by unwinding, and not before.
struct Progress<'a, T> {
    left: slice::IterMut<'a, T>,
    end: usize,
    next: &'a mut usize,
}

impl<T> Progress<'_, T> {
    #[inline]
    fn told(&self) -> usize {
        self.end - self.left.len()
    }
}

impl<T> Drop for Progress<'_, T> {
    #[inline]
    fn drop(&mut self) {
        *self.next = self.told();
    }
}

/// See the module.
pub(super) struct FieldListeners<S: Stores, M: Model, T: 'static> {
    field: Field<M, T>,
    listeners: Listeners<Slot<S, T>>,
}

impl<S, M, T> FieldListeners<S, M, T>
where
    S: Holds<M>,
    M: Model,
    T: Send + Sync + 'static,
{
    pub(super) fn new(field: Field<M, T>) -> Self {
        Self {
            field,
            listeners: Listeners::default(),
        }
    }

    /// Takes a callback of one of the listeners; gives it back if there is none such.
    pub(super) fn join<C: CallWithChange<S, T>>(
        &mut self,
        order: Order,
        callback: Box<C>,
    ) -> Option<Box<C>> {
        let Some(slot) = self.listeners.find(order) else {
            return Some(callback);
        };
        *slot = Some(callback);
        None
    }

    /// Tells all of them of a difference.
    #[inline]
    fn tell_change(
        &mut self,
        next: &mut usize,
        end: usize,
        change: &Change<'_, T>,
        called: &Called,
    ) -> Halt {
        let (entries, slots) = self.listeners.parts_mut();
        let end = end.min(slots.len());
        let mut progress = Progress {
            left: slots[*next..end].iter_mut(),
            end,
            next,
        };
        while let Some(slot) = progress.left.next() {
            let Some(callback) = slot else {
                return Halt::Watcher(entries[progress.told() - 1]);
            };
            if callback.call(change, called) {
                drop(progress);
                *next -= 1;
                return Halt::News;
            }
        }
        Halt::Through
    }

    /// Compares what was merged, with code of the program's: in the name of the first who is told.
    #[cold]
    fn tell_compared(
        &mut self,
        next: &mut usize,
        end: usize,
        commit: &Commit<S>,
        called: &Called,
    ) -> Halt {
        let (entries, slots) = self.listeners.parts_mut();
        let end = end.min(slots.len());
        let first = *next;
        *next = end.min(first + 1);
        match slots[first..end].first() {
            None => return Halt::Through,
            Some(None) => return Halt::Watcher(entries[first]),
            Some(Some(callback)) => {
                if callback.announce(called) {
                    *next = first;
                    return Halt::News;
                }
            }
        }
        if let Some(change) = Change::of(self.field, commit) {
            *next = first;
            return self.tell_change(next, end, &change, called);
        }
        // Nothing differs: only those are left that their watchers tell.
        let left = slots[*next..end].iter().position(Option::is_none);
        *next = left.map_or(end, |left| *next + left + 1);
        left.map_or(Halt::Through, |_| Halt::Watcher(entries[*next - 1]))
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

    fn insert(&mut self, entry: Entry) {
        self.listeners.insert(entry);
    }

    fn remove_one(&mut self, is_there: &dyn Fn(&Entry) -> bool) {
        self.listeners.remove_one(is_there);
    }

    fn take(&mut self, order: Order) -> Option<Box<dyn Callback<S>>> {
        let callback = self.listeners.find(order)?.take()?;
        Some(callback)
    }

    fn collect(&self, nth: usize, into: &mut Found) {
        let entries = self.listeners.as_slice().iter().enumerate();
        into.extend(entries.map(|(index, &entry)| Candidate {
            entry,
            by: ToldBy::Field { nth, index },
        }));
    }

    fn entry(&self, index: usize) -> Option<Entry> {
        self.listeners.as_slice().get(index).copied()
    }

    fn tell(&mut self, next: &mut usize, end: usize, commit: &Commit<S>, called: &Called) -> Halt {
        match Change::known(self.field, commit) {
            Some(change) => self.tell_change(next, end, &change, called),
            None => self.tell_compared(next, end, commit, called),
        }
    }
}
