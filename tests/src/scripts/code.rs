//! A piece of a script, with how strongly its outermost operator binds.
//!
//! Brackets are written only where the grammar needs them, so that scripts also try how
//! a reader groups operators.

/// Binds as strongly as a name.
const POSTFIX: u8 = 255;
/// A prefix operator. Weaker than `**` here, so that `(-a) ** b` keeps its brackets.
const PREFIX: u8 = 185;

/// A piece of a script.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) text: String,
    strength: u8,
    /// The variable at the start of a chain of fields and methods. A closure in the chain
    /// must not use it.
    pub(super) root: Option<String>,
}

impl Code {
    /// A literal or a call.
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            strength: POSTFIX,
            root: None,
        }
    }

    /// A whole number.
    pub(super) fn int(value: i64) -> Self {
        Self {
            strength: if value < 0 { PREFIX } else { POSTFIX },
            ..Self::of(value.to_string())
        }
    }

    /// A variable, or fields behind one.
    pub(super) fn path(root: &str, text: impl Into<String>) -> Self {
        Self {
            root: Some(root.to_owned()),
            ..Self::of(text)
        }
    }

    /// An `if`, a `switch`, a closure or a block.
    pub(super) fn open(text: impl Into<String>) -> Self {
        Self {
            strength: 0,
            ..Self::of(text)
        }
    }

    fn at_least(self, strength: u8) -> String {
        if self.strength < strength {
            format!("({})", self.text)
        } else {
            self.text
        }
    }

    /// `name(arguments)`.
    pub(super) fn call(name: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        let arguments: Vec<String> = arguments.into_iter().map(|it| it.text).collect();
        Self::of(format!("{name}({})", arguments.join(", ")))
    }

    /// `self.name(arguments)`. Nothing can follow the dot of an `if` or a `switch`, even in
    /// brackets: then it is `name(self, arguments)`.
    pub(super) fn method(self, name: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        if self.strength == 0 {
            return Self::call(name, std::iter::once(self).chain(arguments));
        }
        let arguments: Vec<String> = arguments.into_iter().map(|it| it.text).collect();
        let root = self.root.clone();
        let front = self.at_least(POSTFIX);
        Self {
            root,
            ..Self::of(format!("{front}.{name}({})", arguments.join(", ")))
        }
    }

    /// `self?.name`.
    pub(super) fn safe_field(self, name: &str) -> Self {
        let root = self.root.clone();
        Self {
            root,
            ..Self::of(format!("{}?.{name}", self.at_least(POSTFIX)))
        }
    }

    /// `!self`, `-self`, `+self`.
    pub(super) fn prefix(self, sign: &str) -> Self {
        let operand = self.at_least(POSTFIX);
        Self {
            strength: PREFIX,
            ..Self::of(format!("{sign}{operand}"))
        }
    }

    /// `self sign other`.
    pub(super) fn binary(self, sign: &str, other: Self) -> Self {
        let strength = strength(sign);
        // Only `**` groups to the right.
        let (left, right) = if sign == "**" {
            (strength + 1, strength)
        } else {
            (strength, strength + 1)
        };
        Self {
            strength,
            ..Self::of(format!(
                "{} {sign} {}",
                self.at_least(left),
                other.at_least(right)
            ))
        }
    }

    /// As what a `switch` asks about: an `if` there needs brackets.
    pub(super) fn subject(self) -> String {
        self.at_least(1)
    }

    /// `[items]`.
    pub(super) fn list(items: impl IntoIterator<Item = Self>) -> Self {
        let items: Vec<String> = items.into_iter().map(|it| it.text).collect();
        Self::of(format!("[{}]", items.join(", ")))
    }
}

/// How strongly a binary operator binds. The numbers are Rhai's.
fn strength(sign: &str) -> u8 {
    match sign {
        "||" | "|" | "^" => 30,
        "&&" | "&" => 60,
        "==" | "!=" => 90,
        "in" | "!in" => 110,
        "<" | "<=" | ">" | ">=" => 130,
        "??" => 135,
        ".." | "..=" => 140,
        "+" | "-" => 150,
        "*" | "/" | "%" => 180,
        "**" => 190,
        _ => 210,
    }
}
