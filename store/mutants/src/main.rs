//! Breaks the store on purpose, one place at a time, in a copy of the tree, and asks whether the test that is to notice
//! does. Knows nothing of what the places are: `mutants.txt` lists them.

mod list;
mod table;
mod tree;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use crate::{
    list::{Mutant, Test, read},
    table::written_anew,
    tree::{Outcome, Tree},
};

const USAGE: &str = "usage: store-mutants [word | --record]

Applies each mutant of mutants.txt, or those whose title has the word, to a copy of the tree, and runs its test. It is
an error if the test passes, or cannot be built, or fails without the mutant. --record writes the table of docs/testing.md
anew instead.";

/// How long a test may take without a mutant, not counting its build.
const LONGEST: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => run(""),
        ["--record"] => record(),
        [word] if !word.starts_with('-') => run(word),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The top of the tree.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The document that has the table.
fn docs() -> PathBuf {
    root().join("docs/testing.md")
}

fn record() -> Result<(), String> {
    let text = fs::read_to_string(docs()).map_err(|why| format!("docs/testing.md: {why}"))?;
    let text = written_anew(&text, &read(&list_file())?).ok_or("docs/testing.md has no table")?;
    fs::write(docs(), text).map_err(|why| format!("docs/testing.md: {why}"))
}

fn run(word: &str) -> Result<(), String> {
    let mutants: Vec<Mutant> = read(&list_file())?;
    let chosen = mutants.iter().filter(|mutant| mutant.title.contains(word));
    let chosen: Vec<&Mutant> = chosen.collect();
    let tree = Tree::copy(&root())?;
    let mut tests: Vec<(&Test, Duration)> = Vec::new();
    let mut survivors = Vec::new();
    for mutant in &chosen {
        if tests.iter().all(|(test, _)| **test != mutant.test) {
            let (outcome, time) = tree.ask(&mutant.test, LONGEST)?;
            println!("{outcome} without a mutant: {}", mutant.test);
            if outcome != Outcome::Passed {
                return Err("what the mutants do could not be told".to_owned());
            }
            tests.push((&mutant.test, time));
        }
    }
    for mutant in chosen {
        let time = tests.iter().find(|(test, _)| **test == mutant.test);
        let outcome = tree.with(mutant, hangs_after(time.map_or(LONGEST, |(_, time)| *time)))?;
        println!("{outcome}: {}", mutant.title);
        if !outcome.is_caught() {
            survivors.push(format!("{outcome}: {}", mutant.title));
        }
    }
    match survivors.is_empty() {
        true => Ok(()),
        false => Err(survivors.join("\n")),
    }
}

/// When a test is taken to hang that takes so long without a mutant: a busy machine is not to pass for one that does.
fn hangs_after(time: Duration) -> Duration {
    Duration::from_secs(60) + time * 10
}

fn list_file() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("mutants.txt");
    fs::read_to_string(file).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_mutant_replaces_is_there_once() {
        let mutants = read(&list_file()).unwrap();
        assert!(mutants.len() >= 15, "{} are few", mutants.len());
        for mutant in mutants {
            let text = fs::read_to_string(root().join(&mutant.file)).unwrap();
            mutant.apply(&text).unwrap();
        }
    }

    #[test]
    fn the_docs_list_each_mutant_and_its_test() {
        let text = fs::read_to_string(docs()).unwrap();
        let anew = written_anew(&text, &read(&list_file()).unwrap());
        let advice = "`cargo run -p store-mutants -- --record` writes the table of docs/testing.md";
        assert_eq!(anew.as_deref(), Some(&*text), "{advice}");
    }
}
