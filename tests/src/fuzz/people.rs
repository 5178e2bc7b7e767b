//! The command's readers of many persons: a document on each line, or rows by a mapping.

use longma_cli::in_memory::{Told, persons};
use longma_compile::Bundle;
use std::sync::LazyLock;

/// Stands between a mapping and its list.
const BETWEEN: u8 = 0x1e;
/// A person's rows are read together.
const MAPPING: &str = "subject = \"person\"\nkey = [\"id\"]\n\
    [[column]]\nname = \"id\"\nto = \"identity.document.number\"\n\
    [[column]]\nname = \"name\"\nto = \"identity.name\"\n\
    [[column]]\nname = \"sampled\"\nto = \"tests[].sampled_at\"\n\
    [[column]]\nname = \"result\"\nto = \"tests[].result\"\n\
    values = { \"阴性\" = \"negative\", \"阳性\" = \"positive\" }\n\
    [[constant]]\nto = \"identity.document.type\"\nvalue = \"resident_id\"\n\
    [[constant]]\nto = \"identity.region\"\nvalue = \"620102\"\n\
    [[constant]]\nto = \"tests[].method\"\nvalue = \"nucleic_acid\"\n";
const LIST: &str = "id,name,sampled,result\n\
    999999199001010016,样例,2022-07-09T08:00:00+08:00,阴性\n\
    999999199001010016,样例,2022-07-10T08:00:00+08:00,阳性\n\
    999999199001010024,\"样\n例\",,\n";

static SCHEMAS: LazyLock<Bundle> = LazyLock::new(|| {
    let mut bundle = crate::loaded().bundle;
    bundle.packs.clear();
    bundle
});

/// With a separator the bytes are a mapping and its list, without one documents on lines.
/// Every person is told once, in order; a run that stops after any of them and resumes
/// tells the others in the same words.
///
/// ```
/// let _ = longma_tests::fuzz::people(b"{\"subject\":\"person\"}\n{}\n");
/// ```
///
/// # Panics
/// If a person is lost, told twice or told otherwise after resuming.
#[must_use]
pub fn people(bytes: &[u8]) -> bool {
    let mut parts = bytes.splitn(2, |byte| *byte == BETWEEN);
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    let text = String::from_utf8_lossy(first);
    let (list, mapping) = match second {
        None => (first, None),
        Some(list) => (list, Some((&*text, &*SCHEMAS))),
    };
    let Some(all) = persons(list, mapping, None) else {
        return false;
    };
    for pair in all.windows(2) {
        let [before, after] = pair else { continue };
        assert!(before.lines.1 <= after.lines.0, "lines twice: {all:?}");
    }
    let middle = all.len() / 2;
    for stopped in [0, middle].into_iter().filter(|at| *at < all.len()) {
        let (before, rest) = all.split_at(stopped + 1);
        let again = persons(list, mapping, before.last());
        let facts = |told: &[Told]| told.iter().map(|it| it.facts.clone()).collect::<Vec<_>>();
        let again = again.map(|again| facts(&again));
        assert_eq!(again, Some(facts(rest)), "resumed after {stopped}");
    }
    all.iter().any(|person| person.facts.is_ok())
}

/// Documents on lines, and rows with their mapping.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let documents: Vec<String> = (0..3)
        .map(|seed| crate::persons::person(seed).to_string())
        .collect();
    let rows =
        |mapping: &str, list: &str| [mapping.as_bytes(), &[BETWEEN], list.as_bytes()].concat();
    let grouped = MAPPING.replacen("key = [\"id\"]\n", "key = [\"id\"]\ngrouped = true\n", 1);
    let single = MAPPING.replacen("key = [\"id\"]\n", "delimiter = \";\"\n", 1);
    vec![
        documents.join("\r\n").into_bytes(),
        format!("\u{feff}{}\n\n  \nno document\n", documents.concat()).into_bytes(),
        rows(MAPPING, LIST),
        rows(&grouped, LIST),
        rows(&single, &LIST.replace(',', ";")),
    ]
}
