//! Files that are too large, never end or lead elsewhere: reading stops, and says why.
//! No test here waits; a command that did would hang it.
use crate::common::{Said, command, copy_of_rules, folder, longma, project, run};
use longma_core::limits;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

const AT: &str = "2022-07-10T09:00:00+08:00";
const SAMPLE: &str = "rules/samples/close-contact.json";
/// What a mistaken file name once made the command read whole, in bytes.
const HUGE: u64 = 600 * 1024 * 1024;

/// A file of that many bytes that takes no room on disk.
fn sparse(path: &Path, bytes: u64) -> String {
    File::create(path).unwrap().set_len(bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Standard error with the lines of each text joined, since long ones are broken.
fn told(said: &Said) -> String {
    let words: Vec<&str> = said.err.split_whitespace().collect();
    words.join(" ")
}

#[track_caller]
fn assert_told(said: &Said, texts: &[&str]) {
    let told = told(said);
    for text in texts {
        assert!(told.contains(text), "no {text:?} in {said:#?}");
    }
}

/// Every command line that reads a file, with `file` in its place.
fn readers(file: &str) -> Vec<(&'static str, Vec<String>)> {
    let table = format!("risk_areas={file}");
    let source = format!("hospital={file}");
    let lines: &[(&str, &[&str])] = &[
        ("facts", &["decide", "--at", AT, "--facts", file]),
        ("facts", &["explain", "--at", AT, "--facts", file]),
        ("facts", &["card", "--at", AT, "--facts", file]),
        (
            "facts",
            &["card", "--at", AT, "--facts", SAMPLE, "--dependant", file],
        ),
        ("facts", &["appeal", "--at", AT, "--facts", file]),
        (
            "text",
            &["appeal", "--at", AT, "--facts", SAMPLE, "--ledger", file],
        ),
        (
            "facts",
            &["door", "--at", AT, "--facts", SAMPLE, "--venue", file],
        ),
        ("facts", &["merge", "--source", &source, "--out", "-"]),
        (
            "text",
            &["merge", "--out", "-", "--source", "a=b", "--dossier", file],
        ),
        (
            "table",
            &[
                "decide",
                "--at",
                AT,
                "--facts",
                SAMPLE,
                "--reference",
                &table,
            ],
        ),
        (
            "text",
            &[
                "decide",
                "--at",
                AT,
                "--facts",
                "rules/samples/screening.csv",
                "--mapping",
                file,
            ],
        ),
        ("list", &["screen", "--list", file]),
        (
            "table",
            &["sites", "--near", "36.06,103.83", "--list", file],
        ),
        (
            "list",
            &[
                "rollup",
                "--from",
                "2022-07-01",
                "--to",
                "2022-07-02",
                "--facts",
                file,
            ],
        ),
        ("bundle", &["check", "--packs", file]),
        (
            "bundle",
            &["decide", "--at", AT, "--facts", SAMPLE, "--packs", file],
        ),
        ("bundle", &["test", "--packs", file]),
    ];
    let own = |args: &[&str]| args.iter().map(ToString::to_string).collect();
    lines
        .iter()
        .map(|(kind, args)| (*kind, own(args)))
        .collect()
}

fn run_args(args: &[String]) -> Said {
    longma(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_huge_file_is_refused_with_the_limit_of_its_kind() {
    let folder = folder("bounds-huge");
    let huge = sparse(&folder.join("huge.file"), HUGE);
    for (kind, args) in readers(&huge) {
        let limit = match kind {
            "facts" => limits::FACTS_BYTES,
            "table" => limits::REFERENCE_BYTES,
            "list" => limits::LIST_BYTES,
            "bundle" => limits::BUNDLE_BYTES,
            _ => limits::TEXT_FILE_BYTES,
        };
        let said = run_args(&args);
        assert!([3, 4].contains(&said.code), "{said:#?}");
        let title = format!("huge.file has more than {limit} bytes");
        assert_told(&said, &["error[file-size]: ", &title]);
        assert_eq!(said.out, "");
    }
}

#[test]
fn the_limit_itself_is_read() {
    let folder = folder("bounds-limit");
    let path = folder.join("facts.json");
    let sample = fs::read_to_string(project().join(SAMPLE)).unwrap();
    let room = limits::FACTS_BYTES - sample.len();
    let args = ["decide", "--at", AT, "--facts", path.to_str().unwrap()];
    fs::write(&path, format!("{sample}{}", " ".repeat(room))).unwrap();
    longma(&args).ends(0);
    fs::write(&path, format!("{sample}{}", " ".repeat(room + 1))).unwrap();
    assert_told(&longma(&args).ends(3), &["error[file-size]: "]);
}

#[test]
fn it_is_told_in_chinese_too() {
    let folder = folder("bounds-chinese");
    let huge = sparse(&folder.join("huge.json"), HUGE);
    let said = longma(&["decide", "--facts", &huge, "--lang", "zh-CN"]).ends(3);
    assert_told(&said, &["错误[file-size]: ", "超过 2097152 字节", "办法: "]);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_named_and_not_opened() {
    let folder = folder("bounds-kind");
    let pipe = folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let socket = folder.join("socket");
    let _listens = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let link = folder.join("link");
    std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
    for (path, kind) in [
        (&pipe, "a pipe"),
        (&socket, "a socket"),
        (&link, "a device"),
        (&Path::new("/dev/zero").to_owned(), "a device"),
    ] {
        let path = path.to_str().unwrap();
        let mut all = readers(path);
        // These are read line by line.
        for args in [
            &["decide", "--format", "ndjson", "--facts", path][..],
            &["compare", "cn/2022-06-28", "cn/2022-11-11", "--facts", path],
        ] {
            all.push(("", args.iter().map(ToString::to_string).collect()));
        }
        for (_, args) in all {
            let said = run_args(&args).ends(5);
            let title = format!("{path} is {kind}, not a file");
            assert_told(&said, &["error[file-kind]: ", &title]);
        }
    }
}

#[cfg(unix)]
#[test]
fn standard_input_without_end_is_read_up_to_the_limit() {
    let endless = |args: &[&str]| {
        let mut command = command(args);
        command.stdin(Stdio::from(File::open("/dev/zero").unwrap()));
        let output = command.output().unwrap();
        Said {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    };
    let said = endless(&["decide", "--facts", "-"]).ends(3);
    assert_told(&said, &["<standard input> has more than 2097152 bytes"]);
    let days = ["--from", "2022-07-01", "--to", "2022-07-02"];
    let said = endless(&[&["rollup", "--facts", "-"][..], &days].concat()).ends(3);
    assert_told(&said, &["<standard input> has more than 33554432 bytes"]);
    for args in [
        &["decide", "--format", "ndjson", "--facts", "-"][..],
        &["compare", "cn/2022-06-28", "cn/2022-11-11", "--facts", "-"],
    ] {
        let said = endless(args).ends(3);
        let within = format!("line 1 does not end within {} bytes", limits::LINE_BYTES);
        let title = format!("<standard input>: {within}");
        assert_told(&said, &["error[line-size]: ", &title]);
    }
}

#[test]
fn a_long_line_is_its_own_problem_and_the_next_is_read() {
    let sample = fs::read_to_string(project().join("rules/samples/people.ndjson")).unwrap();
    let person = sample.lines().next().unwrap();
    let long = "x".repeat(limits::FACTS_BYTES + 1);
    let input = format!("{long}\n{person}\n");
    let args = ["decide", "--format", "ndjson", "--at", AT, "--facts", "-"];
    let said = run(command(&args), &input).ends(3);
    assert_eq!(said.out.lines().count(), 1);
    assert!(said.out.starts_with("{\"line\":2,"), "{}", said.out);
    assert_told(
        &said,
        &[
            "[facts-size]: ",
            "<standard input>:1",
            "1 decided, 1 refused",
        ],
    );
    assert!(said.err.len() < 2_000, "{}", said.err.len());
}

#[test]
fn a_long_line_of_clinics_is_its_own_problem() {
    let sample = fs::read_to_string(project().join("rules/samples/clinics.ndjson")).unwrap();
    let long = "x".repeat(limits::FACTS_BYTES + 1);
    let days = ["--from", "2022-07-01", "--to", "2022-07-02"];
    let args = [&["rollup", "--facts", "-"][..], &days].concat();
    let said = run(command(&args), &format!("{long}\n{sample}")).ends(3);
    assert_told(&said, &["warning[facts-size]: ", "<standard input>:1"]);
    assert!(said.out.contains("2022-07-01"), "{}", said.out);
    assert!(!said.err.contains("xxxx"), "{}", said.err.len());
}

#[test]
fn a_list_held_whole_has_a_limit_of_lines() {
    let folder = folder("bounds-lines");
    let list = folder.join("list.csv");
    let rows = "\n".repeat(limits::LIST_LINES);
    fs::write(&list, format!("name,id,symptoms\n{rows}")).unwrap();
    let said = longma(&["screen", "--list", list.to_str().unwrap()]).ends(3);
    assert_told(&said, &["error[list-lines]: ", "more than 200000 lines"]);
}

#[test]
fn the_sources_of_one_merge_have_a_limit_together() {
    let folder = folder("bounds-merge");
    let sample = fs::read_to_string(project().join(SAMPLE)).unwrap();
    let path = folder.join("facts.json");
    let room = limits::FACTS_BYTES - sample.len();
    fs::write(&path, format!("{sample}{}", " ".repeat(room))).unwrap();
    let count = limits::LIST_BYTES / limits::FACTS_BYTES;
    let sources = |count: usize| {
        let mut args = vec!["merge".to_owned(), "--out".to_owned(), "-".to_owned()];
        for number in 0..count {
            args.push(format!("--source=s{number}={}", path.display()));
        }
        run_args(&args)
    };
    sources(count).ends(0);
    let said = sources(count + 1).ends(3);
    assert_told(&said, &["error[merge-size]: ", "more than 33554432 bytes"]);
}

/// Checks the packs of a copy of the rules, and decides by them.
#[cfg(unix)]
fn both(rules: &Path) -> [Said; 2] {
    let packs = rules.join("packs");
    let packs = packs.to_str().unwrap();
    [
        longma(&["check", "--packs", packs]),
        longma(&["decide", "--at", AT, "--facts", SAMPLE, "--packs", packs]),
    ]
}

/// Replaces a file by a link.
#[cfg(unix)]
fn link(from: &Path, to: &Path) {
    let _ = fs::remove_file(from);
    std::os::unix::fs::symlink(to, from).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_of_packs_is_refused_by_name() {
    let secret = folder("bounds-secret");
    fs::write(secret.join("secret"), "password = \"hidden\"").unwrap();
    fs::create_dir(secret.join("2022-01-01")).unwrap();
    for (file, to) in [
        ("packs/62/2022-03-07/code.rhai", "secret"),
        ("packs/62/2022-03-07/pack.toml", "secret"),
        ("packs/62/2022-03-07/captions.toml", "secret"),
        ("packs/63", ""),
        ("packs/62/2023-01-01", "2022-01-01"),
        ("schema/person.schema.json", "secret"),
        ("reference/places.csv", "secret"),
    ] {
        let house = copy_of_rules("bounds-link");
        let rules = house.join("rules");
        link(&rules.join(file), &secret.join(to));
        for said in both(&rules) {
            assert_ne!(said.code, 0, "{file}: {said:#?}");
            let all = format!("{}{}", said.out, said.err);
            let words: Vec<&str> = all.split_whitespace().collect();
            let all = words.join(" ");
            assert!(all.contains("[file-outside]: "), "{file}: {all}");
            assert!(all.contains(&format!("{file} leads out")), "{file}: {all}");
            assert!(!all.contains("hidden"), "{file}: {all}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_case_or_a_folder_of_schemas_outside_is_refused_too() {
    let secret = folder("bounds-secret-more");
    fs::write(secret.join("secret"), "password = \"hidden\"").unwrap();
    let house = copy_of_rules("bounds-link-case");
    let packs = house.join("rules/packs");
    link(
        &packs.join("62/2022-03-07/cases/more.toml"),
        &secret.join("secret"),
    );
    let said = longma(&["test", "--packs", packs.to_str().unwrap()]);
    assert_told(&said, &["[file-outside]: ", "cases/more.toml leads out"]);
    let house = copy_of_rules("bounds-link-schema");
    let rules = house.join("rules");
    fs::rename(rules.join("schema"), secret.join("schema")).unwrap();
    link(&rules.join("schema"), &secret.join("schema"));
    let [_, said] = both(&rules);
    assert_told(&said, &["[file-outside]: ", "rules/schema leads out"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_device_or_a_pipe_in_a_pack_is_refused() {
    let house = copy_of_rules("bounds-device");
    let rules = house.join("rules");
    let script = rules.join("packs/62/2022-03-07/code.rhai");
    link(&script, Path::new("/dev/zero"));
    for said in both(&rules) {
        let all = format!("{}{}", said.out, said.err);
        assert!(all.contains("[file-outside]: "), "{all}");
    }
    fs::remove_file(&script).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&script).status();
    assert!(made.unwrap().success());
    for said in both(&rules) {
        let all = format!("{}{}", said.out, said.err);
        assert!(all.contains("[file-kind]: "), "{all}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_within_the_folder_of_packs_is_read() {
    let house = copy_of_rules("bounds-inside");
    let packs = house.join("rules/packs");
    let script = packs.join("62/2022-03-07/code.rhai");
    fs::rename(&script, packs.join("62/code.rhai")).unwrap();
    link(&script, Path::new("../code.rhai"));
    let moved = house.join("rules/packs-elsewhere");
    fs::rename(&packs, &moved).unwrap();
    // The folder itself is named by the user, and may be a link.
    link(&packs, &moved);
    for said in both(&house.join("rules")) {
        said.ends(0);
    }
}

#[test]
fn a_script_and_a_manifest_have_their_limits() {
    let house = copy_of_rules("bounds-pack");
    let pack = house.join("rules/packs/62/2022-03-07");
    let packs = house.join("rules/packs");
    let args = ["bundle", "--packs", packs.to_str().unwrap()];
    sparse(&pack.join("code.rhai"), HUGE);
    sparse(&pack.join("captions.toml"), HUGE);
    let said = longma(&args).ends(4);
    assert_told(
        &said,
        &[
            "code.rhai has more than 262144 bytes",
            "captions.toml has more than 16777216 bytes",
        ],
    );
}

#[cfg(unix)]
#[test]
fn many_links_to_one_file_are_bounded_together() {
    let house = copy_of_rules("bounds-together");
    let pack = house.join("rules/packs/62/2022-03-07");
    let comment = format!("# {}\n", "x".repeat(limits::TEXT_FILE_BYTES - 64 * 1024));
    let captions = fs::read_to_string(pack.join("captions.toml")).unwrap();
    fs::write(pack.join("captions.toml"), format!("{comment}{captions}")).unwrap();
    for number in 0..=limits::HOUSE_BYTES / limits::TEXT_FILE_BYTES {
        let other = house.join(format!("rules/packs/62/linked-{number:02}-2022-03-07"));
        fs::create_dir(&other).unwrap();
        let manifest = other.join("pack.toml");
        link(&manifest, Path::new("../2022-03-07/captions.toml"));
        link(
            &other.join("captions.toml"),
            Path::new("../2022-03-07/pack.toml"),
        );
    }
    let packs = house.join("rules/packs");
    let said = longma(&["bundle", "--packs", packs.to_str().unwrap()]).ends(4);
    assert_told(
        &said,
        &["error[file-size]: with ", "have more than 268435456 bytes"],
    );
}

#[cfg(unix)]
#[test]
fn a_journal_that_is_a_pipe_is_none() {
    let folder = folder("bounds-journal");
    let out = folder.join("out");
    let made = std::process::Command::new("mkfifo")
        .arg(folder.join("out.resume"))
        .status();
    assert!(made.unwrap().success());
    let args = [
        "decide",
        "--at",
        AT,
        "--facts",
        "rules/samples/people.ndjson",
    ];
    let said = longma(&[&args[..], &["--out", out.to_str().unwrap()]].concat()).ends(5);
    assert_told(&said, &["the journal of the run would"]);
}

#[test]
fn a_line_that_nobody_could_read_is_named_and_not_shown() {
    let folder = folder("bounds-long-line");
    let list = folder.join("list.csv");
    fs::write(&list, "x".repeat(limits::LIST_BYTES - 1)).unwrap();
    let said = longma(&["screen", "--list", list.to_str().unwrap()]).ends(3);
    assert_told(&said, &["error[screen-headers]: ", "list.csv:1"]);
    assert!(said.err.len() < 2_000, "{}", said.err.len());
}
