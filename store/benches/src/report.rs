//! All tables of one run, printed as they come and written at the end.

use std::{fmt::Write as _, fs, io};

use crate::Table;

/// What one run says.
pub struct Report {
    text: String,
}

impl Report {
    /// A report that says only how it begins.
    #[must_use]
    pub fn new(head: String) -> Self {
        println!("{head}");
        Self { text: head + "\n" }
    }

    /// Begins a section.
    pub fn section(&mut self, title: &str) {
        self.say(&format!("\n## {title}"));
    }

    /// Adds a table.
    pub fn table(&mut self, table: &Table) {
        self.say(table.to_string().trim_end());
    }

    /// Adds a line.
    pub fn say(&mut self, line: &str) {
        println!("{line}");
        let _ = writeln!(self.text, "{line}");
    }

    /// Writes everything to a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn write(&self, file: &str) -> io::Result<()> {
        fs::write(file, &self.text)
    }
}
