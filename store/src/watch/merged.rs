//! What one callback is to be told of, merged: in constant space, however many commits it is.

use std::sync::Arc;

use crate::{
    change::{Commit, Reach},
    model::Stores,
    state::Revision,
};

/// See the module.
pub(super) struct Merged<S: Stores> {
    /// What came before that the watcher does not hear of.
    before: Option<Arc<Commit<S>>>,
    heard: Option<Arc<Commit<S>>>,
    /// What came after that it does not hear of; there is something to be heard then.
    after: Option<Arc<Commit<S>>>,
}

impl<S: Stores> Merged<S> {
    pub(super) fn new() -> Self {
        Self {
            before: None,
            heard: None,
            after: None,
        }
    }

    /// Takes in one more; says whether it was merged into another that is to be told.
    pub(super) fn add(
        &mut self,
        commit: &Arc<Commit<S>>,
        ignored: bool,
        reach: &Reach,
        merger: &mut Merger<S>,
    ) -> bool {
        let Some(heard) = &self.heard else {
            match ignored {
                true => append(&mut self.before, commit, reach),
                false => self.heard = Some(Arc::clone(commit)),
            }
            return false;
        };
        if ignored {
            append(&mut self.after, commit, reach);
            return false;
        }
        let unheard = self.after.take();
        let unheard = unheard.map(|unheard| Arc::new(heard.then(&unheard, reach, true)));
        self.heard = Some(merger.merge(unheard.as_ref().unwrap_or(heard), commit, reach));
        true
    }

    /// What comes first, and whether it is only to take note of.
    pub(super) fn next(&self) -> Option<(&Arc<Commit<S>>, bool)> {
        let before = self.before.as_ref().map(|before| (before, true));
        before.or_else(|| self.heard.as_ref().map(|heard| (heard, false)))
    }

    /// Takes out what comes first.
    pub(super) fn take(&mut self) -> Option<Arc<Commit<S>>> {
        self.before.take().or_else(|| {
            // What came after comes before whatever comes from now on.
            self.before = self.after.take();
            self.heard.take()
        })
    }

    /// How many there are to be taken out.
    pub(super) fn len(&self) -> usize {
        [&self.before, &self.heard, &self.after]
            .into_iter()
            .flatten()
            .count()
    }

    /// The oldest commit of all.
    pub(super) fn oldest(&self) -> Option<Revision> {
        self.next().map(|(commit, _)| commit.cause.first)
    }
}

fn append<S: Stores>(to: &mut Option<Arc<Commit<S>>>, commit: &Arc<Commit<S>>, reach: &Reach) {
    *to = Some(match to {
        None => Arc::clone(commit),
        Some(first) => Arc::new(first.then(commit, reach, false)),
    });
}

impl<S: Stores> Clone for Merged<S> {
    fn clone(&self) -> Self {
        Self {
            before: self.before.clone(),
            heard: self.heard.clone(),
            after: self.after.clone(),
        }
    }
}

/// Merges commits for one watcher after the other: those that wait for the same share the outcome.
pub(super) struct Merger<S: Stores>(Option<Merge<S>>);

struct Merge<S: Stores> {
    first: Arc<Commit<S>>,
    later: Arc<Commit<S>>,
    reach: Reach,
    both: Arc<Commit<S>>,
}

impl<S: Stores> Merger<S> {
    pub(super) fn new() -> Self {
        Self(None)
    }

    fn merge(
        &mut self,
        first: &Arc<Commit<S>>,
        later: &Arc<Commit<S>>,
        reach: &Reach,
    ) -> Arc<Commit<S>> {
        if let Some(last) = &self.0
            && Arc::ptr_eq(&last.first, first)
            && Arc::ptr_eq(&last.later, later)
            && last.reach == *reach
        {
            return Arc::clone(&last.both);
        }
        let both = Arc::new(first.then(later, reach, false));
        self.0 = Some(Merge {
            first: Arc::clone(first),
            later: Arc::clone(later),
            reach: reach.clone(),
            both: Arc::clone(&both),
        });
        both
    }
}
