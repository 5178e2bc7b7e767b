//! SQL over invented persons: what it says is what each person is by itself, and what a
//! user reads when something is wrong.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "shared with the tests of the cluster")]
mod common;

use common::{
    AT, CATALOGUE, REFERENCES, alone, columns, counties, level_alone, numbers, session, texts,
    with_column, write, write_counties,
};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, DictionaryArray, Int64Array, ListArray, RecordBatch,
    StringArray, StructArray, new_null_array,
};
use datafusion::arrow::compute::{cast, concat_batches};
use datafusion::arrow::datatypes::{DataType, Field, Int8Type};
use datafusion::datasource::MemTable;
use futures::StreamExt;
use longma_core::{Instant, References, Request, Span};
use longma_query::table::{Form, print};
use longma_query::{Code, Error, Packs, Session, Settings};
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use tempfile::tempdir;

fn at() -> Instant {
    Instant::parse(AT).unwrap()
}

/// A session with persons of seeds up to `count` in a table `facts`.
fn with_persons(count: u64) -> (Session, Vec<(u64, String)>) {
    let people: Vec<_> = counties(0..count).into_values().flatten().collect();
    let session = session();
    provide(&session, "facts", vec![columns(&people)]);
    (session, people)
}

fn provide(session: &Session, name: &str, batches: Vec<RecordBatch>) {
    let table = MemTable::try_new(batches[0].schema(), vec![batches]).unwrap();
    session.provide(name, Arc::new(table)).unwrap();
}

fn sql(session: &Session, sql: &str) -> Vec<RecordBatch> {
    session.sql_blocking(sql).unwrap()
}

fn error(session: &Session, sql: &str) -> Error {
    session.sql_blocking(sql).unwrap_err()
}

/// `longma_decide` over `facts`, with these decisions and further arguments.
fn decide(select: &str, decisions: &str, more: &str) -> String {
    format!("SELECT {select} FROM longma_decide('facts', '{decisions}', '{AT}'{more})")
}

#[test]
fn levels_and_their_ends_are_those_of_each_person_by_itself() {
    let counties = counties(0..240);
    let folder = tempdir().unwrap();
    let path = write_counties(folder.path(), &counties);
    let session = session();
    session.register_blocking("facts", &path).unwrap();
    let rows = sql(&session, &(decide("*", "code,gold", "") + " ORDER BY seed"));
    let people: BTreeMap<u64, (&str, &str)> = counties
        .iter()
        .flat_map(|(county, people)| {
            people
                .iter()
                .map(|(seed, it)| (*seed, (county.as_str(), it.as_str())))
        })
        .collect();
    assert_eq!(numbers(&rows, "seed").len(), people.len());
    let (county, region) = (texts(&rows, "county"), texts(&rows, "region"));
    let (code, gold) = (texts(&rows, "code"), texts(&rows, "gold"));
    let (since, until) = (numbers(&rows, "code_since"), numbers(&rows, "code_until"));
    let least = texts(&rows, "code_at_least");
    assert!(texts(&rows, "refused").iter().all(Option::is_none));
    let mut ends = 0;
    for (row, (home, document)) in people.values().enumerate() {
        assert_eq!(county[row].as_deref(), Some(*home));
        assert_eq!(region[row].as_deref(), Some(*home));
        assert_eq!(code[row], Some(level_alone(document, "code", at())));
        assert_eq!(gold[row], Some(level_alone(document, "gold", at())));
        let outcome = alone(document, &["code"], None);
        let status = outcome.at("code", at()).unwrap();
        assert_eq!(since[row], status.since.map(Instant::unix), "{document}");
        assert_eq!(until[row], status.until.map(Instant::unix), "{document}");
        assert_eq!(
            least[row],
            status.stretch().at_least().map(|it| it.name.to_string())
        );
        ends += usize::from(since[row].is_some()) + usize::from(until[row].is_some());
    }
    assert!(ends > 0, "no level that begins or ends says anything");
}

#[test]
fn groups_count_what_persons_are_by_themselves() {
    let counties = counties(0..300);
    let folder = tempdir().unwrap();
    let path = write_counties(folder.path(), &counties);
    let session = session();
    session.register_blocking("facts", &path).unwrap();
    let query = decide("county, code, count(*) AS people", "code", "") + " GROUP BY county, code";
    let rows = sql(&session, &query);
    let mut expected = BTreeMap::<(String, String), i64>::new();
    for (county, people) in &counties {
        for (_, document) in people {
            let key = (county.clone(), level_alone(document, "code", at()));
            *expected.entry(key).or_default() += 1;
        }
    }
    assert!(
        expected.len() > 6,
        "too few groups say anything: {expected:?}"
    );
    let groups = texts(&rows, "county").into_iter().zip(texts(&rows, "code"));
    let counts = numbers(&rows, "people").into_iter().flatten();
    let found: BTreeMap<_, _> = groups
        .map(|(a, b)| (a.unwrap(), b.unwrap()))
        .zip(counts)
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_window_and_causes_are_those_of_each_person_by_itself() {
    let (session, people) = with_persons(80);
    let more =
        ", '', 'causes,segments,seconds', '2022-06-01T00:00:00+08:00', '2022-12-01T00:00:00+08:00'";
    let rows = sql(&session, &(decide("*", "code", more) + " ORDER BY seed"));
    let rows = concat_batches(&rows[0].schema(), &rows).unwrap();
    let mut people = people;
    people.sort();
    let end = |text| Some(Instant::parse(text).unwrap());
    let window = Span::new(
        end("2022-06-01T00:00:00+08:00"),
        end("2022-12-01T00:00:00+08:00"),
    );
    let of = |name: &str| rows.column_by_name(name).unwrap();
    let (mut causes, mut segments) = (0, 0);
    for (row, (_, document)) in people.iter().enumerate() {
        let outcome = alone(document, &["code"], window);
        let expected = outcome.decisions().get("code").unwrap();
        let found = of("code_segments").as_list::<i32>().value(row);
        assert_eq!(found.len(), expected.stretches().count());
        let found_causes = of("code_causes").as_list::<i32>().value(row);
        let all = expected.timeline().causes();
        let rules = cast(
            found_causes.as_struct().column_by_name("rule").unwrap(),
            &DataType::Utf8,
        );
        let rules = rules.unwrap();
        let rules: Vec<&str> = rules.as_string::<i32>().iter().flatten().collect();
        assert_eq!(
            rules,
            all.iter().map(longma_core::Cause::rule).collect::<Vec<_>>()
        );
        let seconds = of("code_seconds").as_struct();
        let sum: i64 = seconds
            .columns()
            .iter()
            .map(|it| {
                it.as_primitive::<datafusion::arrow::datatypes::Int64Type>()
                    .value(row)
            })
            .sum();
        let (from, until) = window.unwrap().bounds();
        assert_eq!(sum, until - from);
        causes += rules.len();
        segments += found.len();
    }
    assert!(causes > 0 && segments > people.len());
}

#[test]
fn packs_are_compared_person_by_person() {
    let people: Vec<_> = counties(0..200).into_values().flatten().collect();
    let packs = Packs::new()
        .with("before", Arc::clone(&CATALOGUE), Arc::clone(&REFERENCES))
        .with(
            "after",
            Arc::clone(&CATALOGUE),
            Arc::new(References::none()),
        );
    let session = Session::new(packs, &Settings::default()).unwrap();
    provide(&session, "facts", vec![columns(&people)]);
    let query = format!(
        "SELECT * FROM longma_compare('facts', 'code', '{AT}', 'before', 'after') ORDER BY seed"
    );
    let rows = sql(&session, &query);
    let (before, after) = (texts(&rows, "code_before"), texts(&rows, "code_after"));
    let changed = texts(&rows, "code_changed");
    let mut people = people;
    people.sort();
    let mut count = 0;
    for (row, (_, document)) in people.iter().enumerate() {
        let without = CATALOGUE.evaluate(document, Request::default()).unwrap();
        let status = without.at("code", at()).unwrap();
        let level = match status.stretch().verdict() {
            longma_core::Verdict::Known(rank) => {
                without.decisions()["code"].levels()[rank].name.to_string()
            }
            longma_core::Verdict::Unknown(_) => "unknown".to_owned(),
        };
        assert_eq!(before[row], Some(level_alone(document, "code", at())));
        assert_eq!(after[row], Some(level));
        let is_changed = before[row] != after[row];
        assert_eq!(
            changed[row].as_deref(),
            Some(if is_changed { "true" } else { "false" })
        );
        count += usize::from(is_changed);
    }
    assert!(count > 0 && count < people.len());
}

/// The lines of the plan that read files.
fn scans(session: &Session, query: &str) -> Vec<String> {
    let rows = sql(session, &format!("EXPLAIN FORMAT INDENT {query}"));
    let plans = texts(&rows, "plan").into_iter().flatten();
    let lines = plans.flat_map(|plan| plan.lines().map(str::to_owned).collect::<Vec<_>>());
    lines
        .filter(|line| line.contains("DataSourceExec"))
        .collect()
}

#[test]
fn parquet_reads_the_sections_that_the_decisions_read_and_no_others() {
    let folder = tempdir().unwrap();
    let path = write_counties(folder.path(), &counties(0..60));
    let session = session();
    session.register_blocking("facts", &path).unwrap();
    let window = longma_population::decide::Decider::new(
        Arc::clone(&CATALOGUE),
        Arc::clone(&REFERENCES),
        longma_query::Asked::read(&format!(r#"{{"decisions": ["gold"], "at": ["{AT}"]}}"#))
            .unwrap()
            .question()
            .unwrap(),
    );
    let needed = window.unwrap();
    let needed = needed.sections();
    let query = decide("county, gold, count(*)", "gold", "") + " GROUP BY county, gold";
    let scans = scans(&session, &query);
    assert_eq!(scans.len(), 1, "{scans:?}");
    let (_, projection) = scans[0].split_once("projection=[").unwrap();
    let (projection, _) = projection.split_once("], ").unwrap();
    let schema = CATALOGUE.schema("person").unwrap();
    for name in schema.root().names() {
        let is_read = projection.contains(name);
        assert_eq!(is_read, needed.contains(name), "{name}: {projection}");
    }
    // Of the identity the region alone: no name leaves the file.
    assert!(projection.contains("get_field(identity"), "{projection}");
    assert!(projection.contains("region"), "{projection}");
}

#[test]
fn a_person_is_decided_once_however_many_columns_and_filters_ask() {
    let (session, people) = with_persons(100);
    let query = decide("code, code_at_least, refused, region", "code", "")
        + " WHERE code <> 'green' AND refused IS NULL";
    let rows = sql(&session, &query);
    let levels = people.iter().map(|(_, it)| level_alone(it, "code", at()));
    let expected = levels.filter(|it| it != "green").count();
    assert_eq!(texts(&rows, "code").len(), expected);
    assert_eq!(session.packs().decided(), 100);
}

#[test]
fn the_scalar_function_takes_what_the_user_gives_it() {
    let (session, people) = with_persons(50);
    let question = format!(r#"{{"region": "62", "decisions": ["code"], "at": ["{AT}"]}}"#);
    let query = format!(
        "SELECT seed, longma_outcome('{question}', named_struct('tests', tests, 'stays', stays))
         ['code']['level'] AS code FROM facts ORDER BY seed"
    );
    let code = texts(&sql(&session, &query), "code");
    assert_eq!(code.len(), people.len());
    // Contacts are not known, so whoever is not worse than their absence allows is unknown.
    assert!(
        code.iter().all(|it| it.as_deref() != Some("green")),
        "{code:?}"
    );
}

#[test]
fn texts_of_another_encoding_and_cut_batches_decide_alike() {
    let (session, people) = with_persons(90);
    let query = decide("seed, code, refused", "code", "") + " ORDER BY seed";
    let expected = texts(&sql(&session, &query), "code");
    let whole = columns(&people);
    // Texts as dictionaries with narrow keys or views, and in pieces that begin anywhere.
    for kind in [
        DataType::Dictionary(Box::new(DataType::Int16), Box::new(DataType::Utf8)),
        DataType::Utf8View,
        DataType::LargeUtf8,
    ] {
        let other = recoded(&whole, &kind);
        let pieces = [(0, 7), (7, 40), (47, 43)].map(|(from, len)| other.slice(from, len));
        provide(&session, "facts", pieces.to_vec());
        assert_eq!(texts(&sql(&session, &query), "code"), expected, "{kind}");
    }
}

/// The batch with every text in it, at any depth, as `kind`.
fn recoded(batch: &RecordBatch, kind: &DataType) -> RecordBatch {
    let mut out = batch.clone();
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        out = with_column(&out, field.name(), recode(array, kind));
    }
    out
}

fn recode(array: &ArrayRef, kind: &DataType) -> ArrayRef {
    match array.data_type() {
        DataType::Utf8 => cast(array, kind).unwrap(),
        DataType::Dictionary(..) => cast(&cast(array, &DataType::Utf8).unwrap(), kind).unwrap(),
        DataType::Struct(_) => {
            let of = array.as_struct();
            let columns: Vec<ArrayRef> = of.columns().iter().map(|it| recode(it, kind)).collect();
            let fields = of.fields().iter().zip(&columns);
            let fields =
                fields.map(|(it, array)| Field::new(it.name(), array.data_type().clone(), true));
            Arc::new(StructArray::new(
                fields.collect(),
                columns,
                of.nulls().cloned(),
            ))
        }
        DataType::List(_) => {
            let of = array.as_list::<i32>();
            let items = recode(of.values(), kind);
            let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
            Arc::new(ListArray::new(
                field,
                of.offsets().clone(),
                items,
                of.nulls().cloned(),
            ))
        }
        _ => Arc::clone(array),
    }
}

#[test]
fn what_is_null_is_not_known_and_nobody_is_green_by_it() {
    let (session, people) = with_persons(120);
    let whole = columns(&people);
    // A section that is there for nobody.
    let tests = whole.column_by_name("tests").unwrap();
    let nothing = new_null_array(tests.data_type(), whole.num_rows());
    provide(
        &session,
        "facts",
        vec![with_column(&whole, "tests", nothing)],
    );
    let code = texts(&sql(&session, &decide("code", "code", "")), "code");
    assert!(
        code.iter().all(|it| it.as_deref() != Some("green")),
        "{code:?}"
    );

    // Tests without the time that every test has.
    let items = tests.as_list::<i32>();
    let of = items.values().as_struct();
    let columns: Vec<ArrayRef> = of
        .fields()
        .iter()
        .zip(of.columns())
        .map(|(field, array)| match field.name().as_str() {
            "sampled_at" => new_null_array(array.data_type(), array.len()),
            _ => Arc::clone(array),
        })
        .collect();
    let bad = StructArray::new(of.fields().clone(), columns, of.nulls().cloned());
    let field = Arc::new(Field::new_list_field(bad.data_type().clone(), true));
    let bad = ListArray::new(
        field,
        items.offsets().clone(),
        Arc::new(bad),
        items.nulls().cloned(),
    );
    let with_tests: Vec<bool> = (0..bad.len())
        .map(|row| bad.value_length(row) > 0)
        .collect();
    assert!(with_tests.iter().any(|it| *it));
    provide(
        &session,
        "facts",
        vec![with_column(&whole, "tests", Arc::new(bad))],
    );
    let code = texts(&sql(&session, &decide("code", "code", "")), "code");
    for (code, has_tests) in code.iter().zip(with_tests) {
        assert!(!has_tests || code.as_deref() != Some("green"));
    }

    // Nobody knows where anybody is: each is refused, and says why.
    let identity = whole.column_by_name("identity").unwrap();
    let nothing = new_null_array(identity.data_type(), whole.num_rows());
    provide(
        &session,
        "facts",
        vec![with_column(&whole, "identity", nothing)],
    );
    let rows = sql(&session, &decide("code, refused", "code", ""));
    assert!(texts(&rows, "code").iter().all(Option::is_none));
    let refused = texts(&rows, "refused");
    assert!(
        refused
            .iter()
            .all(|it| it.as_deref() == Some("region-missing /identity/region")),
        "{refused:?}"
    );
}

#[test]
fn a_column_of_another_type_is_named_with_both_types() {
    let (session, people) = with_persons(5);
    let whole = columns(&people);
    let rows = whole.num_rows();
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![7; rows]));
    provide(
        &session,
        "facts",
        vec![with_column(&whole, "tests", numbers)],
    );
    let error = error(&session, &decide("code", "code", ""));
    assert_eq!(error.code(), Code::ColumnType);
    let text = error.to_string();
    assert!(
        text.starts_with("column `tests`: expected List(Struct("),
        "{text}"
    );
    assert!(
        text.ends_with("found Int64; cast it, or write the file with `longma convert`"),
        "{text}"
    );

    // Both of two, and deep inside.
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![true; rows]));
    let items = whole.column_by_name("tests").unwrap().as_list::<i32>();
    let of = items.values().as_struct();
    let fields = of.fields().iter().map(|it| match it.name().as_str() {
        "sampled_at" => Field::new("sampled_at", DataType::Utf8, true),
        _ => it.as_ref().clone(),
    });
    let columns =
        of.fields()
            .iter()
            .zip(of.columns())
            .map(|(it, array)| match it.name().as_str() {
                "sampled_at" => cast(array, &DataType::Utf8).unwrap(),
                _ => Arc::clone(array),
            });
    let bad = StructArray::new(fields.collect(), columns.collect(), of.nulls().cloned());
    let field = Arc::new(Field::new_list_field(bad.data_type().clone(), true));
    let bad = ListArray::new(
        field,
        items.offsets().clone(),
        Arc::new(bad),
        items.nulls().cloned(),
    );
    let batch = with_column(&whole, "tests", Arc::new(bad));
    provide(&session, "facts", vec![with_column(&batch, "stays", flags)]);
    let text = session
        .sql_blocking(&decide("code", "code", ""))
        .unwrap_err()
        .to_string();
    assert!(text.contains("column `stays`: expected List("), "{text}");
    let inner = "column `tests.sampled_at`: expected Timestamp(ms, \"UTC\"), found Utf8; ";
    assert!(text.contains(inner), "{text}");
}

#[test]
fn a_column_with_a_slip_in_its_name_is_no_label() {
    let (session, people) = with_persons(5);
    let whole = columns(&people);
    let tests = Arc::clone(whole.column_by_name("tests").unwrap());
    let at = whole.schema().index_of("tests").unwrap();
    let mut without = whole.clone();
    without.remove_column(at);
    provide(
        &session,
        "facts",
        vec![with_column(&without, "test", tests)],
    );
    let text = error(&session, &decide("code", "code", "")).to_string();
    assert_eq!(
        text,
        "table `facts` has no column `tests`, which is needed, but a column `test`; rename it"
    );
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![7; people.len()]));
    provide(
        &session,
        "facts",
        vec![with_column(&whole, "code", Arc::clone(&numbers))],
    );
    assert_eq!(
        error(&session, &decide("*", "code", "")).to_string(),
        "column `code` of table `facts` has the name of a result; give it another one in a view"
    );
    let alone = RecordBatch::try_from_iter([("n", numbers)]).unwrap();
    provide(&session, "facts", vec![alone]);
    let text = error(&session, &decide("*", "code", "")).to_string();
    assert!(
        text.starts_with("table `facts` has none of the columns that are needed: `"),
        "{text}"
    );
    assert!(text.contains("`tests`"), "{text}");
}

#[test]
fn a_question_that_is_wrong_says_where_and_what_to_write() {
    let (session, _) = with_persons(3);
    let of = |question: &str| {
        let query =
            format!("SELECT longma_outcome('{question}', named_struct('tests', tests)) FROM facts");
        error(&session, &query).to_string()
    };
    let cases = [
        (
            "{",
            "question: EOF while parsing an object at line 1 column 1; write it like `{\"decisions\": ",
        ),
        (
            r#"{"decisions": ["code"], "att": []}"#,
            "question: unknown field `att`, expected one of `packs`, ",
        ),
        (
            r#"{"decisions": ["code"]}"#,
            "question: no time is asked for; give `at`, or `from` and `until`",
        ),
        (
            r#"{"decisions": [], "at": []}"#,
            "question: `decisions` is empty; name at least one",
        ),
        (
            r#"{"decisions": ["code", "code"], "at": []}"#,
            "question: `code` is asked for twice; name it once",
        ),
        (
            r#"{"decisions": ["code"], "at": ["2022-07-15"]}"#,
            "question: `at` is `2022-07-15`; write an instant with its offset, such as `2022-07-15T12:00:00+08:00`",
        ),
        (
            r#"{"decisions": ["code"], "from": "2022-07-15T12:00:00+08:00", "until": "2022-07-14T12:00:00+08:00"}"#,
            "question: `from` `2022-07-15T12:00:00+08:00` is not before `until` ",
        ),
        (
            r#"{"decisions": ["code"], "at": ["2022-07-15T12:00:00+08:00"], "tell": ["why"]}"#,
            "question: unknown variant `why`, expected one of `segments`, `causes`, `seconds`",
        ),
        (
            r#"{"packs": "next", "decisions": ["code"], "at": ["2022-07-15T12:00:00+08:00"]}"#,
            "there are no packs called `next`; there are those without a name",
        ),
    ];
    for (question, expected) in cases {
        let text = of(question);
        assert!(text.starts_with(expected), "{question}: {text}");
    }
    let text = of(r#"{"decisions": ["colour"], "at": ["2022-07-15T12:00:00+08:00"]}"#);
    assert!(text.contains("colour") && text.contains("code"), "{text}");
    let text = error(
        &session,
        "SELECT longma_outcome(seed::text, named_struct('tests', tests)) FROM facts",
    );
    assert_eq!(text.code(), Code::QuestionLiteral);
    let asked = format!(r#"{{"decisions": ["code"], "at": ["{AT}"]}}"#);
    let text = error(
        &session,
        &format!("SELECT longma_outcome('{asked}', seed) FROM facts"),
    )
    .to_string();
    assert!(
        text.contains("the facts must be a struct of sections, found Int64"),
        "{text}"
    );
    let query = format!("SELECT longma_outcome('{asked}', named_struct('test', tests)) FROM facts");
    let text = error(&session, &query).to_string();
    assert!(
        text.starts_with("column `test` is not in the schema of facts; did you mean `tests`?"),
        "{text}"
    );
}

#[test]
fn a_table_function_that_is_called_wrongly_says_how_it_is_called() {
    let (session, _) = with_persons(3);
    let of = |call: &str| error(&session, &format!("SELECT * FROM {call}")).to_string();
    let text = of("longma_decide('facts', 'code')");
    assert!(text.starts_with("`longma_decide`, argument 3: expected a text, but nothing is given; call it as longma_decide('table', "), "{text}");
    let text = of(&format!("longma_decide('facts', 7, '{AT}')"));
    assert!(
        text.starts_with("`longma_decide`, argument 2: expected a text, found `7`"),
        "{text}"
    );
    let text = of(&format!("longma_decide('fact', 'code', '{AT}')"));
    assert_eq!(text, "there is no table `fact`; there are `facts`");
    let text = of(&format!("longma_decide('facts', 'colour', '{AT}')"));
    assert!(text.contains("colour") && text.contains("code"), "{text}");
    let text = of(&format!(
        "longma_decide('facts', 'code', '{AT}', '', 'cause')"
    ));
    assert!(
        text.contains("argument 5: expected `causes`, `segments` or `seconds`, found `cause`"),
        "{text}"
    );
    let text = of(&format!(
        "longma_decide('facts', 'code', '{AT}', '', 'seconds')"
    ));
    assert!(
        text.contains("argument 6: expected where the window begins"),
        "{text}"
    );
    let text = of(&format!(
        "longma_compare('facts', 'code', '{AT}', 'before', 'after')"
    ));
    assert_eq!(
        text,
        "there are no packs called `before`; there are those without a name"
    );
    let text = of("facts WHERE nobody = 1");
    assert!(text.contains("nobody"), "{text}");
}

#[test]
fn files_that_are_not_whole_are_named_before_anything_is_counted() {
    let folder = tempdir().unwrap();
    let path = write_counties(folder.path(), &counties(0..60));
    let session = session();
    let of = |path: &str| session.register_blocking("facts", path).unwrap_err();
    // A partition that is not there.
    let missing = of(&format!("{path}/county=999999"));
    assert_eq!(missing.code(), Code::PathMissing);
    assert!(
        missing
            .to_string()
            .ends_with("county=999999`: there is no such file or folder")
    );
    // One without files: its people would be missing from every count.
    let empty = format!("{path}/county=621299");
    fs::create_dir(&empty).unwrap();
    let text = of(&path).to_string();
    assert!(
        text.starts_with(&format!(
            "`{empty}`: no Parquet file (`*.parquet`) is in this folder"
        )),
        "{text}"
    );
    fs::remove_dir(&empty).unwrap();
    // A file at another depth.
    let stray = format!("{path}/stray.parquet");
    fs::copy(format!("{path}/county=620102/part-0.parquet"), &stray).unwrap();
    let text = of(&path).to_string();
    assert!(
        text.contains("expected a folder `county=…`, as in the first one"),
        "{text}"
    );
    fs::remove_file(&stray).unwrap();
    // One that was cut off, and one of other types: both are told.
    let cut = format!("{path}/county=620103/part-0.parquet");
    let bytes = fs::read(&cut).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let other = format!("{path}/county=621202/part-1.parquet");
    let tests: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let batch = RecordBatch::try_from_iter([("tests", tests)]).unwrap();
    write(other.as_ref(), &[batch]);
    let error = of(&path);
    let text = error.to_string();
    assert_eq!(error.code(), Code::FileUnread);
    assert!(
        text.starts_with(&format!("`{cut}` cannot be read as Parquet: ")),
        "{text}"
    );
    assert!(text.contains("was it cut off? write it again"), "{text}");
    assert!(
        text.contains(&format!("`{other}`, column `tests`: expected List(")),
        "{text}"
    );
    assert!(
        text.contains("found Int64; write both files alike"),
        "{text}"
    );
}

#[test]
fn a_file_without_a_section_says_unknown_and_one_that_has_it_does_not() {
    let (_, people) = with_persons(60);
    let whole = columns(&people);
    let mut without = whole.clone();
    without.remove_column(whole.schema().index_of("tests").unwrap());
    let folder = tempdir().unwrap();
    // The first file in the folder has all columns, the second not.
    write(
        &folder.path().join("facts/a.parquet"),
        std::slice::from_ref(&whole),
    );
    write(&folder.path().join("facts/b.parquet"), &[without]);
    let session = session();
    let path = folder.path().join("facts");
    session
        .register_blocking("facts", path.to_str().unwrap())
        .unwrap();
    let query = decide("code, count(*) AS people", "code", "") + " GROUP BY code";
    let rows = sql(&session, &query);
    let levels = people.iter().map(|(_, it)| level_alone(it, "code", at()));
    let green = i64::try_from(levels.filter(|it| it == "green").count()).unwrap();
    let found = texts(&rows, "code")
        .into_iter()
        .zip(numbers(&rows, "people"));
    let found: BTreeMap<_, _> = found.collect();
    let found = found.get(&Some("green".to_owned())).copied().flatten();
    assert_eq!(
        found,
        Some(green),
        "only those whose tests are known can be green"
    );
}

/// Sorts some 150 MB of texts that do not repeat, with this much memory.
fn sort_within(memory: usize) -> Result<usize, Error> {
    let settings = Settings {
        memory,
        partitions: std::num::NonZeroUsize::new(2),
        // Merging holds a batch of each run.
        batch: 1_024,
    };
    let session = Session::new(common::packs(), &settings)?;
    let query = "SELECT value, repeat(cast(value AS text), 20) AS text
                 FROM generate_series(1, 1000000) ORDER BY text DESC";
    session.block_on(async {
        let (_, mut rows) = session.stream(query).await?;
        let (mut count, mut last) = (0, None::<String>);
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            count += batch.num_rows();
            for text in texts(&[batch], "text").into_iter().flatten() {
                assert!(last.as_ref().is_none_or(|last| *last >= text));
                last = Some(text);
            }
        }
        Ok(count)
    })?
}

#[test]
fn sorting_more_than_the_memory_holds_spills_and_still_sorts() {
    assert_eq!(sort_within(64 << 20), Ok(1_000_000));
    // The limit is one: with less than merging takes, the query ends, and says so.
    let error = sort_within(1 << 20).unwrap_err();
    assert_eq!(error.code(), Code::Engine);
    assert!(
        error.to_string().contains("pool_size: 1024.0 KB"),
        "{error}"
    );
}

/// How many bytes of files a query reads, as the engine says it.
fn scanned(session: &Session, query: &str) -> String {
    let rows = sql(session, &format!("EXPLAIN ANALYZE VERBOSE {query}"));
    let plan = texts(&rows, "plan").into_iter().flatten();
    let plan = plan.collect::<String>();
    let (_, after) = plan.split_once("bytes_scanned=").unwrap();
    after.split(',').next().unwrap().to_owned()
}

#[test]
fn no_name_is_read_for_a_decision() {
    let people: Vec<_> = counties(0..60).into_values().flatten().collect();
    let plain = columns(&people);
    let identity = plain.column_by_name("identity").unwrap().as_struct();
    let columns = identity
        .fields()
        .iter()
        .zip(identity.columns())
        .map(|(field, array)| {
            if field.name() != "name" {
                return Arc::clone(array);
            }
            // Some 20 kB each, which no compression makes small.
            let name = |row: usize| {
                let parts = (0..2_000).map(|at| ((row * 7919 + at) * 104_729).to_string());
                parts.collect::<String>()
            };
            let names: StringArray = (0..array.len()).map(|row| Some(name(row))).collect();
            Arc::new(names)
        });
    let long = StructArray::new(
        identity.fields().clone(),
        columns.collect(),
        identity.nulls().cloned(),
    );
    let long = with_column(&plain, "identity", Arc::new(long));
    let folder = tempdir().unwrap();
    let session = session();
    let read = [("plain", plain), ("long", long)].map(|(name, batch)| {
        let file = folder.path().join(format!("{name}.parquet"));
        write(&file, &[batch]);
        session
            .register_blocking("facts", file.to_str().unwrap())
            .unwrap();
        let size = fs::metadata(&file).unwrap().len();
        (size, scanned(&session, &decide("region, code", "code", "")))
    });
    assert!(read[1].0 > 10 * read[0].0, "{read:?}");
    assert_eq!(read[0].1, read[1].1, "{read:?}");
}

#[test]
fn rows_are_printed_for_people_and_for_programs() {
    let code: DictionaryArray<Int8Type> = [Some("green"), None].into_iter().collect();
    let names: ArrayRef = Arc::new(StringArray::from(vec!["a,b", "c"]));
    let batch = RecordBatch::try_from_iter([("name", names), ("code", Arc::new(code))]).unwrap();
    let printed = |form| {
        let mut out = Vec::new();
        print(std::slice::from_ref(&batch), form, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(printed(Form::Csv), "name,code\n\"a,b\",green\nc,\n");
    assert_eq!(
        printed(Form::JsonLines),
        "{\"name\":\"a,b\",\"code\":\"green\"}\n{\"name\":\"c\",\"code\":null}\n"
    );
    assert_eq!(
        printed(Form::Text),
        "+------+-------+\n| name | code  |\n+------+-------+\n| a,b  | green |\n| c    |       |\n+------+-------+\n"
    );
    let (session, _) = with_persons(4);
    let rows = sql(&session, &decide("*", "code", ", '', 'causes'"));
    for form in [Form::Csv, Form::Text, Form::JsonLines] {
        let mut out = Vec::new();
        print(&rows, form, &mut out).unwrap();
        assert!(String::from_utf8(out).unwrap().contains("code_causes"));
    }
}
