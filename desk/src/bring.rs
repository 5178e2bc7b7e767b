//! What would bring a level: the records that, one of them added, let a decision reach it.
//!
//! For each section that the decision's rules read, one record at a time is drawn within the
//! schema, near the person's times and the rules' boundaries, and added to the facts. A record
//! is told if the level is reached with it earlier than without it, and then without the
//! fields that it does not need. It is a search: what is not told may still exist.

use crate::dice::Dice;
use crate::generate::{Generator, Scope, concerned};
use crate::tables::Tables;
use longma_compile::Bundle;
use longma_core::order;
use longma_core::schema::{Object, Type};
use longma_core::{Catalogue, Instant, Outcome, Request, Stamp};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The section of manual causes: an officer's hand, and no record of a person.
const OVERRIDES: &str = "overrides";

/// What would bring one decision to a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Brought {
    /// The decision.
    pub decision: String,
    /// The level.
    pub level: String,
    /// When it is reached with the facts as they are, from the instant asked for on; `None`
    /// if it is not.
    pub from: Option<Stamp>,
    /// The records that bring it earlier, at most one of each section, smallest first.
    pub records: Vec<Record>,
}

/// One record to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The section that it goes into.
    pub section: String,
    /// What it says.
    pub record: Json,
    /// When the level is reached with it.
    pub from: Stamp,
}

/// What to search in, and how far.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The packs.
    pub bundle: &'a Bundle,
    /// The same packs, ready to decide.
    pub catalogue: &'a Catalogue,
    /// The facts, as JSON text.
    pub facts: &'a str,
    /// The tables that they are decided with.
    pub tables: &'a Tables,
    /// The question, with the same tables.
    pub request: Request<'a>,
    /// From when on the level is wanted.
    pub at: Instant,
    /// How many records are tried for each section.
    pub tries: u64,
}

/// Searches the records that bring `level`, for every decision in `outcome` that has such a
/// level and does not have it at the instant.
#[must_use]
pub fn bring(search: Search<'_>, outcome: &Outcome, level: &str) -> Vec<Brought> {
    let names = outcome.decisions().iter().filter(|(name, decision)| {
        let now = outcome
            .at(name, search.at)
            .map(|it| it.level_name() == level);
        decision.level(level).is_some() && now != Some(true)
    });
    let brought = names.filter_map(|(name, _)| one(search, outcome, name, level));
    brought.collect()
}

fn one(search: Search<'_>, outcome: &Outcome, name: &str, level: &str) -> Option<Brought> {
    let facts: Json = serde_json::from_str(search.facts).ok()?;
    let home = facts.pointer("/identity/region").and_then(Json::as_str);
    let region = search.request.region.or(home)?;
    let policies = search.catalogue.policies(region);
    let ids = concerned(search.bundle, policies, [name]);
    let subject = facts.get("subject").and_then(Json::as_str)?;
    let mut scope = Scope::about(search.bundle, &ids, subject)?;
    scope.given.clone_from(search.tables);
    let generator = Generator::new(&scope, 1)?;
    let without = reached(outcome, name, level, search.at);
    let offset = outcome.offset();
    let mut records = Vec::new();
    for section in sections(&generator, &facts) {
        let with = |record: &Json| {
            let added = added(&facts, &section, record);
            let outcome = search
                .catalogue
                .evaluate(&added.to_string(), search.request)
                .ok()?;
            let from = reached(&outcome, name, level, search.at)?;
            without.is_none_or(|without| from < without).then_some(from)
        };
        let drawn = |index| {
            // Some records say what holds by now.
            let mut near = facts.clone();
            if let (true, Some(members)) = (Dice::of(2, index).once_in(2), near.as_object_mut()) {
                let now = Json::from(search.at.to_rfc3339(offset));
                members.retain(|member, _| *member == *section);
                members.insert("at".to_owned(), now);
            }
            generator.another(&near, &section, &BTreeMap::new(), index)
        };
        let found = (0..search.tries).filter_map(|index| {
            let record = drawn(index)?;
            let from = with(&record)?;
            Some((from, record))
        });
        // The earliest that is reached, of those the smallest.
        let size = |record: &Json| record.to_string().len();
        let Some((_, record)) = found.min_by_key(|(from, record)| (*from, size(record))) else {
            continue;
        };
        let record = smallest(record, generator.root(), &section, |it| with(it).is_some());
        if let Some(from) = with(&record) {
            let from = Stamp::at(offset)(from);
            records.push(Record {
                section,
                record,
                from,
            });
        }
    }
    order::sort_by_key(&mut records, |it| {
        (it.record.to_string().len(), it.section.clone())
    });
    Some(Brought {
        decision: name.to_owned(),
        level: level.to_owned(),
        from: without.map(Stamp::at(offset)),
        records,
    })
}

/// The lists of records that the rules read and the facts have: one record does not make
/// known what is not.
fn sections(generator: &Generator, facts: &Json) -> Vec<String> {
    let fields = generator.root().fields.iter();
    let lists = fields.filter(|it| match &it.kind {
        Type::List { item, .. } => matches!(**item, Type::Object(_)),
        _ => false,
    });
    let names = lists.map(|it| it.name.to_string());
    names
        .filter(|it| generator.reads(it) && it != OVERRIDES && facts.get(it).is_some())
        .collect()
}

/// The facts with one more record.
fn added(facts: &Json, section: &str, record: &Json) -> Json {
    let mut facts = facts.clone();
    if let Some(members) = facts.as_object_mut() {
        let list = members.get_mut(section).and_then(Json::as_array_mut);
        if let Some(list) = list {
            list.push(record.clone());
        }
    }
    facts
}

/// The first instant from `at` on at which a decision has a level.
fn reached(outcome: &Outcome, name: &str, level: &str, at: Instant) -> Option<Instant> {
    if outcome.at(name, at)?.level_name() == level {
        return Some(at);
    }
    outcome.decisions().get(name)?.next(level, at)
}

/// The record without the fields that it does not need.
fn smallest(record: Json, root: &Object, section: &str, keeps: impl Fn(&Json) -> bool) -> Json {
    let Some(Type::List { item, .. }) = root.kind(section) else {
        return record;
    };
    let Type::Object(object) = &**item else {
        return record;
    };
    let mut record = record;
    for field in object.fields.iter().filter(|field| !field.required) {
        let Some(members) = record.as_object() else {
            continue;
        };
        let left = members.iter().filter(|(name, _)| **name != *field.name);
        let left: Map<String, Json> = left.map(|(name, it)| (name.clone(), it.clone())).collect();
        let left = Json::Object(left);
        if left != record && keeps(&left) {
            record = left;
        }
    }
    record
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::{Brought, Search, bring};
    use crate::small::{bundle, pack, person};
    use crate::tables::Tables;
    use longma_core::{Instant, Request};
    use serde_json::json;

    /// Yellow from a close contact on, until a negative test.
    const UNTIL_TESTED: &str = "fn close(contacts, tests) {
    contacts.filter(|c| c.kind == \"close\").map(|c| {
        let ends = tests.filter(|t| t.result == \"negative\" && t.at >= c.at).map(|t| t.at);
        yellow(c.at, ends.earliest()).because(c)
    })
}
";

    fn brought(level: &str) -> Vec<Brought> {
        let bundle = bundle(&[pack(
            "62/2022-01-01",
            7,
            &format!("/// source: s\n{UNTIL_TESTED}"),
        )]);
        let catalogue = longma_oracle::load(&bundle).unwrap();
        let facts = person(json!({ "contacts": [
            { "kind": "close", "at": "2022-03-01T10:00:00+08:00" },
        ] }));
        let request = Request::default();
        let outcome = catalogue.evaluate(&facts, request).unwrap();
        let search = Search {
            bundle: &bundle,
            catalogue: &catalogue,
            facts: &facts,
            tables: &Tables::new(),
            request,
            at: Instant::parse("2022-03-02T10:00:00+08:00").unwrap(),
            tries: 200,
        };
        bring(search, &outcome, level)
    }

    #[test]
    fn a_negative_test_is_what_brings_green_and_nothing_else_is() {
        let found = brought("green");
        assert_eq!(found.len(), 1, "{found:?}");
        let code = found.first().unwrap();
        assert_eq!((code.from, code.records.len()), (None, 1), "{code:?}");
        let test = code.records.first().unwrap();
        let said = (test.section.as_str(), test.record.get("result"));
        assert_eq!(said, ("tests", Some(&json!("negative"))));
    }

    #[test]
    fn what_holds_already_and_what_no_rule_gives_is_not_brought() {
        assert!(brought("yellow").is_empty());
        let red = brought("red");
        assert_eq!(red.len(), 1);
        assert!(
            red.iter()
                .all(|it| it.from.is_none() && it.records.is_empty())
        );
    }
}
