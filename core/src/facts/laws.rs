//! Both decoders read alike: what the plain one takes is what the explaining one takes,
//! and it makes the same of it. Documents are invented from the project's own schemas and
//! then spoilt.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod invent;
mod spoil;

use super::{Decoded, Facts, Schemas, clean, decode, parsed};
use crate::columns::{Shape, Texts};
use crate::limits;
use crate::schema::Schema;
use invent::{Dice, document};
use proptest::prelude::*;
use spoil::spoil;
use std::sync::{Arc, LazyLock};

/// A schema with what the project's own do not have.
const ODD: &str = include_str!("laws/odd.schema.json");

/// One that is left to the explaining decoder.
const NESTED: &str = r#"{"type": "object", "additionalProperties": false,
    "required": ["subject"], "properties": {
    "subject": {"type": "string", "enum": ["nested"]},
    "rows": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}}}"#;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(schemas);

fn schemas() -> Schemas {
    macro_rules! of_project {
        ($name:literal) => {
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../rules/schema/",
                $name,
                ".schema.json"
            ))
        };
    }
    let schemas = [
        ("person", of_project!("person")),
        ("area", of_project!("area")),
        ("clinic", of_project!("clinic")),
        ("venue", of_project!("venue")),
        ("odd", ODD),
        ("nested", NESTED),
    ];
    let schemas = schemas.map(|(name, text)| (name, Schema::read(text, name).unwrap()));
    let mut texts = ["甲", "620102", "a", "V-1", "positively"]
        .map(Arc::from)
        .to_vec();
    for (_, schema) in &schemas {
        Texts::add_enums(&mut texts, schema);
    }
    let texts = Arc::new(Texts::new(texts));
    let with_shape = schemas.map(|(name, schema)| {
        let shape = Shape::new(&schema, &texts, &Arc::default());
        (Arc::from(name), (schema, Arc::new(shape)))
    });
    with_shape.into()
}

/// What one decoder found.
#[derive(Debug)]
enum Read {
    /// Both took it.
    Both,
    /// Only the explaining one took it.
    Explained,
    /// Neither did.
    Neither,
}

/// Compares the decoders; fails if the plain one takes what the other does not, or makes
/// something else of it.
fn compare(text: &str) -> Read {
    let explained = parsed(text)
        .map_err(Into::into)
        .and_then(|json| decode(&json, &SCHEMAS));
    match (clean(text, &SCHEMAS), explained) {
        (None, Ok(_)) => Read::Explained,
        (None, Err(_)) => Read::Neither,
        (Some(_), Err(problems)) => {
            assert_eq!(text, "", "taken in spite of {problems:?}");
            Read::Neither
        }
        (Some(plain), Ok(explained)) => {
            same(text, &plain, &explained);
            Read::Both
        }
    }
}

fn same(text: &str, plain: &Decoded, explained: &Decoded) {
    assert_eq!(plain.subject, explained.subject, "{text}");
    assert!(plain.columns == explained.columns, "{text}");
    assert!(explained.columns == plain.columns, "{text}");
    let causes = |decoded: &Decoded| format!("{:?}", decoded.overrides);
    assert_eq!(causes(plain), causes(explained), "{text}");
    let root = plain.columns.shape().tables().first().unwrap();
    for name in root.object.names() {
        let value = plain.columns.value_of(name);
        // Written out, values show the rows that they come from.
        let explained = explained.columns.value_of(name);
        assert_eq!(format!("{value:?}"), format!("{explained:?}"), "{text}");
    }
}

const BLANKS: &[&str] = &["", "", "", " ", "\n", "\r\n", "\t", "    \n  "];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn a_plain_document_is_read_by_both(seed in any::<u64>(), spaced in any::<bool>()) {
        let mut dice = Dice(seed);
        let raw = document(&SCHEMAS, &mut dice);
        let blanks = if spaced { BLANKS } else { &[""] };
        let text = raw.text(&mut dice, blanks);
        let explained = compare(&text);
        let left = text.contains("\"nested\"");
        // Officers may be the same person, which nobody takes.
        prop_assert!(matches!(explained, Read::Both | Read::Neither) || left, "{text}");
    }

    #[test]
    fn a_spoilt_document_is_read_alike(seed in any::<u64>(), times in 1..4_usize) {
        let mut dice = Dice(seed);
        let mut raw = document(&SCHEMAS, &mut dice);
        for _ in 0..times {
            spoil(&mut raw, &mut dice);
            compare(&raw.text(&mut dice, &[""]));
        }
        let odd_blanks = ["", "", "", "", "", "", "", "", "", "\u{a0}", "\u{b}", ",", "//", "\u{feff}"];
        compare(&raw.text(&mut dice, &odd_blanks));
    }

    #[test]
    fn a_text_with_a_character_too_many_or_too_few_is_read_alike(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let text = document(&SCHEMAS, &mut dice).text(&mut dice, &[""]);
        for _ in 0..8 {
            let at = dice.below(text.chars().count());
            let before: String = text.chars().take(at).collect();
            compare(&before);
            let after: String = text.chars().skip(at + dice.below(2)).collect();
            let other = dice.pick(&["", "0", "-", ".", "\"", "\\", "{", "}", "[", "]", ",", ":",
                " ", "\n", "\t", "\u{0}", "\u{c}", "甲", "e"]);
            compare(&format!("{before}{other}{after}"));
            compare(&format!("{text}{other}"));
            compare(&format!("{other}{text}"));
        }
    }
}

/// How often a plain document is really taken, so that the laws above say something.
#[test]
fn most_plain_documents_are_taken() {
    let taken = (0..500).filter(|seed| {
        let mut dice = Dice(*seed);
        let text = document(&SCHEMAS, &mut dice).text(&mut dice, &[""]);
        matches!(compare(&text), Read::Both)
    });
    let taken = taken.count();
    assert!(taken > 300, "{taken}");
}

#[test]
fn limits_are_the_same() {
    let list = |count: usize| {
        format!(
            "{{\"subject\":\"odd\",\"marks\":[{}\"a\"]}}",
            "\"a\",".repeat(count)
        )
    };
    // The document, the subject, the list and its last item are values too.
    assert!(matches!(
        compare(&list(limits::JSON_VALUES - 4)),
        Read::Both
    ));
    assert!(matches!(
        compare(&list(limits::JSON_VALUES - 3)),
        Read::Neither
    ));
    let padded = |len: usize| format!("{{\"subject\":\"odd\"}}{}", " ".repeat(len - 17));
    assert!(matches!(compare(&padded(limits::FACTS_BYTES)), Read::Both));
    assert!(matches!(
        compare(&padded(limits::FACTS_BYTES + 1)),
        Read::Neither
    ));
    let deep = format!(
        "{{\"subject\":\"odd\",\"any\":{}{}}}",
        "[".repeat(50),
        "]".repeat(50)
    );
    assert!(matches!(compare(&deep), Read::Neither));
}

#[test]
fn times_are_in_order_for_both() {
    let days = ["2022-07-07", "2022-07-08", "2022-07-09"];
    for (until, day) in days.iter().enumerate() {
        let span = format!("{{\"since\":\"2022-07-08\",\"until\":\"{day}\"}}");
        let read = compare(&format!("{{\"subject\":\"odd\",\"span\":{span}}}"));
        // It ends after it begins.
        assert_eq!(matches!(read, Read::Both), until > 1, "{read:?}");
        let at = |name: &str, day: &str| format!("\"{name}\":\"{day}T00:00:00+08:00\"");
        let times = [at("onset", "2022-07-08"), at("ended_at", day)].join(",");
        let identity = "{\"name\":\"甲\",\"document\":{\"type\":\"other\",\"number\":\"1\"},\
            \"region\":\"620102\"}";
        let read = compare(&format!(
            "{{\"subject\":\"person\",\"identity\":{identity},\
             \"symptoms\":[{{\"kind\":\"fever\",{times}}}]}}"
        ));
        // This may end at once.
        assert_eq!(matches!(read, Read::Both), until > 0, "{read:?}");
    }
}

#[test]
fn rules_read_one_number_however_it_is_spelled() {
    let document = |number: &str| {
        format!(
            r#"{{"subject":"person","identity":{{"name":"甲","region":"620102",
            "document":{{"type":"resident_id","number":"{number}"}}}}}}"#
        )
    };
    let read = |number: &str| {
        let json = parsed(&document(number)).unwrap();
        decode(&json, &SCHEMAS).unwrap().columns
    };
    let path = ["identity", "document", "number"];
    for (spelled, number) in [
        ("11010519491231002x", "11010519491231002X"),
        (" 110105-19491231-002× ", "11010519491231002X"),
        ("\\u200e身份证11010519491231002X", "11010519491231002X"),
        ("999999650101001", "999999196501010019"),
        ("h1234567801", "H12345678"),
        ("甲", "甲"),
    ] {
        compare(&document(spelled));
        assert_eq!(read(spelled).text_at(&path), Some(number), "{spelled}");
        assert!(read(spelled) == read(number), "{spelled}");
        // The document itself says what it said.
        let facts = Facts::decode(&document(spelled), &SCHEMAS).unwrap();
        let given = facts.document().text_at("/identity/document/number");
        let written = serde_json::from_str::<String>(&format!("\"{spelled}\"")).unwrap();
        assert_eq!(given, Some(written.as_str()));
    }
}
