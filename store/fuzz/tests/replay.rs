//! Every target on its corpus, and on random bytes that are the same in every run.
//!
//! Needs neither libFuzzer nor a nightly compiler.

use std::{fs, path::Path};

/// The inputs of a target that were found worth keeping.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let read =
        |file: std::io::Result<fs::DirEntry>| fs::read(file.expect("it can be listed").path());
    files
        .map(|file| read(file).expect("it can be read"))
        .collect()
}

/// Fails unless the law of the target holds of its corpus and of so many random inputs.
fn holds(target: &str, inputs: u64) {
    let found = store_fuzz::TARGETS.iter().find(|(name, _)| *name == target);
    let (_, law) = found.expect("there is such a target");
    let kept = corpus(target);
    assert!(!kept.is_empty(), "there is a corpus");
    kept.iter().for_each(|bytes| law(bytes));
    for seed in 0..inputs {
        let mut random = fastrand::Rng::with_seed(seed);
        let most = 1 << random.usize(1..11);
        let len = random.usize(..most);
        let bytes: Vec<u8> = (0..len).map(|_| random.u8(..)).collect();
        law(&bytes);
    }
}

/// S6
#[test]
fn s6_text_access_does_what_typed_access_does() {
    holds("text", 2_000);
}

/// T5
#[test]
fn t5_diffs_and_states_from_outside_fit_or_change_nothing() {
    holds("diffs", 2_000);
}

#[test]
fn messages_are_read_as_they_were_written_wherever_the_line_cuts_them() {
    holds("wire", 2_000);
}

/// T5
#[test]
fn t5_lists_do_what_a_vec_does_and_differences_lead_there() {
    holds("lists", 100);
}

/// D2
#[test]
fn d2_views_show_what_a_computation_from_scratch_makes() {
    holds("views", 1_000);
}
