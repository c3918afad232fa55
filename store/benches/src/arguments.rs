//! What is asked for on the command line.

use crate::Pace;

/// How thoroughly to measure what, and where to write it.
pub struct Arguments {
    /// How long a subject is timed.
    pub pace: Pace,
    /// What the pace is called.
    pub thoroughly: &'static str,
    /// Whether the tables go into the documents too.
    pub writes: bool,
    /// The column that [`Arguments::KEPT`] asks for.
    pub kept: Option<String>,
    groups: Vec<String>,
}

impl Arguments {
    /// Asks for nothing but what one column keeps for a reader that does not come.
    pub const KEPT: &str = "--kept";

    /// Those of this program; what is not one of `groups` is refused with a list of them.
    #[must_use]
    pub fn read(groups: &[&str]) -> Self {
        let mut read = Self {
            pace: Pace::FULL,
            thoroughly: "full",
            writes: false,
            kept: None,
            groups: Vec::new(),
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match &*word {
                "--quick" => (read.pace, read.thoroughly) = (Pace::QUICK, "quick"),
                "--once" => (read.pace, read.thoroughly) = (Pace::ONCE, "once"),
                "--write" => read.writes = true,
                Self::KEPT => read.kept = words.next(),
                // Cargo says so to every benchmark.
                "--bench" => {}
                group if groups.contains(&group) => read.groups.push(word),
                _ => refuse(groups),
            }
        }
        if read.writes && !read.groups.is_empty() {
            refuse(groups);
        }
        read
    }

    /// Whether a group is asked for: where none is named, all are.
    #[must_use]
    pub fn wants(&self, group: &str) -> bool {
        self.groups.is_empty() || self.groups.iter().any(|wanted| wanted == group)
    }
}

fn refuse(groups: &[&str]) -> ! {
    eprintln!("[--quick | --once] [--write | {}…]", groups.join(" | "));
    std::process::exit(2);
}
