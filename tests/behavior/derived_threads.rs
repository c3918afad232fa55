//! D1: nobody, on any thread, sees a derived value from another moment than its inputs.
//!
//! `DERIVED_READS=10000000` reads as often.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
};

use store::{Change, Map, MapChange, Model, Store, Stores};

use crate::support::Log;

/// How many snapshots are looked at.
const READS: usize = 100_000;

#[derive(Model)]
struct Ledger {
    entries: Map<u8, i64>,
    bonus: i64,
    #[model(folded = sum(entries))]
    sum: i64,
    #[model(derived = total(sum, bonus))]
    total: i64,
}

#[derive(Model)]
struct Mirror {
    bonus: i64,
    #[model(derived = negative(bonus))]
    negative: i64,
}

#[derive(Stores)]
struct Books {
    ledger: Ledger,
    mirror: Mirror,
}

fn sum(last: i64, entries: Change<'_, Map<u8, i64>>) -> i64 {
    entries.changes().fold(last, |sum, change| match change {
        MapChange::Inserted { value, .. } => sum + value,
        MapChange::Updated { old, new, .. } => sum + new - old,
        MapChange::Removed { old, .. } => sum - old,
    })
}

fn total(sum: &i64, bonus: &i64) -> i64 {
    sum + bonus
}

fn negative(bonus: &i64) -> i64 {
    -bonus
}

/// Fails if anything is from another moment.
fn check(ledger: &Ledger, mirror: &Mirror) {
    assert_eq!(ledger.sum, ledger.entries.values().sum::<i64>());
    assert_eq!(ledger.total, ledger.sum + ledger.bonus);
    assert_eq!(mirror.negative, -ledger.bonus, "written in one commit");
    assert_eq!(mirror.bonus, ledger.bonus);
}

fn reads() -> usize {
    let given = std::env::var("DERIVED_READS").ok();
    given.map_or(READS, |reads| reads.parse().expect("a number of reads"))
}

/// Writes until told to stop.
fn keep_writing(store: &Store<Books>, seed: i64, stop: &AtomicBool) {
    for n in (seed..).take_while(|_| !stop.load(Relaxed)) {
        let key = (n % 13) as u8;
        let written = store.transaction(|tx| {
            match n % 3 {
                0 => drop(tx.on(LEDGER).entries.remove(&key)),
                _ => drop(tx.on(LEDGER).entries.insert(key, n)),
            }
            tx.on(LEDGER).bonus.set(n);
            tx.on(MIRROR).bonus.set(n);
            if n % 7 == 0 { Err("no") } else { Ok(()) }
        });
        assert_eq!(written.is_err(), n % 7 == 0);
    }
}

/// Stops the writers, also when the reader fails.
struct Stopping<'a>(&'a AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

#[test]
fn d1_no_snapshot_is_torn_while_two_threads_write() {
    let log = Log::default();
    let notes = log.clone();
    let store = Store::<Books>::builder()
        .on_panic(move |report| notes.note(report))
        .build();
    let told = LEDGER
        .any()
        .watch(|ledger| assert_eq!(ledger.total, ledger.sum + ledger.bonus));
    let _told = store.watch(LEDGER, told);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for seed in [0, 1_000_000] {
            let (store, stop) = (&store, &stop);
            scope.spawn(move || keep_writing(store, seed, stop));
        }
        let _stopping = Stopping(&stop);
        let mut seen = 0;
        for _ in 0..reads() {
            let all = store.snapshot_all();
            check(&all[LEDGER], &all[MIRROR]);
            assert!(all.revision() >= seen);
            if all.revision() == seen {
                // Another moment is of more use than the same once more.
                thread::yield_now();
            }
            seen = all.revision();
        }
    });
    assert!(store.revision() > 0, "the writers wrote");
    log.heard([]);
}
