//! The kinds of values in generated scripts, and the records of their schema.

use serde_json::{Map, Value as Json, json};

/// A closed list of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    Kind,
    Result,
    Mark,
    Grade,
}

impl Words {
    pub(super) const fn all(self) -> &'static [&'static str] {
        match self {
            Self::Kind => &["close", "secondary", "passing"],
            Self::Result => &["negative", "positive", "unclear"],
            Self::Mark => &["fever", "cough", "rash"],
            Self::Grade => &["low", "medium", "high"],
        }
    }
}

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rec {
    Visit,
    Check,
    Step,
    Origin,
    Profile,
    Params,
    /// A row of the table, found by its whole key.
    Zone,
    /// Rows of the table, merged over places: they have no place.
    Around,
}

/// A kind of value that is not a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int,
    Text(Option<Words>),
    Instant,
    Date,
    Elapsed,
    Days,
    Temperature,
    Series,
    When,
    Cause,
    Record(Rec),
    Table,
    Timeline,
}

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ty {
    One(Kind),
    List(Kind),
}

impl Ty {
    /// Whether a value of this type can stand for one of type `wanted`.
    pub(super) fn fits(self, wanted: Self) -> bool {
        match (self, wanted) {
            (Self::One(Kind::Text(_)), Self::One(Kind::Text(None)))
            | (Self::List(Kind::Text(_)), Self::List(Kind::Text(None))) => true,
            _ => self == wanted,
        }
    }
}

/// A field of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) ty: Ty,
    pub(super) optional: bool,
}

const fn has(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        ty: Ty::One(kind),
        optional: false,
    }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        ty: Ty::One(kind),
        optional: true,
    }
}

const fn list(name: &'static str, kind: Kind, optional: bool) -> Field {
    Field {
        name,
        ty: Ty::List(kind),
        optional,
    }
}

const VISIT: &[Field] = &[
    has("at", Kind::Instant),
    may("left", Kind::Instant),
    may("seen", Kind::Instant),
    has("day", Kind::Date),
    may("due", Kind::Date),
    has("kind", Kind::Text(Some(Words::Kind))),
    has("province", Kind::Text(None)),
    may("city", Kind::Text(None)),
    may("note", Kind::Text(None)),
    has("weight", Kind::Int),
    may("extra", Kind::Int),
    may("heat", Kind::Temperature),
    has("sure", Kind::Bool),
    may("urgent", Kind::Bool),
    list("marks", Kind::Text(Some(Words::Mark)), true),
    list("steps", Kind::Record(Rec::Step), false),
    list("days", Kind::Date, false),
    has("origin", Kind::Record(Rec::Origin)),
    may("detail", Kind::Record(Rec::Origin)),
];

const CHECK: &[Field] = &[
    has("taken", Kind::Instant),
    may("told", Kind::Instant),
    has("result", Kind::Text(Some(Words::Result))),
    has("count", Kind::Int),
    has("day", Kind::Date),
    may("heat", Kind::Temperature),
    list("hits", Kind::Int, true),
];

const STEP: &[Field] = &[
    has("at", Kind::Instant),
    has("score", Kind::Int),
    may("until", Kind::Instant),
    may("mark", Kind::Text(Some(Words::Mark))),
];

const ORIGIN: &[Field] = &[
    has("code", Kind::Text(None)),
    may("since", Kind::Instant),
    has("depth", Kind::Int),
    may("warm", Kind::Bool),
];

const PROFILE: &[Field] = &[
    has("opened", Kind::Instant),
    may("closed", Kind::Instant),
    has("born", Kind::Date),
    has("risk", Kind::Int),
    may("grade", Kind::Text(Some(Words::Grade))),
];

const PARAMS: &[Field] = &[
    has("window", Kind::Days),
    has("lag", Kind::Days),
    has("wait", Kind::Elapsed),
    has("pause", Kind::Elapsed),
    has("limit", Kind::Int),
    has("nth", Kind::Int),
    has("fever", Kind::Temperature),
    has("word", Kind::Text(Some(Words::Kind))),
    list("kinds", Kind::Text(Some(Words::Kind)), false),
    list("watched", Kind::Text(Some(Words::Mark)), false),
    list("gaps", Kind::Days, false),
    list("spans", Kind::Elapsed, false),
    list("counts", Kind::Int, false),
    list("fevers", Kind::Temperature, false),
];

const ZONE: &[Field] = &[
    has("from", Kind::Instant),
    may("until", Kind::Instant),
    has("grade", Kind::Text(Some(Words::Grade))),
    may("score", Kind::Int),
    has("province", Kind::Text(None)),
    may("city", Kind::Text(None)),
];

impl Rec {
    pub(super) const fn fields(self) -> &'static [Field] {
        match self {
            Self::Visit => VISIT,
            Self::Check => CHECK,
            Self::Step => STEP,
            Self::Origin => ORIGIN,
            Self::Profile => PROFILE,
            Self::Params => PARAMS,
            Self::Zone => ZONE,
            Self::Around => ZONE.split_at(4).0,
        }
    }
}

/// The sections of the facts that are lists, with their records.
pub(super) const SECTIONS: &[(&str, Rec)] = &[("visits", Rec::Visit), ("checks", Rec::Check)];

fn schema_of(kind: Kind) -> Json {
    match kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Int => json!({ "type": "integer" }),
        Kind::Text(None) => json!({ "type": "string", "minLength": 1, "maxLength": 40 }),
        Kind::Text(Some(words)) => json!({ "type": "string", "enum": words.all() }),
        Kind::Instant => json!({ "type": "string", "format": "date-time" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Temperature => {
            json!({ "type": "number", "multipleOf": 0.1, "minimum": 30, "maximum": 45 })
        }
        Kind::Record(rec) => object(rec),
        // No other kind can stand in facts.
        _ => json!({}),
    }
}

fn object(rec: Rec) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in rec.fields() {
        let schema = match field.ty {
            Ty::One(kind) => schema_of(kind),
            Ty::List(kind) => json!({ "type": "array", "items": schema_of(kind) }),
        };
        properties.insert(field.name.to_owned(), schema);
        if !field.optional {
            required.push(field.name);
        }
    }
    let mut object = json!({
        "type": "object", "title": format!("{rec:?}"), "additionalProperties": false,
        "required": required, "properties": properties,
    });
    let span = match rec {
        Rec::Visit => Some(["at", "left"]),
        Rec::Zone => Some(["from", "until"]),
        _ => None,
    };
    if let (Some(span), Some(members)) = (span, object.as_object_mut()) {
        members.insert("x-span".to_owned(), json!(span));
    }
    object
}

/// The schema of the facts.
pub(super) fn facts_schema() -> String {
    let section = |rec| json!({ "type": "array", "items": object(rec) });
    let properties = json!({
        "subject": { "type": "string", "enum": ["sample"] },
        "identity": {
            "type": "object", "title": "Identity", "additionalProperties": false,
            "required": ["name", "region"],
            "properties": {
                "name": { "type": "string", "minLength": 1, "maxLength": 20 },
                "region": { "type": "string", "pattern": "^[0-9]{6}$" },
            },
        },
        "profile": object(Rec::Profile),
        "visits": section(Rec::Visit),
        "checks": section(Rec::Check),
    });
    let schema = json!({
        "type": "object", "title": "Sample", "additionalProperties": false,
        "required": ["subject", "identity"], "properties": properties,
    });
    schema.to_string()
}

/// The table of places of generated packs.
pub(super) const PLACES: &str = "code,name,level,within,also,since,until,now
110000,甲省,province,,,,,
120000,乙省,province,,,,,
620000,样例省,province,,,,,
620100,样例市,city,620000,,,,
620102,样例区,county,620100,,,,
";

/// The schema of the table's rows.
pub(super) fn table_schema() -> String {
    let mut row = object(Rec::Zone);
    if let Some(members) = row.as_object_mut() {
        members.insert("x-key".to_owned(), json!(["province", "city"]));
        members.insert("x-places".to_owned(), json!(["province"]));
    }
    row.to_string()
}
