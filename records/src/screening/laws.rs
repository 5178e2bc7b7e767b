//! Properties of all lists: no row is lost, and row order does not matter.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::tests::{asked, catalogue, number};
use super::{Screened, screen};
use proptest::prelude::*;
use serde_json::Value as Json;

/// Valid, invalid, repeated and blank rows, some of the same person.
fn row() -> impl Strategy<Value = String> {
    let who = (0..4_usize, any::<bool>()).prop_map(|(who, sound)| {
        let number = number(who + 1);
        let number = if sound {
            number
        } else {
            number.replacen("1990", "1991", 1)
        };
        format!("样{who},{number}")
    });
    let temperature = prop_oneof![Just("36.5"), Just("38.2℃"), Just(""), Just("热")];
    let symptoms = prop_oneof![
        Just("无"),
        Just("发热、咳嗽"),
        Just("\"咳嗽,乏力\""),
        Just("头痛"),
        Just("\"无")
    ];
    let result = prop_oneof![Just("阴性"), Just("阳性"), Just(""), Just("=1")];
    let rest = (temperature, symptoms, result);
    prop_oneof![
        8 => (who, rest).prop_map(|(who, (t, s, r))| format!("{who},{t},{s},2022-07-08 08:00,2022-07-08 18:00,{r},1")),
        1 => "[^\n\r\0]{0,40}",
        1 => Just(",,,,,,,".to_owned()),
    ]
}

fn list(rows: &[String]) -> Screened {
    let headers = "姓名,证件号码,体温,症状,核酸采样时间,报告时间,核酸结果,同管人数\n";
    screen(
        &catalogue(),
        &format!("{headers}{}", rows.join("\n")),
        asked(),
    )
    .unwrap()
}

/// The result without line numbers, sorted.
fn unlined(screened: &Screened) -> (Vec<String>, Vec<String>) {
    let people = screened.people.iter().map(|person| {
        let fields = serde_json::to_value(person).unwrap();
        let kept = [
            "name", "phones", "facts", "triage", "code", "deadline", "problems",
        ];
        let kept: Vec<&Json> = kept.iter().map(|name| &fields[name]).collect();
        let lines = person.lines.len();
        let told = person.contradictions.len();
        format!("{kept:?} {lines} {told}")
    });
    let reported = screened.reported.iter().map(|row| {
        let codes: Vec<&str> = row
            .findings
            .iter()
            .map(|it| it.problem.code.as_str())
            .collect();
        format!("{:?} {codes:?}", row.cells)
    });
    let (mut people, mut reported): (Vec<_>, Vec<_>) = (people.collect(), reported.collect());
    people.sort();
    reported.sort();
    (people, reported)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_in_and_rows_reported_are_the_rows_given(rows in prop::collection::vec(row(), 0..12)) {
        let screened = list(&rows);
        let said = rows.iter().filter(|row| !row.trim().is_empty());
        prop_assert_eq!(screened.rows.given + screened.rows.blank, said.count());
        prop_assert_eq!(screened.rows.used + screened.rows.reported, screened.rows.given);
        // Each line appears exactly once, as used or as reported.
        let mut lines: Vec<u64> = screened.people.iter().flat_map(|it| it.lines.clone()).collect();
        lines.extend(screened.reported.iter().map(|row| row.line));
        let all = lines.len();
        lines.sort_unstable();
        lines.dedup();
        prop_assert_eq!((lines.len(), all), (screened.rows.given, screened.rows.given));
    }

    #[test]
    fn the_order_of_rows_changes_nothing_but_lines(
        (rows, mixed) in prop::collection::vec(row(), 0..12)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    ) {
        prop_assert_eq!(unlined(&list(&rows)), unlined(&list(&mixed)));
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}") {
        let _ = screen(&catalogue(), &text, asked());
        let _ = screen(&catalogue(), &format!("姓名,证件号码,症状,抵达时间,体温\n{text}"), asked());
    }
}
