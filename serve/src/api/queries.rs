//! Health query: what is known about a person, and what the rules say now.

use super::{Speech, region, stamp, written};
use crate::answer::{Body, ProblemBody, Refusal};
use crate::app::{App, Caller, unnamed};
use crate::people::{Known, Named, known};
use crate::store::Entry;
use axum::Json;
use axum::extract::State;
use longma_core::{Instant, Lang, Problems, Request};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The role of those who ask about others.
pub(crate) const OFFICER: &str = "officer";

/// A person's document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentBody {
    /// Its kind, as the schema of persons names it.
    #[schema(example = "resident_id")]
    r#type: String,
    /// Its number.
    #[schema(example = "999999199001010016")]
    number: String,
}

impl DocumentBody {
    pub(crate) fn named(&self) -> Named {
        Named {
            kind: self.r#type.clone(),
            number: self.number.clone(),
        }
    }
}

/// A health query.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HealthQuery {
    /// About whom; oneself if left out. Others are asked about by officers.
    #[serde(default)]
    document: Option<DocumentBody>,
    /// By whose rules; six digits. Those of where the person lives if left out.
    #[serde(default)]
    #[schema(example = "620102")]
    region: Option<String>,
}

/// What is known about a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthStatus {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// How many statements are known.
    statements: usize,
    /// The facts, merged from the statements: a document of the schema of persons.
    #[schema(value_type = Object)]
    facts: serde_json::Value,
    /// Where sources differ.
    differences: Vec<Difference>,
    /// What the rules say now.
    decisions: Vec<DecisionBody>,
}

/// Something that sources state differently. All of it is among the facts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Difference {
    /// The section.
    section: String,
    /// The fields that differ.
    fields: Vec<String>,
    /// What differs, in words.
    words: String,
}

/// What the rules say now about one question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionBody {
    /// Its name, such as `code`.
    decision: String,
    /// Its name for readers.
    name: String,
    /// Its level, or `unknown`.
    level: String,
    /// The highest level that is certain, if the level is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<String>,
    /// The level in words.
    words: String,
    /// Since when; left out if always.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Until when; left out if no end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Why, in words.
    reasons: Vec<String>,
}

/// 健康查询 health query: what is known about a person, and what the rules say now. It is
/// what the person's phone would decide from the same statements.
#[utoipa::path(
    post,
    path = "/v1/health-queries",
    tag = "GB/T 38963",
    security(("bearer" = [])),
    request_body = HealthQuery,
    responses(
        (status = 200, description = "What is known", body = HealthStatus),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "Not now", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn health_query(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Speech(lang): Speech,
    Body(query): Body<HealthQuery>,
) -> Result<Json<HealthStatus>, Refusal> {
    let now = app.now()?;
    let subject = match &query.document {
        None => app.keys.subjects.subject(caller.document()?),
        Some(about) => {
            let about = about.named();
            let own = caller.document().is_ok_and(|it| it.is(about.document()));
            if !own {
                caller.needs(OFFICER)?;
            }
            about.subject(&app)
        }
    };
    let kept = app.store.statements(&subject).await?;
    // Whoever looks at somebody's records leaves a row, also where there are none.
    let entry = Entry {
        at: now,
        actor: &caller.id,
        action: "query",
        subject: &subject,
        object: "",
    };
    app.store.write().await?.commit(&entry).await?;
    let of = query.region.unwrap_or_default();
    let status = app.work(now, move |app, loaded| {
        loaded.counts(now)?;
        let known = known(app, loaded, &subject, &kept, now)?;
        let request = Request {
            region: region(&of),
            references: Some(&loaded.references),
            ..Request::default()
        };
        let outcome = loaded.catalogue.decide(&known.facts, request)?;
        Ok(status(&known, kept.len(), &outcome, now, lang))
    });
    Ok(Json(status.await?))
}

fn status(
    known: &Known,
    statements: usize,
    outcome: &longma_core::Outcome,
    now: Instant,
    lang: Lang,
) -> HealthStatus {
    let readings = outcome.decisions().keys();
    let readings = readings.filter_map(|name| outcome.reading(name, now));
    let differences = known.merged.ledger.contradictions.iter();
    HealthStatus {
        at: written(now),
        statements,
        facts: serde_json::Value::Object(known.merged.facts.clone()),
        differences: differences
            .map(|it| Difference {
                section: it.section.clone(),
                fields: it.fields.clone(),
                words: it.message.get(lang).to_owned(),
            })
            .collect(),
        decisions: readings
            .map(|it| DecisionBody {
                decision: it.decision,
                name: it.name.get(lang).to_owned(),
                level: it.level,
                at_least: it.at_least,
                words: it.words.get(lang).to_owned(),
                since: stamp(it.since),
                until: stamp(it.until),
                reasons: (it.reasons.iter().map(|it| &it.caption))
                    .chain(&it.unknown_because)
                    .map(|it| it.get(lang).to_owned())
                    .collect(),
            })
            .collect(),
    }
}

/// Whom facts are about.
pub(crate) fn named(facts: &serde_json::Value) -> Result<Named, Problems> {
    crate::people::named(facts).ok_or_else(|| unnamed().into())
}
