//! What the figures were measured on.

use std::{env, fmt, fs, process::Command, thread};

/// A machine, a compiler and a day.
pub struct Machine {
    cores: usize,
    processor: String,
    system: String,
    compiler: String,
    date: String,
}

impl Machine {
    /// This machine, today.
    #[must_use]
    pub fn here() -> Self {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
        let model = model.and_then(|rest| rest.split_once(':'));
        let unnamed = || env::consts::ARCH.to_owned();
        Self {
            cores: thread::available_parallelism().map_or(1, Into::into),
            processor: model.map_or_else(unnamed, |(_, name)| name.trim().to_owned()),
            system: answer("uname", &["-sr"]),
            compiler: answer("rustc", &["--version"]),
            date: answer("date", &["+%Y-%m-%d"]),
        }
    }

    /// How much memory this process has resident, in bytes, where the system says so.
    #[must_use]
    pub fn resident() -> Option<u64> {
        let pages = fs::read_to_string("/proc/self/statm").ok()?;
        let resident: u64 = pages.split_whitespace().nth(1)?.parse().ok()?;
        Some(resident * 4096)
    }
}

/// The first line that a command says; what it is called, where it says nothing.
fn answer(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command).args(arguments).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    match said.ok().as_deref().and_then(|said| said.lines().next()) {
        Some(line) if !line.is_empty() => line.to_owned(),
        _ => format!("unknown {command}"),
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cores,
            processor,
            system,
            compiler,
            date,
        } = self;
        write!(
            f,
            "{cores} cores ({processor}), {system}, {compiler}, {date}"
        )
    }
}
