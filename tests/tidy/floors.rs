//! A module uses only modules above it in the list of `store/src/lib.rs`.

use std::collections::BTreeMap;

use crate::{
    files::{File, files, read},
    none,
};

/// The modules from the ground up, and which of them each name at the root comes from.
struct Floors {
    modules: Vec<String>,
    root: BTreeMap<String, String>,
}

impl Floors {
    fn read() -> Self {
        let lib = File {
            path: "store/src/lib.rs".to_owned(),
            text: read("store/src/lib.rs"),
        };
        let code: Vec<_> = lib.code().map(|(_, line)| line).collect();
        let modules = code.iter().filter_map(|line| {
            let line = line.trim_start_matches("pub ");
            let name = line.strip_prefix("mod ")?.strip_suffix(';')?;
            Some(name.to_owned())
        });
        let modules: Vec<_> = modules.collect();
        let mut root = BTreeMap::new();
        for path in crate_paths(&code.join(" ")) {
            if let [module, .., name] = &path[..] {
                root.insert(name.clone(), module.clone());
            }
        }
        Self { modules, root }
    }

    /// The floor of a module or of a name at the root.
    fn of(&self, name: &str) -> Option<usize> {
        let module = self.root.get(name).map_or(name, String::as_str);
        self.modules.iter().position(|other| other == module)
    }

    /// The module that a file belongs to.
    fn home(&self, path: &str) -> Option<&str> {
        let inner = path.strip_prefix("store/src/")?;
        let first = inner.split('/').next()?.trim_end_matches(".rs");
        let first = if first == "private" {
            "__private"
        } else {
            first
        };
        self.modules
            .iter()
            .find(|module| *module == first)
            .map(String::as_str)
    }
}

/// Every path in `code` that starts with `crate::`, as its parts; groups are taken apart.
fn crate_paths(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        let is_word = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
        if !is_word {
            path(&code[at + found.len()..], &[], &mut paths);
        }
    }
    paths
}

/// Reads one path, and returns what comes after it.
fn path<'a>(code: &'a str, before: &[String], into: &mut Vec<Vec<String>>) -> &'a str {
    let code = code.trim_start();
    if let Some(mut rest) = code.strip_prefix('{') {
        loop {
            rest = path(rest, before, into);
            // What is left may be a new name: `as Name`.
            rest = &rest[rest.find([',', '}']).unwrap_or(rest.len())..];
            match rest.strip_prefix(',') {
                Some(more) if !more.trim_start().starts_with('}') => rest = more,
                Some(more) => return &more.trim_start()[1..],
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = code
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(code.len());
    let (name, rest) = code.split_at(end);
    let mut parts = before.to_vec();
    parts.push(name.to_owned());
    match rest.strip_prefix("::") {
        Some(more) if more.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '{') => {
            path(more, &parts, into)
        }
        _ => {
            into.push(parts);
            rest
        }
    }
}

fn code_of(file: &File) -> String {
    let lines: Vec<_> = file.code().map(|(_, line)| line).collect();
    lines.join("\n")
}

#[test]
fn modules_only_look_down() {
    let floors = Floors::read();
    let mut complaints = Vec::new();
    for file in files("store/src", ".rs") {
        let Some(home) = floors.home(&file.path) else {
            continue;
        };
        for used in crate_paths(&code_of(&file)) {
            if floors.of(&used[0]) > floors.of(home) {
                complaints.push(format!("{} uses crate::{}", file.path, used.join("::")));
            }
        }
    }
    none(&complaints);
}

#[test]
fn every_module_is_on_a_floor() {
    let floors = Floors::read();
    let homeless = files("store/src", ".rs")
        .into_iter()
        .filter(|file| file.path != "store/src/lib.rs" && floors.home(&file.path).is_none());
    let complaints: Vec<_> = homeless
        .map(|file| format!("{} is in no module", file.path))
        .collect();
    none(&complaints);
}

#[test]
fn the_reference_domain_uses_the_public_api_only() {
    let floors = Floors::read();
    let mut complaints = Vec::new();
    for file in files("store/src/chat", ".rs") {
        for used in crate_paths(&code_of(&file)) {
            let is_public = used[0] == "chat" || floors.root.contains_key(&used[0]);
            if !is_public && floors.of(&used[0]).is_some() {
                complaints.push(format!("{} uses crate::{}", file.path, used.join("::")));
            }
        }
    }
    none(&complaints);
}

#[test]
fn paths_are_read_with_their_groups() {
    let code = "use crate::{a::{b, C as D}, e}; fn f(x: &crate::g::H<crate::I>) {} $crate::no; mycrate::no";
    let paths = crate_paths(code);
    let joined: Vec<_> = paths.iter().map(|path| path.join("::")).collect();
    assert_eq!(joined, ["a::b", "a::C", "e", "g::H", "I"]);
}
