//! What each watcher was told, newest last.

use std::{collections::VecDeque, time::Instant};

/// How many lines are kept.
const KEPT: usize = 500;

/// A bounded log.
pub(super) struct Log {
    began: Instant,
    lines: VecDeque<String>,
    times: u64,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            lines: VecDeque::new(),
            times: 0,
        }
    }

    /// Notes that a watcher was told something, of as many lines as it has.
    pub(super) fn told(&mut self, watcher: &str, what: impl IntoIterator<Item = String>) {
        let at = self.began.elapsed().as_secs_f64();
        for what in what {
            if self.lines.len() == KEPT {
                self.lines.pop_front();
            }
            let line = format!("{at:9.3}  {watcher:<20} {what}");
            self.lines.push_back(line);
        }
        self.times += 1;
    }

    /// The last lines, oldest first.
    pub(super) fn last(&self, count: usize) -> impl Iterator<Item = &str> {
        let skipped = self.lines.len().saturating_sub(count);
        self.lines.iter().skip(skipped).map(String::as_str)
    }

    /// How often a watcher was told something.
    pub(super) fn times(&self) -> u64 {
        self.times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_lines_make_room_and_are_still_counted() {
        let mut log = Log::new();
        for n in 0..=KEPT {
            log.told("row", [n.to_string()]);
        }
        assert_eq!(log.times(), KEPT as u64 + 1);
        assert_eq!(log.last(usize::MAX).count(), KEPT);
        assert!(log.last(1).all(|line| line.ends_with(&KEPT.to_string())));
    }
}
