//! The outcome's JSON keeps to `rules/schema/outcome.schema.json`.
use crate::common::{decide, longma, project};
use serde_json::Value as Json;
use std::fs;

fn schema() -> Json {
    let file = project().join("rules/schema/outcome.schema.json");
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Every way in which `outcome` breaks the schema.
fn breaches(outcome: &Json) -> Vec<String> {
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema())
        .unwrap();
    let errors = validator.iter_errors(outcome);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn read(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_sample_s_outcome_keeps_to_the_schema_with_and_without_tables() {
    let index = read(&fs::read_to_string(project().join("rules/samples/index.json")).unwrap());
    for sample in index.as_array().unwrap() {
        let name = sample["file"].as_str().unwrap().trim_end_matches(".json");
        let at = sample["at"].as_str().unwrap();
        if sample.get("problems").is_some() {
            // A document that must be refused has no outcome.
            decide(name, at, &["--json"]).ends(3);
            continue;
        }
        let with_tables = decide(name, at, &["--json"]).ends(0);
        let facts = format!("rules/samples/{name}.json");
        let without = longma(&["decide", "--facts", &facts, "--at", at, "--json"]).ends(0);
        for said in [with_tables, without] {
            assert_eq!(breaches(&read(&said.out)), Vec::<String>::new(), "{name}");
            assert!(said.out.ends_with("}\n"));
        }
    }
}

#[test]
fn samples_hold_an_unknown_level_and_one_set_by_hand() {
    let at = "2022-07-10T09:00:00+08:00";
    let unknown = read(&decide("tests-missing", at, &["--json"]).ends(0).out);
    let status = &unknown["decisions"]["code"]["status"];
    assert_eq!(
        (status["level"].as_str(), status["at_least"].as_str()),
        (Some("unknown"), Some("yellow"))
    );
    let manual = read(&decide("manual-colour", at, &["--json"]).ends(0).out);
    let code = &manual["decisions"]["code"];
    let at = |list: &Json, at: &Json| list[usize::try_from(at.as_u64().unwrap()).unwrap()].clone();
    let cause = at(&code["causes"], &code["status"]["causes"][0]);
    let rule = &at(&code["rules"], &cause["rule"])["rule"];
    assert_eq!(rule, "manual/code");
}

#[test]
fn an_outcome_before_all_packs_keeps_to_the_schema() {
    let said = decide("companion", "0001-02-01T00:00:00Z", &["--json"]).ends(0);
    assert_eq!(breaches(&read(&said.out)), Vec::<String>::new());
}

#[test]
fn the_schema_refuses_what_is_no_outcome() {
    let at = "2022-07-10T09:00:00+08:00";
    let sound = read(&decide("close-contact", at, &["--json"]).ends(0).out);
    let broken: [fn(&mut Json); 4] = [
        |outcome| outcome["longma"] = 1.into(),
        |outcome| outcome["decisions"]["code"]["status"]["until"] = "soon".into(),
        |outcome| outcome["decisions"]["code"]["timeline"][0]["packs"] = Json::Null,
        |outcome| outcome["colour"] = "red".into(),
    ];
    for change in broken {
        let mut outcome = sound.clone();
        change(&mut outcome);
        assert_eq!(breaches(&outcome).len(), 1);
    }
}
