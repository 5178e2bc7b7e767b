//! `longma appeal`: what can be contested in a decision, and with whom.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Facts, Packs, Question, TableFiles, Width};
use crate::messages::{Key, Words};
use crate::read::given::{Ready, instant, read_facts, read_text, ready, undecided};
use crate::read::inspected::sound;
use crate::show::diagnostic::Diagnostic;
use crate::show::page::{self, HEADING, Page, QUIET, plain};
use crate::show::record::{by, said, text};
use crate::show::sources::Sources;
use crate::show::terminal::warn;
use anstyle::Style;
use clap::ValueHint;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_core::{Args, Offset, Request};
use longma_records::appeal::{
    Appeal, CauseAppeal, DecisionAppeal, Ground, RecordGround, appeal, counted,
};
use longma_records::merge::Ledger;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    facts: Facts,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    ledger: Option<PathBuf>,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    tables: TableFiles,
    #[command(flatten)]
    json: AsJson,
    #[command(flatten)]
    width: Width,
}

/// Indent of a cause, in columns.
const CAUSE: usize = 2;
/// Indent of a cause's details.
const TOLD: usize = 4;
/// Indent of a record's details.
const RECORD: usize = 6;

/// Decides, and reports what can be contested, as text or JSON.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let at = instant(arguments.question.when.at.as_deref(), words)?;
    let width = page::asked(arguments.width.columns.as_deref(), words)?;
    let Ready {
        catalogue,
        tables,
        mut sources,
        ..
    } = ready(&arguments.packs.path, &arguments.tables.given, words)?;
    let text = read_facts(&arguments.facts.path, &mut sources, words)?;
    let ledger = match &arguments.ledger {
        Some(path) => Some(read_ledger(path, words)?),
        None => None,
    };
    let asked = arguments.question.decisions.asked();
    let request = Request {
        region: arguments.question.region.code.as_deref(),
        references: Some(&tables),
        decisions: (!asked.is_empty()).then_some(&asked),
        window: None,
    };
    let (facts, found) = sound(&catalogue, &text, at, &sources, words)?;
    warn(&found, &sources, words);
    let outcome = catalogue
        .decide(&facts, request)
        .map_err(|problems| undecided(request, &problems, &sources, words))?;
    let found = appeal(&catalogue, &outcome, ledger.as_ref(), &asked, at);
    if arguments.json.wanted {
        // Serializing texts, numbers and lists cannot fail.
        let json = serde_json::to_string(&found).unwrap_or_default();
        return Ok(Answer::exact(format!("{json}\n")));
    }
    let mut teller = Teller {
        page: Page::new(page::columns(width)),
        offset: found
            .decisions
            .first()
            .map_or(Offset::CHINA, |decision| decision.at.offset),
        sources: &sources,
        words,
    };
    teller.appeal(&found);
    Ok(Answer::page(teller.page.finish()))
}

fn read_ledger(path: &Path, words: Words) -> Result<Ledger, Refusal> {
    let text = read_text(path, TEXT_FILE_BYTES, words)?;
    serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let shown = Diagnostic::error(&words.fill(
            Key::LedgerInvalid,
            &Args::of("line", line).with("column", column),
        ))
        .at(path);
        Refusal::new(Exit::Facts, shown.help(words.say(Key::LedgerInvalidHelp)))
    })
}

struct Teller<'a> {
    page: Page,
    offset: Offset,
    sources: &'a Sources,
    words: Words,
}

impl Teller<'_> {
    fn appeal(&mut self, appeal: &Appeal) {
        let Some(first) = appeal.decisions.first() else {
            return;
        };
        let offset = self.offset;
        let time = first.at.words();
        self.page.heading(&self.words.fill(
            Key::AppealHeading,
            &Args::of("time", &time).with("offset", offset),
        ));
        for decision in &appeal.decisions {
            self.decision(decision);
        }
    }

    fn decision(&mut self, decision: &DecisionAppeal) {
        let words = self.words;
        let level = decision.level_caption.as_ref();
        let level = level.map_or(words.say(Key::Unknown), |text| words.of(text));
        self.page.gap();
        self.page.parts(&[
            (words.of(&decision.caption), HEADING),
            (&format!("  {level}  "), Style::new()),
            (&decision.decision, QUIET),
        ]);
        if decision.causes.is_empty() && decision.problems.is_empty() {
            let nothing = words.say(Key::AppealNothing);
            self.page.field(CAUSE, "", 0, nothing);
        }
        for cause in &decision.causes {
            self.cause(cause);
        }
        for problem in &decision.problems {
            let told = plain(words.of(&problem.message()));
            self.page.field(CAUSE, "?", 2, &told);
            if let Some(help) = problem.help().as_ref() {
                self.page.field(TOLD, "", 0, &plain(words.of(help)));
            }
        }
    }

    fn cause(&mut self, cause: &CauseAppeal) {
        let words = self.words;
        let caption = plain(words.of(&cause.cause.caption));
        self.page.styled_field(CAUSE, "-", 2, &caption, HEADING);
        let told = [
            (Key::ReasonRule, plain(&cause.cause.rule)),
            (Key::ReasonSource, plain(words.of(&cause.cause.source))),
            (Key::ReasonRelease, plain(words.of(&cause.cause.release))),
        ];
        for (key, text) in told {
            self.labelled(TOLD, words.say(key), &text);
        }
        for ground in &cause.grounds {
            match ground {
                Ground::Record(record) => self.record(record),
                Ground::Row { table, row } => {
                    let number = counted(row);
                    let told = words.fill(
                        Key::AppealRow,
                        &Args::of("row", &number).with("table", table),
                    );
                    let told = self.placed(&format!("{table}#/{row}"), &told);
                    self.page.field(TOLD, "*", 2, &told);
                }
            }
        }
        for way in &cause.ways {
            let label = words.say(Key::AppealWays);
            self.labelled(TOLD, label, &plain(words.of(way)));
        }
    }

    fn record(&mut self, record: &RecordGround) {
        let words = self.words;
        let place = self.placed(&record.pointer, &record.pointer);
        self.page.field(TOLD, "*", 2, &plain(&place));
        for field in &record.fields {
            let value = plain(&text(&field.value, self.offset));
            self.labelled(RECORD, &plain(&field.name), &value);
        }
        if !record.sources.is_empty() {
            let sources = plain(&words.list(&record.sources));
            self.labelled(RECORD, words.say(Key::AppealStates), &sources);
        }
        for correction in &record.corrections {
            let told = plain(&by(correction, words));
            self.labelled(RECORD, words.say(Key::AppealCorrected), &told);
        }
        for superseded in &record.superseded {
            let sources = words.list(&superseded.sources);
            let told = format!(
                "{sources}: {}",
                said(&superseded.record, self.offset, words)
            );
            self.labelled(RECORD, words.say(Key::AppealWas), &plain(&told));
        }
        for variant in &record.otherwise {
            let sources = words.list(&variant.sources);
            let told = format!("{sources}: {}", said(&variant.record, self.offset, words));
            self.labelled(RECORD, words.say(Key::AppealOtherwise), &plain(&told));
        }
    }

    /// `told`, with the file and line of `evidence` if they are known.
    fn placed(&self, evidence: &str, told: &str) -> String {
        let Some((file, line)) = self.sources.evidence(evidence) else {
            return told.to_owned();
        };
        let file = file.display();
        self.words.fill(
            Key::EvidenceAt,
            &Args::of("pointer", told)
                .with("file", &file)
                .with("line", line),
        )
    }

    fn labelled(&mut self, indent: usize, label: &str, text: &str) {
        self.page.field(indent, label, page::width(label) + 2, text);
    }
}
