//! The packs that are loaded: checked, compiled, linked by inheritance, and
//! chosen by region and date.
//!
//! A region's history is a list of [`Policy`] spans that cover all time. The
//! pack of the narrowest region in force rules; where it inherits "the plan in
//! force" of a wider region, its span is cut at every change of that plan. What
//! a pack redefines or drops of what it inherits must be listed in its manifest.

use crate::check::{Pack, compile, file_of};
use crate::facts::Facts;
use crate::limits;
use crate::link::{Linker, Stock};
use crate::pack::{Bundle, NATIONAL, PackSource};
use crate::plan::{Level, Plan, Read, Rule};
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
    /// What each pack says while it is in force, by its id.
    own: BTreeMap<String, Vec<Descent>>,
    levels: BTreeSet<Arc<str>>,
}

/// A pack as a reader lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackInfo {
    /// `<region>/<date>`.
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
    pub(crate) packs: Arc<[String]>,
    /// None where no pack is in force.
    pub(crate) plan: Option<Arc<Plan>>,
}

/// One line of descent of a pack, over a span in which the pack is in force.
#[derive(Debug)]
struct Descent {
    own: Policy,
    /// The same without the pack itself: what it inherits.
    above: Option<Policy>,
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
        let decisions = self.plan.iter().flat_map(|plan| &plan.decisions);
        decisions
            .flat_map(|decision| &decision.rules)
            .map(|rule| rule.citation.rule.as_str())
            .collect()
    }

    /// Its decisions, each with the decisions that its rules read.
    #[must_use]
    pub fn reads(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let decisions = self.plan.iter().flat_map(|plan| &plan.decisions);
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

    /// Ids of the packs in force, own first, then what it inherits; empty where none is.
    #[must_use]
    pub fn packs(&self) -> &[String] {
        &self.packs
    }
}

impl Catalogue {
    /// Checks, compiles and links every pack of a bundle.
    ///
    /// # Errors
    /// All problems of all packs.
    pub fn load(bundle: Bundle) -> Result<Self, Problems> {
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
            own: BTreeMap::new(),
            levels,
        };
        catalogue.compile(bundle.packs, &mut problems);
        catalogue.link(&mut problems);
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

    /// What the pack `id` says, with what it inherits, as if it had always been
    /// in force and always would be: where it inherits the plan of a region, the
    /// first plan that it met reaches into the past and the last into the future.
    /// `None` when there is no such pack.
    #[must_use]
    pub fn policies_of(&self, id: &str) -> Option<Vec<Policy>> {
        let lines = self.own.get(id)?;
        Some(opened(lines.iter().map(|line| line.own.clone())))
    }

    /// As [`policies_of`](Self::policies_of), for what the pack inherits, without
    /// the pack itself. `None` when it inherits nothing.
    #[must_use]
    pub fn policies_above(&self, id: &str) -> Option<Vec<Policy>> {
        let lines = self.own.get(id)?;
        let above = opened(lines.iter().filter_map(|line| line.above.clone()));
        (!above.is_empty()).then_some(above)
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

    /// Decodes a facts document.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn read_facts(&self, json: &str) -> Result<Facts, Problems> {
        Facts::decode(json, &self.schemas)
    }

    pub(crate) fn script(&self, rule: &Rule, decision: &str) -> Option<&Script> {
        self.packs.get(rule.pack)?.scripts.get(decision)
    }

    fn compile(&mut self, sources: Vec<PackSource>, problems: &mut Problems) {
        let host = Host::new(&self.levels, Offset::CHINA);
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
            (&a.region, a.effective.bounds(), &a.id).cmp(&(&b.region, b.effective.bounds(), &b.id))
        });
        for pair in self.packs.windows(2) {
            if let [first, second] = pair
                && first.region == second.region
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

    fn link(&mut self, problems: &mut Problems) {
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
        let hosts = self.hosts();
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
        let regions: BTreeSet<&str> = self.packs.iter().map(|p| p.region.as_str()).collect();
        let mut linked = BTreeMap::new();
        for region in regions {
            let policies = self.history(region, &lines, &plans);
            problems.extend(scales_agree(&policies));
            linked.insert(region.to_owned(), policies);
        }
        self.own = self.descents(&lines, &plans);
        self.regions = linked;
    }

    fn descents(
        &self,
        lines: &BTreeMap<usize, Vec<(Span, Vec<usize>)>>,
        plans: &BTreeMap<Vec<usize>, Option<Arc<Plan>>>,
    ) -> BTreeMap<String, Vec<Descent>> {
        let mut own = BTreeMap::new();
        for (index, variants) in lines {
            let Some(pack) = self.packs.get(*index) else {
                continue;
            };
            let descents = variants.iter().map(|(span, line)| Descent {
                own: self.policy(*span, line, plans),
                above: line
                    .get(1..)
                    .filter(|above| !above.is_empty())
                    .map(|above| self.policy(*span, above, plans)),
            });
            own.insert(pack.id.clone(), descents.collect());
        }
        own
    }

    fn policy(
        &self,
        span: Span,
        line: &[usize],
        plans: &BTreeMap<Vec<usize>, Option<Arc<Plan>>>,
    ) -> Policy {
        let packs = line.iter().filter_map(|index| self.packs.get(*index));
        Policy {
            span,
            packs: packs.map(|pack| pack.id.clone()).collect(),
            plan: plans.get(line).cloned().flatten(),
        }
    }

    /// What rules can call, for each offset that a pack has: registering it
    /// takes longer than linking does.
    fn hosts(&self) -> Vec<(Offset, Host)> {
        let mut hosts: Vec<(Offset, Host)> = Vec::new();
        for pack in &self.packs {
            if hosts.iter().all(|(offset, _)| *offset != pack.offset) {
                hosts.push((pack.offset, Host::new(&self.levels, pack.offset)));
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
            if !by_id && candidate.region != *parent {
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

    /// What rules in `region` for all time: at each instant the line of descent
    /// of the narrowest region's pack in force.
    fn history(
        &self,
        region: &str,
        lines: &BTreeMap<usize, Vec<(Span, Vec<usize>)>>,
        plans: &BTreeMap<Vec<usize>, Option<Arc<Plan>>>,
    ) -> Vec<Policy> {
        let mut order: Vec<(usize, &Pack)> = self
            .packs
            .iter()
            .enumerate()
            .filter(|(_, pack)| covers(&pack.region, region))
            .collect();
        order.sort_by_key(|(_, pack)| std::cmp::Reverse(breadth(&pack.region)));
        let mut free = When::always();
        let mut policies = Vec::new();
        for (index, pack) in order {
            for (span, line) in lines.get(&index).into_iter().flatten() {
                for span in free.within(*span).spans() {
                    policies.push(self.policy(*span, line, plans));
                }
            }
            free = free.difference(&When::of([pack.effective]));
        }
        for span in free.spans() {
            policies.push(Policy {
                span: *span,
                packs: Vec::new().into(),
                plan: None,
            });
        }
        policies.sort_by_key(|policy| policy.span.bounds());
        policies
    }
}

/// Policies in order, the first reaching back and the last on without end.
fn opened(policies: impl Iterator<Item = Policy>) -> Vec<Policy> {
    let mut policies: Vec<Policy> = policies.collect();
    if let Some(first) = policies.first_mut() {
        first.span = Span::new(None, first.span.until()).unwrap_or(first.span);
    }
    if let Some(last) = policies.last_mut() {
        last.span = Span::new(last.span.from(), None).unwrap_or(last.span);
    }
    policies
}

/// How narrow a region is: the longer its code, the narrower; the country is widest.
fn breadth(region: &str) -> usize {
    if region == NATIONAL { 0 } else { region.len() }
}

/// Whether packs of `known` rule in `region`.
fn covers(known: &str, region: &str) -> bool {
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
    let mut known: BTreeMap<&str, (&[Level], &[String])> = BTreeMap::new();
    let mut problems = Vec::new();
    for policy in policies {
        for decision in policy.plan.iter().flat_map(|plan| &plan.decisions) {
            let names = |levels: &[Level]| -> Vec<Arc<str>> {
                levels.iter().map(|level| Arc::clone(&level.name)).collect()
            };
            match known.get(&*decision.name) {
                Some((levels, packs)) if names(levels) != names(&decision.levels) => {
                    let id = policy.packs.first().map_or("", String::as_str);
                    let other = packs.first().map_or("", String::as_str);
                    let place = Place::key(
                        &file_of(id, "pack.toml"),
                        ["decisions", &decision.name, "scale"],
                    );
                    let args: [(&str, &dyn Display); 2] =
                        [("decision", &decision.name), ("other", &other)];
                    problems.push(Problem::new(Code::DecisionRedeclared, place, &args));
                }
                Some(_) => {}
                None => {
                    known.insert(&decision.name, (&decision.levels, &policy.packs));
                }
            }
        }
    }
    problems
}

/// Checks that a text is a region's six-digit code.
pub(crate) fn is_region(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}
