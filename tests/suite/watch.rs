//! Rules give the same results whether they are watched or not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_cli::cases;
use longma_compile::Bundle;
use longma_core::{Catalogue, Instant, Outcome, Request};
use longma_desk::case::Case;
use longma_desk::explain::{Explanation, Ground, RuleVerdict, explain};
use longma_desk::probes::{Point, Watched};
use longma_oracle::watch::{Seen, WatchedPolicy};
use longma_tests::{catalogue, loaded, rules};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// A case, decided by ordinary rules and by watched ones.
struct Both {
    case: Case,
    ordinary: Outcome,
    outcome: Outcome,
    policies: Vec<WatchedPolicy>,
}

/// Every case of every pack, if it is decided at all.
fn all() -> &'static (Watched, Vec<Both>) {
    static ALL: OnceLock<(Watched, Vec<Both>)> = OnceLock::new();
    ALL.get_or_init(|| {
        let plain = catalogue();
        let watched = Watched::load(&loaded().bundle).unwrap();
        let cases = cases::read(&rules().join("packs"), &[], &mut loaded().files).unwrap();
        let both = cases.into_iter().filter_map(|case| {
            let ordinary = case.evaluate(&plain).ok()?;
            let (outcome, policies) = watch(&case, &watched.catalogue);
            Some(Both {
                case,
                ordinary,
                outcome,
                policies,
            })
        });
        let both = both.collect();
        (watched, both)
    })
}

fn watch(case: &Case, catalogue: &Catalogue) -> (Outcome, Vec<WatchedPolicy>) {
    let tables = case.tables(catalogue).unwrap();
    let facts = catalogue.read_facts(&case.facts).unwrap();
    let request = Request {
        references: Some(&tables),
        ..Request::default()
    };
    longma_oracle::watch::decide(catalogue, &facts, request).unwrap()
}

#[test]
fn a_watched_outcome_is_the_ordinary_one_byte_for_byte() {
    let (_, cases) = all();
    assert!(cases.len() >= 150, "only {} cases", cases.len());
    for both in cases {
        let case = &both.case.name;
        // If a rule fails, the column is counted in the text with probes.
        let [ordinary, watched] = [&both.ordinary, &both.outcome].map(|outcome| {
            let mut json: Json = serde_json::from_str(&outcome.json()).unwrap();
            for problem in json["problems"].as_array_mut().unwrap() {
                problem["place"]["column"] = Json::Null;
            }
            json.to_string()
        });
        assert_eq!(ordinary, watched, "{case}");
    }
}

#[test]
fn what_is_watched_is_every_rule_of_every_policy_once() {
    let (watched, cases) = all();
    for Both { case, policies, .. } in cases {
        let facts = watched.catalogue.read_facts(&case.facts).unwrap();
        let known = watched.catalogue.policies(facts.region().unwrap());
        let in_force = known.iter().filter(|policy| !policy.packs().is_empty());
        let in_force: Vec<_> = in_force.collect();
        assert_eq!(in_force.len(), policies.len(), "{}", case.name);
        for (policy, seen) in in_force.iter().zip(policies) {
            let mut expected = policy.rules_about(facts.subject());
            let rules = seen.decisions.iter().flat_map(|decision| &decision.rules);
            let mut found: Vec<&str> = rules.map(|rule| rule.rule.as_str()).collect();
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(expected, found, "{}", case.name);
        }
    }
}

#[test]
fn a_rule_that_ran_was_entered_once_and_its_causes_were_seen() {
    let (watched, cases) = all();
    for Both { case, policies, .. } in cases {
        let decisions = policies.iter().flat_map(|policy| &policy.decisions);
        for rule in decisions.flat_map(|decision| &decision.rules) {
            let gave = match &rule.gave {
                Ok(gave) => gave,
                Err(problems) => {
                    assert!(!problems.is_empty(), "{} {}", case.name, rule.rule);
                    continue;
                }
            };
            let probe = |id: u32| &watched.probes[id as usize];
            let function = rule.rule.rsplit('/').next().unwrap();
            let entered = rule.tallies.iter().filter(|(id, _)| {
                probe(**id).point == Point::Enter && probe(**id).function == function
            });
            let entered: Vec<u64> = entered.map(|(_, tally)| tally.visits).collect();
            assert_eq!(entered, [1], "{} {}", case.name, rule.rule);
            let given = rule.sights.iter().filter(|sight| {
                matches!(sight.seen, Seen::Cause(_)) && probe(sight.probe).point == Point::Cause
            });
            assert!(given.count() >= gave.len(), "{} {}", case.name, rule.rule);
        }
    }
}

/// Explains a case at its first instant.
fn explained(
    case: &Case,
    bundle: &Bundle,
    catalogue: &Catalogue,
    watched: &Watched,
) -> Option<(Instant, Explanation)> {
    let at = Instant::parse(&case.at.first()?.time).ok()?;
    let tables = case.tables(catalogue).unwrap();
    let facts = catalogue.read_facts(&case.facts).unwrap();
    let ground = Ground {
        bundle,
        catalogue,
        watched,
        facts: &case.facts,
        tables: &case.references,
    };
    let request = Request {
        references: Some(&tables),
        ..Request::default()
    };
    Some((at, explain(ground, &facts, request, at).unwrap()))
}

#[test]
fn an_explanation_tells_every_rule_in_force_once_and_its_level_is_the_outcomes() {
    let (watched, cases) = all();
    let bundle = loaded().bundle;
    let plain = catalogue();
    for Both { case, ordinary, .. } in cases {
        let Some((at, told)) = explained(case, &bundle, &plain, watched) else {
            continue;
        };
        let mut policies = plain.policies(&told.region).iter();
        let policy = policies.find(|policy| policy.span().contains(at));
        let subject = plain.read_facts(&case.facts).unwrap().subject().to_owned();
        let expected = policy.map(|policy| policy.rules_about(&subject));
        let mut expected = expected.unwrap_or_default();
        let rules = told.decisions.iter().flat_map(|decision| &decision.rules);
        let mut found: Vec<&str> = rules.map(|rule| rule.rule.as_str()).collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(expected, found, "{}", case.name);
        for decision in &told.decisions {
            let status = ordinary.at(&decision.decision, at).unwrap();
            assert_eq!(
                status.view(ordinary.offset()),
                decision.status,
                "{}",
                case.name
            );
            let told = decision
                .rules
                .iter()
                .filter(|rule| rule.verdict == RuleVerdict::Holds);
            let told: BTreeSet<&str> = told.map(|rule| rule.rule.as_str()).collect();
            let active = status.causes().map(longma_core::Cause::rule);
            let held = active.filter(|rule| !rule.starts_with("manual/"));
            assert_eq!(held.collect::<BTreeSet<_>>(), told, "{}", case.name);
        }
    }
}

#[test]
fn a_rule_without_a_cause_is_told_why() {
    let (watched, cases) = all();
    let bundle = loaded().bundle;
    let plain = catalogue();
    for Both { case, .. } in cases.iter().step_by(7) {
        let Some((_, told)) = explained(case, &bundle, &plain, watched) else {
            continue;
        };
        for rule in told.decisions.iter().flat_map(|decision| &decision.rules) {
            let silent = match rule.verdict {
                RuleVerdict::Never => rule.reasons.is_empty(),
                RuleVerdict::Unknown | RuleVerdict::Failed => rule.problems.is_empty(),
                _ => rule.causes.is_empty() && rule.verdict != RuleVerdict::Elsewhen,
            };
            assert!(!silent, "{}: {rule:#?}", case.name);
        }
    }
}
