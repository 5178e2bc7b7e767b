//! Invented persons, the same for the same seed on every machine.
//!
//! Times cluster around the days on which policies change. Records are few or many,
//! sections are sometimes absent, and about half of the stays are at places in the
//! sample list of risk areas.

use longma_core::{Instant, Offset};
use longma_desk::dice::Dice;
use serde_json::{Map, Value as Json, json};

/// Days around which times cluster: policy changes, and the outbreak in the sample.
const DAYS: &[&str] = &[
    "2020-02-21T00:00:00+08:00",
    "2020-03-19T00:00:00+08:00",
    "2021-10-25T00:00:00+08:00",
    "2022-03-07T00:00:00+08:00",
    "2022-06-28T00:00:00+08:00",
    "2022-07-10T00:00:00+08:00",
    "2022-11-11T00:00:00+08:00",
    "2022-12-07T00:00:00+08:00",
    "2023-01-08T00:00:00+08:00",
];

/// A moment within 20 days of one of [`DAYS`], often on a full hour.
fn time(dice: &mut Dice) -> i64 {
    let day = Instant::parse(dice.pick(DAYS)).map_or(0, Instant::unix);
    let near = i64::try_from(dice.below(40 * 24 * 3_600)).unwrap_or(0) - 20 * 24 * 3_600;
    match dice.below(3) {
        0 => day + near,
        1 => day + near / 3_600 * 3_600,
        _ => day + near / 86_400 * 86_400,
    }
}

fn after(dice: &mut Dice, time: i64, hours: u64) -> i64 {
    time + i64::try_from(dice.below(hours * 3_600)).unwrap_or(0) + 1
}

fn text(unix: i64) -> Json {
    let instant = Instant::from_unix(unix).map(|t| t.to_rfc3339(Offset::CHINA));
    Json::String(instant.unwrap_or_default())
}

fn date(unix: i64) -> Json {
    let day = Instant::from_unix(unix).map(|t| t.date(Offset::CHINA).to_string());
    Json::String(day.unwrap_or_default())
}

/// The facts document for this seed.
#[must_use]
pub fn person(seed: u64) -> Json {
    let dice = &mut Dice::new(seed);
    let regions = ["620102", "620103", "621202", "620000", "110101"];
    let mut facts = Map::new();
    facts.insert("subject".into(), json!("person"));
    facts.insert(
        "identity".into(),
        json!({
            "name": format!("测试{seed}"),
            "document": { "type": "other", "number": format!("TEST-{seed}") },
            "region": dice.pick(&regions),
        }),
    );
    for (name, record) in SECTIONS {
        if dice.once_in(12) {
            continue;
        }
        let most = if dice.once_in(10) { 12 } else { 4 };
        let count = dice.below(most);
        let records = (0..count).map(|_| record(dice)).collect();
        facts.insert((*name).to_owned(), Json::Array(records));
    }
    Json::Object(facts)
}

type Section = (&'static str, fn(&mut Dice) -> Json);

const SECTIONS: &[Section] = &[
    ("issuance", |dice| json!({ "issued_at": text(time(dice)) })),
    ("diagnoses", diagnosis),
    ("contacts", contact),
    ("stays", stay),
    (
        "entries",
        |dice| json!({ "entered_at": text(time(dice)), "country": "KAZ" }),
    ),
    ("tests", test),
    ("vaccinations", vaccination),
    ("symptoms", symptom),
    ("isolation", isolation),
    ("flags", flag),
    ("visits", visit),
    ("arrivals", arrival),
    ("check_ins", check_in),
    ("dependants", dependant),
    ("overrides", manual),
];

fn with(mut record: Json, dice: &mut Dice, name: &str, time: i64) -> Json {
    if !dice.once_in(3)
        && let Some(members) = record.as_object_mut()
    {
        members.insert(name.to_owned(), text(time));
    }
    record
}

fn diagnosis(dice: &mut Dice) -> Json {
    let at = time(dice);
    let resolved = after(dice, at, 400);
    let kind = dice.pick(&["confirmed", "asymptomatic", "suspected", "re_positive"]);
    let record = json!({ "kind": kind, "diagnosed_at": text(at) });
    let record = with(record, dice, "resolved_at", resolved);
    with(record, dice, "discharged_at", resolved)
}

fn contact(dice: &mut Dice) -> Json {
    let last = time(dice);
    let identified = after(dice, last, 72);
    let released = after(dice, identified, 400);
    let record = json!({
        "kind": dice.pick(&["close", "secondary", "time_space"]),
        "last_contact": text(last),
        "identified_at": text(identified),
    });
    if dice.once_in(3) {
        with(record, dice, "released_at", released)
    } else {
        record
    }
}

fn stay(dice: &mut Dice) -> Json {
    let arrived = time(dice);
    let left = after(dice, arrived, 200);
    let areas = crate::sample_areas();
    let rows: Vec<&str> = areas.lines().skip(1).collect();
    let place: Vec<&str> = dice.pick(&rows).split(',').collect();
    let part = |index: usize| place.get(index).copied().unwrap_or_default();
    let listed = !part(3).is_empty() && dice.once_in(2);
    let community = if listed { part(3) } else { "无名村" };
    let record = json!({
        "province": part(0), "city": part(1), "county": part(2), "community": community,
        "arrived": text(arrived), "key_area": dice.once_in(6),
    });
    with(record, dice, "left", left)
}

fn test(dice: &mut Dice) -> Json {
    let sampled = time(dice);
    let pool = if dice.once_in(3) { 10 } else { 1 };
    json!({
        "method": dice.pick(&["nucleic_acid", "nucleic_acid", "nucleic_acid", "antigen"]),
        "sampled_at": text(sampled),
        "reported_at": text(after(dice, sampled, 30)),
        "result": dice.pick(&["negative", "negative", "negative", "positive", "inconclusive"]),
        "pool_size": pool,
    })
}

fn vaccination(dice: &mut Dice) -> Json {
    let products = [
        "CoronaVac",
        "BBIBP-CorV",
        "WIBP-CorV",
        "Convidecia",
        "ZF2001",
        "other",
    ];
    json!({
        "product": dice.pick(&products),
        "dose": dice.below(4) + 1,
        "at": date(time(dice)),
    })
}

fn symptom(dice: &mut Dice) -> Json {
    let onset = time(dice);
    let ended = after(dice, onset, 200);
    let record = json!({ "kind": dice.pick(&["fever", "cough"]), "onset": text(onset) });
    let record = with(record, dice, "ended_at", ended);
    with(record, dice, "ruled_out_at", ended)
}

fn isolation(dice: &mut Dice) -> Json {
    let from = time(dice);
    let until = after(dice, from, 400);
    let kinds = ["central", "home", "monitoring"];
    let reasons = [
        "entry",
        "close_contact",
        "secondary_contact",
        "risk_area",
        "other",
    ];
    let record = json!({
        "kind": dice.pick(&kinds), "reason": dice.pick(&reasons),
        "from": text(from), "until": text(until),
    });
    with(record, dice, "released_at", until)
}

fn flag(dice: &mut Dice) -> Json {
    let raised = time(dice);
    let cleared = after(dice, raised, 400);
    let kind = dice.pick(&["mass_testing_missed", "national_high_risk"]);
    with(
        json!({ "kind": kind, "raised_at": text(raised) }),
        dice,
        "cleared_at",
        cleared,
    )
}

fn visit(dice: &mut Dice) -> Json {
    let entered = time(dice);
    let left = after(dice, entered, 12);
    let mut record = json!({
        "venue": format!("TEST-{}", dice.below(5)),
        "entered_at": text(entered),
        "presence": dice.pick(&["on_site", "on_site", "registered", "forwarded"]),
    });
    let digest = format!("{:064x}", dice.below(5));
    if !dice.once_in(6)
        && let Some(members) = record.as_object_mut()
    {
        members.insert("digest".to_owned(), Json::from(digest));
    }
    with(record, dice, "left_at", left)
}

fn arrival(dice: &mut Dice) -> Json {
    let arrived = time(dice);
    let reported = after(dice, arrived, 48);
    let record = json!({
        "arrived_at": text(arrived), "province": "测试省", "city": "测试市", "county": "测试县",
        "risk": dice.pick(&["none", "low", "medium", "high"]),
    });
    with(record, dice, "reported_at", reported)
}

fn check_in(dice: &mut Dice) -> Json {
    // 36.0 to 38.9, built from tenths so that the JSON number is exact.
    let tenths = 360 + dice.below(30);
    let degrees = format!("{}.{}", tenths / 10, tenths % 10);
    let degrees: Json = serde_json::from_str(&degrees).unwrap_or_default();
    let none: &[&str] = &[];
    let symptoms = [none, none, &["fever"], &["cough", "fatigue"]];
    json!({
        "at": text(time(dice)), "temperature": degrees,
        "symptoms": dice.choose(&symptoms), "contact": dice.once_in(6),
    })
}

fn dependant(dice: &mut Dice) -> Json {
    let registered = time(dice);
    let born = registered - 86_400 * (17 * 365 + i64::try_from(dice.below(800)).unwrap_or(0));
    let revoked = after(dice, registered, 4_000);
    let number = dice.below(1_000);
    let record = json!({
        "relation": dice.pick(&["child", "grandchild", "parent", "grandparent", "ward"]),
        "name": format!("测试{number}"),
        "document": { "type": "other", "number": format!("TEST-D{number}") },
        "birth_date": date(born), "evidence": "household_register",
        "registered_at": text(registered),
    });
    with(record, dice, "revoked_at", revoked)
}

fn manual(dice: &mut Dice) -> Json {
    let from = time(dice);
    json!({
        "decision": "code", "level": dice.pick(&["yellow", "red"]),
        "from": text(from), "until": text(after(dice, from, 200)),
        "reason": "测试",
        "officers": [
            { "name": "甲", "office": "测试", "number": "A-1" },
            { "name": "乙", "office": "测试", "number": "B-2" },
        ],
    })
}
