//! Writes a script in the one form that the shipped packs have.
//!
//! Lines stay lines: a list of steps below one another is aligned by hand and stays so. What
//! has one form everywhere is written that way: how far the statements of a block stand in,
//! the spaces around operators and after commas, the empty lines.

use super::lexer::{Comment, TokenKind, lex};
use super::parser::parse;
use super::tree::{Block, Expr, ExprKind, Script, Statement, StatementKind};
use longma_core::order;
use std::collections::BTreeSet;

/// How far what is in braces stands in.
const STEP: usize = 4;

/// The script in its form; `None` if it has a mistake that leaves its form open.
///
/// ```
/// use longma_lang::syntax::format;
/// let text = "fn f(a,b){\n  a+b\n}";
/// assert_eq!(format(text).as_deref(), Some("fn f(a, b) {\n    a + b\n}\n"));
/// ```
#[must_use]
pub fn format(text: &str) -> Option<String> {
    let parsed = parse(text);
    if !parsed.errors.is_empty() {
        return None;
    }
    let mut form = Form::default();
    form.script(&parsed.script);
    let written = form.write(text);
    // A form that says something else would be a mistake of ours.
    (said(text) == said(&written)).then_some(written)
}

/// What a text says, apart from its form.
fn said(text: &str) -> (Vec<TokenKind>, Vec<(bool, String)>) {
    let lexed = lex(text);
    let tokens = lexed.tokens.into_iter().map(|it| match it.kind {
        TokenKind::Interpolated(_) => {
            TokenKind::Text(text.get(it.bytes).unwrap_or_default().to_owned())
        }
        other => other,
    });
    let comments = lexed.comments.into_iter();
    let comments = comments.map(|it| (it.doc, it.text.trim_end().to_owned()));
    (tokens.collect(), comments.collect())
}

/// What the tree says about the form.
#[derive(Default)]
struct Form {
    /// Bytes with which statements, arms and functions begin.
    begins: BTreeSet<usize>,
    /// Bytes of operators between two values.
    between: BTreeSet<usize>,
    /// Bytes of the bars around the parameters of closures.
    bars: BTreeSet<usize>,
}

impl Form {
    fn script(&mut self, script: &Script) {
        for function in &script.functions {
            self.begins.insert(function.bytes.start);
            self.block(&function.body);
        }
    }

    fn block(&mut self, block: &Block) {
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        self.begins.insert(statement.bytes.start);
        if let StatementKind::Forbidden { bodies, .. } = &statement.kind {
            for body in bodies {
                self.block(body);
            }
        }
        for expr in statement.expressions() {
            expr.walk(&mut |it| self.expr(it));
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Binary { at, .. } => drop(self.between.insert(at.start)),
            ExprKind::Closure { .. } => drop(self.bars.insert(expr.bytes.start)),
            ExprKind::Block(block) | ExprKind::If { then: block, .. } => {
                for statement in &block.statements {
                    self.begins.insert(statement.bytes.start);
                }
            }
            ExprKind::Switch { arms, .. } => {
                self.begins.extend(arms.iter().map(|it| it.bytes.start));
            }
            _ => {}
        }
    }

    fn write(&self, text: &str) -> String {
        let parts = parts(text);
        if parts.is_empty() {
            return String::new();
        }
        let mut out = String::new();
        let mut open: Vec<Open> = Vec::new();
        let mut depth = 0;
        let mut bar = false;
        for (place, part) in parts.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|it| parts.get(it));
            let gap = before.map_or(0, |it| it.end)..part.start;
            let gap = text.get(gap).unwrap_or_default();
            let closes = matches!(part.text, "}" | ")" | "]");
            let block = if closes { open.pop() } else { None };
            if before.is_none() || gap.contains('\n') {
                if before.is_some() {
                    out.push_str(if gap.matches('\n').count() > 1 {
                        "\n\n"
                    } else {
                        "\n"
                    });
                }
                let begins = part.comment || self.begins.contains(&part.start);
                let now = gap.rsplit('\n').next().unwrap_or_default().chars();
                let now = now.map(|it| if it == '\t' { STEP } else { 1 }).sum();
                let inside_call =
                    open.len() > 1 && open.get(open.len() - 2).is_some_and(|it| it.sign == "(");
                depth = match (block, open.last_mut()) {
                    (Some(block), _) if part.text == "}" => block.outer(),
                    (None, Some(block)) if begins && block.sign == "{" => {
                        let aligned = inside_call && now > block.opened;
                        let inner = if aligned { now } else { block.opened + STEP };
                        *block.inner.get_or_insert(inner)
                    }
                    (None, None) if begins => 0,
                    _ => now,
                };
                out.extend(std::iter::repeat_n(' ', depth));
            } else if self.spaced(before, part, gap, bar) {
                out.push(' ');
            } else if part.comment {
                out.push_str(gap);
            }
            out.push_str(part.text);
            if part.text == "|" && (bar || self.bars.contains(&part.start)) {
                bar = !bar;
            }
            if let "{" | "(" | "[" | "#{" = part.text {
                open.push(Open {
                    sign: part.text.trim_start_matches('#'),
                    opened: depth,
                    inner: None,
                });
            }
        }
        out.push('\n');
        out
    }

    /// Whether a space stands between two parts of a line.
    fn spaced(&self, before: Option<&Part<'_>>, part: &Part<'_>, gap: &str, bar: bool) -> bool {
        let Some(before) = before else { return false };
        let operator =
            |it: &Part<'_>| self.between.contains(&it.start) || matches!(it.text, "=>" | "=");
        // What follows a closure's parameters.
        let after_bar = before.text == "|" && !bar && !self.between.contains(&before.start)
            || before.text == "||" && self.bars.contains(&before.start);
        match (before.text, part.text) {
            ("|", _) | (_, "|") if bar => false,
            _ if part.comment => before.comment || gap.is_empty(),
            _ if before.comment => true,
            ("{", "}") | ("(" | "[" | "#{", _) | (_, ")" | "]" | "," | ";") => false,
            ("{" | "," | ";", _) | (_, "}") => true,
            _ if after_bar => true,
            _ if operator(before) || operator(part) => true,
            (_, "{") | ("}", "else") => true,
            _ => !gap.is_empty(),
        }
    }
}

/// A bracket that is open.
struct Open<'t> {
    sign: &'t str,
    /// How far the line stands in that opens it.
    opened: usize,
    /// How far what is in it stands in. What a call of a chain is given may be aligned by hand.
    inner: Option<usize>,
}

impl Open<'_> {
    /// How far what closes it stands in.
    fn outer(&self) -> usize {
        self.inner.map_or(self.opened, |it| it.saturating_sub(STEP))
    }
}

/// A token or comment.
struct Part<'t> {
    start: usize,
    end: usize,
    text: &'t str,
    comment: bool,
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let lexed = lex(text);
    let tokens = lexed.tokens.iter().filter(|it| it.kind != TokenKind::End);
    let tokens = tokens.map(|it| (it.bytes.clone(), false));
    let comments = lexed.comments.iter();
    let comments = comments.map(|it: &Comment| (it.bytes.clone(), true));
    let mut parts: Vec<Part<'_>> = tokens
        .chain(comments)
        .map(|(bytes, comment)| {
            let text = text.get(bytes.clone()).unwrap_or_default();
            Part {
                start: bytes.start,
                end: bytes.end,
                text: if comment { text.trim_end() } else { text },
                comment,
            }
        })
        .collect();
    order::sort_by_key(&mut parts, |it| it.start);
    parts
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn statements_stand_in_by_the_block_and_chains_stay_aligned() {
        let text = "\n\n/// A rule\nfn f( a,b ){\n  let x=a ?? b ;\n\n\n\tif x==1{ return (); }\n      // why\n      a.filter(|c|c.d<-1&&!c.e)\n       .map(|c|{\n  let y = days( 1 );\n     red( c.at+y, () ).because( c )\n  })\n}\n// end   ";
        let form = "/// A rule\nfn f(a, b) {\n    let x = a ?? b;\n\n    if x == 1 { return (); }\n    // why\n    a.filter(|c| c.d < -1 && !c.e)\n       .map(|c| {\n           let y = days(1);\n           red(c.at + y, ()).because(c)\n       })\n}\n// end\n";
        assert_eq!(format(text).as_deref(), Some(form));
        assert_eq!(format(form).as_deref(), Some(form));
    }

    #[test]
    fn what_is_written_in_texts_and_comments_stays() {
        for text in [
            "fn f() {\n    \"a ,  b\" // c ,  d\n}\n",
            "fn f(a) { switch a { \"x\" | \"y\" => 1, _ => 2 } }\n",
            "/* one\n     two */\nfn f() { [] }\n",
            "private fn f(a) { a[0] - 1 }\n",
            "fn f(a) { if a { 1 } else if !a { 2 } else { 3 } }\n",
        ] {
            assert_eq!(format(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_cannot_be_read_has_no_form() {
        for text in ["fn f( {", "fn f() { \"a }", "fn f() { a b }"] {
            assert_eq!(format(text), None, "{text}");
        }
        assert_eq!(format("").as_deref(), Some(""));
    }
}
