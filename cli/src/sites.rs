//! `longma sites`: the sampling sites nearest to a point.

use crate::args::Sites as Arguments;
use crate::command::{Answer, Exit, Refusal};
use crate::diagnostic::{Diagnostic, Sources};
use crate::given::{day, instant, unread};
use crate::load::SourceFile;
use crate::messages::{Key, Words};
use crate::moment::stamp_of;
use crate::packs::refused;
use crate::page::{self, Page};
use longma_core::Date;
use longma_front::sites::{Near, Point, Sites};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs;

/// Reads the list, and tells the nearest.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let at = instant(arguments.at.as_deref(), words)?;
    let near = &arguments.near;
    let point = near.split_once(',');
    let point = point.and_then(|(latitude, longitude)| Point::parse(latitude, longitude));
    let point = point.ok_or_else(|| {
        let shown = Diagnostic::error(&words.fill(Key::SitesPoint, &[("found", near)]));
        Refusal::new(Exit::Usage, shown.help(words.say(Key::SitesPointHelp)))
    })?;
    let holidays = arguments.holiday.iter();
    let holidays: BTreeSet<Date> = holidays
        .map(|text| day(text, words))
        .collect::<Result<_, _>>()?;
    let path = &arguments.list;
    let text = fs::read_to_string(path).map_err(|error| unread(path, &error, words))?;
    let list = Sites::read(&text).map_err(|problems| {
        let mut sources = Sources::default();
        let file = SourceFile {
            path: path.clone(),
            text: text.clone(),
        };
        sources.tables.insert("sites".to_owned(), file);
        refused(Exit::Facts, &sources, problems.as_slice(), words)
    })?;
    let found = list.nearest(Near {
        point,
        at,
        holidays: &holidays,
        open: arguments.open,
        count: arguments.count,
    });
    if arguments.json {
        let json = serde_json::to_string(&found).unwrap_or_default();
        return Ok(Answer::exact(format!("{json}\n")));
    }
    let mut page = Page::new(page::columns(None));
    if found.is_empty() {
        page.line(words.say(Key::SitesNone));
    }
    for site in &found {
        let label = words.fill(Key::SitesMetres, &[("n", &site.metres)]);
        page.field(0, &label, 10, &format!("{} {}", site.name, site.address));
        let time = site.changes_at.as_deref().map(stamp_of);
        let (key, time) = match (site.open, time) {
            (true, Some(time)) => (Key::SitesOpenUntil, time),
            (true, None) => (Key::SitesOpen, String::new()),
            (false, Some(time)) => (Key::SitesOpens, time),
            (false, None) => (Key::SitesClosed, String::new()),
        };
        page.field(10, "", 0, &words.fill(key, &[("time", &time)]));
        if let Some(minutes) = site.queue_minutes {
            let args: [(&str, &dyn Display); 1] = [("n", &minutes)];
            page.field(10, "", 0, &words.fill(Key::SitesQueue, &args));
        }
    }
    Ok(Answer::page(page.finish()))
}
