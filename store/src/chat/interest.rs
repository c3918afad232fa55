//! Who wants to know of whom, counted.
//!
//! The one thing that the service's handles, the store's watchers and the driver share. It knows
//! neither the backend nor its limits.

use std::{
    collections::HashMap,
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use futures::task::AtomicWaker;
use parking_lot::Mutex;

use super::types::UserId;

/// Counts of who is wanted, and how lately.
#[derive(Debug, Default)]
pub(super) struct Interests {
    book: Mutex<Book>,
    driver: AtomicWaker,
}

#[derive(Debug, Default)]
struct Book {
    entries: HashMap<UserId, Entry>,
    /// Whose entry the driver has not seen yet; nobody twice.
    unseen: Vec<UserId>,
    /// How many times anybody was wanted: orders the wants.
    clock: u64,
}

#[derive(Debug, Default)]
struct Entry {
    count: usize,
    wanted_at: u64,
    unseen: bool,
}

/// What the driver is told of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) user: UserId,
    /// When the user was last wanted, later being larger; `None` if nobody wants the user.
    pub(super) wanted_at: Option<u64>,
}

impl Interests {
    /// Wants these users once more each; the last one counts as the most recently wanted.
    pub(super) fn want(&self, users: impl IntoIterator<Item = UserId>) {
        self.change(users, |entry, clock| {
            entry.count += 1;
            entry.wanted_at = clock;
        });
    }

    /// Wants these users once less each.
    pub(super) fn release(&self, users: impl IntoIterator<Item = UserId>) {
        self.change(users, |entry, _| {
            entry.count = entry.count.saturating_sub(1);
        });
    }

    /// Has the driver look at these users again.
    pub(super) fn review(&self, users: impl IntoIterator<Item = UserId>) {
        self.change(users, |_, _| {});
    }

    fn change(
        &self,
        users: impl IntoIterator<Item = UserId>,
        mut change: impl FnMut(&mut Entry, u64),
    ) {
        {
            let mut book = self.book.lock();
            let Book {
                entries,
                unseen,
                clock,
            } = &mut *book;
            for user in users {
                *clock += 1;
                let entry = entries.entry(user.clone()).or_default();
                change(entry, *clock);
                if !std::mem::replace(&mut entry.unseen, true) {
                    unseen.push(user);
                }
            }
        }
        self.driver.wake();
    }

    /// Everyone whose demand changed since the last time; pending if there is nobody.
    pub(super) fn poll_demands(&self, cx: &mut Context<'_>) -> Poll<Vec<Demand>> {
        self.driver.register(cx.waker());
        let mut book = self.book.lock();
        if book.unseen.is_empty() {
            return Poll::Pending;
        }
        let Book {
            entries, unseen, ..
        } = &mut *book;
        let demands = unseen.drain(..).map(|user| {
            let mut wanted_at = None;
            if let Some(entry) = entries.get_mut(&user) {
                entry.unseen = false;
                wanted_at = (entry.count > 0).then_some(entry.wanted_at);
            }
            if wanted_at.is_none() {
                entries.remove(&user);
            }
            Demand { user, wanted_at }
        });
        Poll::Ready(demands.collect())
    }
}

/// Keeps the statuses of some users coming. Drop it to stop.
///
/// Made by [`UserService::want`](super::UserService::want). Interests are counted: a user stays
/// subscribed until the last one is dropped.
#[must_use = "dropping an interest releases its users"]
pub struct Interest {
    users: Vec<UserId>,
    interests: Arc<Interests>,
}

impl Interest {
    pub(super) fn new(users: Vec<UserId>, interests: Arc<Interests>) -> Self {
        interests.want(users.iter().cloned());
        Self { users, interests }
    }

    /// Whom it keeps.
    #[must_use]
    pub fn users(&self) -> &[UserId] {
        &self.users
    }
}

impl Drop for Interest {
    fn drop(&mut self) {
        self.interests.release(self.users.drain(..));
    }
}

impl fmt::Debug for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Interest").field(&self.users).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::task::noop_waker_ref;

    fn demands(interests: &Interests) -> Vec<(String, Option<u64>)> {
        match interests.poll_demands(&mut Context::from_waker(noop_waker_ref())) {
            Poll::Ready(demands) => demands
                .into_iter()
                .map(|it| (it.user.to_string(), it.wanted_at))
                .collect(),
            Poll::Pending => Vec::new(),
        }
    }

    fn interest(interests: &Arc<Interests>, users: &[&str]) -> Interest {
        Interest::new(
            users.iter().map(|&user| user.into()).collect(),
            Arc::clone(interests),
        )
    }

    #[test]
    fn a_user_wanted_twice_is_released_with_the_last() {
        let interests = Arc::default();
        let first = interest(&interests, &["alice"]);
        let second = interest(&interests, &["alice", "bob"]);
        assert_eq!(
            demands(&interests),
            [("alice".into(), Some(2)), ("bob".into(), Some(3))]
        );
        drop(first);
        assert_eq!(
            demands(&interests),
            [("alice".into(), Some(2))],
            "still wanted"
        );
        drop(second);
        assert_eq!(
            demands(&interests),
            [("alice".into(), None), ("bob".into(), None)]
        );
        assert!(
            interests.book.lock().entries.is_empty(),
            "nothing is left behind"
        );
    }

    #[test]
    fn wanted_and_released_between_two_looks_is_not_wanted() {
        let interests = Arc::default();
        drop(interest(&interests, &["alice"]));
        assert_eq!(demands(&interests), [("alice".into(), None)]);
        assert_eq!(demands(&interests), []);
    }
}
