//! The issuing service, as an office starts it. What it answers is tested in `serve/`.
use crate::common::{Folder, command, folder, longma, project};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

const SETTINGS: &str = r#"
listen = "127.0.0.1:0"
database = "sqlite:longma.db"
documents = "documents"
[keys]
codes = "codes.key"
facts = "facts.key"
receipts = "receipts.key"
subjects = "subjects.secret"
[tokens]
issuer = "https://id.example"
audience = "longma"
keys_file = "jwks.json"
"#;

fn at(folder: &Folder, file: &str) -> String {
    folder.join(file).to_str().unwrap().to_owned()
}

/// An office with keys, settings and signed documents.
fn office(name: &str) -> Folder {
    let office = folder(name);
    for key in ["root", "codes", "facts", "receipts"] {
        let made = longma(&["key", &at(&office, &format!("{key}.key")), "--new"]).ends(0);
        fs::write(office.join(format!("{key}.pub")), made.out).unwrap();
    }
    fs::create_dir(office.join("documents")).unwrap();
    let facts = fs::read_to_string(office.join("facts.pub")).unwrap();
    let sources = format!(r#"{{"here": [{}]}}"#, facts.trim());
    fs::write(office.join("documents/sources.json"), sources).unwrap();
    fs::write(office.join("subjects.secret"), "5a".repeat(32)).unwrap();
    fs::write(office.join("jwks.json"), r#"{"keys": []}"#).unwrap();
    fs::write(office.join("serve.toml"), SETTINGS).unwrap();
    let packs = at(&office, "documents/packs.longma");
    longma(&["bundle", "--no-lines", "--out", &packs]).ends(0);
    let sign = |what: &str, more: &[&str]| {
        let (key, save) = (at(&office, "root.key"), format!("documents/{what}.cbor"));
        let save = at(&office, &save);
        let dated = ["--number", "1", "--expires", "2099-01-01T00:00:00+08:00"];
        longma(
            &[
                &["sign", what, "--key", &key, "--save", &save],
                &dated[..],
                more,
            ]
            .concat(),
        )
        .ends(0);
    };
    let role = |role: &str, key: &str| format!("{role}=1:{}", at(&office, key));
    let roles = [
        role("root", "root.pub"),
        role("packs", "root.pub"),
        role("timestamp", "root.pub"),
        role("extract", "codes.pub"),
        role("outcome", "codes.pub"),
    ];
    let roles: Vec<&str> = roles.iter().flat_map(|it| ["--role", it]).collect();
    sign("root", &roles);
    let named = ["packs.longma", "sources.json"];
    let named = named.map(|name| format!("{name}={}", at(&office, &format!("documents/{name}"))));
    let files: Vec<&str> = named.iter().flat_map(|it| ["--file", it]).collect();
    sign("release", &files);
    let release = at(&office, "documents/release.cbor");
    sign("timestamp", &["--release", &release]);
    office
}

#[test]
fn the_service_answers_until_it_is_asked_to_end_and_its_log_is_whole() {
    let office = office("serve-office");
    let settings = at(&office, "serve.toml");
    let mut child = command(&["serve", &settings, "--lang", "en"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    errors.read_line(&mut said).unwrap();
    let address = said
        .trim()
        .strip_prefix("listening at ")
        .unwrap_or_else(|| panic!("{said}"));
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains(r#""release":1"#), "{answer}");
    let asked = Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    assert!(asked.success());
    assert!(child.wait().unwrap().success());
    longma(&["serve", &settings, "--verify-audit", "--lang", "en"])
        .ends(0)
        .tells(&["the audit log is whole: 0 rows, 0 statements"]);
}

#[test]
fn settings_that_cannot_be_used_are_told_before_anything_starts() {
    let office = folder("serve-settings");
    let settings = at(&office, "serve.toml");
    let run = |text: &str| {
        fs::write(office.join("serve.toml"), text).unwrap();
        longma(&["serve", &settings, "--lang", "en"]).ends(5)
    };
    run(&SETTINGS.replace("database", "databse")).complains(&["serve-config", "`databse`"]);
    run(&SETTINGS.replace("sqlite:", "mysql:")).complains(&["`database`", "postgres://"]);
    run(SETTINGS).complains(&["subjects.secret"]);
}

#[test]
fn the_settings_of_the_page_are_read() {
    let page = fs::read_to_string(project().join("docs/serve.md")).unwrap();
    let settings = page
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let office = folder("serve-page");
    fs::write(office.join("serve.toml"), settings).unwrap();
    // All that is missing are the keys.
    longma(&["serve", &at(&office, "serve.toml"), "--lang", "en"])
        .ends(5)
        .complains(&["subjects.secret"]);
}
