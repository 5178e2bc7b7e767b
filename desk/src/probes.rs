//! Inserts probes into scripts, and maps each probe to what it wraps.
//!
//! A probe is a call around an expression: it returns the expression's value and
//! records it. The core runs such a script like any other. Line numbers stay the same.
//! Expressions are wrapped in place, except a name on which a method is called:
//! wrapping it would turn a shared list into a copy. `coverage` and `explain` use what
//! the probes saw.

use longma_compile::Bundle;
use longma_compile::shared::own_text;
use longma_core::order;
use longma_core::order::Gather;
use longma_core::{Catalogue, Problems};
use longma_lang::syntax::{
    Arm, Binary, Block, Bytes, Expr, ExprKind, Function, Script, Statement, StatementKind,
    TokenKind, Unary, lex, parse,
};
use longma_oracle::watch::PROBE;
use std::collections::{BTreeMap, BTreeSet};

/// The methods that take a yes-or-no closure.
const TESTS: [&str; 4] = ["filter", "find", "any", "all"];
/// The methods that look up rows in a table.
const LOOKUPS: [&str; 3] = ["during", "around", "on_day"];

/// What a probe records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// A function is entered.
    Enter,
    /// A closure is entered; records its first parameter.
    Ask,
    /// What a function or closure returns.
    Answer,
    /// A single condition.
    Condition,
    /// The left side of `??`.
    Default,
    /// An arm of a `switch` is taken.
    Arm,
    /// One side of a comparison.
    Side,
    /// An argument of a cause.
    Argument,
    /// A call that makes a cause.
    Cause,
    /// The rows that a table lookup returned.
    Rows,
}

/// One probe. Its number is its index in [`Watched::probes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The pack.
    pub pack: String,
    /// The decision whose script it is in.
    pub decision: String,
    /// The function it is in.
    pub function: String,
    /// What it records.
    pub point: Point,
    /// The bytes of what it wraps, in the original script.
    pub bytes: Bytes,
    /// The expression's number within its script. For a closure's [`Point::Ask`] and
    /// [`Point::Answer`] it is the closure's number; for a function's [`Point::Enter`]
    /// and [`Point::Answer`] it is `None`.
    pub expr: Option<u32>,
}

/// One script and the probes inserted into it.
#[derive(Debug)]
pub struct Probed {
    /// The original text.
    pub text: String,
    /// The syntax tree of the original text.
    pub script: Script,
    /// The probes in it, by expression and point.
    pub probes: BTreeMap<(u32, Point), u32>,
}

/// A bundle with probes in its scripts.
#[derive(Debug)]
pub struct Watched {
    /// The packs, loaded with the probes.
    pub catalogue: Catalogue,
    /// All probes.
    pub probes: Vec<Probe>,
    /// All scripts, by pack and decision.
    pub scripts: BTreeMap<(String, String), Probed>,
    /// The texts of shared functions, by file.
    pub shared: BTreeMap<String, String>,
}

impl Watched {
    /// Inserts probes into every script of a bundle and loads it.
    ///
    /// ```
    /// use longma_desk::probes::{Point, Watched};
    /// # use longma_compile::texts::{Texts, read};
    /// # let rules = std::path::Path::new("../rules");
    /// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
    /// # let text = |file: &str| (file.to_owned(), on_disk(file));
    /// # let pack = |file: &str| text(&format!("packs/62/validity-2020-02-21/{file}"));
    /// // A code is valid for 24 hours from its issue.
    /// let texts = Texts::from([
    ///     text("schema/person.schema.json"),
    ///     pack("pack.toml"),
    ///     pack("captions.toml"),
    ///     pack("validity.rhai"),
    /// ]);
    /// let bundle = read(&texts).bundle;
    /// let watched = Watched::load(&bundle).unwrap();
    /// let first = &watched.probes[0];
    /// assert_eq!((first.function.as_str(), first.point), ("issued", Point::Enter));
    /// ```
    ///
    /// # Errors
    /// All problems of all packs. Load the bundle itself first: its problems then refer
    /// to the original text.
    pub fn load(bundle: &Bundle) -> Result<Self, Problems> {
        let mut probing = bundle.clone();
        let scales = bundle
            .packs
            .iter()
            .flat_map(|p| p.manifest.decisions.values());
        let levels: BTreeSet<&str> = scales.flat_map(|s| &s.scale).map(String::as_str).into_set();
        let mut all = Vec::new();
        let mut scripts = BTreeMap::new();
        for pack in &mut probing.packs {
            for (decision, text) in &mut pack.scripts {
                let parsed = parse(text);
                let mut writer = Writer {
                    pack: &pack.id,
                    decision,
                    function: String::new(),
                    levels: &levels,
                    brackets: Brackets::of(text),
                    probes: &mut all,
                    here: BTreeMap::new(),
                    inserts: Vec::new(),
                };
                // A script with syntax errors, or one that already uses the probe's
                // name, runs unchanged.
                if parsed.errors.is_empty() && !text.contains(PROBE) {
                    for function in &parsed.script.functions {
                        writer.function(function);
                    }
                }
                let (here, written) = (writer.here, written(text, &writer.inserts));
                let probed = Probed {
                    text: std::mem::replace(text, written),
                    script: parsed.script,
                    probes: here,
                };
                scripts.insert((pack.id.clone(), decision.clone()), probed);
            }
        }
        Ok(Self {
            catalogue: longma_oracle::watch::load(&probing)?,
            probes: all,
            scripts,
            shared: bundle.packs.iter().filter_map(own_text).into_map(),
        })
    }
}

/// A text to insert at a byte. Of two at the same byte, the lower `order` comes first.
struct Insert {
    at: usize,
    order: i64,
    text: String,
}

fn written(text: &str, inserts: &[Insert]) -> String {
    let mut sorted: Vec<&Insert> = inserts.iter().collect();
    order::sort_by_key(&mut sorted, |insert| (insert.at, insert.order));
    let mut out = String::with_capacity(text.len() * 2);
    let mut done = 0;
    for insert in sorted {
        out.push_str(text.get(done..insert.at).unwrap_or_default());
        out.push_str(&insert.text);
        done = insert.at;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// The bracket pairs of a text. An expression's bytes leave out brackets at its ends,
/// so those of `(a + b) * c` start at `a` and would cut the pair.
struct Brackets(Vec<(usize, usize)>);

impl Brackets {
    fn of(text: &str) -> Self {
        let mut open = Vec::new();
        let mut pairs = Vec::new();
        for token in lex(text).tokens {
            match token.kind {
                TokenKind::Sign("(" | "[" | "{" | "#{") => open.push(token.bytes.start),
                TokenKind::Sign(")" | "]" | "}") => {
                    pairs.extend(open.pop().map(|start| (start, token.bytes.end)));
                }
                _ => {}
            }
        }
        Self(pairs)
    }

    /// Extends `bytes` until it contains both brackets of every pair, or neither.
    fn whole(&self, bytes: &Bytes) -> Bytes {
        let mut whole = bytes.clone();
        loop {
            let cut = self.0.iter().find(|(start, end)| {
                let first = whole.contains(start);
                let last = whole.start < *end && *end <= whole.end;
                first != last
            });
            let Some((start, end)) = cut else {
                return whole;
            };
            whole = whole.start.min(*start)..whole.end.max(*end);
        }
    }
}

struct Writer<'a> {
    pack: &'a str,
    decision: &'a str,
    function: String,
    levels: &'a BTreeSet<&'a str>,
    brackets: Brackets,
    probes: &'a mut Vec<Probe>,
    here: BTreeMap<(u32, Point), u32>,
    inserts: Vec<Insert>,
}

impl Writer<'_> {
    fn probe(&mut self, point: Point, bytes: &Bytes, expr: Option<u32>) -> u32 {
        let id = u32::try_from(self.probes.len()).unwrap_or(u32::MAX);
        self.probes.push(Probe {
            pack: self.pack.to_owned(),
            decision: self.decision.to_owned(),
            function: self.function.clone(),
            point,
            bytes: bytes.clone(),
            expr,
        });
        if let Some(expr) = expr {
            self.here.insert((expr, point), id);
        }
        id
    }

    /// Inserts `open` before and `close` after `bytes`, inside earlier insertions
    /// around the same bytes.
    fn around(&mut self, bytes: &Bytes, open: String, close: String) {
        let whole = self.brackets.whole(bytes);
        let order = i64::try_from(self.inserts.len()).unwrap_or(i64::MAX);
        self.inserts.push(Insert {
            at: whole.start,
            order,
            text: open,
        });
        self.inserts.push(Insert {
            at: whole.end,
            order: -1 - order,
            text: close,
        });
    }

    fn wrap(&mut self, point: Point, expr: &Expr) {
        let id = self.probe(point, &expr.bytes, Some(expr.id));
        self.around(&expr.bytes, format!("{PROBE}({id}, "), ")".to_owned());
    }

    fn function(&mut self, function: &Function) {
        self.function.clone_from(&function.name.text);
        let enter = self.probe(Point::Enter, &function.name.bytes, None);
        let answer = self.probe(Point::Answer, &function.body.bytes, None);
        self.body(&function.body.bytes, enter, "()", answer);
        self.block(&function.body, answer);
    }

    fn body(&mut self, bytes: &Bytes, enter: u32, with: &str, answer: u32) {
        let open = format!("{{ {PROBE}({enter}, {with}); {PROBE}({answer}, ");
        self.around(bytes, open, ") }".to_owned());
    }

    /// `answer` is the [`Point::Answer`] probe of the enclosing function or closure.
    fn block(&mut self, block: &Block, answer: u32) {
        for statement in &block.statements {
            self.statement(statement, answer);
        }
    }

    fn statement(&mut self, statement: &Statement, answer: u32) {
        match &statement.kind {
            StatementKind::Return(Some(value)) => {
                let text = format!("{PROBE}({answer}, ");
                self.around(&value.bytes, text, ")".to_owned());
                self.expr(value, answer);
            }
            StatementKind::Return(None) => {
                let at = statement.bytes.end;
                let text = format!(" {PROBE}({answer}, ())");
                self.inserts.push(Insert { at, order: 0, text });
            }
            StatementKind::Assign { value, .. } => self.expr(value, answer),
            _ => {
                for expr in statement.expressions() {
                    self.expr(expr, answer);
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr, answer: u32) {
        match &expr.kind {
            ExprKind::Binary {
                operator,
                left,
                right,
                ..
            } => match operator {
                Binary::And | Binary::Or => {
                    self.condition(left, answer);
                    self.condition(right, answer);
                }
                Binary::Default => {
                    self.wrap(Point::Default, left);
                    self.expr(left, answer);
                    self.expr(right, answer);
                }
                operator => {
                    for side in [left, right] {
                        if compares(*operator) && !is_literal(side) {
                            self.wrap(Point::Side, side);
                        }
                        self.expr(side, answer);
                    }
                }
            },
            ExprKind::Unary {
                operator: Unary::Not,
                operand,
            } => self.condition(operand, answer),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.condition(condition, answer);
                self.block(then, answer);
                if let Some(otherwise) = otherwise {
                    self.expr(otherwise, answer);
                }
            }
            ExprKind::Switch { subject, arms } => self.switch(subject, arms, answer),
            ExprKind::Block(block) => self.block(block, answer),
            ExprKind::Closure { .. } => self.closure(expr, false),
            ExprKind::Method {
                of,
                name,
                arguments,
            } => {
                if LOOKUPS.contains(&name.text.as_str()) {
                    self.wrap(Point::Rows, expr);
                }
                self.expr(of, answer);
                let tests = TESTS.contains(&name.text.as_str());
                for argument in arguments {
                    match argument.kind {
                        ExprKind::Closure { .. } => self.closure(argument, tests),
                        _ => self.expr(argument, answer),
                    }
                }
            }
            ExprKind::Call { name, arguments } => {
                let causes = name.text == "level" || self.levels.contains(name.text.as_str());
                if causes {
                    self.wrap(Point::Cause, expr);
                }
                for argument in arguments {
                    if causes && !is_literal(argument) {
                        self.wrap(Point::Argument, argument);
                    }
                    self.expr(argument, answer);
                }
            }
            ExprKind::Interpolated(_) => {}
            _ => {
                for child in expr.children() {
                    self.expr(child, answer);
                }
            }
        }
    }

    fn switch(&mut self, subject: &Expr, arms: &[Arm], answer: u32) {
        self.expr(subject, answer);
        for arm in arms {
            if let Some(condition) = &arm.condition {
                self.condition(condition, answer);
            }
            self.wrap(Point::Arm, &arm.value);
            self.expr(&arm.value, answer);
        }
    }

    /// Wraps each single condition of a truth value.
    fn condition(&mut self, expr: &Expr, answer: u32) {
        let joined = match &expr.kind {
            ExprKind::Binary { operator, .. } => matches!(operator, Binary::And | Binary::Or),
            ExprKind::Unary { operator, .. } => *operator == Unary::Not,
            ExprKind::Bool(_) => return,
            _ => false,
        };
        if !joined {
            self.wrap(Point::Condition, expr);
        }
        self.expr(expr, answer);
    }

    fn closure(&mut self, closure: &Expr, tests: bool) {
        let ExprKind::Closure { parameters, body } = &closure.kind else {
            return;
        };
        let enter = self.probe(Point::Ask, &closure.bytes, Some(closure.id));
        let answer = self.probe(Point::Answer, &body.bytes, Some(closure.id));
        let first = parameters.first().map_or("()", |name| name.text.as_str());
        self.body(&body.bytes, enter, first, answer);
        if tests {
            self.test(body, answer);
        } else {
            self.expr(body, answer);
        }
    }

    /// Wraps what a yes-or-no closure returns: the last expression of a block, each
    /// branch of an `if`.
    fn test(&mut self, body: &Expr, answer: u32) {
        match &body.kind {
            ExprKind::Block(block) => self.test_block(block, answer),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.condition(condition, answer);
                self.test_block(then, answer);
                if let Some(otherwise) = otherwise {
                    self.test(otherwise, answer);
                }
            }
            _ => self.condition(body, answer),
        }
    }

    fn test_block(&mut self, block: &Block, answer: u32) {
        for (position, statement) in block.statements.iter().enumerate() {
            match &statement.kind {
                StatementKind::Expr(expr) if position + 1 == block.statements.len() => {
                    self.test(expr, answer);
                }
                _ => self.statement(statement, answer),
            }
        }
    }
}

/// Whether an operator compares its sides.
pub(crate) fn compares(operator: Binary) -> bool {
    matches!(
        operator,
        Binary::Equal
            | Binary::Unequal
            | Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual
            | Binary::In
            | Binary::NotIn
    )
}

/// Whether an expression is a literal, so that its value need not be recorded.
pub(crate) fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Absent | ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Text(_) => true,
        ExprKind::List(items) => items.iter().all(is_literal),
        _ => false,
    }
}
