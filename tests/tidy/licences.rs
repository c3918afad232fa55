//! What the project stands on: under which licences, and from where. `deny.toml` has the lists.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    process::Command,
};

use serde_json::Value;

use crate::{
    files::{at_top, read},
    none,
};

/// What the crate `store` itself may stand on, of all that the project may.
const OF_THE_STORE: [&str; 5] = ["MIT", "Apache-2.0", "MPL-2.0", "Unicode-3.0", "Zlib"];

/// A list of `deny.toml`, which says what the examples, the tests and the macros' own tools may stand on.
fn listed(name: &str) -> Vec<String> {
    let rules = read("deny.toml");
    let (_, list) = rules
        .split_once(&format!("\n{name} = ["))
        .unwrap_or_else(|| panic!("deny.toml has no list `{name}`"));
    let (list, _) = list.split_once(']').expect("the list ends");
    let quoted = list.split('"').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

/// Everything in the lock file, as cargo describes it.
fn metadata() -> Value {
    let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--all-features",
        ])
        .current_dir(at_top(""))
        .output()
        .expect("cargo can be run");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

fn list<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of[name].as_array().into_iter().flatten()
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}

/// The ids of `store` and of what is built into it.
fn built_into_the_store(metadata: &Value) -> BTreeSet<&str> {
    let nodes: BTreeMap<_, _> = list(&metadata["resolve"], "nodes")
        .map(|node| (text(node, "id"), node))
        .collect();
    let store = list(metadata, "packages").find(|package| text(package, "name") == "store");
    let mut waiting = vec![text(store.expect("it is a member"), "id")];
    let mut found = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !found.insert(id) {
            continue;
        }
        let is_built = |kind: &Value| kind["kind"].is_null();
        waiting.extend(
            list(nodes[id], "deps")
                .filter(|dependency| list(dependency, "dep_kinds").any(is_built))
                .map(|dependency| text(dependency, "pkg")),
        );
    }
    found
}

/// Whether one may use what is under this licence, if one accepts these.
fn allows(licence: &str, accepted: &[&str]) -> bool {
    licence.split(" AND ").all(|all| {
        let any = all.trim_matches(['(', ')']);
        any.split(" OR ")
            .flat_map(|any| any.split('/'))
            // Or any later version, and so this one.
            .map(|one| one.trim().trim_end_matches('+'))
            .any(|one| accepted.contains(&one))
    })
}

#[test]
fn what_the_project_stands_on_has_a_known_licence_and_one_source() {
    let metadata = metadata();
    let inner = built_into_the_store(&metadata);
    assert!(inner.len() > 10, "the packages were read wrongly");
    let (licences, registries) = (listed("allow"), listed("allow-registry"));
    let everywhere: Vec<_> = licences.iter().map(String::as_str).collect();
    let mut complaints = Vec::new();
    let unknown = |licence: &&str| !everywhere.contains(licence);
    for licence in OF_THE_STORE.into_iter().filter(unknown) {
        complaints.push(format!("deny.toml does not allow {licence}"));
    }
    for package in list(&metadata, "packages") {
        let (name, licence) = (text(package, "name"), text(package, "license"));
        let accepted = match inner.contains(text(package, "id")) {
            true => &OF_THE_STORE[..],
            false => &everywhere,
        };
        if !allows(licence, accepted) {
            complaints.push(format!("{name} is under {licence:?}"));
        }
        let is_ours = text(package, "manifest_path").starts_with(env!("CARGO_MANIFEST_DIR"));
        let registry = text(package, "source").strip_prefix("registry+");
        let is_known = registry.is_some_and(|from| registries.iter().any(|known| known == from));
        if !(is_known || package["source"].is_null() && is_ours) {
            complaints.push(format!("{name} comes from {}", package["source"]));
        }
    }
    none(&complaints);
}

#[test]
fn a_licence_is_allowed_if_each_part_of_it_has_an_accepted_choice() {
    let allowed = |licence| allows(licence, &["MIT", "Unicode-3.0"]);
    assert!(allowed("MIT") && allowed("Apache-2.0 OR MIT") && allowed("Apache-2.0/MIT"));
    assert!(allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(allows("MPL-2.0+", &["MPL-2.0"]));
    assert!(!allowed("") && !allowed("GPL-3.0") && !allowed("MIT AND GPL-3.0"));
}
