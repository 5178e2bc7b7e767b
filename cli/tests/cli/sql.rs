//! SQL from the command line: what it counts is what one by one comes out, and what is wrong
//! is told in the reader's language.

use crate::common::{Said, longma, project, run};
use crate::population::{AT, areas, at, columns, decide};
use std::collections::BTreeMap;
use std::fs;

fn sql(query: &str, more: &[&str]) -> Said {
    longma(&[&["sql", query], more].concat())
}

#[test]
fn counts_are_those_of_the_population_command() {
    let folder = columns("sql-counts");
    let (facts, areas) = (at(&folder, "facts"), areas());
    let printed = decide(&folder, &["--json"]).ends(0).out;
    let expected = crate::population::counts(&printed);
    let query = format!(
        "SELECT county, code, count(*) AS people FROM longma_decide('facts', 'code', '{AT}')
         GROUP BY county, code ORDER BY county, code"
    );
    let given = ["--facts", &facts, "--reference", &areas, "--format", "csv"];
    let csv = sql(&query, &given).ends(0).out;
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("county,code,people"));
    let found = lines.map(|line| {
        let row: Vec<&str> = line.split(',').collect();
        (
            (row[0].to_owned(), row[1].to_owned()),
            row[2].parse().unwrap(),
        )
    });
    assert_eq!(found.collect::<BTreeMap<_, u64>>(), expected);
    // The same from standard input, as lines of JSON.
    let command = crate::common::command(&["sql", "-", "--facts", &facts, "--format", "json"]);
    let count = "SELECT count(*) AS n FROM facts";
    run(command, count).ends(0).tells(&["{\"n\":6}\n"]);
    // Under a name of its own, beside the other, as a table with lines.
    let other = format!("people={facts}");
    let given = ["--facts", &facts, "--facts", &other, "--threads", "1"];
    sql("SELECT count(*) AS n FROM facts, people", &given)
        .ends(0)
        .tells(&["| n  |", "| 36 |"]);
}

#[test]
fn two_sets_of_packs_are_before_and_after() {
    let folder = columns("sql-compare");
    let (facts, areas) = (at(&folder, "facts"), areas());
    let packs = project().join("rules/packs");
    let query = format!(
        "SELECT count(*) AS n FROM longma_compare('facts', 'code', '{AT}', 'before', 'after')
         WHERE NOT code_changed AND code_before = code_after"
    );
    let given = ["--facts", &facts, "--reference", &areas, "--format", "json"];
    let after = ["--after", packs.to_str().unwrap()];
    sql(&query, &[&given[..], &after].concat())
        .ends(0)
        .tells(&["{\"n\":6}\n"]);
    sql(&query, &given)
        .ends(2)
        .complains(&["no packs called `before`"]);
}

#[test]
fn what_is_wrong_is_told_in_both_languages() {
    let folder = columns("sql-wrong");
    let facts = at(&folder, "facts");
    let given = ["--facts", &facts];
    let level = |table: &str, decision: &str| {
        format!("SELECT * FROM longma_decide('{table}', '{decision}', '{AT}')")
    };
    sql(&level("fact", "code"), &given).ends(2).complains(&[
        "query-table-unknown",
        "no table `fact`",
        "there are `facts`",
    ]);
    sql(
        &level("fact", "code"),
        &["--facts", &facts, "--lang", "zh-CN"],
    )
    .ends(2)
    .complains(&["没有名为 `fact` 的表", "现有：`facts`"]);
    sql(&level("facts", "cod"), &given).ends(2).complains(&[
        "unknown-decision",
        "called cod",
        "code",
    ]);
    sql("SELECT nobody FROM facts", &given)
        .ends(2)
        .complains(&["nobody"]);
    sql("SELECT 1", &["--facts", &facts, "--facts", &facts])
        .ends(2)
        .complains(&["two tables called `facts`"]);
    sql("SELECT 1", &["--facts", &at(&folder, "nowhere")])
        .ends(5)
        .complains(&["no such file or folder"]);
    let file = folder.join("facts/county=620102/a.parquet");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    sql(&level("facts", "code"), &given).ends(5).complains(&[
        "a.parquet",
        "cannot be read as Parquet",
        "cut off",
    ]);
}
