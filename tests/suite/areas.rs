//! Compares how long areas really stayed high or medium in Gansu in 2022 with what the
//! rules for `risk` say.
//!
//! The published list says when a place was on it but nothing about infections, so the
//! rules are applied to a place without any. A real span that is shorter was cut short or
//! renamed; a longer one may have had infections. Only the length of medium after high
//! can be predicted without that doubt. `docs/areas.md` has the same table; a test
//! keeps the two in step.
//!
//! The file is not part of the project. It is read in place; without it, these tests
//! say that they are skipped.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_core::{Catalogue, Elapsed, Instant, Offset, Request};
use longma_tests::{catalogue, real_data, rules};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const FILE: &str = "risk-areas-gansu.csv";

/// The site was sometimes unreachable for hours. The same place at the same level before
/// and after such a gap counts as one span.
const OUTAGE_HOURS: i64 = 12;
/// Time between two snapshots. A level that follows another within it follows directly.
const STEP_HOURS: i64 = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Medium,
    High,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    level: Level,
    from: Instant,
    /// `None` if it was still listed at the end of the file.
    until: Option<Instant>,
}

fn instant(text: &str) -> Instant {
    Instant::parse_to_the_minute(text)
        .or_else(|_| Instant::parse(text))
        .unwrap()
}

fn hours(count: i64) -> Elapsed {
    Elapsed::hours(count).unwrap()
}

/// The spans of each place in order, with outages bridged. The last three columns contain
/// no comma, so everything before them is the place, quoted or not.
fn places(csv: &str) -> Vec<Vec<Span>> {
    let mut places: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
    for line in csv.lines().skip(1).filter(|line| !line.is_empty()) {
        let mut columns = line.rsplitn(4, ',');
        let [until, from, level, place] = [(); 4].map(|()| columns.next().unwrap());
        let level = match level {
            "high" => Level::High,
            "medium" => Level::Medium,
            _ => continue,
        };
        let until = (!until.is_empty()).then(|| instant(until));
        let from = instant(from);
        places
            .entry(place)
            .or_default()
            .push(Span { level, from, until });
    }
    let bridged = |mut spans: Vec<Span>| {
        spans.sort_by_key(|span| span.from);
        let mut out: Vec<Span> = Vec::new();
        for span in spans {
            let last = out.last_mut().filter(|last| last.level == span.level);
            let near = |end: Instant| span.from.minus(end) <= hours(OUTAGE_HOURS);
            match last.filter(|last| last.until.is_some_and(near)) {
                Some(last) => last.until = span.until,
                None => out.push(span),
            }
        }
        out
    };
    places.into_values().map(bridged).collect()
}

/// When the level at `from` ends by the rules, for a place with these designations and no
/// infections.
fn predicted(catalogue: &Catalogue, designations: &Json, from: Instant) -> Instant {
    let facts = json!({
        "subject": "area",
        "identity": { "province": "甘肃省", "city": "兰州市", "county": "城关区", "region": "620102" },
        "cases": [], "designations": designations,
    });
    let outcome = catalogue
        .evaluate(&facts.to_string(), Request::default())
        .unwrap();
    let status = outcome.at("risk", from).unwrap();
    assert_ne!(status.level_name(), "low", "{designations}");
    assert_ne!(status.level_name(), "unknown", "{designations}");
    status.until.unwrap()
}

fn designation(level: &str, from: Instant, ended_at: Option<Instant>) -> Json {
    let mut one = json!({ "level": level, "from": from.to_rfc3339(Offset::CHINA) });
    if let (Some(end), Some(object)) = (ended_at, one.as_object_mut()) {
        object.insert("ended_at".into(), end.to_rfc3339(Offset::CHINA).into());
    }
    one
}

/// Real ends compared with predicted ones, in calendar days.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    same_day: usize,
    a_day_off: usize,
    earlier: usize,
    later: usize,
    /// How many spans lasted each number of calendar days.
    lasted: BTreeMap<i64, usize>,
}

impl Tally {
    fn add(&mut self, from: Instant, until: Instant, predicted: Instant) {
        let day = |t: Instant| t.date(Offset::CHINA);
        let lasted = day(until).minus(day(from)).count();
        *self.lasted.entry(lasted).or_default() += 1;
        match day(until).minus(day(predicted)).count() {
            0 => self.same_day += 1,
            -1 | 1 => self.a_day_off += 1,
            ..-1 => self.earlier += 1,
            2.. => self.later += 1,
        }
    }

    fn all(&self) -> usize {
        self.lasted.values().sum()
    }

    /// The most frequent number of days.
    fn mode(&self) -> i64 {
        let most = self.lasted.iter().max_by_key(|(_, count)| **count);
        *most.unwrap().0
    }

    /// The row's figures, as written in `docs/areas.md` and in its Chinese version.
    fn figures(&self) -> String {
        let Self {
            same_day,
            a_day_off,
            earlier,
            later,
            ..
        } = self;
        let (all, mode) = (self.all(), self.mode());
        format!("| {all} | {mode} | {same_day} | {a_day_off} | {earlier} | {later} |")
    }
}

#[derive(Debug, Default)]
struct Found {
    medium_after_high: Tally,
    medium_alone: Tally,
    high_ninth: Tally,
    high_twenty: Tally,
}

fn found(csv: &str) -> Found {
    let catalogue = catalogue();
    let ninth = instant("2022-06-28T00:00:00+08:00");
    let twenty = instant("2022-11-11T00:00:00+08:00");
    let ten = instant("2022-12-07T00:00:00+08:00");
    let mut found = Found::default();
    for spans in places(csv) {
        let mut before: Option<Span> = None;
        for span in spans {
            let previous = before.replace(span);
            // A span of one snapshot has no length, so it cannot be a designation.
            let Some(end) = span.until.filter(|end| *end > span.from) else {
                continue;
            };
            let lowered = previous.filter(|high| {
                let gap = high.until.map(|end| span.from.minus(end));
                high.level == Level::High
                    && gap.is_some_and(|gap| gap >= hours(0) && gap <= hours(STEP_HOURS))
            });
            let by_the_ninth = span.from >= ninth && end < twenty;
            let by_the_twenty = span.from >= twenty && end < ten;
            let (tally, designations) = match (span.level, lowered) {
                (Level::Medium, Some(high)) if by_the_ninth => {
                    let high = designation("high", high.from, Some(span.from));
                    let medium = designation("medium", span.from, None);
                    (&mut found.medium_after_high, json!([high, medium]))
                }
                (Level::Medium, None) if by_the_ninth => {
                    let medium = designation("medium", span.from, None);
                    (&mut found.medium_alone, json!([medium]))
                }
                (Level::High, _) if by_the_ninth => {
                    let high = designation("high", span.from, None);
                    (&mut found.high_ninth, json!([high]))
                }
                (Level::High, _) if by_the_twenty => {
                    let high = designation("high", span.from, None);
                    (&mut found.high_twenty, json!([high]))
                }
                _ => continue,
            };
            tally.add(
                span.from,
                end,
                predicted(&catalogue, &designations, span.from),
            );
        }
    }
    found
}

#[test]
fn areas_stayed_on_the_list_as_long_as_the_plan_says_and_the_rest_is_told() {
    let Some(csv) = real_data(FILE) else { return };
    let found = found(&csv);
    // The plan's own numbers are the most frequent: 3 more days after high, 7 for medium,
    // 7 for high.
    assert_eq!(found.medium_after_high.mode(), 3);
    assert_eq!(found.medium_alone.mode(), 7);
    assert_eq!(found.high_ninth.mode(), 7);
    // Medium after high, which infections cannot lengthen unseen, is predicted to the exact
    // day for more than half of the places, and to within a day for nine in ten.
    let lowered = &found.medium_after_high;
    assert!(lowered.same_day * 2 > lowered.all(), "{lowered:?}");
    let near = lowered.same_day + lowered.a_day_off;
    assert!(near * 10 > lowered.all() * 9, "{lowered:?}");
    // Since the twenty measures, places left the list on the sixth day rather than the
    // fifth, after five whole days.
    assert_eq!(found.high_twenty.mode(), 6);
    for file in ["areas.md", "areas.zh-CN.md"] {
        let text = std::fs::read_to_string(rules().join("../docs").join(file)).unwrap();
        for tally in [
            &found.medium_after_high,
            &found.medium_alone,
            &found.high_ninth,
            &found.high_twenty,
        ] {
            let figures = tally.figures();
            assert!(text.contains(&figures), "{file} lacks: {figures}");
        }
    }
}

#[test]
fn a_place_that_was_lowered_is_predicted_from_both_of_its_rows() {
    // 甘肃省,兰州市,城关区,…: high until 2022-07-16T09:00, medium from then on.
    let [from, lowered] = ["2022-07-08T21:00:00+08:00", "2022-07-16T09:00:00+08:00"].map(instant);
    let rows = json!([
        designation("high", from, Some(lowered)),
        designation("medium", lowered, None),
    ]);
    let end = predicted(&catalogue(), &rows, lowered);
    assert_eq!(end, instant("2022-07-19T09:00:00+08:00"));
}

#[test]
fn outages_are_bridged_and_commas_in_names_are_no_columns() {
    let csv = "province,city,county,community,level,from,until
甘肃省,兰州市,安宁区,\"桃林小区1号楼,2号楼\",high,2022-11-12T08:00+08:00,2022-11-13T08:00+08:00
甘肃省,兰州市,安宁区,\"桃林小区1号楼,2号楼\",high,2022-11-13T11:00+08:00,2022-11-17T08:00+08:00
甘肃省,兰州市,安宁区,桃林小区,low,2022-11-12T08:00+08:00,
";
    let places = places(csv);
    let [spans] = places.as_slice() else {
        panic!("{places:?}");
    };
    let [span] = spans.as_slice() else {
        panic!("{spans:?}");
    };
    assert_eq!(span.until, Some(instant("2022-11-17T08:00+08:00")));
}
