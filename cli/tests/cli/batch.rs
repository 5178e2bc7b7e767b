//! `longma decide` for many persons, run as a command.
use crate::common::{Folder, Said, command, folder, longma, project, run};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Stdio};

const AT: &str = "2022-07-10T09:00:00+08:00";
const TABLE: &str = "risk_areas=rules/reference/risk_areas.sample.csv";
const PEOPLE: &str = "rules/samples/people.ndjson";
const LIST: [&str; 4] = [
    "rules/samples/screening.csv",
    "--mapping",
    "rules/samples/screening.toml",
    "--id=/identity/document/number",
];

fn arguments<'a>(facts: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["decide", "--at", AT, "--reference", TABLE, "--facts", facts];
    args.extend(more);
    args
}

fn decide(facts: &str, more: &[&str]) -> Said {
    longma(&arguments(facts, more))
}

fn decide_text(input: &str, more: &[&str]) -> Said {
    run(command(&arguments("-", more)), input)
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer);
    found
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no {pointer} in {value}"))
}

/// A sample person on one line.
fn person(sample: &str) -> String {
    let file = project().join(format!("rules/samples/{sample}.json"));
    let facts: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    facts.to_string()
}

#[test]
fn each_person_has_a_line_that_says_what_holds() {
    let said = decide(PEOPLE, &[]).ends(0);
    let told = lines(&said.out);
    // The same answers as for these persons one by one (`decide.rs`).
    let contact = told.get(1).unwrap();
    assert_eq!(contact["line"], 2);
    assert_eq!(contact.get("id"), None);
    assert_eq!(at(contact, "/at"), AT);
    assert_eq!(at(contact, "/region"), "620102");
    assert_eq!(at(contact, "/decisions/code/level"), "red");
    assert_eq!(
        at(contact, "/decisions/code/since"),
        "2022-07-08T10:00:00+08:00"
    );
    assert_eq!(
        at(contact, "/decisions/code/until"),
        "2022-07-15T10:00:00+08:00"
    );
    assert_eq!(at(contact, "/decisions/code/next/level"), "yellow");
    assert_eq!(
        at(contact, "/decisions/code/rules/0"),
        "cn/2022-06-28/code/close_contact"
    );
    let unknown = told.get(4).unwrap();
    assert_eq!(at(unknown, "/decisions/code/level"), "unknown");
    assert_eq!(at(unknown, "/decisions/code/at_least"), "yellow");
    assert_eq!(at(unknown, "/decisions/code/problems/0"), "missing-section");
    assert_eq!(told.len(), 6);
    // No progress bar without a terminal.
    assert!(!said.err.contains(['\r', '\u{1b}', '%']), "{}", said.err);
    assert!(said.err.contains("6 decided, 0 refused\n"), "{}", said.err);
    // Ignores the column's width, which depends on the names of other decisions.
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut counts = said.err.lines().map(words);
    let code = "code green 2, red 2, unknown 1, yellow 1";
    assert!(counts.any(|line| line == code), "{}", said.err);
}

#[test]
fn a_person_is_named_as_asked_for_and_by_a_plain_value_only() {
    let named = |id: &str| {
        let said = decide(PEOPLE, &["--id", id]).ends(0);
        lines(&said.out).first().unwrap()["id"].clone()
    };
    assert_eq!(named("/identity/document/number"), "999999199001010016");
    assert_eq!(named("/identity/document"), Value::Null);
    assert_eq!(named("/nobody"), Value::Null);
}

#[test]
fn the_whole_outcome_is_that_of_the_person_alone() {
    let said = decide(PEOPLE, &["--full"]).ends(0);
    let many = lines(&said.out);
    for (line, sample) in [
        (0, "green-gold"),
        (4, "tests-missing"),
        (5, "manual-colour"),
    ] {
        let file = format!("rules/samples/{sample}.json");
        let alone = decide(&file, &["--json"]).ends(0);
        let alone: Value = serde_json::from_str(&alone.out).unwrap();
        assert_eq!(many.get(line).unwrap()["outcome"], alone);
    }
}

#[test]
fn a_bad_line_is_told_with_its_number_counted_and_left_out() {
    let good = person("companion");
    let wrong = good.replace("\"time_space\"", "\"timespace\"");
    let long = "x".repeat(longma_core::limits::FACTS_BYTES + 1);
    let input = format!("\u{feff}{good}\r\n\r\n{{\n{wrong}\n{long}\n{good}");
    let folder = folder("batch-bad");
    let rejects = folder.join("rejects.ndjson");
    let said = decide_text(
        &input,
        &["--format", "ndjson", "--rejects", rejects.to_str().unwrap()],
    );
    let said = said.ends(3);
    let told: Vec<Value> = lines(&said.out)
        .iter()
        .map(|line| line["line"].clone())
        .collect();
    assert_eq!(told, [1, 6]);
    for text in [
        "error[json-syntax]: this is not JSON\n --> <standard input>:3:1\n",
        "error[facts-enum]: ",
        " --> <standard input>:4:",
        "error[facts-size]: the document has 2097154 bytes; at most 2097152 are accepted\n",
        " <standard input>:5\n",
        "2 decided, 3 refused\n",
    ] {
        assert!(said.err.contains(text), "no {text:?} in\n{}", said.err);
    }
    let kept = lines(&fs::read_to_string(rejects).unwrap());
    let lines: Vec<&Value> = kept.iter().map(|line| &line["line"]).collect();
    assert_eq!(lines, [3, 4, 5]);
    assert_eq!(at(kept.get(1).unwrap(), "/text"), wrong);
    assert_eq!(
        at(kept.get(1).unwrap(), "/problems/0/place/pointer"),
        "/contacts/0/kind"
    );
    assert_eq!(kept.get(2).unwrap()["text"], Value::Null);
}

#[test]
fn bad_lines_are_told_in_chinese_too() {
    let said = decide_text("{\n", &["--format", "ndjson", "--lang", "zh-CN"]).ends(3);
    assert!(said.err.contains("错误[json-syntax]: "), "{}", said.err);
    assert!(said.err.contains(" <标准输入>:1:1\n"), "{}", said.err);
    assert!(
        said.err.contains("已判定 0 人，未采纳 1 人\n"),
        "{}",
        said.err
    );
}

#[test]
fn rows_of_a_list_become_persons() {
    let said = decide(LIST[0], &LIST[1..]).ends(3);
    let told = lines(&said.out);
    let seen: Vec<(u64, Option<u64>, &str, &str)> = told
        .iter()
        .map(|line| {
            (
                line["line"].as_u64().unwrap(),
                line["through"].as_u64(),
                at(line, "/id"),
                at(line, "/decisions/code/level"),
            )
        })
        .collect();
    // A person with two rows and no reason for a colour, and one without a test.
    assert_eq!(
        seen,
        [
            (2, Some(3), "999999199001010219", "green"),
            (6, None, "999999199001010235", "green")
        ]
    );
    // Nothing was said about vaccinations, so they are unknown, not none.
    assert_eq!(
        at(told.first().unwrap(), "/decisions/gold/level"),
        "unknown"
    );
    for text in [
        "warning: the mapping does not use these columns: 备注\n",
        "error[csv-value]: the mapping says nothing of `待出` in the column 结果\n",
        " --> rules/samples/screening.csv:5:",
        "2 decided, 1 refused\n",
    ] {
        assert!(said.err.contains(text), "no {text:?} in\n{}", said.err);
    }
}

#[test]
fn only_what_is_asked_for_is_decided_and_it_is_decided_as_ever() {
    let all = lines(&decide(PEOPLE, &[]).ends(0).out);
    let some = lines(
        &decide(PEOPLE, &["--decision", "gold", "--decision", "code"])
            .ends(0)
            .out,
    );
    assert_eq!(all.len(), some.len());
    for (all, some) in all.iter().zip(&some) {
        let names: Vec<&String> = some["decisions"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["code", "gold"]);
        for name in names {
            assert_eq!(some["decisions"][name], all["decisions"][name]);
        }
    }
    let listed = decide(LIST[0], &[&LIST[1..], &["--decision", "code"]].concat());
    let listed = lines(&listed.ends(3).out);
    let code = listed[0]["decisions"].as_object().unwrap();
    assert_eq!(code.keys().collect::<Vec<_>>(), ["code"]);
    decide(PEOPLE, &["--decision", "colour"])
        .ends(2)
        .complains(&["there is no decision `colour`", "code"]);
}

/// Decides rows by a mapping with `more` in it.
fn decide_rows(name: &str, more: &str, rows: &str, args: &[&str]) -> Said {
    let folder = folder(name);
    let mapping = folder.join("list.toml");
    let head = "subject = \"person\"\nkey = [\"id\"]\ninstants = [\"%Y-%m-%d %H:%M\"]\n\
        empty = [\"issuance\", \"diagnoses\", \"contacts\", \"stays\", \"entries\", \"tests\", \
        \"vaccinations\", \"symptoms\", \"isolation\", \"flags\"]\n";
    let columns = "[[constant]]\nto = \"identity.document.type\"\nvalue = \"other\"\n\
        [[constant]]\nto = \"identity.name\"\nvalue = \"样\"\n\
        [[column]]\nname = \"id\"\nto = \"identity.document.number\"\n\
        [[column]]\nname = \"region\"\nto = \"identity.region\"\n";
    fs::write(&mapping, format!("{head}{more}\n{columns}")).unwrap();
    let list = folder.join("list.csv");
    fs::write(&list, rows).unwrap();
    let mapping = mapping.to_str().unwrap().to_owned();
    let mut all = vec!["--mapping", &mapping];
    all.extend(args);
    decide(list.to_str().unwrap(), &all)
}

#[test]
fn a_list_that_is_not_sorted_by_its_key_is_given_up_unless_vouched_for() {
    let rows = "id,region\n2,620102\n1,620102\n2,620102\n";
    let said = decide_rows("batch-order", "", rows, &[]).ends(3);
    assert_eq!(lines(&said.out).len(), 1);
    assert!(
        said.err
            .contains("error[csv-order]: the list is not sorted by id: 1 stands behind 2\n")
    );
    assert!(said.err.contains("list.csv:3\n"), "{}", said.err);
    let said = decide_rows("batch-grouped", "grouped = true", rows, &[]).ends(0);
    assert_eq!(lines(&said.out).len(), 3);
}

#[test]
fn what_rows_say_is_read_as_the_mapping_says() {
    let more = "delimiter = \";\"\nblank = [\"-\"]\n\
        [[constant]]\nto = \"stays[].province\"\nvalue = \"甘肃省\"\n\
        [[column]]\nname = \"city\"\nto = \"stays[].city\"\n\
        [[column]]\nname = \"county\"\nto = \"stays[].county\"\n\
        [[column]]\nname = \"community\"\nto = \"stays[].community\"\n\
        [[column]]\nname = \"from\"\nto = \"stays[].arrived\"\n\
        [[column]]\nname = \"key\"\nto = \"stays[].key_area\"\nvalues = { \"是\" = true, \"否\" = false }\n";
    let rows = "id;region;city;county;community;from;key\n\
        1;620102;兰州市;城关区;样例街道望河小区;2022-07-01 08:00;是\n\
        1;-;兰州市;城关区;样例街道望河小区;2022-07-01 08:00;是\n\
        1;620102;\"兰州市\";皋兰县;乙;2022-07-05 08:00;否\n\
        2;620102;-;-;-;-;-\n\
        3;620102;兰州市;城关区;乙;2022/07/05;否\n\
        4;620102;兰州市;城关区;;2022-07-05 08:00;\n";
    let folder = folder("batch-read");
    let rejects = folder.join("rejects.ndjson");
    let args = ["--full", "--rejects", rejects.to_str().unwrap()];
    let said = decide_rows("batch-rows", more, rows, &args).ends(3);
    let told = lines(&said.out);
    assert_eq!(told.len(), 2);
    // The high-risk span of that community in the sample table. The repeated row is
    // one stay.
    let first = told.first().unwrap();
    assert_eq!(at(first, "/outcome/decisions/code/status/level"), "red");
    assert!(!first.to_string().contains("/stays/2"));
    assert_eq!(
        at(told.get(1).unwrap(), "/outcome/decisions/code/status/level"),
        "green"
    );
    for text in [
        "error[csv-time]: `2022/07/05` in the column from is not written as the mapping says\n",
        "list.csv:6:",
        "error[facts-missing]: \"community\" is missing\n",
        "list.csv:7:",
    ] {
        assert!(said.err.contains(text), "no {text:?} in\n{}", said.err);
    }
}

#[test]
fn a_mapping_that_is_wrong_is_told_before_the_first_row() {
    let wrong = |name: &str, more: &str, texts: &[&str]| {
        let said = decide_rows(name, more, "id,region\n1,620102\n", &[]);
        said.ends(3).complains(texts);
    };
    let column = |to: &str| format!("[[column]]\nname = \"region\"\nto = \"{to}\"\n");
    wrong(
        "batch-place",
        &column("tests[].sampledat"),
        &[
            "error[mapping-place]: ",
            "no `sampledat`",
            "list.toml:7:6\n",
            "did you mean: sampled_at?",
        ],
    );
    wrong(
        "batch-list",
        &column("tests.result"),
        &["did you mean: tests[]?"],
    );
    wrong(
        "batch-inside",
        &column("identity.document"),
        &["error[mapping-inside]: "],
    );
    wrong(
        "batch-twice",
        &column("identity.name"),
        &["error[mapping-twice]: "],
    );
    wrong(
        "batch-unknown",
        "keys = 1",
        &["error[shape-unknown]: ", "there is no key `keys`"],
    );
    wrong(
        "batch-offset",
        "offset = \"8\"",
        &["error[mapping-offset]: "],
    );
    wrong(
        "batch-delimiter",
        "delimiter = \"；\"",
        &["error[mapping-delimiter]: "],
    );
    wrong(
        "batch-format",
        "dates = [\"%Q\"]",
        &["error[mapping-format]: ", "%Q"],
    );
    let value =
        "[[column]]\nname = \"region\"\nto = \"tests[].result\"\nvalues = { a = \"good\" }\n";
    wrong(
        "batch-value",
        value,
        &["error[mapping-value]: ", "negative, positive, inconclusive"],
    );
    let missing = "[[column]]\nname = \"sex\"\nto = \"identity.sex\"\n";
    wrong(
        "batch-column",
        missing,
        &["error[csv-column]: ", "sex", "its columns are: id, region"],
    );
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let usage = |facts: &str, args: &[&str], text: &str| {
        decide(facts, args).ends(2).complains(&[text]);
    };
    let one = "rules/samples/companion.json";
    usage(one, &["--out", "x"], "--out is for many persons");
    usage(one, &["--resume"], "--resume is for many persons");
    usage(one, &["--mapping", "x"], "--mapping is for many persons");
    usage(PEOPLE, &["--json"], "--json is for one person");
    usage(PEOPLE, &["--timeline"], "--timeline is for one person");
    usage(PEOPLE, &["--history"], "--history is for one person");
    usage(PEOPLE, &["--resume"], "--resume needs a file");
    usage(PEOPLE, &["--resume", "--out", "-"], "--resume needs a file");
    usage(PEOPLE, &["--mapping", "x"], "--mapping is for a CSV");
    usage(
        PEOPLE,
        &["--id", "identity"],
        "`identity` is not a JSON pointer",
    );
    usage(PEOPLE, &["--region", "62"], "--region six digits");
    usage(
        PEOPLE,
        &["--out", PEOPLE],
        "this file would be written over",
    );
    usage(LIST[0], &[], "a CSV needs --mapping");
    assert!(fs::read_to_string(project().join(PEOPLE)).unwrap().len() > 1_000);
}

/// Lines of persons, each long enough for a journal entry of its own.
fn long_people(count: usize) -> Vec<String> {
    let samples = ["companion", "close-contact", "green-gold", "tests-missing"];
    let people = samples.map(person);
    let space = " ".repeat(600 * 1024);
    (0..count)
        .map(|n| match (n % 7, people.get(n % 4)) {
            (5, _) | (_, None) => format!("{{{space}\n"),
            (_, Some(person)) => format!("{person}{space}\n"),
        })
        .collect()
}

/// A folder for what runs write.
struct Place {
    folder: Folder,
}

impl Place {
    fn new(name: &str) -> Self {
        Self {
            folder: folder(name),
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    fn args(&self, facts: &str, more: &[&str]) -> Vec<String> {
        let (out, rejects) = (self.path("out.ndjson"), self.path("rejects.ndjson"));
        let own = ["--format", "ndjson", "--out", &out, "--rejects", &rejects];
        arguments(facts, &[&own, more].concat())
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    fn decide(&self, input: &str, more: &[&str]) -> Said {
        let args = self.args("-", more);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        run(command(&args), input)
    }

    fn start(&self, more: &[&str]) -> Child {
        let args = self.args("-", more);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut command = command(&args);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().unwrap()
    }

    fn left(&self) -> [String; 3] {
        ["out.ndjson", "rejects.ndjson", "out.ndjson.resume"]
            .map(|name| fs::read_to_string(self.folder.join(name)).unwrap())
    }
}

#[test]
fn a_run_that_is_killed_goes_on_to_the_bytes_of_one_that_was_not() {
    let people = long_people(14);
    let input = people.concat();
    let place = Place::new("batch-killed");
    place.decide(&input, &[]).ends(3);
    let whole = place.left();
    assert_eq!(lines(&whole[0]).len(), 12);
    for killed in [1, 3, 6, 9, 13] {
        for name in ["out.ndjson", "rejects.ndjson", "out.ndjson.resume"] {
            fs::remove_file(place.folder.join(name)).unwrap();
        }
        // A pipe holds much less than a line: once the next line is half written, the
        // lines before it have been read, and all but the last of them are in the journal.
        let mut child = place.start(&[]);
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(people[..killed].concat().as_bytes())
            .unwrap();
        pipe.write_all(&people[killed].as_bytes()[..500_000])
            .unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let cut = place.left();
        assert!(
            cut[2].lines().count() > killed.saturating_sub(1),
            "{}",
            cut[2]
        );
        assert!(cut[0].len() < whole[0].len());
        place
            .decide(&input, &[])
            .ends(5)
            .complains(&["an interrupted run", "--resume"]);
        let said = place.decide(&input, &["--resume"]).ends(3);
        assert_eq!(place.left(), whole);
        assert!(said.err.contains("12 decided, 2 refused\n"), "{}", said.err);
    }
}

#[test]
fn a_run_goes_on_only_with_what_it_was_begun_with() {
    let people = long_people(5);
    let input = people.concat();
    let place = Place::new("batch-other");
    let mut child = place.start(&[]);
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(people[..3].concat().as_bytes()).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let cut = place.left();
    let refused = |input: &str, more: &[&str], texts: &[&str]| {
        let more = [&["--resume"], more].concat();
        place.decide(input, &more).ends(2).complains(texts);
        assert_eq!(place.left()[2], cut[2]);
    };
    refused(&input, &["--full"], &["something else: --full differ"]);
    refused(&input, &["--id", "/identity/name"], &["--id differ"]);
    refused(&input, &["--region", "620102"], &["--region differ"]);
    refused(&input, &["--decision", "code"], &["--decision differ"]);
    let first = format!(" {input}");
    refused(
        &first,
        &[],
        &["the input is not the one", "<standard input>:"],
    );
    let other = crate::common::copy_of_rules("batch-other-rules");
    let packs = other.join("rules/packs");
    crate::common::edit(&packs.join("62/2022-03-07/code.rhai"), "{\n", "{\n\n");
    refused(
        &input,
        &["--packs", packs.to_str().unwrap()],
        &["--packs differ"],
    );
    place.decide(&input, &["--resume"]).ends(0);
}

#[test]
fn the_instant_of_an_interrupted_run_is_remembered() {
    let place = Place::new("batch-instant");
    let people = long_people(4);
    place.decide(&people.concat(), &[]).ends(0);
    let whole = place.left();
    // As if it had been cut off after the second person.
    let journal: Vec<&str> = whole[2].lines().take(3).collect();
    fs::write(
        place.folder.join("out.ndjson.resume"),
        journal.join("\n") + "\n",
    )
    .unwrap();
    let (out, rejects) = (place.path("out.ndjson"), place.path("rejects.ndjson"));
    let args = [
        "decide",
        "--facts",
        "-",
        "--format",
        "ndjson",
        "--reference",
        TABLE,
        "--out",
        &out,
        "--rejects",
        &rejects,
        "--resume",
    ];
    run(command(&args), &people.concat()).ends(0);
    assert_eq!(place.left(), whole);
}

#[test]
fn a_finished_run_is_done_when_gone_on_with_and_is_written_over_else() {
    let place = Place::new("batch-finished");
    let input = format!("{}\n", person("companion"));
    place.decide(&input, &["--resume"]).ends(0);
    let whole = place.left();
    place.decide(&input, &["--resume"]).ends(0);
    assert_eq!(place.left(), whole);
    place
        .decide(&format!("{input}{input}"), &["--resume"])
        .ends(2);
    place.decide(&input, &[]).ends(0);
    assert_eq!(place.left(), whole);
    fs::remove_file(place.folder.join("out.ndjson.resume")).unwrap();
    place
        .decide(&input, &["--resume"])
        .ends(5)
        .complains(&["no journal"]);
    assert_eq!(
        fs::read_to_string(place.folder.join("out.ndjson")).unwrap(),
        whole[0]
    );
    fs::write(place.folder.join("out.ndjson.resume"), "notes\n").unwrap();
    place
        .decide(&input, &[])
        .ends(5)
        .complains(&["out.ndjson.resume", "and is none"]);
}

#[test]
fn a_file_that_another_run_writes_is_left_alone() {
    let place = Place::new("batch-busy");
    let people = long_people(2);
    let mut child = place.start(&[]);
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(people.concat().as_bytes()).unwrap();
    place
        .decide("{}\n", &["--resume"])
        .ends(5)
        .complains(&["another run is writing"]);
    drop(pipe);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(lines(&place.left()[0]).len(), 2);
}

#[cfg(unix)]
#[test]
fn a_reader_who_closes_the_pipe_has_read_enough() {
    let mut command = command(&arguments("-", &["--format", "ndjson"]));
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let line = format!("{}\n", person("companion"));
    let _ = child
        .stdin
        .take()
        .unwrap()
        .write_all(line.repeat(50).as_bytes());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// The peak memory of a run over `count` persons, in KiB.
#[cfg(target_os = "linux")]
fn peak(count: usize) -> u64 {
    let mut command = command(&arguments("-", &["--format", "ndjson"]));
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    // Nothing is known about this person, so deciding takes little time.
    let person = "{\"subject\":\"person\",\"identity\":{\"name\":\"样\",\
        \"document\":{\"type\":\"other\",\"number\":\"TEST-1\"},\"region\":\"440103\"}}\n";
    for _ in 0..count {
        pipe.write_all(person.as_bytes()).unwrap();
    }
    // All but what the pipe holds is decided, and the process is still running.
    let status = Path::new("/proc")
        .join(child.id().to_string())
        .join("status");
    let status = fs::read_to_string(status).unwrap();
    let mut lines = status.lines();
    let peak = lines.find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak = peak.trim().trim_end_matches(" kB").parse().unwrap();
    drop(pipe);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    peak
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_number_of_persons() {
    let few = peak(2_000);
    let many = peak(12_000);
    // Keeping a hundred bytes for each of the ten thousand more would show.
    assert!(many < few + 1_000, "{few} KiB, then {many} KiB");
}
