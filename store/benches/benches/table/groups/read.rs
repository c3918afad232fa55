//! Row group 2: a state is read, alone and beside writers, and written by several threads.

use std::{
    hint::{black_box, spin_loop},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use store_benches::{Pace, Sampler, Subject, Table};

use crate::{
    all, columns,
    work::{Peer, Peers, Shared},
};

/// How long readers read beside a writer.
const BESIDE: Duration = Duration::from_millis(20);
/// How much the writer writes meanwhile at the least: on a busy machine it may be kept waiting.
const LEAST_WRITES: u64 = 1000;
/// How long a write closure is busy.
const BUSY: Duration = Duration::from_micros(200);
const CLOSURES: u64 = 100;
const WRITERS: u64 = 8;
const WRITES: u64 = 2000;

pub fn measure(pace: Pace, peers: &Peers) -> Vec<Table> {
    let title = "The state read as a whole, and owned; and written by several threads";
    let mut table = Table::new(pace, title, columns(peers));

    let alone = |peer: &dyn Peer| {
        let shared = peer.shared()?;
        let subject: Subject<'_> = Box::new(move |_| {
            black_box(shared.read());
        });
        Some(subject)
    };
    table.row("a snapshot, nobody writes", 1, all(peers, alone));
    sampled(
        &mut table,
        &["a snapshot, while a thread writes"],
        peers,
        |shared| Some(vec![beside(|| set(shared), || shared.read())]),
    );

    let shared: Vec<_> = all(peers, |peer| peer.shared());
    let cached = shared.iter().map(|shared| {
        let mut read = shared.as_deref()?.cached()?;
        let subject: Subject<'_> = Box::new(move |_| {
            black_box(read());
        });
        Some(subject)
    });
    table.row("a cached handle, nobody writes", 1, cached.collect());
    sampled(
        &mut table,
        &["a cached handle, while a thread writes"],
        peers,
        |shared| {
            let mut read = shared.cached()?;
            Some(vec![beside(|| set(shared), &mut read)])
        },
    );

    let labels = [
        "a snapshot, begun while a write closure is busy for 200 µs, median",
        "the slowest in 100 of these",
    ];
    sampled(&mut table, &labels, peers, |shared| Some(waited(shared)));
    sampled(
        &mut table,
        &["a write, 8 threads writing"],
        peers,
        |shared| Some(vec![crowd(shared)]),
    );
    vec![table]
}

/// Adds rows of those who measure themselves.
fn sampled(
    table: &mut Table,
    labels: &[&str],
    peers: &Peers,
    sample: impl Fn(&dyn Shared) -> Option<Vec<f64>> + Copy + 'static,
) {
    let labels: Vec<_> = labels.iter().map(ToString::to_string).collect();
    let samplers = all(peers, |peer| {
        let shared = peer.shared()?;
        sample(&*shared)?;
        let sampler: Sampler<'_> = Box::new(move || sample(&*shared).unwrap_or_default());
        Some(sampler)
    });
    table.rows(&labels, samplers);
}

fn set(shared: &dyn Shared) -> impl FnMut() {
    let mut number = 0;
    move || {
        number += 1;
        shared.set(number);
    }
}

/// Nanoseconds per read, while another thread writes.
fn beside<W: FnMut()>(writer: impl FnOnce() -> W + Send, mut read: impl FnMut() -> u64) -> f64 {
    let (ended, writes) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut write = writer();
            while !ended.load(Ordering::Relaxed) {
                write();
                writes.fetch_add(1, Ordering::Relaxed);
            }
        });
        while writes.load(Ordering::Relaxed) == 0 {
            spin_loop();
        }
        let start = Instant::now();
        let mut reads = 0_u32;
        while start.elapsed() < BESIDE || writes.load(Ordering::Relaxed) < LEAST_WRITES {
            for _ in 0..64 {
                black_box(read());
            }
            reads += 64;
        }
        let spent = start.elapsed();
        ended.store(true, Ordering::Relaxed);
        spent.as_nanos() as f64 / f64::from(reads)
    })
}

/// What a read takes that is begun while a write closure is busy: the median, and the slowest in a hundred.
fn waited(shared: &dyn Shared) -> Vec<f64> {
    let [begun, reading, read] = [(); 3].map(|()| AtomicU64::new(0));
    let until = |place: &AtomicU64, number| {
        while place.load(Ordering::Acquire) < number {
            // Not a spin: the other thread may need this core.
            thread::yield_now();
        }
    };
    let mut reads: Vec<_> = thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..=CLOSURES {
                shared.write(&mut || {
                    begun.store(number, Ordering::Release);
                    until(&reading, number);
                    spin(BUSY);
                });
                until(&read, number);
            }
        });
        let reads = (1..=CLOSURES).map(|number| {
            until(&begun, number);
            reading.store(number, Ordering::Release);
            let start = Instant::now();
            black_box(shared.read());
            let spent = start.elapsed();
            read.store(number, Ordering::Release);
            spent.as_nanos() as f64
        });
        reads.collect()
    });
    reads.sort_by(f64::total_cmp);
    [50, 99]
        .map(|share| reads[reads.len() * share / 100])
        .into()
}

fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        spin_loop();
    }
}

/// Nanoseconds per write, while several threads write.
fn crowd(shared: &dyn Shared) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                for number in 0..WRITES {
                    shared.set(number * WRITERS + writer);
                }
            });
        }
    });
    start.elapsed().as_nanos() as f64 / (WRITERS * WRITES) as f64
}
