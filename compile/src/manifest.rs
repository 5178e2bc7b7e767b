//! The contents of a pack as its files state them, and the bundle that carries packs.
//!
//! These are the shapes of `pack.toml` and `captions.toml`. Only names and types are
//! checked here; `pack.rs` checks the meaning.

use crate::code::{Code, messages};
use crate::shape::USUAL;
use longma_core::host::Kind;
use longma_core::order::Gather;
use longma_core::value::{Temperature, Value};
use longma_core::{
    Args, CORRECTIONS, Corrections, Days, Elapsed, Lang, Localized, Place, Problem, RECORDS, Role,
    Roles, limits,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The version of the bundle format.
pub const BUNDLE_FORMAT: u32 = 1;

/// Everything an engine is built from, as one JSON document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The format version, [`BUNDLE_FORMAT`].
    pub longma_bundle: u32,
    /// JSON Schema texts, by kind of subject.
    pub schemas: BTreeMap<String, String>,
    /// JSON Schema texts of the rows of reference tables, by table.
    pub references: BTreeMap<String, String>,
    /// The table of places, `reference/places.csv`, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<String>,
    /// The packs, in any order.
    pub packs: Vec<PackSource>,
}

/// One pack, with the contents of its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackSource {
    /// `<region>/<date>` or `<region>/<series>-<date>`: the folder under `rules/packs`.
    pub id: String,
    /// `pack.toml`.
    pub manifest: Manifest,
    /// `captions.toml`.
    pub captions: Captions,
    /// Rhai texts, by decision, each with the shared functions that it calls.
    pub scripts: BTreeMap<String, String>,
    /// The functions of `shared.rhai` that its scripts can call: its own, and those it
    /// inherits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<String>,
}

/// `pack.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The kind of subject that the rules concern.
    pub subject: String,
    /// Raised with every change of the pack.
    pub version: String,
    /// The name of the pack.
    pub title: Localized,
    /// Who is responsible for it.
    pub authority: Localized,
    /// The languages of its texts for readers, by tag: Chinese and English if left out.
    #[serde(default = "usual_languages", skip_serializing_if = "are_usual")]
    pub languages: Vec<String>,
    /// The parent: a pack's id, or a region for the pack in force there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inherits: Option<String>,
    /// Offset from UTC for calendar days. Defaults to `+08:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<String>,
    /// A time zone by its IANA name, in place of an offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// When the pack is in force.
    pub effective: Effective,
    /// Documents that rules and params cite, by key.
    #[serde(default)]
    pub sources: BTreeMap<String, Source>,
    /// Numbers and names that rules read as `params`.
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
    /// The decisions that this pack adds.
    #[serde(default)]
    pub decisions: BTreeMap<String, Scale>,
    /// Inherited params and rules that this pack redefines, each with the reason.
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
    /// Inherited rules that this pack drops, each with the reason.
    #[serde(default)]
    pub drops: BTreeMap<String, String>,
    /// Sections of the facts that no rule of the region reads, by name, or `*` for all
    /// of them; and sections that a decision no longer reads, as `decision.section`.
    /// Each with the reason. Deciding does not need them; the checker does.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unread: BTreeMap<String, String>,
    /// The time from which a corrected record counts. If left out, it counts as if it
    /// had always been so. Deciding does not need this; tools that show the past do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrections: Option<Corrections>,
    /// Sections of the facts that count only as far as a source has signed them, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Signed>,
    /// Laws that must hold for every subject, by name. Deciding does not need them; the
    /// desk searches for counterexamples.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub laws: BTreeMap<String, Law>,
    /// The least coverage that the cases must reach. Deciding does not need it; the
    /// desk measures it.
    #[serde(default, skip_serializing_if = "Minimum::is_none")]
    pub coverage: Minimum,
}

impl Manifest {
    /// Whether the pack's texts stand in the language `tag`.
    #[must_use]
    pub fn is_in(&self, tag: &str) -> bool {
        self.languages.iter().any(|it| it == tag)
    }

    /// Whose signatures the pack asks for, as the catalogue keeps them.
    pub(crate) fn signers(&self) -> Vec<String> {
        let mut signers = Vec::new();
        for (section, signed) in &self.facts {
            let corrected_by = signed.corrected_by.as_ref().unwrap_or(&signed.by);
            for (names, what) in [(&signed.by, RECORDS), (corrected_by, CORRECTIONS)] {
                for source in names {
                    signers.extend([section, source, what].map(str::to_owned));
                }
            }
        }
        signers
    }

    /// The language that texts of the pack are in where those in `tag` are asked for: the
    /// first one where it does not name it.
    #[must_use]
    pub fn language<'a>(&'a self, tag: &'a str) -> &'a str {
        let own = self.languages.iter().find(|it| *it == tag);
        own.or(self.languages.first()).map_or(tag, |it| it)
    }
}

/// The languages of a pack that names none.
#[must_use]
pub fn usual_languages() -> Vec<String> {
    USUAL.map(str::to_owned).into()
}

fn are_usual(languages: &[String]) -> bool {
    languages == USUAL
}

/// `[coverage]`: the least share of each kind in percent. Shares left out have no
/// minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minimum {
    /// Public functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<u8>,
    /// Private functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub functions: Option<u8>,
    /// Branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branches: Option<u8>,
    /// Ends of causes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub releases: Option<u8>,
    /// Rules that a case names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<u8>,
}

impl Minimum {
    /// Whether no kind has a minimum.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// `[facts.tests]`: a section that counts only as far as a source has signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What is asked of it.
    pub requires: Requires,
    /// The sources whose signed records count.
    pub by: Vec<String>,
    /// The sources whose signed corrections count: the same if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<Vec<String>>,
}

/// What can be asked of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requires {
    /// A signature.
    #[default]
    Signed,
}

/// A law: a result that no facts may produce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// Its kind.
    pub kind: LawKind,
    /// Its statement for readers.
    pub words: Localized,
    /// The decision it constrains.
    pub decision: String,
    /// For a law about one more record: the section that gets the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// For a law about one more record: the required values of its fields. Other fields
    /// are free.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub record: BTreeMap<String, Scalar>,
    /// For a law about an overlay: the decision that must change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlay: Option<String>,
    /// The first instant at which it must hold, in RFC 3339. Open if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Rules known to break it, as `decision.rule`, each with the reason in its source.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub breaches: BTreeMap<String, Localized>,
}

/// The kinds of laws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LawKind {
    /// One more record of a section never raises the decision's level.
    #[default]
    NeverRaises,
    /// One more record of a section never lowers the decision's level.
    NeverLowers,
    /// Another decision, the overlay, never changes the decision.
    Overlay,
    /// The level is never above what the pack inherits.
    NotStricter,
}

/// A value that a law can require of a record's field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A name or a text.
    Text(String),
}

/// The span in which a pack is in force, as RFC 3339 texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effective {
    /// The first instant. Open if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The first instant after it. Open if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How the dates are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A cited document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its title.
    pub title: Localized,
    /// Its date, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// How reliable it is: `V` read, `W` read in a weak source, `A` assumed.
    pub grade: String,
    /// Whether it stands behind the pack as a whole, so that no rule or param cites it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub background: bool,
}

/// A value that rules read by name instead of spelling it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// A whole number, a text, or a list of either.
    pub value: ParamValue,
    /// What the number counts. It determines the value's kind in rules.
    pub unit: String,
    /// The key of the document it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether it is assumed. Then `note` says what is assumed.
    #[serde(default)]
    pub assumed: bool,
    /// A note for readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Localized>,
}

/// A param's value as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    /// A whole number.
    Int(i64),
    /// A name or a text.
    Text(String),
    /// A list of values.
    List(Vec<ParamValue>),
}

/// A decision's levels and roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Level names, lowest first.
    pub scale: Vec<String>,
    /// The colour of each level: green, yellow, red, gold, grey or blue.
    pub colours: Vec<String>,
    /// What the decision does on a card, at a door or in a list: names of
    /// [`Role`](longma_core::Role).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Its place among decisions of the same role, from the front. Decisions without a
    /// place come after the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
}

impl Scale {
    /// The known roles. Checking reports the others.
    pub(crate) fn roles(&self) -> Roles {
        let named = self.roles.iter().filter_map(|name| Role::named(name));
        Roles::new(named, self.place)
    }
}

/// The colours that a level can have.
pub const COLOURS: &[&str] = &["green", "yellow", "red", "gold", "grey", "blue"];

/// `captions.toml`: texts by decision.
pub type Captions = BTreeMap<String, DecisionCaptions>;

/// What a reader sees of one decision.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionCaptions {
    /// The decision's name, in the pack that declares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Localized>,
    /// The levels' names, in the pack that declares the decision.
    #[serde(default)]
    pub levels: BTreeMap<String, Localized>,
    /// Texts of the rules that this pack defines.
    #[serde(default)]
    pub rules: BTreeMap<String, RuleCaptions>,
}

/// What a reader sees of one rule; `{param}` stands for a param's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCaptions {
    /// Why the level holds.
    pub caption: Localized,
    /// What ends it.
    pub release: Localized,
}

impl Bundle {
    /// The levels of all decisions of all packs. Each one names a constructor of
    /// causes.
    #[must_use]
    pub fn levels(&self) -> BTreeSet<Arc<str>> {
        let packs = self.packs.iter();
        let scales = packs.flat_map(|pack| pack.manifest.decisions.values());
        let levels = scales.flat_map(|scale| &scale.scale);
        levels.map(|level| level.as_str().into()).into_set()
    }

    /// Reads a bundle's JSON text.
    ///
    /// ```
    /// use longma_compile::{BUNDLE_FORMAT, Bundle};
    ///
    /// let text = r#"{ "longma_bundle": 1, "schemas": {}, "references": {}, "packs": [] }"#;
    /// assert_eq!(Bundle::read(text).unwrap().longma_bundle, BUNDLE_FORMAT);
    /// assert_eq!(Bundle::read("{}").unwrap_err().code.as_str(), "bundle-syntax");
    /// ```
    ///
    /// # Errors
    /// One problem, with the position or the format found.
    pub fn read(text: &str) -> Result<Self, Problem> {
        if text.len() > limits::BUNDLE_BYTES {
            return Err(
                Problem::new(Code::BundleSize, Place::None).with("limit", limits::BUNDLE_BYTES)
            );
        }
        let bundle: Self = serde_json::from_str(text).map_err(|error| {
            let place = Place::file("bundle", error.line(), error.column());
            Problem::new(Code::BundleSyntax, place)
        })?;
        if bundle.longma_bundle == BUNDLE_FORMAT {
            Ok(bundle)
        } else {
            Err(Problem::new(Code::BundleFormat, Place::None)
                .with("found", bundle.longma_bundle)
                .with("known", BUNDLE_FORMAT))
        }
    }
}

/// The units that a param can have.
pub const UNITS: &[&str] = &[
    "days",
    "hours",
    "minutes",
    "count",
    "day_number",
    "celsius",
    "level",
    "text",
];

impl Param {
    /// The value as rules see it, or the kind that its unit requires.
    pub(crate) fn typed(&self) -> Result<Value, Kind> {
        typed(&self.value, &self.unit)
    }

    /// The value with its unit, as captions show it: `7 days`.
    #[must_use]
    pub fn words(&self) -> Localized {
        words(&self.value, &self.unit)
    }

    /// The value as captions in the language `tag` show it: with its unit in Chinese and
    /// English, without in others, which write the unit themselves.
    #[must_use]
    pub fn words_in(&self, tag: &str) -> String {
        match Lang::named(tag) {
            Some(lang) => self.words().get(lang).to_owned(),
            None => bare(&self.value),
        }
    }
}

fn typed(value: &ParamValue, unit: &str) -> Result<Value, Kind> {
    match (value, unit) {
        (ParamValue::List(items), _) => {
            let values: Result<Vec<Value>, Kind> =
                items.iter().map(|item| typed(item, unit)).collect();
            Ok(Value::List(values?.into()))
        }
        (ParamValue::Int(count), "days") => Ok(Value::Days(Days::new(*count))),
        (ParamValue::Int(count), "hours") => {
            Elapsed::hours(*count).map(Value::Elapsed).ok_or(Kind::Int)
        }
        (ParamValue::Int(count), "minutes") => Elapsed::minutes(*count)
            .map(Value::Elapsed)
            .ok_or(Kind::Int),
        (ParamValue::Int(count), "count" | "day_number") => Ok(Value::Int(*count)),
        (ParamValue::Int(count), "celsius") => count
            .checked_mul(10)
            .map(|tenths| Value::Temperature(Temperature::tenths(tenths)))
            .ok_or(Kind::Temperature),
        (ParamValue::Text(text), "celsius") => Temperature::parse(text)
            .map(Value::Temperature)
            .ok_or(Kind::Temperature),
        (ParamValue::Text(text), "level" | "text") => Ok(Value::Text(text.as_str().into())),
        (_, "level" | "text") => Err(Kind::Text),
        _ => Err(Kind::Int),
    }
}

fn bare(value: &ParamValue) -> String {
    match value {
        ParamValue::Int(count) => count.to_string(),
        ParamValue::Text(text) => text.clone(),
        ParamValue::List(items) => items.iter().map(bare).collect::<Vec<_>>().join(", "),
    }
}

fn words(value: &ParamValue, unit: &str) -> Localized {
    match value {
        ParamValue::Int(_) | ParamValue::Text(_) if unit == "celsius" => {
            let text = match typed(value, unit) {
                Ok(Value::Temperature(temperature)) => temperature.to_string(),
                _ => String::new(),
            };
            let n = Localized::same(text);
            messages()
                .get("unit-celsius", &Args::of("n", &n))
                .unwrap_or(n)
        }
        ParamValue::Text(text) => Localized::same(text),
        ParamValue::Int(count) => {
            let count_text = Localized::same(count.to_string());
            let key = match count {
                1 => format!("unit-{unit}-one"),
                _ => format!("unit-{unit}"),
            };
            messages()
                .get(&key, &Args::of("n", &count_text))
                .unwrap_or(count_text)
        }
        ParamValue::List(items) => {
            let parts: Vec<Localized> = items.iter().map(|item| words(item, unit)).collect();
            Localized::build(|lang| {
                let comma = match lang {
                    Lang::ZhCn => "、",
                    Lang::En => ", ",
                };
                let texts: Vec<&str> = parts.iter().map(|part| part.get(lang)).collect();
                texts.join(comma)
            })
        }
    }
}
