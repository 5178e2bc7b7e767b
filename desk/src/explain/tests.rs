#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]
use super::*;
use crate::small::{CLOSE, bundle, pack, person};
use longma_core::References;
use serde_json::json;

const AT: &str = "2022-07-03T10:00:00+08:00";

/// Explains a person under one pack with these rules.
fn told(script: &str, sections: Json) -> Decision {
    explained(&[pack("cn/2022-01-01", 7, script)], sections)
}

fn explained(packs: &[Json], sections: Json) -> Decision {
    let bundle = bundle(packs);
    let catalogue = longma_oracle::load(&bundle).unwrap();
    let watched = Watched::load(&bundle).unwrap();
    let text = person(sections);
    let ground = Ground {
        bundle: &bundle,
        catalogue: &catalogue,
        watched: &watched,
        facts: &text,
        tables: &BTreeMap::new(),
    };
    let facts = catalogue.read_facts(&text).unwrap();
    let tables = References::none();
    let request = Request {
        references: Some(&tables),
        ..Request::default()
    };
    let at = Instant::parse(AT).unwrap();
    let mut explanation = explain(ground, &facts, request, at).unwrap();
    explanation.decisions.remove(0)
}

fn close(at: &str) -> Json {
    json!({ "contacts": [{ "kind": "close", "at": at }] })
}

#[track_caller]
fn verdict(sections: Json, expected: RuleVerdict) -> Rule {
    let mut decision = told(CLOSE, sections);
    let rule = decision.rules.remove(0);
    assert_eq!(rule.verdict, expected, "{rule:#?}");
    rule
}

fn stamp(text: &str) -> Option<longma_core::Stamp> {
    let write = longma_core::Stamp::at(longma_core::Offset::CHINA);
    Instant::parse(text).ok().map(write)
}

#[test]
fn a_rule_that_holds_tells_its_span_and_its_facts() {
    let rule = verdict(close("2022-07-01T10:00:00+08:00"), RuleVerdict::Holds);
    let expected = Cause {
        level: "red".to_owned(),
        from: stamp("2022-07-01T10:00:00+08:00"),
        until: stamp("2022-07-08T10:00:00+08:00"),
        holds: true,
        facts: vec![Fact {
            pointer: "/contacts/0".to_owned(),
            text: "at = 2022-07-01T10:00:00+08:00, kind = close".to_owned(),
        }],
    };
    assert_eq!(rule.causes, [expected]);
    assert_eq!(rule.levels, ["red"]);
    assert!(rule.reasons.is_empty());
}

#[test]
fn a_rule_that_does_not_hold_yet_or_any_more_tells_when() {
    let rule = verdict(close("2022-07-03T10:00:01+08:00"), RuleVerdict::ToCome);
    assert_eq!(
        rule.causes[0].from.map(|at| at.to_string()).as_deref(),
        Some("2022-07-03T10:00:01+08:00")
    );
    let rule = verdict(close("2022-06-26T10:00:00+08:00"), RuleVerdict::Over);
    assert_eq!(
        rule.causes[0].until.map(|at| at.to_string()).as_deref(),
        Some(AT)
    );
}

/// A condition, its value, and the values of its sides.
type Told<T> = (T, bool, Vec<(T, T)>);

/// The conditions among the reasons, with their values and those of their sides.
fn conditions(reasons: &[Reason]) -> Vec<Told<String>> {
    let conditions = reasons.iter().filter_map(|reason| match reason {
        Reason::Condition {
            condition,
            was,
            values,
            ..
        } => {
            let values = values.iter().map(|v| (v.text.clone(), v.value.clone()));
            Some((condition.clone(), *was, values.collect()))
        }
        _ => None,
    });
    conditions.collect()
}

#[track_caller]
fn because(reasons: &[Reason], expected: &[Told<&str>]) {
    let owned = |(text, value): &(&str, &str)| ((*text).to_owned(), (*value).to_owned());
    let expected: Vec<_> = expected
        .iter()
        .map(|(condition, was, values)| {
            let values: Vec<_> = values.iter().map(owned).collect();
            ((*condition).to_owned(), *was, values)
        })
        .collect();
    assert_eq!(conditions(reasons), expected, "{reasons:#?}");
}

#[test]
fn a_record_that_is_not_meant_tells_the_condition_and_its_value() {
    let sections = json!({ "contacts": [{ "kind": "secondary", "at": AT }] });
    let rule = verdict(sections, RuleVerdict::Never);
    because(
        &rule.reasons,
        &[(
            "c.kind == \"close\"",
            false,
            vec![("c.kind", "\"secondary\"")],
        )],
    );
    let Reason::Condition { about, range, .. } = &rule.reasons[0] else {
        panic!("{rule:#?}")
    };
    assert_eq!(about.as_ref().unwrap().pointer, "/contacts/0");
    assert_eq!((range.start.line, range.start.column), (3, 25));
}

#[test]
fn an_empty_section_is_told_and_a_missing_one_is_unknown() {
    let rule = verdict(json!({}), RuleVerdict::Never);
    let section = "contacts".to_owned();
    assert_eq!(rule.reasons, [Reason::Empty { section }]);
    let bundle = bundle(&[pack("cn/2022-01-01", 7, CLOSE)]);
    let catalogue = longma_oracle::load(&bundle).unwrap();
    let watched = Watched::load(&bundle).unwrap();
    let mut document: Json = serde_json::from_str(&person(json!({}))).unwrap();
    document.as_object_mut().unwrap().remove("contacts");
    let text = document.to_string();
    let facts = catalogue.read_facts(&text).unwrap();
    let ground = Ground {
        bundle: &bundle,
        catalogue: &catalogue,
        watched: &watched,
        facts: &text,
        tables: &BTreeMap::new(),
    };
    let at = Instant::parse(AT).unwrap();
    let told = explain(ground, &facts, Request::default(), at).unwrap();
    let rule = &told.decisions[0].rules[0];
    assert_eq!(rule.verdict, RuleVerdict::Unknown);
    assert_eq!(rule.problems[0].code.as_str(), "missing-section");
    let levels = told.decisions[0].levels.iter();
    let standings: Vec<Standing> = levels.map(|level| level.standing).collect();
    // Red, which the rule could give; yellow, which no rule could; green.
    let expected = [Standing::Possible, Standing::Above, Standing::Possible];
    assert_eq!(standings, expected);
}

const STEPS: &str = "/// source: s
fn tested(tests, contacts) {
    contacts.filter(|c| c.kind == \"close\" && !released(c, tests))
            .map(|c| yellow(c.at, c.at + hours(240)).because(c))
}

/// source: s
fn backwards(contacts) {
    contacts.map(|c| red(c.at, c.at - hours(1)).because(c))
}

/// source: s
fn none(contacts) {
    let first = contacts.first();
    if first == () || first.note == () {
        ()
    } else {
        level(\"red\", first.at, ())
    }
}

private fn released(c, tests) {
    tests.any(|t| t.result == \"negative\" && t.at >= c.at)
}
";

#[test]
fn a_step_that_answers_is_told_inside_what_it_decided() {
    let decision = told(
        STEPS,
        json!({
            "contacts": [{ "kind": "close", "at": "2022-07-01T10:00:00+08:00" }],
            "tests": [{ "result": "negative", "at": "2022-07-02T10:00:00+08:00" }],
        }),
    );
    let rules: BTreeMap<&str, &Rule> = decision
        .rules
        .iter()
        .map(|rule| (rule.rule.rsplit('/').next().unwrap(), rule))
        .collect();
    let tested = rules["tested"];
    because(&tested.reasons, &[("released(c, tests)", true, vec![])]);
    let Reason::Condition { within, .. } = &tested.reasons[0] else {
        panic!("{tested:#?}")
    };
    let Reason::Condition { within, .. } = &within[0] else {
        panic!("{within:#?}")
    };
    because(
        within,
        &[
            (
                "t.result == \"negative\"",
                true,
                vec![("t.result", "\"negative\"")],
            ),
            (
                "t.at >= c.at",
                true,
                vec![
                    ("t.at", "2022-07-02T10:00:00+08:00"),
                    ("c.at", "2022-07-01T10:00:00+08:00"),
                ],
            ),
        ],
    );
}

#[test]
fn a_cause_that_would_end_before_it_begins_tells_both() {
    let decision = told(STEPS, close("2022-07-01T10:00:00+08:00"));
    let rule = &decision.rules[0];
    assert_eq!(rule.verdict, RuleVerdict::Never);
    let [Reason::NeverBegins { cause, values, .. }] = rule.reasons.as_slice() else {
        panic!("{rule:#?}")
    };
    assert_eq!(cause, "red(c.at, c.at - hours(1))");
    let values: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
    assert_eq!(
        values,
        ["2022-07-01T10:00:00+08:00", "2022-07-01T09:00:00+08:00"]
    );
}

#[test]
fn a_condition_that_leads_to_nothing_is_told() {
    let decision = told(STEPS, close("2022-07-01T10:00:00+08:00"));
    let rule = &decision.rules[1];
    assert_eq!(rule.rule, "cn/2022-01-01/code/none");
    because(
        &rule.reasons,
        &[("first.note == ()", true, vec![("first.note", "()")])],
    );
    assert_eq!(rule.levels, ["red"]);
}

#[test]
fn levels_tell_what_would_have_to_differ() {
    let decision = told(STEPS, close("2022-07-01T10:00:00+08:00"));
    assert_eq!(decision.status.level, "yellow");
    let standings: Vec<(&str, Standing)> = decision
        .levels
        .iter()
        .map(|level| (level.level.as_str(), level.standing))
        .collect();
    let expected = [
        ("red", Standing::Above),
        ("yellow", Standing::Here),
        ("green", Standing::Below),
    ];
    assert_eq!(standings, expected);
    let rules = ["cn/2022-01-01/code/backwards", "cn/2022-01-01/code/none"];
    assert_eq!(decision.levels[0].rules, rules);
    assert_eq!(decision.levels[0].nearest, None);
    // 240 hours after the contact.
    let next = |decision: &Decision| {
        let levels = decision.levels.iter();
        let next = levels.map(|level| level.next.map(|at| at.to_string()));
        next.collect::<Vec<_>>()
    };
    let ends = Some("2022-07-11T10:00:00+08:00".to_owned());
    assert_eq!(next(&decision), [None, None, ends]);
    let held = &decision.levels[2].held_up_by;
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].rule, "cn/2022-01-01/code/tested");

    let decision = told(CLOSE, close("2022-07-05T10:00:00+08:00"));
    let begins = Some("2022-07-05T10:00:00+08:00".to_owned());
    assert_eq!(next(&decision).first(), Some(&begins));
    let nearest = decision.levels[0].nearest.as_ref().unwrap();
    assert!(nearest.to_come);
    assert_eq!(
        nearest.from.map(|at| at.to_string()).as_deref(),
        Some("2022-07-05T10:00:00+08:00")
    );
}

#[test]
fn what_a_pack_dropped_or_replaced_is_told_with_its_reason() {
    let both = format!("{CLOSE}\n/// source: s\nfn gone(contacts) {{ () }}\n");
    let parent = pack("cn/2022-01-01", 7, &both);
    let mut own = pack("62/2022-01-01", 7, CLOSE);
    let manifest = own["manifest"].as_object_mut().unwrap();
    manifest.insert("inherits".to_owned(), json!("cn/2022-01-01"));
    manifest.insert("decisions".to_owned(), json!({}));
    manifest.insert(
        "overrides".to_owned(),
        json!({ "code.close": "own caption", "params.quarantine": "the same" }),
    );
    manifest.insert("drops".to_owned(), json!({ "code.gone": "not judged" }));
    own["captions"]["code"] = json!({ "rules": own["captions"]["code"]["rules"] });
    let decision = explained(&[parent, own], json!({}));
    let changed: Vec<(&str, bool, &str)> = decision
        .changed
        .iter()
        .map(|changed| {
            (
                changed.name.as_str(),
                changed.dropped,
                changed.reason.as_str(),
            )
        })
        .collect();
    let expected = [
        ("cn/2022-01-01/code/gone", true, "not judged"),
        ("cn/2022-01-01/code/close", false, "own caption"),
        ("params.quarantine", false, "the same"),
    ];
    assert_eq!(changed, expected);
    let rules: Vec<&str> = decision
        .rules
        .iter()
        .map(|rule| rule.rule.as_str())
        .collect();
    assert_eq!(rules, ["62/2022-01-01/code/close"]);
}

#[test]
fn a_rule_that_fails_says_so_where_it_stands_in_the_script_as_written() {
    let script =
        "/// source: s\nfn fails(contacts) {\n    contacts.map(|c| red(c.at, c.note))\n}\n";
    let mut facts = close(AT);
    facts["contacts"][0]["note"] = json!("x");
    let decision = told(script, facts);
    let rule = &decision.rules[0];
    assert_eq!(rule.verdict, RuleVerdict::Failed);
    let place = &rule.problems[0].place;
    let longma_core::Place::File { line, column, .. } = place else {
        panic!("{place:?}")
    };
    assert_eq!((*line, *column), (3, 22));
}
