//! What every file of the project keeps to.

use crate::{
    files::{File, at_top, files, read, rust},
    none,
};

const MOST_LINES: usize = 400;

/// The lines of code in which a word stands by itself, and not in a string.
fn lines_with(file: &File, word: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let stands_alone = |line: &str| {
        line.match_indices(word).any(|(at, _)| {
            !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part)
        })
    };
    file.code()
        .filter(|(_, line)| line.split('"').step_by(2).any(stands_alone))
        .map(|(number, line)| format!("{}:{number}: {line}", file.path))
        .collect()
}

#[test]
fn every_file_opens_by_saying_what_it_is() {
    let silent = rust()
        .into_iter()
        .filter(|file| !file.text.starts_with("//! "));
    none(&silent.map(|file| file.path).collect::<Vec<_>>());
}

#[test]
fn no_file_is_long() {
    let sizes = rust()
        .into_iter()
        .map(|file| (file.code().count(), file.path));
    let long = sizes.filter(|(size, _)| *size > MOST_LINES);
    none(
        &long
            .map(|(size, path)| format!("{path}: {size} lines of code"))
            .collect::<Vec<_>>(),
    );
}

/// R2
#[test]
fn nothing_sleeps_in_the_store_or_its_tests() {
    let ours = rust().into_iter().filter(|file| {
        let path = &file.path;
        path.starts_with("store") || path.contains("tests/") || path.ends_with("tests.rs")
    });
    none(
        &ours
            .flat_map(|file| lines_with(&file, "thread::sleep"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn nothing_is_unsafe() {
    let mut complaints: Vec<_> = rust()
        .iter()
        .flat_map(|file| lines_with(file, "unsafe"))
        .collect();
    for manifest in files("", "Cargo.toml") {
        if !manifest.text.contains("[lints]\nworkspace = true") {
            complaints.push(format!(
                "{} takes no lints from the workspace",
                manifest.path
            ));
        }
    }
    // What calls libFuzzer's targets cannot be forbidden it; the library beside them can.
    let forbids = [
        ("Cargo.toml", "unsafe_code = \"forbid\""),
        ("store/benches/Cargo.toml", "unsafe_code = \"forbid\""),
        ("store/fuzz/src/lib.rs", "#![forbid(unsafe_code)]"),
    ];
    for (path, word) in forbids {
        if !read(path).contains(word) {
            complaints.push(format!("{path} does not forbid it"));
        }
    }
    none(&complaints);
}

#[test]
fn nothing_is_left_to_do() {
    let words = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["todo", "!"],
        ["unimplemented", "!"],
    ]
    .map(|word| word.concat());
    let complaints: Vec<_> = rust()
        .iter()
        .flat_map(|file| {
            let lines = file.text.lines().enumerate();
            let left = lines.filter(|(_, line)| words.iter().any(|word| line.contains(word)));
            left.map(|(at, line)| format!("{}:{}: {}", file.path, at + 1, line.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    none(&complaints);
}

#[test]
fn a_fresh_clone_stands_alone() {
    // Nothing beside the project is read, by whatever path.
    let outside = [["..", "/shared"].concat(), ["/work", "/shared"].concat()];
    let texts = ["", ".ci"].into_iter().flat_map(|folder| {
        ["rs", "toml", "run"]
            .into_iter()
            .flat_map(move |suffix| files(folder, suffix))
    });
    let complaints: Vec<_> = texts
        .filter(|file| outside.iter().any(|path| file.text.contains(path)))
        .map(|file| file.path)
        .collect();
    none(&complaints);
    assert!(at_top("Cargo.lock").exists(), "the versions are pinned");
}
