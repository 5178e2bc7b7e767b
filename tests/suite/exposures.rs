//! Compares visits with exposure events that contact tracers really published in New
//! Zealand, 2022-01 and 2022-02, using the events that say how close the contact was.
//!
//! The list names venues in clear text; the test gives each a number instead of a digest.
//! The rules are Gansu's `contact`, as if always in force: 10 minutes together for a
//! close exposure, 15 for a casual one, and a note for 14 days.
//!
//! The file is not part of the project. It is read in place; without it, these tests
//! say that they are skipped.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_core::{Catalogue, Elapsed, History, Instant, Offset, References, Request};
use longma_tests::{catalogue, real_data};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const FILE: &str = "nz-exposure-events.csv";
const PACK: &str = "62/contact-2021-11-01";
const ALERT_HOURS: i64 = 14 * 24;

#[derive(Debug, Clone)]
struct Event {
    digest: String,
    id: String,
    kind: String,
    start: Instant,
    end: Instant,
}

impl Event {
    fn row(&self) -> String {
        let [start, end] = [self.start, self.end].map(|t| t.to_rfc3339(Offset::CHINA));
        format!("{},{},{},{start},{end}\n", self.digest, self.id, self.kind)
    }

    /// The shortest time together that counts, in seconds.
    fn least(&self) -> i64 {
        if self.kind == "close" {
            10 * 60
        } else {
            15 * 60
        }
    }

    fn lasts(&self) -> i64 {
        self.end.minus(self.start).as_seconds()
    }
}

const HEADER: &str = "digest,event,exposure,start,end\n";

fn table(events: &[Event]) -> String {
    let rows: String = events.iter().map(Event::row).collect();
    format!("{HEADER}{rows}")
}

/// The columns of a line. Commas inside quotes do not separate.
fn columns(line: &str) -> Vec<String> {
    let mut columns = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => columns.push(String::new()),
            _ => columns.last_mut().unwrap().push(letter),
        }
    }
    columns
}

/// Every event in the file, with a number instead of a digest, including those that do not
/// say how close the contact was.
fn events(csv: &str) -> Vec<Event> {
    let mut venues: BTreeMap<String, usize> = BTreeMap::new();
    let line = |line: &str| {
        let columns = columns(line);
        let [id, venue, kind, _, _, start, end, ..] = columns.as_slice() else {
            panic!("{line}");
        };
        let known = venues.len();
        let number = *venues.entry(venue.clone()).or_insert(known);
        Event {
            digest: format!("{number:064x}"),
            id: id.clone(),
            kind: kind.clone(),
            start: Instant::parse_to_the_minute(start).unwrap(),
            end: Instant::parse_to_the_minute(end).unwrap(),
        }
    };
    let lines = csv.lines().skip(1).filter(|line| !line.is_empty());
    lines.map(line).collect()
}

fn judged(csv: &str) -> Vec<Event> {
    let all = events(csv).into_iter();
    all.filter(|event| !event.kind.is_empty()).collect()
}

fn after(instant: Instant, seconds: i64) -> Instant {
    instant.plus(Elapsed::seconds(seconds)).unwrap()
}

fn visit(digest: &str, presence: &str, entered: Instant, left: Instant) -> Json {
    json!({
        "venue": "V-1", "digest": digest, "presence": presence,
        "entered_at": entered.to_rfc3339(Offset::CHINA),
        "left_at": left.to_rfc3339(Offset::CHINA),
    })
}

struct Check {
    catalogue: Catalogue,
    history: History,
}

impl Check {
    fn new() -> Self {
        let catalogue = catalogue();
        let history = catalogue.history_of(PACK).unwrap();
        Self { catalogue, history }
    }

    fn list(&self, events: &[Event]) -> References {
        let mut references = References::none();
        let read = self.catalogue.read_reference("exposures", &table(events));
        references.insert(read.unwrap());
        references
    }

    fn levels(&self, list: &References, visits: &[Json], at: &[Instant]) -> Vec<String> {
        let facts = json!({
            "subject": "person",
            "identity": { "name": "测试", "document": { "type": "other", "number": "T" }, "region": "620102" },
            "visits": visits,
        });
        let facts = self.catalogue.read_facts(&facts.to_string()).unwrap();
        let request = Request {
            references: Some(list),
            decisions: Some(&["contact"]),
            ..Request::default()
        };
        let outcome = self
            .catalogue
            .decide_by(&facts, &self.history, request)
            .unwrap();
        at.iter()
            .map(|at| outcome.at("contact", *at).unwrap().level_name().to_owned())
            .collect()
    }
}

#[test]
fn the_file_has_events_of_both_kinds_and_one_that_ends_before_it_begins() {
    let Some(csv) = real_data(FILE) else { return };
    let all = events(&csv);
    let kinds = |kind: &str| all.iter().filter(|event| event.kind == kind).count();
    assert!(kinds("close") > 100, "{}", kinds("close"));
    assert!(kinds("casual") > 100, "{}", kinds("casual"));
    let backwards: Vec<&Event> = all.iter().filter(|e| e.end <= e.start).collect();
    let [event] = backwards.as_slice() else {
        panic!("{backwards:?}");
    };
    // Such a row makes the whole list fail: dropping it could hide a contact.
    let event = Event {
        kind: "close".to_owned(),
        ..(*event).clone()
    };
    let read = Check::new()
        .catalogue
        .read_reference("exposures", &table(&[event]));
    assert!(read.is_err());
}

#[test]
fn who_was_there_all_the_time_is_told_until_14_days_after_it() {
    let Some(csv) = real_data(FILE) else { return };
    let check = Check::new();
    for event in judged(&csv) {
        let list = check.list(std::slice::from_ref(&event));
        let visits = [visit(&event.digest, "on_site", event.start, event.end)];
        let gone = after(event.end, ALERT_HOURS * 3600);
        let at = [after(event.start, -1), event.start, after(gone, -1), gone];
        let told = if event.lasts() >= event.least() {
            event.kind.as_str()
        } else {
            "none"
        };
        let levels = check.levels(&list, &visits, &at);
        assert_eq!(levels, ["none", told, told, "none"], "{event:?}");
    }
}

#[test]
fn at_both_edges_of_an_event_a_second_decides() {
    let Some(csv) = real_data(FILE) else { return };
    let check = Check::new();
    let hour = 3600;
    let mut looked = 0;
    for event in judged(&csv) {
        let (start, end, least) = (event.start, event.end, event.least());
        if event.lasts() < least {
            continue;
        }
        looked += 1;
        let list = check.list(std::slice::from_ref(&event));
        let kind = event.kind.as_str();
        for (entered, left, expected) in [
            (after(start, -hour), after(start, least), kind),
            (after(start, -hour), after(start, least - 1), "none"),
            (after(end, -least), after(end, hour), kind),
            (after(end, 1 - least), after(end, hour), "none"),
            (after(start, -hour), start, "none"),
            (end, after(end, hour), "none"),
        ] {
            let visits = [visit(&event.digest, "on_site", entered, left)];
            // The last second together, or the last of the visit or event if they never were.
            let at = [after(end.min(left), -1)];
            let levels = check.levels(&list, &visits, &at);
            assert_eq!(levels, [expected], "{event:?} {visits:?}");
        }
    }
    assert!(looked > 500, "{looked}");
}

#[test]
fn another_venue_or_a_forwarded_code_is_no_contact() {
    let Some(csv) = real_data(FILE) else { return };
    let check = Check::new();
    let elsewhere = "f".repeat(64);
    for event in judged(&csv) {
        let list = check.list(std::slice::from_ref(&event));
        let visits = [
            visit(&elsewhere, "on_site", event.start, event.end),
            visit(&event.digest, "forwarded", event.start, event.end),
        ];
        let levels = check.levels(&list, &visits, &[event.start, event.end]);
        assert_eq!(levels, ["none", "none"], "{event:?}");
    }
}

#[test]
fn a_long_diary_is_held_against_the_whole_list() {
    let Some(csv) = real_data(FILE) else { return };
    let check = Check::new();
    let all = judged(&csv);
    let list = check.list(&all);
    let long = |event: &&Event| event.lasts() >= event.least();
    let met: Vec<&Event> = all.iter().filter(long).step_by(15).collect();
    let visits: Vec<Json> = met
        .iter()
        .map(|event| visit(&event.digest, "registered", event.start, event.end))
        .collect();
    let starts: Vec<Instant> = met.iter().map(|event| event.start).collect();
    for (event, level) in met.iter().zip(check.levels(&list, &visits, &starts)) {
        // An earlier event that the person attended may be a closer contact.
        let told = level == event.kind || level == "close";
        assert!(told, "{event:?}: {level}");
    }
    let first = met.iter().map(|event| event.start).min().unwrap();
    let latest = met.iter().map(|event| event.end).max().unwrap();
    let outside = [after(first, -1), after(latest, ALERT_HOURS * 3600)];
    let levels = check.levels(&list, &visits, &outside);
    assert_eq!(levels, ["none", "none"]);
}
