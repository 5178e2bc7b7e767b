//! `longma merge`: joins what several sources say about one person.
//!
//! This module reads and writes the files; [`merge`](longma_records::merge) does the
//! rest. The facts go to `--out` and the report to standard error, so that neither
//! gets into the other.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{Out, Packs, Region, Signed, SourceKeys, When};
use crate::messages::{Key, Words};
use crate::read::dossier::{read_dossier, source_keys, told as wrong, with_signed};
use crate::read::file::SourceFile;
use crate::read::given::{instant, read_text};
use crate::read::packs::{catalogue, loaded};
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::record::{by, said};
use crate::show::sources::Sources;
use crate::show::terminal::{aside, aside_exactly, remark, warn};
use clap::ValueHint;
use longma_core::limits::{FACTS_BYTES, LIST_BYTES, TEXT_FILE_BYTES};
use longma_core::{Args, Catalogue, Offset};
use longma_records::Code;
use longma_records::alike::told_apart;
use longma_records::merge::{
    Contradiction, ContradictionKind, Correction, Dossier, Ledger, Merged,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(id = "source", long = "source", value_name = "NAME=FILE")]
    sources: Vec<String>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    corrections: Option<PathBuf>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    dossier: Option<PathBuf>,
    #[command(flatten)]
    signed: Signed,
    #[command(flatten)]
    keys: SourceKeys,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    region: Region,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    out: Out,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    ledger: Option<PathBuf>,
    #[arg(id = "format", long = "format", value_name = "FORMAT", value_parser = ["text", "json"], default_value = "text")]
    report: String,
}

/// Merges, writes the facts, and reports the result.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let packs = loaded(&arguments.packs.path, words)?;
    let mut sources = Sources {
        files: packs.files,
        ..Sources::default()
    };
    let catalogue = catalogue(&packs.bundle, &sources, words)?;
    let at = instant(arguments.when.at.as_deref(), words)?;
    let keys = source_keys(&arguments.keys, words)?;
    let dossier = dossier(arguments, (&catalogue, &keys), &mut sources, words)?;
    // A conflict between files has no line in any one of them.
    sources.facts = None;
    let region = arguments.region.code.as_deref();
    let counted = dossier.counted(&catalogue, &keys, (region, at), None);
    let counted = counted.map_err(|problems| wrong(&sources, &problems, words))?;
    let merged = counted
        .dossier
        .merged(&catalogue)
        .map_err(|problems| wrong(&sources, &problems, words))?;
    warn(&counted.problems, &sources, words);
    if let Some(path) = &arguments.dossier {
        out::file(path, format!("{}\n", dossier.json()), words)?;
    }
    if let Some(path) = &arguments.ledger {
        out::file(path, ledger(&merged.ledger), words)?;
    }
    match arguments.report.as_str() {
        "json" => aside_exactly(&ledger(&merged.ledger)),
        _ => tell(&dossier, &merged, &sources, words),
    }
    out::write(
        &arguments.out.path,
        format!("{}\n", merged.facts_json()),
        words,
    )
}

/// Joins the kept dossier, the sources and the corrections.
fn dossier(
    arguments: &Arguments,
    (catalogue, keys): (&Catalogue, &longma_seal::statement::Sources),
    sources: &mut Sources,
    words: Words,
) -> Result<Dossier, Refusal> {
    let mut dossier = Dossier::default();
    if let Some(path) = arguments.dossier.as_ref().filter(|path| path.exists()) {
        dossier = read_dossier(path, catalogue, sources, words)?;
    }
    let mut left = LIST_BYTES;
    let limit = Args::of("limit", LIST_BYTES);
    for given in &arguments.sources {
        let named = given.split_once('=');
        let Some((name, path)) = named.filter(|(name, path)| !name.is_empty() && !path.is_empty())
        else {
            let shown = Diagnostic::error(&words.fill(Key::MergeFlag, &Args::of("found", given)));
            let shown = shown.help(words.say(Key::MergeFlagHelp));
            return Err(Refusal::new(Exit::Usage, shown));
        };
        let text = read(Path::new(path), FACTS_BYTES, sources, words)?;
        left = left.checked_sub(text.len()).ok_or_else(|| {
            let shown = Diagnostic::error(&words.fill(Key::MergeSize, &limit));
            let shown = shown.coded(Key::MergeSize).at(Path::new(path));
            Refusal::new(Exit::Facts, shown.help(words.say(Key::MergeSizeHelp)))
        })?;
        let said = Dossier::of(catalogue, name, &text).map_err(|problems| {
            let mut refusal = wrong(sources, &problems, words);
            let of = words.fill(Key::MergeOf, &Args::of("source", name));
            let shown = refusal.diagnostics.into_iter();
            refusal.diagnostics = shown.map(|shown| shown.note(&of)).collect();
            refusal
        })?;
        dossier = dossier.join(&said);
    }
    dossier = with_signed(&dossier, &arguments.signed.paths, (catalogue, keys), words)?;
    if dossier.statements().is_empty() {
        let shown = Diagnostic::error(words.say(Key::MergeNone));
        let shown = shown.help(words.say(Key::MergeNoneHelp));
        return Err(Refusal::new(Exit::Usage, shown));
    }
    if let Some(path) = &arguments.corrections {
        let text = read(path, TEXT_FILE_BYTES, sources, words)?;
        let corrected = dossier.corrected(catalogue, &text);
        dossier = corrected.map_err(|problems| wrong(sources, &problems, words))?;
    }
    Ok(dossier)
}

/// Reads a file, and makes it the one that problems are shown in.
fn read(path: &Path, limit: usize, sources: &mut Sources, words: Words) -> Result<String, Refusal> {
    let text = read_text(path, limit, words)?;
    sources.facts = Some(SourceFile::new(path.to_owned(), text.clone()));
    Ok(text)
}

fn ledger(ledger: &Ledger) -> String {
    // Serializing texts, numbers and lists cannot fail.
    let json = serde_json::to_string(ledger).unwrap_or_default();
    format!("{json}\n")
}

/// Reports the counts, contradictions, problems and superseded records.
fn tell(dossier: &Dossier, merged: &Merged, sources: &Sources, words: Words) {
    let ledger = &merged.ledger;
    let named: BTreeSet<&str> = dossier
        .statements()
        .iter()
        .map(|it| it.source.as_str())
        .collect();
    let lists = merged.facts.values().filter_map(|it| it.as_array());
    let records: usize = lists.map(Vec::len).sum();
    let args = Args::of("sources", named.len())
        .with("records", records)
        .with("superseded", ledger.superseded.len())
        .with("contradictions", ledger.contradictions.len());
    aside(&format!("{}\n", words.fill(Key::MergeDone, &args)));
    let contradictions = ledger.contradictions.iter();
    let mut told: Vec<Diagnostic> = contradictions
        .map(|it| contradiction(it, ledger, words))
        .collect();
    let problems = ledger.problems.iter();
    told.extend(problems.map(|problem| sources.diagnostic(problem, words)));
    for superseded in &ledger.superseded {
        let said_by = words.list(&superseded.sources);
        let mut shown = Diagnostic::info(
            &words.fill(
                Key::MergeSuperseded,
                &Args::of("section", &superseded.section)
                    .with("sources", &said_by)
                    .with("record", said(&superseded.record, Offset::CHINA, words)),
            ),
        );
        shown = shown.note(&match &superseded.became {
            Some(pointer) => words.fill(Key::MergeBecame, &Args::of("pointer", pointer)),
            None => words.say(Key::MergeGone).to_owned(),
        });
        for correction in corrections(&superseded.corrections, ledger) {
            shown = shown.note(&by(correction, words));
        }
        told.push(shown);
    }
    if !told.is_empty() {
        remark(&told, words);
    }
}

fn contradiction(it: &Contradiction, ledger: &Ledger, words: Words) -> Diagnostic {
    let code = match it.kind {
        ContradictionKind::Records => Code::MergeDiffersRecords,
        ContradictionKind::Field => Code::MergeDiffersField,
        ContradictionKind::Corrections => Code::MergeDiffersCorrections,
    };
    let mut shown = Diagnostic::warning(words.of(&it.message)).coded(code);
    let records = it.variants.iter();
    let records: Vec<String> = records
        .map(|it| said(&it.record, Offset::CHINA, words))
        .collect();
    for (variant, record) in it.variants.iter().zip(told_apart(&records)) {
        let said_by = words.list(&variant.sources);
        let nowhere = words.say(Key::MergeNowhere);
        let pointer = variant.pointer.as_deref().unwrap_or(nowhere);
        shown = shown.note(
            &words.fill(
                Key::MergeVariant,
                &Args::of("pointer", pointer)
                    .with("sources", &said_by)
                    .with("record", &record),
            ),
        );
    }
    for correction in corrections(&it.corrections, ledger) {
        shown = shown.note(&by(correction, words));
    }
    shown.help(words.of(&it.help))
}

fn corrections<'a>(
    positions: &'a BTreeSet<usize>,
    ledger: &'a Ledger,
) -> impl Iterator<Item = &'a Correction> {
    positions
        .iter()
        .filter_map(|index| ledger.corrections.get(*index))
}
