//! The one way to write, and writing in somebody's name.

use std::{
    convert::Infallible,
    fmt,
    panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind},
};

use super::{Inner, Store};
use crate::{
    cause::{Cause, Origin},
    change::{NestedWrite, RunawayChain, Transaction, WriteError},
    model::{Holds, Model, StoreName, Stores},
    sync::{Activity, Caller, deliver_deferred},
    watch::{self, Due},
};

impl<S: Stores> Store<S> {
    /// The one way to write: stage, ask the guards, derive, move the truth, queue, tell.
    fn write<R, E>(
        &self,
        origin: Option<Origin>,
        caller: Caller,
        write: impl FnOnce(&mut Transaction<'_, S>) -> Result<R, E>,
    ) -> Result<R, WriteError<E>> {
        let Inner {
            truth,
            guards,
            derivations,
            watchers,
            chain_limit,
        } = &*self.0;
        let activity = Activity::current();
        if let Some(outer) = activity.writing {
            return Err(WriteError::Nested(NestedWrite {
                inner: caller,
                outer,
            }));
        }
        if let (Some(watcher), true) = (activity.telling, activity.depth > *chain_limit) {
            let limit = *chain_limit;
            return Err(WriteError::Runaway(RunawayChain {
                watcher,
                write: caller,
                limit,
            }));
        }
        let mut room = watchers.room();
        let (mut asked, mut staged, mut panics) = (None, None, Vec::new());
        let mut due = Due::Queued;
        let outcome = {
            let mut turn = truth.turn();
            let _writing = activity.write(caller);
            let mut transaction = Transaction::new(&turn.heads);
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let answer = write(&mut transaction).map_err(WriteError::Aborted)?;
                transaction.moor();
                asked
                    .insert(guards.current())
                    .check(&transaction, caller)
                    .map_err(WriteError::Refused)?;
                Ok(answer)
            }));
            if !matches!(outcome, Ok(Ok(_))) {
                transaction.abandon();
            }
            // Sealing compares and publishing clones, so both may panic as the closure may.
            let sealed = catch_unwind(AssertUnwindSafe(|| staged = Some(transaction.seal())));
            let publish = AssertUnwindSafe(|| {
                if let Some(staged) = staged.as_mut().filter(|staged| staged.is_changed()) {
                    let cause = Cause {
                        revision: turn.revision + 1,
                        first: turn.revision + 1,
                        origin,
                        at: caller,
                        depth: activity.depth,
                        merged: 1,
                    };
                    staged.derive_fields(&turn, &cause, &mut panics);
                    if let Some(derivations) = derivations.current() {
                        staged.derive_values(&turn, &derivations, &mut panics);
                    }
                    due = staged.publish(&mut turn, |staged, truth| {
                        watchers.enqueue(staged, &truth.heads, cause, &mut room)
                    });
                    watchers.keep_bound();
                }
            });
            let committed = sealed.and_then(|()| catch_unwind(publish));
            match outcome {
                Ok(Ok(answer)) => committed.map(|()| Ok(answer)),
                given_up => given_up,
            }
        };
        // Now, as telling may take long; and no panic of a value's drop may keep from telling.
        watch::drop_values(caller, activity.depth, || {
            asked = None;
            staged = None;
        });
        drop(room);
        if !panics.is_empty() {
            watch::report_derivations(watchers.hook(), panics, caller, activity.depth);
        }
        watchers.deliver(due);
        deliver_deferred();
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

/// Writes in somebody's name: [`Store::by`]. Has the same verbs as the store.
pub struct Writer<'a, S: Stores> {
    store: &'a Store<S>,
    origin: Option<Origin>,
}

impl<'a, S: Stores> Writer<'a, S> {
    pub(crate) fn new(store: &'a Store<S>, origin: Option<Origin>) -> Self {
        Self { store, origin }
    }

    /// Writes in the name of a source line of the program.
    pub(crate) fn write<R, E>(
        self,
        caller: Caller,
        write: impl FnOnce(&mut Transaction<'_, S>) -> Result<R, E>,
    ) -> Result<R, WriteError<E>> {
        self.store.write(self.origin, caller, write)
    }

    /// As [`Store::update`].
    ///
    /// # Panics
    ///
    /// As [`Store::update`].
    #[track_caller]
    pub fn update<M: Model, R>(
        self,
        name: StoreName<M>,
        write: impl FnOnce(&mut M::Draft<'_>) -> R,
    ) -> R
    where
        S: Holds<M>,
    {
        self.transaction(|transaction| Ok::<_, Infallible>(write(transaction.on(name))))
            .unwrap_or_else(|error| panic!("cannot write store `{}`: {error}", M::NAME))
    }

    /// As [`Store::try_update`].
    ///
    /// # Errors
    ///
    /// As [`Store::try_update`].
    #[track_caller]
    pub fn try_update<M: Model, R, E>(
        self,
        name: StoreName<M>,
        write: impl FnOnce(&mut M::Draft<'_>) -> Result<R, E>,
    ) -> Result<R, WriteError<E>>
    where
        S: Holds<M>,
    {
        self.transaction(|transaction| write(transaction.on(name)))
    }

    /// As [`Store::transaction`].
    ///
    /// # Errors
    ///
    /// As [`Store::try_update`].
    #[track_caller]
    pub fn transaction<R, E>(
        self,
        write: impl FnOnce(&mut Transaction<'_, S>) -> Result<R, E>,
    ) -> Result<R, WriteError<E>> {
        self.write(Location::caller(), write)
    }

    /// As [`Store::reset`].
    ///
    /// # Panics
    ///
    /// As [`Store::update`].
    #[track_caller]
    pub fn reset<M: Model>(self, name: StoreName<M>)
    where
        S: Holds<M>,
    {
        let reset = |transaction: &mut Transaction<'_, S>| {
            transaction.reset(name);
            Ok::<_, Infallible>(())
        };
        self.transaction(reset)
            .unwrap_or_else(|error| panic!("cannot reset store `{}`: {error}", M::NAME));
    }
}

impl<S: Stores> fmt::Debug for Writer<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
