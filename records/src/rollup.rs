//! 疫情监测系统: adds up the daily counts of fever clinics by county, city and province, and
//! names the clinics whose report is missing.
//!
//! A total is incomplete as long as some clinics have not reported. So each line says how
//! many should have reported and which have not: a quiet county and a silent one look
//! different. A document or a count that cannot be read is left out and told, so that one
//! clinic's mistake hides no other clinic.

use crate::code::Code;
use crate::document::{section, text};
use longma_core::{Date, Places, Problem, Problems};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Most days of one roll-up: ten years.
const DAYS: i64 = 3_653;
/// Most clinics times days of one roll-up: a line names the clinics that are missing, so
/// that these together are what an answer grows with. In life: the hundred hospitals of Gansu
/// for a year are a twenty-seventh.
const CLINIC_DAYS: usize = 1_000_000;

/// The counts of one region on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// GB/T 2260 code: `620102` is a county, `620100` a city, `620000` a province.
    pub region: String,
    /// The day.
    pub day: String,
    /// Fever visits at the clinics that reported.
    pub fever: u64,
    /// All visits at the clinics that reported.
    pub visits: u64,
    /// Number of clinics that reported.
    pub reported: usize,
    /// Number of clinics in the region.
    pub clinics: usize,
    /// Codes of the clinics that did not report.
    pub missing: Vec<String>,
}

/// Counts by region and day, with the problems found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RollUp {
    /// Number of clinics that the counts rest on; with none, nothing is known.
    pub clinics: usize,
    /// Provinces first, then cities, then counties; days in order within each region.
    pub lines: Vec<Line>,
    /// The first problems of the documents; `/3/…` points into the fourth document.
    pub problems: Vec<Problem>,
}

/// One clinic's counts for a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    fever: u64,
    visits: u64,
}

struct Clinic<'a> {
    code: &'a str,
    region: &'a str,
    days: BTreeMap<Date, Count>,
}

/// Adds up the clinics' counts for each day from `from` to `to`, both included. If a clinic
/// has two counts for one day, the one with more fever visits counts, as for its alert.
/// With the table of places, a code of former times counts for what the place is today, and
/// one that no place has is told.
///
/// # Errors
/// If `to` is before `from`, or there are more than 3653 days between them.
///
/// ```
/// use longma_core::Date;
/// use longma_records::rollup::roll_up;
/// let clinic = |code: &str, counts: serde_json::Value| {
///     let identity = serde_json::json!({ "code": code, "region": "620102" });
///     [("identity".to_owned(), identity), ("counts".to_owned(), counts)].into_iter().collect()
/// };
/// let clinics = [
///     clinic("A", serde_json::json!([{ "day": "2020-02-01", "fever": 3, "visits": 30 }])),
///     clinic("B", serde_json::json!([])),
/// ];
/// let day = Date::parse("2020-02-01").unwrap();
/// let rolled = roll_up(None, &clinics, day, day).unwrap();
/// let county = rolled.lines.last().unwrap();
/// assert_eq!((county.region.as_str(), county.fever), ("620102", 3));
/// assert_eq!((county.reported, county.clinics), (1, 2));
/// assert_eq!(county.missing, ["B"]);
/// assert_eq!(rolled.clinics, 2);
/// ```
pub fn roll_up(
    places: Option<&Places>,
    clinics: &[Map<String, Json>],
    from: Date,
    to: Date,
) -> Result<RollUp, Problem> {
    let days = to.minus(from).count() + 1;
    if days < 1 {
        let told = Problem::in_facts(Code::RollupOrder, "");
        return Err(told
            .with("from", from.to_string())
            .with("to", to.to_string()));
    }
    if days > DAYS {
        let told = Problem::in_facts(Code::RollupDays, "");
        return Err(told.with("days", days).with("limit", DAYS));
    }
    let mut problems = Problems::default();
    let mut known: BTreeMap<&str, Clinic<'_>> = BTreeMap::new();
    for (index, facts) in clinics.iter().enumerate() {
        let Some(clinic) = clinic(places, index, facts, &mut problems) else {
            continue;
        };
        if known.contains_key(clinic.code) {
            let place = format!("/{index}/identity/code");
            problems.push(Problem::in_facts(Code::RollupTwice, place).with("code", clinic.code));
        } else {
            known.insert(clinic.code, clinic);
        }
    }
    let clinic_days = known
        .len()
        .saturating_mul(usize::try_from(days).unwrap_or(usize::MAX));
    if clinic_days > CLINIC_DAYS {
        let told = Problem::in_facts(Code::RollupSize, "");
        return Err(told
            .with("clinics", known.len())
            .with("days", days)
            .with("limit", CLINIC_DAYS));
    }
    let mut regions: BTreeMap<(u8, String), Vec<&Clinic<'_>>> = BTreeMap::new();
    for clinic in known.values() {
        for (depth, region) in above(places, clinic.region) {
            regions.entry((depth, region)).or_default().push(clinic);
        }
    }
    let mut lines = Vec::new();
    for ((_, region), clinics) in &regions {
        let mut day = Some(from);
        while let Some(today) = day.filter(|day| *day <= to) {
            lines.push(line(region, today, clinics));
            day = today.plus(longma_core::Days::new(1));
        }
    }
    Ok(RollUp {
        clinics: known.len(),
        lines,
        problems: problems.into_iter().collect(),
    })
}

fn line(region: &str, day: Date, clinics: &[&Clinic<'_>]) -> Line {
    let counts = clinics.iter().map(|clinic| (clinic, clinic.days.get(&day)));
    let missing: Vec<String> = counts
        .clone()
        .filter(|(_, count)| count.is_none())
        .map(|(clinic, _)| clinic.code.to_owned())
        .collect();
    let given = counts.filter_map(|(_, count)| count);
    let (fever, visits) = given.fold((0_u64, 0_u64), |(fever, visits), count| {
        (
            fever.saturating_add(count.fever),
            visits.saturating_add(count.visits),
        )
    });
    Line {
        region: region.to_owned(),
        day: day.to_string(),
        fever,
        visits,
        reported: clinics.len() - missing.len(),
        clinics: clinics.len(),
        missing,
    }
}

/// The codes of a region's province (0), city (1) and county (2), as far as it has them.
fn above(places: Option<&Places>, region: &str) -> BTreeSet<(u8, String)> {
    if let Some(places) = places {
        return (0..).zip(places.codes_above(region)).collect();
    }
    let cut = |digits: usize| format!("{:0<6}", region.get(..digits).unwrap_or_default());
    let mut all = BTreeSet::from([(0, cut(2))]);
    for (depth, digits) in [(1, 4), (2, 6)] {
        // If the further digits are zero, the region is itself the city or province.
        if cut(digits) != cut(digits - 2) {
            all.insert((depth, cut(digits)));
        }
    }
    all
}

fn clinic<'a>(
    places: Option<&Places>,
    index: usize,
    facts: &'a Map<String, Json>,
    problems: &mut Problems,
) -> Option<Clinic<'a>> {
    let identity = facts.get("identity").and_then(Json::as_object);
    let region = identity.and_then(|it| text(it, "region"));
    let code = identity.and_then(|it| text(it, "code"));
    let right = |region: &&str| match places {
        Some(places) => places.has_code(region),
        None => region.len() == 6 && region.bytes().all(|b| b.is_ascii_digit()),
    };
    let (Some(region), Some(code)) = (region.filter(right), code) else {
        let found = region.unwrap_or("—");
        let place = format!("/{index}/identity/region");
        problems.push(Problem::in_facts(Code::RollupRegion, place).with("found", found));
        return None;
    };
    let mut days: BTreeMap<Date, Count> = BTreeMap::new();
    for (pointer, record) in section(facts, "counts") {
        let number = |name: &str| record.get(name).and_then(Json::as_u64);
        let written = text(record, "day").unwrap_or("—");
        let read = Date::parse(written).ok().zip(number("fever"));
        let Some(((day, fever), visits)) = read.zip(number("visits")) else {
            let place = format!("/{index}{pointer}");
            problems.push(Problem::in_facts(Code::RollupCount, place).with("day", written));
            continue;
        };
        let count = Count { fever, visits };
        let stands = days.entry(day).or_insert(count);
        if (count.fever, count.visits) > (stands.fever, stands.visits) {
            *stands = count;
        }
    }
    Some(Clinic { code, region, days })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_code_of_former_times_counts_where_the_place_is_today() {
        let places = include_str!("../../rules/reference/places.csv");
        let places = Places::read(places, "places").unwrap();
        let counts = [("2020-02-01", 2, 20)];
        let clinics = [
            clinic("A", "620824", &counts),
            clinic("B", "620881", &counts),
            // 仙桃 is in no city, and 嘉峪关 has no counties.
            clinic("C", "429004", &counts),
            clinic("D", "620200", &counts),
            clinic("E", "629900", &counts),
        ];
        let day = Date::parse("2020-02-01").unwrap();
        let rolled = roll_up(Some(&places), &clinics, day, day).unwrap();
        let lines = rolled.lines.iter();
        let lines: Vec<_> = lines.map(|line| (&*line.region, line.fever)).collect();
        let expected = [
            ("420000", 2),
            ("620000", 6),
            ("429004", 2),
            ("620200", 2),
            ("620800", 4),
            ("620881", 4),
        ];
        assert_eq!(lines, expected);
        let told = rolled.problems.iter().map(|it| it.place.to_string());
        assert_eq!(told.collect::<Vec<_>>(), ["/4/identity/region"]);
    }

    fn clinic(code: &str, region: &str, counts: &[(&str, u64, u64)]) -> Map<String, Json> {
        let counts: Vec<Json> = counts
            .iter()
            .map(|(day, fever, visits)| json!({ "day": day, "fever": fever, "visits": visits }))
            .collect();
        let facts = json!({
            "subject": "clinic",
            "identity": { "code": code, "name": "样例门诊", "region": region },
            "counts": counts,
        });
        facts.as_object().unwrap().clone()
    }

    fn told(clinics: &[Map<String, Json>], from: &str, to: &str) -> (Vec<String>, Vec<String>) {
        let day = |text: &str| Date::parse(text).unwrap();
        let RollUp {
            lines, problems, ..
        } = roll_up(None, clinics, day(from), day(to)).unwrap();
        let lines = lines.iter().map(|it| {
            let missing = it.missing.join("+");
            let (fever, visits, reported, all) = (it.fever, it.visits, it.reported, it.clinics);
            format!(
                "{} {} {fever}/{visits} {reported}/{all} {missing}",
                it.region, it.day
            )
        });
        let problems = problems.into_iter().map(|problem| problem.code.to_string());
        (lines.collect(), problems.collect())
    }

    #[test]
    fn counts_add_up_to_county_city_and_province_and_missing_reports_are_named() {
        let clinics = [
            clinic(
                "A",
                "620102",
                &[("2020-02-01", 3, 30), ("2020-02-02", 4, 40)],
            ),
            clinic("B", "620102", &[("2020-02-01", 5, 50)]),
            clinic(
                "C",
                "620103",
                &[("2020-02-01", 7, 70), ("2020-02-02", 8, 80)],
            ),
            clinic("D", "621202", &[("2020-02-02", 1, 10)]),
        ];
        let (lines, problems) = told(&clinics, "2020-02-01", "2020-02-02");
        assert_eq!(problems, [""; 0]);
        assert_eq!(
            lines,
            [
                "620000 2020-02-01 15/150 3/4 D",
                "620000 2020-02-02 13/130 3/4 B",
                "620100 2020-02-01 15/150 3/3 ",
                "620100 2020-02-02 12/120 2/3 B",
                "621200 2020-02-01 0/0 0/1 D",
                "621200 2020-02-02 1/10 1/1 ",
                "620102 2020-02-01 8/80 2/2 ",
                "620102 2020-02-02 4/40 1/2 B",
                "620103 2020-02-01 7/70 1/1 ",
                "620103 2020-02-02 8/80 1/1 ",
                "621202 2020-02-01 0/0 0/1 D",
                "621202 2020-02-02 1/10 1/1 ",
            ]
        );
    }

    #[test]
    fn a_provincial_clinic_belongs_to_no_county() {
        let clinics = [clinic("P", "620000", &[("2020-02-01", 2, 20)])];
        let (lines, _) = told(&clinics, "2020-02-01", "2020-02-01");
        assert_eq!(lines, ["620000 2020-02-01 2/20 1/1 "]);
    }

    #[test]
    fn what_cannot_be_counted_is_told_and_nothing_is_counted_twice() {
        let mut broken = clinic("B", "620102", &[]);
        broken.insert(
            "counts".to_owned(),
            json!([{ "day": "2020-02-30", "fever": 1, "visits": 1 }]),
        );
        let clinics = [
            clinic(
                "A",
                "620102",
                &[("2020-02-01", 3, 30), ("2020-02-01", 9, 20)],
            ),
            clinic("A", "620102", &[("2020-02-01", 3, 30)]),
            broken,
            clinic("C", "62", &[]),
        ];
        let (lines, problems) = told(&clinics, "2020-02-01", "2020-02-01");
        assert_eq!(problems, ["rollup-twice", "rollup-count", "rollup-region"]);
        assert_eq!(lines.last().unwrap(), "620102 2020-02-01 9/20 1/2 B");
    }

    #[test]
    fn days_that_end_before_they_begin_or_are_too_many_are_refused() {
        let clinics = [clinic("A", "620102", &[("2020-02-01", 3, 30)])];
        let code = |from: &str, to: &str| {
            let day = |text: &str| Date::parse(text).unwrap();
            let rolled = roll_up(None, &clinics, day(from), day(to));
            rolled.map_or_else(
                |problem| problem.code.to_string(),
                |it| it.lines.len().to_string(),
            )
        };
        // A province, a city and a county a day.
        assert_eq!(code("2020-02-01", "2020-02-01"), "3");
        assert_eq!(code("2020-02-01", "2020-01-31"), "rollup-order");
        assert_eq!(code("9999-12-30", "0001-01-02"), "rollup-order");
        assert_eq!(code("0001-01-02", "9999-12-30"), "rollup-days");
        // 2020-01-01 to 2029-12-31 are 3653 days, with the leap days of 2020, 2024 and 2028.
        assert_eq!(code("2020-01-01", "2029-12-31"), (3 * 3_653).to_string());
        assert_eq!(code("2020-01-01", "2030-01-01"), "rollup-days");
    }
}
