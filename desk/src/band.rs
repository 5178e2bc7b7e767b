//! Timelines as lines of text: a sign for each level, and its name if there is room.
//!
//! All signs are ASCII, so their width is certain and rows stay aligned.

use crate::html::{Band, Level, Mark, Piece, Row, Tone, stamp};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

/// The width of a band in columns.
const COLUMNS: usize = 72;

/// The sign of a tone.
const fn sign(tone: Tone) -> char {
    match tone {
        Tone::Green => '.',
        Tone::Yellow => '=',
        Tone::Red => '#',
        Tone::Gold => '*',
        Tone::Grey => '-',
        Tone::Blue => '+',
        Tone::Unknown => '?',
    }
}

/// Repeats `sign` over `length` columns, with `name` in the middle if it fits.
///
/// ```
/// use longma_desk::band::named;
/// assert_eq!(named("#", "Red", 9), "## Red ##");
/// assert_eq!(named("#", "Red", 6), "######");
/// ```
#[must_use]
pub fn named(sign: &str, name: &str, length: usize) -> String {
    let signs = |length: usize| -> String { sign.chars().cycle().take(length).collect() };
    // A blank and at least one sign on either side, so that readers connect the sign
    // with the name.
    let taken = name.width() + 2;
    let Some(spare) = length.checked_sub(taken).filter(|spare| *spare >= 2) else {
        return signs(length);
    };
    format!("{} {name} {}", signs(spare / 2), signs(spare - spare / 2))
}

/// Draws a band: its marks, its rows, and a line for each piece with its sign, name and
/// span.
#[must_use]
pub fn draw(band: &Band) -> String {
    let mut out = String::new();
    let margin = band
        .rows
        .iter()
        .map(|row| row.name.width())
        .max()
        .unwrap_or_default()
        + 2;
    if !band.marks.is_empty() {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{}{}",
            " ".repeat(margin),
            marks(&band.marks, band).trim_end()
        );
    }
    for row in &band.rows {
        let pad = " ".repeat(margin.saturating_sub(row.name.width()));
        let _ = writeln!(out, "{}{pad}{}", row.name, drawn(row, band).trim_end());
    }
    out.push('\n');
    for row in &band.rows {
        for piece in row.pieces.iter().filter(|piece| seen(piece, band)) {
            let end = |second: Option<i64>| {
                second.map_or_else(|| "…".to_owned(), |s| stamp(s, band.offset))
            };
            let Level { tone, name } = &piece.level;
            let _ = writeln!(
                out,
                "{} {name}  {} – {}",
                sign(*tone),
                end(piece.from),
                end(piece.until)
            );
        }
    }
    out
}

/// The column of an instant.
fn column(second: i64, band: &Band) -> usize {
    let columns = i64::try_from(COLUMNS).unwrap_or_default();
    usize::try_from(band.window.place(second, columns)).unwrap_or_default()
}

fn seen(piece: &Piece, band: &Band) -> bool {
    piece.from.is_none_or(|from| from < band.window.until())
        && piece.until.is_none_or(|until| until > band.window.from())
}

fn drawn(row: &Row, band: &Band) -> String {
    let mut out = String::new();
    for piece in row.pieces.iter().filter(|piece| seen(piece, band)) {
        let from = column(piece.from.unwrap_or(i64::MIN), band);
        let until = column(piece.until.unwrap_or(i64::MAX), band);
        let gap = from.saturating_sub(out.width());
        out.push_str(&" ".repeat(gap));
        let length = until.saturating_sub(out.width());
        out.push_str(&named(
            &sign(piece.level.tone).to_string(),
            &piece.level.name,
            length,
        ));
    }
    out
}

/// The marks' names above the columns of their instants; names that would overlap are
/// moved to the right.
fn marks(marks: &[Mark], band: &Band) -> String {
    let mut out = String::new();
    for mark in marks {
        let at = column(mark.at, band).min(COLUMNS.saturating_sub(1));
        let gap = at.saturating_sub(out.width());
        out.push_str(&" ".repeat(gap));
        out.push_str(&mark.name);
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::Window;
    use longma_core::Offset;

    #[test]
    fn a_stretch_holds_its_name_where_there_is_room() {
        assert_eq!(named("#", "Red", 9), "## Red ##");
        assert_eq!(named("#", "Red", 6), "######");
        assert_eq!(named("#", "红码", 8), "# 红码 #");
        assert_eq!(named("?#", "x", 3), "?#?");
    }

    #[test]
    fn a_band_is_as_wide_as_its_window_and_tells_every_change() {
        let piece = |from, until, tone, name: &str| Piece {
            from,
            until,
            level: Level::new(tone, name),
        };
        let day = |n: i64| Some(n * 86_400 - 8 * 3_600);
        let band = Band {
            rows: vec![Row {
                name: "code".to_owned(),
                pieces: vec![
                    piece(None, day(1), Tone::Green, "green"),
                    piece(day(1), day(9), Tone::Red, "red"),
                    piece(day(9), None, Tone::Green, "green"),
                ],
            }],
            marks: Vec::new(),
            window: Window::around([0, 10 * 86_400]),
            offset: Offset::CHINA,
        };
        let text = draw(&band);
        let first = text.lines().next().unwrap_or_default();
        assert_eq!(first.len(), "code  ".len() + COLUMNS);
        assert!(first.contains("# red #"), "{text}");
        assert!(text.contains("# red  1970-01-02 – 1970-01-10"), "{text}");
    }
}
