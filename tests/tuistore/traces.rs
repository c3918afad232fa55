//! The traces that were recorded from TUIStore itself.

use std::{fs, path::Path};

use super::answers;

#[test]
fn recorded_scripts_are_answered_to_the_letter() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tuistore/traces");
    let mut replayed = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let got = answers(&text).unwrap();
        let recorded = recorded(&text);
        assert_eq!(got.len(), recorded.len(), "{}", path.display());
        for (number, (got, recorded)) in (1..).zip(got.iter().zip(recorded)) {
            assert_eq!(got, recorded, "op {number} of {}", path.display());
        }
        replayed += 1;
    }
    assert!(replayed >= 40, "only {replayed} traces were found");
}

/// The lines of a file's `trace`.
fn recorded(text: &str) -> Vec<&str> {
    text.lines()
        .skip_while(|line| !line.ends_with(r#""trace":["#))
        .skip(1)
        .take_while(|line| *line != "]}")
        .map(|line| line.trim_end_matches(','))
        .collect()
}
