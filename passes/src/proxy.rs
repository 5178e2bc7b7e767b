//! 代办: the codes of elderly people and children that a person may hold.
//!
//! The decision in the role `proxy` says whose codes a person may hold: each of its
//! causes rests on one record of the holder's `dependants`. A dependant has their own
//! facts, issuance and outcome. One person's data never enters another's document; this
//! only puts cards next to each other.

use crate::card::{Card, card};
use crate::code::{Code, messages};
use longma_core::{Args, Cause, Instant, Json, Localized, Outcome, Problem, Role, Stamp};
use longma_identity::{Document, mask};
use serde::Serialize;

/// The cards that a person holds at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wallet {
    /// The person's own card.
    pub own: Card,
    /// The cards of dependants.
    pub dependants: Vec<Held>,
    /// One problem for each document of somebody whose code the person may not hold now.
    pub refused: Vec<Problem>,
}

/// The card of a dependant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// JSON pointer to the dependant's record in the holder's facts.
    pub dependant: String,
    /// The dependant's relation to the holder.
    pub relation: String,
    /// The relation in words.
    pub relation_words: Localized,
    /// The first instant at which the holder may no longer hold the card; `None` if it has
    /// no end.
    pub until: Option<Stamp>,
    /// The card.
    pub card: Card,
}

/// The cards of a person and of the dependants whose codes the person may hold.
///
/// ```
/// # use longma_core::{plan::*, value::Value, *};
/// # let schema = r#"{"type": "object", "additionalProperties": false, "properties": {
/// #     "subject": {"type": "string", "enum": ["person"]},
/// #     "identity": {"type": "object", "additionalProperties": false, "properties": {
/// #         "name": {"type": "string"}}}}}"#;
/// # let level = |name: &str| Level {
/// #     name: name.into(), caption: Localized::same(name), colour: name.into(),
/// # };
/// # let decision = Decision {
/// #     name: "proxy".into(), declared_by: "62/2022-03-07".into(),
/// #     caption: Localized::same("proxy"), roles: Roles::new([Role::Proxy], None),
/// #     levels: vec![level("none"), level("held")], rules: Vec::new(),
/// # };
/// # let plan = Plan {
/// #     subject: "person".into(), offset: Offset::CHINA, params: Value::Bool(true),
/// #     decisions: vec![decision],
/// # };
/// # let own = Part { packs: ["62/2022-03-07".to_owned()].into(), plan: plan.into() };
/// # let descents = vec![Descent { span: Span::ALWAYS, own, above: None }];
/// # let pack = Pack {
/// #     id: PackId::read("62/2022-03-07"), version: "1".into(), title: Localized::default(),
/// #     effective: Span::ALWAYS, offset: Offset::CHINA, corrections: None,
/// #     signers: Vec::new(), descents,
/// # };
/// # let schemas = [("person".to_owned(), Schema::read(schema, "schema")?)].into();
/// # let contents = Contents { schemas, packs: vec![pack], ..Contents::default() };
/// # let catalogue = Catalogue::new(contents);
/// # let request = Request { region: Some("620102"), ..Request::default() };
/// use longma_passes::{Code, proxy::wallet};
///
/// let outcome = |name: &str| {
///     let facts = format!(r#"{{"subject": "person", "identity": {{"name": "{name}"}}}}"#);
///     catalogue.evaluate(&facts, request)
/// };
/// let now = Instant::parse("2022-07-08T21:00:00+08:00").unwrap();
/// // No cause lets the holder hold another person's code.
/// let wallet = wallet(&outcome("张三")?, &[&outcome("李四")?], now);
/// assert_eq!(wallet.own.holder.name, "张*");
/// assert!(wallet.dependants.is_empty());
/// assert!(wallet.refused[0].code == Code::ProxyRefused);
/// # Ok::<(), Problems>(())
/// ```
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
            let rests_on = held?.decision().evidence(cause);
            let pointer = rests_on.into_iter().find(|pointer| {
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
            dependant: pointer.clone(),
            relation: relation.to_owned(),
            relation_words: messages().say(&format!("relation-{relation}"), &Args::NONE),
            until: cause.span().until().map(write),
            card: card(other, now),
        });
    }
    wallet
}

/// Whether a dependant's record and a facts document are about the same person: the
/// same identity document and name, and the same birth date if the facts have one.
fn is(record: &Json, facts: &Json) -> bool {
    let document = |json: &Json, pointer: &str| {
        let text = |name: &str| json.text_at(&format!("{pointer}/document/{name}"));
        let (kind, number) = (text("type")?, text("number")?);
        Some(Document { kind, number }.key())
    };
    let same = |given: Option<String>, other: Option<String>| given.is_some() && given == other;
    let name = |json: &Json, pointer: &str| {
        let name = json.text_at(&format!("{pointer}/name"));
        name.map(longma_identity::name)
    };
    let born = facts.text_at("/identity/birth_date");
    let age = born.is_none_or(|born| record.text_at("/birth_date") == Some(born));
    same(document(record, ""), document(facts, "/identity"))
        && same(name(record, ""), name(facts, "/identity"))
        && age
}
