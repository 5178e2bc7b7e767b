//! The loaded packs, selected by region and date.
//!
//! A catalogue is made from plans that are ready to evaluate; the caller that reads
//! the packs makes them. In each series, the pack in force for the narrowest region
//! applies. All series together make a region's history.

use crate::columns::{Shape, Texts};
use crate::facts::{Facts, Schemas};
use crate::history::History;
use crate::id::{PackId, breadth, covers};
use crate::order::{Gather, sort_by, sorted};
use crate::outcome::wire::Stamp;
use crate::places::Places;
use crate::plan::{Decision, Rule};
use crate::policy::{Descent, Policy, Stretches, combined, opened};
use crate::problem::{Code, Place, Problem, Problems};
use crate::reference::{References, Table};
use crate::schema::Schema;
use crate::text::Localized;
use crate::time::{Instant, Offset};
use crate::value::Evidence;
use crate::when::{Span, When};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that decisions are made from, except facts and reference data.
///
/// ```
/// use longma_core::plan::{Decision, Level, Plan};
/// use longma_core::value::Value;
/// # use longma_core::{
/// #     Catalogue, Contents, Descent, Instant, Localized, Offset, Pack, PackId, Part, Problems,
/// #     Request, Roles, Schema, Span,
/// # };
///
/// let level = |name: &str| Level {
///     name: name.into(),
///     caption: Localized::same(name),
///     colour: name.to_owned(),
/// };
/// // Without rules the code is green unless two officers set it by hand.
/// let code = Decision {
///     name: "code".into(),
///     declared_by: "62/2022-03-07".into(),
///     roles: Roles::default(),
///     caption: Localized::same("Health code"),
///     levels: vec![level("green"), level("red")],
///     rules: Vec::new(),
/// };
/// let plan = Plan {
///     subject: "person".to_owned(),
///     offset: Offset::CHINA,
///     params: Value::Bool(true),
///     decisions: vec![code],
/// };
/// let effective = Span::new(Instant::parse("2022-03-07T00:00:00+08:00").ok(), None).unwrap();
/// let own = Part { packs: ["62/2022-03-07".to_owned()].into(), plan: plan.into() };
/// let pack = Pack {
///     id: PackId::read("62/2022-03-07"),
///     version: "1.0.0".to_owned(),
///     title: Localized::same("Gansu"),
///     effective,
///     offset: Offset::CHINA,
///     corrections: None,
///     signers: Vec::new(),
///     descents: vec![Descent { span: effective, own, above: None }],
/// };
/// let schema = r#"{"type": "object", "additionalProperties": false, "required": ["subject"],
///     "properties": {"subject": {"type": "string", "enum": ["person"]}}}"#;
/// let catalogue = Catalogue::new(Contents {
///     schemas: [("person".to_owned(), Schema::read(schema, "person.schema.json")?)].into(),
///     packs: vec![pack],
///     ..Contents::default()
/// });
///
/// // 620102 is in region 62, so its pack applies. Before it nothing was decided.
/// let request = Request { region: Some("620102"), ..Request::default() };
/// let outcome = catalogue.evaluate(r#"{"subject": "person"}"#, request)?;
/// let level = |at: &str| outcome.at("code", Instant::parse(at).unwrap()).unwrap().level_name();
/// assert_eq!(level("2022-07-08T21:00:00+08:00"), "green");
/// assert_eq!(level("2022-03-06T23:59:59+08:00"), "unknown");
/// assert!(outcome.at("gold", Instant::from_unix(0).unwrap()).is_none());
/// # Ok::<(), Problems>(())
/// ```
#[derive(Debug)]
pub struct Catalogue {
    schemas: Schemas,
    /// The texts of rules and schemas.
    texts: Arc<Texts>,
    tables: BTreeMap<String, Schema>,
    places: Option<Places>,
    packs: Vec<Pack>,
    /// For each region that has packs of its own: its policies, for all time.
    regions: BTreeMap<String, History>,
    /// For each region that has packs of its own: the history of each series.
    series: BTreeMap<String, BTreeMap<String, Stretches>>,
}

/// The parts of a catalogue.
#[derive(Debug, Default)]
pub struct Contents {
    /// Schemas of facts, by kind of subject.
    pub schemas: BTreeMap<String, Schema>,
    /// Schemas of the rows of reference tables, by table.
    pub tables: BTreeMap<String, Schema>,
    /// The table of places; without it names of places are compared as texts, and every
    /// region is accepted.
    pub places: Option<Places>,
    /// The packs, in any order.
    pub packs: Vec<Pack>,
    /// The texts in rules, which facts share.
    pub texts: Vec<Arc<str>>,
}

/// A pack in a catalogue.
#[derive(Debug)]
pub struct Pack {
    /// Its id.
    pub id: PackId,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: Localized,
    /// When it is in force.
    pub effective: Span,
    /// The offset of its calendar days.
    pub offset: Offset,
    /// From when a corrected record counts, if the pack itself says so.
    pub corrections: Option<Corrections>,
    /// Whose signatures it asks for: of each the section of the facts, the source, and whether
    /// its `records` or its `corrections` count, one after another. Whoever only decides asks
    /// nobody, so they are kept as they are read.
    pub signers: Vec<String>,
    /// Its lines of descent, one after another over the time it is in force.
    pub descents: Vec<Descent>,
}

/// From when a corrected record counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corrections {
    /// From the record's own time, as if it had always been correct.
    #[default]
    Record,
    /// From the correction; until then the uncorrected record counts.
    Correction,
}

/// What of a source counts, in a pack's list of signers.
pub const RECORDS: &str = "records";
/// See [`RECORDS`].
pub const CORRECTIONS: &str = "corrections";

/// Who has to sign what is known of a section of the facts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signers {
    /// The sources whose records count.
    pub by: BTreeSet<String>,
    /// The sources whose corrections count.
    pub corrected_by: BTreeSet<String>,
}

/// A pack in a list for readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackInfo {
    /// `<region>/<date>` or `<region>/<series>-<date>`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: Localized,
    /// First instant at which it is in force; `None` if it always was.
    pub from: Option<Stamp>,
    /// First instant at which it is no longer in force; `None` if it has no end.
    pub until: Option<Stamp>,
}

impl Catalogue {
    /// Splices the packs of each region into its history.
    ///
    /// The packs must be sound; this is not checked. No two packs of the same series and
    /// region may be in force at once, and a decision must have the same scale in
    /// every pack that declares it.
    #[must_use]
    #[inline(never)]
    pub fn new(contents: Contents) -> Self {
        let Contents {
            schemas,
            tables,
            places,
            mut packs,
            mut texts,
        } = contents;
        for schema in schemas.values().chain(tables.values()) {
            Texts::add_enums(&mut texts, schema);
        }
        let texts = Arc::new(Texts::new(texts));
        let references: Arc<[String]> = tables.keys().cloned().collect();
        let shaped = |(name, schema): (String, Schema)| {
            let shape = Arc::new(Shape::new(&schema, &texts, &references));
            (name.into(), (schema, shape))
        };
        let schemas: Schemas = schemas.into_iter().map(shaped).into_map();
        sort_by(&mut packs, |a, b| {
            let key = |pack: &Pack| (pack.id.region().to_owned(), pack.id.series().to_owned());
            (key(a), a.effective.bounds(), &a.id).cmp(&(key(b), b.effective.bounds(), &b.id))
        });
        let regions = sorted(packs.iter().map(|pack| pack.id.region()));
        let regions = regions.into_iter();
        let series = regions.map(|region| (region.to_owned(), histories(&packs, region)));
        let series = series.into_map();
        let history = |histories| History::new(combined(histories), schemas.keys().map(|it| &**it));
        let regions = series.iter();
        let regions = regions.map(|(region, histories)| (region.clone(), history(histories)));
        let regions = regions.into_map();
        Self {
            schemas,
            texts,
            tables,
            places,
            packs,
            regions,
            series,
        }
    }

    /// The regions with packs of their own, each with its policies for all time.
    pub fn regions(&self) -> impl Iterator<Item = (&str, &[Policy])> {
        let regions = self.regions.iter();
        regions.map(|(region, history)| (region.as_str(), history.policies()))
    }

    /// The packs, sorted by region, series and date.
    #[must_use]
    pub fn packs(&self) -> Vec<PackInfo> {
        let info = |pack: &Pack| PackInfo {
            id: pack.id.to_string(),
            version: pack.version.clone(),
            title: pack.title.clone(),
            from: pack.effective.from().map(Stamp::at(pack.offset)),
            until: pack.effective.until().map(Stamp::at(pack.offset)),
        };
        self.packs.iter().map(info).collect()
    }

    /// From when a corrected record counts under the pack `id`: as the pack says, else
    /// as the nearest inherited pack says. `None` if there is no such pack.
    #[must_use]
    pub fn corrections_of(&self, id: &str) -> Option<Corrections> {
        let pack = self.pack(id)?;
        let lines = pack.descents.iter();
        let mut inherited = lines.flat_map(|line| line.own.packs.iter().skip(1));
        let says = |id: &String| self.pack(id)?.corrections;
        let said = pack.corrections.or_else(|| inherited.find_map(says));
        Some(said.unwrap_or_default())
    }

    /// Whose signature the packs in force in `region` ask for, by section of the facts about
    /// a kind of subject. Of each series the nearest pack that says so counts; where two
    /// series ask, a source has to count for both.
    ///
    /// Deciding takes facts as they are given: whoever puts facts together from several
    /// sources leaves out what does not count.
    #[must_use]
    pub fn signers(&self, region: &str, subject: &str, at: Instant) -> BTreeMap<String, Signers> {
        let mut policies = self.policies(region).iter();
        let policy = policies.find(|policy| policy.span().contains(at));
        let parts = policy.map_or(&[][..], Policy::parts).iter();
        let mut asked: BTreeMap<String, Signers> = BTreeMap::new();
        for part in parts.filter(|part| part.plan.subject == subject) {
            let mut own: BTreeMap<&str, Signers> = BTreeMap::new();
            for pack in part.packs.iter().filter_map(|id| self.pack(id)) {
                let mut says: BTreeMap<&str, Signers> = BTreeMap::new();
                for signer in pack.signers.chunks_exact(3) {
                    let [section, source, what] = signer else {
                        continue;
                    };
                    let of = says.entry(section).or_default();
                    let named = match what.as_str() {
                        CORRECTIONS => &mut of.corrected_by,
                        _ => &mut of.by,
                    };
                    named.insert(source.clone());
                }
                for (section, signers) in says {
                    own.entry(section).or_insert(signers);
                }
            }
            for (section, signers) in own {
                match asked.get_mut(section) {
                    None => drop(asked.insert(section.to_owned(), signers)),
                    Some(both) => {
                        both.by.retain(|it| signers.by.contains(it));
                        let corrected_by = &signers.corrected_by;
                        both.corrected_by.retain(|it| corrected_by.contains(it));
                    }
                }
            }
        }
        asked
    }

    /// The policies of `region` for all time; empty if no pack covers the
    /// region.
    #[must_use]
    pub fn policies(&self, region: &str) -> &[Policy] {
        self.history(region).map_or(&[], History::policies)
    }

    /// The history of a region: that of the narrowest region with packs of its own that
    /// covers it.
    pub(crate) fn history(&self, region: &str) -> Option<&History> {
        let covering = self
            .regions
            .iter()
            .filter(|(known, _)| covers(known, region));
        let nearest = covering.max_by_key(|(known, _)| breadth(known));
        nearest.map(|(_, history)| history)
    }

    /// The histories of all regions with packs of their own.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn histories(&self) -> Vec<&History> {
        self.regions.values().collect()
    }

    /// The history of the region of the pack `id`, as if that pack were in force for all
    /// time. If it inherits a region's plan, the first such plan extends into the past
    /// and the last into the future. Packs of other series apply in their own time.
    /// `None` if there is no such pack.
    #[must_use]
    pub fn history_of(&self, id: &str) -> Option<History> {
        let lines = &self.pack(id)?.descents;
        let own = lines.iter().map(|line| (line.span, line.own.clone()));
        self.in_place_of(id, own.collect())
    }

    /// Like [`history_of`](Self::history_of), for what the pack inherits, without the
    /// pack itself. `None` if it inherits nothing.
    #[must_use]
    pub fn history_above(&self, id: &str) -> Option<History> {
        let lines = &self.pack(id)?.descents;
        let above = lines
            .iter()
            .filter_map(|line| Some((line.span, line.above.clone()?)));
        let above: Stretches = above.collect();
        if above.is_empty() {
            return None;
        }
        self.in_place_of(id, above)
    }

    /// The history of a pack's region, with `stretches` replacing the pack's series.
    fn in_place_of(&self, id: &str, stretches: Stretches) -> Option<History> {
        let id = &self.pack(id)?.id;
        let mut histories = self.series.get(id.region())?.clone();
        histories.insert(id.series().to_owned(), opened(stretches));
        let subjects = self.schemas.keys().map(|subject| &**subject);
        Some(History::new(combined(&histories), subjects))
    }

    /// The columns of each reference table, by table.
    #[must_use]
    pub fn columns(&self) -> BTreeMap<String, BTreeSet<String>> {
        let tables = self.tables.iter();
        tables
            .map(|(name, schema)| {
                (
                    name.clone(),
                    schema.root().names().map(str::to_owned).into_set(),
                )
            })
            .into_map()
    }

    /// The reference tables that decisions read, themselves or through decisions that they
    /// need, each with the names of those decisions. Without `asked`, of all decisions.
    #[must_use]
    pub fn tables_read(&self, asked: Option<&[&str]>) -> Vec<(String, Vec<String>)> {
        let lines = self.packs.iter().flat_map(|pack| &pack.descents);
        let all: Vec<&Decision> = lines.flat_map(|line| &line.own.plan.decisions).collect();
        let mut read: Vec<(&str, &str)> = Vec::new();
        for root in sorted(all.iter().map(|it| &*it.name)) {
            if asked.is_some_and(|asked| !asked.contains(&root)) {
                continue;
            }
            let mut needed = vec![root];
            let mut at = 0;
            while let Some(name) = needed.get(at).copied() {
                at += 1;
                for decision in all.iter().filter(|it| *it.name == *name) {
                    for table in decision.rules.iter().flat_map(Rule::tables) {
                        read.push((table, root));
                    }
                    for earlier in decision.earlier() {
                        if !needed.contains(&earlier) {
                            needed.push(earlier);
                        }
                    }
                }
            }
        }
        let read = sorted(read);
        let tables = read.chunk_by(|(a, _), (b, _)| a == b);
        let tables = tables.filter_map(|table| {
            let roots = table.iter().map(|(_, root)| (*root).to_owned());
            Some((table.first()?.0.to_owned(), roots.collect()))
        });
        tables.collect()
    }

    /// Reads reference data for the table `name`.
    ///
    /// # Errors
    /// A table without a schema, or every row that does not fit.
    pub fn read_reference(&self, name: &str, csv: &str) -> Result<Table, Problems> {
        let number = self.tables.keys().position(|known| known == name);
        let Some((schema, number)) = self.tables.get(name).zip(number) else {
            let known: Vec<&str> = self.tables.keys().map(String::as_str).collect();
            return Err(Problem::new(Code::ReferenceUnknown, Place::None)
                .with("name", name)
                .with("known", known.join(", "))
                .into());
        };
        let number = Evidence::TABLES | u32::try_from(number).unwrap_or(0);
        let known = (&self.texts, self.places.as_ref());
        Table::read((name, number), schema, known, csv)
    }

    /// The table of places, if there is one.
    #[must_use]
    pub fn places(&self) -> Option<&Places> {
        self.places.as_ref()
    }

    /// The schema of a kind of subject.
    #[must_use]
    pub fn schema(&self, subject: &str) -> Option<&Schema> {
        self.schemas.get(subject).map(|(schema, _)| schema)
    }

    /// Decodes a facts document.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn read_facts(&self, json: &str) -> Result<Facts, Problems> {
        Facts::decode(json, &self.schemas)
    }

    /// Decodes a facts document by the decoder that explains, without trying the fast one.
    /// The answer is that of [`read_facts`](Self::read_facts), only later: fuzzing holds the
    /// fast decoder to this one.
    ///
    /// ```
    /// # use longma_core::{Catalogue, Contents, Problems, Schema};
    /// # let schema = r#"{"type": "object", "additionalProperties": false,
    /// #     "required": ["subject"], "properties": {"subject": {"type": "string", "enum": ["a"]}}}"#;
    /// # let catalogue = Catalogue::new(Contents {
    /// #     schemas: [("a".to_owned(), Schema::read(schema, "a.schema.json")?)].into(),
    /// #     ..Contents::default()
    /// # });
    /// let text = r#"{"subject": "a"}"#;
    /// assert_eq!(catalogue.read_facts(text), catalogue.read_facts_explained(text));
    /// # Ok::<(), Problems>(())
    /// ```
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn read_facts_explained(&self, json: &str) -> Result<Facts, Problems> {
        Facts::decode_explained(json, &self.schemas)
    }

    /// Decodes a facts document as far as it can be trusted. A section with a problem is
    /// left out, so decisions that read it are unknown, and the problems are reported in
    /// the outcome. `doubted` are problems that the caller found, each with its place in
    /// the document.
    ///
    /// # Errors
    /// Every problem, if the document cannot be read at all, does not say whom it is
    /// about, or has a manual cause that cannot be read.
    pub fn read_facts_partly(&self, json: &str, doubted: &[Problem]) -> Result<Facts, Problems> {
        Facts::decode_partly(json, &self.schemas, doubted)
    }

    /// Takes the facts that a source of rows has at its row `of`, as far as they can be
    /// trusted, like [`read_facts_partly`](Self::read_facts_partly). Only `sections` of the
    /// document are read ([`Shape::sections`]); the others are not known, and nobody misses
    /// what the schema requires of them. `written` gives a section as JSON, for whoever
    /// explains what is wrong with it.
    ///
    /// # Errors
    /// Every problem of a document that is refused whole.
    #[cfg(not(target_family = "wasm"))]
    pub fn take_facts(
        &self,
        subject: &str,
        sections: u64,
        source: (&impl crate::columns::Source, usize),
        written: impl Fn(&str) -> Option<crate::json::Json>,
    ) -> Result<Facts, Problems> {
        let Some((subject, (_, shape))) = self.schemas.get_key_value(subject) else {
            let known: Vec<&str> = self.schemas.keys().map(|it| &**it).collect();
            let problem = Problem::new(Code::FactsSubject, Place::facts("/subject"));
            let problem = problem.with("known", known.join(", "));
            return Err(problem.finding(crate::json::quote(subject)).into());
        };
        Facts::of_rows((subject, shape), sections, source, written)
    }

    /// The shape of the facts of a kind of subject.
    #[cfg(not(target_family = "wasm"))]
    #[must_use]
    pub fn shape(&self, subject: &str) -> Option<&Arc<Shape>> {
        self.schemas.get(subject).map(|(_, shape)| shape)
    }

    /// Tables that another catalogue has read; `None` if they are this one's.
    pub(crate) fn read_again(&self, tables: &References) -> Option<References> {
        let names: Vec<&str> = self.tables.keys().map(String::as_str).collect();
        tables.again(&names, (&self.texts, self.places.as_ref()))
    }

    /// Facts that another catalogue has read; `None` if they are this one's.
    pub(crate) fn facts_again(&self, facts: &Facts) -> Result<Option<Facts>, Problems> {
        let shape = facts.columns().shape();
        let own = self.schemas.get(facts.subject());
        if own.is_some_and(|(_, own)| Arc::ptr_eq(own, shape) || own == shape) {
            return Ok(None);
        }
        facts.again(&self.schemas).map(Some)
    }

    /// The packs.
    pub(crate) fn contents(&self) -> &[Pack] {
        &self.packs
    }

    /// The schemas of facts, by kind of subject.
    pub(crate) fn schemas_named(&self) -> impl Iterator<Item = (&str, &Schema)> {
        self.schemas
            .iter()
            .map(|(name, (schema, _))| (&**name, schema))
    }

    /// The schemas of reference tables, by table.
    pub(crate) fn tables_named(&self) -> impl Iterator<Item = (&str, &Schema)> {
        self.tables
            .iter()
            .map(|(name, schema)| (name.as_str(), schema))
    }

    fn pack(&self, id: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.id.as_str() == id)
    }
}

/// The history of each series in `region`, for all time.
#[inline(never)]
fn histories(packs: &[Pack], region: &str) -> BTreeMap<String, Stretches> {
    let ruling = packs.iter().filter(|pack| covers(pack.id.region(), region));
    let series = sorted(ruling.map(|pack| pack.id.series()));
    let said = |series: &str| (series.to_owned(), stretches(packs, region, series));
    series.into_iter().map(said).into_map()
}

/// The history of one series in `region`: at each instant, the line of descent of the
/// pack in force for the narrowest region.
#[inline(never)]
fn stretches(packs: &[Pack], region: &str, series: &str) -> Stretches {
    let mut order: Vec<&Pack> = packs
        .iter()
        .filter(|pack| pack.id.series() == series && covers(pack.id.region(), region))
        .collect();
    sort_by(&mut order, |a, b| {
        breadth(b.id.region()).cmp(&breadth(a.id.region()))
    });
    let mut free = When::always();
    let mut history = Vec::new();
    for pack in order {
        for line in &pack.descents {
            for span in free.within(line.span).spans() {
                history.push((*span, line.own.clone()));
            }
        }
        free = free.difference(&When::of([pack.effective]));
    }
    sort_by(&mut history, |(a, _), (b, _)| a.order(*b));
    history
}
