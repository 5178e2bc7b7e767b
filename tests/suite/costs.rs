//! The bound of a rule is at least what the machine spends, for any document, and not
//! absurdly more.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![allow(
    clippy::print_stdout,
    reason = "`--nocapture` shows how near the bounds are"
)]

use longma_compile::compiled::Compiled;
use longma_compile::cost::{Bound, Caps, Factors, Size, Var, product};
use longma_core::body::Work;
use longma_core::observe::{Gave, Observer};
use longma_core::plan::{Decision, Rule};

use longma_core::{Facts, Policy, References, Request, limits};
use longma_desk::held::invented;
use longma_tests::loaded;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

pub(crate) type Tables = BTreeMap<String, String>;

/// Invented persons of each kind of subject.
const PERSONS: u64 = 300;
/// Persons whose records make one person with many.
const CROWD: usize = 30;

/// What each rule spent, and the spans that each decision had for later ones.
struct Meter {
    room: u64,
    /// What all rules spent.
    all: u64,
    decision: String,
    spans: BTreeMap<String, usize>,
    spent: Vec<Spent>,
}

struct Spent {
    entry: usize,
    rule: String,
    steps: u64,
    /// What it failed with, and whether it failed itself.
    failed: Vec<(&'static str, bool)>,
    /// The spans of earlier decisions when it ran.
    spans: BTreeMap<String, usize>,
}

impl Meter {
    fn new(room: u64) -> Self {
        Self {
            room,
            all: 0,
            decision: String::new(),
            spans: BTreeMap::new(),
            spent: Vec::new(),
        }
    }
}

impl Observer for Meter {
    fn room(&self) -> u64 {
        self.room
    }

    fn policy(&mut self, _: &Policy) {
        self.spans.clear();
    }

    fn decision(&mut self, _: &[String], decision: &Decision) {
        self.decision = decision.name.to_string();
    }

    fn rule(&mut self, rule: &Rule, _: &Facts, work: &mut Work, gave: Gave<'_>) {
        let left = work.with(|(): &mut (), meter| meter.left());
        let failed = match &gave {
            Ok(drafts) => {
                let spans = drafts.iter().map(|draft| draft.when.spans().len());
                *self.spans.entry(self.decision.clone()).or_default() += spans.sum::<usize>();
                Vec::new()
            }
            // A rule also fails with the problems of an earlier decision that it reads.
            Err(problems) => problems
                .iter()
                .map(|it| {
                    (
                        it.code.as_str(),
                        it.rule == Some(rule.citation.rule.clone()),
                    )
                })
                .collect(),
        };
        let steps = limits::RULE_OPERATIONS * self.room - left;
        self.all += steps;
        // Near the limit of the whole evaluation, what is left says nothing of the rule.
        if self.all + limits::RULE_OPERATIONS * self.room
            > limits::EVALUATION_OPERATIONS * self.room
        {
            return;
        }
        self.spent.push(Spent {
            entry: rule.body.key().unwrap(),
            rule: rule.citation.rule.clone(),
            steps,
            failed,
            spans: self.spans.clone(),
        });
    }
}

struct House {
    compiled: Compiled,
    /// By entry: the caps of its subject, and its bound.
    bounds: BTreeMap<usize, (Caps, Bound)>,
}

fn house() -> House {
    let compiled = Compiled::new(&loaded().bundle).unwrap();
    let mut bounds = BTreeMap::new();
    for plan in &compiled.plans {
        let caps = compiled.caps(&plan.subject).unwrap();
        for rule in &plan.rules {
            let bound = compiled.bound(plan, rule).unwrap();
            bounds.insert(rule.entry, (caps.clone(), bound));
        }
    }
    House { compiled, bounds }
}

impl House {
    /// What each rule spends on a document, if it can be decided about.
    fn spent(&self, facts: &str, tables: &Tables, room: u64) -> Vec<Spent> {
        self.metered(facts, tables, room).spent
    }

    fn metered(&self, facts: &str, tables: &Tables, room: u64) -> Meter {
        let catalogue = &self.compiled.catalogue;
        let mut references = References::none();
        for (name, csv) in tables {
            references.insert(catalogue.read_reference(name, csv).unwrap());
        }
        let request = Request {
            references: Some(&references),
            ..Request::default()
        };
        let mut meter = Meter::new(room);
        let facts = catalogue.read_facts(facts).unwrap();
        catalogue
            .decide_observed(&facts, request, &mut meter)
            .unwrap();
        meter
    }
}

/// What the dearest rule of all packs and all of them together spend on a document. A rule
/// counts once: only whoever is watched runs it again for each policy.
pub(crate) fn steps(facts: &str, tables: &Tables) -> (u64, u64) {
    let mut rules: BTreeMap<usize, u64> = BTreeMap::new();
    for spent in house().metered(facts, tables, 1).spent {
        let steps = rules.entry(spent.entry).or_default();
        *steps = spent.steps.max(*steps);
    }
    (
        rules.values().copied().max().unwrap_or(0),
        rules.values().sum(),
    )
}

/// The lengths of a document's lists, of tables and of earlier decisions.
fn length(facts: &Json, tables: &Tables, spans: &BTreeMap<String, usize>, var: &Var) -> u64 {
    fn at<'j>(value: &'j Json, path: &str, found: &mut Vec<&'j Json>) {
        match (value, path.split_once('.')) {
            (Json::Array(items), _) => items.iter().for_each(|item| at(item, path, found)),
            (_, None) => found.extend(value.get(path)),
            (_, Some((name, rest))) => {
                if let Some(inner) = value.get(name) {
                    at(inner, rest, found);
                }
            }
        }
    }
    let longest = |path: &str| {
        let mut found = Vec::new();
        at(facts, path, &mut found);
        let lengths = found.iter().filter_map(|it| it.as_array()).map(Vec::len);
        lengths.max().unwrap_or(0) as u64
    };
    match var {
        Var::Section(name) => longest(name),
        Var::Child(path, name) => longest(&format!("{path}.{name}")),
        Var::Rows(table) | Var::Around(table) => tables
            .get(&**table)
            .map_or(0, |csv| csv.lines().count() as u64),
        // A level has no more spans than causes begin and end, manual ones included.
        Var::Spans(decision) => {
            let spans = spans.get(&**decision).copied().unwrap_or(0);
            2 * (spans as u64 + longest("overrides")) + 1
        }
    }
}

/// Persons with few records, and some with the records of many.
fn documents() -> Vec<(Json, Tables)> {
    let bundle = loaded().bundle;
    let few: Vec<(Json, Tables)> = invented(&bundle, PERSONS)
        .into_iter()
        .map(|(facts, tables)| (serde_json::from_str(&facts).unwrap(), tables))
        .collect();
    let crowds = few.chunks(CROWD).filter_map(|persons| {
        let subject = |facts: &Json| facts.get("subject").cloned();
        let (first, tables) = persons.first()?;
        let same = persons
            .iter()
            .filter(|(it, _)| subject(it) == subject(first));
        Some((joined(same.map(|(facts, _)| facts)), tables.clone()))
    });
    let crowds: Vec<_> = crowds.collect();
    few.into_iter().chain(crowds).collect()
}

/// One person with the records of all.
fn joined<'j>(persons: impl Iterator<Item = &'j Json>) -> Json {
    let mut whole = Map::new();
    for person in persons {
        for (name, section) in person.as_object().unwrap() {
            match (whole.get_mut(name), section) {
                (Some(Json::Array(known)), Json::Array(more)) => known.extend(more.iter().cloned()),
                (Some(_), _) => {}
                (None, _) => drop(whole.insert(name.clone(), section.clone())),
            }
        }
    }
    // A manual cause needs what no other person has.
    whole.remove("overrides");
    Json::Object(whole)
}

#[test]
fn a_bound_is_at_least_what_the_machine_spends_and_not_absurdly_more() {
    let house = house();
    // The closest that each rule comes to its bound, in thousandths.
    let mut closest: BTreeMap<String, u64> = BTreeMap::new();
    let (mut all_spent, mut all_bounds) = (0_u64, 0_u64);
    for (facts, tables) in documents() {
        let all = house.spent(&facts.to_string(), &tables, 1_000).into_iter();
        // Rules of which something is missing do not run.
        for spent in all.filter(|spent| spent.failed.is_empty()) {
            let Some((_, bound)) = house.bounds.get(&spent.entry) else {
                panic!("no bound of {}", spent.rule);
            };
            let lengths = |var: &Var| length(&facts, &tables, &spent.spans, var);
            let value = |factors: &Factors| product(factors, &lengths);
            let at = |size: &Size| size.at(&value);
            let most = bound.fast.as_ref().map_or(0, at).max(at(&bound.exact));
            assert!(
                spent.steps <= most,
                "{}: {} steps, bound {most}\nfast {:?}\nexact {}\n{facts}",
                spent.rule,
                spent.steps,
                bound.fast.as_ref().map(ToString::to_string),
                bound.exact
            );
            let near = closest.entry(spent.rule).or_default();
            *near = (*near).max(spent.steps * 1_000 / most.max(1));
            all_spent += spent.steps;
            all_bounds += most;
        }
    }
    let mut ratios: Vec<(u64, &String)> =
        closest.iter().map(|(rule, near)| (*near, rule)).collect();
    ratios.sort_unstable();
    let median = ratios.get(ratios.len() / 2).unwrap().0;
    println!(
        "all rules spend {all_spent} of {all_bounds} steps, 1 in {}",
        all_bounds / all_spent.max(1)
    );
    println!("the median rule comes to {median} ‰ of its bound; least:");
    for (near, rule) in ratios.iter().take(12) {
        println!("{near:>5} ‰  {rule}");
    }
    assert!(median >= 200, "{ratios:?}");
}

/// A document of the largest size, mostly of these sections.
fn largest(sections: &[&str]) -> Json {
    let bundle = loaded().bundle;
    let person = invented(&bundle, 60).into_iter().filter_map(|(facts, _)| {
        let facts: Json = serde_json::from_str(&facts).unwrap();
        (facts["subject"] == "person").then_some(facts)
    });
    let persons: Vec<Json> = person.collect();
    let mut whole = joined(persons.iter());
    let members = whole.as_object_mut().unwrap();
    let room = (limits::FACTS_BYTES - 200_000) / sections.len();
    for (name, section) in members.iter_mut() {
        let Json::Array(records) = section else {
            continue;
        };
        let size = Json::Array(records.clone()).to_string().len().max(1);
        if sections.contains(&name.as_str()) {
            let few = records.clone();
            for _ in 1..room / size {
                records.extend(few.iter().cloned());
            }
        } else {
            records.truncate(20);
        }
    }
    whole
}

#[test]
fn whatever_reaches_the_limit_at_the_caps_is_told_by_its_bound() {
    let house = house();
    let tables = invented(&loaded().bundle, 1).remove(0).1;
    let mut reached = BTreeMap::new();
    for sections in [
        &["tests"][..],
        &["contacts"],
        &["stays"],
        &["tests", "contacts"],
        &["tests", "flags", "stays", "vaccinations"],
    ] {
        let facts = largest(sections).to_string();
        assert!(facts.len() <= limits::FACTS_BYTES, "{}", facts.len());
        for spent in house.spent(&facts, &tables, 1) {
            let Some((caps, bound)) = house.bounds.get(&spent.entry) else {
                panic!("no bound of {}", spent.rule);
            };
            let most = bound.at(caps);
            if spent.failed.contains(&("rule-operations", true)) {
                assert!(most > limits::RULE_OPERATIONS, "{}: {most}", spent.rule);
                reached.insert(spent.rule, (sections, most));
            } else if spent.failed.is_empty() {
                assert!(spent.steps <= most, "{}", spent.rule);
            }
        }
    }
    for (rule, (sections, most)) in &reached {
        println!("{rule} reaches the limit with {sections:?}; its bound is {most}");
    }
    assert!(!reached.is_empty());
}
