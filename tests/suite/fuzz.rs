//! The fuzzers' seeds and kept corpora, replayed: whatever a long run has reached stays
//! true, on any toolchain.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use longma_tests::fuzz::{TARGETS, Target};
use std::fs;
use std::path::{Path, PathBuf};

/// The files of a target's corpus, in order.
fn corpus(target: &Target) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let entries = fs::read_dir(folder.join(target.name)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The target named `name` on its seeds and its corpus.
fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty(), "{name} has no seeds");
    // A seed that is refused at once leads a fuzzer nowhere.
    let refused = seeds.iter().filter(|bytes| !(target.run)(bytes));
    assert_eq!(refused.count(), target.wrong, "seeds of {name} are refused");
    let files = corpus(target);
    assert!(!files.is_empty(), "{name} has no corpus");
    for file in files {
        // A finding names its file.
        let bytes = fs::read(&file).unwrap();
        let ran = std::panic::catch_unwind(|| (target.run)(&bytes));
        assert!(ran.is_ok(), "{}", file.display());
    }
}

#[test]
fn both_decoders_read_the_corpus_alike() {
    replay("facts");
}

#[test]
fn the_reader_of_compiled_packs_takes_or_refuses_the_corpus() {
    replay("packed");
}

#[test]
fn rules_drawn_by_the_corpus_get_the_same_outcome() {
    replay("rules");
}

#[test]
fn the_texts_of_a_house_are_checked_and_shown() {
    replay("house");
}

#[test]
fn every_person_of_a_list_is_told_once() {
    replay("people");
}

#[test]
fn what_sources_say_is_merged_in_any_order() {
    replay("records");
}

#[test]
fn what_nobody_signed_is_never_opened() {
    replay("sealed");
}

#[test]
fn lists_are_refused_or_answer() {
    replay("tables");
}
