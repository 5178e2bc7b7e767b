//! Generates fictitious persons close to every boundary of the rules at hand.
//!
//! Each person is drawn around one rule and one instant. Times derive from other times
//! of the same person, or from the edges of packs and of listed places, shifted by the
//! spans written in the packs: exactly, one second less, or one second more. Both sides
//! of each boundary are thus hit often. The same seed gives the same persons, byte for
//! byte, on every machine.
//!
//! The persons are not real: names are 测试甲 and the like. Generation does not run the
//! rules; [`firings`] says of each rule for how many persons it fired, or that the search was
//! blind to it.

mod changed;
mod constants;
mod draw;

pub use self::changed::{Changed, changed};
pub(crate) use self::constants::DAY;
use self::constants::{Constants, RuleWords};
use self::draw::Draw;
pub(crate) use self::draw::{formed, invented_name};
use crate::dice::Dice;
use crate::tables::{Row, Rows, Tables};
use longma_compile::{Bundle, PackSource, Scalar};
use longma_core::order;
use longma_core::order::Gather;
use longma_core::schema::{Class, Field, INCOMPLETE, Object, Type};
use longma_core::{Cause, Instant, NATIONAL, PackId, PlaceId, Places, Policy, Schema, Timeline};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The base for times if no pack has a date: 2022-07-01 at 00:00 +08:00.
const ANCHOR: i64 = 1_656_604_800;
/// Maximum rows per place in an invented table.
const ROWS: u64 = 6;
/// How many parts each part of an invented place divides into.
const BRANCHES: usize = 3;
/// The default kind of subject.
pub const PERSON: &str = "person";
/// How many rows of a given table persons are drawn towards; only the first are used.
const LISTED: usize = 20_000;

/// What to generate persons for.
#[derive(Debug)]
pub struct Scope<'a> {
    /// The packs whose rules are the target.
    pub packs: Vec<&'a PackSource>,
    /// The schema of their subject, as JSON text.
    pub schema: &'a str,
    /// The schemas of tables by name, as JSON texts.
    pub references: &'a BTreeMap<String, String>,
    /// The table of places; a table whose key begins with places names some of them.
    pub places: Option<&'a str>,
    /// Tables with given rows; rows of the others are invented.
    pub given: Tables,
    /// The region that persons live in; when `None`, the regions of the packs.
    pub region: Option<&'a str>,
    /// Whether to leave out sections at times, so that something is unknown.
    pub gaps: bool,
    /// The difference between two sets of rules; if there is any, every second person
    /// targets it.
    pub changed: Changed,
}

impl<'a> Scope<'a> {
    /// The packs of `bundle` whose ids are in `ids`, with its schemas. `None` if there
    /// is no such pack or no schema for its subject.
    #[must_use]
    pub fn of(bundle: &'a Bundle, ids: &BTreeSet<String>) -> Option<Self> {
        let packs: Vec<&PackSource> = bundle
            .packs
            .iter()
            .filter(|pack| ids.contains(&pack.id))
            .collect();
        // If the packs have several kinds of subject, take persons.
        let first = packs.first()?.manifest.subject.as_str();
        let is_person = |pack: &&PackSource| pack.manifest.subject == PERSON;
        let subject = if packs.iter().any(is_person) {
            PERSON
        } else {
            first
        };
        Self::about(bundle, ids, subject)
    }

    /// The same as [`of`](Self::of), but only for packs about `subject`.
    #[must_use]
    pub fn about(bundle: &'a Bundle, ids: &BTreeSet<String>, subject: &str) -> Option<Self> {
        let packs = bundle.packs.iter();
        let packs = packs.filter(|pack| ids.contains(&pack.id) && pack.manifest.subject == subject);
        let packs: Vec<&PackSource> = packs.collect();
        packs.first()?;
        Some(Self {
            schema: bundle.schemas.get(subject)?,
            packs,
            references: &bundle.references,
            places: bundle.places.as_deref(),
            given: Tables::new(),
            region: None,
            gaps: true,
            changed: Changed::default(),
        })
    }
}

/// A place and the times at which its table rows begin and end.
#[derive(Debug, Clone)]
struct Place {
    parts: Row,
    times: Vec<i64>,
}

/// Generates persons by number.
///
/// ```
/// use longma_desk::generate::{Generator, Scope};
/// # use longma_compile::texts::{Texts, read};
/// # let rules = std::path::Path::new("../rules");
/// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
/// # let text = |file: &str| (file.to_owned(), on_disk(file));
/// # let pack = |file: &str| text(&format!("packs/62/validity-2020-02-21/{file}"));
/// // A code is valid for 24 hours from its issue.
/// let texts = Texts::from([
///     text("schema/person.schema.json"),
///     pack("pack.toml"),
///     pack("captions.toml"),
///     pack("validity.rhai"),
/// ]);
/// let bundle = read(&texts).bundle;
/// let ids = [bundle.packs[0].id.clone()].into();
/// let scope = Scope::of(&bundle, &ids).unwrap();
/// let person = Generator::new(&scope, 1).unwrap().person(0);
/// assert_eq!(person, Generator::new(&scope, 1).unwrap().person(0));
/// let catalogue = longma_oracle::load(&bundle).unwrap();
/// assert!(catalogue.read_facts(&person.to_string()).is_ok());
/// ```
#[derive(Debug)]
pub struct Generator {
    seed: u64,
    root: Arc<Object>,
    subject: String,
    regions: Vec<String>,
    gaps: bool,
    constants: Constants,
    changed: Changed,
    /// The indices of rules in packs that differ.
    aimed: Vec<usize>,
    /// Texts in rules that are not members of an enum, levels or columns.
    texts: Vec<String>,
    /// The same of params, sorted.
    param_texts: Vec<String>,
    tables: Tables,
    columns: BTreeMap<String, BTreeSet<String>>,
    /// Each table's key columns and places.
    places: Vec<(Vec<String>, Vec<Place>)>,
}

impl Generator {
    /// The kind of subject that is generated.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// A generator for `scope`, seeded by `seed`; `None` if a schema cannot be read or
    /// `scope` has no packs.
    #[must_use]
    pub fn new(scope: &Scope, seed: u64) -> Option<Self> {
        let root = read(scope.schema)?;
        let mut tables: BTreeMap<String, Arc<Object>> = BTreeMap::new();
        for (name, text) in scope.references {
            tables.insert(name.clone(), read(text)?);
        }
        let constants = Constants::of(scope.packs.iter().copied());
        let differs = |rule: &RuleWords| {
            let pack = scope.packs.get(rule.pack);
            pack.is_some_and(|pack| scope.changed.packs.contains(&pack.id))
        };
        let rules = constants.rules.iter().enumerate();
        let aimed = rules.filter(|(_, rule)| differs(rule));
        let [texts, param_texts] = free_texts(scope, &constants, &root, &tables);
        let mut generator = Self {
            seed,
            subject: scope.packs.first()?.manifest.subject.clone(),
            regions: regions(scope),
            gaps: scope.gaps,
            changed: scope.changed.clone(),
            aimed: aimed.map(|(index, _)| index).collect(),
            texts,
            param_texts,
            constants,
            root,
            tables: Tables::new(),
            columns: tables
                .iter()
                .map(|(name, row)| (name.clone(), row.names().map(str::to_owned).into_set()))
                .into_map(),
            places: Vec::new(),
        };
        let known = scope.places.and_then(|text| Places::read(text, "").ok());
        let known = known.as_ref();
        for (name, row) in &tables {
            let rows = match scope.given.get(name) {
                Some(rows) => rows.clone(),
                None => generator.rows(row, known),
            };
            let key = row.key_names().map(str::to_owned).collect();
            generator.places.push((key, places(row, &rows, known)));
            generator.tables.insert(name.clone(), rows);
        }
        Some(generator)
    }

    /// The schema of the persons.
    #[must_use]
    pub fn root(&self) -> &Object {
        &self.root
    }

    /// The tables that go with the persons, invented or given.
    #[must_use]
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// The columns of each table.
    #[must_use]
    pub fn columns(&self) -> &BTreeMap<String, BTreeSet<String>> {
        &self.columns
    }

    /// The regions that persons live in.
    #[must_use]
    pub fn regions(&self) -> &[String] {
        &self.regions
    }

    /// Whether any of the rules reads `section`.
    pub(crate) fn reads(&self, section: &str) -> bool {
        let mut rules = self.constants.rules.iter();
        rules.any(|rule| rule.reads.iter().any(|name| name == section))
    }

    /// The facts of person `index`.
    #[must_use]
    pub fn person(&self, index: u64) -> Json {
        let mut dice = Dice::of(self.seed, index);
        let none = RuleWords::default();
        let rules = &self.constants.rules;
        let (anchor, rule) = if self.changed.spans.is_empty() {
            (self.anchor(&mut dice), turn(index, rules.len()))
        } else if index.is_multiple_of(2) {
            // Persons outside the changes matter too: nothing should differ there.
            (self.anchor(&mut dice), turn(index / 2, rules.len()))
        } else {
            let turn = turn(index / 2, self.aimed.len());
            let rule = self.aimed.get(turn).copied().unwrap_or(turn);
            (self.changed.anchor(&mut dice), rule)
        };
        let focus = rules.get(rule).unwrap_or(&none);
        let mut draw = Draw::new(self, dice, focus, vec![anchor]);
        let crowded = draw.dice.once_in(24);
        let mut members = BTreeMap::new();
        // Draw the rule's own sections first, so that later times are drawn near
        // theirs.
        let reads = |field: &&Field| focus.reads.iter().any(|name| **name == *field.name);
        let fields = self.root.fields.iter().filter(|it| *it.name != *INCOMPLETE);
        let (first, rest): (Vec<&Field>, Vec<&Field>) = fields.partition(reads);
        for field in first.into_iter().chain(rest) {
            if let Some(value) = self.section(&mut draw, field, crowded) {
                members.insert(field.name.to_string(), value);
            }
        }
        sorted(members)
    }

    /// One more record for `section` of `person`, with the fields in `fixed`; `None` if
    /// the section is not a list of records.
    #[must_use]
    pub fn another(
        &self,
        person: &Json,
        section: &str,
        fixed: &BTreeMap<String, Scalar>,
        index: u64,
    ) -> Option<Json> {
        let Type::List { item, .. } = self.root.kind(section)? else {
            return None;
        };
        let Type::Object(record) = &**item else {
            return None;
        };
        let mut dice = Dice::of(self.seed ^ 1, index);
        let mut pool = instants_of(person);
        pool.push(self.anchor(&mut dice));
        let none = RuleWords::default();
        let rules: Vec<&RuleWords> = self
            .constants
            .rules
            .iter()
            .filter(|rule| rule.reads.iter().any(|name| name == section))
            .collect();
        let focus = dice.choose(&rules).copied().unwrap_or(&none);
        let fixed = fixed.iter().map(|(name, value)| {
            let value = match value {
                Scalar::Bool(value) => Json::from(*value),
                Scalar::Int(value) => Json::from(*value),
                Scalar::Text(value) => Json::from(value.as_str()),
            };
            (name.clone(), value)
        });
        Some(Draw::new(self, dice, focus, pool).record(record, fixed.into_map()))
    }

    fn section(&self, draw: &mut Draw, field: &Field, crowded: bool) -> Option<Json> {
        match &field.kind {
            Type::Enum(names) if names.iter().any(|name| **name == *self.subject) => {
                Some(Json::from(self.subject.as_str()))
            }
            Type::Object(record) => {
                let region = draw.dice.choose(&self.regions).cloned();
                let region = region.filter(|_| record.field("region").is_some());
                let fixed = region.map(|region| ("region".to_owned(), Json::from(region)));
                Some(draw.record(record, fixed.into_iter().into_map()))
            }
            Type::List { item, least, most } => {
                if self.gaps && !field.required && draw.dice.once_in(48) {
                    return None;
                }
                let read = draw.reads(&field.name);
                if let Type::Object(record) = &**item
                    && read
                    && draw.counts_by_day()
                    && draw.dice.once_in(2)
                    && let Some(records) = draw.days_in_a_row(record, *most)
                {
                    return Some(Json::from(records));
                }
                let count = match (read, crowded) {
                    (_, true) => draw.dice.below(7),
                    (true, false) => 1 + draw.dice.below(3),
                    (false, false) if draw.dice.once_in(5) => 1 + draw.dice.below(2),
                    (false, false) => 0,
                };
                let count = usize::try_from(count).unwrap_or(0).clamp(*least, *most);
                Some((0..count).map(|_| draw.value(item)).collect())
            }
            kind => (field.required || !draw.dice.once_in(3)).then(|| draw.value(kind)),
        }
    }

    /// An instant at, near or between the dates of packs.
    fn anchor(&self, dice: &mut Dice) -> i64 {
        let dates = &self.constants.instants;
        let Some(date) = dice.choose(dates).copied() else {
            return ANCHOR + dice.between(-60, 60) * DAY;
        };
        let (first, last) = (
            dates.first().unwrap_or(&date),
            dates.last().unwrap_or(&date),
        );
        match dice.below(4) {
            0 => date + dice.between(-1, 1),
            1 => date + dice.between(-20, 20) * DAY,
            // Whole hours, as people and offices write them.
            _ => {
                dice.between(first - 20 * DAY, last + 20 * DAY)
                    .div_euclid(3_600)
                    * 3_600
            }
        }
    }

    /// Rows for a table: most of the invented places, each in one to `ROWS` rows.
    fn rows(&self, record: &Object, known: Option<&Places>) -> Rows {
        let mut dice = Dice::of(self.seed ^ 2, 0);
        let none = RuleWords::default();
        let mut rows = Vec::new();
        for place in invented(record, known) {
            // Leave some places without rows: rules treat them as clear.
            if dice.once_in(3) {
                continue;
            }
            for _ in 0..=dice.below(ROWS) {
                let anchor = if !self.changed.spans.is_empty() && dice.once_in(2) {
                    self.changed.anchor(&mut dice)
                } else {
                    self.anchor(&mut dice)
                };
                let next = Dice::new(dice.throw());
                let mut fixed: BTreeMap<String, Json> = place
                    .iter()
                    .map(|(name, text)| (name.clone(), Json::from(text.as_str())))
                    .into_map();
                let finest = record
                    .key
                    .last()
                    .and_then(|index| record.fields.get(*index));
                let finest = finest.filter(|field| !field.required);
                if let Some(finest) = finest.filter(|_| dice.once_in(8)) {
                    fixed.insert(finest.name.to_string(), Json::Null);
                }
                let row = Draw::new(self, next, &none, vec![anchor]).record(record, fixed);
                rows.push(texts_of(&row));
            }
        }
        Rows(rows)
    }
}

/// The root object of a schema, as far as its text can be read.
fn read(text: &str) -> Option<Arc<Object>> {
    let (schema, _) = Schema::read_partly(text, "");
    Some(Arc::clone(schema?.root()))
}

/// `index` modulo `count`; 0 if `count` is 0.
fn turn(index: u64, count: usize) -> usize {
    let count = u64::try_from(count).unwrap_or(1).max(1);
    usize::try_from(index % count).unwrap_or(0)
}

/// The packs of the series that make `decisions` or any decision these read, directly
/// or not. Persons are drawn towards what these packs' rules look at. A region's other
/// series would only draw them elsewhere, and may be about other subjects.
pub fn concerned<'a>(
    bundle: &Bundle,
    policies: &'a [Policy],
    decisions: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<String> {
    let mut names: BTreeSet<&str> = decisions.into_iter().into_set();
    let mut open: Vec<&str> = names.iter().copied().collect();
    while let Some(name) = open.pop() {
        for reads in policies.iter().map(Policy::reads) {
            for read in reads.get(name).into_iter().flatten() {
                if names.insert(read) {
                    open.push(read);
                }
            }
        }
    }
    let decides = |id: &String| {
        let source = bundle.packs.iter().find(|source| source.id == *id);
        let mut decisions = source.iter().flat_map(|s| s.manifest.decisions.keys());
        decisions.any(|decision| names.contains(decision.as_str()))
    };
    let lines = policies.iter().flat_map(Policy::parts);
    lines
        .filter(|part| part.packs.iter().any(decides))
        .flat_map(|part| part.packs.iter())
        .cloned()
        .into_set()
}

/// For how many persons each rule gave a cause, as `pack/decision/function`.
pub type Fired = BTreeMap<String, u64>;

/// How often a rule fired over invented persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Firing {
    /// The rule, as `pack/decision/function`.
    pub rule: String,
    /// The persons for whom it gave a cause; of 0 a search was blind to the rule.
    pub persons: u64,
}

impl Firing {
    /// Whether nothing is known of the rule.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        self.persons == 0
    }
}

/// Adds the rules of an outcome that gave a cause.
pub(crate) fn count<'a>(fired: &mut Fired, outcomes: impl IntoIterator<Item = &'a Timeline>) {
    let causes = outcomes.into_iter().flat_map(Timeline::causes);
    let rules: BTreeSet<&str> = causes.map(Cause::rule).into_set();
    for rule in rules {
        match fired.get_mut(rule) {
            Some(persons) => *persons += 1,
            None => drop(fired.insert(rule.to_owned(), 1)),
        }
    }
}

/// How often each rule of `policies` about `subject` fired, rarest first.
///
/// ```
/// use longma_desk::generate::{Fired, firings};
/// assert!(firings([], "person", &Fired::new()).is_empty());
/// ```
#[must_use]
pub fn firings<'a>(
    policies: impl IntoIterator<Item = &'a Policy>,
    subject: &str,
    fired: &Fired,
) -> Vec<Firing> {
    let policies = policies.into_iter();
    let rules = policies.flat_map(|policy| policy.rules_about(subject));
    let rules: BTreeSet<&str> = rules.into_set();
    let firing = |rule: &str| Firing {
        persons: fired.get(rule).copied().unwrap_or(0),
        rule: rule.to_owned(),
    };
    let mut all: Vec<Firing> = rules.into_iter().map(firing).collect();
    order::sort_by_key(&mut all, |it| it.persons);
    all
}

/// The regions of the packs as facts give them: codes of China with six digits. Beijing's
/// if there are only national packs.
fn regions(scope: &Scope) -> Vec<String> {
    if let Some(region) = scope.region {
        return vec![region.to_owned()];
    }
    let ids = scope.packs.iter().map(|pack| PackId::region_of(&pack.id));
    let regions: BTreeSet<&str> = ids.filter(|region| *region != NATIONAL).into_set();
    let coded = |region: &str| region.bytes().all(|b| b.is_ascii_digit());
    let local = regions.into_iter().map(|region| {
        if coded(region) {
            format!("{region:0<6}")
        } else {
            region.to_owned()
        }
    });
    let local: Vec<String> = local.collect();
    if local.is_empty() {
        vec!["110000".to_owned()]
    } else {
        local
    }
}

/// The texts in rules, and those of the params that they read, that are not an enum member,
/// level or column; sorted.
fn free_texts(
    scope: &Scope,
    constants: &Constants,
    root: &Object,
    tables: &BTreeMap<String, Arc<Object>>,
) -> [Vec<String>; 2] {
    let mut members = BTreeSet::new();
    let scales = scope
        .packs
        .iter()
        .flat_map(|pack| pack.manifest.decisions.values());
    members.extend(scales.flat_map(|scale| scale.scale.iter().cloned()));
    gather_of(root, &mut members);
    for record in tables.values() {
        gather_of(record, &mut members);
        members.extend(record.names().map(str::to_owned));
    }
    let free = |names: BTreeSet<&String>| -> Vec<String> {
        let free = names.into_iter().filter(|name| !members.contains(*name));
        free.cloned().collect()
    };
    let names = constants.rules.iter().flat_map(|rule| &rule.names);
    let params = constants.rules.iter().flat_map(|rule| &rule.params);
    [free(names.into_set()), free(params.into_set())]
}

fn class(kind: &Type) -> Option<&Class> {
    match kind {
        Type::Text(text) => text.pattern.as_ref()?.class(),
        _ => None,
    }
}

fn gather(kind: &Type, members: &mut BTreeSet<String>) {
    match kind {
        Type::Enum(names) => members.extend(names.iter().map(ToString::to_string)),
        Type::List { item, .. } => gather(item, members),
        Type::Object(object) => gather_of(object, members),
        _ => {}
    }
}

fn gather_of(object: &Object, members: &mut BTreeSet<String>) {
    for field in &object.fields {
        gather(&field.kind, members);
    }
}

/// Some counties of some cities of the first province that has enough of both.
fn real(record: &Object, known: &Places) -> Vec<Row> {
    let mut cities: Vec<Vec<Vec<PlaceId>>> = Vec::new();
    for way in known.finest().filter(|way| way.len() >= record.places) {
        let city = |way: &[PlaceId]| way.split_last().map(|(_, city)| city.to_vec());
        match cities.last_mut() {
            Some(same) if same.first().map(|it| city(it)) == Some(city(&way)) => same.push(way),
            _ => cities.push(vec![way]),
        }
    }
    cities.retain(|counties| counties.len() >= BRANCHES);
    let province = |city: &Vec<Vec<PlaceId>>| city.first().and_then(|way| way.first().copied());
    let chosen = cities.windows(BRANCHES).find(|cities| {
        let first = cities.first().map(province);
        cities.iter().all(|city| Some(province(city)) == first)
    });
    let ways = chosen.unwrap_or_default().iter();
    let ways = ways.flat_map(|counties| counties.iter().take(BRANCHES));
    let row = |way: &Vec<PlaceId>| -> Row {
        let names = way.iter().map(|place| known.name(*place).to_owned());
        record.key_names().map(str::to_owned).zip(names).into_map()
    };
    ways.map(row).collect()
}

/// Invented places for a table's key: each part divides into several of the next. Parts
/// that are names of places are those of real ones.
fn invented(record: &Object, known: Option<&Places>) -> Vec<Row> {
    const SIGNS: [&str; BRANCHES] = ["甲", "乙", "丙"];
    // A key of one part cannot divide further, so it gets more names instead.
    let again: &[&str] = match record.key.len() {
        0 | 1 => &SIGNS,
        _ => &[""],
    };
    let signs: Vec<String> = SIGNS
        .iter()
        .flat_map(|sign| again.iter().map(move |more| format!("{sign}{more}")))
        .collect();
    let real = known.map(|known| real(record, known)).unwrap_or_default();
    let named = if real.is_empty() { 0 } else { record.places };
    let mut places = vec![(String::from("测试"), Row::new())];
    if named > 0 {
        places = real
            .into_iter()
            .map(|row| (String::from("测试"), row))
            .collect();
    }
    for column in record.key_names().skip(named) {
        let class = record.kind(column).and_then(class);
        places = places
            .into_iter()
            .flat_map(|(name, parts)| {
                let of_sign = |sign: &String| {
                    let name = format!("{name}{sign}");
                    let mut parts = parts.clone();
                    let written = class.map(|class| draw::formed(class, &name));
                    parts.insert(column.to_owned(), written.unwrap_or_else(|| name.clone()));
                    (name, parts)
                };
                signs.iter().map(of_sign).collect::<Vec<_>>()
            })
            .collect();
    }
    // For a key of several parts one province is enough: rules look at cities and
    // below.
    let enough = match record.key.len() {
        0 | 1 => places.len(),
        _ if named > 0 => places.len(),
        _ => places.len() / BRANCHES,
    };
    places
        .into_iter()
        .take(enough)
        .map(|(_, parts)| parts)
        .collect()
}

/// A table's places with the times of their rows, plus the invented places, which may
/// have no rows.
fn places(record: &Object, rows: &Rows, known: Option<&Places>) -> Vec<Place> {
    let mut times: BTreeMap<Row, Vec<i64>> = BTreeMap::new();
    for place in invented(record, known) {
        times.insert(place, Vec::new());
    }
    for row in rows.0.iter().take(LISTED) {
        let part = |name: &str| Some((name.to_owned(), row.get(name)?.clone()));
        let parts: Row = record.key_names().filter_map(part).into_map();
        let found = times.entry(parts).or_default();
        let span = record.span.iter().flat_map(|(from, until)| [from, until]);
        let ends = span.filter_map(|name| Instant::parse_to_the_minute(row.get(name)?).ok());
        found.extend(ends.map(Instant::unix));
    }
    times
        .into_iter()
        .map(|(parts, times)| Place { parts, times })
        .collect()
}

fn texts_of(row: &Json) -> Row {
    let members = row.as_object().into_iter().flatten();
    members
        .filter_map(|(name, value)| {
            let text = match value {
                Json::Null => return None,
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            Some((name.clone(), text))
        })
        .into_map()
}

/// Every instant in a document.
fn instants_of(json: &Json) -> Vec<i64> {
    match json {
        Json::String(text) => Instant::parse(text)
            .map(Instant::unix)
            .into_iter()
            .collect(),
        Json::Array(items) => items.iter().flat_map(instants_of).collect(),
        Json::Object(members) => members.values().flat_map(instants_of).collect(),
        _ => Vec::new(),
    }
}

/// An object with its members in name order, whatever order the map keeps; nulls are
/// left out.
fn sorted(members: BTreeMap<String, Json>) -> Json {
    let mut map = Map::new();
    for (name, value) in members {
        if !value.is_null() {
            map.insert(name, value);
        }
    }
    Json::Object(map)
}
