//! Reads and checks one pack on its own.
//!
//! Reading is lenient: a part that cannot be read becomes `None` or its usual value,
//! and the problem is returned alongside, so that everything else about the pack can
//! still be checked. The caller decides how to read scripts: as trees for the desk,
//! with an interpreter for linking.

use crate::code::Code;
use crate::lineage::Lineage;
use crate::manifest::{COLOURS, PackSource, UNITS};
use crate::shared::SHARED;
use crate::zone::{self, Wrong};
use longma_core::order::Gather;
use longma_core::{
    Instant, Localized, Offset, PackId, Place, Problem, Problems, Role, Span, UNKNOWN, nearest,
};
use std::collections::{BTreeMap, BTreeSet};

/// One pack. `S` is what its scripts are read as.
#[derive(Debug, Clone)]
pub struct Pack<'a, S> {
    /// The contents of its files.
    pub source: &'a PackSource,
    /// Its id.
    pub id: PackId,
    /// When it is in force. `None` if its dates cannot be read.
    pub effective: Option<Span>,
    /// The offset of its calendar days; +08:00 if it cannot be read.
    pub offset: Offset,
    /// Its scripts, by decision.
    pub scripts: BTreeMap<&'a str, S>,
    /// Its lines of descent over its span, in time order. In a world there is always
    /// one.
    pub lineages: Vec<Lineage>,
    /// Decisions whose script cannot be read. Their rules are unknown.
    pub(crate) unread: BTreeSet<&'a str>,
    /// Region, dates, offset or subject could not be read.
    pub(crate) adrift: bool,
}

impl<'a, S> Pack<'a, S> {
    /// Reads a pack. `script` reads each script, given
    /// its text and path. `subjects` are the kinds of subject that have a schema.
    pub(crate) fn read<T>(
        source: &'a PackSource,
        subjects: &BTreeMap<String, T>,
        mut script: impl FnMut(&'a str, String) -> Result<S, Problems>,
        problems: &mut Problems,
    ) -> Self {
        let mut pack = Self::place_of(source, subjects, problems);
        check(&pack, problems);
        for (decision, text) in &source.scripts {
            match script(text, pack.id.script(decision)) {
                Ok(script) => drop(pack.scripts.insert(decision, script)),
                Err(found) => {
                    pack.unread.insert(decision);
                    problems.extend(found);
                }
            }
        }
        pack
    }

    /// Reads where, when and for whom a pack rules, and nothing else.
    pub(crate) fn place_of<T>(
        source: &'a PackSource,
        subjects: &BTreeMap<String, T>,
        problems: &mut Problems,
    ) -> Self {
        let mut pack = Self {
            source,
            id: PackId::read(&*source.id),
            effective: None,
            offset: Offset::CHINA,
            scripts: BTreeMap::new(),
            lineages: Vec::new(),
            unread: BTreeSet::new(),
            adrift: false,
        };
        let found = pack.place(subjects);
        pack.adrift = !found.is_empty();
        problems.extend(found);
        pack
    }

    /// A path inside this pack's folder.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        self.id.file(name)
    }

    /// A key of its manifest.
    pub(crate) fn key<'k>(&self, key: impl IntoIterator<Item = &'k str>) -> Place {
        Place::key(&self.file("pack.toml"), key)
    }

    fn place<T>(&mut self, subjects: &BTreeMap<String, T>) -> Vec<Problem> {
        let mut found = Vec::new();
        if !self.id.is_sound() {
            let place = Place::file(&self.file("pack.toml"), 0, 0);
            found.push(Problem::new(Code::PackId, place).with("id", &self.id));
        }
        match self.dates() {
            Ok(span) => self.effective = Some(span),
            Err(problem) => found.push(problem),
        }
        match self.clock() {
            Ok(offset) => self.offset = offset,
            Err(problem) => found.push(problem),
        }
        let subject = &self.source.manifest.subject;
        if !subjects.contains_key(subject) {
            let known: Vec<&str> = subjects.keys().map(String::as_str).collect();
            let place = self.key(["subject"]);
            found.push(
                Problem::new(Code::PackSubject, place)
                    .with("name", subject)
                    .with("known", known.join(", ")),
            );
        }
        found
    }

    /// The offset of calendar days, as given or by the zone.
    fn clock(&self) -> Result<Offset, Problem> {
        let manifest = &self.source.manifest;
        let Some(name) = &manifest.zone else {
            let written = manifest.offset.as_deref();
            let read = written.map_or(Some(Offset::CHINA), Offset::parse);
            return read.ok_or_else(|| Problem::new(Code::PackOffset, self.key(["offset"])));
        };
        let wrong = |code: Code| Problem::new(code, self.key(["zone"])).with("name", name);
        if manifest.offset.is_some() {
            return Err(wrong(Code::ZoneOffset));
        }
        zone::offset(name, self.effective.unwrap_or(Span::ALWAYS)).map_err(|error| match error {
            Wrong::Unknown(near) => wrong(Code::ZoneUnknown).with("near", near.unwrap_or("—")),
            Wrong::Irregular(from, until) => wrong(Code::ZoneRules)
                .with("from", from)
                .with("until", until),
            Wrong::Beyond(from, until) => wrong(Code::ZoneYears)
                .with("from", from)
                .with("until", until),
        })
    }

    fn dates(&self) -> Result<Span, Problem> {
        let read = |name: &str, text: &Option<String>| match text.as_deref().map(Instant::parse) {
            None => Ok(None),
            Some(Ok(instant)) => Ok(Some(instant)),
            Some(Err(_)) => Err(Problem::new(Code::PackTime, self.key(["effective", name]))
                .with("found", text.as_deref().unwrap_or_default())),
        };
        let dates = &self.source.manifest.effective;
        let (from, until) = (read("from", &dates.from)?, read("until", &dates.until)?);
        Span::new(from, until)
            .ok_or_else(|| Problem::new(Code::PackSpan, self.key(["effective", "until"])))
    }
}

/// Checks texts, params and scales.
fn check<S>(pack: &Pack<'_, S>, problems: &mut Problems) {
    check_texts(pack, problems);
    check_params(pack, problems);
    check_scales(pack, problems);
}

fn check_texts<S>(pack: &Pack<'_, S>, problems: &mut Problems) {
    let manifest = &pack.source.manifest;
    let mut texts = vec![
        (vec!["title"], &manifest.title),
        (vec!["authority"], &manifest.authority),
    ];
    for (key, source) in &manifest.sources {
        texts.push((vec!["sources", key, "title"], &source.title));
        if !["V", "W", "A"].contains(&source.grade.as_str()) {
            let place = pack.key(["sources", key, "grade"]);
            problems.push(Problem::new(Code::PackText, place));
        }
    }
    for (key, text) in texts {
        if text.is_incomplete() {
            problems.push(Problem::new(Code::PackText, pack.key(key)));
        }
    }
    let tables = [
        ("overrides", &manifest.overrides),
        ("drops", &manifest.drops),
        ("unread", &manifest.unread),
    ];
    for (table, entries) in tables {
        for (name, _) in entries.iter().filter(|(_, why)| why.trim().is_empty()) {
            problems.push(Problem::new(Code::PackText, pack.key([table, name])));
        }
    }
}

fn check_params<S>(pack: &Pack<'_, S>, problems: &mut Problems) {
    for (name, param) in &pack.source.manifest.params {
        let at = |key: &str| pack.key(["params", name, key]);
        if !UNITS.contains(&param.unit.as_str()) {
            problems.push(
                Problem::new(Code::ParamUnit, at("unit"))
                    .with("unit", &param.unit)
                    .with("known", UNITS.join(", ")),
            );
        } else if let Err(expected) = param.typed() {
            problems.push(
                Problem::new(Code::ParamValue, at("value"))
                    .with("unit", &param.unit)
                    .with("kind", expected.words()),
            );
        }
        let noted = param
            .note
            .as_ref()
            .is_some_and(|note| !note.is_incomplete());
        if param.assumed && !noted {
            problems.push(Problem::new(Code::ParamNote, at("note")).with("name", name));
        }
    }
}

fn check_scales<S>(pack: &Pack<'_, S>, problems: &mut Problems) {
    for (name, scale) in &pack.source.manifest.decisions {
        if name == SHARED {
            let place = pack.key(["decisions", name]);
            problems.push(Problem::new(Code::DecisionShared, place).with("name", name));
        }
        let distinct: BTreeSet<&String> = scale.scale.iter().into_set();
        let place = |key: &str| pack.key(["decisions", name, key]);
        let unknown = scale
            .scale
            .iter()
            .any(|level| level == UNKNOWN || level.is_empty());
        if distinct.len() != scale.scale.len() || distinct.len() < 2 || unknown {
            problems.push(Problem::new(Code::ScaleLevels, place("scale")));
        }
        let fit = scale.colours.iter().all(|c| COLOURS.contains(&c.as_str()));
        if !fit || scale.colours.len() != scale.scale.len() {
            problems.push(
                Problem::new(Code::ScaleColours, place("colours"))
                    .with("known", COLOURS.join(", ")),
            );
        }
        for role in scale.roles.iter().filter(|it| Role::named(it).is_none()) {
            let known = Role::ALL.map(Role::name);
            let near = nearest(role, known).map_or_else(|| known.join(", "), str::to_owned);
            problems.push(
                Problem::new(Code::RoleUnknown, place("roles"))
                    .with("name", role)
                    .with("near", &near),
            );
        }
        let named = pack.source.captions.get(name);
        let missing = |caption: Option<&Localized>| caption.is_none_or(Localized::is_incomplete);
        let at = |key: &[&str]| {
            let path = [name.as_str()].into_iter().chain(key.iter().copied());
            Place::key(&pack.file("captions.toml"), path)
        };
        if missing(named.and_then(|n| n.name.as_ref())) {
            problems.push(Problem::new(Code::PackText, at(&["name"])));
        }
        for level in &scale.scale {
            if missing(named.and_then(|n| n.levels.get(level))) {
                problems.push(Problem::new(Code::PackText, at(&["levels", level])));
            }
        }
    }
}

impl PackSource {
    /// The offset of the pack's calendar days; China's if it cannot be read.
    #[must_use]
    pub fn offset(&self) -> Offset {
        let subjects: BTreeMap<String, String> = BTreeMap::new();
        Pack::<()>::place_of(self, &subjects, &mut Problems::default()).offset
    }
}
