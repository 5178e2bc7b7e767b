//! The part of facts that decisions read.

use super::{Request, asked, region};
use crate::catalogue::Catalogue;
use crate::columns::{Column, Word};
use crate::facts::Facts;
use crate::history::Course;
use crate::json::Json;
use crate::order::Gather;
use crate::plan::{Read, Rule};
use crate::policy::Policy;
use crate::problem::Problems;
use crate::schema::{INCOMPLETE, OVERRIDES, Object, SUBJECT};
use crate::when::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The part of a document that decisions read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    /// The document.
    pub document: Json,
    /// The fields that rules read, by section.
    read: BTreeMap<String, BTreeSet<String>>,
}

impl Extract {
    /// Whether a rule may read a field of a section's records. What a schema requires is in
    /// the document even if none does.
    #[must_use]
    pub fn reads(&self, section: &str, field: &str) -> bool {
        self.read
            .get(section)
            .is_some_and(|fields| fields.contains(field))
    }
}

impl Catalogue {
    /// The least document from which the decisions of a request come out as they do from
    /// these facts: the sections that their rules read, and of each record the fields that
    /// these rules read or the schema requires. Nothing else has to leave a phone.
    ///
    /// A fact that only a caption shows is left out, so words can say less. Rules see records
    /// sorted by all their fields: where they would stand in another order without some, they
    /// are kept whole.
    ///
    /// ```
    /// use longma_core::{Catalogue, Contents, Json, Request, Schema};
    ///
    /// let schema = r#"{"type": "object", "additionalProperties": false,
    ///     "required": ["subject"], "properties": {
    ///         "subject": {"type": "string", "enum": ["person"]},
    ///         "tests": {"type": "array", "items": {"type": "object", "properties": {},
    ///             "additionalProperties": false}}}}"#;
    /// let schemas = [("person".to_owned(), Schema::read(schema, "schema")?)].into();
    /// let catalogue = Catalogue::new(Contents { schemas, ..Contents::default() });
    /// let facts = catalogue.read_facts(r#"{"subject": "person", "tests": [{}]}"#)?;
    /// let request = Request { region: Some("620102"), ..Request::default() };
    /// // No pack is in force, so nothing is read.
    /// let least = catalogue.extract(&facts, request)?;
    /// assert!(!least.reads("tests", "result"));
    /// assert_eq!(least.document, Json::parse(r#"{"subject": "person"}"#, "least")?);
    /// # Ok::<(), longma_core::Problems>(())
    /// ```
    ///
    /// # Errors
    /// Like [`decide`](Self::decide).
    pub fn extract(&self, facts: &Facts, request: Request<'_>) -> Result<Extract, Problems> {
        let region = region(self.places(), facts, request)?;
        let history = self.history_today(region);
        let found = history.and_then(|it| Some((it.policies(), it.course(facts.subject())?)));
        let nothing = Course::default();
        let (policies, course) = found.unwrap_or((&[], &nothing));
        let asked = asked::positions(course, request.decisions)?;
        let window = request.window.unwrap_or(Span::ALWAYS);
        let needed = Needed::of(course, policies, &asked, window);
        let schema = self.schema(facts.subject());
        let root = schema.map_or(&Object::default(), |it| it.root()).clone();
        let members = facts.document().as_object();
        let kept = members.into_iter().flatten();
        let kept = kept.filter_map(|(name, value)| {
            let value = needed.section(name, value, &root)?;
            Some((name.clone(), value))
        });
        let mut extract = Extract {
            document: Json::Object(kept.into_map()),
            read: needed.read(&root),
        };
        let least = self.read_facts(&extract.document.to_string())?;
        for (name, section) in extract.document.as_object_mut().into_iter().flatten() {
            if order(facts, name) != order(&least, name)
                && let Some(whole) = facts.document().as_object().and_then(|it| it.get(name))
            {
                section.clone_from(whole);
            }
        }
        Ok(extract)
    }
}

/// What some rules read.
#[derive(Default)]
struct Needed<'a> {
    /// By section, the rules that read it.
    sections: BTreeMap<&'a str, Vec<&'a Rule>>,
    /// The decisions that can be set by hand.
    decisions: BTreeSet<&'a str>,
}

impl<'a> Needed<'a> {
    fn of(course: &'a Course, policies: &[Policy], asked: &[usize], window: Span) -> Self {
        let mut found = Self::default();
        for ground in asked::grounds(course, policies, asked, window) {
            let Some(decision) = ground.decision() else {
                continue;
            };
            found.decisions.insert(&decision.name);
            for rule in &decision.rules {
                for read in &rule.reads {
                    if let Read::Section(name, _) = read {
                        found.sections.entry(name).or_default().push(rule);
                    }
                }
            }
        }
        found
    }

    /// What is kept of a member of the document.
    fn section(&self, name: &str, value: &Json, root: &Object) -> Option<Json> {
        match name {
            SUBJECT => return Some(value.clone()),
            // A hand's cause counts whether or not a rule reads it.
            OVERRIDES => {
                let ours = |item: &&Json| {
                    let decision = item.text_at("/decision").unwrap_or_default();
                    self.decisions.contains(decision)
                };
                let kept: Vec<Json> = value.items().iter().filter(ours).cloned().collect();
                let is_read = self.sections.contains_key(name);
                return (is_read || !kept.is_empty()).then_some(Json::List(kept));
            }
            INCOMPLETE => {
                let read = |item: &&Json| {
                    let name = item.as_text().unwrap_or_default();
                    self.sections.contains_key(name)
                };
                let kept: Vec<Json> = value.items().iter().filter(read).cloned().collect();
                return (!kept.is_empty()).then_some(Json::List(kept));
            }
            _ => {}
        }
        let field = root.field(name)?;
        let rules = self.sections.get(name);
        if rules.is_none() && !field.required {
            return None;
        }
        let Some(object) = field.kind.object() else {
            return Some(value.clone());
        };
        let mut kept = fields(rules.map_or(&[][..], Vec::as_slice), name, root);
        let required = object.fields.iter().filter(|field| field.required);
        kept.extend(required.map(|field| &*field.name));
        Some(pruned(value, &kept))
    }

    /// The fields that rules read, by section.
    fn read(&self, root: &Object) -> BTreeMap<String, BTreeSet<String>> {
        let read = self.sections.iter().map(|(name, rules)| {
            let fields = fields(rules, name, root).into_iter().map(str::to_owned);
            ((*name).to_owned(), fields.into_set())
        });
        read.into_map()
    }
}

/// The names of the fields of a section's records that rules may read.
fn fields<'a>(rules: &[&Rule], section: &str, root: &'a Object) -> BTreeSet<&'a str> {
    let position = root.position(section);
    let Some(object) = root.field(section).and_then(|it| it.kind.object()) else {
        return BTreeSet::new();
    };
    let mut kept: Vec<&str> = Vec::new();
    for rule in rules {
        let program = rule.body.program();
        match program.and_then(|(program, root)| program.fields(root)) {
            None => kept.extend(object.names()),
            Some(positions) => {
                let ours = positions.iter();
                let ours = ours.filter(|(section, _)| Some(*section as usize) == position);
                let fields = ours.filter_map(|(_, at)| object.fields.get(*at as usize));
                kept.extend(fields.map(|field| &*field.name));
            }
        }
        // A table finds the rows of a record by its key and its span.
        if rule.tables().next().is_some() {
            kept.extend(object.key_names());
            let span = object.span.iter();
            kept.extend(span.flat_map(|(from, until)| [from.as_str(), until]));
        }
    }
    kept.into_iter().into_set()
}

/// The records of a section in the order in which rules see them; each is told by its place in
/// the document. Manual causes are no rule's.
fn order<'f>(facts: &'f Facts, section: &str) -> &'f [Word] {
    let columns = facts.columns();
    match columns.shape().section(section) {
        Some((at, Column::List(_))) if section != OVERRIDES && facts.knows(section) => {
            columns.items_of(columns.section(at))
        }
        _ => &[],
    }
}

fn pruned(value: &Json, kept: &BTreeSet<&str>) -> Json {
    match value {
        Json::List(items) => Json::List(items.iter().map(|item| pruned(item, kept)).collect()),
        Json::Object(members) => {
            let members = members.iter().filter(|(name, _)| kept.contains(&***name));
            let members = members.map(|(name, value)| (name.clone(), value.clone()));
            Json::Object(members.into_map())
        }
        other => other.clone(),
    }
}
