//! What each watcher was told, newest last.

use std::{collections::VecDeque, time::Instant};

use parking_lot::Mutex;

/// How many lines are kept.
const KEPT: usize = 500;

/// A bounded log that watchers on any thread may write to.
pub(super) struct Log {
    began: Instant,
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    kept: VecDeque<String>,
    total: u64,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            lines: Mutex::default(),
        }
    }

    /// Notes that a watcher was told something.
    pub(super) fn told(&self, watcher: &str, what: &str) {
        let at = self.began.elapsed().as_secs_f64();
        let line = format!("{at:9.3}  {watcher:<22} {what}");
        let mut lines = self.lines.lock();
        if lines.kept.len() == KEPT {
            lines.kept.pop_front();
        }
        lines.kept.push_back(line);
        lines.total += 1;
    }

    /// The last lines, oldest first.
    pub(super) fn last(&self, count: usize) -> Vec<String> {
        let lines = self.lines.lock();
        let skipped = lines.kept.len().saturating_sub(count);
        lines.kept.iter().skip(skipped).cloned().collect()
    }

    /// How often a watcher was told something.
    pub(super) fn total(&self) -> u64 {
        self.lines.lock().total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_lines_make_room_and_are_still_counted() {
        let log = Log::new();
        for n in 0..=KEPT {
            log.told("row", &n.to_string());
        }
        assert_eq!(log.total(), KEPT as u64 + 1);
        assert_eq!(log.last(usize::MAX).len(), KEPT);
        assert!(log.last(1)[0].ends_with(&KEPT.to_string()));
    }
}
