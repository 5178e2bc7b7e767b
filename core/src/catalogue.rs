//! The packs that are loaded: checked, compiled, linked by inheritance, and
//! chosen by region and date.
//!
//! A region's history is a list of [`Policy`] spans that cover all time. Packs
//! come in series: the plan itself, and beside it others that change on days of
//! their own (`62/gold-2021-05-01`). In each series the pack of the narrowest
//! region in force rules; where it inherits "what is in force" of a wider region,
//! its span is cut at every change of that. What a pack redefines or drops of
//! what it inherits must be listed in its manifest.

use crate::check::{Pack, compile, file_of};
use crate::facts::Facts;
use crate::limits;
use crate::link::{Linker, Stock};
use crate::pack::{Bundle, Corrections, NATIONAL, PackSource};
use crate::plan::{Decision, Level, Plan, Read, Rule};
use crate::problem::{Code, Place, Problem, Problems};
use crate::reference::Table;
use crate::schema::Schema;
use crate::script::{Host, Script};
use crate::text::Localized;
use crate::time::Offset;
use crate::when::{Span, When};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

/// Everything decisions are made from, except facts and reference data.
#[derive(Debug)]
pub struct Catalogue {
    schemas: BTreeMap<String, Schema>,
    tables: BTreeMap<String, Schema>,
    packs: Vec<Pack>,
    /// What rules in each region that has packs of its own, for all time.
    regions: BTreeMap<String, Vec<Policy>>,
    /// What each series says in each region, for all time.
    series: BTreeMap<String, BTreeMap<String, Stretches>>,
    /// What each pack says while it is in force, by its id.
    own: BTreeMap<String, Vec<Descent>>,
    levels: BTreeSet<Arc<str>>,
}

/// A pack as a reader lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackInfo {
    /// `<region>/<date>` or `<region>/<series>-<date>`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: Localized,
    /// First instant at which it is in force, in RFC 3339; `None` when open.
    pub from: Option<String>,
    /// First instant at which it no longer is; `None` when open.
    pub until: Option<String>,
}

/// What rules over a span.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) span: Span,
    /// The packs of all parts, one after another.
    pub(crate) packs: Arc<[String]>,
    /// One for each series that has a pack in force.
    pub(crate) parts: Vec<Part>,
    /// Positions of parts and of decisions in them, each after those that it reads.
    order: Vec<(usize, usize)>,
}

/// What one series says over the span of a policy.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// Own pack first, then what it inherits.
    pub(crate) packs: Arc<[String]>,
    pub(crate) plan: Arc<Plan>,
}

/// Makes what rules can call: a constructor of causes for each level, days at the offset.
type MakeHost = fn(&BTreeSet<Arc<str>>, Offset) -> Host;
/// The lines of descent of each pack, by position.
type Lines = BTreeMap<usize, Vec<(Span, Vec<usize>)>>;
/// The plan of each line of descent; none where it could not be linked.
type Plans = BTreeMap<Vec<usize>, Option<Arc<Plan>>>;
/// What a series says over spans that do not overlap, in order.
type Stretches = Vec<(Span, Part)>;

/// One line of descent of a pack, over a span in which the pack is in force.
#[derive(Debug)]
struct Descent {
    span: Span,
    own: Part,
    /// The same without the pack itself: what it inherits.
    above: Option<Part>,
}

impl Policy {
    /// Its span.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Its rules, as `pack/decision/function`, by decision.
    #[must_use]
    pub fn rules(&self) -> Vec<&str> {
        let decisions = self.parts.iter().flat_map(|part| &part.plan.decisions);
        decisions
            .flat_map(|decision| &decision.rules)
            .map(|rule| rule.citation.rule.as_str())
            .collect()
    }

    /// Those of its rules that are about a kind of subject.
    #[must_use]
    pub fn rules_about(&self, subject: &str) -> Vec<&str> {
        let decisions = self
            .decisions(subject)
            .flat_map(|(_, decision)| &decision.rules);
        decisions.map(|rule| rule.citation.rule.as_str()).collect()
    }

    /// Its decisions, each with the decisions that its rules read.
    #[must_use]
    pub fn reads(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let decisions = self.parts.iter().flat_map(|part| &part.plan.decisions);
        decisions
            .map(|decision| {
                let reads = decision.rules.iter().flat_map(|rule| &rule.reads);
                let earlier = reads.filter_map(|read| match read {
                    Read::Earlier(name) => Some(name.as_str()),
                    Read::Params | Read::Section(_) | Read::Table(_) => None,
                });
                (&*decision.name, earlier.collect())
            })
            .collect()
    }

    /// Ids of the packs in force, of each series the own first, then what it
    /// inherits; empty where none is.
    #[must_use]
    pub fn packs(&self) -> &[String] {
        &self.packs
    }

    /// Its parts, one for each series that has a pack in force: ids of packs, the
    /// own first, then what it inherits.
    pub fn parts(&self) -> impl Iterator<Item = &[String]> {
        self.parts.iter().map(|part| &*part.packs)
    }

    /// Whether anything is decided about a kind of subject.
    #[must_use]
    pub fn decides(&self, subject: &str) -> bool {
        self.decisions(subject).next().is_some()
    }

    /// What is decided about a kind of subject, each decision after those that it reads.
    pub(crate) fn decisions(&self, subject: &str) -> impl Iterator<Item = (&Part, &Decision)> {
        self.order.iter().filter_map(move |(part, decision)| {
            let part = self.parts.get(*part)?;
            let decision = part.plan.decisions.get(*decision)?;
            (part.plan.subject == subject).then_some((part, decision))
        })
    }
}

impl Catalogue {
    /// Checks, compiles and links every pack of a bundle.
    ///
    /// # Errors
    /// All problems of all packs.
    pub fn load(bundle: Bundle) -> Result<Self, Problems> {
        Self::load_on(bundle, Host::new)
    }

    /// As [`load`](Self::load), with what rules can call made by `host`.
    pub(crate) fn load_on(bundle: Bundle, host: MakeHost) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        if bundle.packs.len() > limits::PACKS {
            let args: [(&str, &dyn Display); 1] = [("limit", &limits::PACKS)];
            return Err(Problem::new(Code::BundleSize, Place::None, &args).into());
        }
        let schemas = read_schemas(&bundle.schemas, "schema", &mut problems);
        let tables = read_schemas(&bundle.references, "reference", &mut problems);
        let levels: BTreeSet<Arc<str>> = bundle
            .packs
            .iter()
            .flat_map(|pack| pack.manifest.decisions.values())
            .flat_map(|scale| scale.scale.iter().map(|level| level.as_str().into()))
            .collect();
        let mut catalogue = Self {
            schemas,
            tables,
            packs: Vec::new(),
            regions: BTreeMap::new(),
            series: BTreeMap::new(),
            own: BTreeMap::new(),
            levels,
        };
        catalogue.compile(bundle.packs, host, &mut problems);
        catalogue.link(host, &mut problems);
        problems.or(catalogue)
    }

    /// The packs, by region and date.
    #[must_use]
    pub fn packs(&self) -> Vec<PackInfo> {
        let info = |pack: &Pack| PackInfo {
            id: pack.id.clone(),
            version: pack.manifest.version.clone(),
            title: pack.manifest.title.clone(),
            from: pack.effective.from().map(|t| t.to_rfc3339(pack.offset)),
            until: pack.effective.until().map(|t| t.to_rfc3339(pack.offset)),
        };
        self.packs.iter().map(info).collect()
    }

    /// From when a corrected record counts, by the pack `id`: as the pack says,
    /// else as the nearest that it inherits says. `None` when there is no such pack.
    #[must_use]
    pub fn corrections_of(&self, id: &str) -> Option<Corrections> {
        let says = |id: &str| {
            let pack = self.packs.iter().find(|pack| pack.id == id)?;
            Some(pack.manifest.corrections)
        };
        let own = says(id)?;
        let lines = self.own.get(id).into_iter().flatten();
        let mut inherited = lines.flat_map(|line| line.own.packs.iter().skip(1));
        Some(
            own.or_else(|| inherited.find_map(|id| says(id).flatten()))
                .unwrap_or_default(),
        )
    }

    /// What rules in `region` (GB/T 2260), for all time; empty when no pack
    /// covers the region.
    #[must_use]
    pub fn policies(&self, region: &str) -> &[Policy] {
        self.regions
            .iter()
            .filter(|(known, _)| covers(known, region))
            .max_by_key(|(known, _)| breadth(known))
            .map_or(&[], |(_, policies)| policies)
    }

    /// What rules in the region of the pack `id`, as if that pack had always been
    /// in force and always would be: where it inherits the plan of a region, the
    /// first plan that it met reaches into the past and the last into the future.
    /// Packs of other series hold in their own time. `None` when there is no such pack.
    #[must_use]
    pub fn policies_of(&self, id: &str) -> Option<Vec<Policy>> {
        let lines = self.own.get(id)?;
        let own = lines.iter().map(|line| (line.span, line.own.clone()));
        self.in_place_of(id, own.collect())
    }

    /// As [`policies_of`](Self::policies_of), for what the pack inherits, without
    /// the pack itself. `None` when it inherits nothing.
    #[must_use]
    pub fn policies_above(&self, id: &str) -> Option<Vec<Policy>> {
        let lines = self.own.get(id)?;
        let above = lines
            .iter()
            .filter_map(|line| Some((line.span, line.above.clone()?)));
        let above: Stretches = above.collect();
        if above.is_empty() {
            return None;
        }
        self.in_place_of(id, above)
    }

    /// The policies of a pack's region with `stretches` in place of its series.
    fn in_place_of(&self, id: &str, stretches: Stretches) -> Option<Vec<Policy>> {
        let pack = self.packs.iter().find(|pack| pack.id == id)?;
        let mut histories = self.series.get(&pack.region)?.clone();
        histories.insert(pack.series.clone(), opened(stretches));
        // What is wrong between series was told when they were loaded.
        Some(combined(&histories, &mut Vec::new()))
    }

    /// The columns of each table that a schema describes.
    #[must_use]
    pub fn columns(&self) -> BTreeMap<String, BTreeSet<String>> {
        let tables = self.tables.iter();
        tables
            .map(|(name, schema)| {
                (
                    name.clone(),
                    schema.root().names().map(str::to_owned).collect(),
                )
            })
            .collect()
    }

    /// Reads reference data for the table `name`.
    ///
    /// # Errors
    /// A table that no schema describes, or every row that does not fit.
    pub fn read_reference(&self, name: &str, csv: &str) -> Result<Table, Problems> {
        let Some(schema) = self.tables.get(name) else {
            let known: Vec<&str> = self.tables.keys().map(String::as_str).collect();
            let args: [(&str, &dyn Display); 2] = [("name", &name), ("known", &known.join(", "))];
            return Err(Problem::new(Code::ReferenceUnknown, Place::None, &args).into());
        };
        Table::read(name, schema, csv)
    }

    /// The schema of a kind of subject.
    #[must_use]
    pub fn schema(&self, subject: &str) -> Option<&Schema> {
        self.schemas.get(subject)
    }

    /// Decodes a facts document.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn read_facts(&self, json: &str) -> Result<Facts, Problems> {
        Facts::decode(json, &self.schemas)
    }

    /// Decodes a facts document as far as it can be trusted: a section in which
    /// something is wrong is left out, so that what reads it is unknown, and the
    /// problems travel in the outcome. `doubted` are problems that the caller
    /// found, each with its place in the document.
    ///
    /// # Errors
    /// Every problem, where the document cannot be read at all, does not say whom
    /// it is about, or holds a manual cause that cannot be read.
    pub fn read_facts_partly(&self, json: &str, doubted: &[Problem]) -> Result<Facts, Problems> {
        Facts::decode_partly(json, &self.schemas, doubted)
    }

    pub(crate) fn script(&self, rule: &Rule, decision: &str) -> Option<&Script> {
        self.packs.get(rule.pack)?.scripts.get(decision)
    }

    fn compile(&mut self, sources: Vec<PackSource>, host: MakeHost, problems: &mut Problems) {
        let host = host(&self.levels, Offset::CHINA);
        for source in sources {
            if self.packs.iter().any(|pack| pack.id == source.id) {
                let place = Place::file(&file_of(&source.id, "pack.toml"), 0, 0);
                problems.push(Problem::new(
                    Code::PackDuplicate,
                    place,
                    &[("id", &source.id)],
                ));
                continue;
            }
            let pack = compile(source, &host, &self.schemas, problems);
            self.packs.push(pack);
        }
        self.packs.sort_by(|a, b| {
            let key = |pack: &Pack| (pack.region.clone(), pack.series.clone());
            (key(a), a.effective.bounds(), &a.id).cmp(&(key(b), b.effective.bounds(), &b.id))
        });
        for pair in self.packs.windows(2) {
            if let [first, second] = pair
                && (&first.region, &first.series) == (&second.region, &second.series)
                && !first.adrift
                && !second.adrift
                && first.effective.bounds().1 > second.effective.bounds().0
            {
                let args: [(&str, &dyn Display); 2] =
                    [("first", &first.id), ("second", &second.id)];
                let place = second.key(["effective"]);
                problems.push(Problem::new(Code::PackOverlap, place, &args));
            }
        }
    }

    fn link(&mut self, host: MakeHost, problems: &mut Problems) {
        let mut found: Vec<Problem> = Vec::new();
        let mut lines: BTreeMap<usize, Vec<(Span, Vec<usize>)>> = BTreeMap::new();
        for index in 0..self.packs.len() {
            // What is told of a pack whose place is not known would only be a consequence.
            if self.drifts(index, &mut BTreeSet::new()) {
                continue;
            }
            let effective = self.packs.get(index).map(|pack| pack.effective);
            let Some(effective) = effective else { continue };
            match self.lines(index, effective, &mut Vec::new()) {
                Ok(variants) => drop(lines.insert(index, variants)),
                Err(problem) => found.push(*problem),
            }
        }
        let hosts = self.hosts(host);
        let stock = Stock {
            packs: &self.packs,
            schemas: &self.schemas,
            tables: &self.tables,
            hosts: &hosts,
        };
        let mut plans: BTreeMap<Vec<usize>, Option<Arc<Plan>>> = BTreeMap::new();
        for (index, variants) in &lines {
            let mut used = BTreeSet::new();
            for (_, line) in variants {
                if !plans.contains_key(line) {
                    let linked = Linker::new(stock, line).link(&mut used);
                    let plan = match linked {
                        Ok(plan) => Some(Arc::new(plan)),
                        Err(problems) => {
                            found.extend(problems);
                            None
                        }
                    };
                    plans.insert(line.clone(), plan);
                }
            }
            found.extend(self.void_entries(*index, variants, &used));
        }
        // One mistake shows in every line of descent; it is told once.
        for problem in found {
            if !problems.as_slice().contains(&problem) {
                problems.push(problem);
            }
        }
        if !problems.is_empty() {
            return;
        }
        let regions: BTreeSet<String> = self.packs.iter().map(|p| p.region.clone()).collect();
        let mut linked = BTreeMap::new();
        for region in regions {
            let histories = self.histories(&region, &lines, &plans);
            let mut found = Vec::new();
            let policies = combined(&histories, &mut found);
            found.extend(scales_agree(&policies));
            // A circle shows in every policy that has it; it is told once.
            for problem in found {
                if !problems.as_slice().contains(&problem) {
                    problems.push(problem);
                }
            }
            linked.insert(region.clone(), policies);
            self.series.insert(region, histories);
        }
        self.own = self.descents(&lines, &plans);
        self.regions = linked;
    }

    fn descents(&self, lines: &Lines, plans: &Plans) -> BTreeMap<String, Vec<Descent>> {
        let mut own = BTreeMap::new();
        for (index, variants) in lines {
            let Some(pack) = self.packs.get(*index) else {
                continue;
            };
            let descents = variants.iter().filter_map(|(span, line)| {
                let above = line.get(1..).filter(|above| !above.is_empty());
                Some(Descent {
                    span: *span,
                    own: self.part(line, plans)?,
                    above: above.and_then(|above| self.part(above, plans)),
                })
            });
            own.insert(pack.id.clone(), descents.collect());
        }
        own
    }

    fn part(&self, line: &[usize], plans: &Plans) -> Option<Part> {
        let packs = line.iter().filter_map(|index| self.packs.get(*index));
        Some(Part {
            packs: packs.map(|pack| pack.id.clone()).collect(),
            plan: plans.get(line).cloned().flatten()?,
        })
    }

    /// What rules can call, for each offset that a pack has: registering it
    /// takes longer than linking does.
    fn hosts(&self, host: MakeHost) -> Vec<(Offset, Host)> {
        let mut hosts: Vec<(Offset, Host)> = Vec::new();
        for pack in &self.packs {
            if hosts.iter().all(|(offset, _)| *offset != pack.offset) {
                hosts.push((pack.offset, host(&self.levels, pack.offset)));
            }
        }
        hosts
    }

    /// Whether the place of the pack, or of one that it may inherit, is not known.
    fn drifts(&self, index: usize, seen: &mut BTreeSet<usize>) -> bool {
        let Some(pack) = self.packs.get(index) else {
            return false;
        };
        if pack.adrift || !seen.insert(index) {
            return pack.adrift;
        }
        let Some(parent) = &pack.manifest.inherits else {
            return false;
        };
        let parents = self.packs.iter().enumerate();
        parents
            .filter(|(_, other)| other.id == *parent || other.region == *parent)
            .any(|(position, _)| self.drifts(position, seen))
    }

    /// The lines of descent of a pack: own position first, then what it inherits,
    /// over the spans within `effective`.
    fn lines(
        &self,
        index: usize,
        effective: Span,
        above: &mut Vec<usize>,
    ) -> Result<Vec<(Span, Vec<usize>)>, Box<Problem>> {
        let Some(pack) = self.packs.get(index) else {
            return Ok(Vec::new());
        };
        let refuse = |code, args: &[(&str, &dyn Display)]| {
            Box::new(Problem::new(code, pack.key(["inherits"]), args))
        };
        if above.contains(&index) || above.len() >= limits::INHERITANCE_DEPTH {
            let ids: Vec<&str> = above
                .iter()
                .filter_map(|i| self.packs.get(*i))
                .map(|p| p.id.as_str())
                .collect();
            return Err(refuse(Code::PackCycle, &[("path", &ids.join(" → "))]));
        }
        let Some(parent) = &pack.manifest.inherits else {
            return Ok(vec![(effective, vec![index])]);
        };
        above.push(index);
        let mut lines = Vec::new();
        for (position, candidate) in self.packs.iter().enumerate() {
            let by_id = candidate.id == *parent;
            let by_region = candidate.region == *parent && candidate.series == pack.series;
            if !by_id && !by_region {
                continue;
            }
            // By id the parent's rules hold whenever the child does; by region
            // only while the parent is itself in force.
            let reach = if by_id {
                When::of([effective])
            } else {
                When::of([candidate.effective]).within(effective)
            };
            for reach in reach.spans() {
                for (span, line) in self.lines(position, *reach, above)? {
                    let mut own = vec![index];
                    own.extend(&line);
                    lines.push((span, own));
                }
            }
        }
        above.pop();
        let covered = When::of(lines.iter().map(|(span, _)| *span));
        let gap = When::of([effective]).difference(&covered);
        if let Some(span) = gap.spans().first() {
            let open = || "…".to_owned();
            let from = span.from().map_or_else(open, |t| t.to_rfc3339(pack.offset));
            let until = span
                .until()
                .map_or_else(open, |t| t.to_rfc3339(pack.offset));
            return Err(refuse(
                Code::PackInherits,
                &[("parent", parent), ("from", &from), ("until", &until)],
            ));
        }
        lines.sort_by_key(|(span, _)| span.bounds());
        Ok(lines)
    }

    /// Entries of `[overrides]` and `[drops]` that no line of descent needed.
    fn void_entries(
        &self,
        index: usize,
        lines: &[(Span, Vec<usize>)],
        used: &BTreeSet<String>,
    ) -> Vec<Problem> {
        let Some(pack) = self.packs.get(index) else {
            return Vec::new();
        };
        let ancestors = lines.iter().flat_map(|(_, line)| line);
        let unread: BTreeSet<&str> = ancestors
            .filter_map(|index| self.packs.get(*index))
            .flat_map(|pack| pack.unread.iter().map(String::as_str))
            .collect();
        let judged = |name: &str| {
            let decision = name.split('.').next().unwrap_or(name);
            !unread.contains(decision)
        };
        let tables = [
            ("overrides", &pack.manifest.overrides),
            ("drops", &pack.manifest.drops),
        ];
        let mut problems = Vec::new();
        for (table, entries) in tables {
            let void = entries.keys().filter(|name| !used.contains(*name));
            for name in void.filter(|name| judged(name)) {
                let place = pack.key([table, name.as_str()]);
                problems.push(Problem::new(Code::OverrideVoid, place, &[("name", name)]));
            }
        }
        problems
    }

    /// What each series says in `region`, for all time.
    fn histories(&self, region: &str, lines: &Lines, plans: &Plans) -> BTreeMap<String, Stretches> {
        let ruling = self
            .packs
            .iter()
            .filter(|pack| covers(&pack.region, region));
        let series: BTreeSet<&str> = ruling.map(|pack| pack.series.as_str()).collect();
        series
            .into_iter()
            .map(|series| (series.to_owned(), self.series(region, series, lines, plans)))
            .collect()
    }

    /// What one series says in `region`: at each instant the line of descent of
    /// the narrowest region's pack in force.
    fn series(&self, region: &str, series: &str, lines: &Lines, plans: &Plans) -> Stretches {
        let mut order: Vec<(usize, &Pack)> = self
            .packs
            .iter()
            .enumerate()
            .filter(|(_, pack)| pack.series == series && covers(&pack.region, region))
            .collect();
        order.sort_by_key(|(_, pack)| std::cmp::Reverse(breadth(&pack.region)));
        let mut free = When::always();
        let mut history = Vec::new();
        for (index, pack) in order {
            for (span, line) in lines.get(&index).into_iter().flatten() {
                let Some(part) = self.part(line, plans) else {
                    continue;
                };
                for span in free.within(*span).spans() {
                    history.push((*span, part.clone()));
                }
            }
            free = free.difference(&When::of([pack.effective]));
        }
        history.sort_by_key(|(span, _)| span.bounds());
        history
    }
}

/// All series of a region together: a policy for each stretch in which none changes.
fn combined(histories: &BTreeMap<String, Stretches>, problems: &mut Vec<Problem>) -> Vec<Policy> {
    let bounds = histories.values().flatten().map(|(span, _)| span.bounds());
    let mut starts: Vec<i64> = bounds
        .flat_map(|(from, until)| [from, until])
        .chain([i64::MIN])
        .filter(|at| *at != i64::MAX)
        .collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([i64::MAX]);
    let spans = starts.iter().zip(ends);
    spans
        .filter_map(|(from, until)| Span::of_bounds(*from, until))
        .map(|span| {
            let parts = histories.values().filter_map(|history| {
                let mut stretches = history.iter();
                let holds = |(reach, _): &&(Span, Part)| reach.covers(span);
                stretches.find(holds).map(|(_, part)| part.clone())
            });
            policy(span, parts.collect(), problems)
        })
        .collect()
}

/// What a series says, the first reaching back and the last on without end.
fn opened(mut history: Stretches) -> Stretches {
    if let Some((span, _)) = history.first_mut() {
        *span = Span::new(None, span.until()).unwrap_or(*span);
    }
    if let Some((span, _)) = history.last_mut() {
        *span = Span::new(span.from(), None).unwrap_or(*span);
    }
    history
}

/// Joins the parts that are in force over a span.
fn policy(span: Span, parts: Vec<Part>, problems: &mut Vec<Problem>) -> Policy {
    let packs = parts.iter().flat_map(|part| part.packs.iter().cloned());
    let packs: Arc<[String]> = packs.collect();
    if let Some((first, rest)) = parts.split_first() {
        for other in rest.iter().filter(|it| it.plan.offset != first.plan.offset) {
            let place = Place::key(&manifest_of(other), ["offset"]);
            let args: [(&str, &dyn Display); 1] = [("parent", &own_pack(first))];
            problems.push(Problem::new(Code::PackSubject, place, &args));
        }
    }
    problems.extend(declared_twice(&parts));
    let order = ordered(&parts, problems);
    Policy {
        span,
        packs,
        parts,
        order,
    }
}

fn own_pack(part: &Part) -> &str {
    part.packs.first().map_or("", String::as_str)
}

fn manifest_of(part: &Part) -> String {
    file_of(own_pack(part), "pack.toml")
}

/// One decision about one kind of subject belongs to one series.
fn declared_twice(parts: &[Part]) -> Vec<Problem> {
    let mut known: BTreeMap<(&str, &str), &Part> = BTreeMap::new();
    let mut problems = Vec::new();
    for part in parts {
        for decision in &part.plan.decisions {
            let key = (part.plan.subject.as_str(), &*decision.name);
            match known.get(&key) {
                Some(other) => {
                    let place = Place::key(&manifest_of(part), ["decisions", &decision.name]);
                    let args: [(&str, &dyn Display); 2] =
                        [("decision", &decision.name), ("other", &own_pack(other))];
                    problems.push(Problem::new(Code::DecisionRedeclared, place, &args));
                }
                None => drop(known.insert(key, part)),
            }
        }
    }
    problems
}

/// All decisions of all parts, each after those that it reads.
fn ordered(parts: &[Part], problems: &mut Vec<Problem>) -> Vec<(usize, usize)> {
    let mut waiting: Vec<(usize, usize, &Decision)> = Vec::new();
    for (part_at, part) in parts.iter().enumerate() {
        let decisions = part.plan.decisions.iter().enumerate();
        waiting.extend(decisions.map(|(at, decision)| (part_at, at, decision)));
    }
    let subject = |part: usize| parts.get(part).map(|part| part.plan.subject.as_str());
    let mut order = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let waits = |(part, _, decision): &(usize, usize, &Decision)| {
            let reads = decision.rules.iter().flat_map(|rule| &rule.reads);
            reads.into_iter().any(|read| match read {
                Read::Earlier(name) => waiting.iter().any(|(other, _, earlier)| {
                    subject(*other) == subject(*part) && *earlier.name == **name
                }),
                _ => false,
            })
        };
        let (later, now): (Vec<_>, Vec<_>) = waiting.iter().copied().partition(waits);
        if now.is_empty() {
            let names: Vec<&str> = later.iter().map(|(.., decision)| &*decision.name).collect();
            if let Some((part, _, decision)) = later.first()
                && let Some(part) = parts.get(*part)
            {
                // The same circle is told at the same place, whoever inherits it.
                let closes =
                    |rule: &&Rule| rule.reads.iter().any(|it| matches!(it, Read::Earlier(_)));
                let rule = decision.rules.iter().find(closes);
                let suffix = |rule: &Rule| format!("/{}/{}", decision.name, rule.function);
                let id = rule.and_then(|rule| rule.citation.rule.strip_suffix(&suffix(rule)));
                let file = id.map_or_else(|| manifest_of(part), |id| file_of(id, "pack.toml"));
                let place = Place::key(&file, ["decisions", &decision.name]);
                let args: [(&str, &dyn Display); 1] = [("names", &names.join(" ⇄ "))];
                problems.push(Problem::new(Code::DecisionCycle, place, &args));
            }
            return order;
        }
        order.extend(now.iter().map(|(part, at, _)| (*part, *at)));
        waiting = later;
    }
    order
}

/// How narrow a region is: the longer its code, the narrower; the country is widest.
fn breadth(region: &str) -> usize {
    if region == NATIONAL { 0 } else { region.len() }
}

/// Whether packs of `known` rule in `region`.
pub(crate) fn covers(known: &str, region: &str) -> bool {
    known == NATIONAL || region.starts_with(known)
}

fn read_schemas(
    texts: &BTreeMap<String, String>,
    folder: &str,
    problems: &mut Problems,
) -> BTreeMap<String, Schema> {
    let mut schemas = BTreeMap::new();
    for (name, text) in texts {
        match Schema::read(text, &format!("{folder}/{name}.schema.json")) {
            Ok(schema) => drop(schemas.insert(name.clone(), schema)),
            Err(found) => problems.extend(found),
        }
    }
    schemas
}

/// A decision keeps one scale through a region's history: a timeline has one set of levels.
fn scales_agree(policies: &[Policy]) -> Vec<Problem> {
    let mut known: BTreeMap<(&str, &str), (&[Level], &Part)> = BTreeMap::new();
    let mut problems = Vec::new();
    let names = |levels: &[Level]| -> Vec<Arc<str>> {
        levels.iter().map(|level| Arc::clone(&level.name)).collect()
    };
    for part in policies.iter().flat_map(|policy| &policy.parts) {
        for decision in &part.plan.decisions {
            let key = (part.plan.subject.as_str(), &*decision.name);
            match known.get(&key) {
                Some((levels, other)) if names(levels) != names(&decision.levels) => {
                    let path = ["decisions", &decision.name, "scale"];
                    let place = Place::key(&manifest_of(part), path);
                    let args: [(&str, &dyn Display); 2] =
                        [("decision", &decision.name), ("other", &own_pack(other))];
                    problems.push(Problem::new(Code::DecisionRedeclared, place, &args));
                }
                Some(_) => {}
                None => drop(known.insert(key, (&decision.levels, part))),
            }
        }
    }
    problems
}

/// Checks that a text is a region's six-digit code.
pub(crate) fn is_region(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}
