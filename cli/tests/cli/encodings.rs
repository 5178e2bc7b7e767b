//! Files in the encodings that spreadsheets and older systems write: what each command
//! answers does not depend on them, and what was assumed is said.
use crate::common::{Said, command, copy_of_rules, folder, longma, project, run};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

const AT: &str = "2022-07-10T09:00:00+08:00";
const TABLE: &str = "risk_areas=rules/reference/risk_areas.sample.csv";

/// A text in each encoding, with lines that end as Windows ends them, and the name that is
/// told of it.
fn written(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let text = text.replace('\n', "\r\n");
    let marked = format!("\u{feff}{text}");
    let utf16 = marked.encode_utf16();
    vec![
        ("", marked.clone().into_bytes()),
        ("gb18030", encoding_rs::GB18030.encode(&text).0.into_owned()),
        (
            "UTF-16LE",
            utf16.clone().flat_map(u16::to_le_bytes).collect(),
        ),
        ("UTF-16BE", utf16.flat_map(u16::to_be_bytes).collect()),
    ]
}

/// Writes a file of the project again, in an encoding, and returns its path.
fn again(from: &str, index: usize, folder: &Path) -> (&'static str, String) {
    let text = fs::read_to_string(project().join(from)).unwrap();
    let (name, bytes) = written(&text).remove(index);
    let path = folder.join(Path::new(from).file_name().unwrap());
    fs::write(&path, bytes).unwrap();
    (name, path.to_str().unwrap().to_owned())
}

#[track_caller]
fn assert_told(said: &Said, encoding: &str, times: usize) {
    let told = format!("is not UTF-8; it was read as {encoding}");
    let count = if encoding.is_empty() { 0 } else { times };
    // Long lines are broken at spaces.
    let err = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let all = err.matches("it was read as").count();
    assert_eq!(all, count, "{err}");
    assert!(count == 0 || err.contains(&told), "{err}");
}

#[test]
fn many_persons_are_decided_alike_in_every_encoding() {
    let lists: [(&str, &[&str]); 2] = [
        ("rules/samples/people.ndjson", &[]),
        (
            "rules/samples/screening.csv",
            &[
                "--mapping=rules/samples/screening.toml",
                "--id=/identity/document/number",
            ],
        ),
    ];
    for (list, more) in lists {
        let args = |path: &str| {
            let args = ["decide", "--at", AT, "--reference", TABLE, "--facts", path];
            args.map(str::to_owned)
                .into_iter()
                .chain(more.iter().map(ToString::to_string))
                .collect()
        };
        let run = |args: Vec<String>| longma(&args.iter().map(String::as_str).collect::<Vec<_>>());
        let plain = run(args(list));
        assert!(plain.out.lines().count() > 1, "{plain:?}");
        for index in 0..4 {
            let folder = folder("encodings-many");
            let (encoding, path) = again(list, index, &folder);
            let said = run(args(&path));
            assert_eq!(
                (&said.out, said.code),
                (&plain.out, plain.code),
                "{encoding}"
            );
            assert_told(&said, encoding, 1);
        }
    }
}

#[test]
fn a_mapping_and_a_table_are_read_in_every_encoding() {
    let list = [
        "decide",
        "--at",
        AT,
        "--facts",
        "rules/samples/screening.csv",
    ];
    let run = |mapping: &str, table: &str| {
        let table = format!("risk_areas={table}");
        let more = [
            "--mapping",
            mapping,
            "--reference",
            &table,
            "--id=/identity/document/number",
        ];
        longma(&[&list[..], &more].concat())
    };
    let (mapping, table) = (
        "rules/samples/screening.toml",
        "rules/reference/risk_areas.sample.csv",
    );
    let plain = run(mapping, table);
    for index in 0..4 {
        let folder = folder("encodings-mapping");
        let (encoding, mapping) = again(mapping, index, &folder);
        let (_, table) = again(table, index, &folder);
        let said = run(&mapping, &table);
        assert_eq!(
            (&said.out, said.code),
            (&plain.out, plain.code),
            "{encoding}"
        );
        assert_told(&said, encoding, 2);
    }
}

#[test]
fn standard_input_is_read_in_every_encoding() {
    let sample = fs::read_to_string(project().join("rules/samples/close-contact.json")).unwrap();
    let people = fs::read_to_string(project().join("rules/samples/people.ndjson")).unwrap();
    for (input, lines) in [(sample, false), (people, true)] {
        let mut plain: Option<String> = None;
        for (encoding, bytes) in written(&input) {
            let mut command = command(&[
                "decide",
                "--at",
                AT,
                "--facts",
                "-",
                "--decision",
                "code",
                "--reference",
                TABLE,
            ]);
            command.args(if lines {
                ["--format", "ndjson"]
            } else {
                ["--lang", "en"]
            });
            command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            child.stdin.take().unwrap().write_all(&bytes).unwrap();
            let output = child.wait_with_output().unwrap();
            let [out, err] =
                [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
            assert!(out.contains("red"), "{encoding}: {out}{err}");
            assert_eq!(
                err.contains(&format!(
                    "<standard input> is not UTF-8; it was read as {encoding}"
                )),
                !encoding.is_empty(),
                "{err}"
            );
            assert_eq!(plain.get_or_insert_with(|| out.clone()), &out, "{encoding}");
        }
    }
}

#[test]
fn a_house_of_packs_is_read_in_every_encoding() {
    let files = [
        "rules/packs/62/contact-2021-11-01/pack.toml",
        "rules/packs/62/contact-2021-11-01/captions.toml",
        "rules/packs/62/contact-2021-11-01/contact.rhai",
        "rules/packs/62/contact-2021-11-01/cases/contacts.toml",
        "rules/schema/person.schema.json",
        "rules/reference/exposures.schema.json",
    ];
    let plain = longma(&["test", "62/contact-2021-11-01"]).ends(0);
    for index in 0..4 {
        let folder = copy_of_rules("encodings-house");
        let mut encoding = "";
        for file in files {
            let (name, path) = again(file, index, &folder);
            fs::rename(path, folder.join(file)).unwrap();
            encoding = name;
        }
        let run = |args: &[&str]| {
            let mut command = command(args);
            command.current_dir(&*folder);
            run(command, "")
        };
        let tested = run(&["test", "62/contact-2021-11-01"]).ends(0);
        assert_eq!(tested.out, plain.out, "{encoding}");
        assert_told(&tested, encoding, files.len());
        let checked = run(&["check", "62/contact-2021-11-01"]).ends(0);
        assert_told(&checked, encoding, files.len());
        let bundled = run(&["book", "62/contact-2021-11-01", "--lang", "zh-CN"]).ends(0);
        assert!(bundled.out.contains("密接自查"), "{encoding}");
    }
}
