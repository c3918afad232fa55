//! All that one run says, printed as it comes and written at the end.

use std::{fs, io};

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

    /// Adds a line, or several.
    pub fn say(&mut self, lines: &str) {
        let lines = lines.trim_end();
        println!("{lines}");
        self.text += lines;
        self.text += "\n";
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
