//! What every change of one commit has in common: its number, who made it and why, and where.
//!
//! Plain values. Knows no field and no watcher.

use std::{fmt, panic::Location, sync::Arc};

use crate::sync::Caller;

/// The number of a commit: 1 for the first that changed something, without gaps; 0 before it.
pub type Revision = u64;

/// What every change of one commit has in common.
#[derive(Clone, Debug)]
pub struct Cause {
    pub(crate) revision: Revision,
    /// The first of the commits that are told as one.
    pub(crate) first: Revision,
    pub(crate) origin: Option<Origin>,
    /// The source line of the write.
    pub(crate) at: Caller,
    /// How many commits, each made by a watcher of the one before, led to this one.
    pub(crate) depth: u32,
    /// How many commits are told as one.
    pub(crate) merged: u64,
}

/// What the first values of a store have in common: no commit made them.
pub(crate) static CREATION: Cause = Cause {
    revision: 0,
    first: 0,
    origin: None,
    at: Location::caller(),
    depth: 0,
    merged: 1,
};

/// Who makes a write, and why: carried on by every change of the commit.
///
/// A watcher can ask not to hear the writes of one origin, by its `who`.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// use store::Origin;
///
/// let store = store::Store::<Counter>::new();
/// let _watching = store.watch(COUNTER, Counter::watch().clicks(|clicks| {
///     if !clicks.is_initial() {
///         assert_eq!(clicks.origin().unwrap().to_string(), "server: sync");
///     }
/// }));
/// store.by(Origin::new("server").because("sync")).update(COUNTER, |counter| counter.clicks.set(3));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    who: Arc<str>,
    why: Option<Arc<str>>,
}

impl Origin {
    /// An origin that says who writes.
    #[must_use]
    pub fn new(who: impl Into<Arc<str>>) -> Self {
        Self {
            who: who.into(),
            why: None,
        }
    }

    /// Adds why.
    #[must_use]
    pub fn because(self, why: impl Into<Arc<str>>) -> Self {
        Self {
            why: Some(why.into()),
            ..self
        }
    }

    /// Who wrote.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// Why, if it was said.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }
}

impl From<&str> for Origin {
    fn from(who: &str) -> Self {
        Self::new(who)
    }
}

impl From<String> for Origin {
    fn from(who: String) -> Self {
        Self::new(who)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Some(why) => write!(f, "{}: {why}", self.who),
            None => f.write_str(&self.who),
        }
    }
}
