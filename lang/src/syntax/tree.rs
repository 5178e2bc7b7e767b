//! The tree of a script. Every node knows its bytes; names and operators know
//! their own.

use super::{Bytes, Comment};

/// One `.rhai` file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// Its functions, in the order of the text.
    pub functions: Vec<Function>,
    /// Statements outside functions, which the profile leaves out.
    pub statements: Vec<Statement>,
    /// All comments.
    pub comments: Vec<Comment>,
}

/// A function: a rule, or with `private` a shared step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Whether it is a shared step and no rule.
    pub private: bool,
    /// Its parameters.
    pub parameters: Vec<Name>,
    /// What it does.
    pub body: Block,
    /// The `///` lines above it, without slashes and outer blanks.
    pub docs: Vec<Name>,
    /// From `private` or `fn` to the last brace.
    pub bytes: Bytes,
}

/// A word of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As written.
    pub text: String,
    /// Where.
    pub bytes: Bytes,
}

/// `{ … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What stands in it.
    pub statements: Vec<Statement>,
    /// With its braces.
    pub bytes: Bytes,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// Without the semicolon.
    pub bytes: Bytes,
    /// Whether a semicolon follows. It changes nothing: a block has the value of
    /// its last statement either way.
    pub closed: bool,
}

/// What a statement is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementKind {
    /// `let name = value`, or `const`.
    Let {
        /// What is named.
        name: Name,
        /// Its value; `()` where there is none.
        value: Option<Expr>,
    },
    /// `target = value`, `target += value`.
    Assign {
        /// What is changed.
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
    /// A loop, `try` or another statement that the profile leaves out, with
    /// what stands in it.
    Forbidden {
        /// The word that begins it.
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
    /// What it is.
    pub kind: ExprKind,
    /// Where; a bracketed one without its brackets.
    pub bytes: Bytes,
    /// Unique within the script.
    pub id: u32,
    /// How deep it nests.
    pub(super) depth: u16,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    /// `()`.
    Absent,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number; `None` where it is too great.
    Int(Option<i64>),
    /// A text, without quotes and escapes.
    Text(String),
    /// `` `…${x}…` ``: the expressions in it.
    Interpolated(Vec<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `#{a: b}`, which the profile leaves out.
    Map(Vec<(Name, Expr)>),
    /// A name.
    Name(String),
    /// `of.name`.
    Field {
        /// Of what.
        of: Box<Expr>,
        /// Which; empty where it is not written yet.
        name: Name,
    },
    /// `of[at]`.
    Index {
        /// Of what.
        of: Box<Expr>,
        /// Which.
        at: Box<Expr>,
    },
    /// `name(arguments)`.
    Call {
        /// What is called.
        name: Name,
        /// With what.
        arguments: Vec<Expr>,
    },
    /// `of.name(arguments)`.
    Method {
        /// On what.
        of: Box<Expr>,
        /// What is called.
        name: Name,
        /// With what.
        arguments: Vec<Expr>,
    },
    /// `!x`, `-x`.
    Unary {
        /// The operator.
        operator: Unary,
        /// What it is applied to.
        operand: Box<Expr>,
    },
    /// `left + right`.
    Binary {
        /// The operator.
        operator: Binary,
        /// Where it stands.
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
        /// What it gives.
        body: Box<Expr>,
    },
    /// `if condition { … } else …`.
    If {
        /// When.
        condition: Box<Expr>,
        /// What then.
        then: Block,
        /// What else: a block or another `if`.
        otherwise: Option<Box<Expr>>,
    },
    /// `switch subject { … }`.
    Switch {
        /// What is looked at.
        subject: Box<Expr>,
        /// The arms, in order.
        arms: Vec<Arm>,
    },
    /// `{ … }`.
    Block(Block),
    /// What could not be read.
    Broken,
}

/// `"a" | "b" if condition => value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// The values; none for `_`.
    pub labels: Vec<Expr>,
    /// Its condition.
    pub condition: Option<Expr>,
    /// What it gives.
    pub value: Expr,
    /// Where.
    pub bytes: Bytes,
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unary {
    /// `!`
    Not,
    /// `-`
    Minus,
    /// `+`
    Plus,
}

/// An operator between two operands.
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
    /// As it is written.
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

    /// How strongly it binds; Rhai's numbers.
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
    /// As it is written.
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
    /// The expressions that stand directly in it.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expr> {
        self.statements
            .iter()
            .flat_map(Statement::expressions)
            .collect()
    }

    /// Calls `see` with every expression in it, outer ones first.
    pub fn walk<'a>(&'a self, see: &mut impl FnMut(&'a Expr)) {
        for expr in self.expressions() {
            expr.walk(see);
        }
    }
}

impl Statement {
    /// The expressions that stand directly in it.
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
    /// The expressions that stand directly in it.
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

    /// Calls `see` with this expression and every one in it, outer ones first.
    pub fn walk<'a>(&'a self, see: &mut impl FnMut(&'a Expr)) {
        see(self);
        for child in self.children() {
            child.walk(see);
        }
    }
}
