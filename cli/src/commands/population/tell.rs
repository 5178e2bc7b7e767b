//! What came out, in words.

use crate::messages::{Key, Words};
use crate::show::page::{self, Page};
use longma_core::{Args, Catalogue, Localized, Policy, UNKNOWN};
use longma_desk::counts::{Counts, Decision};
use longma_desk::html::{Level, Tone};
use longma_desk::text::say;
use longma_population::count::REFUSED;
use longma_population::decide::Question;
use longma_population::run::Report;
use std::collections::BTreeMap;
use std::path::Path;

/// The kind of subject that a decision is about.
pub(super) fn subject(catalogue: &Catalogue, decision: &str) -> Option<String> {
    let plans = catalogue.regions().flat_map(|(_, policies)| policies);
    let mut plans = plans.flat_map(Policy::parts).map(|part| &part.plan);
    let plan = plans.find(|plan| plan.decisions.iter().any(|it| *it.name == *decision))?;
    Some(plan.subject.clone())
}

/// What decisions and levels are called.
#[derive(Debug, Default)]
pub(super) struct Names {
    decisions: Vec<Named>,
}

#[derive(Debug)]
struct Named {
    name: String,
    caption: Localized,
    /// The levels with what they are called and their tone, lowest first.
    levels: Vec<(String, Localized, Tone)>,
}

impl Names {
    /// Adds those of a catalogue that are not known yet.
    pub(super) fn add(&mut self, catalogue: &Catalogue, question: &Question) {
        for name in &question.decisions {
            if self.decisions.iter().any(|it| it.name == *name) {
                continue;
            }
            let policies = catalogue.regions().flat_map(|(_, policies)| policies);
            let plans = policies.flat_map(Policy::parts).map(|part| &part.plan);
            let mut decisions = plans.flat_map(|plan| &plan.decisions);
            if let Some(found) = decisions.find(|it| *it.name == **name) {
                let levels = found.levels.iter();
                let levels = levels.map(|it| {
                    (
                        it.name.to_string(),
                        it.caption.clone(),
                        Tone::named(&it.colour),
                    )
                });
                self.decisions.push(Named {
                    name: name.clone(),
                    caption: found.caption.clone(),
                    levels: levels.collect(),
                });
            }
        }
    }

    /// The counts of a report, with what things are called.
    pub(super) fn counts(&self, report: &Report, by: Option<&str>, words: Words) -> Counts {
        let decisions = self.decisions.iter().map(|it| it.counted(report, words));
        Counts {
            persons: report.tally.persons,
            refused: report.tally.refused,
            files: report.troubles.len(),
            by: by.unwrap_or_default().to_owned(),
            decisions: decisions.collect(),
        }
    }
}

impl Named {
    fn counted(&self, report: &Report, words: Words) -> Decision {
        let own = self.levels.iter();
        let own = own.map(|(_, caption, tone)| Level::new(*tone, words.of(caption)));
        let refused = say("counts-level-refused", &Args::NONE);
        let more = [
            words.say(Key::Unknown).to_owned(),
            words.of(&refused).to_owned(),
        ];
        let more = more.map(|name| Level::new(Tone::Unknown, name));
        let names: Vec<&str> = self.levels.iter().map(|(name, ..)| name.as_str()).collect();
        let names = [names, vec![UNKNOWN, REFUSED]].concat();
        let place = |level: &str| names.iter().position(|name| *name == level);
        let mut groups: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let mut changed: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let mut cells = vec![vec![0; names.len()]; names.len()];
        let mut compares = false;
        let counts = report.tally.counts.iter();
        for (group, count) in counts.filter(|(group, _)| group.decision == self.name) {
            let last = group.levels.last().and_then(|level| place(level));
            let row = groups
                .entry(group.by.clone())
                .or_insert_with(|| vec![0; names.len()]);
            if let Some(cell) = last.and_then(|at| row.get_mut(at)) {
                *cell += count.persons;
            }
            if let [before, after] = group.levels.as_slice() {
                compares = true;
                let row = place(before).and_then(|at| cells.get_mut(at));
                if let Some((row, at)) = row.zip(place(after))
                    && let Some(cell) = row.get_mut(at)
                {
                    *cell += count.persons;
                }
                let sum = changed.entry(group.by.clone()).or_default();
                sum.0 += if before == after { 0 } else { count.persons };
                sum.1 = sum.1.saturating_add(count.seconds);
            }
        }
        let mut seconds: Vec<Vec<u64>> = Vec::new();
        for ((_, decision, side, level), amount) in &report.tally.seconds {
            let Some(at) = place(level).filter(|_| *decision == self.name) else {
                continue;
            };
            seconds.resize(seconds.len().max(side + 1), vec![0; names.len()]);
            if let Some(sum) = seconds.get_mut(*side).and_then(|side| side.get_mut(at)) {
                *sum = sum.saturating_add(*amount);
            }
        }
        Decision {
            name: words.of(&self.caption).to_owned(),
            levels: own.chain(more).collect(),
            groups,
            changes: compares.then_some(cells),
            changed,
            seconds,
        }
    }
}

/// The report for a terminal.
pub(super) fn page(report: &Report, counts: &Counts, written: &Path, words: Words) -> String {
    let mut page = Page::new(page::columns(None));
    let counted = |key: Key, n: u64| words.fill(key, &Args::of("n", n));
    page.line(&counted(Key::PopulationPersons, counts.persons));
    if counts.refused > 0 {
        page.line(&counted(Key::PopulationRefused, counts.refused));
    }
    if report.known > 0 {
        page.line(&counted(Key::PopulationKnown, report.known as u64));
    }
    for decision in &counts.decisions {
        page.heading(&decision.name);
        for (at, level) in decision.levels.iter().enumerate() {
            let persons = decision.groups.values().filter_map(|row| row.get(at));
            let persons: u64 = persons.sum();
            if persons > 0 {
                page.field(2, &level.name, 24, &persons.to_string());
            }
        }
        if decision.changes.is_some() {
            let changed: u64 = decision.changed.values().map(|(persons, _)| persons).sum();
            page.field(
                2,
                words.say(Key::PopulationChanged),
                24,
                &changed.to_string(),
            );
        }
    }
    page.gap();
    page.line(&words.fill(Key::PageWritten, &Args::of("path", written.display())));
    page.finish()
}
