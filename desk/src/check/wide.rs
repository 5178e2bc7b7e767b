//! Whether a cause that is made for each record names that record, and not all of them.
//!
//! `cards.map(|c| free(c.from, c.until).because(cards))` shows a citizen every card as the
//! ground of each cause. It is told only where the list is used for nothing else in the
//! function: a rule that compares the records with one another may rest on all.

use super::packs::finding;
use crate::code::Code;
use longma_compile::world::World;
use longma_core::Args;
use longma_lang::finding::{Finding, Spot};
use longma_lang::syntax::{Bytes, Expr, ExprKind, Function};

/// Methods that keep the records of a list. What `map` gives are no records any more, so that
/// the list may be the only ground that can be named.
const THROUGH: [&str; 3] = ["filter", "sort_by", "take"];

/// What is wrong with the evidence in the scripts of all packs.
pub(super) fn findings(world: &World<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for pack in &world.packs {
        for script in pack.scripts.values() {
            for function in &script.parsed.script.functions {
                for (list, record, at) in wide(function) {
                    let args = Args::of("list", list)
                        .with("record", record)
                        .with("instead", record);
                    let spot = Spot::Range(script.lines.range(&script.file, &at));
                    out.push(finding(Code::EvidenceWide, spot, &args));
                }
            }
        }
    }
    out
}

/// Each list that is named as the evidence of what is made for one of its records, with the
/// record's name and the place.
fn wide(function: &Function) -> Vec<(&str, &str, Bytes)> {
    let mut found = Vec::new();
    function.body.walk(&mut |expr| {
        let Some((list, record, body)) = each(expr) else {
            return;
        };
        let given = function.parameters.iter().any(|it| it.text == list);
        if record == list || !given || mentions(function, list) != 2 {
            return;
        }
        body.walk(&mut |inner| {
            if let Some(argument) = evidence(inner)
                && is_named(argument, list)
            {
                found.push((list, record, argument.bytes.clone()));
            }
        });
    });
    found
}

/// The list by name, the record's name and the body, where something is made for each record.
fn each(expr: &Expr) -> Option<(&str, &str, &Expr)> {
    let ExprKind::Method {
        of,
        name,
        arguments,
    } = &expr.kind
    else {
        return None;
    };
    let ExprKind::Closure { parameters, body } = &arguments.first()?.kind else {
        return None;
    };
    let maps = matches!(name.text.as_str(), "map" | "flat_map");
    let record = parameters.first().filter(|_| maps)?;
    Some((root(of)?, &record.text, body))
}

/// The list at the head of a chain of methods that keep its records.
fn root(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Method { of, name, .. } if THROUGH.contains(&name.text.as_str()) => root(of),
        _ => None,
    }
}

fn evidence(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Method {
            name, arguments, ..
        } if name.text == "because" => arguments.first(),
        _ => None,
    }
}

fn is_named(expr: &Expr, list: &str) -> bool {
    matches!(&expr.kind, ExprKind::Name(name) if name == list)
}

/// How often a function's body names a list.
fn mentions(function: &Function, list: &str) -> usize {
    let mut count = 0;
    function
        .body
        .walk(&mut |expr| count += usize::from(is_named(expr, list)));
    count
}

#[cfg(test)]
mod tests {
    use crate::small::{bundle, pack};
    use longma_compile::world::World;

    fn told(body: &str) -> usize {
        let script = format!("fn close(contacts, tests) {{ {body} }}");
        let bundle = bundle(&[pack("62/2022-01-01", 7, &script)]);
        super::findings(&World::new(&bundle)).len()
    }

    #[test]
    fn a_list_named_as_the_ground_of_each_of_its_records_is_told() {
        for body in [
            "contacts.map(|c| red(c.at, ()).because(contacts))",
            "contacts.filter(|c| c.kind == \"close\").map(|c| red(c.at, ()).because(contacts))",
            "contacts.flat_map(|c| tests.map(|t| red(c.at, t.at).because(contacts).because(t)))",
        ] {
            assert_eq!(told(body), 1, "{body}");
        }
    }

    #[test]
    fn a_list_whose_records_count_together_may_be_named() {
        for body in [
            "contacts.map(|c| red(c.at, ()).because(c))",
            "contacts.map(|c| red(c.at, ()).because(tests))",
            "if contacts.len() > 1 { red(always()).because(contacts) } else { () }",
            "contacts.filter(|c| contacts.len() > 1).map(|c| red(c.at, ()).because(contacts))",
            "let n = contacts.len(); contacts.map(|c| red(c.at, c.at + days(n)).because(contacts))",
            "contacts.map(|c| c.at).filter(|t| t.weekday() == 1).map(|t| red(t, ()).because(contacts))",
            "contacts.map(|contacts| red(contacts.at, ()).because(contacts))",
        ] {
            assert_eq!(told(body), 0, "{body}");
        }
    }
}
