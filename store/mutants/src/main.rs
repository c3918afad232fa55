//! Breaks the store on purpose, one place at a time, in a copy of the tree, and asks whether the test that is to notice
//! does. Knows nothing of what the places are: `mutants.txt` lists them.

mod list;
mod tree;

use std::{env, fs, path::Path, process::ExitCode};

use crate::{
    list::{Mutant, read},
    tree::{Outcome, Tree},
};

const USAGE: &str = "usage: store-mutants [word]

Applies each mutant of mutants.txt, or those whose title has the word, to a copy of the tree, and runs its test. It is
an error if the test passes, or cannot be built, or fails without the mutant.";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match &arguments[..] {
        [] => run(""),
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

fn run(word: &str) -> Result<(), String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2).ok_or("the tree has no top")?;
    let mutants: Vec<Mutant> = read(&list_file())?;
    let chosen = mutants.iter().filter(|mutant| mutant.title.contains(word));
    let chosen: Vec<&Mutant> = chosen.collect();
    let tree = Tree::copy(root)?;
    let mut asked = Vec::new();
    for mutant in &chosen {
        if !asked.contains(&&mutant.test) {
            asked.push(&mutant.test);
            let outcome = tree.ask(&mutant.test)?;
            println!("{outcome} without a mutant: {}", mutant.test);
            if outcome != Outcome::Passed {
                return Err("what the mutants do could not be told".to_owned());
            }
        }
    }
    let mut survivors = Vec::new();
    for mutant in chosen {
        let outcome = tree.with(mutant)?;
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

fn list_file() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("mutants.txt");
    fs::read_to_string(file).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_mutant_replaces_is_there_once() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mutants = read(&list_file()).unwrap();
        assert!(mutants.len() >= 15, "{} are few", mutants.len());
        for mutant in mutants {
            let text = fs::read_to_string(root.join(&mutant.file)).unwrap();
            mutant.apply(&text).unwrap();
        }
    }
}
