//! Facts as these peers are given them; the same as in `../../facts.mjs`.

use crate::Result;
use chrono::DateTime;
use serde_json::{Map, Value, json};

/// The end of what has none.
const FOREVER: i64 = 1 << 40;

fn seconds(text: &Value) -> Result<i64> {
    Ok(DateTime::parse_from_rfc3339(text.as_str().ok_or("no time")?)?.timestamp())
}

fn end(text: &Value) -> Result<i64> {
    if text.is_null() {
        Ok(FOREVER)
    } else {
        seconds(text)
    }
}

/// A person, as JSON text, as plain records with times in seconds.
pub fn read(json: &str, now: i64) -> Result<Value> {
    let person: Value = serde_json::from_str(json)?;
    let all = |section: &str, one: &dyn Fn(&Value) -> Result<Value>| -> Result<Value> {
        person[section]
            .as_array()
            .ok_or("a section is absent")?
            .iter()
            .map(one)
            .collect()
    };
    let mut facts = Map::new();
    let mut put = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    put("now", now.into());
    put(
        "overrides",
        all("overrides", &|o| {
            Ok(
                json!({ "level": o["level"], "from": seconds(&o["from"])?, "until": seconds(&o["until"])? }),
            )
        })?,
    );
    put(
        "diagnoses",
        all("diagnoses", &|d| {
            let ended = if d["resolved_at"].is_null() {
                &d["discharged_at"]
            } else {
                &d["resolved_at"]
            };
            Ok(json!({ "from": seconds(&d["diagnosed_at"])?, "until": end(ended)? }))
        })?,
    );
    put(
        "contacts",
        all("contacts", &|c| {
            let (last, identified) = (seconds(&c["last_contact"])?, seconds(&c["identified_at"])?);
            Ok(
                json!({ "kind": c["kind"], "last": last, "identified": identified, "released": end(&c["released_at"])? }),
            )
        })?,
    );
    put(
        "stays",
        all("stays", &|s| {
            let key_area = s["key_area"].as_bool() == Some(true);
            Ok(
                json!({ "key_area": key_area, "arrived": seconds(&s["arrived"])?, "left": end(&s["left"])? }),
            )
        })?,
    );
    put(
        "tests",
        all("tests", &|t| {
            let (sampled, reported) = (seconds(&t["sampled_at"])?, seconds(&t["reported_at"])?);
            Ok(
                json!({ "method": t["method"], "result": t["result"], "sampled": sampled, "reported": reported }),
            )
        })?,
    );
    put(
        "issuance",
        all("issuance", &|i| {
            Ok(json!({ "issued": seconds(&i["issued_at"])? }))
        })?,
    );
    put(
        "vaccinations",
        all("vaccinations", &|v| {
            let day = v["at"].as_str().ok_or("no day")?;
            let at = DateTime::parse_from_rfc3339(&format!("{day}T00:00:00+08:00"))?.timestamp();
            Ok(json!({ "product": v["product"], "at": at }))
        })?,
    );
    Ok(Value::Object(facts))
}

/// The same in single numbers: 0 stands for "none", and `FOREVER` for "never".
pub fn summary(json: &str, now: i64) -> Result<Vec<(&'static str, i64)>> {
    let facts = read(json, now)?;
    let number = |record: &Value, field: &str| record[field].as_i64().unwrap_or_default();
    let latest = |section: &str, field: &str, counts: &dyn Fn(&Value) -> bool| {
        let records = facts[section].as_array().into_iter().flatten();
        records
            .filter(|record| counts(record))
            .map(|record| number(record, field))
            .max()
            .unwrap_or_default()
    };
    let by_now = |record: &Value, field: &str| number(record, field) <= now;
    let nth = |count: usize, products: &[&str]| {
        let doses = facts["vaccinations"].as_array().into_iter().flatten();
        let of = doses.filter(|dose| {
            dose["product"]
                .as_str()
                .is_some_and(|it| products.contains(&it))
        });
        let mut days: Vec<i64> = of.map(|dose| number(dose, "at")).collect();
        days.sort_unstable();
        days.get(count - 1).copied().unwrap_or(FOREVER)
    };
    let set = |level: &str| {
        latest("overrides", "until", &|o| {
            o["level"] == level && by_now(o, "from")
        })
    };
    let held = |c: &Value| number(c, "released") > now;
    Ok(vec![
        ("now", now),
        ("set_red_until", set("red")),
        ("set_yellow_until", set("yellow")),
        (
            "diagnosed_until",
            latest("diagnoses", "until", &|d| by_now(d, "from")),
        ),
        (
            "close_contact",
            latest("contacts", "last", &|c| {
                c["kind"] == "close" && held(c) && by_now(c, "last")
            }),
        ),
        (
            "companion",
            latest("contacts", "identified", &|c| {
                c["kind"] == "time_space" && held(c) && by_now(c, "identified")
            }),
        ),
        (
            "key_area_left",
            latest("stays", "left", &|s| {
                s["key_area"] == true && by_now(s, "arrived")
            }),
        ),
        (
            "positive",
            latest("tests", "sampled", &|t| {
                t["result"] == "positive" && by_now(t, "reported")
            }),
        ),
        (
            "negative",
            latest("tests", "sampled", &|t| {
                t["result"] == "negative" && t["method"] == "nucleic_acid" && by_now(t, "reported")
            }),
        ),
        (
            "issued",
            latest("issuance", "issued", &|i| by_now(i, "issued")),
        ),
        (
            "inactivated",
            nth(2, &["CoronaVac", "BBIBP-CorV", "WIBP-CorV"]),
        ),
        ("vector", nth(1, &["Convidecia"])),
        ("recombinant", nth(3, &["ZF2001"])),
    ])
}
