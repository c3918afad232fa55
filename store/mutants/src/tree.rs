//! A copy of the tree in which mutants are tried, one at a time. Knows nothing of which there are.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::list::Mutant;

/// A test that takes longer hangs, and so has noticed.
const LIMIT: Duration = Duration::from_secs(120);

/// What came of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Caught,
    Survived,
    DoesNotBuild,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Caught => "caught",
            Self::Survived => "SURVIVED",
            Self::DoesNotBuild => "DOES NOT BUILD",
        })
    }
}

/// See the module.
pub(crate) struct Tree {
    top: PathBuf,
    /// Where the project itself is built, so that what it depends on is built once.
    target: PathBuf,
}

impl Tree {
    /// Copies the files of the tree, as they are, beside what the build leaves.
    pub(crate) fn copy(root: &Path) -> Result<Self, String> {
        let target = root.join("target");
        let top = target.join("mutants");
        let _ = fs::remove_dir_all(&top);
        copy(root, &top).map_err(|why| format!("the tree cannot be copied: {why}"))?;
        Ok(Self { top, target })
    }

    /// Tries one, and puts back what it replaced.
    pub(crate) fn with(&self, mutant: &Mutant) -> Result<Outcome, String> {
        let file = self.top.join(&mutant.file);
        let source = fs::read_to_string(&file).map_err(|why| format!("{}: {why}", mutant.file))?;
        let put =
            |text: &str| fs::write(&file, text).map_err(|why| format!("{}: {why}", mutant.file));
        put(&mutant.apply(&source)?)?;
        let outcome = self.ask(mutant);
        put(&source)?;
        outcome
    }

    fn ask(&self, mutant: &Mutant) -> Result<Outcome, String> {
        let spawned = |last: &[&str]| -> Result<Child, String> {
            self.cargo(mutant)
                .args(last)
                .spawn()
                .map_err(|why| format!("cargo cannot be run: {why}"))
        };
        if !spawned(&["--no-run"])?
            .wait()
            .is_ok_and(|status| status.success())
        {
            return Ok(Outcome::DoesNotBuild);
        }
        Ok(match passes(spawned(&[])?) {
            true => Outcome::Survived,
            false => Outcome::Caught,
        })
    }

    fn cargo(&self, mutant: &Mutant) -> Command {
        let (target, flags) = match mutant.is_loom {
            true => (self.target.join("loom"), "--cfg store_loom"),
            false => (self.target.clone(), ""),
        };
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(&self.top)
            .env("CARGO_TARGET_DIR", target)
            .env("RUSTFLAGS", flags)
            .args(["test", "--quiet"])
            .args(&mutant.test)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        cargo
    }
}

/// Whether a test ends well, and in time.
fn passes(mut test: Child) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < LIMIT {
        match test.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::park_timeout(Duration::from_millis(50)),
            Err(_) => return false,
        }
    }
    let _ = test.kill();
    let _ = test.wait();
    false
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "target" || name == ".git" {
            continue;
        }
        let to = to.join(&name);
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &to)?,
            false => drop(fs::copy(entry.path(), to)?),
        }
    }
    Ok(())
}
