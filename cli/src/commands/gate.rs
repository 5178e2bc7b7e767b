//! `longma gate`: what a gate says about a code, without a network.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, When};
use crate::messages::{Key, Words};
use crate::read::given::{instant, unread};
use crate::read::packs::refused;
use crate::read::sealed::{document, wrong};
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::page::{self, Page, tone};
use crate::show::sources::Sources;
use clap::ValueHint;
use longma_core::{Args, Instant, Problem};
use longma_gate::{Gate, PACKS, Word};
use longma_seal::trust::{Root, Seen};
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(value_name = "CODE")]
    code: String,
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    documents: PathBuf,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    seen: Option<PathBuf>,
    #[arg(long, value_name = "TEXT")]
    challenge: Option<String>,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    json: AsJson,
}

/// Verifies the documents and the code, and decides.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let now = instant(arguments.when.at.as_deref(), words)?;
    let gate = set_up(arguments, now, words)?;
    let challenge = arguments.challenge.as_deref().map(str::as_bytes);
    let answer = gate.decide(&arguments.code, challenge, now);
    if arguments.json.wanted {
        let json = serde_json::to_string(&answer).unwrap_or_default();
        return Ok(Answer::exact(format!("{json}\n")));
    }
    let mut page = Page::new(page::columns(None));
    let colour = match answer.word {
        Word::Admit => "green",
        Word::Check => "yellow",
        Word::Deny => "red",
    };
    page.parts(&[(words.of(&answer.words), tone(colour))]);
    if let Some(holder) = &answer.holder {
        page.field(2, "", 0, &format!("{} · {}", holder.name, holder.document));
    }
    if let Some(face) = &answer.face {
        page.field(2, "", 0, words.of(&face.words));
    }
    for why in &answer.why {
        page.field(2, "·", 2, words.of(&why.words));
        if let Some(help) = &why.help {
            page.field(4, "", 0, words.of(help));
        }
    }
    if answer.holder.is_some() && !answer.signed_now {
        page.field(2, "·", 2, words.say(Key::GateCopy));
    }
    Ok(Answer::page(page.finish()))
}

fn set_up(arguments: &Arguments, now: Instant, words: Words) -> Result<Gate, Refusal> {
    let folder = &arguments.documents;
    let read = |name: &str| document(&folder.join(name), words);
    let told =
        |name: &'static str| move |problem: Problem| wrong(&folder.join(name), &problem, words);
    let mut seen = Seen::default();
    if let Some(path) = &arguments.seen
        && path.exists()
    {
        let text = document(path, words)?;
        let text = String::from_utf8_lossy(&text);
        seen = Seen::read(text.trim()).map_err(|problem| wrong(path, &problem, words))?;
    }
    let mut roots = vec![read("root.cbor")?];
    for version in 2.. {
        let name = format!("root.{version}.cbor");
        if !folder.join(&name).exists() {
            break;
        }
        roots.push(read(&name)?);
    }
    let root = Root::latest(roots.iter().map(Vec::as_slice)).map_err(told("root.cbor"))?;
    let (timestamp, release) = (read("timestamp.cbor")?, read("release.cbor")?);
    let sources = Sources::default();
    let refuse = |problems: longma_core::Problems| {
        refused(Exit::Packs, &sources, problems.as_slice(), words)
    };
    let documents = (&*timestamp, &*release);
    let packs = read(PACKS)?;
    let mut gate = Gate::load(root, documents, &packs, &mut seen, now).map_err(refuse)?;
    for path in tables(&folder.join("tables"), words)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let csv = document(&path, words)?;
        let csv = String::from_utf8_lossy(&csv);
        gate.add_reference(&name, &csv).map_err(refuse)?;
    }
    if folder.join("revoked.cbor").exists() {
        let list = gate.set_revoked(&read("revoked.cbor")?, &mut seen, now);
        list.map_err(told("revoked.cbor"))?;
    }
    let venue = read("venue.json")?;
    let venue = gate.set_venue(&String::from_utf8_lossy(&venue));
    venue.map_err(refuse)?;
    if let Some(path) = &arguments.seen {
        out::file(path, format!("{seen}\n"), words)?;
    }
    Ok(gate)
}

/// The tables of a folder, in the order of their names.
fn tables(folder: &Path, words: Words) -> Result<Vec<PathBuf>, Refusal> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let wrong = |error: std::io::Error| unread(folder, &error, words);
    let entries = fs::read_dir(folder).map_err(wrong)?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(wrong)?.path();
        if path.extension().is_some_and(|it| it == "csv") {
            paths.push(path);
        }
        if paths.len() > TABLES {
            let told = words.fill(Key::GateTables, &Args::of("limit", TABLES));
            return Err(Refusal::new(Exit::Files, Diagnostic::error(&told)));
        }
    }
    longma_core::order::sort(&mut paths);
    Ok(paths)
}

/// The most tables of a gate.
const TABLES: usize = 100;
