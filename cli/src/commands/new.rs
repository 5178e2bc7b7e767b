//! `longma new pack`: a new pack that checks and tests green, to write a notice's rules
//! into.
//!
//! The desk generates the files; this module writes them. No existing file is
//! overwritten, except the previous pack's manifest if that was asked for.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{PACKS, PackFolder};
use crate::messages::{Key, Words};
use crate::read::cases;
use crate::read::file::{Files, texts};
use crate::read::given::assumptions;
use crate::read::load::{begin, house_of};
use crate::read::packs::unloaded;
use crate::show::diagnostic::Diagnostic;
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use crate::show::terminal::remark;
use crate::show::unreadable::io_error;
use longma_core::{Args, Localized, PackId, Place, Problem};
use longma_desk::template::{self, NewPack, REQUEST, Request, Texts};
use longma_lang::finding::{Finding, Spot};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    // Only one kind so far; naming it leaves room for others.
    #[arg(value_name = "WHAT", value_parser = ["pack"])]
    what: String,
    #[arg(long, value_name = "CODE", required_unless_present = "like")]
    region: Option<String>,
    #[arg(long, value_name = "DATE")]
    from: String,
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    #[arg(long, value_name = "PARENT")]
    inherits: Option<String>,
    #[arg(long, value_name = "PACK")]
    like: Option<String>,
    #[arg(long, value_name = "NAME", conflicts_with = "like")]
    decision: Option<String>,
    #[arg(long, value_name = "NAME", conflicts_with = "like")]
    subject: Option<String>,
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    #[arg(long, value_name = "TEXT")]
    title_en: Option<String>,
    #[arg(long)]
    close_previous: bool,
    #[command(flatten)]
    packs: PackFolder,
}

/// The request fields that findings name; here they are options.
const FIELDS: [&str; 8] = [
    "region",
    "from",
    "until",
    "inherits",
    "like",
    "decision",
    "subject",
    "close-previous",
];
/// Indent of lines under a heading, in columns.
const INDENT: usize = 2;

/// Writes the pack, and reports what was chosen and what to do next.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let packs = &arguments.packs.path;
    if packs.is_file() {
        let path = packs.display();
        let shown = Diagnostic::error(&words.fill(Key::NewFolder, &Args::of("path", &path)));
        return Err(Refusal::new(
            Exit::Usage,
            shown.help(words.say(Key::NewFolderHelp)),
        ));
    }
    let loaded = if packs.join("packs").is_dir() {
        Err(Vec::new())
    } else {
        begin(packs)
    };
    let loaded = loaded.map_err(|errors| unloaded(&errors, packs, words))?;
    remark(&assumptions(loaded.files.values(), words), words);
    let mut files = loaded.files;
    // `longma test` reports cases that cannot be read.
    let _ = cases::fill(packs, &[], &mut files);
    let texts = texts(&files);
    let request = Request {
        region: arguments.region.clone(),
        from: arguments.from.clone(),
        until: arguments.until.clone(),
        inherits: arguments.inherits.clone(),
        like: arguments.like.clone(),
        decision: arguments.decision.clone(),
        subject: arguments.subject.clone(),
        title: arguments.title.clone(),
        title_en: arguments.title_en.clone(),
        close_previous: arguments.close_previous,
    };
    match template::pack(&request, &loaded.bundle, &texts) {
        Ok(new) => {
            write(&new, packs, words)?;
            Ok(Answer::page(told(&new, packs, words)))
        }
        Err(findings) => Err(refused(findings, files, words)),
    }
}

/// Writes the new files, then those that change with them. If they cannot be completed,
/// they are removed again.
fn write(new: &NewPack, packs: &Path, words: Words) -> Result<(), Refusal> {
    let failed =
        |path: &Path, error: &io::Error| Refusal::new(Exit::Files, io_error(path, error, words));
    let folder = packs.join(&new.id);
    if folder.exists() {
        let path = folder.display();
        let shown = Diagnostic::error(&words.fill(Key::NewExists, &Args::of("path", &path)));
        let shown = shown.at(&folder).help(words.say(Key::NewExistsHelp));
        return Err(Refusal::new(Exit::Files, shown));
    }
    let mut written = Vec::new();
    for (name, text) in &new.files {
        let path = place(name, packs);
        if let Err(error) = create(&path, text) {
            let _ = fs::remove_dir_all(&folder);
            for path in written {
                let _ = fs::remove_file(path);
            }
            return Err(failed(&path, &error));
        }
        written.push(path);
    }
    for (name, text) in &new.changed {
        let path = place(name, packs);
        fs::write(&path, text).map_err(|error| failed(&path, &error))?;
    }
    Ok(())
}

fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create_new(path)?.write_all(text.as_bytes())
}

/// The path on disk of a file of the bundle.
fn place(name: &str, packs: &Path) -> PathBuf {
    match PackId::split(name) {
        Some((id, file)) => packs.join(id).join(file),
        None => house_of(packs).join(name),
    }
}

fn told(new: &NewPack, packs: &Path, words: Words) -> String {
    let mut page = Page::new(page::columns(None));
    let list = |page: &mut Page, key: Key, files: &Texts| {
        if !files.is_empty() {
            page.heading(words.say(key));
        }
        for name in files.keys() {
            page.line(&format!("{:INDENT$}{}", "", place(name, packs).display()));
        }
    };
    list(&mut page, Key::NewWritten, &new.files);
    list(&mut page, Key::NewChanged, &new.changed);
    if !new.remarks.is_empty() {
        page.heading(words.say(Key::NewRemarks));
    }
    for remark in &new.remarks {
        let remark = as_options(words.of(remark));
        page.field(INDENT, "", 0, &page::plain(&remark));
    }
    page.heading(words.say(Key::NewNext));
    page.field(INDENT, "", 0, words.say(Key::NewNextWrite));
    let more = if packs == Path::new(PACKS) {
        String::new()
    } else {
        format!(" --packs {}", packs.display())
    };
    for command in ["check", "test"] {
        page.line(&format!("{:INDENT$}longma {command} {}{more}", "", new.id));
    }
    page.finish()
}

/// The refusal for findings, shown at their lines or at the option they are about.
fn refused(findings: Vec<Finding>, files: Files, words: Words) -> Refusal {
    let sources = Sources {
        files,
        ..Sources::default()
    };
    let usage = findings.iter().all(|finding| option(finding).is_some());
    let diagnostics = findings.into_iter().map(|finding| {
        let at = option(&finding);
        let shown = sources.diagnostic(&problem(finding, at.is_none()), words);
        match at {
            Some(option) => shown.at(Path::new(&option)),
            None => shown,
        }
    });
    Refusal {
        exit: if usage { Exit::Usage } else { Exit::Packs },
        diagnostics: diagnostics.collect(),
    }
}

/// The option that a finding is about.
fn option(finding: &Finding) -> Option<String> {
    match &finding.spot {
        Spot::Place(Place::Key { file, key }) if file == REQUEST => {
            Some(format!("--{}", key.first()?))
        }
        _ => None,
    }
}

/// A finding as a problem, from which a diagnostic can be made; `placed` keeps its place.
fn problem(finding: Finding, placed: bool) -> Problem {
    let options = |text: &Localized| Localized::build(|lang| as_options(text.get(lang)));
    let place = match finding.spot {
        Spot::Place(place) if placed => place,
        _ => Place::None,
    };
    let help = finding.help.as_ref().map(options);
    let mut problem = Problem::new(finding.code, place).in_words(finding.message, help);
    problem.severity = finding.severity;
    problem
}

/// The desk's text, with its field names written as options.
fn as_options(text: &str) -> String {
    FIELDS.iter().fold(text.to_owned(), |text, field| {
        text.replace(&format!("`{field}`"), &format!("`--{field}`"))
    })
}
