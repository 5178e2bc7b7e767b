//! The fast decoder of facts against the one that explains.

use longma_core::{Catalogue, Contents, Schema};
use std::sync::LazyLock;

/// The project's kinds of subjects.
const SUBJECTS: [&str; 7] = [
    "person",
    "area",
    "clinic",
    "venue",
    "forest_visitor",
    "campus_visitor",
    "passenger",
];
/// A schema with what the project's own do not have.
const ODD: &str = include_str!("../../../core/src/facts/laws/odd.schema.json");
/// A document for it.
const ODD_FACTS: &str = r#"{"subject":"odd","名":"甲龙","quoted":"!~","any":"a","number":-7,
    "cold":-0.5,"days":["2022-07-08"],"marks":["a","a longer text of more than sixteen bytes"],
    "span":{"since":"2022-07-08","until":"2022-07-09"},"empty":{}}"#;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let file = |subject: &str| {
        let path = crate::rules().join(format!("schema/{subject}.schema.json"));
        std::fs::read_to_string(path).unwrap_or_default()
    };
    let texts = SUBJECTS.map(|subject| (subject, file(subject)));
    let texts = texts.into_iter().chain([("odd", ODD.to_owned())]);
    let schemas = texts.map(|(subject, text)| match Schema::read(&text, subject) {
        Ok(schema) => (subject.to_owned(), schema),
        Err(problems) => panic!("the schema of {subject}: {problems}"),
    });
    Catalogue::new(Contents {
        schemas: schemas.collect(),
        texts: ["620102", "a", "positive", "甲"].map(Into::into).to_vec(),
        ..Contents::default()
    })
});

/// Both decoders make the same facts of the bytes or find the same problems, and reading
/// in part takes no less than reading whole. Bytes that are no UTF-8 are made so first.
///
/// ```
/// let _ = longma_tests::fuzz::facts(br#"{"subject": "person"}"#);
/// ```
///
/// # Panics
/// If they differ.
#[must_use]
pub fn facts(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let fast = CATALOGUE.read_facts(&text);
    let explained = CATALOGUE.read_facts_explained(&text);
    let partly = CATALOGUE.read_facts_partly(&text, &[]);
    match (&fast, &explained) {
        (Ok(fast), Ok(explained)) => {
            assert_eq!(fast.subject(), explained.subject());
            assert!(fast.columns() == explained.columns(), "other rows");
            assert!(explained.columns() == fast.columns(), "other rows");
            assert!(fast.document() == explained.document(), "other documents");
            let schema = CATALOGUE.schema(fast.subject());
            for name in schema.iter().flat_map(|schema| schema.root().names()) {
                let (a, b) = (fast.section(name), explained.section(name));
                // Written out, values show the rows that they come from.
                assert_eq!(format!("{a:?}"), format!("{b:?}"), "{name}");
            }
            assert!(partly.as_ref() == Ok(fast), "read in part, it differs");
        }
        (Err(fast), Err(explained)) => assert_eq!(fast, explained),
        (fast, explained) => panic!("fast: {fast:?}\nexplained: {explained:?}"),
    }
    fast.is_ok()
}

/// The sample documents, invented persons, and a document for the odd schema.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![ODD_FACTS.as_bytes().to_vec()];
    let samples = std::fs::read_dir(crate::rules().join("samples"));
    let samples = samples.into_iter().flatten().flatten();
    let mut samples: Vec<_> = samples.map(|entry| entry.path()).collect();
    samples.retain(|path| path.extension().is_some_and(|it| it == "json"));
    // The list of the samples is long and no document of facts.
    samples.retain(|path| path.file_stem().is_some_and(|it| it != "index"));
    samples.sort();
    seeds.extend(samples.iter().filter_map(|path| std::fs::read(path).ok()));
    let persons = (0..20).map(|seed| crate::persons::person(seed).to_string().into_bytes());
    seeds.extend(persons);
    seeds
}
