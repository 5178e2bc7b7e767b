//! Splits a script into tokens, and collects its comments.

use super::Bytes;

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its kind.
    pub kind: TokenKind,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Token {
    /// The token of a text that begins `by` bytes into another one, as one of that.
    pub(super) fn later_by(mut self, by: usize) -> Self {
        let moved = |bytes: &mut Bytes| *bytes = bytes.start + by..bytes.end + by;
        moved(&mut self.bytes);
        if let TokenKind::Interpolated(holes) = &mut self.kind {
            holes.iter_mut().for_each(moved);
        }
        self
    }
}

/// The kind of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or keyword.
    Word,
    /// A whole number. `None` if it is too large.
    Int(Option<i64>),
    /// A text, without quotes and with escapes resolved.
    Text(String),
    /// A text in backticks, with the bytes inside the braces of each `${…}`.
    Interpolated(Vec<Bytes>),
    /// An operator, bracket or other sign.
    Sign(&'static str),
    /// A text or comment without an end.
    Unclosed,
    /// Anything that no script may contain: a decimal number, a stray character.
    Stray,
    /// The end of the script.
    End,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its bytes, including the slashes.
    pub bytes: Bytes,
    /// Its text, trimmed, without slashes.
    pub text: String,
    /// Whether it is a doc comment: `///` or `/** … */`.
    pub doc: bool,
}

/// A text split into tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lexed {
    /// The tokens. [`TokenKind::End`] is the last one.
    pub tokens: Vec<Token>,
    /// The comments.
    pub comments: Vec<Comment>,
}

/// Longer signs come before their own prefixes.
const SIGNS: &[&str] = &[
    "<<=", ">>=", "**=", "..=", "...", "!in", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "?[",
    "=>", "..", "**", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "#{", "::", "()",
    "+", "-", "*", "/", "%", "=", "<", ">", "!", "&", "|", "^", "(", ")", "[", "]", "{", "}", ",",
    ";", ":", ".", "?", "@", "#", "$", "~",
];

/// Splits `text` into tokens.
///
/// ```
/// use longma_lang::syntax::{TokenKind, lex};
///
/// let lexed = lex("until + 7 // days");
/// let kinds: Vec<TokenKind> = lexed.tokens.into_iter().map(|token| token.kind).collect();
/// let plus = TokenKind::Sign("+");
/// assert_eq!(kinds, [TokenKind::Word, plus, TokenKind::Int(Some(7)), TokenKind::End]);
/// assert_eq!(lexed.comments[0].text, "days");
/// ```
#[must_use]
pub fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer { text, at: 0 };
    let mut out = Lexed {
        tokens: Vec::new(),
        comments: Vec::new(),
    };
    loop {
        lexer.take(char::is_whitespace);
        let start = lexer.at;
        let Some(first) = lexer.peek() else {
            out.tokens.push(Token {
                kind: TokenKind::End,
                bytes: start..start,
            });
            return out;
        };
        let kind = match first {
            '/' if lexer.rest().starts_with("//") || lexer.rest().starts_with("/*") => {
                match lexer.comment() {
                    Some(comment) => {
                        out.comments.push(comment);
                        continue;
                    }
                    None => TokenKind::Unclosed,
                }
            }
            '"' | '\'' => lexer.quoted(first),
            '`' => lexer.interpolated(),
            c if c.is_ascii_digit() => lexer.number(),
            c if c == '_' || c.is_alphabetic() => {
                lexer.take(|c| c == '_' || c.is_alphanumeric());
                TokenKind::Word
            }
            _ => lexer.sign(),
        };
        out.tokens.push(Token {
            kind,
            bytes: start..lexer.at,
        });
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn take(&mut self, fits: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !fits(c)).unwrap_or(rest.len());
    }

    /// A comment. `None` if it has no end.
    fn comment(&mut self) -> Option<Comment> {
        let start = self.at;
        let rest = self.rest();
        if rest.starts_with("//") {
            self.take(|c| c != '\n');
            let written = self.text.get(start..self.at).unwrap_or_default();
            // Four or more slashes draw a line; they are not documentation.
            let doc = written.starts_with("///") && !written.starts_with("////");
            return Some(Comment {
                bytes: start..self.at,
                text: written.trim_start_matches('/').trim().to_owned(),
                doc,
            });
        }
        let mut depth = 0usize;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.at += 2;
            } else if self.next().is_none() {
                return None;
            }
            if depth == 0 {
                let written = self.text.get(start..self.at).unwrap_or_default();
                return Some(Comment {
                    bytes: start..self.at,
                    text: written.trim_matches(['/', '*']).trim().to_owned(),
                    doc: written.starts_with("/**") && written.len() > 4,
                });
            }
        }
    }

    fn quoted(&mut self, quote: char) -> TokenKind {
        self.next();
        let mut value = String::new();
        loop {
            match self.peek() {
                None | Some('\n') => return TokenKind::Unclosed,
                Some('\\') => {
                    self.next();
                    match self.next() {
                        Some('n') => value.push('\n'),
                        Some('r') => value.push('\r'),
                        Some('t') => value.push('\t'),
                        Some('\n') => self.take(|c| c == ' ' || c == '\t'),
                        Some(c @ ('x' | 'u' | 'U')) => value.extend(self.code_point(c)),
                        Some(c) => value.push(c),
                        None => return TokenKind::Unclosed,
                    }
                }
                Some(c) if c == quote => {
                    self.next();
                    if self.peek() != Some(quote) {
                        return TokenKind::Text(value);
                    }
                    // A doubled quote is one quote.
                    self.next();
                    value.push(quote);
                }
                Some(c) => {
                    self.next();
                    value.push(c);
                }
            }
        }
    }

    fn code_point(&mut self, kind: char) -> Option<char> {
        let length = match kind {
            'x' => 2,
            'u' => 4,
            _ => 8,
        };
        let digits = self.rest().get(..length)?;
        let code = u32::from_str_radix(digits, 16).ok()?;
        self.at += length;
        char::from_u32(code)
    }

    fn interpolated(&mut self) -> TokenKind {
        self.next();
        let mut holes = Vec::new();
        loop {
            let rest = self.rest();
            if rest.starts_with("${") {
                self.at += 2;
                let start = self.at;
                let mut depth = 1usize;
                while depth > 0 {
                    match self.peek() {
                        None => return TokenKind::Unclosed,
                        Some('{') => depth += 1,
                        Some('}') => depth -= 1,
                        Some(_) => {}
                    }
                    self.next();
                }
                holes.push(start..self.at - 1);
                continue;
            }
            match self.next() {
                None => return TokenKind::Unclosed,
                Some('`') => return TokenKind::Interpolated(holes),
                Some(_) => {}
            }
        }
    }

    fn number(&mut self) -> TokenKind {
        let start = self.at;
        let rest = self.rest();
        let radix = match rest.get(..2) {
            Some("0x" | "0X") => 16,
            Some("0o" | "0O") => 8,
            Some("0b" | "0B") => 2,
            _ => 10,
        };
        if radix != 10 {
            self.at += 2;
        }
        self.take(|c| c == '_' || c.is_digit(radix));
        let mut after = self.rest().chars();
        if radix == 10
            && after.next() == Some('.')
            && after.next().is_some_and(|c| c.is_ascii_digit())
        {
            self.next();
            self.take(|c| c == '_' || c.is_ascii_digit());
            return TokenKind::Stray;
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        let digits: String = written.chars().filter(|c| *c != '_').collect();
        let digits = match radix {
            10 => digits.as_str(),
            _ => digits.get(2..).unwrap_or_default(),
        };
        // Rhai reads other radices as bits: 0xffff… is negative.
        let value = match radix {
            10 => digits.parse().ok(),
            _ => u64::from_str_radix(digits, radix)
                .ok()
                .map(u64::cast_signed),
        };
        TokenKind::Int(value)
    }

    fn sign(&mut self) -> TokenKind {
        let rest = self.rest();
        let fits = |sign: &&&str| {
            rest.starts_with(**sign)
                // `!in` is one sign; `!inside` is `!` and a name.
                && (**sign != "!in"
                    || !rest
                        .chars()
                        .nth(3)
                        .is_some_and(|c| c == '_' || c.is_alphanumeric()))
        };
        if let Some(sign) = SIGNS.iter().find(fits) {
            self.at += sign.len();
            TokenKind::Sign(sign)
        } else {
            self.next();
            TokenKind::Stray
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        clippy::string_slice,
        reason = "a test fails by panicking"
    )]
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        let lexed = lex(text);
        lexed
            .tokens
            .iter()
            .map(|t| &text[t.bytes.clone()])
            .collect()
    }

    #[test]
    fn words_signs_and_numbers_are_told_apart() {
        assert_eq!(
            pieces("let x=a.until+1_000 ?? () // rest\n!in !inside 0x1F"),
            [
                "let", "x", "=", "a", ".", "until", "+", "1_000", "??", "()", "!in", "!", "inside",
                "0x1F", ""
            ]
        );
        assert_eq!(
            lex("0x1F").tokens.first().unwrap().kind,
            TokenKind::Int(Some(31))
        );
        assert_eq!(lex("1.5").tokens.first().unwrap().kind, TokenKind::Stray);
        assert_eq!(
            lex("99999999999999999999").tokens.first().unwrap().kind,
            TokenKind::Int(None)
        );
    }

    #[test]
    fn texts_lose_quotes_and_escapes() {
        let text = |source: &str| lex(source).tokens.first().unwrap().kind.clone();
        assert_eq!(text(r#""a\"b\u4e00""#), TokenKind::Text("a\"b一".into()));
        assert_eq!(text(r#""a""b""#), TokenKind::Text("a\"b".into()));
        assert_eq!(text("\"open\nx"), TokenKind::Unclosed);
        let TokenKind::Interpolated(holes) = text("`a ${b.c} d`") else {
            panic!("not read as a text with holes")
        };
        assert_eq!(holes.first(), Some(&(5..8)));
    }

    #[test]
    fn comments_nest_and_documentation_is_marked() {
        let lexed = lex("/// one\n//// two\n/* a /* b */ c */ x /* open");
        let docs: Vec<bool> = lexed.comments.iter().map(|c| c.doc).collect();
        assert_eq!(docs, [true, false, false]);
        assert_eq!(lexed.tokens.last().unwrap().kind, TokenKind::End);
        assert!(lexed.tokens.iter().any(|t| t.kind == TokenKind::Unclosed));
    }
}
