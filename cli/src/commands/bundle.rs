//! `longma bundle`: the packs in one file, compiled or as they are written, or what they
//! are compiled to, to read.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{Out, Packs};
use crate::messages::{Key, Words};
use crate::read::load::Loaded;
use crate::read::packs::{cases, catalogue, loaded, refused};
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::sources::Sources;
use longma_compile::Bundle;
use longma_compile::compiled::Compiled;
use longma_compile::listing::{Wanted, listing};
use longma_core::{Args, nearest, packed};
use longma_desk::held::held;
use std::path::Path;

/// How many invented persons of each kind of subject both bodies of rules decide about.
const PERSONS: u64 = 200;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    out: Out,
    #[arg(long)]
    listing: bool,
    #[arg(long, value_name = "RULE", requires = "listing")]
    rule: Option<String>,
    #[arg(long, requires = "listing")]
    steps: bool,
    /// Leave out the places of rules in their scripts.
    #[arg(long)]
    no_lines: bool,
    /// Write only the packs about these kinds of subject.
    #[arg(long, value_name = "NAME")]
    subject: Vec<String>,
}

/// Checks the packs and writes them. Equal packs give equal bytes, since all maps are
/// ordered and folders are read in order.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let mut loaded = loaded(&arguments.packs.path, words)?;
    if !arguments.subject.is_empty() {
        only_about(&mut loaded.bundle, &arguments.subject, words)?;
    }
    if arguments.listing {
        return listed(arguments, loaded, words);
    }
    let json = |path: &Path| path.extension().is_none_or(|ending| ending == "json");
    if json(&arguments.out.path) {
        sources(arguments, loaded, words)
    } else {
        compiled(arguments, loaded, words)
    }
}

/// Takes out the packs about other subjects, their schemas, and the tables that no rule
/// left over reads.
fn only_about(bundle: &mut Bundle, subjects: &[String], words: Words) -> Result<(), Refusal> {
    let known = || bundle.packs.iter().map(|pack| &*pack.manifest.subject);
    for subject in subjects {
        if known().all(|known| known != subject) {
            let shown = words.fill(Key::BundleNoSubject, &Args::of("subject", subject));
            let shown = Diagnostic::error(&shown);
            let near = nearest(subject, known()).map(|near| Args::of("name", near));
            let help = near.map(|near| words.fill(Key::UsageDidYouMean, &near));
            return Err(Refusal::new(
                Exit::Usage,
                help.iter().fold(shown, |shown, help| shown.help(help)),
            ));
        }
    }
    bundle
        .packs
        .retain(|pack| subjects.contains(&pack.manifest.subject));
    bundle.schemas.retain(|name, _| subjects.contains(name));
    // A rule reads a table by naming it as a parameter.
    let scripts = bundle.packs.iter().flat_map(|pack| pack.scripts.values());
    let scripts: Vec<&str> = scripts.map(String::as_str).collect();
    bundle
        .references
        .retain(|name, _| scripts.iter().any(|script| script.contains(name.as_str())));
    Ok(())
}

/// The packs as they are written, as one JSON document.
fn sources(arguments: &Arguments, loaded: Loaded, words: Words) -> Result<Answer, Refusal> {
    let mut text = serde_json::to_string(&loaded.bundle).map_err(|error| {
        let text = words.fill(Key::WriteFailed, &Args::of("detail", &error));
        Refusal::new(Exit::Files, Diagnostic::error(&text))
    })?;
    text.push('\n');
    let sources = Sources {
        files: loaded.files,
        ..Sources::default()
    };
    // Checks the text as read back, so that what is written is known to be readable.
    let bundle =
        Bundle::read(&text).map_err(|problem| refused(Exit::Packs, &sources, [&problem], words))?;
    catalogue(&bundle, &sources, words)?;
    out::write(&arguments.out.path, text, words)
}

/// What the packs are compiled to, to read.
fn listed(arguments: &Arguments, loaded: Loaded, words: Words) -> Result<Answer, Refusal> {
    let sources = Sources {
        files: loaded.files,
        ..Sources::default()
    };
    catalogue(&loaded.bundle, &sources, words)?;
    let compiled = Compiled::new(&loaded.bundle)
        .map_err(|problems| refused(Exit::Packs, &sources, problems.as_slice(), words))?;
    let wanted = Wanted {
        rule: arguments.rule.as_deref(),
        steps: arguments.steps,
        lang: words.lang(),
    };
    if let Some(text) = listing(&compiled, wanted) {
        return out::write(&arguments.out.path, text, words);
    }
    let asked = arguments.rule.as_deref().unwrap_or_default();
    let rules = compiled.plans.iter().flat_map(|plan| &plan.rules);
    let known = rules.map(|rule| rule.path.split_once('/').map_or("", |(_, rest)| rest));
    // What follows the region and the series, as `--rule` takes it.
    let known = known.map(|path| path.split_once('/').map_or(path, |(_, rest)| rest));
    let shown = Diagnostic::error(&words.fill(Key::BundleNoRule, &Args::of("rule", asked)));
    let shown = match nearest(asked, known) {
        Some(near) => shown.help(&words.fill(Key::UsageDidYouMean, &Args::of("name", near))),
        None => shown,
    };
    Err(Refusal::new(Exit::Usage, shown))
}

/// The packs compiled, after both bodies of rules have said the same of every case and
/// of invented persons.
fn compiled(arguments: &Arguments, loaded: Loaded, words: Words) -> Result<Answer, Refusal> {
    let mut files = loaded.files;
    let path = &arguments.packs.path;
    // A bundle has no cases.
    let cases = if path.is_dir() {
        let packs = loaded.bundle.packs.iter().map(|pack| pack.id.clone());
        let only: Vec<String> = packs.filter(|_| !arguments.subject.is_empty()).collect();
        cases(path, &only, &mut files, words).unwrap_or_default()
    } else {
        Vec::new()
    };
    let sources = Sources {
        files,
        ..Sources::default()
    };
    let refuse = |problems: longma_core::Problems| {
        refused(Exit::Packs, &sources, problems.as_slice(), words)
    };
    catalogue(&loaded.bundle, &sources, words)?;
    let bytes = longma_compile::packed(&loaded.bundle, true).map_err(refuse)?;
    // Compares what is read back, so that what is written is known to decide. Faults tell
    // places, so the comparison needs them.
    let read = packed::read(&bytes).map_err(refuse)?;
    let held = held(&loaded.bundle, &read, &cases, PERSONS).map_err(refuse)?;
    if let Some(difference) = held.difference {
        let shown = Diagnostic::error(words.say(Key::BundleDiffers));
        let args = Args::of("facts", &difference.facts)
            .with("interpreted", &difference.interpreted)
            .with("compiled", &difference.compiled);
        let shown = shown.help(&words.fill(Key::BundleDiffersHelp, &args));
        return Err(Refusal::new(Exit::Packs, shown));
    }
    let bytes = if arguments.no_lines {
        longma_compile::packed(&loaded.bundle, false).map_err(refuse)?
    } else {
        bytes
    };
    out::file(&arguments.out.path, bytes, words)?;
    Ok(Answer::exact(String::new()))
}
