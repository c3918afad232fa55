//! Watches of what a function makes of a named store.

use std::fmt;

use super::{
    callback::Apart,
    change::Change,
    moment::Moment,
    owned::OwnedChange,
    registration::{LocalWatchIn, Registration, Watch, WatchIn, WatchOf},
    registry::Place,
    source::{Source, SourceIn},
    watching::Told,
};
use crate::{
    change::Reach,
    model::{Holds, Model, StoreName},
    same,
};

impl<M: Model> StoreName<M> {
    /// What `project` makes of the whole struct, to be watched.
    ///
    /// It is projected after every commit that changed any field, and whoever watches is told if
    /// the outcome differs. A watch that is to cost what changed takes fields or keys.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[derive(store::Model)] pub struct Inbox { pub unread: Vec<String> }
    /// let store = store::Store::<Inbox>::new();
    /// let badge = INBOX.project(|inbox| inbox.unread.len());
    /// let _watching = store.watch(INBOX, badge.watch(|count| println!("{} unread", *count)));
    /// ```
    pub fn project<P, G>(self, project: G) -> ProjectionOf<M, G>
    where
        P: PartialEq + 'static,
        G: Fn(&M) -> P + 'static,
    {
        ProjectionOf {
            project,
            name: self,
        }
    }
}

/// What a function makes of a named store: [`StoreName::project`].
#[derive(Clone, Copy)]
pub struct ProjectionOf<M, G> {
    project: G,
    name: StoreName<M>,
}

impl<M, P, G> ProjectionOf<M, G>
where
    M: Model,
    P: PartialEq + 'static,
    G: Fn(&M) -> P + 'static,
{
    /// Watches it.
    pub fn watch<F>(self, callback: F) -> ProjectionWatch<M, G, P, F>
    where
        F: FnMut(Change<'_, P>) + 'static,
    {
        ProjectionWatch {
            of: self,
            last: None,
            callback,
        }
    }
}

impl<M: Model, G> fmt::Debug for ProjectionOf<M, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProjectionOf({})", M::NAME)
    }
}

impl<M, P, G> Source for ProjectionOf<M, G>
where
    M: Model,
    P: Clone + PartialEq + Send + Sync + 'static,
    G: Fn(&M) -> P + Send + 'static,
{
    type Item = OwnedChange<P>;
}

impl<M, G> WatchOf<M> for ProjectionOf<M, G> {}

impl<S, M, P, G> SourceIn<S> for ProjectionOf<M, G>
where
    S: Holds<M>,
    M: Model,
    P: Clone + PartialEq + Send + Sync + 'static,
    G: Fn(&M) -> P + Send + 'static,
{
    fn keep<F>(self, mut keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static,
    {
        self.watch(move |change| keep(change.into_owned()))
    }
}

/// A watch of what a function makes of a named store: [`ProjectionOf::watch`].
#[must_use = "a watch does nothing until a store is given it"]
pub struct ProjectionWatch<M, G, P, F> {
    of: ProjectionOf<M, G>,
    last: Option<P>,
    callback: F,
}

impl<M: Model, G, P, F> fmt::Debug for ProjectionWatch<M, G, P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProjectionWatch({})", M::NAME)
    }
}

impl<M, P, G, F> Watch for ProjectionWatch<M, G, P, F>
where
    M: Model,
    P: PartialEq + 'static,
    G: Fn(&M) -> P + 'static,
    F: FnMut(Change<'_, P>) + 'static,
{
}

impl<M, G, P, F> WatchOf<M> for ProjectionWatch<M, G, P, F> {}

impl<S, M, P, G, F> LocalWatchIn<S> for ProjectionWatch<M, G, P, F>
where
    S: Holds<M>,
    M: Model,
    P: PartialEq + 'static,
    G: Fn(&M) -> P + 'static,
    F: FnMut(Change<'_, P>) + 'static,
{
    const CALLBACKS: usize = 1;

    fn register(&self, to: &mut Registration<S>) {
        let reach = Reach::Store(S::INDEX);
        to.add(Place { reach, spot: None }, None);
    }

    fn tell(&mut self, _nth: usize, moment: &Moment<'_, S>) -> Told {
        let Self { of, last, callback } = self;
        let Some(state) = moment.state(of.name) else {
            return Told::Silent;
        };
        let new = (of.project)(state);
        let is_other = |known: &P| !same::by_value(known, &new);
        let differs = last.as_ref().is_none_or(is_other);
        let unheard = moment.unheard(of.name).filter(|_| !differs);
        let unheard = unheard.map(&of.project).filter(is_other);
        if !differs && unheard.is_none() {
            return Told::Silent;
        }
        let last_told = last.replace(new);
        let old = unheard.or(last_told);
        let change = last
            .as_ref()
            .filter(|_| moment.is_heard())
            .map(|new| Change::new(new, old.as_ref(), None, moment.cause()));
        Told::if_some(change, callback)
    }
}

impl<S, M, P, G, F> WatchIn<S> for ProjectionWatch<M, G, P, F>
where
    S: Holds<M>,
    M: Model,
    P: PartialEq + Send + 'static,
    G: Fn(&M) -> P + Send + 'static,
    F: FnMut(Change<'_, P>) + Send + 'static,
{
    fn take_apart(self, into: &mut Apart<S>) {
        into.add_only(self);
    }
}
