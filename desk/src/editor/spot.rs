//! What is at a place of a script: the token, the expressions around it and the names in
//! scope. Types are left out.

use longma_lang::syntax::{
    Block, Bytes, Comment, Expr, ExprKind, Function, Name, Script, Statement, StatementKind, Token,
    TokenKind,
};

/// A token of a script and its surroundings.
#[derive(Debug)]
pub(super) struct Spot<'s> {
    /// The token's role.
    pub(super) what: What<'s>,
    /// The token.
    pub(super) bytes: Bytes,
    /// The enclosing function.
    pub(super) function: Option<&'s Function>,
    /// The names in scope, inner ones last.
    pub(super) locals: Vec<Local<'s>>,
    /// The enclosing expressions, outer ones first.
    pub(super) path: Vec<&'s Expr>,
    /// Whether it begins a statement.
    pub(super) begins: bool,
}

/// The role of a token.
#[derive(Debug, Clone, Copy)]
pub(super) enum What<'s> {
    /// The name of a function, at its definition.
    Function(&'s Function),
    /// A parameter of a function or closure, or the name of a `let`, at its definition.
    Binding(Local<'s>),
    /// An expression that is a name or a text, or has its own sign or keyword.
    Expr(&'s Expr),
    /// The name after a point, or of the called function, in this expression.
    Part(&'s Expr),
    /// Nothing with a meaning.
    Nothing,
}

/// A name bound by a function, a `let` or a closure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local<'s> {
    /// Where it is defined.
    pub(super) name: &'s Name,
    /// What binds it.
    pub(super) by: Binder<'s>,
}

/// What binds a name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Binder<'s> {
    /// A function's parameter, and its position.
    Function(&'s Function, usize),
    /// `let`, with its value.
    Let(Option<&'s Expr>),
    /// A closure's parameter, with the call that takes the closure.
    Closure(Option<&'s Expr>),
}

/// The token that contains `byte` or ends there.
pub(super) fn token_at(tokens: &[Token], byte: usize) -> Option<&Token> {
    let known = |token: &&Token| token.kind != TokenKind::End;
    let near = |token: &&Token| token.bytes.start <= byte && byte <= token.bytes.end;
    let mut found = tokens.iter().filter(known).filter(near);
    let first = found.next()?;
    match found.next() {
        // Between two tokens, prefer a name or text to a sign.
        Some(second) if !matters(first) || matters(second) => Some(second),
        _ => Some(first),
    }
}

fn matters(token: &Token) -> bool {
    !matches!(token.kind, TokenKind::Sign(_))
}

/// The comment that contains `byte`.
pub(super) fn comment_at(comments: &[Comment], byte: usize) -> Option<&Comment> {
    comments
        .iter()
        .find(|comment| comment.bytes.start < byte && byte <= comment.bytes.end)
}

/// Locates the token with these bytes.
pub(super) fn spot<'s>(script: &'s Script, token: &Bytes) -> Spot<'s> {
    let mut descent = Descent {
        token: token.clone(),
        spot: Spot {
            what: What::Nothing,
            bytes: token.clone(),
            function: None,
            locals: Vec::new(),
            path: Vec::new(),
            begins: false,
        },
    };
    let function = script
        .functions
        .iter()
        .find(|function| holds(&function.bytes, token));
    match function {
        Some(function) => descent.function(function),
        None => descent.statements(&script.statements),
    }
    descent.spot
}

fn holds(outer: &Bytes, inner: &Bytes) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

struct Descent<'s> {
    token: Bytes,
    spot: Spot<'s>,
}

impl<'s> Descent<'s> {
    fn function(&mut self, function: &'s Function) {
        self.spot.function = Some(function);
        if function.name.bytes == self.token {
            self.spot.what = What::Function(function);
            return;
        }
        for (index, name) in function.parameters.iter().enumerate() {
            self.bind(name, Binder::Function(function, index));
        }
        if holds(&function.body.bytes, &self.token) {
            self.statements(&function.body.statements);
        }
    }

    /// Adds a name to the scope; if it is the token itself, it is the result.
    fn bind(&mut self, name: &'s Name, by: Binder<'s>) {
        let local = Local { name, by };
        if name.bytes == self.token {
            self.spot.what = What::Binding(local);
        }
        self.spot.locals.push(local);
    }

    fn statements(&mut self, statements: &'s [Statement]) {
        for statement in statements {
            if holds(&statement.bytes, &self.token) {
                self.statement(statement);
                return;
            }
            if statement.bytes.start > self.token.start {
                return;
            }
            if let StatementKind::Let { name, value } = &statement.kind {
                self.bind(name, Binder::Let(value.as_ref()));
            }
        }
    }

    fn statement(&mut self, statement: &'s Statement) {
        self.spot.begins = statement.bytes.start == self.token.start;
        match &statement.kind {
            StatementKind::Let { name, value } if name.bytes == self.token => {
                self.bind(name, Binder::Let(value.as_ref()));
            }
            StatementKind::Forbidden { bodies, parts, .. } => {
                match bodies.iter().find(|body| holds(&body.bytes, &self.token)) {
                    Some(body) => self.block(body),
                    None => self.among(parts.iter()),
                }
            }
            StatementKind::Let { .. }
            | StatementKind::Return(_)
            | StatementKind::Assign { .. }
            | StatementKind::Expr(_) => self.among(statement.expressions().into_iter()),
        }
    }

    fn block(&mut self, block: &'s Block) {
        self.statements(&block.statements);
    }

    /// Descends into the expression that contains the token.
    fn among(&mut self, exprs: impl Iterator<Item = &'s Expr>) {
        let mut exprs = exprs;
        if let Some(expr) = exprs.find(|expr| holds(&expr.bytes, &self.token)) {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &'s Expr) {
        let call = self.spot.path.last().copied();
        self.spot.path.push(expr);
        self.spot.what = What::Expr(expr);
        match &expr.kind {
            ExprKind::Field { name, .. }
            | ExprKind::Method { name, .. }
            | ExprKind::Call { name, .. }
                if name.bytes == self.token =>
            {
                self.spot.what = What::Part(expr);
            }
            ExprKind::Closure { parameters, body } => {
                for name in parameters {
                    self.bind(name, Binder::Closure(call));
                }
                self.among(std::iter::once(&**body));
            }
            ExprKind::Block(block) => self.block(block),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                if holds(&then.bytes, &self.token) {
                    self.block(then);
                } else {
                    let others = otherwise.as_deref();
                    self.among(std::iter::once(&**condition).chain(others));
                }
            }
            _ => self.among(expr.children().into_iter()),
        }
    }
}
