//! Timelines as bands: one row per decision, all over the same stretch of time.
//!
//! Every level has its own sign, and a band that is long enough shows the level's name,
//! so that nothing depends on colour. All signs are ASCII: their width is certain in
//! every terminal, and rows stay aligned. The bands show only the time near the instant
//! asked for in which something changes; the table of changes covers all time.

use crate::messages::{Key, Words};
use crate::show::moment::stamp;
use crate::show::page::{Page, QUIET, pad, plain, styled, tone, width};
use crate::show::reading::Reading;
use crate::show::status::{self, colour, level};
use anstyle::Style;
use longma_core::{DecisionOutcome, Instant, Offset, Span, Stretch, Verdict};
use longma_desk::band::named;
use std::collections::BTreeMap;
use std::ops::Range;

/// Signs of a scale's levels, lowest first; a longer scale repeats the last one.
const SIGNS: [char; 7] = ['.', '=', '#', '%', '@', '&', '*'];
/// The sign of an unknown level.
const NOT_KNOWN: char = '?';
/// Marks the instant asked for in every band.
const MARKER: char = '|';
/// Seconds in a day.
const DAY: i64 = 86_400;
/// Changes of level within this many seconds of the instant are shown.
const REACH: i64 = 30 * DAY;
/// Distances between marks of the axis, in days; the first whose labels fit is used.
const STEPS: [i64; 11] = [1, 2, 3, 5, 7, 14, 30, 61, 122, 183, 366];
/// Indent of levels listed under their decision's caption, in columns.
const UNDER: usize = 2;
/// Width of a mark's label, `^07-10`, and of the gap after it, in columns.
const LABEL: i64 = 6 + 2;

/// Writes the bands with their axis and legend; with `rules` also a row of the packs.
pub(crate) fn write(page: &mut Page, reading: &Reading, rules: bool) {
    let offset = reading.outcome.offset();
    let label = if rules {
        reading.words.say(Key::TimelinesRules)
    } else {
        ""
    };
    let rows = rows(reading);
    let captions = rows.iter().map(|row| width(&row.caption));
    let margin = captions.max().unwrap_or_default().max(width(label)) + 2;
    let columns = page.columns().saturating_sub(margin).max(16);
    let scale = Scale::around(reading.at, &rows, columns, offset);
    let marker = scale.column(reading.at.unix()).unwrap_or_default();

    page.heading(reading.words.say(Key::TimelinesHeading));
    let time = stamp(reading.at, offset);
    page.line(&pointing(&time, margin + marker, margin + columns));
    let shown: Vec<_> = rows
        .iter()
        .map(|row| row.shown(scale, marker, reading.at))
        .collect();
    for (row, shown) in rows.iter().zip(&shown) {
        let band = row.band(shown, marker);
        page.laid(&format!("{}{band}", pad(&row.caption, margin)));
    }
    let policies = rules.then(|| Policies::of(reading, scale));
    if let Some(policies) = &policies {
        page.laid(&styled(
            &format!("{}{}", pad(label, margin), policies.band),
            QUIET,
        ));
    }
    for line in scale.axis(offset) {
        page.laid(&styled(&format!("{}{line}", " ".repeat(margin)), QUIET));
    }
    page.gap();
    let legends = rows.iter().zip(&shown);
    let legends: Vec<_> = legends
        .map(|(row, shown)| (&row.caption, row.legend(shown, reading.words)))
        .collect();
    let items = legends.iter().flat_map(|(_, items)| items);
    let widest = items.map(|(text, _)| width(text)).max().unwrap_or_default();
    for (caption, items) in &legends {
        if margin + widest > page.columns() {
            // There is no room next to long captions, so the levels go below them.
            page.line(caption);
            page.items("", UNDER, items);
        } else {
            page.items(caption, margin, items);
        }
    }
    let mut label = label;
    for line in policies.into_iter().flat_map(|policies| policies.legend) {
        page.field(0, label, margin, &line);
        label = "";
    }
}

/// `text` with an arrow that points down at `column`.
fn pointing(text: &str, column: usize, columns: usize) -> String {
    if column + 2 + width(text) <= columns {
        return format!("{}▼ {text}", " ".repeat(column));
    }
    let before = column.saturating_sub(width(text) + 1);
    format!("{}{text} ▼", " ".repeat(before))
}

/// One decision's row.
struct Row<'a> {
    caption: String,
    decision: &'a DecisionOutcome,
    /// Earliest first; together they cover all time.
    runs: Vec<Run>,
}

/// A span of one level.
struct Run {
    span: Span,
    colour: String,
    name: String,
    /// The level's sign; for an unknown level `?`, and the sign of the least that is certain.
    sign: String,
    /// How severe it is, to choose between runs shorter than a column. Unknown ranks
    /// highest, as it may be the highest level.
    rank: usize,
}

fn rows<'a>(reading: &'a Reading) -> Vec<Row<'a>> {
    let decisions = reading.decisions().into_iter();
    decisions
        .map(|(_, decision)| Row {
            caption: plain(reading.words.of(decision.caption())),
            decision,
            runs: runs(decision, reading.words),
        })
        .collect()
}

fn runs(decision: &DecisionOutcome, words: Words) -> Vec<Run> {
    let all: Vec<Stretch<'_>> = decision.stretches().collect();
    let same = |a: &Stretch<'_>, b: &Stretch<'_>| a.verdict() == b.verdict();
    let runs = all.chunk_by(same).filter_map(|chunk| {
        let (first, last) = (chunk.first()?, chunk.last()?);
        Some(Run {
            span: Span::new(first.span().from(), last.span().until())?,
            name: level(*first, words),
            sign: sign(first.verdict()),
            rank: match first.verdict() {
                Verdict::Known(rank) => rank,
                Verdict::Unknown(_) => decision.levels().len(),
            },
            colour: colour(*first).to_owned(),
        })
    });
    runs.collect()
}

/// The sign of the level with this rank.
fn sign_of(rank: usize) -> char {
    let [.., last] = SIGNS;
    SIGNS.get(rank).copied().unwrap_or(last)
}

fn sign(verdict: Verdict) -> String {
    match verdict {
        Verdict::Known(rank) => sign_of(rank).to_string(),
        Verdict::Unknown(None) => NOT_KNOWN.to_string(),
        Verdict::Unknown(Some(least)) => format!("{NOT_KNOWN}{}", sign_of(least)),
    }
}

impl Row<'_> {
    /// The row's band, in colours, with the marker at column `marker`.
    fn band(&self, shown: &[Option<usize>], marker: usize) -> String {
        let mut out = String::new();
        let mut begin = 0;
        for same in shown.chunk_by(|a, b| a == b) {
            let end = begin + same.len();
            if let Some(run) = same
                .first()
                .copied()
                .flatten()
                .and_then(|i| self.runs.get(i))
            {
                let style = tone(&run.colour);
                out.push_str(&styled(&run.cells(begin..end, marker), style));
            }
            begin = end;
        }
        out
    }

    /// The run to show in each column; in column `marker`, the one at `at`.
    fn shown(&self, scale: Scale, marker: usize, at: Instant) -> Vec<Option<usize>> {
        (0..scale.columns)
            .map(|column| match column {
                column if column == marker => {
                    self.runs.iter().position(|run| run.span.contains(at))
                }
                column => self.run_in(scale.seconds(column)),
            })
            .collect()
    }

    /// The run to show in a column: the most severe of those wholly inside it, since no
    /// other column shows them; else the one at its middle.
    fn run_in(&self, column: Range<i64>) -> Option<usize> {
        let inside = |run: &Run| {
            let from = run
                .span
                .from()
                .is_some_and(|from| from.unix() >= column.start);
            from && run
                .span
                .until()
                .is_some_and(|until| until.unix() <= column.end)
        };
        let runs = self.runs.iter().enumerate();
        let short = runs
            .filter(|(_, run)| inside(run))
            .max_by_key(|(_, run)| run.rank);
        let middle = Instant::from_unix(i64::midpoint(column.start, column.end));
        short.map(|(index, _)| index).or_else(|| {
            let middle = middle?;
            self.runs.iter().position(|run| run.span.contains(middle))
        })
    }

    /// Each level's sign and name, and those of unknown levels that are shown.
    fn legend(&self, shown: &[Option<usize>], words: Words) -> Vec<(String, Style)> {
        let mut items: Vec<(String, Style)> = Vec::new();
        let mut add = |sign: &str, name: &str, colour: &str| {
            let item = (format!(" {sign} {name} "), tone(colour));
            if !items.contains(&item) {
                items.push(item);
            }
        };
        for (rank, level) in self.decision.levels().iter().enumerate() {
            let name = status::named(level, words);
            add(&sign(Verdict::Known(rank)), &name, &level.colour);
        }
        let runs = shown
            .iter()
            .flatten()
            .filter_map(|index| self.runs.get(*index));
        for run in runs.filter(|run| run.rank >= self.decision.levels().len()) {
            add(&run.sign, &run.name, &run.colour);
        }
        items
    }
}

impl Run {
    /// The run's columns: its sign, and its name on the wider side of the marker if it fits.
    fn cells(&self, columns: Range<usize>, marker: usize) -> String {
        if !columns.contains(&marker) {
            return self.named(columns.len());
        }
        let (left, right) = (marker - columns.start, columns.end - marker - 1);
        if left > right {
            format!("{}{MARKER}{}", self.named(left), self.signs(right))
        } else {
            format!("{}{MARKER}{}", self.signs(left), self.named(right))
        }
    }

    /// The sign repeated over `length` columns.
    fn signs(&self, length: usize) -> String {
        self.sign.chars().cycle().take(length).collect()
    }

    /// The sign over `length` columns, with the name in the middle if it fits.
    fn named(&self, length: usize) -> String {
        named(&self.sign, &self.name, length)
    }
}

/// The packs in force, as a row of letters.
struct Policies {
    band: String,
    legend: Vec<String>,
}

impl Policies {
    fn of(reading: &Reading, scale: Scale) -> Self {
        let mut letters: BTreeMap<Vec<String>, char> = BTreeMap::new();
        let mut legend = Vec::new();
        let mut band = String::new();
        let mut before = None;
        for column in 0..scale.columns {
            let seconds = scale.seconds(column);
            let middle = i64::midpoint(seconds.start, seconds.end);
            let packs = Instant::from_unix(middle).map(|middle| reading.packs(middle));
            let packs = packs.filter(|packs| !packs.is_empty());
            match &packs {
                Some(packs) if before.as_ref() != Some(packs) => {
                    let next =
                        char::from(b'A' + u8::try_from(letters.len() % 26).unwrap_or_default());
                    let letter = *letters.entry(packs.clone()).or_insert_with(|| {
                        let packs = reading.words.list(packs);
                        legend.push(format!("{next} {packs}"));
                        next
                    });
                    band.push(letter);
                }
                Some(_) => band.push('-'),
                None => band.push(' '),
            }
            before = packs;
        }
        if legend.is_empty() {
            legend.push(reading.words.say(Key::TimelinesNoPack).to_owned());
        }
        Self { band, legend }
    }
}

/// How time maps to columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scale {
    /// Seconds since the Unix epoch.
    from: i64,
    /// Seconds since the Unix epoch; later than `from`.
    until: i64,
    columns: usize,
}

impl Scale {
    /// Whole days that contain `at` and the changes of level near it; if none is near, the
    /// closest one on each side.
    fn around(at: Instant, rows: &[Row], columns: usize, offset: Offset) -> Self {
        let at = at.unix();
        let runs = rows.iter().flat_map(|row| &row.runs);
        let changes: Vec<i64> = runs
            .filter_map(|run| Some(run.span.from()?.unix()))
            .collect();
        let near = |change: &&i64| (**change - at).abs() <= REACH;
        let mut shown: Vec<i64> = changes.iter().filter(near).copied().collect();
        if shown.is_empty() {
            shown.extend(changes.iter().filter(|change| **change <= at).max());
            shown.extend(changes.iter().filter(|change| **change > at).min());
        }
        let first = shown.iter().copied().fold(at, i64::min);
        let last = shown.iter().copied().fold(at, i64::max);
        let spare = ((last - first) / 12).max(DAY);
        let day = |seconds: i64| midnight(seconds, offset);
        Self {
            from: day(first - spare),
            until: day(last + spare) + DAY,
            columns,
        }
    }

    /// The seconds that a column covers.
    fn seconds(self, column: usize) -> Range<i64> {
        let at = |column: usize| {
            let column = i64::try_from(column).unwrap_or_default();
            let columns = i64::try_from(self.columns).unwrap_or(i64::MAX).max(1);
            self.from + (self.until - self.from) * column / columns
        };
        at(column)..at(column + 1)
    }

    /// The column that covers a second.
    fn column(self, second: i64) -> Option<usize> {
        (0..self.columns).find(|column| self.seconds(*column).contains(&second))
    }

    /// Marks at midnights: a line of days, and a line with each year at its first mark.
    fn axis(self, offset: Offset) -> [String; 2] {
        let [mut days, mut years] = [String::new(), String::new()];
        let columns = i64::try_from(self.columns).unwrap_or(i64::MAX).max(1);
        let fits = |step: &&i64| **step * DAY * columns >= LABEL * (self.until - self.from);
        let longest = self.until - self.from;
        let step = STEPS.iter().find(fits).map_or(longest, |step| step * DAY);
        let mut year = String::new();
        let mut second = self.from;
        while second < self.until {
            let date = Instant::from_unix(second).map(|at| at.date(offset).to_string());
            if let (Some(date), Some(column)) = (date, self.column(second))
                && let Some((this_year, day)) = date.split_once('-')
                && column + 6 <= self.columns
            {
                days = format!("{}^{day}", pad(&days, column));
                if this_year != year {
                    years = format!("{} {this_year}", pad(&years, column));
                    this_year.clone_into(&mut year);
                }
            }
            second += step;
        }
        [days, years]
    }
}

/// The first second, at `offset`, of the day that contains `second`.
fn midnight(second: i64, offset: Offset) -> i64 {
    let start = Instant::from_unix(second).and_then(|at| at.date(offset).start(offset));
    start.map_or(second, Instant::unix)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn run(name: &str) -> Run {
        Run {
            span: Span::new(None, None).unwrap(),
            colour: "red".to_owned(),
            name: name.to_owned(),
            sign: "#".to_owned(),
            rank: 0,
        }
    }

    #[test]
    fn a_band_holds_its_name_where_there_is_room() {
        assert_eq!(run("Red").cells(0..9, 20), "## Red ##");
        assert_eq!(run("Red").cells(0..6, 20), "######");
        assert_eq!(run("红码").cells(0..8, 20), "# 红码 #");
    }

    #[test]
    fn the_marker_is_never_covered_by_a_name() {
        assert_eq!(run("Red").cells(0..11, 8), "# Red ##|##");
        assert_eq!(run("Red").cells(0..9, 1), "#|# Red #");
        assert_eq!(run("Red").cells(3..4, 3), "|");
    }

    #[test]
    fn columns_share_all_seconds_and_overlap_nowhere() {
        let scale = Scale {
            from: -7,
            until: 1_000_003,
            columns: 61,
        };
        let mut next = scale.from;
        for column in 0..scale.columns {
            let seconds = scale.seconds(column);
            assert_eq!(seconds.start, next);
            next = seconds.end;
        }
        assert_eq!(next, scale.until);
        assert_eq!(scale.column(scale.until), None);
    }
}
