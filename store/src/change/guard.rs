//! Guards: they see a draft before it is committed, and may refuse it.

use std::{
    error::Error,
    fmt,
    sync::{Arc, Weak},
};

use super::{Refusal, Transaction};
use crate::{
    model::{Holds, Model, Stores},
    sync::{
        Caller, Mutex,
        atomic::{AtomicUsize, Ordering},
        call_in_turn, let_go,
    },
};

type Cause = Box<dyn Error + Send + Sync>;
type Check<S> = dyn Fn(&Transaction<'_, S>) -> Result<(), Cause> + Send + Sync;

/// Keeps a guard in force. Drop it to take the guard away.
#[must_use = "dropping the handle takes the guard away; `detach()` keeps it as long as the store"]
pub struct Guard {
    end: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Guard {
    /// Keeps the guard as long as the store lives.
    pub fn detach(mut self) {
        self.end = None;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            end();
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

struct Registered<S: Stores> {
    id: u64,
    store: &'static str,
    at: Caller,
    check: Box<Check<S>>,
}

type List<S> = Arc<Vec<Arc<Registered<S>>>>;

/// The guards of a store, in the order they were registered.
pub(crate) struct Guards<S: Stores> {
    list: Mutex<(u64, List<S>)>,
    /// How many there are, so that a write without guards need not look.
    count: AtomicUsize,
}

impl<S: Stores> Guards<S> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            list: Mutex::new((0, Arc::new(Vec::new()))),
            count: AtomicUsize::new(0),
        })
    }

    pub(crate) fn register<M: Model>(
        self: &Arc<Self>,
        at: Caller,
        check: impl Fn(&M::Draft<'_>) -> Result<(), Cause> + Send + Sync + 'static,
    ) -> Guard
    where
        S: Holds<M>,
    {
        let check: Box<Check<S>> =
            Box::new(move |transaction| transaction.touched::<M>().map_or(Ok(()), &check));
        let id = {
            let mut list = self.list.lock();
            list.0 += 1;
            let id = list.0;
            let mut guards = list.1.to_vec();
            guards.push(Arc::new(Registered {
                id,
                store: M::NAME,
                at,
                check,
            }));
            self.count.store(guards.len(), Ordering::Release);
            list.1 = Arc::new(guards);
            id
        };
        let guards: Weak<Self> = Arc::downgrade(self);
        Guard {
            end: Some(Box::new(move || {
                if let Some(guards) = guards.upgrade() {
                    guards.unregister(id);
                }
            })),
        }
    }

    fn unregister(&self, id: u64) {
        let before = {
            let mut list = self.list.lock();
            let kept: Vec<_> = list
                .1
                .iter()
                .filter(|guard| guard.id != id)
                .map(Arc::clone)
                .collect();
            self.count.store(kept.len(), Ordering::Release);
            std::mem::replace(&mut list.1, Arc::new(kept))
        };
        // The closure may own anything, so it is dropped with no lock held.
        let_go(before);
    }

    /// The guards of this moment, if there are any. To be dropped with no lock held, as it may be the
    /// last to hold a guard that was taken away meanwhile.
    #[inline]
    pub(crate) fn current(&self) -> Option<CurrentGuards<S>> {
        let any = self.count.load(Ordering::Acquire) > 0;
        any.then(|| CurrentGuards(Arc::clone(&self.list.lock().1)))
    }
}

/// The guards that a write will be asked of.
pub(crate) struct CurrentGuards<S: Stores>(List<S>);

impl<S: Stores> CurrentGuards<S> {
    /// Asks every guard of a store that the transaction touched.
    pub(crate) fn check(
        &self,
        transaction: &Transaction<'_, S>,
        write: Caller,
    ) -> Result<(), Refusal> {
        let _called = call_in_turn();
        for guard in &*self.0 {
            (guard.check)(transaction).map_err(|cause| Refusal {
                store: guard.store,
                registered: guard.at,
                write,
                cause,
            })?;
        }
        Ok(())
    }
}
