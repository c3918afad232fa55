//! Plays a script of TUIStore calls on a store of ours, and prints what TUIStore would answer.
//!
//! `cargo run -q --example tuistore_trace -- tests/tuistore/traces/1.json`
//!
//! One JSON answer per call and line, as in the `trace` of that file. Exit code 2 says that the
//! file is no script, or that a call names what does not exist; the answers before it are printed.

mod models;
mod player;
mod script;

use std::{
    env,
    error::Error,
    fs,
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use crate::player::Player;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let (Some(file), None) = (arguments.next(), arguments.next()) else {
        return Err("usage: tuistore_trace FILE".into());
    };
    let text = fs::read_to_string(&file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let mut answers = BufWriter::new(io::stdout().lock());
    let mut player = Player::new();
    for (number, op) in (1..).zip(script::parse(&text)?) {
        let answer = player
            .play(op)
            .map_err(|error| format!("op {number} of the script: {error}"))?;
        writeln!(answers, "{}", serde_json::to_string(&answer)?)?;
    }
    answers.flush()?;
    Ok(())
}
