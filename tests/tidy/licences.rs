//! What the project stands on: under which licences, and from where.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    process::Command,
};

use serde_json::Value;

use crate::{files::at_top, none};

/// What the crate `store` itself may stand on.
const OF_THE_STORE: [&str; 5] = ["MIT", "Apache-2.0", "MPL-2.0+", "Unicode-3.0", "Zlib"];

/// What the examples, the tests and the macros' own tools may, beside that.
const OF_THE_REST: [&str; 5] = [
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "OFL-1.1",
    "Ubuntu-font-1.0",
];

/// The one place that packages come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

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
            .any(|one| accepted.contains(&one.trim()))
    })
}

#[test]
fn what_the_project_stands_on_has_a_known_licence_and_one_source() {
    let metadata = metadata();
    let inner = built_into_the_store(&metadata);
    assert!(inner.len() > 10, "the packages were read wrongly");
    let everywhere: Vec<_> = OF_THE_STORE.into_iter().chain(OF_THE_REST).collect();
    let mut complaints = Vec::new();
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
        if text(package, "source") != REGISTRY && !(package["source"].is_null() && is_ours) {
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
    assert!(!allowed("") && !allowed("GPL-3.0") && !allowed("MIT AND GPL-3.0"));
}
