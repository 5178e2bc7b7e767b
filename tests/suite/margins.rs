//! How far the busiest year that we could think of, and the largest pack, stay from bounds.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![allow(
    clippy::print_stdout,
    reason = "`--nocapture` shows how near to a bound a life comes"
)]

use crate::costs;
use longma_core::{DecisionOutcome, Instant, References, Request, limits};
use longma_tests::{attacks, compiled, loaded};

/// What a bound allows for each of what reaches it most in this project and in the busiest
/// year that we could think of: at least twice as much.
#[test]
fn the_busiest_year_and_the_largest_pack_stay_far_below_every_bound() {
    let house = loaded().bundle;
    let facts = attacks::year(365, 100, 60, 40, "中参雅园小区");
    let tables = costs::Tables::from([
        (
            "risk_areas".to_owned(),
            longma_tests::sample_areas().to_owned(),
        ),
        (
            "exposures".to_owned(),
            "digest,event,exposure,start,end\n".to_owned(),
        ),
    ]);
    let (rule, all) = costs::steps(&facts, &tables);
    let catalogue = compiled();
    let mut references = References::none();
    for (name, csv) in &tables {
        references.insert(catalogue.read_reference(name, csv).unwrap());
    }
    let request = Request {
        references: Some(&references),
        ..Request::default()
    };
    let outcome = catalogue.evaluate(&facts, request).unwrap();
    let timelines = || outcome.decisions().values().map(DecisionOutcome::timeline);
    let causes = timelines().map(|it| it.causes().len()).max().unwrap();
    let entries = timelines().map(|it| it.causes().len() + 2 * it.segments().len());
    let entries = entries.max().unwrap();
    // Of a whole decision, so of each of its rules.
    let json: serde_json::Value = serde_json::from_str(&outcome.json()).unwrap();
    let decisions = json["decisions"].as_object().unwrap().values();
    let evidence = decisions.map(|it| {
        let lists = it["evidence"].as_array().unwrap().iter();
        lists.map(|list| list.as_array().unwrap().len()).sum()
    });
    let evidence: usize = evidence.max().unwrap();
    let days = (0..336).map(|day| Instant::parse(&attacks::minute(day * 1_440)).unwrap());
    let bytes = days.map(|at| {
        let views = outcome.views_at(at).unwrap();
        serde_json::to_string(&views).unwrap().len()
    });
    let status = bytes.max().unwrap();
    let scripts = house.packs.iter().flat_map(|pack| pack.scripts.values());
    let script = scripts.map(String::len).max().unwrap();
    let values = facts.matches([':', '[', ',']).count();
    let steps = |steps: u64| usize::try_from(steps).unwrap();
    for (what, found, bound) in [
        ("FACTS_BYTES", facts.len(), limits::FACTS_BYTES),
        ("JSON_VALUES", values, limits::JSON_VALUES),
        ("PACKS", house.packs.len(), limits::PACKS),
        ("SCRIPT_BYTES", script, limits::SCRIPT_BYTES),
        (
            "RULE_OPERATIONS",
            steps(rule),
            steps(limits::RULE_OPERATIONS),
        ),
        (
            "EVALUATION_OPERATIONS",
            steps(all),
            steps(limits::EVALUATION_OPERATIONS),
        ),
        ("CAUSES", causes, limits::CAUSES),
        ("EVIDENCE", evidence, limits::EVIDENCE),
        ("STATUS_BYTES", status, limits::STATUS_BYTES),
        ("TIMELINE_ENTRIES", entries, limits::TIMELINE_ENTRIES),
    ] {
        println!("{what}: {found} of {bound}, {} times", bound / found.max(1));
        assert!(2 * found <= bound, "{what}: {found} of {bound}");
    }
}
