//! The dossier: its statements, its corrections, their union and their JSON.

use super::correction::Correction;
use super::ledger::Merged;
use super::said::Said;
use super::shape::{Section, Shape};
use super::{CORRECTIONS, DOSSIER_BYTES, SIGNED, STATEMENTS};
use crate::code::Code;
use longma_core::schema::INCOMPLETE;
use longma_core::{Catalogue, Instant, Problem, Problems};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// Version of the dossier format.
const FORMAT: u32 = 1;
/// Maximum length of a source's name, in characters.
const SOURCE_LENGTH: usize = 60;
/// The member that holds the kind of subject.
pub(super) const SUBJECT: &str = "subject";

/// What sources state about one subject, with the corrections.
///
/// ```
/// use longma_records::merge::Dossier;
/// # use longma_compile::{BUNDLE_FORMAT, Bundle};
/// # let schema = include_str!("../../../rules/schema/person.schema.json");
/// # let catalogue = longma_oracle::load(&Bundle {
/// #     longma_bundle: BUNDLE_FORMAT,
/// #     schemas: [("person".to_owned(), schema.to_owned())].into(),
/// #     references: [].into(),
/// #     places: None,
/// #     packs: Vec::new(),
/// # }).unwrap();
/// let facts = |result: &str| format!(r#"{{
///     "subject": "person",
///     "identity": {{
///         "name": "样例", "region": "620102",
///         "document": {{"type": "resident_id", "number": "999999199001010016"}}
///     }},
///     "tests": [{{
///         "method": "nucleic_acid", "result": "{result}", "pool_size": 1,
///         "sampled_at": "2022-07-10T08:00:00+08:00",
///         "reported_at": "2022-07-10T20:00:00+08:00"
///     }}]
/// }}"#);
/// let hospital = Dossier::of(&catalogue, "hospital", &facts("positive")).unwrap();
/// let laboratory = Dossier::of(&catalogue, "laboratory", &facts("negative")).unwrap();
/// let both = hospital.join(&laboratory);
/// assert_eq!(both, laboratory.join(&hospital));
///
/// // The two results contradict: both stay in the facts.
/// let merged = both.merged(&catalogue).unwrap();
/// assert_eq!(merged.facts["tests"].as_array().unwrap().len(), 2);
/// assert_eq!(merged.ledger.contradictions[0].fields, ["result"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dossier {
    pub(super) statements: BTreeSet<Statement>,
    pub(super) corrections: BTreeSet<Correction>,
    /// What sources have signed, as they signed it: base64url.
    pub(super) signed: BTreeSet<String>,
}

/// One record, field or section stated by one source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The section.
    pub section: String,
    /// A record of the section, or one field of an object. `None` states only that the
    /// source knows the whole section, with or without records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Said>,
    /// The source, such as `hospital` or `grid_worker`.
    pub source: String,
}

#[derive(Serialize)]
struct Written<'a> {
    longma_dossier: u32,
    statements: &'a BTreeSet<Statement>,
    corrections: &'a BTreeSet<Correction>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    signed: &'a BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    longma_dossier: u32,
    statements: Vec<Statement>,
    corrections: Vec<Correction>,
    #[serde(default)]
    signed: BTreeSet<String>,
}

impl Dossier {
    /// The statements of one source, read from its own facts document. The source states the
    /// sections in the document and nothing about those it leaves out.
    ///
    /// # Errors
    /// Every problem of the document, or an invalid source name.
    pub fn of(catalogue: &Catalogue, source: &str, document: &str) -> Result<Self, Problems> {
        if !is_source(source) {
            return Err(Problem::in_facts(Code::MergeSource, "")
                .with("limit", SOURCE_LENGTH)
                .into());
        }
        let subject = catalogue.read_facts(document)?.subject().to_owned();
        let fields: Option<Map<String, Json>> = serde_json::from_str(document).ok();
        // Core has accepted the document, so it is an object and its subject has a schema.
        let (Some(fields), Some(shape)) = (fields, Shape::of(catalogue, &subject)) else {
            return Ok(Self::default());
        };
        let mut dossier = Self::default();
        let partly = fields.get(INCOMPLETE).and_then(Json::as_array);
        let partly: Vec<&str> = partly
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .collect();
        for (section, value) in fields.iter().filter(|(name, _)| *name != INCOMPLETE) {
            let mut say = |record: Option<Said>| {
                dossier.statements.insert(Statement {
                    section: section.clone(),
                    record,
                    source: source.to_owned(),
                })
            };
            match (value, shape.section(section)) {
                (Json::Array(items), Some(Section::Records { .. })) => {
                    if !partly.contains(&section.as_str()) {
                        say(None);
                    }
                    for item in items.iter().filter_map(Json::as_object) {
                        say(Some(shape.said(section, item)));
                    }
                }
                (Json::Object(members), Some(Section::Fields(_))) => {
                    for (name, value) in members {
                        let field = Map::from_iter([(name.clone(), value.clone())]);
                        say(Some(shape.said(section, &field)));
                    }
                }
                (value, _) => {
                    let field = Map::from_iter([(section.clone(), value.clone())]);
                    say(Some(shape.said(section, &field)));
                }
            }
        }
        Ok(dossier)
    }

    /// The union of two dossiers.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        Self {
            statements: self.statements.union(&other.statements).cloned().collect(),
            corrections: self
                .corrections
                .union(&other.corrections)
                .cloned()
                .collect(),
            signed: self.signed.union(&other.signed).cloned().collect(),
        }
    }

    /// Adds corrections, given as a JSON list of [`Correction`]s.
    ///
    /// # Errors
    /// Everything that is wrong with them, by position in the list.
    pub fn corrected(&self, catalogue: &Catalogue, text: &str) -> Result<Self, Problems> {
        let mut dossier = self.clone();
        dossier
            .corrections
            .extend(self.read_corrections(catalogue, text)?);
        Ok(dossier)
    }

    /// Corrections of this dossier, from a JSON list of them.
    pub(super) fn read_corrections(
        &self,
        catalogue: &Catalogue,
        text: &str,
    ) -> Result<BTreeSet<Correction>, Problems> {
        within(text)?;
        let corrections: Vec<Correction> = parsed(text, Code::CorrectionJson)?;
        checked(corrections, &self.shape(catalogue)?, "")
    }

    /// The dossier as it was known at an instant: without corrections made later.
    #[must_use]
    pub fn until(&self, instant: Instant) -> Self {
        let made = |it: &&Correction| it.made().is_some_and(|made| made <= instant);
        Self {
            statements: self.statements.clone(),
            corrections: self.corrections.iter().filter(made).cloned().collect(),
            signed: self.signed.clone(),
        }
    }

    /// The dossier without its corrections.
    #[must_use]
    pub fn uncorrected(&self) -> Self {
        Self {
            statements: self.statements.clone(),
            corrections: BTreeSet::new(),
            signed: self.signed.clone(),
        }
    }

    /// The statements, sorted.
    #[must_use]
    pub fn statements(&self) -> &BTreeSet<Statement> {
        &self.statements
    }

    /// The corrections, sorted.
    #[must_use]
    pub fn corrections(&self) -> &BTreeSet<Correction> {
        &self.corrections
    }

    /// The dossier as JSON text. Equal dossiers give equal bytes.
    #[must_use]
    pub fn json(&self) -> String {
        let written = Written {
            longma_dossier: FORMAT,
            statements: &self.statements,
            corrections: &self.corrections,
            signed: &self.signed,
        };
        // Serializing strings, numbers and lists cannot fail.
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// Reads a dossier written by [`json`](Self::json). Whether each record fits its schema is
    /// checked only when the dossier is merged.
    ///
    /// # Errors
    /// Text that is not a dossier, has another format version or is too large; an invalid
    /// source name or an unknown section; everything that is wrong with the corrections.
    pub fn read(catalogue: &Catalogue, text: &str) -> Result<Self, Problems> {
        within(text)?;
        let read: Read = parsed(text, Code::DossierJson)?;
        if read.longma_dossier != FORMAT {
            return Err(Problem::in_facts(Code::DossierFormat, "/longma_dossier")
                .with("found", read.longma_dossier)
                .with("known", FORMAT)
                .into());
        }
        if read.statements.len() > STATEMENTS {
            return Err(Problem::in_facts(Code::DossierSize, "/statements")
                .with("limit", STATEMENTS)
                .into());
        }
        if read.signed.len() > SIGNED {
            return Err(Problem::in_facts(Code::DossierSize, "/signed")
                .with("limit", SIGNED)
                .into());
        }
        let mut dossier = Self {
            statements: read.statements.into_iter().collect(),
            corrections: BTreeSet::new(),
            signed: read.signed,
        };
        if dossier.statements.is_empty() && read.corrections.is_empty() {
            return Ok(dossier);
        }
        let shape = dossier.shape(catalogue)?;
        let mut statements = BTreeSet::new();
        for statement in &dossier.statements {
            let known = shape.section(&statement.section).is_some();
            if !known || !is_source(&statement.source) {
                return Err(Problem::in_facts(Code::DossierStatement, "/statements")
                    .with("section", statement.section.escape_debug())
                    .with("source", statement.source.escape_debug())
                    .into());
            }
            let record = statement.record.as_ref();
            statements.insert(Statement {
                record: record.map(|said| shape.said(&statement.section, said.fields())),
                ..statement.clone()
            });
        }
        dossier.statements = statements;
        dossier.corrections = checked(read.corrections, &shape, "/corrections")?;
        Ok(dossier)
    }

    /// The facts about the subject, with the sources and corrections behind them.
    ///
    /// # Errors
    /// The sources describe different subjects, or the merged facts do not fit the schema.
    /// Nothing is merged then.
    pub fn merged(&self, catalogue: &Catalogue) -> Result<Merged, Problems> {
        let shape = self.shape(catalogue)?;
        super::join::merged(self, &shape, catalogue)
    }

    /// The shape of the subject kind that all sources name.
    fn shape(&self, catalogue: &Catalogue) -> Result<Shape, Problems> {
        let about = self.statements.iter().filter(|it| it.section == SUBJECT);
        let kinds: BTreeSet<&str> = about
            .filter_map(|it| it.record.as_ref()?.fields().get(SUBJECT)?.as_str())
            .collect();
        let mut kinds = kinds.into_iter();
        match (kinds.next(), kinds.next()) {
            (Some(kind), None) => Shape::of(catalogue, kind)
                .ok_or_else(|| Problem::in_facts(Code::MergeSubject, "/subject").into()),
            (None, _) => Err(Problem::in_facts(Code::MergeEmpty, "").into()),
            (Some(_), Some(_)) => Err(Problem::in_facts(Code::MergeSubject, "/subject").into()),
        }
    }
}

fn is_source(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= SOURCE_LENGTH
}

fn within(text: &str) -> Result<(), Problems> {
    if text.len() <= DOSSIER_BYTES {
        return Ok(());
    }
    Err(Problem::in_facts(Code::DossierBytes, "")
        .with("limit", DOSSIER_BYTES)
        .into())
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a str, code: Code) -> Result<T, Problems> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Problem::in_facts(code, "")
            .with("line", line)
            .with("column", column)
            .into()
    })
}

fn checked(
    corrections: Vec<Correction>,
    shape: &Shape,
    pointer: &str,
) -> Result<BTreeSet<Correction>, Problems> {
    if corrections.len() > CORRECTIONS {
        return Err(Problem::in_facts(Code::CorrectionMany, pointer)
            .with("limit", CORRECTIONS)
            .into());
    }
    let mut problems: Vec<Problem> = Vec::new();
    let mut sound = BTreeSet::new();
    for (index, correction) in corrections.into_iter().enumerate() {
        match correction.checked(shape, &format!("{pointer}/{index}")) {
            Ok(correction) => drop(sound.insert(correction)),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        Ok(sound)
    } else {
        Err(problems.into())
    }
}
