//! The catalogues of all crates: both languages say the same, each thing once.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_core::Messages;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders below a crate with a catalogue.
fn catalogues(of: &Path, found: &mut Vec<PathBuf>) {
    if of.join("en.txt").exists() || of.join("zh-CN.txt").exists() {
        found.push(of.to_owned());
    }
    let entries = fs::read_dir(of).into_iter().flatten();
    for entry in entries.map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            catalogues(&entry, found);
        }
    }
}

#[test]
fn both_languages_of_every_catalogue_hold_the_same_messages_once() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let manifest = fs::read_to_string(project.join("Cargo.toml")).unwrap();
    let members = manifest.lines().find(|it| it.starts_with("members = "));
    let members = members.unwrap().split('"').skip(1).step_by(2);
    let mut found = Vec::new();
    for member in members {
        catalogues(&project.join(member).join("messages"), &mut found);
    }
    assert!(found.len() > 15, "{found:?}");
    for folder in found {
        let [zh_cn, en] = ["zh-CN.txt", "en.txt"].map(|name| {
            let text = fs::read_to_string(folder.join(name)).unwrap();
            &*Box::leak(text.into_boxed_str())
        });
        let differences = Messages::differences(zh_cn, en);
        assert!(differences.is_empty(), "{folder:?}: {differences:?}");
    }
}
