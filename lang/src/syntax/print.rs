//! Prints a tree in one fixed form, with all binary expressions in brackets. Tests
//! compare this form, and so does the check whether two rules are the same.

use super::tree::{Block, Expr, ExprKind, Script, Statement, StatementKind};

/// The functions of a script in one fixed form, one per line.
///
/// ```
/// use longma_lang::syntax::{parse, print};
///
/// let parsed = parse("fn f(a) { a.x   + 1 * 2 }");
/// assert_eq!(print(&parsed.script), "fn f(a) { (a.x + (1 * 2)) }\n");
/// ```
#[must_use]
pub fn print(script: &Script) -> String {
    let functions = script.functions.iter().map(|function| {
        let names: Vec<&str> = function
            .parameters
            .iter()
            .map(|p| p.text.as_str())
            .collect();
        let private = if function.private { "private " } else { "" };
        let name = &function.name.text;
        let body = block(&function.body);
        format!("{private}fn {name}({}) {body}\n", names.join(", "))
    });
    functions.collect()
}

fn block(block: &Block) -> String {
    let statements: Vec<String> = block.statements.iter().map(statement).collect();
    format!("{{ {} }}", statements.join("; "))
}

fn statement(statement: &Statement) -> String {
    match &statement.kind {
        StatementKind::Let { name, value } => {
            let value = value.as_ref().map_or("()".to_owned(), expr);
            format!("let {} = {value}", name.text)
        }
        StatementKind::Assign {
            target,
            operator,
            value,
        } => format!("{} {} {}", expr(target), operator.text, expr(value)),
        StatementKind::Return(value) => {
            let value = value.as_ref().map_or("()".to_owned(), expr);
            format!("return {value}")
        }
        StatementKind::Expr(value) => expr(value),
        StatementKind::Forbidden {
            word,
            parts,
            bodies,
        } => {
            let parts: Vec<String> = parts.iter().map(expr).collect();
            let bodies: Vec<String> = bodies.iter().map(block).collect();
            format!("{} {} {}", word.text, parts.join(" "), bodies.join(" "))
        }
    }
}

fn list(items: &[Expr]) -> String {
    let items: Vec<String> = items.iter().map(expr).collect();
    items.join(", ")
}

fn expr(it: &Expr) -> String {
    match &it.kind {
        ExprKind::Absent => "()".to_owned(),
        ExprKind::Bool(truth) => truth.to_string(),
        ExprKind::Int(value) => value.map_or("?".to_owned(), |value| value.to_string()),
        ExprKind::Text(text) => format!("{text:?}"),
        ExprKind::Interpolated(parts) => format!("`{}`", list(parts)),
        ExprKind::List(items) => format!("[{}]", list(items)),
        ExprKind::Map(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", name.text, expr(value)))
                .collect();
            format!("#{{{}}}", members.join(", "))
        }
        ExprKind::Name(name) => name.clone(),
        ExprKind::Field { of, name } => format!("{}.{}", expr(of), name.text),
        ExprKind::Index { of, at } => format!("{}[{}]", expr(of), expr(at)),
        ExprKind::Call { name, arguments } => format!("{}({})", name.text, list(arguments)),
        ExprKind::Method {
            of,
            name,
            arguments,
        } => format!("{}.{}({})", expr(of), name.text, list(arguments)),
        ExprKind::Unary { operator, operand } => format!("{}({})", operator.sign(), expr(operand)),
        ExprKind::Binary {
            operator,
            left,
            right,
            ..
        } => format!("({} {} {})", expr(left), operator.sign(), expr(right)),
        ExprKind::Closure { parameters, body } => {
            let names: Vec<&str> = parameters.iter().map(|p| p.text.as_str()).collect();
            format!("|{}| {}", names.join(", "), expr(body))
        }
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => {
            // An `else if` prints as an `if` in the block of an `else`.
            let otherwise = otherwise.as_ref().map(|other| match other.kind {
                ExprKind::If { .. } => format!(" else {{ {} }}", expr(other)),
                _ => format!(" else {}", expr(other)),
            });
            let (condition, then) = (expr(condition), block(then));
            format!("if {condition} {then}{}", otherwise.unwrap_or_default())
        }
        ExprKind::Switch { subject, arms } => {
            let arms: Vec<String> = arms.iter().map(arm).collect();
            format!("switch {} {{ {} }}", expr(subject), arms.join(", "))
        }
        ExprKind::Block(inner) => block(inner),
        ExprKind::Broken => "…".to_owned(),
    }
}

fn arm(arm: &super::Arm) -> String {
    let labels: Vec<String> = arm.labels.iter().map(expr).collect();
    let labels = if labels.is_empty() {
        "_".to_owned()
    } else {
        labels.join(" | ")
    };
    let condition = arm.condition.as_ref().map(|it| format!(" if {}", expr(it)));
    format!(
        "{labels}{} => {}",
        condition.unwrap_or_default(),
        expr(&arm.value)
    )
}
