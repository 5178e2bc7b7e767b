//! What a case can expect of the texts behind a colour: which sources stand behind it, and what
//! a citizen reads.
//!
//! A case names a source as `pack.toml` does. Causes tell the title, so the titles are found by
//! name when cases are read, from the manifests beside them: those of the case's own pack and
//! of every pack whose region covers its own.

use longma_compile::shape::{self, Value};
use longma_compile::texts::Texts;
use longma_core::order::Gather;
use longma_core::{CauseView, Localized, PackId, covers};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The titles of sources, by pack and name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Titles(BTreeMap<String, BTreeMap<String, Localized>>);

impl Titles {
    /// The titles in the manifests among texts, as far as they can be read.
    pub(crate) fn of(texts: &Texts) -> Self {
        let manifests = texts.iter().filter_map(|(path, text)| {
            let (pack, name) = PackId::split(path)?;
            let sources = (name == "pack.toml").then(|| sources(path, text))?;
            Some((pack.to_owned(), sources))
        });
        Self(manifests.into_map())
    }

    /// The sources that a case of `pack` names.
    pub(super) fn cited(&self, pack: &str, names: BTreeSet<String>) -> Cited {
        let here = PackId::region_of(pack).to_owned();
        let near = |id: &str| covers(PackId::region_of(id), &here);
        let known: Vec<_> = self.0.iter().filter(|(id, _)| near(id)).collect();
        let titles = |name: String| {
            let titles = known.iter().filter_map(|(_, sources)| sources.get(&name));
            let titles = titles.cloned().into_set();
            (name, titles)
        };
        Cited(names.into_iter().map(titles).into_map())
    }
}

/// The titles of a manifest's sources.
fn sources(path: &str, text: &str) -> BTreeMap<String, Localized> {
    let title = |source: Value<'_>| {
        source.table(|keys| {
            let title = keys.or_default("title", Value::localized);
            keys.others();
            title
        })
    };
    let read = shape::read(path, text, |top| {
        top.table(|keys| {
            let sources = keys.or_default("sources", |sources| sources.map(title));
            keys.others();
            sources
        })
    });
    read.value.unwrap_or_default()
}

/// Sources by name, each with the titles that it can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cited(BTreeMap<String, BTreeSet<Localized>>);

impl Cited {
    /// The names.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        self.0.keys().cloned().into_set()
    }

    /// Whether the causes rest on these sources, no more and no fewer.
    pub(super) fn fits(&self, causes: &[CauseView]) -> bool {
        let has = |titles: &BTreeSet<Localized>, cause: &CauseView| titles.contains(&cause.source);
        let mut causes_of = self.0.values();
        causes
            .iter()
            .all(|cause| self.0.values().any(|titles| has(titles, cause)))
            && causes_of.all(|titles| causes.iter().any(|cause| has(titles, cause)))
    }
}

/// Whether a text stands in what a citizen reads of some cause: in its caption or in what ends
/// it, in any language.
pub(super) fn is_said(text: &str, causes: &[CauseView]) -> bool {
    let texts = causes.iter().flat_map(|it| [&it.caption, &it.release]);
    let mut texts = texts.flat_map(|it| [&it.zh_cn, &it.en]);
    texts.any(|it| it.contains(text))
}
