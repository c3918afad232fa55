//! What is asked for on the command line.

use std::{
    env,
    process::{Command, Stdio, exit},
};

use crate::Pace;

/// How thoroughly to measure what, and where it goes.
pub struct Arguments {
    /// How long a subject is timed.
    pub pace: Pace,
    /// Whether the tables go into the documents too.
    pub writes: bool,
    /// What this process was started for by another of the same program.
    pub part: Option<Part>,
    /// The argument that the pace came from.
    pub pace_word: Option<String>,
    groups: Vec<String>,
}

/// What is measured in a process of its own.
pub enum Part {
    /// A group of rows.
    Group(String),
    /// What one column keeps for a reader that does not come.
    Kept(String),
}

impl Arguments {
    /// Those of this program; what is not one of `groups` is refused with a list of them.
    #[must_use]
    pub fn read(groups: &[&str]) -> Self {
        let mut read = Self {
            pace: Pace::FULL,
            writes: false,
            part: None,
            pace_word: None,
            groups: Vec::new(),
        };
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            match &*word {
                "--quick" => (read.pace, read.pace_word) = (Pace::QUICK, Some(word)),
                "--once" => (read.pace, read.pace_word) = (Pace::ONCE, Some(word)),
                "--write" => read.writes = true,
                "--group" => read.part = words.next().map(Part::Group),
                "--kept" => read.part = words.next().map(Part::Kept),
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

    /// What the pace is called.
    #[must_use]
    pub fn thoroughly(&self) -> &str {
        let word = self.pace_word.as_deref();
        word.map_or("full", |word| word.trim_start_matches('-'))
    }
}

impl Part {
    /// Measures the part in a process of its own, and returns what that prints; `None` if it fails.
    #[must_use]
    pub fn run(&self, pace_word: Option<&str>) -> Option<String> {
        let (word, name) = match self {
            Self::Group(name) => ("--group", name),
            Self::Kept(name) => ("--kept", name),
        };
        let mut process = Command::new(env::current_exe().ok()?);
        process.args([word, name]).args(pace_word);
        let output = process.stderr(Stdio::inherit()).output().ok()?;
        let printed = String::from_utf8(output.stdout).ok()?;
        output.status.success().then_some(printed)
    }
}

fn refuse(groups: &[&str]) -> ! {
    let groups = groups.join(" | ");
    eprintln!("[--quick | --once] [--write | {groups}…]");
    exit(2);
}
