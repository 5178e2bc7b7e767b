//! Collects results while a script is checked. A shared step is checked once for each
//! set of argument types: some mistakes count if any check finds them, others only if
//! every check does.

use crate::analysis::{Analysis, Meaning};
use crate::codes::Code;
use crate::finding::{Finding, Spot};
use crate::script::Script;
use crate::syntax::Bytes;
use crate::types::Type;
use longma_core::{Args, Localized};
use std::collections::{BTreeMap, BTreeSet};

/// How many expressions are checked in one script. Beyond it, everything is unknown.
const STEPS: u32 = 60_000;
/// How many findings are kept for one script.
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
    /// The pack whose line of descent is being checked, if it is not the script's own.
    pub(crate) heir: Option<String>,
    /// Whether notes are suppressed.
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

    /// Counts one expression. False once there are too many.
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

    /// Adds a type that an expression has.
    pub(crate) fn typed(&mut self, id: u32, it: &Type) {
        match self.analysis.types.get_mut(&id) {
            Some(known) if known == it => {}
            Some(known) => *known = known.join(it),
            None => drop(self.analysis.types.insert(id, it.clone())),
        }
    }

    /// Whether a finding starts at the same byte.
    pub(crate) fn has_at(&self, at: &Bytes) -> bool {
        let range = (at.start, 0, Code::ScriptSyntax)..=(at.start, usize::MAX, Code::CheckLimit);
        self.found.range(range).next().is_some()
    }

    /// The number of mistakes noted.
    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    /// Drops the findings on these lines whose code is `code` or one declared after it.
    pub(crate) fn skip_lines(&mut self, script: &Script<'_>, lines: &BTreeSet<usize>, code: Code) {
        self.found.retain(|(start, _, known), _| {
            *known < code || !lines.contains(&script.lines.position(*start).line)
        });
    }

    /// All findings, in text order.
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

/// A word that reads the same in both languages.
pub(crate) fn same(text: impl Into<String>) -> Localized {
    Localized::same(text)
}

/// A list of names, each in backticks.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> Localized {
    const SHOWN: usize = 12;
    let mut names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let more = names.len() > SHOWN;
    names.truncate(SHOWN);
    if more {
        names.push("…".to_owned());
    }
    Localized::new(names.join("、"), names.join(", "))
}
