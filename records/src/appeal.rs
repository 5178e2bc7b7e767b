//! Lists what can be contested in a decision, and with whom (申诉).
//!
//! A level rests on rules, and rules rest on records. For each active cause this module
//! lists the rule and its source, the records it rests on, who answers for each of them,
//! what was already corrected, and what the person can do. A cause without records holds
//! because something is absent, and is listed as such.
//!
//! Limit: a cause names its records but not the fields that the rule read. So every field
//! of a record is listed with its meaning, and each can be contested.

use crate::code::messages;
use crate::merge::{Correction, Ledger, Superseded, Variant};
use longma_core::schema::Type;
use longma_core::{
    Args, Catalogue, CauseView, Instant, Json as Document, Localized, Outcome, Problem, Schema,
    Stamp,
};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Version of the view's format.
const FORMAT: u32 = 1;
/// Prefix of a manual cause's rule.
const MANUAL: &str = "manual/";

/// What can be contested at one instant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Appeal {
    /// The format's version.
    pub longma_appeal: u32,
    /// The decisions.
    pub decisions: Vec<DecisionAppeal>,
}

/// One decision and its causes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecisionAppeal {
    /// Name.
    pub decision: String,
    /// Name for readers.
    pub caption: Localized,
    /// The instant.
    pub at: Stamp,
    /// The level, or `unknown`.
    pub level: String,
    /// Level name for readers; `None` if the level is unknown.
    pub level_caption: Option<Localized>,
    /// The active causes, highest level first; empty if the lowest level holds without a cause.
    pub causes: Vec<CauseAppeal>,
    /// What keeps the level from being known, and what to do about it.
    pub problems: Vec<Problem>,
}

/// One cause and what can be done about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CauseAppeal {
    /// The cause itself: rule, caption, release, source of the rule, span.
    #[serde(flatten)]
    pub cause: CauseView,
    /// Whether the cause was set by hand.
    pub manual: bool,
    /// What the cause rests on; empty if it holds because something is absent.
    pub grounds: Vec<Ground>,
    /// What the person can do.
    pub ways: Vec<Localized>,
}

/// What a cause rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ground {
    /// A record of the facts.
    Record(Box<RecordGround>),
    /// A row of a published table.
    Row {
        /// The table.
        table: String,
        /// The row, counted from 0, as text.
        row: String,
    },
}

/// A record and who answers for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordGround {
    /// Pointer to the record in the facts.
    pub pointer: String,
    /// The record; `null` if the facts have nothing at the pointer.
    pub record: Json,
    /// Its fields with their meaning.
    pub fields: Vec<FieldView>,
    /// The sources that state it; empty if they are not known or it comes only from a correction.
    pub sources: BTreeSet<String>,
    /// The corrections that led to it.
    pub corrections: Vec<Correction>,
    /// The statements it replaced.
    pub superseded: Vec<Superseded>,
    /// Other versions of the same record.
    pub otherwise: Vec<Variant>,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldView {
    /// Name.
    pub name: String,
    /// Its value.
    pub value: Json,
    /// Its meaning, from the schema.
    pub words: Localized,
}

/// Lists what can be contested in `decisions` (all if empty) at an instant. A ledger must
/// come from the same merge as the facts that were decided.
///
/// ```
/// use longma_core::{Instant, Request};
/// use longma_records::appeal::{Ground, appeal};
/// use longma_records::merge::Dossier;
/// # let text = |file: &str, text: &str| (format!("packs/62/2022-01-01/{file}"), text.to_owned());
/// # let house = longma_compile::texts::read(&longma_compile::texts::Texts::from([
/// #     ("schema/person.schema.json".to_owned(), PERSON.to_owned()),
/// #     text("pack.toml", PACK),
/// #     text("captions.toml", CAPTIONS),
/// #     text("code.rhai", RULE),
/// # ]));
/// # let catalogue = longma_oracle::load(&house.bundle).unwrap();
/// // The pack's rule: a positive test is red from its report on.
/// let dossier = Dossier::of(&catalogue, "laboratory", FACTS).unwrap();
/// let merged = dossier.merged(&catalogue).unwrap();
/// let outcome = catalogue.evaluate(&merged.facts_json(), Request::default()).unwrap();
/// let at = Instant::parse("2022-07-11T00:00:00+08:00").unwrap();
/// let appeal = appeal(&catalogue, &outcome, Some(&merged.ledger), &["code"], at);
///
/// let cause = &appeal.decisions[0].causes[0];
/// assert_eq!(cause.cause.rule, "62/2022-01-01/code/positive");
/// let Ground::Record(record) = &cause.grounds[0] else { unreachable!() };
/// assert_eq!(record.pointer, "/tests/0");
/// assert!(record.sources.contains("laboratory"));
/// # const PERSON: &str = include_str!("../../rules/schema/person.schema.json");
/// # const PACK: &str = r#"
/// # subject = "person"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # corrections = "correction"
/// # effective.from = 2022-01-01T00:00:00+08:00
/// # [sources.s]
/// # title = { zh-CN = "来源", en = "the source" }
/// # date = 2022-01-01
/// # grade = "A"
/// # [decisions.code]
/// # scale = ["green", "red"]
/// # colours = ["green", "red"]
/// # "#;
/// # const CAPTIONS: &str = r#"
/// # [code]
/// # name = { zh-CN = "码", en = "code" }
/// # [code.levels]
/// # green = { zh-CN = "绿码", en = "green" }
/// # red = { zh-CN = "红码", en = "red" }
/// # [code.rules.positive]
/// # caption = { zh-CN = "检测阳性", en = "a positive test" }
/// # release = { zh-CN = "治愈", en = "recovery" }
/// # "#;
/// # const RULE: &str = r#"
/// # /// source: s
/// # fn positive(tests) {
/// #     tests.filter(|t| t.result == "positive").map(|t| red(t.reported_at, ()).because(t))
/// # }
/// # "#;
/// # const FACTS: &str = r#"{
/// #     "subject": "person",
/// #     "identity": {
/// #         "name": "样例", "region": "620102",
/// #         "document": {"type": "resident_id", "number": "999999199001010016"}
/// #     },
/// #     "tests": [{
/// #         "method": "nucleic_acid", "result": "positive", "pool_size": 1,
/// #         "sampled_at": "2022-07-10T08:00:00+08:00",
/// #         "reported_at": "2022-07-10T20:00:00+08:00"
/// #     }]
/// # }"#;
/// ```
#[must_use]
pub fn appeal(
    catalogue: &Catalogue,
    outcome: &Outcome,
    ledger: Option<&Ledger>,
    decisions: &[&str],
    at: Instant,
) -> Appeal {
    let facts = outcome.facts();
    let view = View {
        facts: facts.document(),
        ledger,
        schema: catalogue.schema(facts.subject()),
    };
    let asked = |name: &&String| decisions.is_empty() || decisions.contains(&name.as_str());
    let found = outcome.decisions().keys().filter(asked);
    Appeal {
        longma_appeal: FORMAT,
        decisions: found
            .filter_map(|name| view.decision(outcome, name, at))
            .collect(),
    }
}

struct View<'a> {
    facts: &'a Document,
    ledger: Option<&'a Ledger>,
    schema: Option<&'a Schema>,
}

impl View<'_> {
    fn decision(&self, outcome: &Outcome, name: &str, at: Instant) -> Option<DecisionAppeal> {
        let status = outcome.at(name, at)?;
        let offset = outcome.offset();
        let causes = status.cause_views(offset).into_iter();
        Some(DecisionAppeal {
            decision: name.to_owned(),
            caption: status.decision().caption().clone(),
            level_caption: status.level().map(|level| level.caption.clone()),
            at: Stamp::at(offset)(at),
            level: status.level_name().to_owned(),
            causes: causes.map(|it| self.cause(it)).collect(),
            problems: outcome.problems_of(status.stretch()).cloned().collect(),
        })
    }

    fn cause(&self, cause: CauseView) -> CauseAppeal {
        let grounds: Vec<Ground> = cause.evidence.iter().map(|it| self.ground(it)).collect();
        let manual = cause.rule.starts_with(MANUAL);
        let mut can = Vec::new();
        for ground in &grounds {
            let told = match ground {
                Ground::Row { table, row } => {
                    let row = counted(row);
                    vec![
                        messages().say("appeal-table", &Args::of("table", table).with("row", &row)),
                    ]
                }
                Ground::Record(record) if manual => officers(&record.record),
                Ground::Record(record) => ways(record),
            };
            for way in told {
                if !can.contains(&way) {
                    can.push(way);
                }
            }
        }
        if grounds.is_empty() {
            can.push(messages().say("appeal-nothing", &Args::NONE));
        }
        CauseAppeal {
            cause,
            manual,
            grounds,
            ways: can,
        }
    }

    fn ground(&self, evidence: &str) -> Ground {
        if !evidence.starts_with('/')
            && let Some((table, row)) = evidence.split_once("#/")
        {
            return Ground::Row {
                table: table.to_owned(),
                row: row.to_owned(),
            };
        }
        let record = self.facts.at(evidence);
        let record = serde_json::to_value(record).unwrap_or_default();
        let entry = self.ledger.and_then(|it| it.entries.get(evidence));
        let ledger = self.ledger.into_iter();
        let superseded = ledger.clone().flat_map(|it| &it.superseded);
        let contradictions = ledger.clone().flat_map(|it| &it.contradictions);
        let here = |variant: &Variant| variant.pointer.as_deref() == Some(evidence);
        let disputed = contradictions.filter(|it| it.variants.iter().any(here));
        let otherwise = disputed.flat_map(|it| &it.variants).filter(|it| !here(it));
        let corrections = entry.into_iter().flat_map(|it| &it.corrections);
        let corrections = corrections
            .filter_map(|index| self.ledger?.corrections.get(*index))
            .cloned();
        Ground::Record(Box::new(RecordGround {
            fields: self.fields(evidence, &record),
            sources: entry.map(|it| it.sources.clone()).unwrap_or_default(),
            corrections: corrections.collect(),
            superseded: superseded
                .filter(|it| it.became.as_deref() == Some(evidence))
                .cloned()
                .collect(),
            otherwise: otherwise.cloned().collect(),
            pointer: evidence.to_owned(),
            record,
        }))
    }

    fn fields(&self, pointer: &str, record: &Json) -> Vec<FieldView> {
        let section = pointer.split('/').nth(1).unwrap_or_default();
        let kind = self.schema.and_then(|schema| schema.root().kind(section));
        let object = kind.and_then(Type::object);
        let words = |name: &str| {
            let field = object.and_then(|object| object.field(name));
            Localized::build(|lang| {
                let said = field.map_or("", |field| field.words.get(lang));
                if said.is_empty() { name } else { said }.to_owned()
            })
        };
        let fields = record.as_object().into_iter().flatten();
        fields
            .map(|(name, value)| FieldView {
                name: name.clone(),
                value: value.clone(),
                words: words(name),
            })
            .collect()
    }
}

/// What the person can do about a record: ask its sources, or whoever corrected it.
fn ways(ground: &RecordGround) -> Vec<Localized> {
    let pointer = &ground.pointer;
    let mut ways: Vec<Localized> = ground
        .sources
        .iter()
        .map(|source| {
            messages().say(
                "appeal-source",
                &Args::of("source", source).with("pointer", pointer),
            )
        })
        .collect();
    for correction in &ground.corrections {
        let by = &correction.by;
        ways.push(
            messages().say(
                "appeal-corrected",
                &Args::of("pointer", pointer)
                    .with("at", &correction.at)
                    .with("name", &by.name)
                    .with("office", &by.office)
                    .with("number", &by.number)
                    .with("reason", &correction.reason),
            ),
        );
    }
    let others = ground.otherwise.iter().flat_map(|it| &it.sources);
    let others: BTreeSet<&str> = others.map(String::as_str).collect();
    if !others.is_empty() {
        let others: Vec<&str> = others.into_iter().collect();
        ways.push(messages().say(
            "appeal-otherwise",
            &Args::of("pointer", pointer).with("sources", others.join(", ")),
        ));
    }
    if ways.is_empty() {
        ways.push(messages().say("appeal-unsourced", &Args::of("pointer", pointer)));
    }
    ways
}

/// A row number for readers, counted from 1.
#[must_use]
pub fn counted(row: &str) -> String {
    match row.parse::<usize>() {
        Ok(row) => row.saturating_add(1).to_string(),
        Err(_) => row.to_owned(),
    }
}

/// The officers who set a manual cause.
fn officers(record: &Json) -> Vec<Localized> {
    let officers = record.get("officers").and_then(Json::as_array);
    let officers = officers.into_iter().flatten();
    officers
        .map(|officer| {
            let text = |name: &str| officer.get(name).and_then(Json::as_str).unwrap_or_default();
            messages().say(
                "appeal-officer",
                &Args::of("name", text("name"))
                    .with("office", text("office"))
                    .with("number", text("number")),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    #![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::*;
    use crate::fixture::{NUMBER, corrected, negative, pack, packs, person, positive};
    use crate::merge::Dossier;
    use longma_core::Request;
    use serde_json::json;

    fn catalogue() -> Catalogue {
        packs(vec![pack("62/2022-01-01", None, None, "record")])
    }

    fn of(catalogue: &Catalogue, dossier: &Dossier) -> CauseAppeal {
        let merged = dossier.merged(catalogue).unwrap();
        let text = merged.facts_json();
        let outcome = catalogue.evaluate(&text, Request::default()).unwrap();
        let at = Instant::parse("2022-07-11T00:00:00+08:00").unwrap();
        let ledger = Some(&merged.ledger);
        let appeal = appeal(catalogue, &outcome, ledger, &["code"], at);
        appeal.decisions[0].causes[0].clone()
    }

    fn record(cause: &CauseAppeal) -> &RecordGround {
        match &cause.grounds[0] {
            Ground::Record(record) => record,
            Ground::Row { .. } => unreachable_row(),
        }
    }

    #[allow(clippy::panic, reason = "a test fails by panicking")]
    fn unreachable_row() -> ! {
        panic!("a row where a record was expected")
    }

    fn says(cause: &CauseAppeal, text: &str) -> bool {
        cause.ways.iter().any(|way| way.en.contains(text))
    }

    #[test]
    fn a_cause_names_its_rule_its_record_and_who_answers_for_it() {
        let catalogue = catalogue();
        let said = positive("2022-07-10T20:00:00+08:00");
        let cause = of(&catalogue, &person(&catalogue, "laboratory", &[said]));
        assert_eq!(cause.cause.rule, "62/2022-01-01/code/positive");
        assert_eq!(cause.cause.source.en, "the source");
        let record = record(&cause);
        assert_eq!(record.record["result"], "positive");
        assert!(record.sources.contains("laboratory"));
        let sampled = record
            .fields
            .iter()
            .find(|it| it.name == "sampled_at")
            .unwrap();
        assert!(sampled.words.en.contains("sample"), "{}", sampled.words.en);
        assert!(says(&cause, "laboratory"));
    }

    #[test]
    fn a_corrected_record_names_the_correction_and_what_was_said_before() {
        let catalogue = catalogue();
        let said = negative("2022-07-10T20:00:00+08:00");
        let dossier = person(&catalogue, "laboratory", &[said]);
        let becomes = positive("2022-07-10T20:00:00+08:00");
        let dossier = corrected(&catalogue, &dossier, "2022-07-10T22:00:00+08:00", &becomes);
        let cause = of(&catalogue, &dossier);
        let record = record(&cause);
        assert_eq!(record.corrections[0].by.number, "0001");
        assert_eq!(record.superseded[0].record.fields()["result"], "negative");
        assert!(record.superseded[0].sources.contains("laboratory"));
        assert!(says(&cause, "经办甲") && says(&cause, "样本贴错"));
    }

    #[test]
    fn who_says_otherwise_is_named() {
        let catalogue = catalogue();
        let said = negative("2022-07-10T20:00:00+08:00");
        let dossier = person(&catalogue, "hospital", &[said]).join(&person(
            &catalogue,
            "laboratory",
            &[positive("2022-07-10T20:00:00+08:00")],
        ));
        let cause = of(&catalogue, &dossier);
        assert_eq!(record(&cause).otherwise.len(), 1);
        assert!(says(&cause, "hospital"));
    }

    #[test]
    fn a_cause_of_nothing_says_that_it_rests_on_no_record() {
        let catalogue = catalogue();
        let cause = of(&catalogue, &person(&catalogue, "laboratory", &[]));
        assert_eq!(cause.cause.level, "yellow");
        assert!(cause.grounds.is_empty());
        assert_eq!(cause.ways, [messages().say("appeal-nothing", &Args::NONE)]);
    }

    #[test]
    fn a_colour_set_by_hand_names_both_officers() {
        let catalogue = catalogue();
        let officer = |name: &str, number: &str| json!({"name": name, "office": "虚构区防控办", "number": number});
        let facts = json!({"subject": "person", "tests": [], "identity": {"name": "样例",
            "document": {"type": "resident_id", "number": NUMBER}, "region": "620102"},
            "overrides": [{"decision": "code", "level": "red", "from": "2022-07-10T00:00:00+08:00",
                "until": "2022-07-12T00:00:00+08:00", "reason": "核对",
                "officers": [officer("经办甲", "1"), officer("经办乙", "2")]}]});
        let dossier = Dossier::of(&catalogue, "office", &facts.to_string()).unwrap();
        let cause = of(&catalogue, &dossier);
        assert!(cause.manual);
        assert!(says(&cause, "经办甲") && says(&cause, "经办乙"));
        assert_eq!(cause.ways.len(), 2);
    }

    #[test]
    fn without_a_ledger_nobody_is_named_and_that_is_told() {
        let catalogue = catalogue();
        let facts = person(
            &catalogue,
            "laboratory",
            &[positive("2022-07-10T20:00:00+08:00")],
        );
        let facts = facts.merged(&catalogue).unwrap().facts;
        let text = serde_json::to_string(&facts).unwrap();
        let outcome = catalogue.evaluate(&text, Request::default()).unwrap();
        let at = Instant::parse("2022-07-11T00:00:00+08:00").unwrap();
        let found = appeal(&catalogue, &outcome, None, &[], at);
        let cause = &found.decisions[0].causes[0];
        assert_eq!(
            cause.ways,
            [messages().say("appeal-unsourced", &Args::of("pointer", "/tests/0"))]
        );
    }
}
