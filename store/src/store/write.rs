//! The one way to write, and writing in somebody's name.

use std::{
    convert::Infallible,
    fmt,
    mem::ManuallyDrop,
    panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind},
    thread,
};

use super::{Inner, Store, left_over::LeftOver};
use crate::{
    cause::{Cause, Origin},
    change::{NestedWrite, RunawayChain, Staged, Transaction, WriteError},
    model::{Holds, Model, StoreName, Stores},
    sync::{Activity, Caller, call_in_turn, deliver_deferred},
    watch::{self, Due},
};

/// Runs the write closure once; says whether what it wrote is to be committed.
type Stage<'a, S> = &'a mut dyn FnMut(&mut Transaction<'_, S>) -> bool;

impl<S: Stores> Inner<S> {
    /// The one way to write: stage, ask the guards, derive, move the truth, queue, tell.
    fn write(
        &self,
        origin: Option<&Origin>,
        caller: Caller,
        stage: Stage<'_, S>,
    ) -> Result<(), Box<WriteError>> {
        let depth = self.admit(caller)?;
        let mut due = self.watchers.due();
        let made = self.commit(origin, caller, depth, stage, &mut due);
        self.watchers.deliver(&mut due);
        deliver_deferred();
        made.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// All of a write but the telling.
    #[inline]
    fn commit<'a>(
        &'a self,
        origin: Option<&Origin>,
        caller: Caller,
        depth: u32,
        stage: Stage<'_, S>,
        due: &mut Due<'a, S>,
    ) -> thread::Result<Result<(), Box<WriteError>>> {
        let Self {
            truth,
            guards,
            derivations,
            watchers,
            ..
        } = self;
        let cause = |revision| Cause {
            revision,
            first: revision,
            origin: origin.cloned(),
            at: caller,
            depth,
            merged: 1,
        };
        let mut refused = None;
        // Cleared below, if there is anything to drop.
        let mut left_over = ManuallyDrop::new(LeftOver::nothing());
        let mut staged = ManuallyDrop::new(Staged::nothing());
        let mut made;
        {
            let turn = truth.turn();
            let _writing = Activity::write(caller);
            let mut transaction = Transaction::new(&turn.heads);
            // Sealing compares and copying clones, so both may panic as the closure may.
            made = catch_unwind(AssertUnwindSafe(|| {
                let called = call_in_turn();
                if !stage(&mut transaction) {
                    return false;
                }
                drop(called);
                if let Some(guards) = guards.current() {
                    transaction.moor();
                    let guards = left_over.guards.insert(guards);
                    if let Err(refusal) = guards.check(&transaction, caller) {
                        refused = Some(Box::new(WriteError::Refused(refusal)));
                        return false;
                    }
                }
                transaction.seal(&mut staged);
                if staged.is_changed() {
                    staged.derive_fields(&turn, &cause(turn.revision + 1));
                    if let Some(derivations) = derivations.current() {
                        staged.derive_values(&turn, left_over.derivations.insert(derivations));
                    }
                    staged.copy_shared(&turn);
                }
                true
            }));
            if !matches!(made, Ok(true)) {
                transaction.abandon(&mut staged);
            }
            drop(transaction);
            if staged.is_changed() {
                match staged.publish(turn) {
                    Ok(moving) if watchers.pass_over(&staged, moving.revision) => drop(moving),
                    Ok(moving) => {
                        let cause = cause(moving.revision);
                        watchers.enqueue(&mut staged, &moving.heads, cause, due);
                        if watchers.is_past_bound() {
                            let _turn = moving.let_readers_in();
                            left_over.merge(watchers);
                        }
                    }
                    Err(panic) => made = Err(panic),
                }
            }
        }
        // Now, as telling may take long; and no panic of a value's drop may keep from telling, or
        // from dropping the others.
        while !left_over.is_empty() || staged.has_values() {
            watch::drop_values(caller, depth, || {
                left_over.clear();
                staged.clear();
            });
        }
        if let Some(panics) = staged.take_panics() {
            watch::report_derivations(watchers.hook(), panics, caller, depth);
        }
        made.map(|_| refused.map_or(Ok(()), Err))
    }

    /// How many commits, each made by a watcher of the one before, led to a write that begins here;
    /// unless it may not.
    #[inline]
    fn admit(&self, caller: Caller) -> Result<u32, Box<WriteError>> {
        let activity = Activity::current();
        if let Some(outer) = activity.writing {
            return Err(Box::new(WriteError::Nested(NestedWrite {
                inner: caller,
                outer,
            })));
        }
        if let (Some(watcher), true) = (activity.telling, activity.depth > self.chain_limit) {
            return Err(Box::new(WriteError::Runaway(RunawayChain {
                watcher,
                write: caller,
                limit: self.chain_limit,
            })));
        }
        Ok(activity.depth)
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
        let (mut write, mut answer) = (Some(write), None);
        let mut stage = |transaction: &mut Transaction<'_, S>| {
            answer = write.take().map(|write| write(transaction));
            matches!(answer, Some(Ok(_)))
        };
        let made = self.store.0.write(self.origin.as_ref(), caller, &mut stage);
        made.map_err(|refused| refused.widen())?;
        answer
            .expect("the closure has run")
            .map_err(WriteError::Aborted)
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
