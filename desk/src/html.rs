//! The frame of every HTML page that the desk makes, and the charts in them.
//!
//! A page is self-contained: one file without scripts or external fonts and pictures,
//! so that it can be sent, kept and printed. It works on a phone, on a desktop and on
//! paper, in light and dark. Levels are never shown by colour alone: each has a word
//! and a sign, and its areas have a pattern.
//!
//! The templates escape all texts. [`page`] then spells out every control character, so
//! that no text can reverse the reading order of a page.

mod chart;

pub use chart::{
    Band, Mark, Matrix, Piece, Row, Share, Window, matrix, stacked_bar, stamp, timeline,
};

use longma_core::Lang;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::fmt::Write as _;

/// The tone of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Green levels.
    Green,
    /// Yellow levels.
    Yellow,
    /// Red levels.
    Red,
    /// Gold levels.
    Gold,
    /// Levels that say little, such as "none".
    Grey,
    /// Levels that are neither good nor bad.
    Blue,
    /// Unknown levels.
    Unknown,
}

impl Tone {
    /// Every tone.
    pub const ALL: [Self; 7] = [
        Self::Green,
        Self::Yellow,
        Self::Red,
        Self::Gold,
        Self::Grey,
        Self::Blue,
        Self::Unknown,
    ];

    /// The tone that a pack calls `name`; [`Tone::Unknown`] for any other name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let known = Self::ALL.into_iter().find(|tone| tone.name() == name);
        known.unwrap_or(Self::Unknown)
    }

    /// Its name, as packs write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
            Self::Gold => "gold",
            Self::Grey => "grey",
            Self::Blue => "blue",
            Self::Unknown => "unknown",
        }
    }

    /// The sign shown next to its word.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Green => "●",
            Self::Yellow => "▲",
            Self::Red => "■",
            Self::Gold => "★",
            Self::Grey => "○",
            Self::Blue => "◆",
            Self::Unknown => "?",
        }
    }
}

/// A level as shown on a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level {
    /// Its tone.
    pub tone: Tone,
    /// Its name, for readers.
    pub name: String,
}

impl Level {
    /// A level with its tone.
    #[must_use]
    pub fn new(tone: Tone, name: impl Into<String>) -> Self {
        Self {
            tone,
            name: name.into(),
        }
    }
}

/// A level within a line of text: its sign and name, in its tone.
///
/// ```
/// use longma_desk::html::{Level, Tone, chip};
/// let red = chip(&Level::new(Tone::Red, "Red code")).into_string();
/// assert!(red.contains("■") && red.contains("Red code"));
/// ```
#[must_use]
pub fn chip(level: &Level) -> Markup {
    html! {
        span.chip data-tone=(level.tone.name()) {
            span aria-hidden="true" { (level.tone.sign()) } " " (level.name)
        }
    }
}

/// A text with its line breaks.
#[must_use]
pub fn lines(text: &str) -> Markup {
    html! {
        @for (index, line) in text.lines().enumerate() {
            @if index > 0 { br; }
            (line)
        }
    }
}

/// A whole page: `body` within the frame.
///
/// ```
/// use longma_core::Lang;
/// use longma_desk::html::{lines, page};
/// let page = page(Lang::En, "Rules", &lines("<b>"));
/// assert!(page.starts_with("<!DOCTYPE html>") && page.contains("&lt;b&gt;"));
/// ```
#[must_use]
pub fn page(lang: Lang, title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(code(lang)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(include_str!("html/page.css"))) }
            }
            body {
                (chart::patterns())
                main { (body) }
            }
        }
    };
    let mut text = visible(&page.into_string());
    text.push('\n');
    text
}

/// The language's tag in HTML.
#[must_use]
pub const fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhCn => "zh-CN",
        Lang::En => "en",
    }
}

/// `text` with every character spelled out that could hide part of it, reverse its order
/// or steer a terminal, except line feed and tab. Pages, Markdown and the terminal all
/// show texts of others through this.
///
/// ```
/// assert_eq!(longma_desk::html::visible("a\u{202E}b"), "a⟨U+202E⟩b");
/// ```
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if hides(character) {
            // Writing to a string cannot fail.
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

/// Whether a character controls the flow of text instead of being part of it, or shows
/// nothing: two texts with and without it look the same. Of the characters that Unicode
/// lets a font leave out, only the two that choose a plain or a coloured sign may stay.
fn hides(character: char) -> bool {
    let flow = matches!(
        character,
        '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}'
    );
    let empty = matches!(
        character,
        '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0D}' | '\u{FFA0}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    );
    flow || empty || (character.is_control() && !matches!(character, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str =
        "</title><script>alert(\"1\")</script>' onload=x \u{202E}txet\u{2066} a\nb & c\0";

    fn hostile() -> String {
        let level = Level::new(Tone::Red, HOSTILE);
        let share = Share {
            level: level.clone(),
            amount: 1,
        };
        let piece = Piece {
            from: None,
            until: None,
            level: level.clone(),
        };
        let band = Band {
            rows: vec![Row {
                name: HOSTILE.to_owned(),
                pieces: vec![piece],
            }],
            marks: vec![Mark {
                at: 5,
                name: HOSTILE.to_owned(),
            }],
            window: Window::around([0, 10]),
            offset: longma_core::Offset::CHINA,
        };
        let table = Matrix {
            rows: vec![level.clone()],
            columns: vec![level.clone()],
            cells: vec![vec![1]],
            corner: HOSTILE.to_owned(),
        };
        let body = html! {
            p title=(HOSTILE) { (HOSTILE) (lines(HOSTILE)) (chip(&level)) }
            (stacked_bar(HOSTILE, &[share]))
            (timeline(HOSTILE, &band))
            (matrix(HOSTILE, &table))
        };
        page(Lang::En, HOSTILE, &body)
    }

    #[test]
    fn no_text_becomes_markup() {
        let page = hostile();
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains("alert(\"1\")"), "{page}");
        assert_eq!(page.matches("</title>").count(), 1 + title_elements(&page));
    }

    /// The number of chart titles. Each opens once and closes once.
    fn title_elements(page: &str) -> usize {
        page.matches("<title>").count() - 1
    }

    #[test]
    fn no_text_turns_the_order_of_the_page_around() {
        let page = hostile();
        for hidden in ['\u{202E}', '\u{2066}', '\0'] {
            assert!(!page.contains(hidden), "{hidden:?}");
        }
        assert!(page.contains("⟨U+202E⟩txet⟨U+2066⟩"), "{page}");
    }

    #[test]
    fn the_same_page_is_the_same_bytes() {
        assert_eq!(hostile(), hostile());
    }

    #[test]
    fn a_page_needs_nothing_from_elsewhere() {
        let page = hostile();
        for outside in ["http:", "https:", "@import", "src=", "<link"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    fn tones_differ_in_sign_and_are_known_by_their_names() {
        let mut signs: Vec<&str> = Tone::ALL.map(Tone::sign).into();
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), Tone::ALL.len());
        for tone in Tone::ALL {
            assert_eq!(Tone::named(tone.name()), tone);
        }
        assert_eq!(Tone::named("purple"), Tone::Unknown);
    }
}
