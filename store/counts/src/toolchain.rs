//! The tools that decide which instructions there are, as far as they are not pinned by the project.

use std::{fmt, process::Command};

/// The compiler, its target, and the C library, which allocates and copies.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Toolchain(pub(crate) String);

impl Toolchain {
    /// Those of this machine.
    pub(crate) fn here() -> Result<Self, String> {
        let rustc = said_by("rustc", &["-vV"])?;
        let says = |key: &str| {
            let line = rustc.lines().find_map(|line| line.strip_prefix(key));
            line.ok_or_else(|| format!("rustc does not say its `{key}`"))
        };
        let libc = said_by("getconf", &["GNU_LIBC_VERSION"]);
        let libc = libc.map_or_else(|_| "unknown libc".to_owned(), |libc| libc.trim().to_owned());
        Ok(Self(format!(
            "rustc {}, {}, {libc}",
            says("release: ")?,
            says("host: ")?
        )))
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn said_by(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| format!("cannot run {program}: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
