//! What compiles, and with which words the rest is refused.
//!
//! Each program in `fail/` has a twin of the same name in `mended/`, which `pass/mended.rs` runs.
//! The others in `pass/` are scopes and names that a macro could stumble over.

#[test]
fn models_compile_in_any_scope_and_mistakes_are_named() {
    let programs = trybuild::TestCases::new();
    programs.pass("tests/compile/pass/*.rs");
    programs.compile_fail("tests/compile/fail/*.rs");
}

#[test]
fn each_refused_program_has_a_mended_twin() {
    let names = |folder: &str| {
        let path = format!("{}/tests/compile/{folder}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(path).expect("the folder is there");
        let names = files.map(|file| file.expect("the folder can be read").file_name());
        let mut names: Vec<_> = names.filter_map(|name| name.into_string().ok()).collect();
        names.retain(|name| name.ends_with(".rs"));
        names.sort();
        names
    };
    assert_eq!(names("fail"), names("mended"));
}
