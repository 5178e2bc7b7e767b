//! Checks `rules/findings.md`: every code has a section, and in each section the wrong
//! example gives that finding at the marked line and the right one gives none.
//!
//! An example changes the packs at the head of the document: a section of a TOML file
//! replaces the one with the same heading, and any other file replaces the whole file.
//! Both languages have the same examples.
use crate::common::project;
use longma_cli::check::{Found, check, codes};
use longma_compile::texts::{Texts, read};
use longma_core::Lang;
use longma_desk::check::check_house;
use longma_desk::guide::{Page, pages, text};
use longma_desk::server::Server;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const MARK: &str = "←";
const PACK: &str = "cn/2020-01-01";
/// Codes that no example can show: a text of 256 KiB, brackets a hundred deep, bytes
/// that are not UTF-8, devices and links, a script that takes too long to check, a digest.
const UNSHOWN: &[&str] = &[
    "approval-old",
    "check-limit",
    "encoding",
    "file-kind",
    "file-outside",
    "file-size",
    "script-depth",
    "script-size",
    "text-size",
];
/// Codes that other commands tell and that have a section too.
const BESIDE: &[&str] = &[
    "case-failed",
    "coverage",
    "new-overlap",
    "new-overlap-open",
    "packs-empty",
    "rule-depth",
    "rule-operations",
    "rule-parameter",
];
/// Codes that whatever an example adds to the house would give besides: a pack without rules
/// of its own has no case there, its one case may look at one side of a change, and a second
/// rule may read the param that Gansu's pack sets anew. Their own sections show them.
const ASIDE: [&str; 3] = [
    "change-without-case",
    "override-reaches",
    "pack-without-case",
];
const LANGUAGES: [Lang; 2] = [Lang::En, Lang::ZhCn];

fn is_shown(code: &str) -> bool {
    !UNSHOWN.contains(&code) && !BESIDE.contains(&code)
}

/// A block of code: the file it is for, and its text.
type Block = (String, String);

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_prefix("```") else {
            continue;
        };
        let (_, name) = head.split_once(' ').unwrap();
        let body = lines.by_ref().take_while(|line| *line != "```");
        let body: Vec<&str> = body.collect();
        let file = if name.contains("2020-") || name.starts_with("../") {
            name.to_owned()
        } else {
            format!("{PACK}/{name}")
        };
        blocks.push((file, body.join("\n") + "\n"));
    }
    blocks
}

fn house(lang: Lang) -> BTreeMap<String, String> {
    let head = text(lang).split("\n## ").next().unwrap();
    blocks(head).into_iter().collect()
}

/// The sections of a TOML text, by heading; the heading of the part above the first
/// one is empty.
fn sections(toml: &str) -> Vec<(String, String)> {
    let mut sections = vec![(String::new(), String::new())];
    for line in toml.lines() {
        if line.starts_with('[') {
            let heading = line.split('#').next().unwrap().trim();
            sections.push((heading.to_owned(), String::new()));
        }
        let (_, body) = sections.last_mut().unwrap();
        body.push_str(line);
        body.push('\n');
    }
    sections
}

fn key(line: &str) -> Option<&str> {
    Some(line.split_once('=')?.0.trim())
}

/// `base` with its sections replaced by those of `change`.
fn merged(base: &str, change: &str) -> String {
    let mut out = sections(base);
    for (heading, body) in sections(change) {
        match out.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, old)) if heading.is_empty() => {
                for line in body.lines() {
                    let kept = old.lines().filter(|other| key(other) != key(line));
                    let lines: Vec<&str> = kept.chain([line]).collect();
                    *old = lines.join("\n") + "\n";
                }
            }
            Some((_, old)) => *old = body,
            None => out.push((heading, body)),
        }
    }
    out.into_iter().map(|(_, body)| body).collect()
}

/// The files of the house with a change.
fn changed(house: &BTreeMap<String, String>, changes: &[Block]) -> BTreeMap<String, String> {
    let mut files = house.clone();
    for (file, text) in changes {
        let text = match files.get(file) {
            Some(base) if file.ends_with("pack.toml") || file.ends_with("captions.toml") => {
                merged(base, text)
            }
            _ => text.clone(),
        };
        files.insert(file.clone(), text);
    }
    files
}

/// Checks the house with a change.
fn checked(house: &BTreeMap<String, String>, changes: &[Block], folder: &Path) -> Vec<Found> {
    let files = changed(house, changes);
    let _ = fs::remove_dir_all(folder);
    let rules = project().join("rules");
    for kind in ["schema", "reference"] {
        fs::create_dir_all(folder.join(kind)).unwrap();
        for entry in fs::read_dir(rules.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, folder.join(kind).join(path.file_name().unwrap())).unwrap();
        }
    }
    for (file, text) in &files {
        let path = path(folder, file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let checked = check(&folder.join("packs"));
    checked.unwrap_or_else(|errors| panic!("{errors:?}")).found
}

/// A folder for one example. Its path contains the process id, since two runs of one
/// build would otherwise overwrite each other's files.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("findings-{}", std::process::id()))
        .join(name)
}

/// The blocks of the wrong example, and of the right one.
fn examples(page: &Page) -> (Vec<Block>, Vec<Block>) {
    if !is_shown(&page.code) {
        return (Vec::new(), Vec::new());
    }
    let parts: Vec<&str> = page.markdown.split("\n**").collect();
    let [_, wrong, right] = parts.as_slice() else {
        panic!("{}: a wrong and a right example, no more", page.code)
    };
    (blocks(wrong), blocks(right))
}

/// Each finding as `code file:line`.
fn said(found: &[Found], folder: &Path) -> Vec<String> {
    let place = |found: &Found| {
        let path = found.path.clone().unwrap_or_default();
        let inside = path
            .trim_start_matches(&format!("{}/packs/", folder.display()))
            .to_owned();
        let line = found.range.as_ref().map_or(0, |range| range.start.line);
        format!("{} {inside}:{line}", found.finding.code)
    };
    found.iter().map(place).collect()
}

#[test]
fn the_house_of_the_examples_has_no_finding() {
    for lang in LANGUAGES {
        let folder = folder("house");
        let found = checked(&house(lang), &[], &folder);
        assert_eq!(said(&found, &folder), Vec::<String>::new());
        fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn every_wrong_example_gives_its_finding_and_every_right_one_none() {
    let house = house(Lang::En);
    let mut failures = Vec::new();
    let shown = |page: &Page| is_shown(&page.code);
    let aside = |page: &Page, found: &Found| {
        let code = found.finding.code.as_str();
        code != page.code && ASIDE.contains(&code)
    };
    for page in pages(Lang::En).into_iter().filter(shown) {
        let (wrong, right) = examples(&page);
        let folder = folder(&page.code);
        let mut found = checked(&house, &wrong, &folder);
        found.retain(|it| !aside(&page, it));
        let (told, expected) = (said(&found, &folder), marked(&page.code, &wrong, &folder));
        let places = expected.iter().all(|place| told.contains(place));
        let codes = |list: &[String]| -> BTreeSet<String> {
            let codes = list.iter().map(|place| place.split(' ').next().unwrap());
            codes.map(str::to_owned).collect()
        };
        let placeless = expected.is_empty() && codes(&told) == [page.code.clone()].into();
        if !(placeless || places && expected.len() == told.len()) {
            failures.push(format!(
                "wrong {}: {told:?}, marked {expected:?}",
                page.code
            ));
        }
        let mut found = checked(&house, &right, &folder);
        found.retain(|it| !aside(&page, it));
        if !found.is_empty() {
            failures.push(format!("right {}: {:?}", page.code, said(&found, &folder)));
        }
        fs::remove_dir_all(&folder).unwrap();
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The findings that an example's marks announce: the section's own code at a bare
/// mark, or the code that the mark names.
fn marked(code: &str, blocks: &[Block], folder: &Path) -> Vec<String> {
    let mut marked = Vec::new();
    for (file, _) in blocks {
        let text = fs::read_to_string(path(folder, file)).unwrap();
        for (line, text) in text.lines().enumerate() {
            if let Some((_, other)) = text.split_once(MARK) {
                let name = Some(other.trim()).filter(|name| !name.is_empty());
                marked.push(format!("{} {file}:{}", name.unwrap_or(code), line + 1));
            }
        }
    }
    marked
}

/// The path of an example's file: under `packs`, or next to that folder for `../`.
fn path(folder: &Path, file: &str) -> PathBuf {
    match file.strip_prefix("../") {
        Some(beside) => folder.join(beside),
        None => folder.join("packs").join(file),
    }
}

#[test]
fn every_code_has_a_section_in_both_languages_and_no_section_is_about_nothing() {
    let mut known = codes();
    known.extend(BESIDE);
    for lang in LANGUAGES {
        let pages = pages(lang);
        let told: Vec<&str> = pages.iter().map(|page| page.code.as_str()).collect();
        let missing: Vec<&str> = known
            .iter()
            .copied()
            .filter(|code| !told.contains(code))
            .collect();
        let void: Vec<&&str> = told.iter().filter(|code| !known.contains(*code)).collect();
        assert!(
            missing.is_empty() && void.is_empty(),
            "{lang:?}: no section for {missing:?}, no code for {void:?}"
        );
        let mut sorted = told.clone();
        sorted.sort_unstable();
        assert_eq!(told, sorted);
    }
}

#[test]
fn both_languages_have_the_same_examples() {
    assert_eq!(house(Lang::En), house(Lang::ZhCn));
    let [en, zh_cn] = LANGUAGES.map(pages);
    for (en, zh_cn) in en.iter().zip(&zh_cn) {
        assert_eq!(en.code, zh_cn.code);
        assert_eq!(examples(en), examples(zh_cn), "{}", en.code);
    }
}

/// The findings whose examples an editor mends by itself.
const MENDED: &[&str] = &[
    "enum-member",
    "evidence-wide",
    "list-nested",
    "param-grade",
    "param-unmarked",
    "requires-section",
    "script-hidden",
    "script-quotes",
    "source-unknown",
    "unknown-field",
    "unknown-function",
    "unknown-input",
    "unknown-name",
    "unknown-param",
    "unused-input",
];

/// Files by their path in the house, with the schemas and tables beside them.
fn texts(files: &BTreeMap<String, String>) -> Texts {
    let rules = project().join("rules");
    let mut texts = Texts::new();
    for kind in ["schema", "reference"] {
        for entry in fs::read_dir(rules.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            texts.insert(format!("{kind}/{name}"), fs::read_to_string(&path).unwrap());
        }
    }
    for (file, text) in files {
        let beside = file.strip_prefix("../").map(str::to_owned);
        let inside = || format!("packs/{file}");
        texts.insert(beside.unwrap_or_else(inside), text.clone());
    }
    texts
}

/// The codes of the findings of a file, and how many the house has.
fn codes_of(texts: &Texts, file: &str) -> (Vec<String>, usize) {
    let found = check_house(read(texts), texts).findings;
    let here = found.iter().filter(|it| it.spot.file() == Some(file));
    (here.map(|it| it.code.to_string()).collect(), found.len())
}

/// A text with an edit that a server asks for.
fn edited(text: &str, edit: &Json) -> String {
    let byte = |at: &Json| {
        let number = |name: &str| usize::try_from(at[name].as_u64().unwrap()).unwrap();
        let lines = text.split_inclusive('\n');
        let start: usize = lines.take(number("line")).map(str::len).sum();
        let units: Vec<u16> = text[start..]
            .encode_utf16()
            .take(number("character"))
            .collect();
        start + String::from_utf16(&units).unwrap().len()
    };
    let (start, end) = (byte(&edit["range"]["start"]), byte(&edit["range"]["end"]));
    let new = edit["newText"].as_str().unwrap();
    format!("{}{new}{}", &text[..start], &text[end..])
}

#[test]
fn what_an_editor_offers_for_a_wrong_example_mends_it() {
    let house = house(Lang::En);
    let mut mended = BTreeSet::new();
    for page in pages(Lang::En).into_iter().filter(|it| is_shown(&it.code)) {
        let texts = texts(&changed(&house, &examples(&page).0));
        let mut server = Server::new("file:///house", texts.clone(), Lang::En);
        let mut send = |method: &str, params: Json| {
            let mut message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
            if method != "initialized" {
                message["id"] = json!(1);
            }
            server.receive(&message.to_string())
        };
        send("initialize", json!({ "capabilities": {} }));
        send("initialized", json!({}));
        for (file, text) in &texts {
            let uri = format!("file:///house/{file}");
            let asked = json!({ "textDocument": { "uri": uri }, "context": { "diagnostics": [] },
                "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 9999, "character": 0 } } });
            let answer: Json =
                serde_json::from_str(&send("textDocument/codeAction", asked)[0]).unwrap();
            for action in answer["result"].as_array().into_iter().flatten() {
                let code = action["diagnostics"][0]["code"].as_str().unwrap();
                let before = codes_of(&texts, file);
                let mut after = texts.clone();
                let edits = action["edit"]["changes"][&uri].as_array().unwrap();
                let mut edits: Vec<&Json> = edits.iter().collect();
                edits.sort_by_key(|it| {
                    let at = &it["range"]["start"];
                    std::cmp::Reverse((at["line"].as_u64(), at["character"].as_u64()))
                });
                let new = edits
                    .into_iter()
                    .fold(text.clone(), |text, edit| edited(&text, edit));
                after.insert(file.clone(), new);
                let after = codes_of(&after, file);
                let times = |codes: &[String]| codes.iter().filter(|it| *it == code).count();
                assert!(
                    times(&after.0) < times(&before.0) && after.1 <= before.1,
                    "{}: {action} makes {after:?} of {before:?}",
                    page.code
                );
                mended.insert(code.to_owned());
            }
        }
    }
    let mended: Vec<&str> = mended.iter().map(String::as_str).collect();
    assert_eq!(mended, MENDED);
}
