//! How many instructions each path of the store takes, and what has changed since that was recorded.
//!
//! Unlike times, counts are the same however busy the machine is. Knows nothing of how instructions are counted, nor of
//! what the paths do.

mod paths;
mod record;
mod toolchain;
mod valgrind;

use std::{env, path::PathBuf, process::ExitCode};

use crate::{paths::PATHS, record::Record, toolchain::Toolchain};

const USAGE: &str = "usage: store-counts [--record]

Counts the instructions of each path, and prints what differs from counts.md. It is an error if that is more than 5 %,
more or less. --record writes the file instead.";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => check(),
        ["--record"] => record(),
        [valgrind::RUN, path, times] => run(path, times),
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

/// The committed file.
fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("counts.md")
}

/// Counts, and prints what differs from what was recorded.
fn check() -> Result<(), String> {
    if let Err(why) = valgrind::is_there() {
        println!("nothing is counted: {why}");
        return Ok(());
    }
    let was = Record::read(&file())?;
    let is = now()?;
    let changes = was.changes(&is);
    print!("{changes}");
    if was.toolchain != is.toolchain {
        println!("\nnot held, as other tools make other instructions:");
        println!(
            "recorded with {}\ncounted with  {}",
            was.toolchain, is.toolchain
        );
        return Ok(());
    }
    changes.held()
}

/// Counts, prints what differs from what was recorded, and records it.
fn record() -> Result<(), String> {
    valgrind::is_there()?;
    let is = now()?;
    if let Ok(was) = Record::read(&file()) {
        print!("{}", was.changes(&is));
    }
    is.write(&file())
}

fn now() -> Result<Record, String> {
    let counts = valgrind::count(PATHS)?;
    let names = PATHS.iter().map(|path| path.name.to_owned());
    Ok(Record {
        toolchain: Toolchain::here()?,
        counts: names.zip(counts).collect(),
    })
}

/// Goes a path so many times: what valgrind watches.
fn run(name: &str, times: &str) -> Result<(), String> {
    let path = PATHS.iter().find(|path| path.name == name);
    let path = path.ok_or_else(|| format!("there is no path `{name}`"))?;
    let times = times.parse();
    path.go(times.map_err(|error| format!("cannot go `{name}`: {error}"))?);
    Ok(())
}
