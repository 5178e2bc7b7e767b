//! `longma screen`: reads a grid worker's list, and says whom to follow up first and
//! which rows must be called back.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Packs, Region, TableFiles};
use crate::messages::{Key, Words};
use crate::read::file::SourceFile;
use crate::read::given::{Ready, instant, no_instant, read_list, ready};
use crate::read::packs::refused;
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::page::{self, Page, plain, tone};
use anstyle::Style;
use clap::ValueHint;
use longma_core::{Args, Reading};
use longma_core::{Instant, Lang, Localized};
use longma_desk::html::visible;
use longma_records::screening::{Asked, Finding, Followed, Reported, Screened, rejects, screen};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    list: PathBuf,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    region: Region,
    #[arg(long, value_name = "TIME")]
    received: Option<String>,
    #[command(flatten)]
    tables: TableFiles,
    #[command(flatten)]
    json: AsJson,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    rejects: Option<PathBuf>,
}

/// Reads the list, decides, and reports.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let received = match arguments.received.as_deref() {
        None => instant(None, words)?,
        Some(text) => Instant::parse_to_the_minute(text)
            .map_err(|error| no_instant(error, "--received", text, Key::AtInvalidHelp, words))?,
    };
    if arguments.rejects.as_ref() == Some(&arguments.list) {
        let shown = Diagnostic::error(words.say(Key::ScreenSame));
        let shown = shown.help(words.say(Key::ScreenSameHelp));
        return Err(Refusal::new(Exit::Usage, shown));
    }
    let Ready {
        catalogue,
        tables,
        mut sources,
        ..
    } = ready(&arguments.packs.path, &arguments.tables.given, words)?;
    let path = &arguments.list;
    let text = read_list(path, words)?;
    let file = SourceFile::new(path.clone(), text.clone());
    sources.tables.insert("screening".to_owned(), file);
    let asked = Asked {
        received,
        region: arguments.region.code.as_deref(),
        references: Some(&tables),
    };
    let screened = screen(&catalogue, &text, asked)
        .map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words))?;
    if let Some(path) = &arguments.rejects {
        out::file(path, visible(&rejects(&screened, words.lang())), words)?;
    }
    let mut answer = if arguments.json.wanted {
        let json = serde_json::to_string(&screened).unwrap_or_default();
        Answer::exact(format!("{json}\n"))
    } else {
        Answer::page(tell(&screened, words))
    };
    // As for many persons: the rest is reported, and the exit code says that rows are left, or
    // that there were none.
    if screened.rows.reported > 0 || screened.rows.used == 0 {
        answer.exit = Exit::Facts;
    }
    Ok(answer)
}

fn tell(screened: &Screened, words: Words) -> String {
    let mut page = Page::new(page::columns(None));
    let rows = &screened.rows;
    page.field(
        0,
        "",
        0,
        &words.fill(
            Key::ScreenCounts,
            &Args::of("given", rows.given)
                .with("used", rows.used)
                .with("people", screened.people.len())
                .with("reported", rows.reported),
        ),
    );
    let unused = &screened.columns.unused;
    if !unused.is_empty() {
        let headers = plain(&words.list(unused));
        let text = words.fill(Key::ScreenUnused, &Args::of("headers", &headers));
        page.field(0, "", 0, &text);
    }
    for (order, person) in (1..).zip(&screened.people) {
        follow(&mut page, order, person, words);
    }
    if !screened.reported.is_empty() {
        page.heading(words.say(Key::ScreenBack));
    }
    for row in &screened.reported {
        call_back(&mut page, row, words);
    }
    page.finish()
}

fn follow(page: &mut Page, order: usize, person: &Followed, words: Words) {
    let phones = person.phones.join(", ");
    let parts = [&person.name, &person.number, &phones];
    let lines = words.list(&person.lines);
    let lines = words.fill(Key::ScreenLines, &Args::of("lines", &lines));
    page.heading(&format!("{order}. {} · {lines}", joined(parts)));
    for part in [&person.triage, &person.code].into_iter().flatten() {
        page.parts(&[
            ("  ", Style::new()),
            (&level(part, words), tone(&part.tone)),
        ]);
        for reason in &part.reasons {
            page.field(4, "·", 2, words.of(&reason.caption));
        }
    }
    if let Some(deadline) = &person.deadline {
        let at = deadline.words();
        page.field(2, "", 0, &words.fill(Key::ScreenDue, &Args::of("at", &at)));
    }
    for remark in &person.remarks {
        let remark = plain(remark);
        let text = words.fill(Key::ScreenRemark, &Args::of("remark", &remark));
        page.field(2, "", 0, &text);
    }
    let differ = person.contradictions.iter();
    let differ = differ.map(|it| (it.message.clone(), Some(it.help.clone())));
    let wrong = person.problems.iter();
    let wrong = wrong.map(|it| (it.message(), it.help()));
    for (message, help) in differ.chain(wrong) {
        told(page, "!", &message, help.as_ref(), words);
    }
    for note in &person.notes {
        told(page, "-", &note.problem.message(), None, words);
    }
}

/// A level in words; if it is unknown, also the least that is certain.
fn level(part: &Reading, words: Words) -> String {
    let (name, level) = (words.of(&part.name), words.of(&part.words));
    match &part.at_least_words {
        None => format!("{name}{}{level}", colon(words)),
        Some(least) => words.fill(
            Key::ScreenLeast,
            &Args::of("name", name)
                .with("level", level)
                .with("least", words.of(least)),
        ),
    }
}

fn colon(words: Words) -> &'static str {
    match words.lang() {
        Lang::En => ": ",
        Lang::ZhCn => "：",
    }
}

fn call_back(page: &mut Page, row: &Reported, words: Words) {
    let line = words.fill(Key::ScreenBackLine, &Args::of("line", row.line));
    page.field(2, "", 0, &joined([&line, &row.name, &row.phone]));
    for Finding { problem, .. } in &row.findings {
        told(
            page,
            "!",
            &problem.message(),
            problem.help().as_ref(),
            words,
        );
    }
}

fn told(page: &mut Page, mark: &str, message: &Localized, help: Option<&Localized>, words: Words) {
    page.field(4, mark, 2, &plain(words.of(message)));
    if let Some(help) = help {
        page.field(6, "", 0, &plain(words.of(help)));
    }
}

/// Joins the parts that are not empty.
fn joined(parts: [&String; 3]) -> String {
    let parts = parts.iter().filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(|part| plain(part)).collect();
    parts.join(" · ")
}
