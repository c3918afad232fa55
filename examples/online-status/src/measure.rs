//! How long a status change takes, from the embedded server to the watcher of a row.
//!
//! The clock starts before the server's world changes, and stops in the row's callback: between
//! them lie both ends of the protocol, the user service, the commit, and the dispatch by key.

use std::{
    fmt,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use store::{
    Watch as _, Watcher, WatcherGroup,
    chat::{CONTACT, Interest, StatusType, USER, User, UserId},
};
use tokio::{sync::mpsc, time};

use crate::{client::Client, server::Server};

/// How many rows are watched, as a terminal would show.
const ROWS: usize = 40;

/// How many notes may wait; what is more is not needed.
const NOTES: usize = 4_096;

/// The pause between two changes, so that none is gathered with the one before.
const PAUSE: Duration = Duration::from_millis(20);

/// How long the rows may take to become known.
const PATIENCE: Duration = Duration::from_secs(60);

/// A row that was not told by then was told of nothing: the population undid the change at once.
const UNDONE: Duration = Duration::from_secs(1);

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MeasureError {
    /// There are no contacts.
    #[error("cannot measure without contacts: --users is too small")]
    NoContacts,
    /// The service refuses, or the statuses do not come.
    #[error("cannot measure: after {PATIENCE:?} the rows still do not know their users' statuses")]
    Unknown,
}

/// What was measured.
pub(crate) struct Figures {
    contacts: usize,
    rows: usize,
    /// From the fastest to the slowest.
    taken: Vec<Duration>,
    commits: u64,
    calls: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |percent: usize| {
            let last = self.taken.len().saturating_sub(1);
            self.taken
                .get(last * percent / 100)
                .copied()
                .unwrap_or_default()
        };
        writeln!(f, "contacts                     {}", self.contacts)?;
        writeln!(f, "changes measured             {}", self.taken.len())?;
        writeln!(f, "from server to row, median   {:.3?}", at(50))?;
        writeln!(f, "                    99 %     {:.3?}", at(99))?;
        writeln!(f, "                    slowest  {:.3?}", at(100))?;
        writeln!(f, "commits meanwhile            {}", self.commits)?;
        write!(
            f,
            "calls of {:>2} row watchers     {}",
            self.rows, self.calls
        )
    }
}

/// A row was told that its user is in this state.
struct Note {
    row: UserId,
    status: Option<StatusType>,
    at: Instant,
}

/// Rows that are watched as on a screen.
struct Rows {
    users: Vec<UserId>,
    notes: mpsc::Receiver<Note>,
    calls: Arc<AtomicU64>,
    _watching: WatcherGroup,
    _interest: Interest,
}

/// Measures this many changes, one after the other, while the population lives on.
///
/// # Errors
///
/// [`MeasureError`] if there are no rows whose users' statuses are known.
pub(crate) async fn run(
    client: &Client,
    server: &Server,
    times: NonZeroU32,
) -> Result<Figures, MeasureError> {
    let mut rows = Rows::watch(client)?;
    time::timeout(PATIENCE, rows.know(client))
        .await
        .map_err(|_| MeasureError::Unknown)?;
    let commits = client.store().revision();
    let calls = rows.calls.load(Ordering::Relaxed);
    let mut taken = Vec::new();
    for turn in 0..times.get() as usize {
        time::sleep(PAUSE).await;
        let row = rows.users[turn % rows.users.len()].clone();
        taken.extend(rows.flip(row, server).await);
    }
    taken.sort_unstable();
    Ok(Figures {
        contacts: client.store().snapshot(CONTACT).friend_list.len(),
        rows: rows.users.len(),
        taken,
        commits: client.store().revision() - commits,
        calls: rows.calls.load(Ordering::Relaxed) - calls,
    })
}

impl Rows {
    fn watch(client: &Client) -> Result<Self, MeasureError> {
        let contact = client.store().snapshot(CONTACT);
        let users: Vec<_> = contact.friend_list.keys().take(ROWS).cloned().collect();
        if users.is_empty() {
            return Err(MeasureError::NoContacts);
        }
        let (note, notes) = mpsc::channel(NOTES);
        let calls = Arc::<AtomicU64>::default();
        let watch = |row: &UserId| -> Watcher {
            let (note, calls, row) = (note.clone(), Arc::clone(&calls), row.clone());
            let telling = User::USER_STATUS_LIST
                .key(row.clone())
                .watch(move |status| {
                    calls.fetch_add(1, Ordering::Relaxed);
                    // What does not fit belongs to a change that nobody waits for any longer.
                    let _ = note.try_send(Note {
                        row: row.clone(),
                        status: status.map(|status| status.status_type),
                        at: Instant::now(),
                    });
                });
            client.store().watch(USER, telling.changes_only())
        };
        Ok(Self {
            _watching: users.iter().map(watch).collect(),
            _interest: client.want(users.clone()),
            users,
            notes,
            calls,
        })
    }

    /// Waits until the status of every row's user is known.
    async fn know(&mut self, client: &Client) {
        loop {
            let known = client.store().snapshot(USER);
            let fresh = |user| known.user_status_list.get(user).is_some_and(|it| it.fresh);
            if self.users.iter().all(fresh) {
                return;
            }
            self.notes.recv().await;
        }
    }

    /// Lets a user come or go, and waits until the row is told; `None` if that was undone at once.
    async fn flip(&mut self, row: UserId, server: &Server) -> Option<Duration> {
        let began = Instant::now();
        let expected = server.flip(&row);
        let told = async {
            loop {
                let note = self.notes.recv().await?;
                if note.at >= began && note.row == row && note.status == expected {
                    return Some(note.at - began);
                }
            }
        };
        time::timeout(UNDONE, told).await.ok().flatten()
    }
}
