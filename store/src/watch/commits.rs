//! Watches of all commits.

use std::{fmt, marker::PhantomData, sync::Arc};

use super::{
    callback::Apart,
    moment::Moment,
    registration::{LocalWatchIn, Registration, Watch, WatchIn},
    registry::Place,
    source::{Source, SourceIn},
    watching::Told,
};
use crate::{
    change::{Commit, Reach},
    model::Stores,
};

/// All commits of a store, whatever they change, to be watched. There is no immediate call. Told
/// elsewhere than inline, commits are merged unless [`every`](crate::On::every) is asked for.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// use store::{Queue, Store, commits};
///
/// let store = Store::<Counter>::new();
/// let mut log = store.pull().every(Queue::of::<8>()).stream_across(commits());
/// store.by("me").update(COUNTER, |counter| counter.clicks.set(1));
/// store.by("you").update(COUNTER, |counter| counter.clicks.set(2));
/// let who = |commit: std::sync::Arc<store::Commit<Counter>>| commit.origin().unwrap().to_string();
/// assert_eq!(log.try_next().map(who).as_deref(), Some("me"));
/// assert_eq!(log.try_next().map(who).as_deref(), Some("you"));
/// assert!(log.try_next().is_none());
/// ```
#[must_use]
pub const fn commits<S: Stores>() -> Commits<S> {
    Commits(PhantomData)
}

/// All commits of a store: [`commits`].
pub struct Commits<S>(PhantomData<fn() -> S>);

impl<S: Stores> Commits<S> {
    /// Watches them.
    pub fn watch<F>(self, callback: F) -> CommitsWatch<S, F>
    where
        F: FnMut(&Arc<Commit<S>>) + 'static,
    {
        let of = self;
        CommitsWatch { of, callback }
    }
}

impl<S> Clone for Commits<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Commits<S> {}

impl<S> fmt::Debug for Commits<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Commits")
    }
}

impl<S: Stores> Source for Commits<S> {
    type Item = Arc<Commit<S>>;
}

impl<S: Stores> SourceIn<S> for Commits<S> {
    fn keep<F>(self, mut keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static,
    {
        self.watch(move |commit| keep(Arc::clone(commit)))
    }
}

/// A watch of all commits: [`Commits::watch`].
#[must_use = "a watch does nothing until a store is given it"]
pub struct CommitsWatch<S, F> {
    of: Commits<S>,
    callback: F,
}

impl<S, F> fmt::Debug for CommitsWatch<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.of)
    }
}

impl<S: Stores, F: FnMut(&Arc<Commit<S>>) + 'static> Watch for CommitsWatch<S, F> {}

impl<S: Stores, F: FnMut(&Arc<Commit<S>>) + 'static> LocalWatchIn<S> for CommitsWatch<S, F> {
    const CALLBACKS: usize = 1;

    fn register(&self, to: &mut Registration<S>) {
        let reach = Reach::All;
        to.add(Place { reach, spot: None }, None);
    }

    fn tell(&mut self, _nth: usize, moment: &Moment<'_, S>) -> Told {
        // What was merged may have led back to where it began.
        let commit = moment
            .shared()
            .filter(|commit| commit.merged() == 1 || !commit.changed_fields().is_empty());
        Told::if_some(commit, &mut self.callback)
    }
}

impl<S: Stores, F: FnMut(&Arc<Commit<S>>) + Send + 'static> WatchIn<S> for CommitsWatch<S, F> {
    fn take_apart(self, into: &mut Apart<S>) {
        into.add_only(self);
    }
}
