//! Reads texts by path into packs, as far as possible.
//!
//! The caller fills the map: the command from folders, a page from typed text, a test
//! from literals. Reading continues after a mistake, so that everything else can be
//! checked too; each finding has its place and texts in both languages. A house without
//! findings is exactly what the texts say. Left out here: what packs mean together
//! ([`load`](crate::load)), and cases, which deciding does not need.

mod written;

pub use written::LAW_KINDS;

pub use crate::shape::Mended;

use crate::code::Code;
use crate::manifest::{BUNDLE_FORMAT, Bundle, Captions, Manifest, PackSource, usual_languages};
use crate::shape::{self, Read};
use crate::shared::{SHARED, share};
use longma_core::order::Gather;
use longma_core::{PackId, Place, Problem};
use longma_lang::finding::Finding;
use std::collections::{BTreeMap, BTreeSet};

/// Texts by the paths that problems name: `schema/person.schema.json`,
/// `reference/risk_areas.schema.json`, [`reference/places.csv`](PLACES), `packs/62/2022-03-07/pack.toml`, and in the same
/// folder `captions.toml`, `code.rhai`, `shared.rhai` and `cases/code.toml`.
pub type Texts = BTreeMap<String, String>;

/// The packs that could be read, and the mistakes in their texts.
#[derive(Debug, Clone)]
pub struct House {
    /// The parts that could be read.
    pub bundle: Bundle,
    /// The mistakes, each with its range.
    pub findings: Vec<Finding>,
    /// The ids of packs whose manifest cannot be read. They are not in the bundle.
    pub unread: BTreeSet<String>,
    /// Places where the bundle differs from the texts, because the texts are wrong
    /// there.
    pub mended: Vec<Mended>,
}

impl House {
    /// Wraps a bundle without mistakes, such as one from a file.
    #[must_use]
    pub fn sound(bundle: Bundle) -> Self {
        Self {
            bundle,
            findings: Vec::new(),
            unread: BTreeSet::new(),
            mended: Vec::new(),
        }
    }
}

/// The path of the table of places.
pub const PLACES: &str = "reference/places.csv";
/// The table of places has a schema for its readers; rules do not ask it.
const TABLE_OF_PLACES: &str = "places";
/// The schema of the results, which is not a kind of subject.
const OUTCOME: &str = "outcome";

/// Reads texts as packs.
///
/// ```
/// use longma_compile::texts::{Texts, read};
/// let texts = Texts::from([
///     ("packs/62/2022-03-07/pack.toml".to_owned(), "version = 1\n".to_owned()),
///     ("packs/62/2022-03-07/captions.toml".to_owned(), String::new()),
/// ]);
/// let house = read(&texts);
/// assert_eq!(house.bundle.packs[0].id, "62/2022-03-07");
/// let codes: Vec<&str> = house.findings.iter().map(|it| it.code.as_str()).collect();
/// assert!(codes.contains(&"shape-type") && codes.contains(&"shape-missing"));
/// ```
#[must_use]
pub fn read(texts: &Texts) -> House {
    let mut schemas = schemas(texts, "schema/");
    schemas.remove(OUTCOME);
    let mut house = House::sound(Bundle {
        longma_bundle: BUNDLE_FORMAT,
        schemas,
        references: schemas_of_tables(texts),
        places: texts.get(PLACES).cloned(),
        packs: Vec::new(),
    });
    let ids: BTreeSet<&str> = texts
        .keys()
        .filter_map(|path| PackId::split(path))
        .map(|(id, _)| id)
        .into_set();
    for id in ids {
        house.pack(id, texts);
    }
    share(&mut house, texts);
    house
}

/// Reads `pack.toml`.
///
/// ```
/// let read = longma_compile::texts::manifest("pack.toml", "subject = \"person\"");
/// assert_eq!(read.value.unwrap().subject, "person");
/// assert!(read.findings.iter().any(|it| it.message.en.contains("`version`")));
/// ```
#[must_use]
pub fn manifest(file: &str, text: &str) -> Read<Manifest> {
    shape::read(file, text, written::manifest)
}

/// Reads `captions.toml` of a pack that names `languages`.
///
/// ```
/// use longma_compile::usual_languages;
/// let text = "[code.rules.positive]\ncaption = { zh-CN = \"阳性\", en = \"Positive\" }\n";
/// let read = longma_compile::texts::captions("captions.toml", text, &usual_languages());
/// assert_eq!(read.value.unwrap()["code"].rules["positive"].caption.en, "Positive");
/// assert!(read.findings.iter().any(|it| it.message.en.contains("`release`")));
/// ```
#[must_use]
pub fn captions(file: &str, text: &str, languages: &[String]) -> Read<Captions> {
    shape::read(file, text, |top| written::captions(top, languages))
}

fn schemas_of_tables(texts: &Texts) -> BTreeMap<String, String> {
    let mut tables = schemas(texts, "reference/");
    tables.remove(TABLE_OF_PLACES);
    tables
}

/// The schemas in a folder, by name.
fn schemas(texts: &Texts, folder: &str) -> BTreeMap<String, String> {
    let named = texts.iter().filter_map(|(path, text)| {
        let name = path.strip_prefix(folder)?.strip_suffix(".schema.json")?;
        Some((name.to_owned(), text.clone()))
    });
    named.into_map()
}

impl House {
    fn pack(&mut self, id: &str, texts: &Texts) {
        let file = |name: &str| PackId::read(id).file(name);
        let scripts = texts.iter().filter_map(|(path, text)| {
            let (of, name) = PackId::split(path)?;
            let decision = name.strip_suffix(".rhai").filter(|_| of == id)?;
            if decision == SHARED {
                return None;
            }
            Some((decision.to_owned(), text.clone()))
        });
        let scripts = scripts.into_map();
        let manifest = self.read(file("pack.toml"), texts, manifest);
        let languages = manifest.as_ref().map(|it| it.languages.clone());
        let languages = languages.unwrap_or_else(usual_languages);
        let captions = self.read(file("captions.toml"), texts, |file, text| {
            captions(file, text, &languages)
        });
        match manifest {
            Some(manifest) => self.bundle.packs.push(PackSource {
                id: id.to_owned(),
                manifest,
                captions: captions.unwrap_or_default(),
                scripts,
                shared: Vec::new(),
            }),
            None => drop(self.unread.insert(id.to_owned())),
        }
    }

    /// Reads one file of a pack.
    fn read<T>(
        &mut self,
        file: String,
        texts: &Texts,
        shape: impl FnOnce(&str, &str) -> Read<T>,
    ) -> Option<T> {
        let Some(text) = texts.get(&file) else {
            let place = Place::file(&file, 0, 0);
            let problem = Problem::new(Code::PackFile, place).with("file", &file);
            self.findings.push(problem.into());
            let key = Vec::new();
            self.mended.push(Mended { file, key });
            return None;
        };
        let read = shape(&file, text);
        self.findings.extend(read.findings);
        self.mended.extend(read.mended);
        read.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a manifest, and compares its findings, as `code key`.
    fn check(manifest: &str, expected: &[&str]) -> Option<Manifest> {
        let read = super::manifest("pack.toml", manifest);
        let mut told: Vec<String> = read
            .findings
            .iter()
            .zip(&read.mended)
            .map(|(finding, mended)| format!("{} {}", finding.code, mended.key.join(".")))
            .collect();
        told.sort();
        assert_eq!(told, expected, "{manifest}");
        read.value
    }

    const HEAD: &str = "subject = \"person\"\nversion = \"1\"\n\
        title = { zh-CN = \"一\", en = \"one\" }\nauthority = { zh-CN = \"一\", en = \"one\" }\n\
        [effective]\nfrom = 2022-03-07T00:00:00+08:00\n";

    fn with(more: &str, expected: &[&str]) -> Option<Manifest> {
        check(&format!("{HEAD}{more}"), expected)
    }

    #[test]
    fn a_sound_manifest_is_what_it_says() {
        let manifest = with("[params.x]\nvalue = [ 1, 2 ]\nunit = \"days\"\n", &[]);
        let manifest = manifest.as_ref();
        let from = manifest.and_then(|it| it.effective.from.as_deref());
        assert_eq!(from, Some("2022-03-07T00:00:00+08:00"));
    }

    #[test]
    fn every_key_that_does_not_fit_is_told_and_the_rest_is_read() {
        let param = "[params.x]\nvalue = 1.5\nassumed = \"yes\"\nsourec = \"plan\"\nnote = 7\n";
        let manifest = with(
            param,
            &[
                "shape-missing params.x.unit",
                "shape-param params.x.value",
                "shape-type params.x.assumed",
                "shape-type params.x.note",
                "shape-unknown params.x.sourec",
            ],
        );
        assert!(manifest.is_some_and(|it| it.params.contains_key("x")));
    }

    #[test]
    fn what_lacks_in_a_value_of_the_wrong_kind_is_not_told_as_well() {
        with("[sources]\nplan = 7\n", &["shape-type sources.plan"]);
        with("coverage = 7\n", &["shape-unknown effective.coverage"]);
        with(
            "[decisions.code]\nscale = \"green\"\ncolours = [ 1 ]\n",
            &[
                "shape-type decisions.code.colours.0",
                "shape-type decisions.code.scale",
            ],
        );
    }

    #[test]
    fn numbers_and_words_must_be_among_those_that_can_stand_there() {
        with("[coverage]\nrules = 300\n", &["shape-other coverage.rules"]);
        let law = "[laws.a]\nkind = \"never\"\nwords = { zh-CN = \"一\", en = \"one\" }\ndecision = \"code\"\n";
        with(law, &["shape-other laws.a.kind"]);
    }

    #[test]
    fn a_date_under_a_misspelt_key_leaves_open_when_the_pack_is_in_force() {
        let manifest = with(
            "til = 2022-04-01T00:00:00+08:00\n",
            &["shape-unknown effective.til"],
        );
        let from = manifest
            .as_ref()
            .and_then(|it| it.effective.from.as_deref());
        assert_eq!(from, Some(""));
    }

    #[test]
    fn a_pack_without_a_manifest_is_named_and_the_others_are_read() {
        let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let texts = Texts::from([
            file("packs/62/2022-03-07/code.rhai", ""),
            file("packs/62/2022-04-07/pack.toml", HEAD),
            file("packs/62/2022-04-07/captions.toml", ""),
            file("packs/62/2022-04-07/cases/code.toml", ""),
            file("schema/outcome.schema.json", "{}"),
            file("schema/person.schema.json", "{}"),
        ]);
        let house = read(&texts);
        assert_eq!(house.unread, ["62/2022-03-07".to_owned()].into());
        let ids: Vec<&str> = house
            .bundle
            .packs
            .iter()
            .map(|pack| pack.id.as_str())
            .collect();
        assert_eq!(ids, ["62/2022-04-07"]);
        assert!(house.bundle.schemas.keys().eq(["person"]));
        let codes = house.findings.iter().filter(|it| it.code == Code::PackFile);
        assert_eq!(codes.count(), 2);
    }
}
