//! Counts instructions: this program runs itself under valgrind.
//!
//! Each path is gone so many times, and in another run twice as often. The difference is what it takes once everything
//! is made and warm; start and setup are in both.

use std::{
    env,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
};

use crate::paths::Path;

/// What this program is asked when it is run under valgrind; the path's name and how often follow.
pub(crate) const RUN: &str = "--run";

/// Whether valgrind can be run here.
///
/// # Errors
///
/// Says why not.
pub(crate) fn is_there() -> Result<(), String> {
    let output = Command::new("valgrind").arg("--version").output();
    let said = output.map_err(|error| format!("cannot run valgrind: {error}"));
    said.map(drop)
}

/// The instructions of each path, as many paths at a time as there are processors.
pub(crate) fn count(paths: &[Path]) -> Result<Vec<u64>, String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let ours = std::iter::from_fn(|| {
            let at = next.fetch_add(1, Relaxed);
            paths.get(at).map(|path| (at, instructions(path)))
        });
        ours.collect::<Vec<_>>()
    };
    let mut counts = thread::scope(|scope| {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        let counts = threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"));
        counts.collect::<Vec<_>>()
    });
    counts.sort_by_key(|(at, _)| *at);
    counts.into_iter().map(|(_, count)| count).collect()
}

/// The instructions of one unit of a path.
fn instructions(path: &Path) -> Result<u64, String> {
    let (once, twice) = (run(path, path.times)?, run(path, path.times * 2)?);
    let units = path.times * path.units;
    Ok((twice.saturating_sub(once) + units / 2) / units)
}

/// The instructions of a whole run.
fn run(path: &Path, times: u64) -> Result<u64, String> {
    let cannot = |why: &str| format!("cannot count `{}`: {why}", path.name);
    let program = env::current_exe().map_err(|error| cannot(&error.to_string()))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([RUN, path.name, &times.to_string()])
        .output();
    let output = output.map_err(|error| cannot(&error.to_string()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = output.status.success().then(|| collected(&said)).flatten();
    collected.ok_or_else(|| cannot(&said))
}

/// The count in what callgrind says: `==7== Collected : 1234`.
fn collected(said: &str) -> Option<u64> {
    let count = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    count?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::collected;

    #[test]
    fn the_count_is_found_in_what_callgrind_says() {
        let said = "==7== Events    : Ir\n==7== Collected : 2047153\n==7== \n";
        assert_eq!(collected(said), Some(2_047_153));
        assert_eq!(collected("valgrind: store-counts: command not found"), None);
    }
}
