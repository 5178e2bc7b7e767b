//! The cases of a pack, run on its texts as they are: marks beside them, failures among the
//! findings, and how often each rule held.

use super::Server;
use super::place;
use super::protocol::{self, Fault, Outgoing};
use crate::case::{self, Case, FOLDER, Failure, Fault as CaseFault};
use crate::code::Code;
use crate::generate::{Fired, count};
use crate::text::say;
use longma_compile::texts::read;
use longma_compile::toml::Toml;
use longma_core::order::Gather;
use longma_core::{Args, DecisionOutcome, PackId, Place, Problem, Severity};
use longma_lang::finding::{Finding, Position, Spot};
use lsp_types::{
    CodeLens, CodeLensParams, Command, DocumentFormattingParams, ExecuteCommandParams,
    Position as Wire, Range, TextEdit,
};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Runs the cases of a pack. Its argument is a document of the pack.
pub(super) const RUN: &str = "longma.runCases";
/// Gives the keys of a TOML document with their values and places, for a form. Its argument
/// is the document.
pub(super) const ENTRIES: &str = "longma.entries";
/// Shows who changes colour from one pack to the next: their ids are its arguments. A client
/// carries it out that says `{ "compare": true }` when it begins.
const COMPARE: &str = "longma.compare";

/// What became of the cases of a pack.
#[derive(Debug)]
pub(super) struct Ran {
    cases: Vec<Done>,
    /// For how many cases each rule held, by its path.
    fired: Fired,
}

/// What became of a case.
#[derive(Debug, Serialize)]
struct Done {
    file: String,
    /// From 1.
    line: usize,
    name: String,
    passed: bool,
    /// What differs, in the reader's language.
    failures: Vec<String>,
    #[serde(skip)]
    findings: Vec<Finding>,
}

impl Server {
    /// Carries out a command.
    pub(super) fn command(&mut self, params: Json, out: &mut Outgoing) -> Result<Json, Fault> {
        let params: ExecuteCommandParams = protocol::params(params)?;
        let uri = params.arguments.first().and_then(Json::as_str);
        match (params.command.as_str(), uri.and_then(|it| self.path_of(it))) {
            (RUN, Some(path)) => {
                let Some((pack, _)) = PackId::split(&path) else {
                    return Ok(Json::Null);
                };
                let pack = pack.to_owned();
                self.run(&pack, out);
                let done = self.ran.get(&pack).map(|it| &it.cases);
                protocol::result(&json!({ "pack": pack, "cases": done }))
            }
            (ENTRIES, Some(path)) => protocol::result(&self.entries(&path)),
            (RUN | ENTRIES, None) => Ok(Json::Null),
            (other, _) => Err(Fault::no_method(other)),
        }
    }

    /// The keys of a document with their values and places; `None` while it is no TOML.
    fn entries(&self, path: &str) -> Option<Vec<Json>> {
        let text = self.texts.get(path).filter(|_| super::is_toml(path))?;
        let toml = Toml::parse(text).ok()?;
        let range = |bytes| place::range(text, &bytes, self.encoding);
        let entries = toml.entries().into_iter().map(|entry| {
            let keys: Vec<&str> = entry.path.iter().map(String::as_str).collect();
            let value = entry.value.as_ref().and_then(|_| toml.json(&keys));
            json!({
                "key": entry.path,
                "value": value,
                "range": entry.value.map(range),
                "name": entry.key.map(range),
            })
        });
        Some(entries.collect())
    }

    /// Runs the cases of a pack and tells what fails. Packs that cannot be loaded have
    /// findings that say why, and run nothing.
    pub(super) fn run(&mut self, pack: &str, out: &mut Outgoing) {
        let ran = self.ran(pack);
        let failed_before = self.told.iter().filter(|(file, found)| {
            PackId::split(file).is_some_and(|it| it.0 == pack)
                && found.iter().any(|it| it.code == Code::CaseFailed)
        });
        let mut files: BTreeMap<String, Vec<Finding>> = failed_before
            .map(|(file, _)| (file.clone(), Vec::new()))
            .into_map();
        for case in ran.iter().flat_map(|it| &it.cases) {
            let found = files.entry(case.file.clone()).or_default();
            found.extend(case.findings.iter().cloned());
        }
        for (file, failed) in files {
            let before = self.told.get(&file).into_iter().flatten();
            let kept = before.filter(|it| it.code != Code::CaseFailed);
            let found = kept.cloned().chain(failed).collect();
            self.tell(&file, found, out);
        }
        match ran {
            Some(ran) => drop(self.ran.insert(pack.to_owned(), ran)),
            None => drop(self.ran.remove(pack)),
        }
    }

    /// What becomes of the cases of a pack. `None` if a text cannot be read, for a pack would
    /// be missing without a word, or if the packs cannot be loaded.
    fn ran(&self, pack: &str) -> Option<Ran> {
        let house = read(&self.texts);
        let is_error = |it: &Finding| it.severity == Severity::Error;
        if house.findings.iter().any(is_error) {
            return None;
        }
        let (catalogue, _) = longma_compile::compile(&house.bundle).ok()?;
        let cases = case::read(&self.texts).cases.into_iter();
        let mut fired = Fired::new();
        let cases = cases.filter(|case| case.pack == pack).map(|case| {
            let (outcome, failures) = case.tried(&catalogue);
            if let Ok(outcome) = outcome {
                let decisions = outcome.decisions().values();
                count(&mut fired, decisions.map(DecisionOutcome::timeline));
            }
            self.done(&case, &failures)
        });
        let cases = cases.collect();
        Some(Ran { cases, fired })
    }

    fn done(&self, case: &Case, failures: &[Failure]) -> Done {
        let findings = failures.iter().map(|failure| {
            let said = failure.fault.words();
            let key = failure.key.iter().map(String::as_str);
            let finding = Finding::from(Problem::new(Code::CaseFailed, Place::None));
            // That of a level says both already.
            let label = said
                .label
                .filter(|_| !matches!(failure.fault, CaseFault::Level { .. }));
            let message = match label {
                Some(label) => {
                    let args = Args::of("title", said.title).with("label", label);
                    say("case-failed", &args)
                }
                None => said.title,
            };
            Finding {
                severity: Severity::Error,
                message,
                help: said.help.or(finding.help),
                spot: Spot::Place(Place::key(&case.file, key)),
                ..finding
            }
        });
        let findings: Vec<Finding> = findings.collect();
        Done {
            file: case.file.clone(),
            line: case.line,
            name: case.name.clone(),
            passed: failures.is_empty(),
            failures: findings.iter().map(|it| self.words(&it.message)).collect(),
            findings,
        }
    }

    /// What stands above the lines of a document: how each case ended, and who changes colour.
    pub(super) fn lenses(&mut self, params: Json) -> Result<Json, Fault> {
        let params: CodeLensParams = protocol::params(params)?;
        let uri = params.text_document.uri;
        let path = self.path_of(uri.as_str());
        let Some((pack, name)) = path.as_deref().and_then(PackId::split) else {
            return Ok(Json::Null);
        };
        let lens = |line: usize, title: String, command: &str, arguments: Vec<Json>| {
            let at = Wire::new(u32::try_from(line.saturating_sub(1)).unwrap_or(u32::MAX), 0);
            CodeLens {
                range: Range::new(at, at),
                command: Some(Command::new(title, command.to_owned(), Some(arguments))),
                data: None,
            }
        };
        let argument = || vec![Json::String(uri.to_string())];
        let mut lenses = Vec::new();
        if name.starts_with(FOLDER) {
            let file = path.as_deref().unwrap_or_default();
            let text = self.texts.get(file).map_or("", String::as_str);
            let ran = self.ran.get(pack).map_or(&[][..], |it| &it.cases);
            for (row, _) in text
                .lines()
                .enumerate()
                .filter(|(_, it)| it.trim() == "[[case]]")
            {
                let done = ran.iter().find(|it| it.file == file && it.line == row + 1);
                let title = match done {
                    None => self.say("lens-run"),
                    Some(done) if done.passed => self.say("lens-passed"),
                    Some(done) => {
                        format!("{} {}", self.say("lens-failed"), done.failures.join("; "))
                    }
                };
                lenses.push(lens(row + 1, title, RUN, argument()));
            }
        } else if self.texts.contains_key(path.as_deref().unwrap_or_default()) {
            lenses.push(lens(1, self.say("lens-run"), RUN, argument()));
            if let Some(before) = self.before(pack).filter(|_| self.compares) {
                let both = vec![Json::String(before), Json::String(pack.to_owned())];
                lenses.push(lens(1, self.say("lens-compare"), COMPARE, both));
            }
        }
        protocol::result(&lenses)
    }

    /// The pack of the same series that a pack follows.
    fn before(&self, pack: &str) -> Option<String> {
        let series = |id: &str| {
            let id = PackId::read(id);
            (id.region().to_owned(), id.series().to_owned())
        };
        let ids = self
            .texts
            .keys()
            .filter_map(|it| Some(PackId::split(it)?.0));
        let own = series(pack);
        let earlier = ids.filter(|id| series(id) == own && *id < pack);
        earlier.max().map(str::to_owned)
    }

    /// Behind which names of rules stands for how many cases they held.
    pub(super) fn held(&self, path: &str, text: &str) -> Vec<(Position, String)> {
        let (pack, name) = PackId::split(path).unwrap_or_default();
        let decision = name.strip_suffix(".rhai").unwrap_or(name);
        let Some(ran) = self.ran.get(pack) else {
            return Vec::new();
        };
        let parsed = longma_lang::syntax::parse(text);
        let lines = longma_lang::syntax::Lines::new(text);
        let rules = parsed.script.functions.iter().filter(|it| !it.private);
        let held = rules.map(|rule| {
            let rule_path = format!("{pack}/{decision}/{}", rule.name.text);
            let cases = ran.fired.get(&rule_path).copied().unwrap_or(0);
            let of = Args::of("cases", cases).with("all", ran.cases.len());
            let words = say("hint-held", &of).get(self.lang).to_owned();
            (lines.position(rule.name.bytes.end), words)
        });
        held.collect()
    }

    fn say(&self, key: &str) -> String {
        say(key, &Args::NONE).get(self.lang).to_owned()
    }

    /// A script in the one form that all have; nothing where it has it, or cannot be read.
    pub(super) fn formatted(&mut self, params: Json) -> Result<Json, Fault> {
        let params: DocumentFormattingParams = protocol::params(params)?;
        let path = self.path_of(params.text_document.uri.as_str());
        let script = path.filter(|it| super::is_script(it));
        let text = script.and_then(|path| self.texts.get(&path));
        let edit = text.and_then(|text| {
            let new_text = longma_lang::syntax::format(text).filter(|it| it != text)?;
            Some(TextEdit {
                range: place::range(text, &(0..text.len()), self.encoding),
                new_text,
            })
        });
        protocol::result(&Vec::from_iter(edit))
    }
}
