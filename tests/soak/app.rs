//! A small program's stores, with something derived, and the one write that is made all the time.

use store::{Change, List, Map, Model, OrdMap, RuntimeKeys, Set, Store, Stores};

/// How many keys there are at most.
pub(crate) const KEYS: u32 = 500;

#[derive(Model)]
pub(crate) struct Ledger {
    /// Goes up by one in every commit.
    pub(crate) commits: u64,
    pub(crate) entries: Map<u32, u64>,
    pub(crate) sorted: OrdMap<u32, u64>,
    pub(crate) present: Set<u32>,
    pub(crate) lines: List<u64>,
    #[model(derived = double(commits))]
    pub(crate) double: u64,
    /// How many entries there are, from what changed.
    #[model(folded = count(entries))]
    pub(crate) count: i64,
}

#[derive(Model)]
pub(crate) struct Ui {
    pub(crate) search: u64,
}

/// What only one thread writes, and keys that only the text access knows.
#[derive(Model)]
pub(crate) struct Notes {
    pub(crate) turns: u64,
    #[model(runtime_keys)]
    pub(crate) keys: RuntimeKeys,
}

#[derive(Stores)]
pub(crate) struct App {
    pub(crate) ledger: Ledger,
    pub(crate) notes: Notes,
    pub(crate) ui: Ui,
}

fn double(commits: &u64) -> u64 {
    2 * commits
}

fn count(last: i64, entries: Change<'_, Map<u32, u64>>) -> i64 {
    let step = |change: store::MapChange<&u32, &u64>| match (change.old(), change.new()) {
        (None, Some(_)) => 1,
        (Some(_), None) => -1,
        _ => 0,
    };
    last + entries.changes().map(step).sum::<i64>()
}

/// A commit that changes every field; which keys, by its number alone.
pub(crate) fn write(store: &Store<App>) {
    store.update(LEDGER, |ledger| {
        *ledger.commits += 1;
        let number = *ledger.commits;
        let key =
            u32::try_from(number.wrapping_mul(0x9e37_79b9) % u64::from(KEYS)).expect("below KEYS");
        if number.is_multiple_of(3) {
            ledger.entries.remove(&key);
            ledger.sorted.remove(&key);
            ledger.present.remove(&key);
        } else {
            ledger.entries.insert(key, number);
            ledger.sorted.insert(key, number);
            ledger.present.insert(key);
        }
        ledger.lines.push_back(number);
        if ledger.lines.len() > KEYS as usize {
            ledger.lines.pop_front();
        }
    });
}

/// Fails unless all fields of a snapshot are of one commit.
pub(crate) fn check(ledger: &Ledger) {
    assert_eq!(ledger.double, 2 * ledger.commits);
    assert_eq!(ledger.lines.last().copied().unwrap_or(0), ledger.commits);
    assert_eq!(ledger.count, ledger.entries.len() as i64);
    assert_eq!(ledger.entries.len(), ledger.present.len());
    assert_eq!(ledger.entries.len(), ledger.sorted.len());
}
