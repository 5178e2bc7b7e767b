//! Builds a tree from tokens, and goes on after errors.
//!
//! After an error the parser skips to the next place where a statement or function can
//! start, so that it reports each mistake once and still reads the rest.

use super::lexer::{Token, TokenKind, lex};
use super::tree::{
    Arm, Binary, Block, Expr, ExprKind, Function, Name, Script, Statement, StatementKind, Unary,
};
use super::{Bytes, Comment};

/// How deep expressions and blocks may nest. Core's own limit is lower.
const DEPTH: u16 = 160;

/// A tree and the syntax errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The tree of everything that could be read.
    pub script: Script,
    /// The syntax errors, in text order.
    pub errors: Vec<SyntaxError>,
    /// The tokens of the text.
    pub tokens: Vec<Token>,
}

/// A syntax error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Its kind.
    pub kind: SyntaxErrorKind,
    /// Its place.
    pub bytes: Bytes,
}

/// The kind of a syntax error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// An expression is missing.
    Expression,
    /// A name is missing.
    Name,
    /// This sign or word is missing.
    Sign(&'static str),
    /// A text or comment without an end.
    Unclosed,
    /// The bracket or brace at `bytes` is not closed; holds the sign that would close
    /// it.
    Open(&'static str),
    /// A decimal number, a number that is too large, or a stray character.
    Stray,
    /// Expressions nest too deeply.
    Depth,
}

/// Parses `text` as a script.
///
/// ```
/// use longma_lang::syntax::{SyntaxErrorKind, parse};
///
/// let parsed = parse("fn a() { 1 + }\nfn b() { 2 }");
/// assert_eq!(parsed.script.functions.len(), 2);
/// assert_eq!(parsed.errors[0].kind, SyntaxErrorKind::Expression);
/// ```
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let lexed = lex(text);
    let mut parser = Parser {
        text,
        tokens: lexed.tokens,
        comments: &lexed.comments,
        at: 0,
        ids: 0,
        nesting: 0,
        bars: false,
        errors: Vec::new(),
    };
    let mut script = parser.script();
    let (errors, tokens) = (parser.errors, parser.tokens);
    script.comments = lexed.comments;
    Parsed {
        script,
        errors,
        tokens,
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    comments: &'a [Comment],
    at: usize,
    ids: u32,
    /// How many expressions and blocks are open.
    nesting: u16,
    /// Whether `|` ends an expression, as in the labels of a `switch`.
    bars: bool,
    errors: Vec<SyntaxError>,
}

/// Words that start a statement. The profile forbids these.
const FORBIDDEN: &[&str] = &[
    "while", "loop", "do", "for", "try", "throw", "break", "continue", "import", "export",
];

impl Parser<'_> {
    fn script(&mut self) -> Script {
        let mut script = Script::default();
        loop {
            while self.eat(";").is_some() {}
            if self.is_end() {
                return script;
            }
            let before = self.at;
            if self.begins_function() {
                script.functions.extend(self.function());
            } else {
                script.statements.extend(self.statement());
                self.eat(";");
            }
            if self.at == before {
                self.skip();
            }
        }
    }

    fn begins_function(&self) -> bool {
        self.is_word("fn") || (self.is_word("private") && self.word_at(self.at + 1) == Some("fn"))
    }

    fn function(&mut self) -> Option<Function> {
        let start = self.bytes().start;
        let docs = self.docs(start);
        let private = self.eat_word("private").is_some();
        self.eat_word("fn");
        let name = self.name()?;
        let mut parameters = Vec::new();
        if self.eat("()").is_none() {
            let open = self.bytes();
            if self.expect("(").is_some() {
                while !self.is_sign(")") && !self.is_end() && !self.is_sign("{") {
                    let Some(name) = self.name() else { break };
                    parameters.push(name);
                    if self.eat(",").is_none() {
                        break;
                    }
                }
                self.close(")", &open);
            }
        }
        let body = self.body();
        Some(Function {
            name,
            private,
            parameters,
            bytes: start..body.bytes.end,
            body,
            docs,
        })
    }

    /// The `///` comments directly above `start`.
    fn docs(&self, start: usize) -> Vec<Name> {
        let mut docs = Vec::new();
        let mut below = start;
        for comment in self.comments.iter().rev().filter(|c| c.bytes.end <= start) {
            let between = self.text.get(comment.bytes.end..below).unwrap_or_default();
            if !comment.doc || !between.trim().is_empty() {
                break;
            }
            below = comment.bytes.start;
            docs.push(Name {
                text: comment.text.clone(),
                bytes: comment.bytes.clone(),
            });
        }
        docs.reverse();
        docs
    }

    fn block(&mut self) -> Option<Block> {
        let open = self.bytes();
        self.expect("{")?;
        if !self.enter() {
            return None;
        }
        let bars = std::mem::take(&mut self.bars);
        let mut statements = Vec::new();
        loop {
            while self.eat(";").is_some() {}
            if self.is_sign("}") || self.is_end() || self.begins_function() {
                break;
            }
            let before = self.at;
            if let Some(mut statement) = self.statement() {
                statement.closed = self.eat(";").is_some();
                let ends_itself = statement.ends_itself();
                statements.push(statement);
                let over = self.is_sign("}") || self.is_end() || self.begins_function();
                if !statements.last().is_some_and(|s| s.closed) && !ends_itself && !over {
                    self.error(SyntaxErrorKind::Sign(";"));
                    self.recover();
                }
            } else {
                self.recover();
            }
            if self.at == before {
                self.skip();
            }
        }
        self.bars = bars;
        self.nesting -= 1;
        let end = self.close("}", &open);
        Some(Block {
            statements,
            bytes: open.start..end,
        })
    }

    /// A block. Empty if it is not written yet.
    fn body(&mut self) -> Block {
        let end = self.before();
        self.block().unwrap_or(Block {
            statements: Vec::new(),
            bytes: end..end,
        })
    }

    /// An expression. Broken if it is not written yet.
    fn some_expression(&mut self) -> Expr {
        let end = self.before();
        self.expression()
            .unwrap_or_else(|| self.made(ExprKind::Broken, end..end, 0))
    }

    fn statement(&mut self) -> Option<Statement> {
        let start = self.bytes().start;
        let kind = match self.word() {
            Some("let" | "const") => {
                self.advance();
                let name = self.name()?;
                let value = self.eat("=").map(|_| self.some_expression());
                StatementKind::Let { name, value }
            }
            Some("return") => {
                self.advance();
                let none = self.is_sign(";") || self.is_sign("}") || self.is_end();
                StatementKind::Return(if none { None } else { Some(self.expression()?) })
            }
            Some(word) if FORBIDDEN.contains(&word) => self.forbidden(),
            _ => {
                let target = self.expression()?;
                match self.assignment() {
                    None => StatementKind::Expr(target),
                    Some(operator) => StatementKind::Assign {
                        target,
                        operator,
                        value: self.expression()?,
                    },
                }
            }
        };
        Some(Statement {
            kind,
            bytes: start..self.before(),
            closed: false,
        })
    }

    fn assignment(&mut self) -> Option<Name> {
        const OPERATORS: &[&str] = &[
            "=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", "|=", "&=", "^=",
        ];
        let sign = OPERATORS.iter().find(|sign| self.is_sign(sign))?;
        let bytes = self.eat(sign)?;
        Some(Name {
            text: (*sign).to_owned(),
            bytes,
        })
    }

    /// A statement that the profile forbids, read as far as possible.
    fn forbidden(&mut self) -> StatementKind {
        let word = self.name().unwrap_or(Name {
            text: String::new(),
            bytes: self.bytes(),
        });
        let mut parts = Vec::new();
        let mut bodies = Vec::new();
        if word.text == "for" {
            self.eat("(");
            self.name();
            if self.eat(",").is_some() {
                self.name();
            }
            self.eat(")");
            self.eat_word("in");
        }
        let over =
            |parser: &Self| parser.is_sign("{") || parser.is_sign(";") || parser.is_sign("}");
        if !over(self) && !self.is_end() {
            parts.extend(self.expression());
        }
        if self.is_sign("{") {
            bodies.extend(self.block());
            match self.word() {
                Some("while" | "until") if word.text == "do" => {
                    self.advance();
                    parts.extend(self.expression());
                }
                Some("catch") if word.text == "try" => {
                    self.advance();
                    if self.eat("()").is_none() && self.eat("(").is_some() {
                        self.name();
                        self.eat(")");
                    }
                    bodies.extend(self.block());
                }
                _ => {}
            }
        }
        StatementKind::Forbidden {
            word,
            parts,
            bodies,
        }
    }

    fn expression(&mut self) -> Option<Expr> {
        if !self.enter() {
            return None;
        }
        let expr = self.binary(0);
        self.nesting -= 1;
        expr
    }

    fn binary(&mut self, least: u8) -> Option<Expr> {
        let mut left = self.unary()?;
        loop {
            let Some(operator) = self.operator() else {
                return Some(left);
            };
            let strength = operator.strength();
            if strength <= least {
                return Some(left);
            }
            let at = self.bytes();
            self.advance();
            if operator == Binary::NotIn && self.is_word("in") {
                self.advance();
            }
            // A range may be open at its end.
            let right = match operator {
                Binary::Range | Binary::RangeIncluding if self.ends_expression() => {
                    self.made(ExprKind::Absent, self.before()..self.before(), 0)
                }
                _ => {
                    let end = self.before();
                    let right = self.binary(match operator {
                        Binary::Power => strength - 1,
                        _ => strength,
                    });
                    right.unwrap_or_else(|| self.made(ExprKind::Broken, end..end, 0))
                }
            };
            let bytes = left.bytes.start..right.bytes.end;
            let depth = left.depth.max(right.depth);
            let kind = ExprKind::Binary {
                operator,
                at,
                left: Box::new(left),
                right: Box::new(right),
            };
            left = self.made(kind, bytes, depth);
            if left.depth > DEPTH {
                self.too_deep(left.bytes);
                return None;
            }
        }
    }

    fn ends_expression(&self) -> bool {
        [")", "]", "}", ",", ";", "{", "=>"]
            .iter()
            .any(|sign| self.is_sign(sign))
            || self.is_end()
    }

    fn operator(&self) -> Option<Binary> {
        if self.is_word("in") {
            return Some(Binary::In);
        }
        Some(match self.sign()? {
            "|" if self.bars => return None,
            "||" => Binary::Or,
            "&&" => Binary::And,
            "|" => Binary::Union,
            "&" => Binary::Both,
            "^" => Binary::Xor,
            "==" => Binary::Equal,
            "!=" => Binary::Unequal,
            "!in" => Binary::NotIn,
            "<" => Binary::Less,
            "<=" => Binary::LessEqual,
            ">" => Binary::Greater,
            ">=" => Binary::GreaterEqual,
            "??" => Binary::Default,
            ".." => Binary::Range,
            "..=" => Binary::RangeIncluding,
            "+" => Binary::Add,
            "-" => Binary::Subtract,
            "*" => Binary::Multiply,
            "/" => Binary::Divide,
            "%" => Binary::Remainder,
            "**" => Binary::Power,
            "<<" => Binary::ShiftLeft,
            ">>" => Binary::ShiftRight,
            _ => return None,
        })
    }

    fn unary(&mut self) -> Option<Expr> {
        let operator = match self.sign() {
            Some("!") => Unary::Not,
            Some("-") => Unary::Minus,
            Some("+") => Unary::Plus,
            _ => return self.primary(),
        };
        let start = self.bytes().start;
        self.advance();
        if !self.enter() {
            return None;
        }
        let operand = self.unary();
        self.nesting -= 1;
        let operand = operand?;
        let bytes = start..operand.bytes.end;
        let depth = operand.depth;
        if let (Unary::Minus, ExprKind::Int(value)) = (operator, &operand.kind) {
            let value = value.and_then(i64::checked_neg);
            return Some(self.made(ExprKind::Int(value), bytes, depth));
        }
        let kind = ExprKind::Unary {
            operator,
            operand: Box::new(operand),
        };
        Some(self.made(kind, bytes, depth))
    }

    fn primary(&mut self) -> Option<Expr> {
        let start = self.bytes();
        let token = self.tokens.get(self.at).map(|token| token.kind.clone())?;
        let bracketed = matches!(token, TokenKind::Sign("("));
        let simple = |parser: &mut Self, kind| {
            parser.advance();
            Some(parser.made(kind, start.clone(), 0))
        };
        let expr = match token {
            TokenKind::Int(None) => {
                self.error(SyntaxErrorKind::Stray);
                simple(self, ExprKind::Int(None))
            }
            TokenKind::Int(value) => simple(self, ExprKind::Int(value)),
            TokenKind::Text(text) => simple(self, ExprKind::Text(text)),
            TokenKind::Interpolated(holes) => {
                let parts = holes.iter().map(|hole| self.hole(hole)).collect();
                simple(self, ExprKind::Interpolated(parts))
            }
            TokenKind::Unclosed => {
                self.error(SyntaxErrorKind::Unclosed);
                simple(self, ExprKind::Broken)
            }
            TokenKind::Stray => {
                self.error(SyntaxErrorKind::Stray);
                simple(self, ExprKind::Broken)
            }
            TokenKind::End => {
                self.error(SyntaxErrorKind::Expression);
                return None;
            }
            TokenKind::Word => self.worded(),
            TokenKind::Sign(sign) => self.signed(sign),
        }?;
        // An expression that ends in a brace is a complete statement, unless it is in brackets.
        match expr.kind {
            _ if bracketed => self.chain(expr),
            ExprKind::If { .. }
            | ExprKind::Switch { .. }
            | ExprKind::Block(_)
            | ExprKind::Closure { .. } => Some(expr),
            _ => self.chain(expr),
        }
    }

    fn worded(&mut self) -> Option<Expr> {
        let bytes = self.bytes();
        match self.word()? {
            "true" | "false" => {
                let truth = self.word() == Some("true");
                self.advance();
                Some(self.made(ExprKind::Bool(truth), bytes, 0))
            }
            "if" => self.conditional(),
            "switch" => Some(self.switch()),
            "else" | "let" | "const" | "return" | "fn" | "private" | "in" => {
                self.error(SyntaxErrorKind::Expression);
                None
            }
            _ => {
                let name = self.name()?;
                if self.is_sign("()") || self.is_sign("(") {
                    let (arguments, depth) = self.arguments();
                    let bytes = bytes.start..self.before();
                    return Some(self.made(ExprKind::Call { name, arguments }, bytes, depth));
                }
                Some(self.made(ExprKind::Name(name.text), bytes, 0))
            }
        }
    }

    fn signed(&mut self, sign: &str) -> Option<Expr> {
        let open = self.bytes();
        match sign {
            "()" => {
                self.advance();
                Some(self.made(ExprKind::Absent, open, 0))
            }
            "(" => {
                self.advance();
                let bars = std::mem::take(&mut self.bars);
                let inner = self.expression();
                self.bars = bars;
                self.close(")", &open);
                inner
            }
            "[" => {
                self.advance();
                let (items, depth) = self.items("]", &open);
                let bytes = open.start..self.before();
                Some(self.made(ExprKind::List(items), bytes, depth))
            }
            "#{" => self.map(),
            "{" => {
                let block = self.block()?;
                let (bytes, depth) = (block.bytes.clone(), depth_of(&block));
                Some(self.made(ExprKind::Block(block), bytes, depth))
            }
            "|" | "||" => self.closure(),
            _ => {
                self.error(SyntaxErrorKind::Expression);
                None
            }
        }
    }

    fn map(&mut self) -> Option<Expr> {
        let open = self.bytes();
        self.advance();
        let mut members = Vec::new();
        while !self.is_sign("}") && !self.is_end() {
            let quoted = matches!(self.tokens.get(self.at)?.kind, TokenKind::Text(_));
            let name = if quoted {
                let bytes = self.bytes();
                self.advance();
                Name {
                    text: self.slice(&bytes).to_owned(),
                    bytes,
                }
            } else {
                self.name()?
            };
            self.expect(":")?;
            members.push((name, self.expression()?));
            if self.eat(",").is_none() {
                break;
            }
        }
        let end = self.close("}", &open);
        let depth = members.iter().map(|(_, value)| value.depth).max();
        Some(self.made(ExprKind::Map(members), open.start..end, depth.unwrap_or(0)))
    }

    fn closure(&mut self) -> Option<Expr> {
        let start = self.bytes().start;
        let mut parameters = Vec::new();
        if self.eat("||").is_none() {
            self.expect("|")?;
            while !self.is_sign("|") && !self.is_end() {
                let Some(name) = self.name() else { break };
                parameters.push(name);
                if self.eat(",").is_none() {
                    break;
                }
            }
            self.expect("|")?;
        }
        let bars = std::mem::take(&mut self.bars);
        let body = self.expression();
        self.bars = bars;
        let body = body?;
        let bytes = start..body.bytes.end;
        let depth = body.depth;
        let kind = ExprKind::Closure {
            parameters,
            body: Box::new(body),
        };
        Some(self.made(kind, bytes, depth))
    }

    fn conditional(&mut self) -> Option<Expr> {
        let start = self.bytes().start;
        self.eat_word("if");
        let condition = self.some_expression();
        let then = self.body();
        let mut otherwise = None;
        if self.eat_word("else").is_some() {
            let expr = if self.is_word("if") {
                if !self.enter() {
                    return None;
                }
                let expr = self.conditional();
                self.nesting -= 1;
                expr?
            } else {
                let block = self.body();
                let (bytes, depth) = (block.bytes.clone(), depth_of(&block));
                self.made(ExprKind::Block(block), bytes, depth)
            };
            otherwise = Some(Box::new(expr));
        }
        let depth = condition
            .depth
            .max(depth_of(&then))
            .max(otherwise.as_ref().map_or(0, |expr| expr.depth));
        let kind = ExprKind::If {
            condition: Box::new(condition),
            then,
            otherwise,
        };
        let bytes = start..self.before();
        Some(self.made(kind, bytes, depth))
    }

    fn switch(&mut self) -> Expr {
        let start = self.bytes().start;
        self.eat_word("switch");
        let subject = self.some_expression();
        let open = self.bytes();
        let opened = self.expect("{").is_some();
        let mut arms = Vec::new();
        while opened && !self.is_sign("}") && !self.is_end() && !self.begins_function() {
            let before = self.at;
            match self.arm() {
                Some(arm) => {
                    let block = matches!(
                        arm.value.kind,
                        ExprKind::Block(_) | ExprKind::If { .. } | ExprKind::Switch { .. }
                    );
                    arms.push(arm);
                    if self.eat(",").is_none() && !block && !self.is_sign("}") {
                        self.error(SyntaxErrorKind::Sign(","));
                        self.recover();
                    }
                }
                None => self.recover(),
            }
            if self.at == before {
                self.skip();
            }
        }
        let end = if opened {
            self.close("}", &open)
        } else {
            self.before()
        };
        let depth = arms.iter().map(|arm| arm.value.depth).max().unwrap_or(0);
        let depth = depth.max(subject.depth);
        let kind = ExprKind::Switch {
            subject: Box::new(subject),
            arms,
        };
        self.made(kind, start..end, depth)
    }

    fn arm(&mut self) -> Option<Arm> {
        let start = self.bytes().start;
        let mut labels = Vec::new();
        let mut condition = None;
        if self.eat_word("_").is_none() {
            loop {
                self.bars = true;
                let label = self.expression();
                self.bars = false;
                labels.push(label?);
                if self.eat("|").is_none() {
                    break;
                }
            }
            if self.eat_word("if").is_some() {
                condition = Some(self.expression()?);
            }
        }
        let value = match self.expect("=>") {
            Some(_) => self.some_expression(),
            None => self.made(ExprKind::Broken, self.before()..self.before(), 0),
        };
        Some(Arm {
            labels,
            condition,
            bytes: start..value.bytes.end,
            value,
        })
    }

    /// `.name`, `.name(…)` and `[…]` after an expression.
    fn chain(&mut self, mut of: Expr) -> Option<Expr> {
        loop {
            let start = of.bytes.start;
            let depth = of.depth;
            let (kind, depth) = if self.is_sign(".") || self.is_sign("?.") {
                self.advance();
                let Some(name) = self.field_name() else {
                    // Completion needs `tests.` with an empty name.
                    let end = self.before();
                    let name = Name {
                        text: String::new(),
                        bytes: end..end,
                    };
                    let of = Box::new(of);
                    return Some(self.made(ExprKind::Field { of, name }, start..end, depth));
                };
                if self.is_sign("(") || self.is_sign("()") {
                    let (arguments, deep) = self.arguments();
                    let of = Box::new(of);
                    let kind = ExprKind::Method {
                        of,
                        name,
                        arguments,
                    };
                    (kind, depth.max(deep))
                } else {
                    let of = Box::new(of);
                    (ExprKind::Field { of, name }, depth)
                }
            } else if self.is_sign("[") || self.is_sign("?[") {
                let open = self.bytes();
                self.advance();
                let at = Box::new(self.expression()?);
                self.close("]", &open);
                let deep = at.depth;
                let of = Box::new(of);
                (ExprKind::Index { of, at }, depth.max(deep))
            } else {
                return Some(of);
            };
            let bytes = start..self.before();
            of = self.made(kind, bytes, depth);
            if of.depth > DEPTH {
                self.too_deep(of.bytes);
                return None;
            }
        }
    }

    /// A name after a dot, directly behind it or on the next line.
    fn field_name(&mut self) -> Option<Name> {
        let starts_statement = matches!(
            self.word(),
            Some("let" | "const" | "return" | "if" | "switch" | "fn" | "private")
        );
        if starts_statement {
            self.error(SyntaxErrorKind::Name);
            return None;
        }
        self.name()
    }

    fn arguments(&mut self) -> (Vec<Expr>, u16) {
        if self.eat("()").is_some() {
            return (Vec::new(), 0);
        }
        let open = self.bytes();
        self.advance();
        self.items(")", &open)
    }

    fn items(&mut self, close: &'static str, open: &Bytes) -> (Vec<Expr>, u16) {
        let bars = std::mem::take(&mut self.bars);
        let mut items = Vec::new();
        while !self.is_sign(close) && !self.is_end() {
            let Some(item) = self.expression() else { break };
            items.push(item);
            if self.eat(",").is_none() {
                break;
            }
        }
        self.bars = bars;
        self.close(close, open);
        let depth = items.iter().map(|item| item.depth).max().unwrap_or(0);
        (items, depth)
    }

    /// The expression inside `${…}`, read at its place in the text.
    fn hole(&mut self, hole: &Bytes) -> Expr {
        let source = self.text.get(hole.clone()).unwrap_or_default();
        let tokens = lex(source).tokens;
        let tokens = tokens.into_iter().map(|it| it.later_by(hole.start));
        let mut inner = Parser {
            text: self.text,
            tokens: tokens.collect(),
            comments: self.comments,
            at: 0,
            ids: self.ids,
            nesting: self.nesting,
            bars: false,
            errors: Vec::new(),
        };
        let first = inner.script().statements.into_iter().next();
        self.ids = inner.ids;
        let sound = inner.errors.is_empty();
        self.errors.extend(inner.errors);
        match first.map(|statement| statement.kind) {
            Some(StatementKind::Expr(expr)) if sound => expr,
            _ => self.made(ExprKind::Broken, hole.clone(), 0),
        }
    }

    fn made(&mut self, kind: ExprKind, bytes: Bytes, inside: u16) -> Expr {
        self.ids += 1;
        Expr {
            kind,
            bytes,
            id: self.ids,
            depth: inside.saturating_add(1),
        }
    }

    /// Opens one level of nesting. The caller closes it with `nesting -= 1`.
    fn enter(&mut self) -> bool {
        if self.nesting >= DEPTH {
            self.too_deep(self.bytes());
            return false;
        }
        self.nesting += 1;
        true
    }

    /// Reports that nesting is too deep, and stops reading.
    fn too_deep(&mut self, bytes: Bytes) {
        let kind = SyntaxErrorKind::Depth;
        if self.errors.iter().all(|error| error.kind != kind) {
            self.errors.push(SyntaxError { kind, bytes });
        }
        self.at = self.tokens.len().saturating_sub(1);
    }

    fn bytes(&self) -> Bytes {
        let last = self.text.len();
        self.tokens
            .get(self.at)
            .map_or(last..last, |token| token.bytes.clone())
    }

    /// The end of the previous token.
    fn before(&self) -> usize {
        let token = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        token.map_or(0, |token| token.bytes.end)
    }

    fn slice(&self, bytes: &Bytes) -> &str {
        self.text.get(bytes.clone()).unwrap_or_default()
    }

    fn is_end(&self) -> bool {
        matches!(
            self.tokens.get(self.at).map(|token| &token.kind),
            None | Some(TokenKind::End)
        )
    }

    fn sign(&self) -> Option<&'static str> {
        match self.tokens.get(self.at)?.kind {
            TokenKind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    fn is_sign(&self, sign: &str) -> bool {
        self.sign() == Some(sign)
    }

    fn word(&self) -> Option<&str> {
        self.word_at(self.at)
    }

    fn word_at(&self, at: usize) -> Option<&str> {
        let token = self.tokens.get(at)?;
        match token.kind {
            TokenKind::Word => self.text.get(token.bytes.clone()),
            _ => None,
        }
    }

    fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }

    fn advance(&mut self) {
        if !self.is_end() {
            self.at += 1;
        }
    }

    fn eat(&mut self, sign: &str) -> Option<Bytes> {
        if !self.is_sign(sign) {
            return None;
        }
        let bytes = self.bytes();
        self.advance();
        Some(bytes)
    }

    fn eat_word(&mut self, word: &str) -> Option<Bytes> {
        if !self.is_word(word) {
            return None;
        }
        let bytes = self.bytes();
        self.advance();
        Some(bytes)
    }

    fn expect(&mut self, sign: &'static str) -> Option<Bytes> {
        let found = self.eat(sign);
        if found.is_none() {
            self.error(SyntaxErrorKind::Sign(sign));
        }
        found
    }

    /// Reads the sign that closes `open`. Returns where the bracketed part ends.
    fn close(&mut self, sign: &'static str, open: &Bytes) -> usize {
        match self.eat(sign) {
            Some(bytes) => bytes.end,
            None if self.is_end() => {
                let kind = SyntaxErrorKind::Open(sign);
                let told = self.errors.iter().any(|error| error.kind == kind);
                if !told {
                    let bytes = open.clone();
                    self.errors.push(SyntaxError { kind, bytes });
                }
                self.before()
            }
            None => {
                self.error(SyntaxErrorKind::Sign(sign));
                self.before()
            }
        }
    }

    fn name(&mut self) -> Option<Name> {
        let bytes = self.bytes();
        let Some(word) = self.word() else {
            self.error(SyntaxErrorKind::Name);
            return None;
        };
        let text = word.to_owned();
        self.advance();
        Some(Name { text, bytes })
    }

    /// Notes an error here, unless there is one at this place already.
    fn error(&mut self, kind: SyntaxErrorKind) {
        let bytes = self.bytes();
        let again = self.errors.last().is_some_and(|last| {
            last.bytes.start == bytes.start || last.kind == SyntaxErrorKind::Depth
        });
        if !again {
            self.errors.push(SyntaxError { kind, bytes });
        }
    }

    /// Skips to where a statement can start or a block ends.
    fn recover(&mut self) {
        let mut depth = 0usize;
        while !self.is_end() {
            if self.begins_function() {
                return;
            }
            match self.sign() {
                Some(";") if depth == 0 => {
                    self.advance();
                    return;
                }
                Some("}") if depth == 0 => return,
                Some("{" | "#{") => depth += 1,
                Some("}") => depth -= 1,
                _ => {}
            }
            self.advance();
            if depth == 0 && matches!(self.word(), Some("let" | "return")) {
                return;
            }
        }
    }

    /// Skips a token that cannot start anything.
    fn skip(&mut self) {
        self.error(SyntaxErrorKind::Expression);
        self.advance();
    }
}

impl Statement {
    /// Whether it needs no semicolon after it.
    fn ends_itself(&self) -> bool {
        match &self.kind {
            StatementKind::Expr(expr) => matches!(
                expr.kind,
                ExprKind::If { .. } | ExprKind::Switch { .. } | ExprKind::Block(_)
            ),
            StatementKind::Forbidden { word, bodies, .. } => {
                !bodies.is_empty() && word.text != "do"
            }
            _ => false,
        }
    }
}

fn depth_of(block: &Block) -> u16 {
    let inside = block.expressions();
    inside.iter().map(|expr| expr.depth).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_stands_in_a_hole_of_a_text_has_its_place_and_its_id() {
        let text = "fn a(list) { `é ${list.any(|x| [x, `${x.deep}`].len() > y)} b` }";
        let parsed = parse(text);
        assert_eq!(parsed.errors, []);
        let mut ids = BTreeSet::new();
        let mut names = Vec::new();
        for function in &parsed.script.functions {
            for expr in function.body.expressions() {
                expr.walk(&mut |expr| {
                    assert!(ids.insert(expr.id), "{expr:?}");
                    if let ExprKind::Name(name) = &expr.kind {
                        assert_eq!(text.get(expr.bytes.clone()), Some(name.as_str()));
                        names.push(name.clone());
                    }
                });
            }
        }
        names.sort();
        assert_eq!(names, ["list", "x", "x", "y"]);
    }

    #[test]
    fn a_mistake_in_a_hole_is_reported_at_its_place() {
        let text = "fn a() { `${1 + }` }";
        let parsed = parse(text);
        let found: Vec<usize> = parsed.errors.iter().map(|it| it.bytes.start).collect();
        assert_eq!(found, [16]);
    }
}
