//! The invented population: what it promises, checked against the file and the schema.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_precision_loss,
    reason = "a test may fail loudly"
)]

mod inventing;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type, TimestampMillisecondType};
use inventing::rows::{lists, row};
use longma_core::Schema;
use longma_population::invent::Plan;
use longma_population::mapping;
use longma_tests::{compiled, rules};
use proptest::prelude::*;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::LazyLock;

const GANSU: &str = include_str!("../like/gansu.toml");

/// Gansu, small.
static SMALL: LazyLock<Plan> = LazyLock::new(|| gansu(30_000));

fn gansu(persons: u64) -> Plan {
    let plan = Plan::read(GANSU).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    plan.with_persons(persons).unwrap()
}

/// The same file with other figures; each must stand there.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(GANSU.to_owned(), |file, (from, to)| {
        assert!(file.contains(from), "{from} is not in the file");
        file.replacen(from, to, 1)
    })
}

/// A file in which nothing but regular tests of occupations brings tests.
fn quiet() -> Plan {
    let file = changed(&[
        (
            "voluntary    = [600_000, 200_000, 100_000, 60_000, 40_000]",
            "voluntary = [1_000_000]",
        ),
        ("share    = 15_000\n", "share    = 0\n"),
        ("entries   = 40", "entries = 0"),
    ]);
    let (before, after) = file.split_once("[[tests.rounds]]").unwrap();
    let after = &after[after.find("# 出行").unwrap()..];
    let file = format!("{before}{after}");
    let seeds = &file[file.find("seeds = [").unwrap()..file.find("# R，").unwrap()];
    let file = file
        .replace(seeds, "seeds = []\n")
        .replace("[tests]\n", "[tests]\nrounds = []\n");
    let plan = Plan::read(&file).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    plan.with_persons(200_000).unwrap()
}

/// Whether `found` of `of` is what a share (in millionths) gives, within six deviations of
/// a binomial count whose events come in groups of `group` at most.
#[track_caller]
fn within(what: &str, found: usize, of: usize, millionths: f64, group: f64) {
    let share = millionths / 1e6;
    let expected = of as f64 * share;
    let deviation = (expected * (1.0 - share) * group).sqrt();
    let off = (found as f64 - expected).abs();
    assert!(
        off <= 6.0 * deviation + 1.0,
        "{what}: {found} of {of}, expected {expected:.0} ± {deviation:.0}"
    );
}

/// How many records each person has in a section.
fn counts(batch: &RecordBatch, section: &str) -> Vec<usize> {
    let lists = lists(batch, section);
    (0..lists.len())
        .map(|at| usize::try_from(lists.value_length(at)).unwrap())
        .collect()
}

fn with(counts: &[usize], asked: impl Fn(usize) -> bool) -> usize {
    counts.iter().filter(|count| asked(**count)).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_person_is_the_same_whatever_the_cut(
        start in 0_u64..27_000,
        cuts in prop::collection::vec(1_u64..400, 1..8),
    ) {
        let end = start + cuts.iter().sum::<u64>();
        let whole = SMALL.batch(start..end).unwrap();
        let mut from = start;
        for length in cuts {
            let part = SMALL.batch(from..from + length).unwrap();
            let at = usize::try_from(from - start).unwrap();
            prop_assert_eq!(&part, &whole.slice(at, part.num_rows()));
            from += length;
        }
    }
}

#[test]
fn threads_give_the_same_persons() {
    let alone = SMALL.batch(5_000..7_000).unwrap();
    let parts: Vec<RecordBatch> = std::thread::scope(|scope| {
        let halves = [5_000..6_000, 6_000..7_000];
        let halves = halves.map(|range| scope.spawn(|| SMALL.batch(range).unwrap()));
        halves
            .into_iter()
            .map(|half| half.join().unwrap())
            .collect()
    });
    assert_eq!(parts[0], alone.slice(0, 1_000));
    assert_eq!(parts[1], alone.slice(1_000, 1_000));
}

#[test]
fn another_seed_gives_other_persons() {
    let file = changed(&[("seed   = 20220708", "seed   = 1")]);
    let other = Plan::read(&file).unwrap().with_persons(30_000).unwrap();
    assert_ne!(other.batch(0..500).unwrap(), SMALL.batch(0..500).unwrap());
}

#[test]
fn batches_have_the_columns_of_the_person_schema() {
    let text = std::fs::read_to_string(rules().join("schema/person.schema.json")).unwrap();
    let schema = Schema::read(&text, "person.schema.json").unwrap();
    let columns = mapping::columns(&schema, |_| true);
    assert_eq!(**SMALL.batch(0..10).unwrap().schema_ref(), columns);
    let batch = SMALL.batch(0..3_000).unwrap();
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        assert_eq!(
            column.null_count(),
            0,
            "{} is known of everybody",
            field.name()
        );
    }
}

#[test]
fn the_schema_accepts_every_person() {
    let catalogue = compiled();
    // The whole of a small population that has had much of an outbreak, so that every
    // kind of record occurs.
    let file = changed(&[("population = 24_900_000", "population = 60_000")]);
    let plan = Plan::read(&file).unwrap().with_persons(30_000).unwrap();
    let batch = plan.batch(0..plan.persons()).unwrap();
    let mut met = BTreeSet::new();
    for at in 0..batch.num_rows() {
        let json = row(&batch, at);
        let is_odd = json.as_object().unwrap().iter().any(|(name, section)| {
            let is_filled = section
                .as_array()
                .is_some_and(|records| !records.is_empty());
            is_filled && met.insert(name.clone())
        });
        // Everybody in the counties of the outbreak, and one in twenty elsewhere.
        let is_near = at < 6_000 || at % 20 == 0;
        if is_near || is_odd || json["contacts"] != Json::Array(Vec::new()) {
            let facts = catalogue.read_facts(&json.to_string());
            assert!(facts.is_ok(), "person {at}: {}\n{json}", facts.unwrap_err());
        }
    }
    let asked = [
        "issuance",
        "diagnoses",
        "contacts",
        "stays",
        "tests",
        "vaccinations",
        "symptoms",
        "isolation",
        "flags",
        "visits",
        "arrivals",
        "check_ins",
    ];
    for section in asked {
        assert!(met.contains(section), "nobody has {section}");
    }
}

#[test]
fn nothing_was_known_before_it_happened() {
    let file = changed(&[("population = 24_900_000", "population = 60_000")]);
    let plan = Plan::read(&file).unwrap().with_persons(30_000).unwrap();
    let batch = plan.batch(0..plan.persons()).unwrap();
    let end = ((plan.last() + 1) * 86_400 - 8 * 3_600) * 1_000;
    for (section, member) in [
        ("tests", "reported_at"),
        ("contacts", "identified_at"),
        ("diagnoses", "diagnosed_at"),
        ("diagnoses", "discharged_at"),
        ("stays", "left"),
        ("isolation", "from"),
        ("isolation", "released_at"),
        ("symptoms", "ended_at"),
        ("flags", "cleared_at"),
        ("arrivals", "arrived_at"),
        ("arrivals", "reported_at"),
        ("visits", "left_at"),
        ("check_ins", "at"),
        ("issuance", "issued_at"),
    ] {
        let lists = lists(&batch, section);
        let times = lists.values().as_struct().column_by_name(member).unwrap();
        let times = times.as_primitive::<TimestampMillisecondType>();
        assert!(times.iter().flatten().count() > 0, "{section}.{member}");
        assert!(
            times.iter().flatten().all(|at| at < end),
            "{section}.{member}"
        );
        assert!(
            times.iter().flatten().all(|at| at % 1_000 == 0),
            "{section}.{member}"
        );
    }
}

#[test]
fn people_have_as_many_records_as_the_file_says() {
    let plan = quiet();
    let batch = plan.batch(0..plan.persons()).unwrap();
    let people = batch.num_rows();
    let issues = counts(&batch, "issuance");
    for (count, share) in [250_000., 300_000., 200_000., 150_000., 70_000., 30_000.]
        .iter()
        .enumerate()
    {
        let found = with(&issues, |it| it == count);
        within(&format!("{count} issues"), found, people, *share, 1.0);
    }
    let tests = counts(&batch, "tests");
    let tested = with(&tests, |it| it > 0);
    // Occupations test within any four weeks: their shares are those of people with tests.
    // Whom no adult's occupation was drawn for is not tested at all.
    within("tested for their work", tested, people, 80_000.0, 1.0);
    let often = with(&tests, |it| it >= 13);
    within("tested every second day", often, people, 10_000.0, 1.0);
    let visits = with(&counts(&batch, "visits"), |it| it > 0);
    within("visits", visits, people, 30_000.0, 1.0);
    let symptoms = with(&counts(&batch, "symptoms"), |it| it > 0);
    within("symptoms", symptoms, people, 1_500.0, 1.0);
    assert_eq!(with(&counts(&batch, "contacts"), |it| it > 0), 0);
    assert_eq!(with(&counts(&batch, "arrivals"), |it| it > 0), 0);
}

#[test]
fn most_people_have_few_records() {
    let plan = gansu(1_000_000);
    let (mut persons, mut six, mut twelve) = (0, 0, 0);
    for start in (0..plan.persons()).step_by(20_000) {
        let batch = plan.batch(start..start + 500).unwrap();
        let lists = batch
            .columns()
            .iter()
            .filter_map(|column| column.as_list_opt::<i32>());
        let lists: Vec<_> = lists.collect();
        for at in 0..batch.num_rows() {
            let records: i32 = lists.iter().map(|list| list.value_length(at)).sum();
            persons += 1;
            six += usize::from(records <= 6);
            twelve += usize::from(records <= 12);
        }
    }
    assert!(six * 2 > persons, "{six} of {persons} have six at most");
    assert!(
        twelve * 10 > persons * 9,
        "{twelve} of {persons} have twelve at most"
    );
}

#[test]
fn doses_follow_the_file() {
    let batch = gansu(100_000).batch(0..100_000).unwrap();
    let born = batch.column_by_name("identity").unwrap().as_struct();
    let born = born.column_by_name("birth_date").unwrap();
    let born = born.as_primitive::<arrow::datatypes::Date32Type>();
    let last = i32::try_from(SMALL.last()).unwrap();
    let of_age: Vec<usize> = (0..batch.num_rows())
        .filter(|at| last - born.value(*at) > 3 * 365)
        .collect();
    let doses = counts(&batch, "vaccinations");
    let doses: Vec<usize> = of_age.iter().map(|at| doses[*at]).collect();
    // Third doses that fall after the last day are not given: no more than the file has.
    within(
        "not vaccinated",
        with(&doses, |it| it == 0),
        doses.len(),
        80_000.0,
        1.0,
    );
    within(
        "one dose",
        with(&doses, |it| it == 1),
        doses.len(),
        20_000.0,
        1.0,
    );
    let lists = lists(&batch, "vaccinations");
    let products = lists
        .values()
        .as_struct()
        .column_by_name("product")
        .unwrap();
    let products = products.as_dictionary::<Int32Type>();
    let first = lists.values().as_struct().column_by_name("dose").unwrap();
    let first = first.as_primitive::<Int64Type>();
    let firsts: Vec<i32> = (0..first.len())
        .filter(|at| first.value(*at) == 1)
        .map(|at| products.keys().value(at))
        .collect();
    let of = firsts.iter().filter(|key| **key == 0).count();
    within("CoronaVac", of, firsts.len(), 420_000.0, 1.0);
}

#[test]
fn households_share_their_county_and_have_the_sizes_of_the_file() {
    let plan = gansu(100_000);
    let batch = plan.batch(0..plan.persons()).unwrap();
    let identity = batch.column_by_name("identity").unwrap().as_struct();
    let region = identity
        .column_by_name("region")
        .unwrap()
        .as_string::<i32>();
    let mut sizes = [0_usize; 9];
    let mut next = 0;
    for household in plan.households(0..plan.persons()) {
        assert_eq!(household.start, next, "households follow one another");
        next = household.end;
        let at = usize::try_from(household.start).unwrap();
        for person in household.clone() {
            let person = usize::try_from(person).unwrap();
            assert_eq!(region.value(person), region.value(at));
        }
        sizes[usize::try_from(household.end - household.start).unwrap()] += 1;
    }
    assert_eq!(next, plan.persons());
    let all: usize = sizes.iter().sum();
    // Blocks have the exact sizes; a county's last block is cut, which one in eight may show.
    let shares = [220_000., 300_000., 220_000., 150_000., 70_000., 40_000.];
    for (size, share) in (1..).zip(shares) {
        let expected = all as f64 * share / 1e6;
        let off = (sizes[size] as f64 - expected).abs();
        let cut = plan.counties().count() as f64 * 10.0;
        assert!(
            off <= cut,
            "{} households of {size}, expected {expected}",
            sizes[size]
        );
    }
    for (code, persons) in plan.counties() {
        let range = usize::try_from(persons.start).unwrap()..usize::try_from(persons.end).unwrap();
        assert!(range.clone().all(|at| region.value(at) == code), "{code}");
    }
}

#[test]
fn the_curve_loses_nobody_and_counts_everybody() {
    let plan = gansu(1_000_000);
    let mut infected = 0;
    for (at, (code, persons)) in plan.counties().enumerate() {
        let people = u128::from(persons.end - persons.start) * 1_000_000;
        let states = plan.curve().county(at);
        let mut sum = 0;
        for state in states {
            sum += state.infected_today;
            let all = state.susceptible + state.exposed + state.infectious + state.removed;
            assert_eq!(all, people, "{code}");
            assert_eq!(people - state.susceptible, sum, "{code}");
        }
        infected += sum;
    }
    assert!(
        infected > 58 * 1_000_000 * 1_000_000 / 24_900_000,
        "more than the seeds"
    );
}

#[test]
fn infections_among_persons_are_those_of_the_curve() {
    let file = changed(&[("population = 24_900_000", "population = 100_000")]);
    let plan = Plan::read(&file).unwrap().with_persons(100_000).unwrap();
    let mut expected = 0;
    // An infection is found some days later: those of the last week may not be known.
    for at in 0..plan.counties().count() {
        let states = plan.curve().county(at);
        let early = states.len() - 8;
        expected += states[..early]
            .iter()
            .map(|day| day.infected_today)
            .sum::<u128>();
    }
    let expected = usize::try_from(expected / 1_000_000).unwrap();
    let all: u128 = (0..plan.counties().count())
        .flat_map(|at| plan.curve().county(at))
        .map(|day| day.infected_today)
        .sum();
    let all = usize::try_from(all / 1_000_000).unwrap();
    let batch = plan.batch(0..plan.persons()).unwrap();
    let lists = lists(&batch, "diagnoses");
    let kinds = lists.values().as_struct().column_by_name("kind").unwrap();
    let kinds = kinds.as_dictionary::<Int32Type>();
    let names = kinds.values().as_string::<i32>();
    let name = |at: usize| names.value(usize::try_from(kinds.keys().value(at)).unwrap());
    let found = (0..kinds.len())
        .filter(|at| name(*at) != "suspected")
        .count();
    assert!(expected > 200, "{expected} are too few to say anything");
    // A household of six with one infection may have six: six times the binomial spread.
    let spread = 6.0 * (all as f64 * 6.0).sqrt();
    assert!(
        found as f64 >= expected as f64 - spread,
        "{found} found, {expected} expected"
    );
    assert!(
        found as f64 <= all as f64 + spread,
        "{found} found, {all} expected"
    );
}

#[test]
fn ranges_beyond_the_last_person_end_there_and_too_wide_ones_are_refused() {
    assert_eq!(SMALL.batch(29_990..40_000).unwrap().num_rows(), 10);
    assert_eq!(SMALL.batch(50_000..60_000).unwrap().num_rows(), 0);
    assert_eq!(SMALL.batch(7..7).unwrap().num_rows(), 0);
    assert!(SMALL.with_persons(0).is_err());
    let large = gansu(25_000_000);
    assert!(large.batch(0..25_000_000).is_err());
    assert_eq!(large.batch(24_999_999..25_000_000).unwrap().num_rows(), 1);
}
