//! 代办: the codes of elderly people and children that a person may hold.
//!
//! Who may hold whose code is a decision of the rules (`proxy`): each of its
//! causes rests on one record of the holder's `dependants`. A dependant has facts,
//! an issuance and an outcome of their own. Nothing of one person enters another's
//! document; here cards are only laid side by side.

use crate::card::{Card, Parts, card};
use crate::document::{at, join, text};
use crate::text::{problem, say};
use longma_core::{Instant, Localized, Outcome, Problem};
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// The decision that says whose codes a person may hold.
const DECISION: &str = "proxy";

/// One person's facts with what the rules say of them.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The facts document.
    pub facts: &'a Map<String, Json>,
    /// What the rules say of it.
    pub outcome: &'a Outcome,
}

/// The cards that a person holds at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wallet {
    /// The person's own.
    pub own: Card,
    /// Those of dependants.
    pub dependants: Vec<Held>,
    /// Documents that are of nobody whose code the person may hold now.
    pub refused: Vec<Problem>,
}

/// The card of a dependant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The record of the holder's facts that it rests on.
    pub dependant: String,
    /// What the dependant is to the holder.
    pub relation: String,
    /// That in words.
    pub relation_words: Localized,
    /// First instant at which the holder may no longer hold it; `None` for ever.
    pub until: Option<String>,
    /// The card.
    pub card: Card,
}

/// The cards of a person and of the dependants whose codes the person may hold.
#[must_use]
pub fn wallet(
    holder: Person<'_>,
    others: &[Person<'_>],
    now: Instant,
    parts: &Parts<'_>,
) -> Wallet {
    let mut wallet = Wallet {
        own: card(holder.facts, holder.outcome, now, parts),
        dependants: Vec::new(),
        refused: Vec::new(),
    };
    let held = holder.outcome.at(DECISION, now);
    let causes = held.map(|status| status.causes).unwrap_or_default();
    for (index, other) in others.iter().enumerate() {
        let allowed = causes.iter().find_map(|cause| {
            let pointer = cause.evidence.iter().find(|pointer| {
                let record = at(holder.facts, pointer).and_then(Json::as_object);
                record.is_some_and(|record| is(record, other.facts))
            })?;
            Some((pointer, cause))
        });
        let Some((pointer, cause)) = allowed else {
            let name = at(other.facts, "/identity/name").and_then(Json::as_str);
            let name = crate::mask::name(name.unwrap_or_default());
            let place = join("", &index.to_string());
            let told = problem("proxy-refused", place, &[("name", &name)]);
            wallet.refused.push(told);
            continue;
        };
        let relation = at(holder.facts, &join(pointer, "relation")).and_then(Json::as_str);
        let relation = relation.unwrap_or_default();
        wallet.dependants.push(Held {
            dependant: pointer.clone(),
            relation: relation.to_owned(),
            relation_words: say(&format!("relation-{relation}"), &[]),
            until: cause.until.clone(),
            card: card(other.facts, other.outcome, now, parts),
        });
    }
    wallet
}

/// Whether a record of a dependant and a facts document are of one person: the
/// same document, and the same date of birth where the document has one.
fn is(record: &Map<String, Json>, facts: &Map<String, Json>) -> bool {
    let same = |name: &str| {
        let given = record.get("document").and_then(|it| it.get(name));
        given.is_some() && given == at(facts, &format!("/identity/document/{name}"))
    };
    let born = at(facts, "/identity/birth_date").and_then(Json::as_str);
    let age = born.is_none_or(|born| text(record, "birth_date") == Some(born));
    same("type") && same("number") && age
}
