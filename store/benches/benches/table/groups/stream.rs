//! Row group 5: readers that come when they like.

use std::{
    hint::spin_loop,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use store_benches::{Machine, Pace, Part, Sampler, Table};

use crate::{
    all, columns,
    peers::inboxes,
    work::{BACKLOG, Backlog, Peer, Peers, Wire, checked},
};

/// How often a thread is woken for one figure.
const WAKES: u64 = 500;
/// How long the writer waits until the reader is surely asleep.
const ASLEEP: Duration = Duration::from_micros(40);
/// How many commits a slow reader misses.
const MISSED: u64 = 1_000_000;

pub fn measure(pace: Pace, peers: &Peers) -> Vec<Table> {
    vec![
        wake(pace, peers),
        streams(pace, peers),
        slow(pace, peers),
        late(pace),
    ]
}

fn wake(pace: Pace, peers: &Peers) -> Table {
    let title = "A thread that waits for a value is woken by another";
    let mut table = Table::new(pace, title, columns(peers));
    let labels = ["from the write to the reader, median", "99 in 100 of these"];
    let samplers = all(peers, |peer| {
        peer.wire()?;
        // A wire is for one reader, so each figure gets a new one.
        let sampler: Sampler<'_> = Box::new(|| peer.wire().map(latencies).unwrap_or_default());
        Some(sampler)
    });
    table.rows(&labels.map(str::to_owned), samplers);
    table
}

/// The median and the 99th percentile of the time from a write to the reader that it wakes.
fn latencies(Wire { mut set, mut wait }: Wire) -> Vec<f64> {
    let start = Instant::now();
    let since = || u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let (waits_for, woken_at) = (AtomicU64::new(0), AtomicU64::new(0));
    let mut latencies: Vec<_> = thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..=WAKES {
                waits_for.store(number, Ordering::Release);
                while wait() != number {}
                woken_at.store(since(), Ordering::Release);
            }
        });
        let figures = (1..=WAKES).map(|number| {
            while waits_for.load(Ordering::Acquire) < number {
                spin_loop();
            }
            let asleep = Instant::now();
            while asleep.elapsed() < ASLEEP {
                spin_loop();
            }
            let written = since();
            set(number);
            loop {
                let woken = woken_at.load(Ordering::Acquire);
                if woken >= written {
                    return (woken - written) as f64;
                }
                // Not a spin: with two cores the reader may need this one.
                thread::yield_now();
            }
        });
        figures.collect()
    });
    latencies.sort_by(f64::total_cmp);
    let at = |share: usize| latencies[latencies.len() * share / 100];
    vec![at(50), at(99)]
}

fn streams(pace: Pace, peers: &Peers) -> Table {
    let title = "A value set and read by streams, per commit";
    let mut table = Table::new(pace, title, columns(peers));
    for (count, every) in [(1, 1), (1, 100), (1000, 1), (1000, 100)] {
        let label = format!("{count} streams, read once in {every}");
        table.row(
            label,
            1,
            all(peers, |peer| {
                checked(peer.name(), peer.streams(count, every)?, count)
            }),
        );
    }
    table
}

fn slow(pace: Pace, peers: &Peers) -> Table {
    let title = "A reader of a map of 10000 users that misses 1000000 commits";
    let mut table = Table::new(pace, title, columns(peers));
    let labels = [
        "a commit that it misses",
        "its reading in the end, per commit missed",
    ];
    let samplers = all(peers, |peer| {
        peer.backlog()?;
        let sampler: Sampler<'_> = Box::new(|| peer.backlog().map(missed).unwrap_or_default());
        Some(sampler)
    });
    table.rows(&labels.map(str::to_owned), samplers);
    let kept = all(peers, |peer| peer.backlog().and_then(|_| kept_by(peer)));
    table.figures("KiB kept for it until then", kept);
    table
}

/// What a reader costs that does not come, measured in a process of its own: in this one, others have left
/// memory behind that is resident, and free.
fn kept_by(peer: &dyn Peer) -> Option<f64> {
    Part::Kept(peer.name().to_owned())
        .run(None)?
        .trim()
        .parse()
        .ok()
}

/// How many KiB more are resident when a peer's reader has missed so many commits.
pub fn kept(peer: &dyn Peer) -> Option<f64> {
    let mut backlog = peer.backlog()?;
    // What is needed once is there before.
    for number in 0..BACKLOG {
        backlog.write(number);
    }
    let before = Machine::resident()?;
    for number in 1..=MISSED {
        backlog.write(number);
    }
    let more = Machine::resident()?.saturating_sub(before);
    assert!(backlog.read() > 0, "the reader finds what it missed");
    Some(more as f64 / 1024.0)
}

fn missed(mut backlog: Box<dyn Backlog>) -> Vec<f64> {
    let start = Instant::now();
    for number in 1..=MISSED {
        backlog.write(number);
    }
    let written = start.elapsed().as_nanos() as f64;
    let start = Instant::now();
    assert!(backlog.read() > 0, "the reader finds what it missed");
    let read = start.elapsed().as_nanos() as f64;
    vec![written / MISSED as f64, read / MISSED as f64]
}

/// The store's own ways beside each other.
fn late(pace: Pace) -> Table {
    let title = "One status in 10000 users written, and its diff read late, per commit";
    let columns = ["stream", "inbox", "inbox, each commit"];
    let mut table = Table::new(pace, title, columns);
    for every in [1, 10, 100, 1000] {
        let subjects = inboxes(every).map(Some);
        table.row(format!("read once in {every}"), 1, subjects.into());
    }
    table
}
