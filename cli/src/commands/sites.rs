//! `longma sites`: the sampling sites nearest to a point.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, When};
use crate::messages::{Key, Words};
use crate::read::file::SourceFile;
use crate::read::given::{day, instant, read_text};
use crate::read::packs::refused;
use crate::show::diagnostic::Diagnostic;
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use crate::show::terminal::remark;
use clap::ValueHint;
use longma_core::limits::REFERENCE_BYTES;
use longma_core::{Args, Date, Stamp};
use longma_passes::sites::{ANSWERS, Near, Point, Sites};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    list: PathBuf,
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    near: String,
    #[command(flatten)]
    when: When,
    #[arg(long)]
    open: bool,
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = one_to_a_hundred)]
    count: usize,
    #[arg(long, value_name = "DATE")]
    holiday: Vec<String>,
    #[command(flatten)]
    json: AsJson,
}

/// A number of sites that can be answered.
fn one_to_a_hundred(text: &str) -> Result<usize, String> {
    let count = text.parse().ok();
    count
        .filter(|count| (1..=ANSWERS).contains(count))
        .ok_or_else(String::new)
}

/// Reads the list, and reports the nearest sites.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let at = instant(arguments.when.at.as_deref(), words)?;
    let near = &arguments.near;
    let point = near.split_once(',');
    let point = point.and_then(|(latitude, longitude)| Point::parse(latitude, longitude));
    let point = point.ok_or_else(|| {
        let shown = Diagnostic::error(&words.fill(Key::SitesPoint, &Args::of("found", near)));
        Refusal::new(Exit::Usage, shown.help(words.say(Key::SitesPointHelp)))
    })?;
    let holidays = arguments.holiday.iter();
    let holidays: Vec<Date> = holidays
        .map(|text| day(text, words))
        .collect::<Result<_, _>>()?;
    let path = &arguments.list;
    let text = read_text(path, REFERENCE_BYTES, words)?;
    let mut sources = Sources::default();
    let list = Sites::read(&text);
    let path = path.clone();
    sources
        .tables
        .insert("sites".to_owned(), SourceFile::new(path, text));
    let list =
        list.map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words))?;
    let left_out = list.problems();
    let exit = if left_out.is_empty() {
        Exit::Done
    } else {
        let told = left_out.iter();
        let told: Vec<Diagnostic> = told.map(|it| sources.diagnostic(it, words)).collect();
        remark(&told, words);
        Exit::Facts
    };
    let found = list.nearest(Near {
        point,
        at,
        holidays: &holidays,
        open: arguments.open,
        count: arguments.count,
    });
    if arguments.json.wanted {
        let json = serde_json::to_string(&found).unwrap_or_default();
        let answer = Answer::exact(format!("{json}\n"));
        return Ok(Answer { exit, ..answer });
    }
    let mut page = Page::new(page::columns(None));
    if found.is_empty() {
        page.line(words.say(Key::SitesNone));
    }
    for site in &found {
        let label = words.fill(Key::SitesMetres, &Args::of("n", site.metres));
        page.field(0, &label, 10, &format!("{} {}", site.name, site.address));
        let time = site.changes_at.map(Stamp::words);
        let (key, time) = match (site.open, time) {
            (true, Some(time)) => (Key::SitesOpenUntil, time),
            (true, None) => (Key::SitesOpen, String::new()),
            (false, Some(time)) => (Key::SitesOpens, time),
            (false, None) => (Key::SitesClosed, String::new()),
        };
        page.field(10, "", 0, &words.fill(key, &Args::of("time", &time)));
        if let Some(minutes) = site.queue_minutes {
            page.field(
                10,
                "",
                0,
                &words.fill(Key::SitesQueue, &Args::of("n", minutes)),
            );
        }
    }
    let answer = Answer::page(page.finish());
    Ok(Answer { exit, ..answer })
}
