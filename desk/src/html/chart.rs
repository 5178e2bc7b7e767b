//! Small charts: shares of a whole, a matrix of counts, and a band over time.
//!
//! Only whole numbers are used, so that the same data gives the same bytes on every target.
//! Each chart has a caption and says in words what its areas show.

use super::{Level, Tone, chip};
use longma_core::order::Gather;
use longma_core::{Instant, Offset};
use maud::{Markup, html};
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr;

/// Width of a chart in units. A unit is about one pixel, or 1/700 of a page's width.
const WIDTH: i64 = 720;
/// Width of one column of text, half a Chinese character, at label size.
const COLUMN: i64 = 6;
/// Distance from one row of a band to the next.
const ROW: i64 = 44;
/// Height of a row's name above its band.
const NAME: i64 = 16;
/// Height of a band.
const BAND: i64 = 22;
/// Height of the marks above all rows.
const MARKS: i64 = 16;
/// Height of a line of labels below the rows.
const LABEL: i64 = 14;
/// Maximum number of label lines; an instant that fits on none appears only in the text.
const LABELS: usize = 4;
/// Seconds in a day.
const DAY: i64 = 86_400;

/// A part of a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The level that it counts.
    pub level: Level,
    /// How many.
    pub amount: u64,
}

/// Counts by two levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// Row headings.
    pub rows: Vec<Level>,
    /// Column headings.
    pub columns: Vec<Level>,
    /// Counts by row, then column. If row and column have the same level, nothing changed and
    /// the cell stays pale.
    pub cells: Vec<Vec<u64>>,
    /// What rows and columns are, such as "before ＼ after".
    pub corner: String,
}

/// Rows of levels over one stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// One row for each decision.
    pub rows: Vec<Row>,
    /// Instants to point at.
    pub marks: Vec<Mark>,
    /// The stretch of time shown.
    pub window: Window,
    /// Offset that labels are written at.
    pub offset: Offset,
}

/// One row of a [`Band`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What the row shows.
    pub name: String,
    /// Pieces, earliest first.
    pub pieces: Vec<Piece>,
}

/// A span of one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// First second since the Unix epoch; `None` if it has no beginning.
    pub from: Option<i64>,
    /// The first second after it; `None` if it has no end.
    pub until: Option<i64>,
    /// The level that holds.
    pub level: Level,
}

/// An instant that a [`Band`] points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// In seconds since the Unix epoch.
    pub at: i64,
    /// A number or a short word.
    pub name: String,
}

/// The stretch of time that a [`Band`] shows, in seconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    from: i64,
    until: i64,
}

impl Window {
    /// A window that contains all `instants`, with some room on both sides.
    #[must_use]
    pub fn around(instants: impl IntoIterator<Item = i64>) -> Self {
        let mut instants = instants.into_iter();
        let first = instants.next().unwrap_or_default();
        let (from, until) = instants.fold((first, first), |(from, until), t| {
            (from.min(t), until.max(t))
        });
        let spare = (until.saturating_sub(from) / 10).max(DAY / 8);
        Self {
            from: from.saturating_sub(spare),
            until: until.saturating_add(spare),
        }
    }

    /// The first second.
    #[must_use]
    pub fn from(self) -> i64 {
        self.from
    }

    /// The first second after it.
    #[must_use]
    pub fn until(self) -> i64 {
        self.until
    }

    /// The position of an instant on `width` units, clamped to the window.
    #[must_use]
    pub fn place(self, second: i64, width: i64) -> i64 {
        let length = i128::from(self.until) - i128::from(self.from);
        let into = i128::from(second.clamp(self.from, self.until)) - i128::from(self.from);
        let place = i128::from(width) * into / length.max(1);
        i64::try_from(place).unwrap_or(width)
    }

    fn holds(self, second: i64) -> bool {
        (self.from..self.until).contains(&second)
    }
}

/// Patterns overlaid on areas, so that tones differ without colour. A page has them once.
pub(super) fn patterns() -> Markup {
    let path = |tone| match tone {
        Tone::Yellow => Some("M0 8 8 0"),
        Tone::Red => Some("M0 8 8 0M0 0 8 8"),
        Tone::Gold => Some("M4 0V8"),
        Tone::Blue => Some("M0 4H8"),
        Tone::Unknown => Some("M3 3h2v2h-2z"),
        Tone::Green | Tone::Grey => None,
    };
    html! {
        svg.patterns width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                @for tone in Tone::ALL {
                    @if let Some(path) = path(tone) {
                        pattern id=(pattern(tone)) width="8" height="8" patternUnits="userSpaceOnUse" {
                            path d=(path) {}
                        }
                    }
                }
            }
        }
    }
}

fn pattern(tone: Tone) -> String {
    format!("pattern-{}", tone.name())
}

/// An area in a tone, with its pattern and, as a tooltip, its words.
fn area(x: i64, y: i64, width: i64, height: i64, tone: Tone, words: &str) -> Markup {
    html! {
        g data-tone=(tone.name()) {
            title { (words) }
            rect.area x=(x) y=(y) width=(width) height=(height) {}
            @if !matches!(tone, Tone::Green | Tone::Grey) {
                rect x=(x) y=(y) width=(width) height=(height) fill={ "url(#" (pattern(tone)) ")" } {}
            }
        }
    }
}

/// A bar of shares, with their counts and percentages in words below it.
///
/// ```
/// use longma_desk::html::{Level, Share, Tone, stacked_bar};
/// let share = |tone, name: &str, amount| Share { level: Level::new(tone, name), amount };
/// let shares = [share(Tone::Green, "green", 3000), share(Tone::Red, "red", 1000)];
/// let chart = stacked_bar("codes", &shares).into_string();
/// assert!(chart.contains("3,000 · 75.0 %"));
/// ```
#[must_use]
pub fn stacked_bar(caption: &str, shares: &[Share]) -> Markup {
    let total: u128 = shares.iter().map(|share| u128::from(share.amount)).sum();
    let place = |sum: u128| {
        let place = u128::from(WIDTH.unsigned_abs()) * sum / total.max(1);
        i64::try_from(place).unwrap_or(WIDTH)
    };
    let mut sum = 0_u128;
    html! {
        figure.chart {
            figcaption { (caption) }
            svg viewBox={ "0 0 " (WIDTH) " " (BAND) } role="img" aria-label=(caption) {
                @for share in shares {
                    @let from = place(sum);
                    @let () = sum += u128::from(share.amount);
                    @if share.amount > 0 {
                        @let width = (place(sum) - from).max(1);
                        (area(from, 0, width, BAND, share.level.tone, &share.level.name))
                        @if width >= 2 * COLUMN {
                            text.on data-tone=(share.level.tone.name()) x=(from + width / 2) y=(BAND - 7) text-anchor="middle" {
                                (share.level.tone.sign())
                            }
                        }
                    }
                }
            }
            ul.legend {
                @for share in shares {
                    li { (chip(&share.level)) " " (grouped(share.amount)) " · " (percent(share.amount, total)) }
                }
            }
        }
    }
}

/// A table of counts; higher counts are darker. Darkness is logarithmic, so that a few
/// persons next to many remain visible.
///
/// ```
/// use longma_desk::html::{Level, Matrix, Tone, matrix};
/// let levels = [Level::new(Tone::Green, "green"), Level::new(Tone::Red, "red")];
/// let table = Matrix {
///     rows: levels.to_vec(),
///     columns: levels.to_vec(),
///     cells: vec![vec![90_000, 12], vec![0, 800]],
///     corner: "before ＼ after".to_owned(),
/// };
/// let chart = matrix("changes", &table).into_string();
/// assert!(chart.contains("90,000"));
/// ```
#[must_use]
pub fn matrix(caption: &str, matrix: &Matrix) -> Markup {
    let cells = || matrix.rows.iter().zip(&matrix.cells);
    let most = cells()
        .flat_map(|(row, cells)| {
            matrix
                .columns
                .iter()
                .zip(cells)
                .filter(move |(c, _)| *c != row)
        })
        .map(|(_, count)| *count)
        .max()
        .unwrap_or_default();
    html! {
        figure.chart {
            figcaption { (caption) }
            div.wide {
                table.matrix {
                    thead {
                        tr {
                            th scope="col" { (matrix.corner) }
                            @for level in &matrix.columns { th scope="col" { (chip(level)) } }
                        }
                    }
                    tbody {
                        @for (row, counts) in cells() {
                            tr {
                                th scope="row" { (chip(row)) }
                                @for (column, count) in matrix.columns.iter().zip(counts) {
                                    td.same[row == column] data-heat=[(row != column).then(|| heat(*count, most))] {
                                        (grouped(*count))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The shade of a cell: 0 for no count, 1 to 5 for more.
fn heat(count: u64, most: u64) -> u32 {
    let bits = |n: u64| u64::BITS - n.leading_zeros();
    match bits(count) {
        0 => 0,
        _ if count == most => 5,
        length => 1 + 4 * length.saturating_sub(1) / bits(most).max(1),
    }
}

/// Rows of levels over time, with the instants of changes below, as far as there is room.
///
/// ```
/// use longma_core::Offset;
/// use longma_desk::html::{Band, Level, Piece, Row, Tone, Window, timeline};
/// // From 2022-07-10 00:00 at +08:00.
/// let from = 1_657_382_400;
/// let red = Piece { from: Some(from), until: None, level: Level::new(Tone::Red, "red") };
/// let chart = timeline("history", &Band {
///     rows: vec![Row { name: "code".to_owned(), pieces: vec![red] }],
///     marks: Vec::new(),
///     window: Window::around([from]),
///     offset: Offset::CHINA,
/// });
/// assert!(chart.into_string().contains("code: red 2022-07-10 – …"));
/// ```
#[must_use]
pub fn timeline(caption: &str, band: &Band) -> Markup {
    let rows = i64::try_from(band.rows.len()).unwrap_or_default();
    let top = if band.marks.is_empty() { 0 } else { MARKS };
    let bottom = top + rows * ROW - (ROW - NAME - BAND);
    let labels = labels(band);
    let height = bottom + 4 + LABEL * labels.iter().map(|l| l.line + 1).max().unwrap_or_default();
    html! {
        figure.chart {
            @if !caption.is_empty() { figcaption { (caption) } }
            div.wide {
                svg.timeline viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(told(caption, band)) {
                    @for label in &labels {
                        line.tick x1=(label.x) x2=(label.x) y1=(top) y2=(bottom + 2 + LABEL * label.line + 4) {}
                    }
                    @for (row, y) in band.rows.iter().zip((0..).map(|index| top + index * ROW)) {
                        text.name x="0" y=(y + NAME - 5) { (row.name) }
                        @for piece in &row.pieces { (drawn(piece, y + NAME, band)) }
                    }
                    @for label in &labels {
                        text.label x=(label.start) y=(bottom + 4 + LABEL * (label.line + 1) - 4) { (label.text) }
                    }
                    @for (x, names) in gathered(band) {
                        line.mark x1=(x) x2=(x) y1=(MARKS - 4) y2=(bottom) {}
                        text.mark x=(x) y=(MARKS - 5) text-anchor="middle" { "▼" (names) }
                    }
                }
            }
            @let rest = unnamed(band);
            @if !rest.is_empty() {
                ul.legend { @for level in rest { li { (chip(&level)) } } }
            }
        }
    }
}

/// The position and width of a piece; `None` outside the window.
fn extent(piece: &Piece, window: Window) -> Option<(i64, i64)> {
    let from = piece.from.unwrap_or(i64::MIN);
    let until = piece.until.unwrap_or(i64::MAX);
    if until <= window.from || from >= window.until {
        return None;
    }
    let start = window.place(from, WIDTH);
    // At least 2 units, so that even a moment is visible.
    Some((start, (window.place(until, WIDTH) - start).max(2)))
}

/// Whether a level's sign and name fit in `units`.
fn fits(level: &Level, units: i64) -> bool {
    text_units(&level.name) + 4 * COLUMN <= units
}

fn drawn(piece: &Piece, y: i64, band: &Band) -> Markup {
    let Some((x, width)) = extent(piece, band.window) else {
        return html! {};
    };
    let level = &piece.level;
    html! {
        (area(x, y, width, BAND, level.tone, &words(piece, band.offset)))
        @if fits(level, width) {
            text.on data-tone=(level.tone.name()) x=(x + width / 2) y=(y + BAND - 7) text-anchor="middle" {
                (level.tone.sign()) " " (level.name)
            }
        } @else if width >= 2 * COLUMN {
            text.on data-tone=(level.tone.name()) x=(x + width / 2) y=(y + BAND - 7) text-anchor="middle" {
                (level.tone.sign())
            }
        }
    }
}

/// Levels of pieces too narrow for their name.
fn unnamed(band: &Band) -> BTreeSet<Level> {
    let pieces = band.rows.iter().flat_map(|row| &row.pieces);
    pieces
        .filter(|piece| {
            extent(piece, band.window).is_some_and(|(_, width)| !fits(&piece.level, width))
        })
        .map(|piece| piece.level.clone())
        .into_set()
}

/// The chart in words, for readers who cannot see it.
fn told(caption: &str, band: &Band) -> String {
    let rows = band.rows.iter().map(|row| {
        let pieces = row.pieces.iter();
        let shown = pieces.filter(|piece| extent(piece, band.window).is_some());
        let told: Vec<String> = shown.map(|piece| words(piece, band.offset)).collect();
        format!("{}: {}", row.name, told.join("; "))
    });
    let named = (!caption.is_empty()).then(|| caption.to_owned());
    named
        .into_iter()
        .chain(rows)
        .collect::<Vec<_>>()
        .join(" | ")
}

/// A piece in words: its level and its two ends.
fn words(piece: &Piece, offset: Offset) -> String {
    let end = |second: Option<i64>| second.map_or_else(|| "…".to_owned(), |s| stamp(s, offset));
    format!(
        "{} {} – {}",
        piece.level.name,
        end(piece.from),
        end(piece.until)
    )
}

/// Marks by position; marks that would overlap share one.
fn gathered(band: &Band) -> Vec<(i64, String)> {
    let mut gathered: Vec<(i64, String)> = Vec::new();
    for mark in &band.marks {
        let x = band.window.place(mark.at, WIDTH).clamp(8, WIDTH - 8);
        match gathered.last_mut() {
            Some((last, names)) if x - *last < text_units(names) + 4 * COLUMN => {
                names.push(' ');
                names.push_str(&mark.name);
            }
            _ => gathered.push((x, mark.name.clone())),
        }
    }
    gathered
}

/// The label of an instant below the rows.
struct Label {
    /// Position of the instant.
    x: i64,
    /// Start of the text.
    start: i64,
    /// Line of the label, from 0.
    line: i64,
    text: String,
}

/// Labels for the instants at which a level changes, as far as there is room.
fn labels(band: &Band) -> Vec<Label> {
    let pieces = band.rows.iter().flat_map(|row| &row.pieces);
    let instants: BTreeSet<i64> = pieces
        .flat_map(|piece| [piece.from, piece.until])
        .flatten()
        .filter(|second| band.window.holds(*second))
        .into_set();
    let mut ends = [i64::MIN; LABELS];
    let mut labels = Vec::new();
    for second in instants {
        let text = stamp(second, band.offset);
        let units = text_units(&text);
        let x = band.window.place(second, WIDTH);
        let start = (x - units / 2).clamp(0, (WIDTH - units).max(0));
        let free = ends.iter_mut().zip(0_i64..).find(|(end, _)| **end < start);
        if let Some((end, line)) = free {
            *end = start + units + COLUMN;
            labels.push(Label {
                x,
                start,
                line,
                text,
            });
        }
    }
    labels
}

fn text_units(text: &str) -> i64 {
    i64::try_from(text.width()).map_or(WIDTH, |columns| columns.saturating_mul(COLUMN))
}

/// An instant without a zero time or zero seconds: `2022-07-10`, `2022-07-10 09:00`.
///
/// ```
/// use longma_core::Offset;
/// use longma_desk::html::stamp;
/// assert_eq!(stamp(1_657_382_400, Offset::CHINA), "2022-07-10");
/// assert_eq!(stamp(1_657_414_800, Offset::CHINA), "2022-07-10 09:00");
/// ```
#[must_use]
pub fn stamp(second: i64, offset: Offset) -> String {
    let Some(instant) = Instant::from_unix(second) else {
        return "…".to_owned();
    };
    let text = instant.to_words(offset);
    let short = text.strip_suffix(":00").unwrap_or(&text);
    short.strip_suffix(" 00:00").unwrap_or(short).to_owned()
}

/// Writes `1234567` as `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share in percent, to one decimal.
fn percent(amount: u64, total: u128) -> String {
    let tenths = u128::from(amount) * 1000 / total.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn level(tone: Tone, name: &str) -> Level {
        Level::new(tone, name)
    }

    fn band(pieces: Vec<Piece>, window: Window) -> Band {
        Band {
            rows: vec![Row {
                name: "code".to_owned(),
                pieces,
            }],
            marks: Vec::new(),
            window,
            offset: Offset::CHINA,
        }
    }

    #[test]
    fn counts_are_read_in_groups_and_shares_to_a_tenth() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(percent(7, 7), "100.0 %");
    }

    #[test]
    fn any_count_is_darker_than_none_and_the_most_is_darkest() {
        assert_eq!(heat(0, 1_000_000), 0);
        assert_eq!(heat(1, 1_000_000), 1);
        assert!((2..5).contains(&heat(1_000, 1_000_000)));
        assert_eq!(heat(1_000_000, 1_000_000), 5);
    }

    #[test]
    fn a_label_says_no_more_of_an_instant_than_there_is() {
        let second = |text: &str| Instant::parse(text).unwrap().unix();
        let stamp = |text: &str| super::stamp(second(text), Offset::CHINA);
        assert_eq!(stamp("2022-07-10T00:00:00+08:00"), "2022-07-10");
        assert_eq!(stamp("2022-07-10T09:00:00+08:00"), "2022-07-10 09:00");
        assert_eq!(stamp("2022-07-10T00:00:01+08:00"), "2022-07-10 00:00:01");
    }

    #[test]
    fn labels_never_cover_one_another() {
        let piece = |from: i64| Piece {
            from: Some(from * 3_600),
            until: Some((from + 1) * 3_600),
            level: level(Tone::Red, "red"),
        };
        let band = band(
            (0..40).map(piece).collect(),
            Window::around([0, 40 * 3_600]),
        );
        let labels = labels(&band);
        assert!(labels.len() > LABELS);
        for (index, a) in labels.iter().enumerate() {
            for b in labels.iter().skip(index + 1).filter(|b| b.line == a.line) {
                assert!(
                    a.start + text_units(&a.text) < b.start,
                    "{} {}",
                    a.text,
                    b.text
                );
            }
        }
    }

    #[test]
    fn a_moment_is_seen_and_what_lies_outside_is_not() {
        let window = Window::around([0, 100 * DAY]);
        let piece = |from, until| Piece {
            from: Some(from),
            until: Some(until),
            level: level(Tone::Red, "red"),
        };
        assert_eq!(extent(&piece(DAY, DAY + 1), window).unwrap().1, 2);
        assert_eq!(extent(&piece(900 * DAY, 901 * DAY), window), None);
        let all = Piece {
            from: None,
            until: None,
            ..piece(0, 1)
        };
        assert_eq!(extent(&all, window), Some((0, WIDTH)));
    }

    #[test]
    fn a_level_without_room_for_its_name_is_in_the_legend() {
        let window = Window::around([0, 100 * DAY]);
        let short = Piece {
            from: Some(DAY),
            until: Some(2 * DAY),
            level: level(Tone::Red, "red code"),
        };
        let long = Piece {
            from: Some(2 * DAY),
            until: None,
            level: level(Tone::Green, "green code"),
        };
        let rest: Vec<Level> = unnamed(&band(vec![short, long], window))
            .into_iter()
            .collect();
        assert_eq!(rest, [level(Tone::Red, "red code")]);
    }
}
