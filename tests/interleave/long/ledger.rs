//! A store whose values say by themselves which commits they have seen. Knows nothing of who watches.

use shuttle::thread;
use store::{Change, Field, KeyChange, Map, Model, SnapshotAll, Stores};

use super::pick;

/// Each commit adds one to the total, and to what else it touches.
#[derive(Model)]
pub struct Ledger {
    pub left: u32,
    pub right: u32,
    pub total: u32,
    #[model(derived = twice(total))]
    pub twice: u32,
    pub counts: Map<u32, u32>,
}

fn twice(total: &u32) -> u32 {
    2 * total
}

/// What each commit writes in another named store.
#[derive(Model)]
pub struct Mirror {
    pub total: u32,
}

#[derive(Stores)]
pub struct Books {
    pub ledger: Ledger,
    pub mirror: Mirror,
}

pub type Store = store::Store<Books>;

/// Commits once, or gives up.
pub fn write(store: &Store) {
    let (what, key) = (pick(6), pick(2));
    let written = store.transaction(|books| {
        let ledger = books.on(LEDGER);
        if [0, 1].contains(&what) {
            *ledger.left += 1;
        }
        if [1, 2].contains(&what) {
            *ledger.right += 1;
        }
        if what == 3 {
            let count = ledger.counts.get(&key).copied().unwrap_or(0);
            ledger.counts.insert(key, count + 1);
        }
        *ledger.total += 1;
        let total = *ledger.total;
        thread::yield_now();
        *books.on(MIRROR).total += 1;
        match what {
            4 => Err("given up"),
            _ => Ok(total),
        }
    });
    if let Ok(total) = written {
        assert!(look(store).revision() >= u64::from(total), "S5");
    }
}

/// All there is at one moment, checked to be of one.
pub fn look(store: &Store) -> SnapshotAll<Books> {
    let all = store.snapshot_all();
    let (ledger, mirror) = (&all[LEDGER], &all[MIRROR]);
    assert_eq!(u64::from(ledger.total), all.revision(), "T1, S4");
    assert_eq!(ledger.total, mirror.total, "S3: torn");
    assert_eq!(ledger.twice, 2 * ledger.total, "D1");
    all
}

/// What can be watched: a number that grows.
#[derive(Clone, Copy)]
pub enum Source {
    Field(Field<Ledger, u32>),
    Mirror,
    Key(u32),
}

/// What a callback was told: the number before, if it was not the immediate call, and now, and the revision.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub old: Option<u32>,
    pub new: u32,
    pub revision: u64,
}

impl Source {
    pub fn any() -> Self {
        match pick(7) {
            0 => Self::Field(Ledger::LEFT),
            1 => Self::Field(Ledger::RIGHT),
            2 => Self::Field(Ledger::TOTAL),
            3 => Self::Field(Ledger::TWICE),
            4 => Self::Mirror,
            key => Self::Key(key - 5),
        }
    }

    pub fn of(self, all: &SnapshotAll<Books>) -> u32 {
        match self {
            Self::Field(field) => *field.get(&all[LEDGER]),
            Self::Mirror => all[MIRROR].total,
            Self::Key(key) => all[LEDGER].counts.get(&key).copied().unwrap_or(0),
        }
    }

    /// How much a commit adds that touches it.
    pub fn step(self) -> u32 {
        match self {
            Self::Field(field) if field.info().name == "twice" => 2,
            _ => 1,
        }
    }

    /// What it is at a revision, if that is known: if each commit touches it.
    pub fn at(self, revision: u64) -> Option<u64> {
        match self {
            Self::Field(field) => match field.info().name {
                "total" | "twice" => Some(u64::from(self.step()) * revision),
                _ => None,
            },
            Self::Mirror => Some(revision),
            Self::Key(_) => None,
        }
    }
}

impl From<Change<'_, u32>> for Told {
    fn from(change: Change<'_, u32>) -> Self {
        Self {
            old: change.old().copied(),
            new: *change,
            revision: change.revision(),
        }
    }
}

impl From<KeyChange<'_, u32, u32>> for Told {
    fn from(change: KeyChange<'_, u32, u32>) -> Self {
        let old = change.old().copied().unwrap_or(0);
        Self {
            old: (!change.is_initial()).then_some(old),
            new: change.value().copied().unwrap_or(0),
            revision: change.revision(),
        }
    }
}
