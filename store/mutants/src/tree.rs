//! A copy of the tree in which mutants are tried, one at a time. Knows nothing of which there are.

use std::{
    ffi::OsStr,
    fmt, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::list::{Mutant, Test, Threads};

/// In how many orders a test over shuttle is tried, of each kind.
const SCHEDULES: &str = "200";

/// What came of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Failed,
    Hung,
    Passed,
    DoesNotBuild,
}

impl Outcome {
    /// Whether the test has noticed the mutant.
    pub(crate) fn is_caught(self) -> bool {
        matches!(self, Self::Failed | Self::Hung)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "the test fails",
            Self::Hung => "the test hangs",
            Self::Passed => "the test passes",
            Self::DoesNotBuild => "does not build",
        })
    }
}

/// See the module.
pub(crate) struct Tree {
    top: PathBuf,
    /// Where it is built: not where the project is, as `cargo` takes the one for the other.
    target: PathBuf,
}

impl Tree {
    /// Copies the files of the tree, as they are, beside what the build leaves.
    pub(crate) fn copy(root: &Path) -> Result<Self, String> {
        let target = root.join("target/mutants");
        let top = target.join("tree");
        let _ = fs::remove_dir_all(&top);
        copy(root, &top).map_err(|why| format!("the tree cannot be copied: {why}"))?;
        Ok(Self { top, target })
    }

    /// Tries one, and puts back what it replaced. A test that takes longer than the limit hangs, and so has noticed.
    pub(crate) fn with(&self, mutant: &Mutant, limit: Duration) -> Result<Outcome, String> {
        let file = self.top.join(&mutant.file);
        let source = fs::read_to_string(&file).map_err(|why| format!("{}: {why}", mutant.file))?;
        let put =
            |text: &str| fs::write(&file, text).map_err(|why| format!("{}: {why}", mutant.file));
        put(&mutant.apply(&source)?)?;
        let outcome = self.ask(&mutant.test, limit);
        put(&source)?;
        Ok(outcome?.0)
    }

    /// Builds a test of the tree as it is, and runs it; says how long that took without the build.
    pub(crate) fn ask(&self, test: &Test, limit: Duration) -> Result<(Outcome, Duration), String> {
        let Some(programs) = self.build(test)? else {
            return Ok((Outcome::DoesNotBuild, Duration::ZERO));
        };
        let begun = Instant::now();
        for program in programs {
            let outcome = self.run(&program, &test.name, limit)?;
            if outcome != Outcome::Passed {
                return Ok((outcome, begun.elapsed()));
            }
        }
        Ok((Outcome::Passed, begun.elapsed()))
    }

    /// The programs that have the test, if they can be built.
    fn build(&self, test: &Test) -> Result<Option<Vec<PathBuf>>, String> {
        let (target, flags) = match test.threads {
            Threads::System => ("plain", ""),
            Threads::Loom => ("loom", "--cfg store_loom"),
            Threads::Shuttle => ("shuttle", "--cfg store_shuttle"),
        };
        let built = Command::new("cargo")
            .current_dir(&self.top)
            .env("CARGO_TARGET_DIR", self.target.join(target))
            .env("RUSTFLAGS", flags)
            .args(["test", "--quiet", "--no-run", "--message-format=json"])
            .args(&test.target)
            .stderr(Stdio::null())
            .output()
            .map_err(|why| format!("cargo cannot be run: {why}"))?;
        let messages = String::from_utf8_lossy(&built.stdout);
        let messages = messages.lines().map(serde_json::from_str);
        let programs = messages.filter_map(|message: Result<Value, _>| {
            let message = message.ok()?;
            message["executable"].as_str().map(PathBuf::from)
        });
        Ok(built.status.success().then(|| programs.collect()))
    }

    /// Runs it itself, not by `cargo`: to end it is then to end all there is.
    fn run(&self, program: &Path, name: &str, limit: Duration) -> Result<Outcome, String> {
        let mut test = Command::new(program)
            .current_dir(&self.top)
            .env("STORE_SCHEDULES", SCHEDULES)
            .arg(name)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|why| format!("{}: {why}", program.display()))?;
        outcome(&mut test, limit).map_err(|why| format!("{}: {why}", program.display()))
    }
}

fn outcome(test: &mut Child, limit: Duration) -> std::io::Result<Outcome> {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        match test.try_wait()? {
            Some(status) if status.success() => return Ok(Outcome::Passed),
            Some(_) => return Ok(Outcome::Failed),
            None => thread::park_timeout(Duration::from_millis(50)),
        }
    }
    test.kill()?;
    test.wait()?;
    Ok(Outcome::Hung)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if ["target", ".git"].map(OsStr::new).contains(&&*name) {
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
