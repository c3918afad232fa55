//! R2, R3: what the core deliberately does not do, read from its source.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The source files of the core, without the reference domain.
fn core_files() -> Vec<PathBuf> {
    fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the source is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("chat") {
                collect(&path, into);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                into.push(path);
            }
        }
    }
    let mut files = Vec::new();
    collect(&root().join("store/src"), &mut files);
    assert!(
        files.len() > 30,
        "the core has more files than {}",
        files.len()
    );
    files
}

/// The code of a file: no comments, no tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source file");
    let is_test =
        |line: &&str| line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test,");
    let code = text.lines().take_while(|line| !is_test(line));
    let lines = code.filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn nowhere(words: &[&str]) {
    nowhere_but(words, "");
}

/// In no file but one.
#[track_caller]
fn nowhere_but(words: &[&str], exempt: &str) {
    for file in core_files() {
        let code = code(&file);
        for word in words {
            let found = code.contains(word) && (exempt.is_empty() || !file.ends_with(exempt));
            assert!(!found, "{} has `{word}`", file.display());
        }
    }
}

/// R2: no lock is unwrapped, nothing sleeps and polls, no channel or registry is without bounds.
#[test]
fn the_core_neither_unwraps_locks_nor_sleeps_nor_keeps_a_process_wide_registry() {
    nowhere(&[
        "lock().unwrap",
        "read().unwrap",
        "write().unwrap",
        "thread::sleep",
        "static mut",
        "unsafe {",
    ]);
    // Locks of loom, which are never in a program.
    nowhere_but(&["lock().expect"], "sync/simulated.rs");
    // Each watcher has its work in the channel once at most.
    nowhere_but(&["mpsc"], "watch/executor.rs");
    for file in core_files() {
        let code = code(&file);
        let mut statics = code.lines().filter(|line| {
            let line = line.trim_start();
            let line = line.trim_start_matches("pub(crate) ");
            line.starts_with("static ")
                && ["Lock", "Mutex", "Once"]
                    .iter()
                    .any(|word| line.contains(word))
        });
        assert_eq!(statics.next(), None, "{}", file.display());
    }
}

/// R3: no clock, thread or file of its own.
#[test]
fn the_core_has_no_clock_thread_or_file_of_its_own() {
    nowhere(&[
        "Instant",
        "SystemTime",
        "std::time",
        "thread::spawn",
        "std::fs",
        "std::net",
        "println!",
    ]);
    // A file of tests, of which the environment may ask for more.
    nowhere_but(&["std::env"], "collections/ages.rs");
}

/// R3: the core builds for the browser; skipped where that target is not installed.
#[test]
fn the_core_builds_for_wasm() {
    const TARGET: &str = "wasm32-unknown-unknown";
    let installed = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .is_ok_and(|answer| Path::new(String::from_utf8_lossy(&answer.stdout).trim()).is_dir());
    if !installed {
        println!("skipped: the target {TARGET} is not installed (`rustup target add {TARGET}`)");
        return;
    }
    let check = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "-p", "store", "--target", TARGET])
        .args([
            "--target-dir",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/wasm"),
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stderr)
    );
}
