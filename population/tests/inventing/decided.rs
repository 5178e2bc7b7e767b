//! What the house's packs decide about the invented people.

use super::changed;
use super::rows::{lists, row};
use longma_core::{Instant, References, Request, Verdict};
use longma_population::invent::Plan;
use longma_tests::compiled;
use std::collections::BTreeMap;

/// The level of the code of a document at an instant; `unknown` if it is not known.
fn level(outcome: &longma_core::Outcome, at: Instant) -> String {
    let status = outcome.at("code", at).unwrap();
    match status.stretch().verdict() {
        Verdict::Known(_) => status.stretch().level().unwrap().name.to_string(),
        Verdict::Unknown(_) => "unknown".to_owned(),
    }
}

#[test]
fn the_house_decides_what_the_outbreak_brings() {
    let file = changed(&[("population = 24_900_000", "population = 300_000")]);
    let plan = Plan::read(&file).unwrap().with_persons(100_000).unwrap();
    let catalogue = compiled();
    let mut references = References::none();
    references.insert(
        catalogue
            .read_reference("risk_areas", &plan.risk_areas())
            .unwrap(),
    );
    let at = Instant::from_unix((plan.last() + 1) * 86_400 - 8 * 3_600 - 1).unwrap();
    let request = Request {
        references: Some(&references),
        decisions: Some(&["code"]),
        ..Request::default()
    };
    let batch = plan.batch(0..plan.persons()).unwrap();
    let contacts = lists(&batch, "contacts");
    let diagnoses = lists(&batch, "diagnoses");
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let mut levels: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for of in 0..batch.num_rows() {
        let (group, most) = match (diagnoses.value_length(of), contacts.value_length(of)) {
            (1.., _) => ("infected", 40),
            (_, 1..) => ("contact", 40),
            _ if of % 997 == 0 => ("others", 100),
            _ => continue,
        };
        let taken = taken.entry(group).or_default();
        *taken += 1;
        if *taken <= most {
            let outcome = catalogue
                .evaluate(&row(&batch, of).to_string(), request)
                .unwrap();
            *levels.entry((group, level(&outcome, at))).or_default() += 1;
        }
    }
    let count = |group, level: &str| levels.get(&(group, level.to_owned())).copied().unwrap_or(0);
    assert!(
        levels.keys().all(|(_, level)| level != "unknown"),
        "{levels:?}"
    );
    // Some have left the hospital, and some contacts are past their isolation.
    assert!(count("infected", "red") >= 30, "{levels:?}");
    assert!(count("contact", "green") <= 20, "{levels:?}");
    assert!(count("others", "green") >= 60, "{levels:?}");
}
