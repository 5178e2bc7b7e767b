//! One pack by itself: its id, dates, texts, params and scales are held against
//! what they must be, and its scripts are compiled. All that is wrong is told,
//! and what is sound is handed on, so that linking can tell what is wrong between packs.

use crate::code::Code;
use crate::manifest::{COLOURS, Captions, Manifest, PackSource, UNITS};
use crate::script::{Interpreter, Script};
use longma_core::{
    Descent, Instant, Localized, Offset, PackId, Place, Problem, Problems, Schema, Span,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

/// A pack, compiled as far as it is sound.
#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) id: PackId,
    pub(crate) manifest: Manifest,
    pub(crate) captions: Captions,
    pub(crate) effective: Span,
    pub(crate) offset: Offset,
    pub(crate) scripts: BTreeMap<String, Arc<dyn Script>>,
    /// Decisions whose script does not compile: their rules are not known.
    pub(crate) unread: BTreeSet<String>,
    /// Region, dates or subject could not be read.
    pub(crate) adrift: bool,
}

impl Pack {
    pub(crate) fn file(&self, name: &str) -> String {
        self.id.file(name)
    }

    pub(crate) fn key<'a>(&self, key: impl IntoIterator<Item = &'a str>) -> Place {
        Place::key(&self.file("pack.toml"), key)
    }

    /// The pack as a catalogue keeps it.
    pub(crate) fn linked(self, descents: Vec<Descent>) -> longma_core::Pack {
        longma_core::Pack {
            id: self.id,
            version: self.manifest.version,
            title: self.manifest.title,
            effective: self.effective,
            offset: self.offset,
            corrections: self.manifest.corrections,
            descents,
        }
    }
}

/// Checks one pack by itself and compiles its scripts.
pub(crate) fn compile(
    source: PackSource,
    interpreter: &dyn Interpreter,
    schemas: &BTreeMap<String, Schema>,
    problems: &mut Problems,
) -> Pack {
    let mut pack = Pack {
        effective: Span::ALWAYS,
        offset: Offset::CHINA,
        scripts: BTreeMap::new(),
        unread: BTreeSet::new(),
        adrift: false,
        id: PackId::read(source.id),
        manifest: source.manifest,
        captions: source.captions,
    };
    pack.adrift = !place(&mut pack, schemas, problems);
    check_texts(&pack, problems);
    check_params(&pack, problems);
    check_scales(&pack, problems);
    for (decision, text) in &source.scripts {
        match interpreter.read(text, &pack.id.script(decision)) {
            Ok(script) => drop(pack.scripts.insert(decision.clone(), script)),
            Err(found) => {
                pack.unread.insert(decision.clone());
                problems.extend(found);
            }
        }
    }
    pack
}

/// Reads where, when and for whom a pack rules; whether all of it can be read.
fn place(pack: &mut Pack, schemas: &BTreeMap<String, Schema>, problems: &mut Problems) -> bool {
    let mut found = Vec::new();
    if !pack.id.is_sound() {
        let place = Place::file(&pack.file("pack.toml"), 0, 0);
        found.push(Problem::new(Code::PackId, place, &[("id", &pack.id)]));
    }
    match pack.manifest.offset.as_deref().map(Offset::parse) {
        None => {}
        Some(Some(offset)) => pack.offset = offset,
        Some(None) => found.push(Problem::new(Code::PackOffset, pack.key(["offset"]), &[])),
    }
    match effective(pack) {
        Ok(span) => pack.effective = span,
        Err(problem) => found.push(problem),
    }
    let subject = &pack.manifest.subject;
    if !schemas.contains_key(subject) {
        let known: Vec<&str> = schemas.keys().map(String::as_str).collect();
        let args: [(&str, &dyn Display); 2] = [("name", subject), ("known", &known.join(", "))];
        let place = pack.key(["subject"]);
        found.push(Problem::new(Code::PackSubject, place, &args));
    }
    let sound = found.is_empty();
    problems.extend(found);
    sound
}

fn effective(pack: &Pack) -> Result<Span, Problem> {
    let read = |name: &str, text: &Option<String>| match text.as_deref().map(Instant::parse) {
        None => Ok(None),
        Some(Ok(instant)) => Ok(Some(instant)),
        Some(Err(_)) => Err(Problem::new(
            Code::PackTime,
            pack.key(["effective", name]),
            &[("found", &text.as_deref().unwrap_or_default())],
        )),
    };
    let dates = &pack.manifest.effective;
    let (from, until) = (read("from", &dates.from)?, read("until", &dates.until)?);
    Span::new(from, until)
        .ok_or_else(|| Problem::new(Code::PackSpan, pack.key(["effective", "until"]), &[]))
}

fn check_texts(pack: &Pack, problems: &mut Problems) {
    let manifest = &pack.manifest;
    let mut texts = vec![
        (vec!["title"], &manifest.title),
        (vec!["authority"], &manifest.authority),
    ];
    for (key, source) in &manifest.sources {
        texts.push((vec!["sources", key, "title"], &source.title));
        if !["V", "W", "A"].contains(&source.grade.as_str()) {
            let place = pack.key(["sources", key, "grade"]);
            problems.push(Problem::new(Code::PackText, place, &[]));
        }
    }
    for (key, text) in texts {
        if text.is_incomplete() {
            problems.push(Problem::new(Code::PackText, pack.key(key), &[]));
        }
    }
    let tables = [
        ("overrides", &manifest.overrides),
        ("drops", &manifest.drops),
    ];
    for (table, entries) in tables {
        for (name, _) in entries.iter().filter(|(_, why)| why.trim().is_empty()) {
            problems.push(Problem::new(Code::PackText, pack.key([table, name]), &[]));
        }
    }
}

fn check_params(pack: &Pack, problems: &mut Problems) {
    for (name, param) in &pack.manifest.params {
        let at = |key: &str| pack.key(["params", name, key]);
        if !UNITS.contains(&param.unit.as_str()) {
            let args: [(&str, &dyn Display); 2] =
                [("unit", &param.unit), ("known", &UNITS.join(", "))];
            problems.push(Problem::new(Code::ParamUnit, at("unit"), &args));
        } else if let Err(expected) = param.typed() {
            let args = [
                ("unit", Localized::same(&param.unit)),
                ("kind", expected.words()),
            ];
            problems.push(Problem::localized(Code::ParamValue, at("value"), &args));
        }
        let noted = param
            .note
            .as_ref()
            .is_some_and(|note| !note.is_incomplete());
        if param.assumed && !noted {
            problems.push(Problem::new(Code::ParamNote, at("note"), &[("name", name)]));
        }
    }
}

fn check_scales(pack: &Pack, problems: &mut Problems) {
    for (name, scale) in &pack.manifest.decisions {
        let distinct: BTreeSet<&String> = scale.scale.iter().collect();
        let place = |key: &str| pack.key(["decisions", name, key]);
        let unknown = scale
            .scale
            .iter()
            .any(|level| level == "unknown" || level.is_empty());
        if distinct.len() != scale.scale.len() || distinct.len() < 2 || unknown {
            problems.push(Problem::new(Code::ScaleLevels, place("scale"), &[]));
        }
        let fit = scale.colours.iter().all(|c| COLOURS.contains(&c.as_str()));
        if !fit || scale.colours.len() != scale.scale.len() {
            let args: [(&str, &dyn Display); 1] = [("known", &COLOURS.join(", "))];
            problems.push(Problem::new(Code::ScaleColours, place("colours"), &args));
        }
        let named = pack.captions.get(name);
        let missing = |caption: Option<&Localized>| caption.is_none_or(Localized::is_incomplete);
        let at = |key: &[&str]| {
            let path = [name.as_str()].into_iter().chain(key.iter().copied());
            Place::key(&pack.file("captions.toml"), path)
        };
        if missing(named.and_then(|n| n.name.as_ref())) {
            problems.push(Problem::new(Code::PackText, at(&["name"]), &[]));
        }
        for level in &scale.scale {
            if missing(named.and_then(|n| n.levels.get(level))) {
                problems.push(Problem::new(Code::PackText, at(&["levels", level]), &[]));
            }
        }
    }
}
