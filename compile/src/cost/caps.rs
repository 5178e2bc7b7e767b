//! How long the lists can be that rules go through.
//!
//! A schema says how many items a list has at most (`maxItems`). Where it says nothing,
//! a document's own limits do: each record takes some bytes and some values, and a
//! document has so many of them. Lists share them, so a document with the most tests has
//! no room for contacts.

use super::size::{Factors, Var};
use longma_core::limits;
use longma_core::schema::{Object, Type};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one record of a list takes at least, and how many there can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Room {
    /// Bytes of JSON.
    bytes: u64,
    /// Values of JSON.
    values: u64,
    /// Items, if the schema says so.
    most: Option<u64>,
}

/// The lists of one schema's documents.
#[derive(Debug, Clone, Default)]
pub struct Caps {
    rooms: BTreeMap<Var, Room>,
    /// Items that every list of the facts has at most.
    longest: Option<u64>,
    /// Whether a list that the schema does not bound counts as one item.
    only_declared: bool,
}

impl Caps {
    /// The caps of documents that follow a schema.
    #[must_use]
    pub fn new(root: &Arc<Object>) -> Self {
        let mut caps = Self::default();
        for field in &root.fields {
            if let Type::List { item, most, .. } = &field.kind {
                caps.add(Var::Section(Arc::clone(&field.name)), item, *most);
            }
            if let Some(object) = field.kind.object() {
                caps.children(object, &field.name);
            }
        }
        caps
    }

    /// The same for documents whose lists have at most so many items.
    #[must_use]
    pub fn no_longer_than(&self, items: usize) -> Self {
        Self {
            longest: Some(items as u64),
            ..self.clone()
        }
    }

    /// Only what the schema itself says: a list that it does not bound has one item.
    #[must_use]
    pub fn declared(&self) -> Self {
        Self {
            only_declared: true,
            ..self.clone()
        }
    }

    fn add(&mut self, var: Var, item: &Type, most: usize) {
        let room = Room {
            // With the comma before the next.
            bytes: bytes(item) + 1,
            values: values(item),
            most: (most != usize::MAX).then_some(most as u64),
        };
        self.rooms.insert(var, room);
    }

    /// The lists in records, which stand at a path from the top of the document.
    fn children(&mut self, object: &Arc<Object>, path: &Arc<str>) {
        for field in &object.fields {
            if let Type::List { item, most, .. } = &field.kind {
                let list = Var::Child(Arc::clone(path), Arc::clone(&field.name));
                self.add(list, item, *most);
            }
            if let Some(inner) = field.kind.object() {
                self.children(inner, &below(path, &field.name));
            }
        }
    }

    /// Whether the schema itself bounds a list.
    #[must_use]
    pub fn is_declared(&self, var: &Var) -> bool {
        self.rooms.get(var).is_some_and(|room| room.most.is_some())
    }

    /// The most items of one list.
    #[must_use]
    pub fn most(&self, var: &Var) -> u64 {
        if self.only_declared && !self.is_declared(var) {
            return 1;
        }
        match var {
            Var::Rows(_) => limits::LIST_LENGTH as u64,
            Var::Around(_) => limits::REFERENCE_ROWS as u64,
            Var::Spans(_) => limits::SPANS as u64,
            Var::Section(_) | Var::Child(..) => {
                let room = self.rooms.get(var);
                let alone = room.map_or(u64::MAX, |room| {
                    let fit = room.within(1, 1);
                    room.most.map_or(fit, |most| most.min(fit))
                });
                self.longest.map_or(alone, |most| most.min(alone))
            }
        }
    }

    /// The largest product of lists that one document can have, at least.
    #[must_use]
    pub fn product(&self, factors: &Factors) -> u64 {
        let mut powers: BTreeMap<&Var, u64> = BTreeMap::new();
        for factor in factors {
            *powers.entry(factor).or_default() += 1;
        }
        let each = powers.iter().map(|(var, power)| (self.most(var), *power));
        let alone = raised(each);
        // The lists in the records of a list are together no longer than one such list.
        let lists: Vec<&Var> = powers.keys().copied().filter(|var| is_child(var)).collect();
        for list in lists {
            let times = powers.get(list).copied().unwrap_or(0);
            let parent = powers.iter_mut().find(|(var, _)| holds(var, list));
            if let Some((_, power)) = parent {
                *power = power.saturating_sub(times);
            }
        }
        // A product under one common limit is largest when each list takes a share by
        // its power.
        let room = |var: &Var| self.rooms.get(var);
        let of_facts = powers.iter().filter(|(var, _)| room(var).is_some());
        let shares: u64 = of_facts.map(|(_, power)| power).sum();
        let each = powers.iter().map(|(var, power)| {
            let part = room(var).map(|room| room.within(*power, shares));
            (part.unwrap_or_else(|| self.most(var)), *power)
        });
        alone.min(raised(each))
    }
}

impl Room {
    /// How many fit into `part` of `parts` of a document.
    fn within(self, part: u64, parts: u64) -> u64 {
        let fit = |all: usize, each: u64| {
            let all = (all as u64).saturating_mul(part);
            all.div_ceil(each.saturating_mul(parts.max(1)).max(1))
        };
        fit(limits::FACTS_BYTES, self.bytes).min(fit(limits::JSON_VALUES, self.values))
    }
}

/// The path of a field: `visits.companions`.
pub(super) fn below(path: &str, field: &str) -> Arc<str> {
    format!("{path}.{field}").into()
}

/// The product of numbers, each with its power; saturating.
fn raised(each: impl Iterator<Item = (u64, u64)>) -> u64 {
    each.fold(1, |all, (number, power)| {
        (0..power).fold(all, |all, _| u64::saturating_mul(all, number))
    })
}

fn is_child(var: &Var) -> bool {
    matches!(var, Var::Child(..))
}

/// Whether the records of a list hold another.
fn holds(parent: &Var, list: &Var) -> bool {
    match (parent, list) {
        (Var::Section(name), Var::Child(of, _)) => name == of,
        (Var::Child(above, name), Var::Child(of, _)) => *of == below(above, name),
        _ => false,
    }
}

/// The fewest bytes that a value takes as JSON.
fn bytes(kind: &Type) -> u64 {
    match kind {
        Type::Bool => 4,
        Type::Int { .. } => 1,
        Type::Text(text) => text.least as u64 + 2,
        Type::Enum(names) => names.iter().map(|it| it.len() as u64).min().unwrap_or(0) + 2,
        // "2022-03-07T00:00:00Z", "2022-03-07"
        Type::Instant => 22,
        Type::Date => 12,
        Type::Temperature { .. } => 2,
        Type::List { item, least, .. } => 2 + (*least as u64).saturating_mul(bytes(item) + 1),
        Type::Object(object) => {
            let required = object.fields.iter().filter(|field| field.required);
            // The name in quotes, a colon, the value, a comma.
            let members = required.map(|it| it.name.len() as u64 + 4 + bytes(&it.kind));
            members.fold(1, u64::saturating_add).max(2)
        }
    }
}

/// The fewest values that a value is, with those in it.
fn values(kind: &Type) -> u64 {
    match kind {
        Type::List { item, least, .. } => 1 + (*least as u64).saturating_mul(values(item)),
        Type::Object(object) => {
            let required = object.fields.iter().filter(|field| field.required);
            required
                .map(|it| values(&it.kind))
                .fold(1, u64::saturating_add)
        }
        _ => 1,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use longma_core::Schema;

    const SCHEMA: &str = r##"{"type": "object", "additionalProperties": false,
        "required": ["subject"],
        "properties": {
            "subject": {"type": "string", "enum": ["person"]},
            "few": {"type": "array", "maxItems": 30, "items": {"type": "string", "format": "date"}},
            "tests": {"type": "array", "items": {"$ref": "#/$defs/record"}},
            "stays": {"type": "array", "items": {"$ref": "#/$defs/record"}},
            "visits": {"type": "array", "items": {"type": "object", "title": "Visit",
                "additionalProperties": false, "required": ["at"],
                "properties": {
                    "at": {"type": "string", "format": "date"},
                    "met": {"type": "array", "items": {"type": "string", "format": "date"}}}}}},
        "$defs": {"record": {"type": "object", "title": "Record",
            "additionalProperties": false, "required": ["at"],
            "properties": {"at": {"type": "string", "format": "date"}}}}}"##;

    fn caps() -> Caps {
        let schema = Schema::read(SCHEMA, "schema/person.schema.json").unwrap();
        Caps::new(schema.root())
    }

    fn section(name: &str) -> Var {
        Var::Section(name.into())
    }

    /// `{"at":"2022-03-07"},` takes 20 bytes.
    const RECORDS: u64 = (limits::FACTS_BYTES as u64).div_ceil(20);

    #[test]
    fn a_list_is_as_long_as_the_schema_says_or_as_a_document_has_room() {
        let caps = caps();
        assert_eq!(caps.most(&section("few")), 30);
        assert!(caps.is_declared(&section("few")));
        // Two values for each record: the record, and its day.
        assert_eq!(
            caps.most(&section("tests")),
            RECORDS.min(limits::JSON_VALUES as u64 / 2)
        );
        assert!(!caps.is_declared(&section("tests")));
        assert_eq!(caps.no_longer_than(4_000).most(&section("tests")), 4_000);
    }

    #[test]
    fn two_long_lists_share_one_document() {
        let caps = caps();
        let (tests, stays) = (section("tests"), section("stays"));
        let alone = caps.most(&tests);
        let both = caps.product(&vec![stays, tests.clone()]);
        assert!(both <= (alone / 2 + 1).pow(2), "{both} of {alone}");
        // One list with itself is one list.
        assert_eq!(caps.product(&vec![tests.clone(), tests]), alone.pow(2));
    }

    #[test]
    fn the_lists_inside_of_records_are_together_no_longer_than_one() {
        let caps = caps();
        let met = Var::Child("visits".into(), "met".into());
        let visits = section("visits");
        assert_eq!(caps.product(&vec![visits, met.clone()]), caps.most(&met));
    }
}
