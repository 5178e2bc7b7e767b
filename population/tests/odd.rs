//! Columns as life writes them: other types, nulls, fractions, numbers that are too large.
//! What is wrong makes its section unknown or is refused, and nothing is lost in silence.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![allow(
    clippy::needless_pass_by_value,
    reason = "arrays are shared, and made where they are given"
)]

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, LargeListArray, RecordBatch, StringArray, StructArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use longma_core::{Catalogue, Instant, References};
use longma_population::batch::{Batch, Wrong};
use longma_population::convert::Writer;
use longma_population::decide::{Decider, Question};
use longma_tests::{loaded, sample_areas};
use std::sync::{Arc, LazyLock};

static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Arc::new(longma_compile::compile(&loaded().bundle).unwrap().0));

static REFERENCES: LazyLock<Arc<References>> =
    LazyLock::new(|| Arc::new(longma_tests::references(&CATALOGUE, sample_areas())));

/// Somebody with a positive test, for whom the code is red, and somebody without any record.
const PEOPLE: [&str; 2] = [
    r#"{"subject": "person", "identity": {"name": "甲", "region": "620102",
        "document": {"type": "other", "number": "CASE-0001"}},
        "diagnoses": [{"kind": "confirmed", "diagnosed_at": "2022-07-14T08:00:00+08:00"}],
        "contacts": [], "stays": [], "entries": [], "symptoms": [], "isolation": [],
        "flags": [], "issuance": [], "vaccinations": [], "tests": [{"method": "nucleic_acid",
        "sampled_at": "2022-07-13T08:00:00+08:00", "reported_at": "2022-07-13T20:00:00+08:00",
        "result": "positive", "pool_size": 1}]}"#,
    r#"{"subject": "person", "identity": {"name": "乙", "region": "620102",
        "document": {"type": "other", "number": "CASE-0002"}},
        "diagnoses": [], "contacts": [], "stays": [], "entries": [], "symptoms": [],
        "isolation": [], "flags": [], "issuance": [], "vaccinations": [], "tests": []}"#,
];

fn people() -> RecordBatch {
    let schema = CATALOGUE.schema("person").unwrap();
    let mut writer = Writer::new(schema);
    for person in PEOPLE {
        assert!(writer.push(&CATALOGUE, person).unwrap().is_empty());
    }
    writer.take(schema)
}

fn decider() -> Decider {
    let question = Question {
        subject: "person".to_owned(),
        region: None,
        decisions: vec!["code".to_owned()],
        at: vec![Instant::parse("2022-07-15T12:00:00+08:00").unwrap()],
        window: None,
        segments: false,
        causes: false,
        seconds: false,
    };
    Decider::new(Arc::clone(&CATALOGUE), Arc::clone(&REFERENCES), question).unwrap()
}

/// The codes of all persons; `None` for whoever is refused.
fn codes(batch: &RecordBatch) -> Vec<Option<String>> {
    let outcomes = decider().decide(batch).unwrap().outcomes;
    let code = outcomes.column_by_name("code").unwrap().as_struct();
    let level = code
        .column_by_name("level")
        .unwrap()
        .as_dictionary::<Int32Type>();
    let level = level.downcast_dict::<StringArray>().unwrap();
    level.into_iter().map(|it| it.map(str::to_owned)).collect()
}

fn said(codes: [&str; 2]) -> Vec<Option<String>> {
    codes.iter().map(|code| Some((*code).to_owned())).collect()
}

/// The batch with another column in the place of one.
fn with(batch: &RecordBatch, name: &str, array: ArrayRef) -> RecordBatch {
    let columns = batch
        .schema()
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, old)| {
            let array = if field.name() == name { &array } else { old };
            (field.name().clone(), Arc::clone(array))
        })
        .collect::<Vec<_>>();
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

/// The batch without a column.
fn without(batch: &RecordBatch, name: &str) -> RecordBatch {
    let schema = batch.schema();
    let kept = (0..schema.fields().len()).filter(|at| schema.field(*at).name() != name);
    batch.project(&kept.collect::<Vec<_>>()).unwrap()
}

/// The tests of the batch with another array for one of their members.
fn tests_with(batch: &RecordBatch, member: &str, array: ArrayRef) -> RecordBatch {
    let tests = batch.column_by_name("tests").unwrap().as_list::<i32>();
    let items = tests.values().as_struct();
    let members = items
        .fields()
        .iter()
        .zip(items.columns())
        .map(|(field, old)| {
            let array = if field.name() == member { &array } else { old };
            (
                Field::new(field.name(), array.data_type().clone(), true),
                Arc::clone(array),
            )
        });
    let (fields, arrays): (Vec<_>, Vec<_>) = members.unzip();
    let items = StructArray::new(fields.into(), arrays, items.nulls().cloned());
    let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
    let list = arrow::array::ListArray::new(
        field,
        tests.offsets().clone(),
        Arc::new(items),
        tests.nulls().cloned(),
    );
    with(batch, "tests", Arc::new(list))
}

const SAMPLED: i64 = 1_657_670_400;

#[test]
fn the_sample_is_red_and_green() {
    assert_eq!(codes(&people()), said(["red", "green"]));
}

#[test]
fn other_types_of_the_same_values_are_read() {
    let people = people();
    let zone = || Some(Arc::from("+08:00"));
    for times in [
        Arc::new(TimestampSecondArray::from(vec![SAMPLED]).with_timezone_opt(zone())) as ArrayRef,
        Arc::new(
            TimestampNanosecondArray::from(vec![SAMPLED * 1_000_000_000]).with_timezone_opt(zone()),
        ),
    ] {
        assert_eq!(
            codes(&tests_with(&people, "sampled_at", times)),
            said(["red", "green"])
        );
    }
    for kind in [DataType::UInt8, DataType::Int16, DataType::UInt64] {
        let sizes = cast(&(Arc::new(Int64Array::from(vec![1])) as ArrayRef), &kind).unwrap();
        assert_eq!(
            codes(&tests_with(&people, "pool_size", sizes)),
            said(["red", "green"])
        );
    }
    for kind in [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View] {
        let results = cast(
            &(Arc::new(StringArray::from(vec!["positive"])) as ArrayRef),
            &kind,
        );
        let changed = tests_with(&people, "result", results.unwrap());
        assert_eq!(codes(&changed), said(["red", "green"]));
    }
    let tests = people.column_by_name("tests").unwrap();
    let item = tests.as_list::<i32>().value_type();
    let large = DataType::LargeList(Arc::new(Field::new_list_field(item, true)));
    let large = cast(tests, &large).unwrap();
    assert!(large.as_any().is::<LargeListArray>());
    assert_eq!(
        codes(&with(&people, "tests", large)),
        said(["red", "green"])
    );
}

#[test]
fn a_column_of_another_type_is_told_with_its_place() {
    let people = people();
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["2022-07-13"]));
    // A time without a zone could be anywhere.
    let nowhere: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![SAMPLED * 1_000]));
    let zone = "Timestamp(ms, \"UTC\")";
    for (column, array, expected) in [
        ("sampled_at", texts, zone),
        ("sampled_at", nowhere, zone),
        ("pool_size", Arc::new(StringArray::from(vec!["1"])), "Int64"),
    ] {
        let wrong = decider()
            .decide(&tests_with(&people, column, array))
            .unwrap_err();
        let [wrong] = wrong.as_slice() else {
            panic!("one column is wrong: {wrong:?}")
        };
        assert_eq!(wrong.column, format!("tests.{column}"));
        let Wrong::Type { expected: told, .. } = &wrong.what else {
            panic!("its type is wrong: {wrong:?}")
        };
        assert_eq!(told.to_string(), expected);
    }
}

#[test]
fn a_member_that_no_schema_has_is_told_with_what_was_meant() {
    let people = people();
    let tests = people.column_by_name("tests").unwrap().as_list::<i32>();
    let items = tests.values().as_struct();
    let members = items
        .fields()
        .iter()
        .zip(items.columns())
        .map(|(field, array)| {
            let name = if field.name() == "result" {
                "resullt"
            } else {
                field.name()
            };
            (
                Arc::new(Field::new(name, array.data_type().clone(), true)),
                Arc::clone(array),
            )
        });
    let items = StructArray::from(members.collect::<Vec<_>>());
    let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
    let list = arrow::array::ListArray::new(field, tests.offsets().clone(), Arc::new(items), None);
    let wrong = decider()
        .decide(&with(&people, "tests", Arc::new(list)))
        .unwrap_err();
    let near = Some("result".to_owned());
    let unknown = wrong
        .iter()
        .find(|it| it.what == Wrong::Unknown { near: near.clone() });
    assert_eq!(unknown.unwrap().column, "tests.resullt");
}

#[test]
fn a_value_that_does_not_fit_makes_its_section_unknown_for_that_person_alone() {
    let people = people();
    let millisecond = TimestampMillisecondArray::from(vec![SAMPLED * 1_000 + 1]);
    let far = TimestampSecondArray::from(vec![i64::MAX / 2]);
    for (member, array) in [
        (
            "sampled_at",
            Arc::new(millisecond.with_timezone("UTC")) as ArrayRef,
        ),
        ("sampled_at", Arc::new(far.with_timezone("UTC"))),
        (
            "sampled_at",
            Arc::new(TimestampSecondArray::from(vec![None]).with_timezone("UTC")),
        ),
        ("pool_size", Arc::new(UInt64Array::from(vec![u64::MAX]))),
        ("pool_size", Arc::new(Int64Array::from(vec![-1]))),
        ("result", Arc::new(StringArray::from(vec!["perhaps"]))),
        ("result", Arc::new(StringArray::from(vec![None::<&str>]))),
    ] {
        let changed = tests_with(&people, member, array);
        // A diagnosis is certain without the test, and red is the top of the scale.
        assert_eq!(codes(&changed), said(["red", "green"]), "{member}");
        let diagnoses = people.column_by_name("diagnoses").unwrap();
        let none = arrow::array::new_null_array(diagnoses.data_type(), 2);
        let empty = arrow::compute::concat(&[&diagnoses.slice(1, 1), &diagnoses.slice(1, 1)]);
        let doubted = with(&changed, "diagnoses", empty.unwrap());
        assert_eq!(codes(&doubted), said(["unknown", "green"]), "{member}");
        // What is wrong is told at its place, as for a document.
        let shape = CATALOGUE.shape("person").unwrap();
        let batch = Batch::read(shape, &doubted).unwrap();
        let tests = shape.sections(["tests"]);
        let written = |name: &str| batch.section(name, 0);
        let facts = CATALOGUE
            .take_facts("person", tests, (&batch, 0), written)
            .unwrap();
        let document = batch.document(0).to_string();
        let problems = CATALOGUE.read_facts(&document).unwrap_err();
        let place = format!("/tests/0/{member}");
        assert!(
            problems
                .as_slice()
                .iter()
                .any(|it| it.place.to_string() == place),
            "{problems:?}"
        );
        assert!(!facts.knows("tests"));
        assert_eq!(
            codes(&with(&people, "diagnoses", none)),
            said(["unknown", "unknown"])
        );
    }
}

#[test]
fn a_section_that_is_missing_or_null_is_unknown_and_not_empty() {
    let people = people();
    assert_eq!(
        codes(&without(&people, "diagnoses")),
        said(["unknown", "unknown"])
    );
    let tests = people.column_by_name("tests").unwrap();
    let null = arrow::array::new_null_array(tests.data_type(), 2);
    assert_eq!(
        codes(&with(&people, "tests", null)),
        said(["red", "unknown"])
    );
    let untyped = arrow::array::new_null_array(&DataType::Null, 2);
    assert_eq!(
        codes(&with(&people, "tests", untyped)),
        said(["red", "unknown"])
    );
}

#[test]
fn somebody_without_a_region_or_of_another_kind_is_refused_and_has_no_level() {
    let people = people();
    let nobody = decider().decide(&without(&people, "identity")).unwrap();
    assert_eq!(nobody.refused.len(), 2);
    assert_eq!(codes(&without(&people, "identity")), [None, None]);
    let subjects: ArrayRef = Arc::new(StringArray::from(vec!["clinic", "person"]));
    let other = with(&people, "subject", subjects);
    assert_eq!(codes(&other), [None, Some("green".to_owned())]);
    let refused = decider().decide(&other).unwrap();
    let reasons = refused
        .outcomes
        .column_by_name("refused")
        .unwrap()
        .as_string::<i32>()
        .clone();
    assert!(
        reasons.value(0).contains("/subject"),
        "{}",
        reasons.value(0)
    );
    assert!(reasons.is_null(1));
}

#[test]
fn no_column_and_no_row_is_no_answer() {
    let nobody = RecordBatch::new_empty(Arc::new(Schema::empty()));
    assert!(codes(&nobody).is_empty());
}
