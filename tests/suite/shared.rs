//! Functions that packs share: wherever a function stands, rules that call it are the same.
#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use longma_cli::file::texts as texts_of;
use longma_compile::packed;
use longma_compile::shared::SHARED;
use longma_compile::texts::{Texts, read};
use longma_core::PackId;
use longma_lang::syntax::{Function, parse};
use longma_tests::loaded;
use longma_tests::scripts::{Choices, texts};
use std::collections::{BTreeMap, BTreeSet};

/// The packs with the private functions of their scripts in `shared.rhai`, as far as their
/// names are free there; and how many were moved.
fn moved(texts: &Texts) -> (Texts, usize) {
    let mut moved = texts.clone();
    let mut count = 0;
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let scripts = || {
        texts
            .iter()
            .filter(|(path, _)| path.strip_suffix(".rhai").is_some())
    };
    for (_, text) in scripts() {
        let names = parse(text).script.functions.into_iter();
        for name in names.map(|it| it.name.text).collect::<BTreeSet<_>>() {
            *taken.entry(name).or_default() += 1;
        }
    }
    for (path, text) in scripts() {
        let (id, _) = PackId::split(path).unwrap();
        let file = PackId::read(id).script(SHARED);
        let functions = parse(text).script.functions;
        let called = called(&functions, text);
        let free = |it: &&Function| {
            let name = it.name.text.as_str();
            it.private && called.contains(name) && taken.get(name) == Some(&1)
        };
        if *path == file {
            continue;
        }
        for function in functions.iter().filter(free).rev() {
            let body = &text[function.bytes.clone()];
            let sheet = moved.entry(file.clone()).or_default();
            *sheet = format!("{sheet}\n{body}\n");
            let own = moved.get_mut(path).unwrap();
            own.replace_range(function.bytes.clone(), "");
            count += 1;
        }
    }
    (moved, count)
}

/// The names of the functions that rules call, directly or not.
fn called<'t>(functions: &'t [Function], text: &str) -> BTreeSet<&'t str> {
    let mut open: Vec<&Function> = functions.iter().filter(|it| !it.private).collect();
    let mut called = BTreeSet::new();
    while let Some(next) = open.pop() {
        let body = &text[next.body.bytes.clone()];
        for function in functions.iter().filter(|it| it.private) {
            let name = function.name.text.as_str();
            if body.contains(&format!("{name}(")) && called.insert(name) {
                open.push(function);
            }
        }
    }
    called
}

fn check(texts: &Texts) -> usize {
    let (moved, count) = moved(texts);
    let (before, after) = (read(texts), read(&moved));
    assert_eq!(before.findings, after.findings);
    assert_eq!(
        packed(&before.bundle, false),
        packed(&after.bundle, false),
        "{moved:#?}"
    );
    count
}

#[test]
fn our_packs_mean_the_same_with_their_steps_in_shared_files() {
    assert!(check(&texts_of(&loaded().files)) > 40);
}

#[test]
fn invented_packs_mean_the_same_with_their_steps_in_shared_files() {
    let moved = (0..120).map(|seed| check(&texts(&mut Choices::of_seed(seed))));
    assert!(moved.sum::<usize>() > 40);
}
