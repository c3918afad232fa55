//! What can be watched, before it is said how: by a callback, a stream, or an inbox.

use std::sync::Arc;

use super::{
    adapters::{ChangesOnly, Ignoring},
    registration::WatchIn,
};
use crate::model::Stores;

/// Something in a [`Store`](crate::Store) that can be watched.
///
/// | source | what |
/// |---|---|
/// | `User::NICK` | a field |
/// | `(User::NICK, User::ONLINE)`, in [`USER.fields(…)`] | several fields, once per commit |
/// | `User::FRIENDS.key(alice)` | one key of a collection, there or not |
/// | `Diary::DAYS.range(…)`, `.prefix(…)` | a range of an ordered map |
/// | `USER.project(\|user\| …)` | whatever a function makes of a named store |
/// | `USER.any()` | any field of a named store |
/// | `Contact::FRIENDS.view().sort_by(…)` | a live view: [`view`](crate::view) |
/// | `store.derive(…)` | a value derived at run time |
/// | [`commits()`](crate::commits) | all commits |
///
/// Each ends in a callback, by its method `watch`; in a [`ChangeStream`](crate::ChangeStream), given
/// to [`Store::stream`](crate::Store::stream), or to
/// [`Store::stream_across`](crate::Store::stream_across) if it belongs to no single named store; or in
/// a wait, [`Store::until`](crate::Store::until) or
/// [`Store::until_across`](crate::Store::until_across).
///
/// [`USER.fields(…)`]: crate::StoreName::fields
pub trait Source: Sized + 'static {
    /// What a stream of it yields: a change that owns what it tells of.
    type Item: Send + 'static;

    /// Skips the current value.
    fn changes_only(self) -> ChangesOnly<Self> {
        ChangesOnly(self)
    }

    /// Skips the commits of one origin, by its `who`. Say it again to skip those of another too. As
    /// [`Watch::ignoring`](crate::Watch::ignoring).
    fn ignoring(self, who: impl Into<Arc<str>>) -> Ignoring<Self> {
        Ignoring {
            inner: self,
            who: who.into(),
        }
    }
}

/// Says that a source fits the set of named stores `S`: they hold what is to be watched.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be watched in a store of `{S}`",
    label = "does not fit a store of `{S}`"
)]
pub trait SourceIn<S: Stores>: Source {
    /// The watch that hands each change to `keep`.
    #[doc(hidden)]
    fn keep<F>(self, keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static;
}

impl<W: Source> Source for ChangesOnly<W> {
    type Item = W::Item;
}

impl<S: Stores, W: SourceIn<S>> SourceIn<S> for ChangesOnly<W> {
    fn keep<F>(self, keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static,
    {
        ChangesOnly(self.0.keep(keep))
    }
}

impl<W: Source> Source for Ignoring<W> {
    type Item = W::Item;
}

impl<S: Stores, W: SourceIn<S>> SourceIn<S> for Ignoring<W> {
    fn keep<F>(self, keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static,
    {
        Ignoring {
            inner: self.inner.keep(keep),
            who: self.who,
        }
    }
}
