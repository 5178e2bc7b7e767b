//! Small documents and tables for the schemas of generated packs.

use super::choices::Choices;
use super::shape::{Field, Kind, Rec, SECTIONS, Ty};
use longma_core::{Instant, Offset};
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;

/// 2022-01-01T00:00:00+08:00.
const START: i64 = 1_640_966_400;
const DAY: i64 = 86_400;
/// The first and the last day on which a time can be.
const EDGES: &[(&str, &str)] = &[
    ("0001-01-03T00:00:00Z", "0001-01-03"),
    ("9999-12-29T23:59:59Z", "9999-12-29"),
    ("9999-12-29T00:00:00+08:00", "9999-12-28"),
];
/// Provinces with what is in them. Some are written in short, one is known to nobody, and some are nearly others.
const PLACES: &[(&str, &[&str])] = &[
    ("甲省", &["一号样例小区", "二市"]),
    ("甲", &["一号样例小区三楼", "二市"]),
    ("乙省", &["三市"]),
    ("丙省", &["三市"]),
];

/// Values of one document.
struct Doc<'c, 'b> {
    c: &'c mut Choices<'b>,
    /// How often in 100 a time is at an end of the range.
    edges: usize,
    /// How often in 100 an optional field is left out.
    gaps: usize,
    /// When the last time drawn was, so that others follow it or equal it.
    at: i64,
}

/// A facts document.
#[must_use]
pub fn facts(c: &mut Choices<'_>) -> Json {
    let edges = c.pick(&[0, 0, 0, 8]).unwrap_or(0);
    let gaps = c.pick(&[40, 15, 70]).unwrap_or(0);
    let at = START;
    let mut doc = Doc { c, edges, gaps, at };
    let mut facts = Map::new();
    facts.insert("subject".into(), json!("sample"));
    facts.insert(
        "identity".into(),
        json!({ "name": "测试", "region": "620102" }),
    );
    if !doc.c.chance(3) {
        facts.insert("profile".into(), doc.record(Rec::Profile));
    }
    for (section, rec) in SECTIONS {
        if doc.c.chance(3) {
            continue;
        }
        let most = doc.c.pick(&[4, 4, 7, 1]).unwrap_or(0);
        let count = doc.c.below(most + 1);
        let mut records: Vec<Json> = Vec::new();
        for _ in 0..count {
            // The same record twice is legal, and sorts next to itself.
            let again = records.last().cloned().filter(|_| doc.c.chance(8));
            let record = again.unwrap_or_else(|| doc.record(*rec));
            records.push(record);
        }
        facts.insert((*section).to_owned(), Json::Array(records));
    }
    Json::Object(facts)
}

/// The table of generated packs, as CSV.
#[must_use]
pub fn rows(c: &mut Choices<'_>) -> String {
    let mut text = String::from("province,city,grade,score,from,until\n");
    let count = c.below(7);
    let mut doc = Doc {
        c,
        edges: 0,
        gaps: 40,
        at: START,
    };
    for _ in 0..count {
        let place = doc.c.pick(PLACES).unwrap_or(("甲省", &[]));
        // A row without a city is about its whole province.
        let city = if doc.c.chance(30) {
            ""
        } else {
            doc.c.word(place.1)
        };
        let grade = doc.c.word(super::shape::Words::Grade.all());
        let score = if doc.c.chance(50) {
            String::new()
        } else {
            doc.c.below(9).to_string()
        };
        let from = doc.time(0);
        let until = if doc.c.chance(30) {
            String::new()
        } else {
            doc.time(1)
        };
        let _ = writeln!(text, "{},{city},{grade},{score},{from},{until}", place.0);
    }
    text
}

impl Doc<'_, '_> {
    fn record(&mut self, rec: Rec) -> Json {
        let mut members = Map::new();
        let place = self.c.pick(PLACES).unwrap_or(("甲省", &[]));
        for field in rec.fields() {
            if field.optional && self.c.chance(self.gaps) {
                continue;
            }
            let value = match (field.name, field.ty) {
                ("province", _) => json!(place.0),
                ("city", _) => json!(self.c.word(place.1)),
                (_, Ty::One(kind)) => self.value(kind, field),
                (_, Ty::List(kind)) => {
                    let count = self.c.below(4);
                    (0..count).map(|_| self.value(kind, field)).collect()
                }
            };
            members.insert(field.name.to_owned(), value);
        }
        Json::Object(members)
    }

    fn value(&mut self, kind: Kind, field: &Field) -> Json {
        match kind {
            Kind::Bool => json!(self.c.chance(50)),
            Kind::Int => match self.c.weighted(&[30, 3, 1]) {
                0 => json!(self.c.below(9)),
                1 => json!(-1),
                _ => json!(i64::MAX - 1),
            },
            Kind::Text(Some(words)) => json!(self.c.word(words.all())),
            Kind::Instant => {
                let after = usize::from(field.optional);
                json!(self.time(after))
            }
            Kind::Date => {
                if self.c.chance(self.edges) {
                    return json!(self.c.pick(EDGES).map_or("", |edge| edge.1));
                }
                let near = self.days(0);
                let day = match field.name {
                    "born" => near - 20_000 * DAY,
                    _ => near,
                };
                let day = Instant::from_unix(day).map(|t| t.date(Offset::CHINA).to_string());
                json!(day)
            }
            // Tenths as text, so that the JSON number is exact.
            Kind::Temperature => {
                let tenths = 360 + self.c.below(30);
                let text = format!("{}.{}", tenths / 10, tenths % 10);
                serde_json::from_str(&text).unwrap_or_default()
            }
            Kind::Record(rec) => self.record(rec),
            _ => json!(self.c.word(&["north", "a", "乙", "south"])),
        }
    }

    /// A midnight near the others; not before the last one if `after` is 1.
    fn days(&mut self, after: usize) -> i64 {
        let days = self.c.number(12);
        match after {
            0 => START + days * DAY,
            _ => self.at + days * DAY,
        }
    }

    fn time(&mut self, after: usize) -> String {
        if self.c.chance(self.edges) {
            return self.c.pick(EDGES).map_or("", |edge| edge.0).to_owned();
        }
        // Few different times, so that many are equal.
        let day = self.days(after);
        let unix = match self.c.weighted(&[4, 3, 1]) {
            0 => day,
            1 => day + 3_600 * self.c.number(24),
            _ => day + i64::try_from(self.c.below(60_000)).unwrap_or(0),
        };
        if after == 0 {
            self.at = unix;
        }
        let offset = Offset::CHINA;
        let text = Instant::from_unix(unix).map(|t| t.to_rfc3339(offset));
        text.unwrap_or_default()
    }
}
