//! What the roster costs while it is shown: paintings, commits, and processor time.

use std::{
    fmt, fs, io,
    time::{Duration, Instant},
};

use crate::{client::Client, ui};

/// What was spent.
pub(crate) struct Cost {
    lasted: Duration,
    paintings: u64,
    commits: u64,
    /// Of the whole process; unknown where the system does not say.
    processor: Option<Duration>,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.lasted.as_secs_f64();
        writeln!(f, "seconds                {seconds:.1}")?;
        let per_second = |count: u64| count as f64 / seconds;
        writeln!(
            f,
            "paintings per second   {:.1}",
            per_second(self.paintings)
        )?;
        writeln!(f, "commits per second     {:.0}", per_second(self.commits))?;
        match self.processor {
            Some(spent) => write!(
                f,
                "of one processor       {:.1} %",
                100.0 * spent.as_secs_f64() / seconds
            ),
            None => write!(f, "of one processor       unknown on this system"),
        }
    }
}

/// Shows the roster to nobody for this long.
///
/// # Errors
///
/// As of [`ui::run_unseen`].
pub(crate) async fn run(client: Client, lasting: Duration) -> io::Result<Cost> {
    let store = client.store().clone();
    let (began, before) = (Instant::now(), processor_time());
    let commits = store.revision();
    let paintings = ui::run_unseen(client, lasting).await?;
    let after = processor_time();
    Ok(Cost {
        lasted: began.elapsed(),
        paintings,
        commits: store.revision() - commits,
        processor: before.and_then(|before| after?.checked_sub(before)),
    })
}

/// What this process has taken of all processors so far, where there is a `/proc`.
fn processor_time() -> Option<Duration> {
    of_stat(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// Reads the time in the program and in the system, the 14th and 15th field of `/proc/self/stat`.
fn of_stat(stat: &str) -> Option<Duration> {
    /// Linux counts in hundredths of a second there, whatever its clock does.
    const TICK: Duration = Duration::from_millis(10);
    // The second field, the name of the program, may hold anything, but is the only one in brackets.
    let (_, from_third) = stat.rsplit_once(')')?;
    let mut times = from_third.split_whitespace().skip(11);
    let (user, system): (u32, u32) = (times.next()?.parse().ok()?, times.next()?.parse().ok()?);
    Some(TICK * (user + system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_time_is_that_in_the_program_and_in_the_system() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 120 30 0 0 20 0";
        assert_eq!(of_stat(stat), Some(Duration::from_millis(1_500)));
        assert_eq!(of_stat("7 (a) S 1"), None);
        assert_eq!(of_stat(""), None);
    }
}
