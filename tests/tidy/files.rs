//! The files of the project, found and read.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 2] = ["target", ".git"];

/// A text file, and its path from the top.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// The lines that are code, each with its number: no blanks and no comments.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().map(str::trim).enumerate();
        let code = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with("//"));
        code.map(|(at, line)| (at + 1, line))
    }
}

/// A path from the top as one that can be opened.
pub(crate) fn at_top(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub(crate) fn read(path: &str) -> String {
    let read = fs::read_to_string(at_top(path));
    read.unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

/// The files below a folder whose names end with `suffix`, in order.
pub(crate) fn files(folder: &str, suffix: &str) -> Vec<File> {
    let mut found = Vec::new();
    collect(folder, suffix, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(folder: &str, suffix: &str, into: &mut Vec<File>) {
    let entries = fs::read_dir(at_top(folder));
    for entry in entries.unwrap_or_else(|error| panic!("cannot list {folder}: {error}")) {
        let entry = entry.expect("the folder can be listed");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = match folder {
            "" => name.clone(),
            folder => format!("{folder}/{name}"),
        };
        if entry.path().is_dir() {
            if !FOREIGN.contains(&&*name) {
                collect(&path, suffix, into);
            }
        } else if name.ends_with(suffix) {
            into.push(File {
                text: read(&path),
                path,
            });
        }
    }
}

/// The Rust files that people write, without what the compiler is tried on.
pub(crate) fn rust() -> Vec<File> {
    let mut files = files("", ".rs");
    files.retain(|file| !is_tried_on_the_compiler(&file.path));
    files
}

fn is_tried_on_the_compiler(path: &str) -> bool {
    path.strip_prefix("tests/compile/")
        .is_some_and(|path| path.contains('/'))
}
