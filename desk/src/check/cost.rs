//! Rules that could take more steps than a rule may.
//!
//! A warning tells of rules that reach the limit within what their schema itself allows:
//! there the schema promises what the rule does not keep. Where a schema bounds no list,
//! a document of the largest size reaches the limit in nearly every rule that compares
//! records with one another; that is told on request, with the number of records up to
//! which nothing is reached.

use super::packs::finding;
use crate::code::Code;
use crate::text::say;
use longma_compile::Bundle;
use longma_compile::compiled::{Compiled, RuleOf};
use longma_compile::cost::{Bound, Caps, factors_text};
use longma_compile::listing::number;
use longma_core::{Args, Place, Severity, limits};
use longma_lang::finding::{Finding, Spot};
use std::collections::BTreeMap;

/// Every rule that could reach the limit of steps with a document of the largest size:
/// a warning where the schema itself allows as many records, else good to know. Nothing
/// if the packs do not compile.
///
/// ```
/// use longma_compile::texts::{Texts, read};
/// // No packs, no rules.
/// assert!(longma_desk::check::costs(&read(&Texts::new()).bundle).is_empty());
/// ```
#[must_use]
pub fn costs(bundle: &Bundle) -> Vec<Finding> {
    let compiled = Compiled::new(bundle);
    compiled.map_or_else(|_| Vec::new(), |compiled| of(&compiled))
}

/// The rules of compiled packs that could reach the limit. A rule that several packs
/// inherit is told once, where it is dearest.
pub(super) fn of(compiled: &Compiled) -> Vec<Finding> {
    let mut dearest: BTreeMap<&str, (u64, Finding)> = BTreeMap::new();
    for plan in &compiled.plans {
        let Some(caps) = compiled.caps(&plan.subject) else {
            continue;
        };
        for rule in &plan.rules {
            let Some(bound) = compiled.bound(plan, rule) else {
                continue;
            };
            let steps = bound.at(caps);
            let known = dearest
                .get(rule.path.as_str())
                .map_or(0, |(steps, _)| *steps);
            if steps > limits::RULE_OPERATIONS && steps > known {
                dearest.insert(&rule.path, (steps, told(rule, &bound, caps)));
            }
        }
    }
    dearest.into_values().map(|(_, finding)| finding).collect()
}

fn told(rule: &RuleOf, bound: &Bound, caps: &Caps) -> Finding {
    let declared = caps.declared();
    let within = bound.at(&declared) > limits::RULE_OPERATIONS;
    let (caps, severity) = if within {
        (&declared, Code::RuleLimit.severity())
    } else {
        (caps, Severity::Info)
    };
    let (line, column) = bound.dearest.unwrap_or((rule.line, 1));
    let fits = bound.within(caps, limits::RULE_OPERATIONS).unwrap_or(0);
    let name = rule.path.rsplit('/').next().unwrap_or(&rule.path);
    let order = factors_text(&bound.order(caps));
    let args = Args::of("rule", name)
        .with("steps", number(bound.at(caps)))
        .with("order", &order)
        .with("limit", number(limits::RULE_OPERATIONS))
        .with("within", number(fits));
    let place = Place::file(&rule.file, line, column);
    let told = Finding {
        instead: None,
        severity,
        ..finding(Code::RuleLimit, Spot::Place(place), &args)
    };
    if !order.is_empty() {
        return told;
    }
    // No record is in it: the script's own lists are too long.
    Finding {
        message: say("rule-limit-always", &args),
        help: Some(say("rule-limit-always.help", &args)),
        ..told
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]

    use super::of;
    use crate::small::{bundle, pack};
    use longma_compile::compiled::Compiled;

    /// What is told of a rule that first asks this.
    fn told(first: &str) -> Vec<String> {
        let script = format!("/// source: s\nfn slow(contacts) {{\n    {first}\n    ()\n}}\n");
        let bundle = bundle(&[pack("62/2022-01-01", 7, &script)]);
        let found = of(&Compiled::new(&bundle).unwrap()).into_iter();
        found.map(|it| it.message.en).collect()
    }

    #[test]
    fn a_rule_too_long_for_any_facts_says_so_and_one_that_grows_with_them_says_by_what() {
        let numbers: Vec<String> = (0..300).map(|it| it.to_string()).collect();
        let asks = "many.any(|a| many.any(|b| many.any(|c| a * b + c == 100001)))";
        let always = told(&format!(
            "let many = [{}]; if {asks} {{ return (); }}",
            numbers.join(", ")
        ));
        assert_eq!(always.len(), 1, "{always:?}");
        assert!(
            always[0].contains("steps whatever the facts are"),
            "{always:?}"
        );
        let grows = told(
            "if contacts.any(|a| contacts.any(|b| contacts.any(|c| a.at < b.at && b.at < c.at))) { return (); }",
        );
        assert!(
            grows.iter().any(|it| it.contains("(contacts³)")),
            "{grows:?}"
        );
    }
}
