//! Text for a terminal: display widths, wrapping, colours.
//!
//! Chinese takes two columns per character, so every width here is in columns of the
//! terminal, never in bytes or characters. Colour only repeats what words or signs say.
//! Lines that must align use only signs whose width is certain.

use crate::answer::{Exit, Refusal};
use crate::messages::{Key, Words};
use crate::show::diagnostic::Diagnostic;
use anstyle::{AnsiColor, Color, Style};
use longma_core::Args;
use longma_desk::html::visible;
use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The style of a heading.
pub(crate) const HEADING: Style = Style::new().bold();
/// The style of less important text.
pub(crate) const QUIET: Style = Style::new().dimmed();

/// The narrowest page, in columns.
pub(crate) const NARROWEST: usize = 40;
/// The widest page that can be asked for, in columns.
const WIDEST_ASKED: usize = 1_000;
/// The least room for a text next to its label, in columns.
const LEAST: usize = 16;
/// Extra indent of a text under its label.
const UNDER: usize = 4;
/// The width if no terminal gives one, in columns.
const USUAL: usize = 80;
/// The widest page by default, in columns: longer lines are hard to follow.
const WIDEST: usize = 120;

/// The width given by `--width`.
pub(crate) fn asked(asked: Option<&str>, words: Words) -> Result<Option<usize>, Refusal> {
    let Some(text) = asked else { return Ok(None) };
    match text.parse() {
        Ok(columns) if (NARROWEST..=WIDEST_ASKED).contains(&columns) => Ok(Some(columns)),
        _ => {
            let shown = Diagnostic::error(&words.fill(Key::WidthInvalid, &Args::of("found", text)));
            let shown = shown.help(words.say(Key::WidthInvalidHelp));
            Err(Refusal::new(Exit::Usage, shown))
        }
    }
}

/// The width to print in: as asked, else the terminal's within limits.
pub(crate) fn columns(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| {
        let terminal = terminal_size::terminal_size_of(std::io::stdout());
        let columns = terminal.map_or(USUAL, |(width, _)| usize::from(width.0));
        columns.clamp(NARROWEST, WIDEST)
    })
}

/// The width of `text`, in columns.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// `text` padded with blanks to `columns`.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(blanks))
}

/// `text` in lines of at most `columns`, broken where its script allows.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut start = 0;
    for (end, opportunity) in linebreaks(text) {
        let piece = text.get(start..end).unwrap_or_default();
        start = end;
        if width(&line) + width(piece.trim_end()) > columns && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        push(&mut lines, &mut line, piece, columns);
        if opportunity == BreakOpportunity::Mandatory {
            lines.push(std::mem::take(&mut line));
        }
    }
    lines.retain_mut(|line| {
        line.truncate(line.trim_end().len());
        !line.is_empty()
    });
    lines
}

/// Adds a piece that must not be broken, unless it is longer than a line.
fn push(lines: &mut Vec<String>, line: &mut String, piece: &str, columns: usize) {
    if width(piece.trim_end()) <= columns {
        line.push_str(piece);
        return;
    }
    for character in piece.chars() {
        if width(line) + character.width().unwrap_or(0) > columns {
            lines.push(std::mem::take(line));
        }
        line.push(character);
    }
}

/// `text` on one line, with characters spelled out that steer a terminal, turn the reading
/// direction or hide: `⟨U+001B⟩`. Facts and packs come from strangers; their text must not
/// repaint a screen. Everything that a [`Page`] or a [`Diagnostic`] shows goes through it,
/// and it changes nothing a second time.
pub(crate) fn plain(text: &str) -> String {
    visible(&text.replace(['\n', '\r', '\t'], " "))
}

/// `text` in `style`, through [`plain`].
pub(crate) fn styled(text: &str, style: Style) -> String {
    let text = plain(text);
    if text.trim().is_empty() && style.get_bg_color().is_none() {
        return text;
    }
    format!("{style}{text}{style:#}")
}

/// The style of a level's tone, on a coloured background. A tone that no pack may use
/// gets the style of `unknown`.
pub(crate) fn tone(colour: &str) -> Style {
    let (ground, ink) = match colour {
        "green" => (AnsiColor::Green, AnsiColor::Black),
        "yellow" => (AnsiColor::Yellow, AnsiColor::Black),
        "red" => (AnsiColor::Red, AnsiColor::BrightWhite),
        "gold" => (AnsiColor::BrightYellow, AnsiColor::Black),
        "blue" => (AnsiColor::Blue, AnsiColor::BrightWhite),
        "grey" => (AnsiColor::White, AnsiColor::Black),
        _ => (AnsiColor::Magenta, AnsiColor::BrightWhite),
    };
    Style::new()
        .bg_color(Some(Color::Ansi(ground)))
        .fg_color(Some(Color::Ansi(ink)))
}

/// A page to print, built line by line.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    columns: usize,
}

impl Page {
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            text: String::new(),
            columns,
        }
    }

    /// The width of the page, in columns.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Adds a line, without blanks at its end.
    pub(crate) fn line(&mut self, line: &str) {
        self.laid(&plain(line));
    }

    /// Adds a line of parts, each in its style.
    pub(crate) fn parts(&mut self, parts: &[(&str, Style)]) {
        let parts: Vec<String> = parts.iter().map(|(text, it)| styled(text, *it)).collect();
        self.laid(&parts.concat());
    }

    /// Adds a line that holds nothing but [`plain`] and [`styled`] texts.
    pub(super) fn laid(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Adds an empty line.
    pub(crate) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// Adds a heading, with an empty line above it unless it comes first.
    pub(crate) fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.gap();
        }
        for line in wrap(&plain(text), self.columns) {
            self.laid(&styled(&line, HEADING));
        }
    }

    /// Adds `text` next to `label`, both indented by `indent` columns. `text` is wrapped into
    /// its own column, which begins `margin` columns after the label does.
    pub(crate) fn field(&mut self, indent: usize, label: &str, margin: usize, text: &str) {
        self.styled_field(indent, label, margin, text, Style::new());
    }

    /// Like [`field`](Self::field), with the text in `style`.
    pub(crate) fn styled_field(
        &mut self,
        indent: usize,
        label: &str,
        margin: usize,
        text: &str,
        style: Style,
    ) {
        let mut margin = margin;
        let mut label = styled(&pad(&plain(label), margin), QUIET);
        if indent + margin + LEAST > self.columns {
            // There is no room next to a long label, so the text goes below it.
            self.laid(&format!("{}{label}", " ".repeat(indent)));
            margin = UNDER;
            label = " ".repeat(margin);
        }
        let room = self.columns.saturating_sub(indent + margin).max(LEAST);
        for line in wrap(&plain(text), room) {
            let line = styled(&line, style);
            self.laid(&format!("{}{label}{line}", " ".repeat(indent)));
            label = " ".repeat(margin);
        }
    }

    /// Adds items next to `label`, as many per line as fit, each in its style.
    pub(crate) fn items(&mut self, label: &str, margin: usize, items: &[(String, Style)]) {
        let mut line = pad(&plain(label), margin);
        let mut used = margin;
        for (text, style) in items {
            let text = &plain(text);
            if used + width(text) > self.columns && used > margin {
                self.laid(&line);
                line = " ".repeat(margin);
                used = margin;
            }
            line.push_str(&styled(text, *style));
            line.push(' ');
            used += width(text) + 1;
        }
        self.laid(&line);
    }

    /// Adds pieces one after another, each in its style. What does not fit goes on the next
    /// line, indented by `indent` columns.
    pub(crate) fn flow(&mut self, indent: usize, pieces: &[(String, Style)]) {
        let mut line = String::new();
        let mut used = 0;
        for (text, style) in pieces {
            let text = &plain(text);
            let mut lead = usize::from(used > 0);
            if used > 0 && used + lead + width(text) > self.columns {
                self.laid(&line);
                line = " ".repeat(indent);
                (used, lead) = (indent, 0);
            }
            let room = self.columns.saturating_sub(used + lead).max(LEAST);
            let parts = match width(text) {
                columns if columns <= room => vec![text.clone()],
                _ => wrap(text, room),
            };
            for (number, part) in parts.iter().enumerate() {
                if number > 0 {
                    self.laid(&line);
                    line = " ".repeat(indent);
                    (used, lead) = (indent, 0);
                }
                line.push_str(&" ".repeat(lead));
                line.push_str(&styled(part, *style));
                used += lead + width(part);
            }
        }
        self.laid(&line);
    }

    /// Adds a diagnostic.
    pub(crate) fn diagnostic(&mut self, shown: &Diagnostic, words: Words) {
        for line in shown.render(words, self.columns).lines() {
            self.laid(line);
        }
    }

    /// The whole page.
    pub(crate) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn chinese_is_wrapped_by_columns_and_keeps_its_full_stop() {
        let lines = wrap("集中隔离期满后转为居家监测。", 12);
        assert_eq!(lines, ["集中隔离期满", "后转为居家监", "测。"]);
        assert!(lines.iter().all(|line| width(line) <= 12));
        assert_eq!(wrap("期满后转。", 8), ["期满后", "转。"]);
    }

    #[test]
    fn english_is_wrapped_at_blanks_and_a_long_word_is_cut() {
        assert_eq!(wrap("ends after 7 days", 10), ["ends after", "7 days"]);
        assert_eq!(wrap("a 0123456789abc", 8), ["a", "01234567", "89abc"]);
    }

    #[test]
    fn a_text_cannot_steer_the_terminal() {
        let told = plain("a\u{1b}[31m\u{202e}b\nc");
        assert_eq!(told, "a⟨U+001B⟩[31m⟨U+202E⟩b c");
        assert_eq!(plain(&told), told);
    }

    #[test]
    fn no_method_of_a_page_lets_a_text_steer_the_terminal() {
        let hostile = "a\u{1b}[2J\u{1b}[8m\u{9b}31m\u{7f}\u{202e}\u{200b}\r\u{7}b\nc";
        let mut page = Page::new(40);
        let owned = vec![(hostile.to_owned(), HEADING)];
        page.line(hostile);
        page.parts(&[(hostile, QUIET)]);
        page.heading(hostile);
        page.field(0, hostile, 2, hostile);
        page.field(30, hostile, 20, hostile);
        page.items(hostile, 4, &owned);
        page.flow(2, &owned);
        let words = Words::new(longma_core::Lang::En);
        let shown = Diagnostic::error(hostile).note(hostile).help(hostile);
        let shown = shown.help_with(hostile, hostile).at(Path::new(hostile));
        page.diagnostic(&shown, words);
        let mut bare = page.finish();
        // Whoever draws it starts over for each style of ours, which the text has not.
        assert!(bare.contains("\u{1b}[1m") && !bare.contains("\u{1b}[8m"));
        while let Some((before, after)) = bare.split_once("\u{1b}[") {
            let colour = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
            assert!(colour.starts_with('m'), "{after:?}");
            bare = format!("{before}{}", colour.trim_start_matches('m'));
        }
        assert_eq!(visible(&bare), bare);
    }

    #[test]
    fn a_field_is_padded_by_display_width() {
        let mut page = Page::new(40);
        page.field(2, "自", 6, "always");
        page.field(2, "since", 6, "always");
        let page = anstream::adapter::strip_str(&page.finish()).to_string();
        assert_eq!(page, "  自    always\n  since always\n");
    }
}
