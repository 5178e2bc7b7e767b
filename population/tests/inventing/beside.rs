//! What comes with the persons: the list of risk areas, and the feed of the monitor.

use super::rows::lists;
use super::{SMALL, changed, gansu};
use arrow::array::{Array, AsArray};
use longma_core::{Date, Places};
use longma_population::count::{Count, Group, REFUSED, Tally};
use longma_population::invent::Plan;
use longma_tests::{compiled, rules};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn risk_areas_are_a_table_of_the_house() {
    let table = gansu(1_000_000).risk_areas();
    let read = compiled().read_reference("risk_areas", &table);
    assert!(read.is_ok(), "{}", read.unwrap_err());
}

#[test]
fn the_places_of_the_file_are_in_the_table_of_places() {
    let text = std::fs::read_to_string(rules().join("reference/places.csv")).unwrap();
    let places = Places::read(&text, "places").unwrap();
    let current: BTreeMap<&str, &str> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|row| row[6].is_empty())
        .map(|row| (row[0], row[1]))
        .collect();
    let feed = feed(&SMALL);
    let mut counted = 0;
    for place in feed.iter().filter(|line| line["kind"] == "place") {
        let code = place["code"].as_str().unwrap();
        let name = place["name"]["zh-CN"].as_str().unwrap();
        assert_eq!(current[&*format!("{code:0<6}")], name);
        counted += 1;
    }
    assert_eq!(
        counted,
        14 + 87,
        "cities without a county of their own are counted twice"
    );
    let batch = SMALL.batch(0..30_000).unwrap();
    let arrivals = lists(&batch, "arrivals");
    let arrivals = arrivals.values().as_struct();
    let text = |name: &str| {
        arrivals
            .column_by_name(name)
            .unwrap()
            .as_string::<i32>()
            .clone()
    };
    let (province, city, county) = (text("province"), text("city"), text("county"));
    for at in 0..arrivals.len() {
        let names = [province.value(at), city.value(at), county.value(at)];
        assert!(places.find(names).is_ok(), "{names:?}");
    }
}

fn feed(plan: &Plan) -> Vec<Json> {
    let mut feed = Vec::new();
    plan.feed(&mut feed).unwrap();
    let feed = String::from_utf8(feed).unwrap();
    feed.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_feed_names_what_it_tells_of() {
    let feed = feed(&SMALL);
    assert_eq!(feed[0]["kind"], "head");
    assert_eq!(feed[0]["last"], "2022-07-28");
    let named = |kind: &str, member: &str| -> BTreeSet<String> {
        let lines = feed.iter().filter(|line| line["kind"] == kind);
        lines
            .map(|line| line[member].as_str().unwrap().to_owned())
            .collect()
    };
    let places = named("place", "code");
    assert!(named("clinic", "county").is_subset(&places));
    assert!(named("duties", "county").is_subset(&places));
    assert_eq!(named("clinic", "id"), named("report", "clinic"));
    assert_eq!(named("site", "id"), named("queue", "site"));
    let reports = feed.iter().filter(|line| line["kind"] == "report").count();
    let all = named("clinic", "id").len() * 28;
    assert!(
        reports < all && reports > all * 8 / 10,
        "{reports} of {all} were reported"
    );
    for line in feed.iter().filter(|line| line["kind"] == "duties") {
        let [due, done] = ["due", "done"].map(|name| line[name].as_u64().unwrap());
        assert!(done <= due && line["overdue"].is_u64(), "{line}");
    }
    for line in feed.iter().filter(|line| line["kind"] == "queue") {
        assert!(
            line["at"].as_str().unwrap().ends_with(":00:00+08:00"),
            "{line}"
        );
    }
}

#[test]
fn levels_are_added_to_a_feed_as_its_lines() {
    let count = |by: &str, level: &str, persons| {
        let group = Group {
            by: by.to_owned(),
            decision: "code".to_owned(),
            levels: vec!["red".to_owned(), level.to_owned()],
        };
        (
            group,
            Count {
                persons,
                seconds: 0,
            },
        )
    };
    let counts = vec![
        count("620102", "green", 1_200),
        count("620102", "unknown", 3),
        count("620102", REFUSED, 2),
        count("6201", "green", 9),
    ];
    let tally = Tally {
        counts,
        ..Tally::default()
    };
    let mut feed = Vec::new();
    tally
        .levels(Date::of_number(SMALL.last()).unwrap(), &mut feed)
        .unwrap();
    // A city is no county, so there is one line.
    let line: Json = serde_json::from_slice(&feed).unwrap();
    assert_eq!(line["county"], "620102");
    assert_eq!(line["day"], "2022-07-28");
    // Compared, it is the level after; whoever was refused has none.
    let persons = serde_json::json!({"green": 1_200, "unknown": 5});
    assert_eq!(line["persons"], persons);
}

#[test]
fn stays_are_in_the_communities_of_the_risk_areas() {
    let file = changed(&[("population = 24_900_000", "population = 600_000")]);
    let plan = Plan::read(&file).unwrap().with_persons(300_000).unwrap();
    let table = plan.risk_areas();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    assert!(rows.iter().any(|row| row[4] == "high") && rows.iter().any(|row| row[4] == "medium"));
    let areas: BTreeSet<(&str, &str)> = rows.iter().map(|row| (row[2], row[3])).collect();
    let batch = plan.batch(0..plan.persons()).unwrap();
    let stays = lists(&batch, "stays");
    let stays = stays.values().as_struct();
    let county = stays.column_by_name("county").unwrap().as_string::<i32>();
    let community = stays
        .column_by_name("community")
        .unwrap()
        .as_string::<i32>();
    let within =
        (0..stays.len()).filter(|at| areas.contains(&(county.value(*at), community.value(*at))));
    assert!(within.count() > 100);
}
