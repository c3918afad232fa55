//! What an index holds: replaced as a whole and never written, so that the program's keys are
//! compared, cloned and dropped with no lock held.

use std::sync::Arc;

use crate::sync::Mutex;

pub(super) struct Table<T>(Mutex<Arc<T>>);

impl<T: Default> Default for Table<T> {
    fn default() -> Self {
        Self(Mutex::new(Arc::default()))
    }
}

impl<T> Table<T> {
    pub(super) fn current(&self) -> Arc<T> {
        Arc::clone(&self.0.lock())
    }

    /// Replaces the table by what `change` makes of it, once more if another thread came first.
    pub(super) fn change(&self, change: impl Fn(&T) -> T) {
        let mut before = self.current();
        loop {
            let after = Arc::new(change(&before));
            let mut table = self.0.lock();
            if Arc::ptr_eq(&table, &before) {
                let replaced = std::mem::replace(&mut *table, after);
                drop(table);
                return drop(replaced);
            }
            let newer = Arc::clone(&table);
            drop(table);
            before = newer;
        }
    }
}
