//! The workloads.

use crate::{Result, root};
use longma_core::{Catalogue, Facts, Instant, References, Request, Span, packed};
use serde_json::Value;
use std::fmt::Display;
use std::fs;
use std::hint::black_box;

/// The decisions that are asked for.
const DECISIONS: [&str; 3] = ["code", "validity", "gold"];
/// The reference table that rules read.
const TABLE: &str = "risk_areas";

/// What is counted.
#[derive(Debug)]
pub(crate) struct Workload {
    /// Its name in `bench/counts.toml`.
    pub(crate) name: &'static str,
    /// What it does, for the reader of that file.
    pub(crate) does: &'static str,
    persons: &'static str,
    work: Work,
}

#[derive(Debug, Clone, Copy)]
enum Work {
    Read,
    Decide,
}

pub(crate) const WORKLOADS: [Workload; 3] = [
    Workload {
        name: "read_typical",
        does: "reading a typical person's facts from JSON into columns",
        persons: "typical",
        work: Work::Read,
    },
    Workload {
        name: "decide_typical",
        does: "deciding code, validity and gold for a typical person by all compiled packs, \
               from the benchmark's now on",
        persons: "typical",
        work: Work::Decide,
    },
    Workload {
        name: "decide_heavy",
        does: "the same for a heavy person",
        persons: "heavy",
        work: Work::Decide,
    },
];

/// How many persons each workload goes through: the benchmark makes so many of each size.
pub(crate) const PERSONS: u64 = 8;

/// Callgrind counts while this function runs, and nothing else. No other function of this
/// crate may have its name in its own.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    work();
}

/// Runs the workload `name` once uncounted and once counted.
pub(crate) fn run(name: &str) -> Result<()> {
    let workload = WORKLOADS.iter().find(|workload| workload.name == name);
    let workload = workload.ok_or_else(|| format!("there is no workload `{name}`"))?;
    let world = World::read(workload.persons)?;
    let mut work: Box<dyn FnMut()> = match workload.work {
        Work::Read => Box::new(|| world.read_all()),
        Work::Decide => {
            let facts = world.facts()?;
            Box::new(move || world.decide_all(&facts))
        }
    };
    work();
    counted(&mut *work);
    Ok(())
}

struct World {
    catalogue: Catalogue,
    references: References,
    persons: Vec<String>,
    now: Instant,
}

fn unread(file: &str, error: impl Display) -> String {
    format!("{file} cannot be read: {error}; `cargo xtask counts` makes what is missing")
}

impl World {
    fn read(size: &str) -> Result<Self> {
        let (packs, csv, people) = (
            "target/rules.longma",
            "rules/reference/risk_areas.sample.csv",
            "target/bench/persons.json",
        );
        let bytes = fs::read(root().join(packs)).map_err(|error| unread(packs, error))?;
        let catalogue = packed::read(&bytes).map_err(|problems| unread(packs, problems))?;
        let text = fs::read_to_string(root().join(csv)).map_err(|error| unread(csv, error))?;
        let mut references = References::none();
        let table = catalogue.read_reference(TABLE, &text);
        references.insert(table.map_err(|problems| unread(csv, problems))?);
        let text =
            fs::read_to_string(root().join(people)).map_err(|error| unread(people, error))?;
        let text: Value = serde_json::from_str(&text).map_err(|error| unread(people, error))?;
        let now = text.get("now").and_then(Value::as_i64);
        let sizes = text.pointer("/worlds/0/persons").and_then(Value::as_array);
        let mut sizes = sizes.into_iter().flatten();
        let size = sizes.find(|it| it.get("name").and_then(Value::as_str) == Some(size));
        let persons = size.and_then(|it| it.get("facts")?.as_array());
        let persons = persons.into_iter().flatten().filter_map(Value::as_str);
        let persons: Vec<String> = persons.map(str::to_owned).collect();
        if persons.len() as u64 != PERSONS {
            return Err(unread(people, format_args!("{} persons", persons.len())));
        }
        Ok(Self {
            catalogue,
            references,
            persons,
            now: now
                .and_then(Instant::from_unix)
                .ok_or_else(|| unread(people, "it has no `now`"))?,
        })
    }

    fn facts(&self) -> Result<Vec<Facts>> {
        let facts = self.persons.iter().map(|text| {
            let facts = self.catalogue.read_facts(text);
            let facts = facts.map_err(|problems| format!("a person is refused: {problems}"))?;
            // A workload that decides nothing would count nothing.
            match self.decided(&facts) {
                0 => Err("no rule runs for a person".to_owned()),
                _ => Ok(facts),
            }
        });
        facts.collect()
    }

    fn read_all(&self) {
        for text in &self.persons {
            let _ = black_box(self.catalogue.read_facts(black_box(text)));
        }
    }

    fn decide_all(&self, facts: &[Facts]) {
        for facts in facts {
            black_box(self.decided(black_box(facts)));
        }
    }

    /// How many rules run.
    fn decided(&self, facts: &Facts) -> usize {
        let request = Request {
            references: Some(&self.references),
            decisions: Some(&DECISIONS),
            window: Span::new(Some(self.now), None),
            ..Request::default()
        };
        let outcome = self.catalogue.decide(facts, request);
        outcome.map_or(0, |outcome| outcome.rules_run())
    }
}
