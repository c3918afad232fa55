//! What the documents say of the project is so.

use crate::{
    files::{File, at_top, files, read},
    none,
};

fn documents() -> Vec<File> {
    let mut documents = files("docs", ".md");
    for path in ["README.md", "CHANGELOG.md"] {
        documents.push(File {
            path: path.to_owned(),
            text: read(path),
        });
    }
    documents
}

/// What stands between single backticks, and the lines of shell blocks.
fn code_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut block = None;
    for line in text.lines() {
        match (line.trim().strip_prefix("```"), block) {
            (Some(language), None) => block = Some(language),
            (Some(_), Some(_)) => block = None,
            (None, Some("sh")) => words.push(line.trim()),
            (None, Some(_)) => {}
            (None, None) => words.extend(line.split('`').skip(1).step_by(2)),
        }
    }
    words
}

/// The targets of links to files.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .filter_map(|target| target.split('#').next())
}

/// Whether a code word is a path: a file of ours, or below a folder of ours.
fn is_path(word: &str) -> bool {
    let plain = word
        .chars()
        .all(|c| c.is_alphanumeric() || "_-./".contains(c));
    let folders = [
        "store/",
        "store-macros/",
        "tests/",
        "examples/",
        "docs/",
        ".ci/",
    ];
    let endings = [".rs", ".md", ".toml"];
    plain
        && (folders.iter().any(|folder| word.starts_with(folder))
            || endings
                .iter()
                .any(|ending| word.len() > ending.len() && word.ends_with(ending)))
}

/// Whether a path is there: from the top, from the sources of the store, or beside them.
fn exists(path: &str, document: &str) -> bool {
    let beside = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    let places = ["", beside, "store/src", "store-macros/src"];
    places.iter().any(|place| at_top(place).join(path).exists()) || {
        let name = format!("/{path}");
        !path.contains('/')
            && files("", path)
                .iter()
                .any(|file| file.path.ends_with(&name))
    }
}

#[test]
fn every_path_in_the_documents_exists() {
    let mut complaints = Vec::new();
    for File { path, text } in documents() {
        let named = code_words(&text).into_iter().filter(|word| is_path(word));
        for named in named
            .chain(links(&text))
            .filter(|named| !exists(named, &path))
        {
            complaints.push(format!("{path} names {named}"));
        }
    }
    none(&complaints);
}

/// Why a cargo command cannot work, if that can be seen from the files.
fn missing_target(command: &str) -> Option<String> {
    let words: Vec<_> = command.split_whitespace().collect();
    let after = |flags: &[&str]| {
        let at = words.iter().position(|word| flags.contains(word))?;
        words.get(at + 1).copied()
    };
    let is_member = |name: &str| {
        let name = format!("name = \"{name}\"");
        files("", "Cargo.toml")
            .iter()
            .any(|manifest| manifest.text.contains(&name))
    };
    let has = |folder: &str, name: &str| {
        let (file, main) = (
            format!("{folder}/{name}.rs"),
            format!("{folder}/{name}/main.rs"),
        );
        at_top(&file).exists() || at_top(&main).exists()
    };
    if let Some(name) = after(&["-p", "--package"]).filter(|name| !is_member(name)) {
        return Some(format!("no package {name}"));
    }
    if let Some(name) = after(&["--example"]).filter(|name| !has("examples", name)) {
        return Some(format!("no example {name}"));
    }
    if let Some(name) = after(&["--test"]).filter(|name| !has("tests", name)) {
        return Some(format!("no test {name}"));
    }
    let has_benches = || at_top("store/benches").exists();
    (words.get(1) == Some(&"bench") && !has_benches()).then(|| "no benches".to_owned())
}

#[test]
fn every_command_in_the_documents_exists() {
    let mut complaints = Vec::new();
    for File { path, text } in documents() {
        for word in code_words(&text) {
            let missing = match word.strip_prefix("bash ") {
                Some(script) => (!at_top(script).exists()).then(|| format!("no script {script}")),
                None if word.contains("cargo ") => missing_target(word),
                None => None,
            };
            complaints.extend(missing.map(|missing| format!("{path}: {word}: {missing}")));
        }
    }
    none(&complaints);
}

#[test]
fn every_example_is_named_in_the_readme() {
    let readme = read("README.md");
    let examples = files("examples", ".rs").into_iter().filter_map(|file| {
        let inner = file.path.strip_prefix("examples/")?;
        let name = inner
            .strip_suffix("/main.rs")
            .or_else(|| inner.strip_suffix(".rs"))?;
        (!name.contains('/')).then(|| name.to_owned())
    });
    none(
        &examples
            .filter(|name| !readme.contains(&**name))
            .collect::<Vec<_>>(),
    );
}

/// The numbers of the rules that the contract promises today.
fn rules() -> Vec<String> {
    let contract = read("docs/contract.md");
    let bold = contract
        .lines()
        .filter_map(|line| line.strip_prefix("- **"));
    let rules: Vec<_> = bold
        .filter_map(|line| line.split("**").next())
        .map(str::to_owned)
        .collect();
    assert!(
        rules.len() >= 26,
        "the contract was read wrongly: {rules:?}"
    );
    rules
}

/// Whether a test is named after a rule, or says above itself that it holds it.
fn cites(file: &File, rule: &str) -> bool {
    let named = format!("fn {}_", rule.to_lowercase());
    let is_part = |c: char| c.is_alphanumeric();
    let in_comment = |line: &str| {
        line.trim_start().starts_with("//")
            && line.match_indices(rule).any(|(at, _)| {
                !line[..at].ends_with(is_part) && !line[at + rule.len()..].starts_with(is_part)
            })
    };
    file.text.contains("#[test]")
        && file
            .text
            .lines()
            .any(|line| line.contains(&named) || in_comment(line))
}

#[test]
fn every_rule_of_the_contract_is_held_by_a_test() {
    let tests = files("tests", ".rs");
    let unheld = rules()
        .into_iter()
        .filter(|rule| !tests.iter().any(|file| cites(file, rule)));
    none(
        &unheld
            .map(|rule| format!("{rule} is cited by no test"))
            .collect::<Vec<_>>(),
    );
}
