//! Rounds upon one store, and what they leave.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use store::{Change, Store, Watch as _};

use crate::{
    app::{App, LEDGER, Ledger, check},
    asked, bytes,
    rarer::PANIC,
    round::{Tally, round},
    status,
};

/// How much more memory may be allocated after a round than was after one of the first: the entries that happen to be
/// there. Nobody watches then but one, so that it hangs neither on how long a round was nor on what waited in it.
const SLACK: i64 = 16 * 1024;

/// How long a thread that was told to end may take to.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is there between two rounds.
#[derive(Debug, Clone, Copy)]
struct Level {
    bytes: i64,
    resident: Option<i64>,
}

impl Level {
    /// Once no more threads are there than before the first round.
    fn settled(threads: Option<i64>) -> Self {
        let until = Instant::now() + PATIENCE;
        while status("Threads:") > threads {
            assert!(Instant::now() < until, "a thread does not end");
            thread::yield_now();
        }
        Self {
            bytes: bytes(),
            resident: status("VmRSS:"),
        }
    }
}

/// The highest of some levels.
fn highest(levels: &[Level]) -> Level {
    let most = |figure: fn(&Level) -> Option<i64>| levels.iter().filter_map(figure).max();
    Level {
        bytes: most(|level| Some(level.bytes)).expect("there was a round"),
        resident: most(|level| level.resident),
    }
}

/// W5, W10, W11, R2
#[test]
fn a_store_at_full_rate_stays_as_it_is() {
    let lasting = asked();
    let complaints = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&complaints);
    let panics = Arc::new(AtomicU64::new(0));
    let planned = Arc::clone(&panics);
    let store = Store::<App>::builder()
        .on_panic(move |report| match report.message.as_str() {
            PANIC => drop(planned.fetch_add(1, SeqCst)),
            _ => notes.lock().push(report.to_string()),
        })
        .build();
    // Stays from the first round to the last; what it hears adds up.
    let heard = Arc::new(AtomicU64::new(0));
    let calls = Arc::clone(&heard);
    let _watching = store.watch(
        LEDGER,
        Ledger::COMMITS
            .watch(move |now: Change<'_, u64>| {
                let old = now.old().expect("it is a change");
                calls.fetch_add(*now - old, SeqCst);
            })
            .changes_only(),
    );
    let threads = status("Threads:");
    let each = (lasting / 20).min(Duration::from_secs(10));
    let mut total = Tally::default();
    // With room for all, so that they are not taken for the store's.
    let mut levels = Vec::with_capacity(21 + lasting.as_secs() as usize / 10);
    let end = Instant::now() + lasting;
    while Instant::now() < end {
        let tally = round(&store, each);
        total.commits += tally.commits;
        total.calls += tally.calls;
        total.watchers += tally.watchers;
        total.reads += tally.reads;
        let ledger = store.snapshot(LEDGER);
        check(&ledger);
        assert_eq!(ledger.commits, total.commits, "none was lost");
        assert_eq!(heard.load(SeqCst), total.commits, "each was told, once");
        assert_eq!(*complaints.lock(), [] as [String; 0]);
        assert!(panics.swap(0, SeqCst) > 0, "who panics is reported");
        levels.push(Level::settled(threads));
    }
    let tenth = levels.len().div_ceil(10);
    let (first, last) = (
        highest(&levels[..tenth]),
        highest(&levels[levels.len() - tenth..]),
    );
    println!("{lasting:?}, {} rounds: {total:?}", levels.len());
    println!("the first tenth: {first:?}");
    println!("the last tenth:  {last:?}");
    assert!(last.bytes <= first.bytes + SLACK, "{first:?}, {last:?}");
    if let (Some(first), Some(last)) = (first.resident, last.resident) {
        // Of the system's allocator, which returns what it likes.
        assert!(last <= first * 3 / 2, "{first} kB, then {last} kB");
    }
}
