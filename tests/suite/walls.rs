//! The walls of ARCHITECTURE.md: what each crate may have in its dependency tree.
//!
//! Cargo refuses a `use` of a crate that is not a dependency. These tests check the
//! dependencies, direct and indirect, against the table.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Which of our other crates each crate may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("lang", &["core"]),
    ("compile", &["core", "lang"]),
    ("oracle", &["core", "lang", "compile"]),
    ("desk", &["core", "lang", "compile", "oracle"]),
    ("identity", &["core"]),
    ("inspect", &["core", "identity"]),
    ("records", &["core", "identity", "inspect", "seal"]),
    ("passes", &["core", "identity"]),
    ("seal", &["core"]),
    ("gate", &["core", "identity", "passes", "seal"]),
    (
        "serve",
        &[
            "core", "identity", "inspect", "records", "passes", "seal", "gate",
        ],
    ),
    ("population", &["core"]),
    ("python", &["core", "lang", "compile", "population"]),
    ("query", &["core", "population"]),
    ("answer", &["core"]),
    (
        "device",
        &["core", "identity", "inspect", "passes", "answer"],
    ),
    (
        "office",
        &[
            "core", "identity", "inspect", "records", "passes", "seal", "answer", "device",
        ],
    ),
    (
        "studio",
        &["core", "lang", "compile", "oracle", "desk", "answer"],
    ),
    (
        "gate-web",
        &["core", "identity", "passes", "seal", "gate", "answer"],
    ),
];

/// Crates that may depend neither on the script engine nor on a parser for pack files.
const WITHOUT_SCRIPTS: [&str; 10] = [
    "core", "identity", "inspect", "records", "passes", "seal", "device", "office", "gate",
    "gate-web",
];

/// The names in a crate's dependency tree, as built for users.
fn tree(name: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none"])
        .args(["--package", &format!("longma-{name}")])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed = String::from_utf8(output.stdout).unwrap();
    let names = printed.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[test]
fn a_crate_uses_only_what_the_table_names() {
    for (name, may) in MAY_USE {
        let tree = tree(name);
        let ours = tree.iter().filter_map(|name| name.strip_prefix("longma-"));
        for used in ours.filter(|used| used != name) {
            assert!(may.contains(&used), "{name} may not use {used}");
        }
    }
}

#[test]
fn only_those_who_read_rules_know_rhai_and_toml() {
    for name in WITHOUT_SCRIPTS {
        let tree = tree(name);
        for other in ["rhai", "toml", "toml_edit", "toml_parser"] {
            assert!(!tree.contains(other), "{name} may not know {other}");
        }
    }
    assert!(tree("oracle").contains("rhai"), "the tree is not read");
    for name in ["lang", "compile", "population"] {
        assert!(!tree(name).contains("rhai"), "{name} may not know rhai");
    }
}
