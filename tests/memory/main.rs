//! What readers and watchers cost in memory, counted byte by byte.
//!
//! Knows nothing of how the store keeps what it keeps.

use std::{
    alloc::System,
    env, fs,
    process::{Command, Output},
};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

mod readers;
mod watchers;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many bytes are allocated now.
fn bytes() -> i64 {
    let stats = ALLOCATOR.stats();
    let signed = |bytes: usize| i64::try_from(bytes).expect("it fits");
    signed(stats.bytes_allocated) - signed(stats.bytes_deallocated)
}

/// How many kilobytes of this process are resident, if the system says so and its allocator was told to give back what it
/// can.
fn resident() -> Option<i64> {
    if cfg!(not(all(target_os = "linux", target_env = "gnu"))) {
        return None;
    }
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// A number that the environment may set.
fn asked(variable: &str) -> Option<u32> {
    env::var(variable).ok()?.parse().ok()
}

/// The test that this process is for.
const ALONE: &str = "STORE_TEST_ALONE";

/// Has glibc give memory back at once, which by default it keeps for what comes.
const GIVE_BACK: &str = "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0:glibc.malloc.trim_threshold=131072:glibc.malloc.mmap_threshold=131072";

/// Runs the body of a test in a process of its own, so that nothing else allocates meanwhile.
#[track_caller]
fn alone(test: &str, body: impl FnOnce()) {
    if env::var_os(ALONE).is_some() {
        return body();
    }
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env::current_exe().expect("a program"))
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(ALONE, test)
        .env("GLIBC_TUNABLES", GIVE_BACK)
        .output()
        .expect("it can be run");
    let (said, why) = (
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr),
    );
    println!("{said}");
    assert!(status.success() && said.contains("1 passed"), "{why}");
}
