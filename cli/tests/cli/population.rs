//! Whole populations from the command line: what comes out is what one by one comes out.

use crate::common::{Folder, Said, folder, longma, project};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs;

pub(crate) const AT: &str = "2022-07-10T08:30:00+08:00";

pub(crate) fn at(folder: &Folder, file: &str) -> String {
    folder.join(file).to_str().unwrap().to_owned()
}

/// The sample people, as documents, every second of whom has moved to another county.
fn people() -> Vec<String> {
    let text = fs::read_to_string(project().join("rules/samples/people.ndjson")).unwrap();
    let lines = text.lines().enumerate().map(|(at, line)| {
        let mut person: Json = serde_json::from_str(line).unwrap();
        if at % 2 == 1 {
            person["identity"]["region"] = "621202".into();
        }
        person.to_string()
    });
    lines.collect()
}

/// The list of risk areas of the samples.
pub(crate) fn areas() -> String {
    let file = project().join("rules/reference/risk_areas.sample.csv");
    format!("risk_areas={}", file.display())
}

impl Said {
    /// What is told beside an answer.
    fn warns(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.err.contains(text), "{text} is not in\n{}", self.err);
        }
        self
    }
}

/// A folder with the sample people as columns, county by county.
pub(crate) fn columns(name: &str) -> Folder {
    let folder = folder(name);
    let mut counties: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in people() {
        let json: Json = serde_json::from_str(&line).unwrap();
        let region = json["identity"]["region"].as_str().unwrap().to_owned();
        counties.entry(region).or_default().push(line);
    }
    for (county, lines) in counties {
        let part = format!("facts/county={county}");
        fs::create_dir_all(folder.join(&part)).unwrap();
        fs::write(folder.join("part.ndjson"), lines.join("\n")).unwrap();
        let (from, to) = (
            at(&folder, "part.ndjson"),
            at(&folder, &format!("{part}/a.parquet")),
        );
        longma(&["convert", &from, &to]).ends(0);
    }
    folder
}

pub(crate) fn decide(folder: &Folder, more: &[&str]) -> Said {
    let (facts, out) = (at(folder, "facts"), at(folder, "out"));
    let areas = areas();
    let given = ["population", "decide", "--facts", &facts, "--out", &out];
    longma(
        &[
            &given[..],
            &[
                "--decision",
                "code",
                "--at",
                AT,
                "--by",
                "county",
                "--reference",
                &areas,
            ],
            more,
        ]
        .concat(),
    )
}

/// Persons by county and level, from what `--json` prints.
pub(crate) fn counts(printed: &str) -> BTreeMap<(String, String), u64> {
    let json: Json = serde_json::from_str(printed).unwrap();
    let counts = json["counts"].as_array().unwrap().iter().map(|count| {
        let group = &count[0];
        let text = |json: &Json| json.as_str().unwrap().to_owned();
        let key = (text(&group["by"]), text(&group["levels"][0]));
        (key, count[1]["persons"].as_u64().unwrap())
    });
    counts.collect()
}

#[test]
fn a_population_is_decided_as_each_person_is_alone() {
    let folder = columns("population-decide");
    let mut expected: BTreeMap<(String, String), u64> = BTreeMap::new();
    for line in people() {
        fs::write(folder.join("one.json"), &line).unwrap();
        let one = at(&folder, "one.json");
        let areas = areas();
        let alone = longma(&[
            "decide",
            "--reference",
            &areas,
            "--facts",
            &one,
            "--decision",
            "code",
            "--at",
            AT,
            "--json",
        ]);
        let alone: Json = serde_json::from_str(&alone.ends(0).out).unwrap();
        let timeline = alone["decisions"]["code"]["timeline"].as_array().unwrap();
        // Instants with one offset are ordered as texts are.
        let now = timeline
            .iter()
            .rfind(|it| it["from"].as_str().is_none_or(|from| from <= AT));
        let level = now.unwrap()["level"].as_str().unwrap().to_owned();
        let facts: Json = serde_json::from_str(&line).unwrap();
        let county = facts["identity"]["region"].as_str().unwrap().to_owned();
        *expected.entry((county, level)).or_default() += 1;
    }
    let printed = decide(&folder, &["--json"]).ends(0).out;
    assert_eq!(counts(&printed), expected);
    assert!(expected.len() > 2, "{expected:?}");
    // The page and the outcomes are there, and nobody was refused.
    let page = fs::read_to_string(folder.join("out/report.html")).unwrap();
    assert!(page.contains("620102"), "{page}");
    assert!(
        folder
            .join("out/outcomes/county=620102/a.parquet")
            .is_file()
    );
    assert!(!folder.join("out/refused").exists());
    // The monitor's lines say the same.
    let feed = fs::read_to_string(folder.join("out/levels.ndjson")).unwrap();
    let mut shown: BTreeMap<(String, String), u64> = BTreeMap::new();
    for line in feed.lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        assert_eq!(line["day"], "2022-07-10");
        for (level, persons) in line["persons"].as_object().unwrap() {
            let county = line["county"].as_str().unwrap().to_owned();
            shown.insert((county, level.clone()), persons.as_u64().unwrap());
        }
    }
    assert_eq!(shown, expected);
    // Once more: all is done, and the same comes out.
    assert_eq!(counts(&decide(&folder, &["--json"]).ends(0).out), expected);
    let files = fs::read_dir(folder.join("facts")).unwrap().count();
    decide(&folder, &[])
        .ends(0)
        .tells(&[&format!("an earlier run had done: {files}")]);
    // Another question does not take this folder's answers for its own.
    decide(&folder, &["--decision", "gold"])
        .ends(5)
        .complains(&["what another question"]);
}

#[test]
fn a_file_that_is_cut_off_is_told_and_the_rest_is_done() {
    let folder = columns("population-cut");
    let whole = fs::read(folder.join("facts/county=620102/a.parquet")).unwrap();
    fs::create_dir_all(folder.join("facts/county=620999")).unwrap();
    fs::write(
        folder.join("facts/county=620999/a.parquet"),
        &whole[..whole.len() / 2],
    )
    .unwrap();
    let told = decide(&folder, &[]).ends(3);
    told.warns(&["no whole Parquet", "county=620999"]);
    assert!(
        folder
            .join("out/outcomes/county=620102/a.parquet")
            .is_file()
    );
}

#[test]
fn a_partition_without_files_is_told_and_the_rest_is_done() {
    let folder = columns("population-missing");
    fs::create_dir_all(folder.join("facts/county=620999")).unwrap();
    decide(&folder, &[])
        .ends(3)
        .warns(&["no Parquet file here", "county=620999"]);
    assert!(
        folder
            .join("out/outcomes/county=620102/a.parquet")
            .is_file()
    );
}

#[test]
fn what_cannot_be_counted_by_is_told() {
    let folder = columns("population-by");
    let (facts, out) = (at(&folder, "facts"), at(&folder, "out2"));
    let given = ["population", "decide", "--facts", &facts, "--out", &out];
    let asked = ["--decision", "code", "--at", AT, "--by", "nowhere"];
    longma(&[&given[..], &asked].concat())
        .ends(3)
        .warns(&["no column `nowhere`", "county"]);
}

#[test]
fn the_same_packs_change_nobody_and_others_are_told_apart() {
    let folder = columns("population-compare");
    let packs = project().join("rules/packs").to_str().unwrap().to_owned();
    let (facts, out) = (at(&folder, "facts"), at(&folder, "out"));
    let given = [
        "population",
        "compare",
        "--facts",
        &facts,
        "--out",
        &out,
        "--after",
        &packs,
    ];
    let asked = ["--decision", "code", "--at", AT, "--json"];
    let window = ["--from", "2022-07-01", "--until", "2022-08-01"];
    let printed = longma(&[&given[..], &asked, &window].concat()).ends(0).out;
    let json: Json = serde_json::from_str(&printed).unwrap();
    let counts = json["counts"].as_array().unwrap();
    assert!(!counts.is_empty());
    for count in counts {
        let levels = count[0]["levels"].as_array().unwrap();
        assert_eq!(levels[0], levels[1]);
        assert_eq!(count[1]["seconds"], 0);
    }
    // Each person is counted for each of the 31 days of July, on both sides.
    let days = |side: u64| -> u64 {
        let seconds = json["seconds"].as_array().unwrap().iter();
        let of = seconds
            .filter(|it| it[0][2] == side)
            .map(|it| it[1].as_u64().unwrap());
        of.sum::<u64>() / 86_400
    };
    let people = u64::try_from(people().len()).unwrap();
    assert_eq!([days(0), days(1)], [31 * people; 2]);
    // To decide, there is nothing after; to compare there must be.
    decide(&folder, &["--after", &packs])
        .ends(2)
        .complains(&["--after"]);
}

#[test]
fn documents_come_back_from_columns() {
    let folder = folder("population-convert");
    let source = project()
        .join("rules/samples/people.ndjson")
        .to_str()
        .unwrap()
        .to_owned();
    let (columns, back) = (at(&folder, "people.parquet"), at(&folder, "back.ndjson"));
    longma(&["convert", &source, &columns])
        .ends(0)
        .tells(&["Documents written: 6"]);
    longma(&["convert", &columns, &back]).ends(0);
    let back = fs::read_to_string(back).unwrap();
    let text = fs::read_to_string(&source).unwrap();
    for (before, after) in text.lines().zip(back.lines()) {
        let [before, after]: [Json; 2] =
            [before, after].map(|it| serde_json::from_str(it).unwrap());
        // These people were written at the offset of China, as columns are written back.
        assert_eq!(before, after);
    }
    // A line that is no person is told with its number, and the others are written.
    let mut lines = people();
    lines.insert(1, "{\"subject\": \"person\"}".to_owned());
    fs::write(folder.join("odd.ndjson"), lines.join("\n")).unwrap();
    let told = longma(&["convert", &at(&folder, "odd.ndjson"), &columns]).ends(3);
    let told = told.warns(&["odd.ndjson:2", "identity"]);
    told.tells(&["Documents written: 6", "left out: 1"]);
    longma(&["convert", &source, &at(&folder, "people.txt")])
        .ends(2)
        .complains(&["Parquet"]);
}
