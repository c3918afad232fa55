//! The store at full rate, for as long as one likes: counts are right, threads end, and memory stays flat.
//!
//! `SOAK_FOR=1h cargo test --release --test soak -- --nocapture` runs for an hour and prints what was counted.
//! Knows nothing of how the store keeps what it keeps.

use std::{alloc::System, env, fs, time::Duration};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

mod app;
mod rarer;
mod round;
mod run;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many bytes are allocated now.
fn bytes() -> i64 {
    let stats = ALLOCATOR.stats();
    let signed = |bytes: usize| i64::try_from(bytes).expect("it fits");
    signed(stats.bytes_allocated) - signed(stats.bytes_deallocated)
}

/// A figure of this process, as Linux tells it.
fn status(name: &str) -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// How long to run: a number of seconds, minutes or hours, such as `90s`, `30m` or `1h`.
fn asked() -> Duration {
    let Ok(asked) = env::var("SOAK_FOR") else {
        return Duration::from_secs(10);
    };
    let seconds = [("s", 1), ("m", 60), ("h", 3_600)]
        .into_iter()
        .find_map(|(unit, seconds)| Some(asked.strip_suffix(unit)?.parse::<u64>().ok()? * seconds));
    Duration::from_secs(
        seconds.unwrap_or_else(|| panic!("SOAK_FOR={asked} is no such thing as 30m")),
    )
}
