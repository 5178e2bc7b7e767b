//! Looks up the wording of lists in `data/screening.txt`.

use super::cells::bare;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// From group and word to the name it stands for.
type Words = BTreeMap<(&'static str, String), &'static str>;

const FILE: &str = include_str!("../../data/screening.txt");

/// The name that a word stands for in a group, such as `yes` for 有 in `answer`.
pub(super) fn meaning(group: &'static str, word: &str) -> Option<&'static str> {
    static WORDS: OnceLock<Words> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let all = entries().map(|(group, name, word)| ((group, bare(word)), name));
        all.collect()
    });
    words.get(&(group, bare(word))).copied()
}

/// The first word of each name of a group, to show what would be valid.
pub(super) fn first_words(group: &str) -> Vec<&'static str> {
    let mut last = "";
    let mut first = Vec::new();
    for (of, name, word) in entries() {
        if of == group && name != last {
            first.push(word);
            last = name;
        }
    }
    first
}

/// Group, name and word of every entry in the file, in file order.
pub(super) fn entries() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let lines = FILE.lines().filter(|line| !line.starts_with('#'));
    let lines = lines.filter_map(|line| {
        let (name, words) = line.split_once(" = ")?;
        let (group, name) = name.trim().split_once('.')?;
        Some((group, name, words))
    });
    lines.flat_map(|(group, name, words)| {
        words
            .split(", ")
            .map(move |word| (group, name, word.trim()))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use longma_core::Schema;
    use longma_core::schema::{Object, Type};
    use std::collections::BTreeSet;

    #[test]
    fn a_word_means_one_thing_in_its_group() {
        let mut seen = BTreeSet::new();
        for (group, name, word) in entries() {
            assert_ne!(bare(word), "", "{group}.{name}");
            assert!(seen.insert((group, bare(word))), "{group}.{name}: {word}");
        }
        assert!(seen.len() > 150);
    }

    #[test]
    fn every_line_is_read() {
        let lines = FILE.lines();
        let written = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let names: BTreeSet<_> = entries().map(|(group, name, _)| (group, name)).collect();
        assert_eq!(names.len(), written.count());
    }

    /// Collects the members of all enums.
    fn gather<'s>(object: &'s Object, names: &mut BTreeSet<&'s str>) {
        for field in &object.fields {
            match &field.kind {
                Type::Enum(members) => names.extend(members.iter().map(AsRef::as_ref)),
                Type::List { item, .. } => {
                    if let Type::Enum(members) = &**item {
                        names.extend(members.iter().map(AsRef::as_ref));
                    }
                }
                _ => {}
            }
            if let Some(inner) = field.kind.object() {
                gather(inner, names);
            }
        }
    }

    #[test]
    fn what_facts_can_hold_is_what_the_schema_allows() {
        let text = include_str!("../../../rules/schema/person.schema.json");
        let schema = Schema::read(text, "person.schema.json").unwrap();
        let mut allowed = BTreeSet::new();
        gather(schema.root(), &mut allowed);
        let untold = ["pending", "untaken"];
        for (group, name, _) in entries() {
            let held = ["symptom", "result", "method", "risk", "kind"].contains(&group);
            if held && !untold.contains(&name) {
                assert!(allowed.contains(name), "{group}.{name}");
            }
        }
    }
}
