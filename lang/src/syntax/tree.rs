//! The tree of a script. Every node knows its bytes; names and operators know theirs
//! too.

use super::{Bytes, Comment};

/// One `.rhai` file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// Its functions, in text order.
    pub functions: Vec<Function>,
    /// Statements outside functions, which the profile forbids.
    pub statements: Vec<Statement>,
    /// All comments.
    pub comments: Vec<Comment>,
}

/// A function: a rule, or a shared step if it is `private`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Whether it is a shared step instead of a rule.
    pub private: bool,
    /// Its parameters.
    pub parameters: Vec<Name>,
    /// Its body.
    pub body: Block,
    /// The `///` lines above it, trimmed, without slashes.
    pub docs: Vec<Name>,
    /// From `private` or `fn` to the closing brace.
    pub bytes: Bytes,
}

impl Function {
    /// The calls in its body, `f(a)` and `a.f()` alike: each name with the number of its
    /// arguments.
    #[must_use]
    pub fn calls(&self) -> Vec<(&Name, usize)> {
        let mut calls = Vec::new();
        self.body.walk(&mut |expr| match &expr.kind {
            ExprKind::Call { name, arguments } => calls.push((name, arguments.len())),
            ExprKind::Method {
                name, arguments, ..
            } => calls.push((name, arguments.len() + 1)),
            _ => {}
        });
        calls
    }
}

/// A name or keyword in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Its text.
    pub text: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// `{ … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its statements, in order.
    pub statements: Vec<Statement>,
    /// Its bytes, including the braces.
    pub bytes: Bytes,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its kind.
    pub kind: StatementKind,
    /// Its bytes, without the semicolon.
    pub bytes: Bytes,
    /// Whether a semicolon follows. It makes no difference: a block has the value of
    /// its last statement either way.
    pub closed: bool,
}

/// The kind of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementKind {
    /// `let name = value`, or `const`.
    Let {
        /// The name it defines.
        name: Name,
        /// Its value. `None` means `()`.
        value: Option<Expr>,
    },
    /// `target = value`, `target += value`.
    Assign {
        /// The place to change.
        target: Expr,
        /// The operator.
        operator: Name,
        /// The new value.
        value: Expr,
    },
    /// `return value`.
    Return(Option<Expr>),
    /// An expression.
    Expr(Expr),
    /// A loop, `try` or another statement that the profile forbids, with its parts.
    Forbidden {
        /// The word that starts it.
        word: Name,
        /// Its expressions.
        parts: Vec<Expr>,
        /// Its blocks.
        bodies: Vec<Block>,
    },
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// Its kind.
    pub kind: ExprKind,
    /// Its bytes, without surrounding brackets.
    pub bytes: Bytes,
    /// Unique within the script.
    pub id: u32,
    /// How deeply it nests.
    pub(super) depth: u16,
}

/// The kind of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    /// `()`.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number. `None` if it is too large.
    Int(Option<i64>),
    /// A text, without quotes and with escapes resolved.
    Text(String),
    /// `` `…${x}…` ``, with the expressions inside.
    Interpolated(Vec<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `#{a: b}`, which the profile forbids.
    Map(Vec<(Name, Expr)>),
    /// A name.
    Name(String),
    /// `of.name`.
    Field {
        /// The value whose field is read.
        of: Box<Expr>,
        /// The field's name. Empty if it is not written yet.
        name: Name,
    },
    /// `of[at]`.
    Index {
        /// The value to index.
        of: Box<Expr>,
        /// The index.
        at: Box<Expr>,
    },
    /// `name(arguments)`.
    Call {
        /// The function's name.
        name: Name,
        /// The arguments.
        arguments: Vec<Expr>,
    },
    /// `of.name(arguments)`.
    Method {
        /// The value in front of the dot.
        of: Box<Expr>,
        /// The function's name.
        name: Name,
        /// The arguments, without the value in front.
        arguments: Vec<Expr>,
    },
    /// `!x`, `-x`.
    Unary {
        /// The operator.
        operator: Unary,
        /// Its operand.
        operand: Box<Expr>,
    },
    /// `left + right`.
    Binary {
        /// The operator.
        operator: Binary,
        /// The operator's bytes.
        at: Bytes,
        /// Its left side.
        left: Box<Expr>,
        /// Its right side.
        right: Box<Expr>,
    },
    /// `|a| body`.
    Closure {
        /// Its parameters.
        parameters: Vec<Name>,
        /// Its body.
        body: Box<Expr>,
    },
    /// `if condition { … } else …`.
    If {
        /// Its condition.
        condition: Box<Expr>,
        /// The block that runs if the condition holds.
        then: Block,
        /// The `else` part: a block or another `if`.
        otherwise: Option<Box<Expr>>,
    },
    /// `switch subject { … }`.
    Switch {
        /// The value to match.
        subject: Box<Expr>,
        /// The arms, in order.
        arms: Vec<Arm>,
    },
    /// `{ … }`.
    Block(Block),
    /// Text that could not be parsed.
    Broken,
}

/// `"a" | "b" if condition => value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// The values to match. Empty for `_`.
    pub labels: Vec<Expr>,
    /// Its condition.
    pub condition: Option<Expr>,
    /// Its result.
    pub value: Expr,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A prefix operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unary {
    /// `!`
    Not,
    /// `-`
    Minus,
    /// `+`
    Plus,
}

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(
    missing_docs,
    reason = "each is named for its sign, which `sign` gives"
)]
pub enum Binary {
    Or,
    And,
    Union,
    Both,
    Xor,
    Equal,
    Unequal,
    In,
    NotIn,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Default,
    Range,
    RangeIncluding,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    ShiftLeft,
    ShiftRight,
}

impl Binary {
    /// The sign as written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Union => "|",
            Self::Both => "&",
            Self::Xor => "^",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::In => "in",
            Self::NotIn => "!in",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Default => "??",
            Self::Range => "..",
            Self::RangeIncluding => "..=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Power => "**",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
        }
    }

    /// How strongly it binds. The numbers are Rhai's.
    pub(super) fn strength(self) -> u8 {
        match self {
            Self::Or | Self::Union | Self::Xor => 30,
            Self::And | Self::Both => 60,
            Self::Equal | Self::Unequal => 90,
            Self::In | Self::NotIn => 110,
            Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual => 130,
            Self::Default => 135,
            Self::Range | Self::RangeIncluding => 140,
            Self::Add | Self::Subtract => 150,
            Self::Multiply | Self::Divide | Self::Remainder => 180,
            Self::Power => 190,
            Self::ShiftLeft | Self::ShiftRight => 210,
        }
    }
}

impl Unary {
    /// The sign as written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Not => "!",
            Self::Minus => "-",
            Self::Plus => "+",
        }
    }
}

impl Block {
    /// The expressions directly inside it.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expr> {
        self.statements
            .iter()
            .flat_map(Statement::expressions)
            .collect()
    }

    /// Calls `see` with every expression inside, outer ones first.
    pub fn walk<'a>(&'a self, see: &mut impl FnMut(&'a Expr)) {
        for expr in self.expressions() {
            expr.walk(see);
        }
    }
}

impl Statement {
    /// The expressions directly inside it.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expr> {
        match &self.kind {
            StatementKind::Let { value, .. } | StatementKind::Return(value) => {
                value.iter().collect()
            }
            StatementKind::Assign { target, value, .. } => vec![target, value],
            StatementKind::Expr(expr) => vec![expr],
            StatementKind::Forbidden { parts, bodies, .. } => {
                let inner = bodies.iter().flat_map(Block::expressions);
                parts.iter().chain(inner).collect()
            }
        }
    }
}

impl Expr {
    /// The expressions directly inside it.
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Absent
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Text(_)
            | ExprKind::Name(_)
            | ExprKind::Broken => Vec::new(),
            ExprKind::Interpolated(items) | ExprKind::List(items) => items.iter().collect(),
            ExprKind::Map(members) => members.iter().map(|(_, value)| value).collect(),
            ExprKind::Field { of, .. } => vec![of],
            ExprKind::Index { of, at } => vec![of, at],
            ExprKind::Call { arguments, .. } => arguments.iter().collect(),
            ExprKind::Method { of, arguments, .. } => {
                std::iter::once(&**of).chain(arguments).collect()
            }
            ExprKind::Unary { operand, .. } => vec![operand],
            ExprKind::Binary { left, right, .. } => vec![left, right],
            ExprKind::Closure { body, .. } => vec![body],
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let mut all = vec![&**condition];
                all.extend(then.expressions());
                all.extend(otherwise.as_deref());
                all
            }
            ExprKind::Switch { subject, arms } => {
                let mut all = vec![&**subject];
                for arm in arms {
                    all.extend(&arm.labels);
                    all.extend(&arm.condition);
                    all.push(&arm.value);
                }
                all
            }
            ExprKind::Block(block) => block.expressions(),
        }
    }

    /// Calls `see` with this expression and all expressions inside, outer ones first.
    pub fn walk<'a>(&'a self, see: &mut impl FnMut(&'a Expr)) {
        see(self);
        for child in self.children() {
            child.walk(see);
        }
    }
}
