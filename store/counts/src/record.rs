//! What was counted, as a file that is committed, and what differs between two of them.
//!
//! Pure but for reading and writing that file.

use std::{fmt, fs, path::Path};

use crate::toolchain::Toolchain;

/// How many of a hundred instructions a path may gain or lose before it must be recorded anew.
const TOLERANCE: u64 = 5;

const HEAD: &str = "# Instructions of each path of the store

Written by `cargo run --release -p store-counts -- --record`. Without `-- --record` it prints what has changed, and
`.ci/run` fails if that is more than 5 %, more or less. Counted with callgrind, without start and setup.

";

const TABLE: &str = "| path | instructions |\n|---|---:|\n";

/// How many instructions each path takes, and by which tools it was built.
#[derive(Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) toolchain: Toolchain,
    pub(crate) counts: Vec<(String, u64)>,
}

impl Record {
    /// What the file says.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file);
        let text = text.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        Self::parse(&text).ok_or_else(|| format!("{} is no record of counts", file.display()))
    }

    /// Writes the file.
    pub(crate) fn write(&self, file: &Path) -> Result<(), String> {
        let written = fs::write(file, self.to_string());
        written.map_err(|error| format!("cannot write {}: {error}", file.display()))
    }

    fn parse(text: &str) -> Option<Self> {
        let (toolchain, table) = text.strip_prefix(HEAD)?.split_once("\n\n")?;
        let rows = table.strip_prefix(TABLE)?.lines().map(|row| {
            let (name, count) = row
                .strip_prefix("| ")?
                .strip_suffix(" |")?
                .split_once(" | ")?;
            Some((name.to_owned(), count.parse().ok()?))
        });
        Some(Self {
            toolchain: Toolchain(toolchain.to_owned()),
            counts: rows.collect::<Option<_>>()?,
        })
    }

    fn count(&self, name: &str) -> Option<u64> {
        let found = self.counts.iter().find(|(other, _)| other == name);
        found.map(|(_, count)| *count)
    }

    /// What differs between this, which was, and that, which is.
    pub(crate) fn changes(&self, is: &Self) -> Changes {
        let gone = self.counts.iter().map(|(name, _)| name);
        let gone = gone.filter(|name| is.count(name).is_none());
        let names = is.counts.iter().map(|(name, _)| name).chain(gone);
        let changes = names.map(|name| Change {
            path: name.clone(),
            was: self.count(name),
            is: is.count(name),
        });
        Changes(changes.collect())
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEAD}{}\n\n{TABLE}", self.toolchain)?;
        let mut rows = self.counts.iter();
        rows.try_for_each(|(name, count)| writeln!(f, "| {name} | {count} |"))
    }
}

/// One path, as it was recorded and as it is counted now.
struct Change {
    path: String,
    was: Option<u64>,
    is: Option<u64>,
}

impl Change {
    fn is_held(&self) -> bool {
        let (Some(was), Some(is)) = (self.was, self.is) else {
            return false;
        };
        is.abs_diff(was) * 100 <= was * TOLERANCE
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cell = |count: Option<u64>| count.map_or("–".to_owned(), |count| count.to_string());
        write!(
            f,
            "| {} | {} | {} | ",
            self.path,
            cell(self.was),
            cell(self.is)
        )?;
        match (self.was, self.is) {
            (Some(was), Some(is)) if was == is => write!(f, "=")?,
            (Some(was), Some(is)) => write!(f, "{:+.1} %", (is as f64 / was as f64 - 1.0) * 100.0)?,
            (None, _) => write!(f, "new")?,
            (_, None) => write!(f, "gone")?,
        }
        write!(f, " |")
    }
}

/// What became of each path.
pub(crate) struct Changes(Vec<Change>);

impl Changes {
    /// Whether each is as it was, more or less.
    ///
    /// # Errors
    ///
    /// Names those that are not, and says what to do.
    pub(crate) fn held(&self) -> Result<(), String> {
        let lost = self.0.iter().filter(|change| !change.is_held());
        let lost: Vec<_> = lost.map(|change| format!("`{}`", change.path)).collect();
        if lost.is_empty() {
            return Ok(());
        }
        Err(format!(
            "\nnot as recorded, within {TOLERANCE} %: {}\nif it is to be so: cargo run --release -p store-counts -- --record",
            lost.join(", ")
        ))
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| path | was | is | change |\n|---|---:|---:|---:|")?;
        self.0.iter().try_for_each(|change| writeln!(f, "{change}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Record, Toolchain};

    fn record(counts: &[(&str, u64)]) -> Record {
        let counts = counts
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count));
        Record {
            toolchain: Toolchain("rustc 1.95.0, here".to_owned()),
            counts: counts.collect(),
        }
    }

    /// Whether a path that took so many instructions may take as many as that.
    fn may_be(was: u64, is: u64) -> bool {
        record(&[("set", was)])
            .changes(&record(&[("set", is)]))
            .held()
            .is_ok()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let record = record(&[("set, nobody watching", 953), ("snapshot", 40)]);
        assert_eq!(Record::parse(&record.to_string()), Some(record));
    }

    #[test]
    fn what_is_no_table_is_not_read() {
        let text = record(&[("set", 953)]).to_string();
        assert_eq!(Record::parse(&text.replace("953", "many")), None);
        assert_eq!(Record::parse(""), None);
    }

    #[test]
    fn more_and_less_by_five_of_a_hundred_is_held_and_by_six_is_not() {
        assert!(may_be(100, 105) && may_be(100, 95) && may_be(100, 100));
        assert!(!may_be(100, 106) && !may_be(100, 94));
    }

    #[test]
    fn a_path_that_is_new_or_gone_must_be_recorded() {
        let (one, two) = (record(&[("set", 9)]), record(&[("set", 9), ("get", 9)]));
        let new = one.changes(&two);
        assert_eq!(
            new.to_string().lines().last(),
            Some("| get | – | 9 | new |")
        );
        assert!(new.held().is_err_and(|why| why.contains("`get`")));
        let gone = two.changes(&one);
        assert_eq!(
            gone.to_string().lines().last(),
            Some("| get | 9 | – | gone |")
        );
        assert!(gone.held().is_err_and(|why| why.contains("`get`")));
    }
}
