//! Packs in the languages that they name, and captions that show facts of the evidence.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_compile::texts::{Texts, read};
use longma_compile::{Bundle, compile};
use longma_core::{Catalogue, Request};
use longma_tests::loaded;
use serde_json::{Value as Json, json};

const MANIFEST: &str = r#"
subject = "person"
version = "1"
languages = ["de", "en", "tr"]
title = { de = "Plan der Stadt", en = "The city's plan", tr = "Kentin planı" }
authority = { de = "Stadt", en = "The city", tr = "Kent" }
zone = "Europe/Berlin"
[effective]
from = 2022-03-01T00:00:00+01:00
[sources.s]
title = { de = "Verordnung", en = "An ordinance", tr = "Yönetmelik" }
grade = "W"
[params.validity]
value = 3
unit = "days"
source = "s"
[decisions.pass]
scale = ["no", "yes"]
colours = ["grey", "blue"]
"#;

const CAPTIONS: &str = r#"
[pass]
name = { de = "Pass", en = "Pass", tr = "Geçiş" }
[pass.levels]
no = { de = "Nein", en = "No", tr = "Yok" }
yes = { de = "Ja", en = "Yes", tr = "Var" }
[pass.rules.issued]
caption = { de = "Ausgestellt am {evidence.issued_at}", en = "Issued at {evidence.issued_at}", tr = "Verildi: {evidence.issued_at}" }
release = { de = "nach {validity} Tagen", en = "after {validity}", tr = "{validity} gün sonra" }
"#;

const RULE: &str = "/// source: s\n\
    fn issued(issuance, params) {\n    \
    issuance.map(|it| yes(it.issued_at, it.issued_at + params.validity).because(it))\n}\n";

/// The house of a city's pack with these captions.
fn house(manifest: &str, captions: &str, rule: &str) -> longma_compile::texts::House {
    let schema = loaded().bundle.schemas["person"].clone();
    read(&Texts::from([
        ("schema/person.schema.json".to_owned(), schema),
        (
            "packs/de-be/2022-03-01/pack.toml".to_owned(),
            manifest.to_owned(),
        ),
        (
            "packs/de-be/2022-03-01/captions.toml".to_owned(),
            captions.to_owned(),
        ),
        (
            "packs/de-be/2022-03-01/pass.rhai".to_owned(),
            rule.to_owned(),
        ),
    ]))
}

fn sound(captions: &str) -> Bundle {
    let house = house(MANIFEST, captions, RULE);
    assert!(house.findings.is_empty(), "{:?}", house.findings);
    house.bundle
}

/// The catalogue as the interpreter, the compiler and a file of packs have it.
fn catalogues(bundle: &Bundle) -> [Catalogue; 3] {
    let (compiled, _) = compile(bundle).unwrap();
    let packed = longma_core::packed::read(&longma_compile::packed(bundle, true).unwrap()).unwrap();
    [longma_oracle::load(bundle).unwrap(), compiled, packed]
}

/// The decision about somebody with these issues.
fn decided(catalogue: &Catalogue, issued: &[&str]) -> Json {
    let issued: Vec<Json> = issued.iter().map(|at| json!({ "issued_at": at })).collect();
    let facts = json!({
        "subject": "person",
        "identity": { "name": "甲", "document": { "type": "other", "number": "T-1" }, "region": "620102" },
        "issuance": issued, "tests": [],
    });
    let request = Request {
        region: Some("de-be"),
        ..Request::default()
    };
    let outcome = catalogue.evaluate(&facts.to_string(), request).unwrap();
    let outcome: Json = serde_json::from_str(&outcome.json()).unwrap();
    outcome["decisions"]["pass"].clone()
}

#[test]
fn texts_are_told_in_the_languages_that_the_pack_names() {
    for catalogue in catalogues(&sound(CAPTIONS)) {
        let pass = decided(&catalogue, &["2022-03-05T12:00:00+01:00"]);
        // Who reads Chinese gets the pack's first language.
        let name = json!({ "zh-CN": "Pass", "en": "Pass", "de": "Pass", "tr": "Geçiş" });
        assert_eq!(pass["caption"], name);
        // A number has its unit in the languages that the engine speaks.
        let release = &pass["rules"][0]["release"];
        assert_eq!(release["de"], "nach 3 Tagen");
        assert_eq!(release["en"], "after 3 days");
        assert_eq!(release["tr"], "3 gün sonra");
        assert_eq!(release["zh-CN"], "nach 3 Tagen");
        assert_eq!(pass["rules"][0]["source"]["tr"], "Yönetmelik");
    }
}

#[test]
fn each_cause_shows_the_facts_of_its_own_evidence_by_the_clocks_of_the_place() {
    let issued = ["2022-03-05T12:00:00+01:00", "2022-07-05T10:00:00Z"];
    for catalogue in catalogues(&sound(CAPTIONS)) {
        let pass = decided(&catalogue, &issued);
        let captions = pass["rules"].as_array().unwrap().iter();
        let captions: Vec<&str> = captions
            .map(|it| it["caption"]["de"].as_str().unwrap())
            .collect();
        assert_eq!(
            captions,
            [
                "Ausgestellt am 2022-03-05 12:00:00",
                "Ausgestellt am 2022-07-05 12:00:00"
            ]
        );
        let rules = pass["causes"].as_array().unwrap().iter();
        assert_eq!(rules.map(|it| &it["rule"]).collect::<Vec<_>>(), [0, 1]);
    }
}

#[test]
fn a_fact_that_no_record_of_the_evidence_has_is_a_dash() {
    // Only tests have a time of their sampling; the cause rests on an issue.
    let captions = CAPTIONS.replace("{evidence.issued_at}", "{evidence.sampled_at}");
    let rule = RULE.replace(
        "fn issued(issuance, params)",
        "fn issued(issuance, tests, params)",
    );
    let house = house(MANIFEST, &captions, &rule);
    assert!(house.findings.is_empty(), "{:?}", house.findings);
    for catalogue in catalogues(&house.bundle) {
        let pass = decided(&catalogue, &["2022-03-05T12:00:00+01:00"]);
        assert_eq!(pass["rules"][0]["caption"]["en"], "Issued at —");
    }
}

/// The codes with which a house is refused: those of its texts, or else of its rules.
fn refused(house: &longma_compile::texts::House) -> Vec<String> {
    if !house.findings.is_empty() {
        let found = house.findings.iter();
        return found.map(|it| it.code.to_string()).collect();
    }
    let problems = compile(&house.bundle).err();
    let problems = problems.iter().flat_map(longma_core::Problems::as_slice);
    problems.map(|it| it.code.to_string()).collect()
}

#[test]
fn captions_show_times_days_and_numbers_of_what_the_rule_reads_and_no_texts() {
    let with = |field: &str| {
        let field = format!("{{evidence.{field}}}");
        let captions = CAPTIONS.replace("{evidence.issued_at}", &field);
        refused(&house(MANIFEST, &captions, RULE))
    };
    assert_eq!(with("issued_at"), [""; 0]);
    // Of a section that the rule does not read; misspelt; nothing.
    for field in ["sampled_at", "issued", ""] {
        assert_eq!(with(field), ["caption-evidence"], "{field}");
    }
    // A name is never shown, whatever reads it.
    let captions = CAPTIONS.replace("{evidence.issued_at}", "{evidence.name}");
    let rule = RULE.replace(
        "fn issued(issuance, params)",
        "fn issued(issuance, identity, params)",
    );
    assert_eq!(
        refused(&house(MANIFEST, &captions, &rule)),
        ["caption-evidence"]
    );
}

#[test]
fn a_pack_in_a_language_that_the_checker_does_not_read_has_no_findings_about_its_words() {
    let german = |text: &str| {
        let tags = text.replace("[\"de\", \"en\", \"tr\"]", "[\"de\"]");
        let lines = tags.lines().map(|line| match line.split_once(", en = ") {
            Some((german, _)) => format!("{german} }}"),
            None => line.to_owned(),
        });
        lines.collect::<Vec<String>>().join("\n")
    };
    let manifest = MANIFEST.replace("grade = \"W\"", "grade = \"A\"");
    let manifest = manifest.replace("source = \"s\"", "source = \"s\"\nassumed = true");
    let manifest = manifest.replace(
        "unit = \"days\"",
        "unit = \"days\"\nnote = { de = \"Annahme.\", en = \"Assumed.\", tr = \"Varsayım.\" }",
    );
    let (manifest, captions) = (german(&manifest), german(CAPTIONS));
    let house = house(&manifest, &captions, RULE);
    assert!(house.findings.is_empty(), "{:?}", house.findings);
    let found = longma_desk::check::check(&house.bundle);
    let about = found.iter().filter(|it| {
        let code = it.code.as_str();
        code.starts_with("text-") || code.starts_with("source-") || code.starts_with("caption-")
    });
    let about: Vec<String> = about.map(|it| it.code.to_string()).collect();
    assert_eq!(about, ["source-date"]);
}

#[test]
fn a_language_that_lacks_is_not_named_or_is_none_is_told() {
    let with = |from: &str, to: &str| {
        assert!(MANIFEST.contains(from) || CAPTIONS.contains(from), "{from}");
        refused(&house(
            &MANIFEST.replace(from, to),
            &CAPTIONS.replace(from, to),
            RULE,
        ))
    };
    assert_eq!(with(", tr = \"Var\"", ""), ["shape-missing"]);
    assert_eq!(
        with("tr = \"Var\"", "fr = \"Oui\""),
        ["shape-missing", "shape-unknown"]
    );
    assert_eq!(with(", \"tr\"]", ", \"tr\", \"tr\"]"), ["shape-language"]);
    assert_eq!(
        with("\"de\", ", "\"de\", \"Deutsch\", "),
        ["shape-language"]
    );
    assert_eq!(with("\"tr\"]", "\"tr\", 7]"), ["shape-type"]);
    let none = with("[\"de\", \"en\", \"tr\"]", "[]");
    assert!(none.contains(&"shape-language".to_owned()), "{none:?}");
}
