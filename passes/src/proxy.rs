//! 代办: the codes of elderly people and children that a person may hold.
//!
//! Who may hold whose code is the decision in the role `proxy`: each of its causes
//! rests on one record of the holder's `dependants`. A dependant has facts,
//! an issuance and an outcome of their own. Nothing of one person enters another's
//! document; here cards are only laid side by side.

use crate::card::{Card, card};
use crate::code::{Code, messages};
use longma_core::{Args, Cause, Instant, Json, Localized, Outcome, Problem, Role, Stamp};
use longma_identity::mask;
use serde::Serialize;

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
    pub until: Option<Stamp>,
    /// The card.
    pub card: Card,
}

/// The cards of a person and of the dependants whose codes the person may hold.
#[must_use]
pub fn wallet(holder: &Outcome, others: &[&Outcome], now: Instant) -> Wallet {
    let mut wallet = Wallet {
        own: card(holder, now),
        dependants: Vec::new(),
        refused: Vec::new(),
    };
    let facts = holder.facts().document();
    let held = holder.the_one_in(Role::Proxy, now);
    let held = held.and_then(|name| holder.at(name, now));
    let causes: Vec<&Cause> = held
        .into_iter()
        .flat_map(|status| status.causes())
        .collect();
    let write = Stamp::at(holder.offset());
    for (index, other) in others.iter().enumerate() {
        let allowed = causes.iter().find_map(|cause| {
            let pointer = cause.evidence().into_iter().find(|pointer| {
                let record = facts.at(pointer);
                record.is_some_and(|record| is(record, other.facts().document()))
            })?;
            Some((pointer, cause))
        });
        let Some((pointer, cause)) = allowed else {
            let name = other.facts().document().text_at("/identity/name");
            let name = mask::name(name.unwrap_or_default());
            let place = format!("/{index}");
            let told = Problem::in_facts(Code::ProxyRefused, place).with("name", &name);
            wallet.refused.push(told);
            continue;
        };
        let relation = facts.text_at(&format!("{pointer}/relation"));
        let relation = relation.unwrap_or_default();
        wallet.dependants.push(Held {
            dependant: pointer.to_owned(),
            relation: relation.to_owned(),
            relation_words: messages().say(&format!("relation-{relation}"), &Args::NONE),
            until: cause.span().until().map(write),
            card: card(other, now),
        });
    }
    wallet
}

/// Whether a record of a dependant and a facts document are of one person: the
/// same document, and the same date of birth where the document has one.
fn is(record: &Json, facts: &Json) -> bool {
    let same = |name: &str| {
        let given = record.at(&format!("/document/{name}"));
        given.is_some() && given == facts.at(&format!("/identity/document/{name}"))
    };
    let born = facts.text_at("/identity/birth_date");
    let age = born.is_none_or(|born| record.text_at("/birth_date") == Some(born));
    same("type") && same("number") && age
}
