//! Explains in our own words why a text is not TOML.
//!
//! The parser says where it stopped. The text itself shows what is wrong there: first
//! brackets and quotes that are never closed, which explain everything after them, then
//! the word where the parser stopped.

use crate::code::{Code, messages};
use longma_core::order;
use longma_core::{Args, Family, Localized};
use std::fmt::Display;
use std::ops::Range;

/// One reason why a text is not TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    what: What,
    /// Its bytes.
    pub span: Range<usize>,
}

/// The kinds of mistakes, with the text in question.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// A text without a closing quote.
    Quote,
    /// A list without `]`.
    List,
    /// An inline table without `}`.
    Table,
    /// A table heading without `]`.
    Heading,
    /// A text without quotes.
    Bare(String),
    /// The wrong kind of quotes.
    Curly(String),
    /// A key without `=`.
    Equals,
    /// `=` without a value.
    Value,
    /// A key that appears twice.
    Twice(String),
    /// A key with characters that need quotes.
    Key(String),
    /// Two items without a comma between them.
    Comma,
    /// Digits that are not a number.
    Number(String),
    /// A date or time that does not exist.
    Time(String),
    /// `True` for `true`.
    Truth(String),
    /// A backslash with an unknown escape.
    Escape,
    /// An invisible character.
    Character,
    /// Extra text after a value.
    Stray(String),
    Other,
}

impl Mistake {
    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> Localized {
        self.say("").unwrap_or_default()
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> Option<Localized> {
        self.say(".help")
    }

    fn say(&self, part: &str) -> Option<Localized> {
        let (name, found): (&str, &dyn Display) = match &self.what {
            What::Quote => ("toml-quote", &""),
            What::List => ("toml-list", &""),
            What::Table => ("toml-table", &""),
            What::Heading => ("toml-heading", &""),
            What::Bare(found) => ("toml-bare", found),
            What::Curly(found) => ("toml-curly", found),
            What::Equals => ("toml-equals", &""),
            What::Value => ("toml-value", &""),
            What::Twice(found) => ("toml-twice", found),
            What::Key(found) => ("toml-key", found),
            What::Comma => ("toml-comma", &""),
            What::Number(found) => ("toml-number", found),
            What::Time(found) => ("toml-time", found),
            What::Truth(found) => ("toml-truth", found),
            What::Escape => ("toml-escape", &""),
            What::Character => ("toml-character", &""),
            What::Stray(found) => ("toml-stray", found),
            What::Other => (Code::TomlSyntax.name(), &""),
        };
        let found = Localized::same(found.to_string());
        messages().get(&format!("{name}{part}"), &Args::of("found", &found))
    }
}

/// Places of one text that are explained. Each may read the text from its start, so a
/// long file of another kind would take minutes.
const EXPLAINED: usize = 100;

/// Explains the mistakes of `text`, given where a parser stopped. At most one per line:
/// the first. Whatever is not among the first [`EXPLAINED`] shows when these are mended.
pub(super) fn explain(text: &str, mut spans: Vec<Range<usize>>) -> Vec<Mistake> {
    order::sort_by_key(&mut spans, |span| (span.start, span.end));
    spans.truncate(EXPLAINED);
    let scan = Scan::new(text);
    let mut found: Vec<Mistake> = Vec::new();
    for span in spans {
        let open = scan
            .open
            .iter()
            .find(|open| open.explains.contains(&span.start));
        let mistake = match open {
            Some(open) => open.mistake.clone(),
            None => classify(text, &scan, &span),
        };
        let line = line_of(text, mistake.span.start);
        let known = |other: &Mistake| line_of(text, other.span.start) == line;
        if !found.iter().any(known) {
            found.push(mistake);
        }
    }
    found
}

/// The bytes of the line around `byte`, without its line ending.
fn line_of(text: &str, byte: usize) -> Range<usize> {
    let (before, after) = text.split_at_checked(byte).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = after.find(['\n', '\r']).unwrap_or(after.len());
    start..byte + end
}

/// The quotes, brackets and headings of a text.
#[derive(Debug, Default)]
struct Scan {
    /// Quoted texts, including their quotes.
    strings: Vec<Range<usize>>,
    /// First bytes of the lines with table headings.
    headings: Vec<usize>,
    /// Brackets still open at the end.
    brackets: Vec<(usize, u8)>,
    open: Vec<Open>,
}

/// Something that is never closed.
#[derive(Debug)]
struct Open {
    mistake: Mistake,
    /// Places where a parser may stop because of it.
    explains: std::ops::RangeInclusive<usize>,
}

impl Scan {
    fn new(text: &str) -> Self {
        let mut scan = Self::default();
        let bytes = text.as_bytes();
        let mut in_value = false;
        let mut last = b'\n';
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            let line = || line_of(text, at);
            match byte {
                b'\n' if scan.brackets.is_empty() => in_value = false,
                b'\n' if scan.resumes(text, at + 1, last) => {
                    scan.unclosed(text.len());
                    in_value = false;
                }
                b'#' => at = line().end.max(at + 1) - 1,
                b'"' | b'\'' => at = scan.string(text, at),
                b'=' if scan.brackets.is_empty() => in_value = true,
                b'[' if scan.brackets.is_empty() && !in_value => at = scan.heading(text, at),
                b'[' | b'{' => scan.brackets.push((at, byte)),
                b']' | b'}' => {
                    let opening = if byte == b']' { b'[' } else { b'{' };
                    match scan.brackets.last() {
                        Some((_, open)) if *open == opening => drop(scan.brackets.pop()),
                        Some(_) => scan.unclosed(text.len()),
                        None => {}
                    }
                }
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                last = byte;
            }
            at += 1;
        }
        if !scan.brackets.is_empty() {
            let brackets = scan.brackets.clone();
            scan.unclosed(text.len());
            scan.brackets = brackets;
        }
        scan
    }

    /// Whether a new statement begins at `start`, while a bracket is open.
    fn resumes(&self, text: &str, start: usize, last: u8) -> bool {
        let line = text.get(line_of(text, start)).unwrap_or_default().trim();
        let heading = line.strip_prefix('[').and_then(|rest| {
            let name = rest.trim_start_matches('[').split(']').next()?;
            let is_name =
                name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_key);
            (is_name && line.ends_with(']')).then_some(())
        });
        let assigns = line.split_once('=').is_some_and(|(key, _)| {
            let key = key.trim();
            !key.is_empty() && key.chars().all(is_key)
        });
        let inside_table = self.brackets.last().is_some_and(|(_, open)| *open == b'{');
        let goes_on = inside_table && matches!(last, b',' | b'{');
        heading.is_some() || (assigns && !goes_on)
    }

    /// Notes that the innermost bracket is never closed, and forgets all open brackets.
    fn unclosed(&mut self, end: usize) {
        if let Some((at, bracket)) = self.brackets.pop() {
            let what = if bracket == b'[' {
                What::List
            } else {
                What::Table
            };
            self.note(what, at..at + 1, at..=end);
        }
        self.brackets.clear();
    }

    fn note(&mut self, what: What, span: Range<usize>, explains: std::ops::RangeInclusive<usize>) {
        let mistake = Mistake { what, span };
        self.open.push(Open { mistake, explains });
    }

    /// Skips a quoted text. Returns its last byte.
    fn string(&mut self, text: &str, start: usize) -> usize {
        let rest = text.get(start..).unwrap_or_default();
        let quote = rest.chars().next().unwrap_or_default();
        let triple = quote.to_string().repeat(3);
        if rest.starts_with(&triple) {
            let body = rest.get(3..).unwrap_or_default();
            let end = match body.find(&triple) {
                Some(at) => start + 3 + at + 3,
                None => {
                    self.note(What::Quote, start..start + 3, start..=text.len());
                    text.len()
                }
            };
            self.strings.push(start..end);
            return end - 1;
        }
        let line = line_of(text, start);
        let mut escaped = false;
        let inside = text.get(start + 1..line.end).unwrap_or_default();
        let closing = inside.char_indices().find(|(_, c)| {
            let closes = *c == quote && !escaped;
            escaped = *c == '\\' && quote == '"' && !escaped;
            closes
        });
        let end = match closing {
            Some((at, _)) => start + 1 + at + 1,
            None => {
                // The unclosed text has swallowed the bracket that would close the list or
                // table.
                let explains = if self.brackets.is_empty() {
                    line.end
                } else {
                    text.len()
                };
                self.brackets.clear();
                self.note(What::Quote, start..line.end, start..=explains);
                line.end
            }
        };
        self.strings.push(start..end);
        end - 1
    }

    /// Skips a table heading. Returns its last byte.
    fn heading(&mut self, text: &str, start: usize) -> usize {
        let line = line_of(text, start);
        let inside = text.get(start..line.end).unwrap_or_default();
        let inside = inside.split('#').next().unwrap_or_default().trim_end();
        let count = |bracket: char| inside.matches(bracket).count();
        if count('[') > count(']') {
            self.note(What::Heading, start..start + inside.len(), start..=line.end);
        }
        self.headings.push(line.start);
        line.end.max(start + 1) - 1
    }
}

/// Whether the character needs no quotes in a key. Dots, blanks and quotes between its
/// parts count too.
fn is_key(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | ' ' | '"' | '\'')
}

/// The mistake where a parser stopped.
fn classify(text: &str, scan: &Scan, at: &Range<usize>) -> Mistake {
    let line = line_of(text, at.start);
    let head = text.get(line.start..at.start).unwrap_or_default();
    let tail = text.get(at.start..line.end).unwrap_or_default();
    let inside = |string: &&Range<usize>| string.start < at.start && at.start < string.end;
    if scan.strings.iter().any(|string| inside(&string)) {
        return match head.strip_suffix('\\') {
            Some(_) => mistake(What::Escape, at.start - 1..at.start),
            None => mistake(What::Character, at.clone()),
        };
    }
    if tail.starts_with(char::is_control) {
        return mistake(What::Character, at.clone());
    }
    let before = Scan::new(text.get(..at.start).unwrap_or_default());
    let nested = !before.brackets.is_empty();
    let told = word(text, at);
    let found = text.get(told.clone()).unwrap_or_default().to_owned();
    let assigned = head.contains('=');
    let what = if tail.trim_start().starts_with([':', '：', '＝']) {
        What::Equals
    } else if scan.headings.contains(&line.start) || (!nested && !assigned) {
        in_key(found, text.get(line).unwrap_or_default(), at)
    } else {
        in_value(
            found,
            text.get(..at.start).unwrap_or_default().trim_end(),
            tail,
            nested,
        )
    };
    mistake(what, told)
}

fn mistake(what: What, span: Range<usize>) -> Mistake {
    Mistake { what, span }
}

/// The word at a place: what the parser points at, up to the end of the word.
fn word(text: &str, span: &Range<usize>) -> Range<usize> {
    let rest = text.get(span.start..).unwrap_or_default();
    let blank = |c: char| c == ' ' || c == '\t';
    let start = span.start + (rest.len() - rest.trim_start_matches(blank).len());
    let rest = text.get(start..).unwrap_or_default();
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '#' | '=');
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let end = match rest.find(ends).unwrap_or(rest.len()) {
        0 if rest.starts_with(char::is_whitespace) => 0,
        0 => first,
        length => length,
    };
    let end = (start + end).max(span.end);
    if end > start {
        start..end
    } else {
        span.clone()
    }
}

/// The mistake in a key or heading.
fn in_key(found: String, line: &str, span: &Range<usize>) -> What {
    let named = span.start < span.end;
    if named && found.chars().all(is_key) {
        What::Twice(found)
    } else if named {
        What::Key(found)
    } else if !line.contains('=') && !line.trim_start().starts_with(['[', ']', '}', ',']) {
        What::Equals
    } else if found.is_empty() {
        What::Other
    } else {
        What::Stray(found)
    }
}

/// The mistake in a value or inside brackets. `before` is the text up to there, `tail`
/// the rest of the line.
fn in_value(found: String, before: &str, tail: &str, nested: bool) -> What {
    let behind = tail.strip_prefix(found.as_str()).unwrap_or_default();
    let complete =
        before.ends_with(['"', '\'', ']', '}']) || before.ends_with(char::is_alphanumeric);
    let first = found.chars().next();
    match first {
        None | Some('#') if before.ends_with('=') => What::Value,
        None => What::Other,
        Some(']' | '}' | ',' | '=') => What::Stray(found),
        _ if complete && nested => What::Comma,
        _ if complete => What::Stray(found),
        _ if behind.trim_start().starts_with('=') => What::Twice(found),
        Some('“' | '”' | '‘' | '’' | '「' | '」' | '＂' | '`') => What::Curly(found),
        _ if ["true", "false"].contains(&found.to_lowercase().as_str()) => What::Truth(found),
        Some(first) if first.is_ascii_digit() || matches!(first, '+' | '-' | '.') => {
            let year = found
                .get(..4)
                .is_some_and(|y| y.bytes().all(|b| b.is_ascii_digit()));
            if (year && found.get(4..5) == Some("-")) || found.contains(':') {
                What::Time(found)
            } else if found.chars().any(|c| c.is_alphabetic() || c == ' ') {
                What::Bare(found)
            } else {
                What::Number(found)
            }
        }
        Some(_) => What::Bare(found),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use crate::toml::Toml;

    /// Each mistake, as `line: message`.
    fn told(text: &str) -> Vec<String> {
        let mistakes = Toml::parse(text).unwrap_err();
        let line = |at: usize| text.get(..at).unwrap().matches('\n').count() + 1;
        let said = mistakes.iter().map(|mistake| {
            assert!(mistake.help().is_some(), "{mistake:?}");
            format!("{}: {}", line(mistake.span.start), mistake.message().en)
        });
        said.collect()
    }

    #[test]
    fn frequent_mistakes_are_named_at_their_line() {
        let cases: &[(&str, &[&str])] = &[
            ("a = \"x\nb = 1\n", &["1: this text has no closing quote"]),
            ("a = 'x\n", &["1: this text has no closing quote"]),
            (
                "b = 1\na = \"\"\"x\ny = 1\n",
                &["2: this text has no closing quote"],
            ),
            (
                "a = {zh-CN = \"好\", en = \"x}\nb = 2\n",
                &["1: this text has no closing quote"],
            ),
            (
                "a = days # x\nb = 1\n",
                &["1: days is neither a number, nor a time, nor a text in quotes"],
            ),
            (
                "a = 1 days\n",
                &["1: 1 days is neither a number, nor a time, nor a text in quotes"],
            ),
            (
                "date  = day 2020-01-01\n",
                &["1: day 2020-01-01 is neither a number, nor a time, nor a text in quotes"],
            ),
            ("a = “x”\n", &["1: “x” has quotes of another kind"]),
            (
                "a 1\nb = 1\n",
                &["1: `=` is missing between a key and its value"],
            ),
            (
                "zh-CN: \"x\"\n",
                &["1: `=` is missing between a key and its value"],
            ),
            (
                "a ＝ \"x\"\n",
                &["1: `=` is missing between a key and its value"],
            ),
            (
                "t = { zh-CN : \"x\" }\n",
                &["1: `=` is missing between a key and its value"],
            ),
            ("a =\nb = 1\n", &["1: there is no value behind `=`"]),
            ("a = # x\nb = 1\n", &["1: there is no value behind `=`"]),
            ("subject = = \"person\"\n", &["1: `=` cannot stand here"]),
            ("a = 1\na = 2\n", &["2: a is given twice"]),
            ("[a]\nx=1\n[a]\ny=2\n", &["3: a is given twice"]),
            ("a = { x = 1, x = 2 }\n", &["1: x is given twice"]),
            ("密接 = 1\n", &["1: 密接 cannot be a key without quotes"]),
            (
                "b = 0\na = [1, 2\nc = 1\nd = 2\n",
                &["2: this list is not closed"],
            ),
            (
                "a = [ { x = 1 }\n\n[b]\nc = 1\n",
                &["1: this list is not closed"],
            ),
            ("a = [ { x = 1 ]\nb = 1\n", &["1: this table is not closed"]),
            ("a = { x = 1\nb = 1\n", &["1: this table is not closed"]),
            (
                "[params.x\nvalue = 1\n",
                &["1: the name of this table is not closed"],
            ),
            (
                "[[case]\nname = \"x\"\n",
                &["1: the name of this table is not closed"],
            ),
            (
                "a = [ { x = 1 }\n { x = 2 } ]\n",
                &["2: a comma is missing here"],
            ),
            ("a = { x = \"1\" y = 2 }\n", &["1: a comma is missing here"]),
            ("a = 01\n", &["1: 01 is not a number"]),
            (
                "a = 99999999999999999999\n",
                &["1: 99999999999999999999 is not a number"],
            ),
            ("a = 2026-13-01\n", &["1: 2026-13-01 is not a date or time"]),
            (
                "a = 2022-03-07T25:00:00+08:00\n",
                &["1: 2022-03-07T25:00:00+08:00 is not a date or time"],
            ),
            ("a = True\n", &["1: True is not a truth value"]),
            ("a = \"x\\q\"\n", &["1: this backslash has no meaning"]),
            (
                "a = \"x\ty\u{7f}\"\n",
                &["1: a character that cannot be seen stands here"],
            ),
            (
                "# \u{1}\na=1\n",
                &["1: a character that cannot be seen stands here"],
            ),
            ("a = \"x\" \"y\"\n", &["1: `\"y\"` cannot stand here"]),
            ("a = [1, 2]]\n", &["1: `]` cannot stand here"]),
        ];
        for (text, expected) in cases {
            assert_eq!(told(text), *expected, "{text}");
        }
    }

    #[test]
    fn every_line_that_is_not_toml_is_told() {
        let text = "a = x\nb = 1\nc = y\nd = 2026-13-01\n";
        let lines: Vec<String> = told(text);
        assert_eq!(lines.len(), 3, "{lines:?}");
    }

    #[test]
    fn a_long_file_of_another_kind_is_refused_by_its_first_lines() {
        let told = told(&"not a line of TOML\n".repeat(200_000));
        assert_eq!(told.len(), super::EXPLAINED);
    }

    #[test]
    fn any_text_is_read_without_a_panic_and_a_wrong_one_has_a_mistake() {
        let text = "[[case]]\nname = \"一\"\nat = [ { time = 1, code = \"red\" } ]\n# ü\n[a.b]\nx = '''\ny'''\n";
        for cut in (0..=text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            for put in ["", "\"", "[", "}", "=", "\\", "“", "\n", "'''"] {
                let (before, after) = text.split_at(cut);
                for changed in [format!("{before}{put}"), format!("{before}{put}{after}")] {
                    if let Err(mistakes) = Toml::parse(&changed) {
                        assert!(!mistakes.is_empty(), "{changed}");
                        for mistake in mistakes {
                            assert!(
                                changed.get(mistake.span.clone()).is_some(),
                                "{changed} {mistake:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}
