//! What is noted while a script is worked out. A shared step is worked out once
//! for each way in which it is called: some mistakes count as soon as one way has
//! them, others only when every way does.

use crate::analysis::{Analysis, Meaning};
use crate::codes::Code;
use crate::finding::{Finding, Spot};
use crate::script::Script;
use crate::syntax::Bytes;
use crate::types::Type;
use longma_core::{Args, Localized};
use std::collections::{BTreeMap, BTreeSet};

/// Expressions that are worked out for one script; past it the rest is unknown.
const STEPS: u32 = 60_000;
/// Findings kept of one script.
const FINDINGS: usize = 1_000;

/// Everything noted of one script.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// Types, meanings, levels, params and reads.
    pub(crate) analysis: Analysis,
    /// What was wrong at least once.
    found: BTreeMap<(usize, usize, Code), Args>,
    /// What is wrong only if it was so every time.
    seen: BTreeMap<(usize, usize, Code), (bool, Args)>,
    /// Where the names begin whose variables are used.
    pub(crate) used: BTreeSet<usize>,
    /// Positions of the functions that are called.
    pub(crate) called: BTreeSet<usize>,
    /// The pack along whose line of descent the script is being worked out, where
    /// that is not its own.
    pub(crate) heir: Option<String>,
    /// Whether nothing is noted for now.
    pub(crate) quiet: bool,
    steps: u32,
}

impl Notes {
    /// Notes a mistake; the first words for a place stay.
    pub(crate) fn report(&mut self, code: Code, at: &Bytes, words: Args) {
        if !self.quiet && self.found.len() < FINDINGS {
            let words = match &self.heir {
                Some(heir) => words.with("heir", heir),
                None => words,
            };
            self.found.entry((at.start, at.end, code)).or_insert(words);
        }
    }

    /// Notes whether something holds this time; it is a mistake if it always does.
    pub(crate) fn observe(&mut self, code: Code, at: &Bytes, holds: bool, words: Args) {
        if self.quiet || self.seen.len() >= FINDINGS * 16 {
            return;
        }
        let entry = self.seen.entry((at.start, at.end, code));
        let known = entry.or_insert_with(|| (true, words));
        known.0 &= holds;
    }

    /// Counts one expression; false when there were too many.
    pub(crate) fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_add(1);
        self.steps <= STEPS
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.steps > STEPS
    }

    pub(crate) fn mean(&mut self, at: &Bytes, meaning: Meaning) {
        self.analysis.meanings.insert(at.start, meaning);
    }

    /// Notes the type that an expression has this time.
    pub(crate) fn typed(&mut self, id: u32, it: &Type) {
        match self.analysis.types.get_mut(&id) {
            Some(known) if known == it => {}
            Some(known) => *known = known.join(it),
            None => drop(self.analysis.types.insert(id, it.clone())),
        }
    }

    /// Whether something was found at this very place.
    pub(crate) fn has_at(&self, at: &Bytes) -> bool {
        let range = (at.start, 0, Code::ScriptSyntax)..=(at.start, usize::MAX, Code::CheckLimit);
        self.found.range(range).next().is_some()
    }

    /// How many mistakes were noted.
    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    /// Keeps from here on only what stands on none of these lines.
    pub(crate) fn skip_lines(&mut self, script: &Script<'_>, lines: &BTreeSet<usize>, code: Code) {
        self.found.retain(|(start, _, known), _| {
            *known < code || !lines.contains(&script.lines.position(*start).line)
        });
    }

    /// Everything as findings, in the order of the text.
    pub(crate) fn finish(mut self, script: &Script<'_>) -> Analysis {
        if self.is_exhausted() {
            self.report(Code::CheckLimit, &(0..0), Args::NONE);
        }
        let always = std::mem::take(&mut self.seen);
        for ((start, end, code), (holds, words)) in always {
            if holds {
                self.report(code, &(start..end), words);
            }
        }
        if self.found.len() >= FINDINGS {
            self.found.insert((0, 0, Code::CheckLimit), Args::NONE);
        }
        let findings = self.found.into_iter().map(|((start, end, code), words)| {
            Finding::of(
                code,
                Spot::Range(script.lines.range(&script.file, &(start..end))),
                &words,
            )
        });
        self.analysis.findings = findings.collect();
        self.analysis
    }
}

/// A word that is the same in both languages.
pub(crate) fn same(text: impl Into<String>) -> Localized {
    Localized::same(text)
}

/// Some names in a row, each in backticks.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> Localized {
    const SHOWN: usize = 12;
    let mut names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let more = names.len() > SHOWN;
    names.truncate(SHOWN);
    if more {
        names.push("…".to_owned());
    }
    Localized {
        zh_cn: names.join("、"),
        en: names.join(", "),
    }
}
