//! Documents within every limit that made outcomes, problems or searches explode.

use longma_core::limits;
use std::fmt::Write as _;

/// Each attack that the project's packs are decided with: its name, the facts, and a list
/// of risk areas.
#[must_use]
pub fn all() -> Vec<(&'static str, String, String)> {
    let none = one_place(0, "");
    let many = || one_place(20_000, "测试小区");
    vec![
        ("companions", companions(3_000, 8_000), none.clone()),
        ("tests", tests(3_000), none.clone()),
        ("stays", stays(1_000, "测试小区"), many()),
        ("year", year(365, 100, 60, 40, "测试小区"), none),
    ]
}

/// Bytes of memory that deciding a document may take, its outcome's JSON included: 60 for
/// each of its own, and however small it is what rules may keep, in a vector that has just
/// grown, and the causes made of it.
#[must_use]
pub fn memory(facts: usize) -> usize {
    60 * facts + limits::KEPT * 8 * 3
}

/// A document with these sections; all other sections that a colour reads are empty.
#[must_use]
pub fn person(sections: &[(&str, String)]) -> String {
    let mut text = concat!(
        r#"{"subject":"person","identity":{"name":"样甲","#,
        r#""document":{"type":"other","number":"TEST-1"},"region":"620102"}"#
    )
    .to_owned();
    for name in [
        "issuance",
        "diagnoses",
        "contacts",
        "stays",
        "entries",
        "tests",
        "vaccinations",
        "symptoms",
        "isolation",
        "flags",
        "visits",
        "arrivals",
        "check_ins",
        "dependants",
        "overrides",
    ] {
        let given = sections.iter().find(|(section, _)| *section == name);
        let items = given.map_or("", |(_, items)| items);
        // Writing to a text cannot fail.
        let _ = write!(text, r#","{name}":[{items}]"#);
    }
    text + "}"
}

/// So many records, each written from its number.
#[must_use]
pub fn records(count: u32, record: impl Fn(u32) -> String) -> String {
    let records: Vec<String> = (0..count).map(record).collect();
    records.join(",")
}

/// An instant so many minutes after 2022-01-01 began, within 28-day months.
#[must_use]
pub fn minute(minutes: u32) -> String {
    let (day, of_day) = (minutes / 1_440, minutes % 1_440);
    let (month, day) = (day / 28, day % 28 + 1);
    let (year, month) = (2022 + month / 12, month % 12 + 1);
    let (hour, minute) = (of_day / 60, of_day % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00+08:00")
}

/// Companions of cases who were taken off the list, and many doses beside them.
#[must_use]
pub fn companions(contacts: u32, doses: u32) -> String {
    let contact = |n| {
        format!(
            r#"{{"kind":"time_space","last_contact":"{}","identified_at":"{}","released_at":"{}"}}"#,
            minute(n * 7),
            minute(n * 7 + 1),
            minute(200_000 + n * 11)
        )
    };
    let dose = |n: u32| {
        format!(
            r#"{{"product":"CoronaVac","dose":1,"at":"2021-{:02}-{:02}"}}"#,
            n / 28 % 12 + 1,
            n % 28 + 1
        )
    };
    person(&[
        ("contacts", records(contacts, contact)),
        ("vaccinations", records(doses, dose)),
    ])
}

/// Negative tests from July 2022 on, one every quarter of an hour.
#[must_use]
pub fn tests(count: u32) -> String {
    let test = |n| {
        format!(
            r#"{{"method":"nucleic_acid","sampled_at":"{}","reported_at":"{}","result":"negative","pool_size":1}}"#,
            minute(280_000 + n * 15),
            minute(280_000 + n * 15 + 300)
        )
    };
    person(&[("tests", records(count, test))])
}

/// Codes that will have been issued.
#[must_use]
pub fn future(count: u32) -> String {
    let issued = |n| format!(r#"{{"issued_at":"2030-01-01T00:00:{:02}+08:00"}}"#, n % 60);
    person(&[("issuance", records(count, issued))])
}

/// Stays in one community, a day each.
#[must_use]
pub fn stays(count: u32, community: &str) -> String {
    let stay = |n| {
        format!(
            r#"{{"province":"甘肃省","city":"兰州市","county":"城关区","community":"{community}","arrived":"{}","left":"{}"}}"#,
            minute(n * 60),
            minute(n * 60 + 1_440)
        )
    };
    person(&[("stays", records(count, stay))])
}

/// A list of risk areas with so many rows of one community, an hour each.
#[must_use]
pub fn one_place(rows: u32, community: &str) -> String {
    let mut csv = "province,city,county,community,level,from,until\n".to_owned();
    for n in 0..rows {
        let _ = writeln!(
            csv,
            "甘肃省,兰州市,城关区,{community},high,{},{}",
            minute(n % 400_000),
            minute(n % 400_000 + 60)
        );
    }
    csv
}

/// A rule that rests each cause on every record.
pub const EVERY_FOR_EACH: &str =
    "let all = tests; tests.map(|t| red(t.sampled_at, t.sampled_at + minutes(10)).because(all))";

/// No attack but a life: a nurse who was tested every day of a year, and reported her
/// health as often, with so many stays, contacts, isolations and doses. Every other stay is
/// in this community. Contacts, tests and stays spread over the year.
#[must_use]
#[allow(clippy::too_many_lines, reason = "one closure for each section")]
pub fn year(tests: u32, stays: u32, contacts: u32, doses: u32, community: &str) -> String {
    const DAY: u32 = 1_440;
    let every = |count: u32| 336 * DAY / count.max(1);
    let test = |n: u32| {
        let at = n * every(tests);
        let result = if n % 120 == 119 {
            "positive"
        } else {
            "negative"
        };
        format!(
            r#"{{"method":"nucleic_acid","sampled_at":"{}","reported_at":"{}","result":"{result}","pool_size":{}}}"#,
            minute(at),
            minute(at + 600),
            1 + n % 2 * 9
        )
    };
    let stay = |n: u32| {
        let at = n * every(stays);
        let place = if n.is_multiple_of(2) {
            community
        } else {
            "别处花园"
        };
        format!(
            r#"{{"province":"甘肃省","city":"兰州市","county":"城关区","community":"{place}","arrived":"{}","left":"{}","key_area":{}}}"#,
            minute(at),
            minute(at + 2 * DAY),
            n.is_multiple_of(3)
        )
    };
    let contact = |n: u32| {
        let at = n * every(contacts);
        let kind = match n % 3 {
            0 => "close",
            1 => "secondary",
            _ => "time_space",
        };
        format!(
            r#"{{"kind":"{kind}","last_contact":"{}","identified_at":"{}"}}"#,
            minute(at),
            minute(at + 300)
        )
    };
    let isolated = |n: u32| {
        let at = n * every(contacts);
        format!(
            r#"{{"kind":"home","reason":"close_contact","from":"{}","until":"{}"}}"#,
            minute(at + 300),
            minute(at + 7 * DAY)
        )
    };
    let dose = |n: u32| {
        format!(
            r#"{{"product":"CoronaVac","dose":1,"at":"2021-{:02}-{:02}"}}"#,
            n / 28 % 12 + 1,
            n % 28 + 1
        )
    };
    let issued = |n: u32| format!(r#"{{"issued_at":"{}"}}"#, minute(n * DAY));
    let check_in = |n: u32| {
        format!(
            r#"{{"at":"{}","temperature":36.5,"symptoms":[]}}"#,
            minute(n * DAY + 60)
        )
    };
    let visit = |n: u32| {
        format!(
            r#"{{"venue":"TEST-{}","digest":"{:064x}","entered_at":"{}","left_at":"{}","presence":"on_site"}}"#,
            n % 7,
            n % 7,
            minute(n * DAY + 400),
            minute(n * DAY + 700)
        )
    };
    let arrival = |n: u32| {
        let at = n * every(contacts);
        format!(
            r#"{{"arrived_at":"{}","province":"青海省","city":"西宁市","county":"城东区","risk":"high","reported_at":"{}"}}"#,
            minute(at),
            minute(at + 60)
        )
    };
    let diagnosis = |n: u32| {
        format!(
            r#"{{"kind":"asymptomatic","diagnosed_at":"{}","resolved_at":"{}","discharged_at":"{}"}}"#,
            minute(n * 90 * DAY),
            minute(n * 90 * DAY + 9 * DAY),
            minute(n * 90 * DAY + 10 * DAY)
        )
    };
    person(&[
        ("issuance", records(tests, issued)),
        ("diagnoses", records(4, diagnosis)),
        ("contacts", records(contacts, contact)),
        ("stays", records(stays, stay)),
        ("tests", records(tests, test)),
        ("vaccinations", records(doses, dose)),
        ("isolation", records(contacts, isolated)),
        ("visits", records(tests, visit)),
        ("arrivals", records(contacts, arrival)),
        ("check_ins", records(tests, check_in)),
    ])
}
