//! Packs, facts and lists whose texts steer a terminal, turn the reading direction or hide:
//! nothing of it reaches what is shown.
use crate::common::{Folder, Said, command, copy_of_rules, edit, folder, longma, project, run};
use std::fs;
use std::path::Path;

const AT: &str = "2022-07-10T09:00:00+08:00";
/// Clears the screen, hides what follows, names a window, rings, turns around, hides.
const HOSTILE: &str = "甲\u{1b}[2J\u{1b}[8m\u{1b}]0;x\u{7}\u{9b}1m\u{8}\u{7f}\u{85}\u{61c}\u{200b}\u{200d}\u{200e}\u{202e}\u{2028}\u{2066}\u{feff}\u{ad}\u{e0041}乙";

/// Every character of [`HOSTILE`] as it is shown.
const SHOWN: &str = "甲⟨U+001B⟩[2J⟨U+001B⟩[8m⟨U+001B⟩]0;x⟨U+0007⟩⟨U+009B⟩1m⟨U+0008⟩⟨U+007F⟩⟨U+0085⟩⟨U+061C⟩⟨U+200B⟩⟨U+200D⟩⟨U+200E⟩⟨U+202E⟩⟨U+2028⟩⟨U+2066⟩⟨U+FEFF⟩⟨U+00AD⟩⟨U+E0041⟩乙";

/// [`HOSTILE`] inside a string of JSON or TOML.
fn escaped() -> String {
    let codes = HOSTILE.chars().map(|c| format!("\\U{:08X}", u32::from(c)));
    codes.collect::<Vec<_>>().concat()
}

fn in_json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Whether a character must not reach a terminal, by the lists of Unicode and ECMA-48.
fn steers(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text without the colours that the command itself writes: bold, dim, and those of
/// the sixteen colours.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut bare = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (colour, rest) = part.split_once('m').unwrap();
        let ours = |code: &str| {
            matches!(
                code.parse(),
                Ok(0..=2 | 30..=37 | 40..=47 | 90..=97 | 100..=107_u8)
            ) || code.is_empty()
        };
        assert!(colour.split(';').all(ours), "{part:?}");
        bare.push_str(rest);
    }
    bare
}

#[track_caller]
fn assert_harmless(said: &Said) {
    for text in [&said.out, &said.err] {
        let bare = without_colours(text);
        let found = bare.chars().find(|c| steers(*c));
        assert_eq!(found, None, "{bare}");
    }
}

/// Runs a command with and without colours; both outputs must be harmless. Returns both
/// streams of the plain one, with the breaks of long lines taken out.
#[track_caller]
fn shown(args: &[&str]) -> String {
    let mut coloured = command(args);
    coloured.env("CLICOLOR_FORCE", "1");
    assert_harmless(&run(coloured, ""));
    let said = longma(args);
    assert!(!said.out.is_empty() || !said.err.is_empty());
    assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'));
    assert_harmless(&said);
    let all = format!("{}{}", said.out, said.err);
    let kept = all
        .chars()
        .filter(|c| !c.is_whitespace() && !"|│".contains(*c));
    kept.collect()
}

/// A house of packs with hostile texts wherever a pack has texts for readers.
fn hostile_packs(name: &str) -> Folder {
    let house = copy_of_rules(name);
    let pack = house.join("rules/packs/62/2022-03-07");
    let text = escaped();
    let captions = fs::read_to_string(pack.join("captions.toml")).unwrap();
    let captions = captions.replace("en = \"", &format!("en = \"{text}"));
    fs::write(pack.join("captions.toml"), captions).unwrap();
    let manifest = fs::read_to_string(pack.join("pack.toml")).unwrap();
    let manifest = manifest.replace("en = \"", &format!("en = \"{text}"));
    let manifest = manifest.replace(
        "\"code.medium_risk_stay\" = \"",
        &format!("\"code.medium_risk_stay\" = \"{text}"),
    );
    fs::write(pack.join("pack.toml"), manifest).unwrap();
    house
}

/// Facts whose texts are hostile. Some commands refuse them; what they say is shown too.
fn hostile_facts(folder: &Path) -> String {
    let sample = fs::read_to_string(project().join("rules/samples/companion.json")).unwrap();
    let mut facts: serde_json::Value = serde_json::from_str(&sample).unwrap();
    facts["identity"]["name"] = HOSTILE.into();
    facts["identity"]["document"] = serde_json::json!({"type": "other", "number": HOSTILE});
    let path = folder.join("facts.json");
    fs::write(&path, facts.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_texts_of_packs_are_shown_with_code_points() {
    let house = hostile_packs("hostile-packs");
    let packs = house.join("rules/packs");
    let packs = packs.to_str().unwrap();
    let facts = "rules/samples/companion.json";
    let table = "risk_areas=rules/reference/risk_areas.sample.csv";
    let by = [
        "--at",
        AT,
        "--facts",
        facts,
        "--packs",
        packs,
        "--reference",
        table,
    ];
    for command in [
        &["decide"][..],
        &["decide", "--timeline"],
        &["decide", "--history"],
        &["decide", "--timeline", "--width", "40"],
        &["explain"],
    ] {
        let told = shown(&[command, &by].concat());
        assert!(told.contains(SHOWN), "{command:?}: {told}");
    }
    for command in ["card", "appeal"] {
        shown(&[&[command][..], &by].concat());
    }
    shown(&["test", "62/2022-03-07", "--coverage", "--packs", packs]);
    shown(&["check", "--packs", packs]);
    for format in ["html", "md"] {
        let book = longma(&["book", "--packs", packs, "--format", format, "--lang", "en"]).ends(0);
        assert_eq!(book.out.chars().find(|c| steers(*c)), None, "{format}");
        assert!(book.out.contains("⟨U+202E⟩") && book.out.contains("⟨U+001B⟩"));
    }
}

#[test]
fn the_texts_of_facts_are_shown_with_code_points() {
    let folder = folder("hostile-facts");
    let facts = hostile_facts(&folder);
    for command in ["decide", "explain", "card", "appeal"] {
        shown(&[command, "--at", AT, "--facts", &facts]);
    }
    // Whatever a document holds, the lines that show a mistake are harmless too.
    let text =
        format!("{{\"subject\": \"person\",\r\n  \"{HOSTILE}\": 1,\r\n  \"identity\": {{}}}}\r\n");
    let path = folder.join("broken.json");
    fs::write(&path, text).unwrap();
    let told = shown(&["decide", "--at", AT, "--facts", path.to_str().unwrap()]);
    assert!(told.contains("⟨U+001B⟩[2J"), "{told}");
    assert!(!told.contains("U+000D"), "{told}");
    let colour = format!("{{\"subject\": \"person\", {}: 1}}", in_json(HOSTILE));
    fs::write(&path, &colour).unwrap();
    let told = shown(&["decide", "--at", AT, "--facts", path.to_str().unwrap()]);
    assert!(told.contains("facts-unknown-field"), "{told}");
    let many = folder.join("many.ndjson");
    fs::write(&many, format!("{colour}\n{{\"{HOSTILE}\n")).unwrap();
    let said = longma(&["decide", "--at", AT, "--facts", many.to_str().unwrap()]).ends(3);
    assert_harmless(&said);
}

#[test]
fn what_points_at_a_mistake_still_points_at_it() {
    let folder = folder("hostile-pointing");
    let path = folder.join("facts.json");
    let name = "\u{200b}\u{202e}";
    let text = format!("{{\"subject\": \"person\", \"{name}\": 1, \"colour\": 2}}\n");
    fs::write(&path, text).unwrap();
    let said = longma(&["decide", "--at", AT, "--facts", path.to_str().unwrap()]).ends(3);
    let lines: Vec<&str> = said.err.lines().collect();
    let field = "\"⟨U+200B⟩⟨U+202E⟩\"";
    let places: Vec<(&str, &str)> = lines
        .windows(2)
        .filter(|pair| pair[0].contains(field))
        .filter_map(|pair| {
            let marks = pair[1].find('^')?..pair[1].rfind('^')? + 1;
            // Blanks and marks are one byte each, and each shown character is one column.
            let columns: Vec<(usize, char)> = pair[0].char_indices().collect();
            let from = columns.get(marks.start)?.0;
            let until = columns.get(marks.end).map_or(pair[0].len(), |it| it.0);
            Some((pair[0].get(from..until)?, pair[1]))
        })
        .collect();
    let meant: Vec<&str> = places.iter().map(|(meant, _)| *meant).collect();
    assert_eq!(meant, ["\"colour\"", field, "{"], "{}", said.err);
}

#[test]
fn lists_are_shown_and_written_back_with_code_points() {
    let folder = folder("hostile-lists");
    let list = folder.join("list.csv");
    let rows = format!(
        "name,id,symptoms,remark\n{HOSTILE},999999199001015036,fever,{HOSTILE}\n{HOSTILE},1,what,{HOSTILE}\n"
    );
    fs::write(&list, rows).unwrap();
    let back = folder.join("back.csv");
    let told = shown(&[
        "screen",
        "--list",
        list.to_str().unwrap(),
        "--received",
        AT,
        "--region",
        "620102",
        "--rejects",
        back.to_str().unwrap(),
    ]);
    assert!(told.contains("⟨U+001B⟩[2J"), "{told}");
    let written = fs::read_to_string(&back).unwrap();
    assert_eq!(written.chars().find(|c| steers(*c)), None, "{written}");
    assert!(written.contains("⟨U+202E⟩"), "{written}");

    let sites = fs::read_to_string(project().join("rules/samples/sites.csv")).unwrap();
    let (header, rows) = sites.split_once('\n').unwrap();
    let rows: Vec<String> = rows
        .lines()
        .map(|row| row.replacen(',', &format!("{HOSTILE},"), 2))
        .collect();
    fs::write(&list, format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    shown(&[
        "sites",
        "--near",
        "36.06,103.83",
        "--at",
        AT,
        "--list",
        list.to_str().unwrap(),
    ]);

    let table =
        fs::read_to_string(project().join("rules/reference/risk_areas.sample.csv")).unwrap();
    fs::write(&list, table.replace("medium", &format!("medium{HOSTILE}"))).unwrap();
    let table = format!("risk_areas={}", list.display());
    let facts = "rules/samples/sample-area.json";
    let told = shown(&[
        "decide",
        "--at",
        AT,
        "--facts",
        facts,
        "--reference",
        &table,
    ]);
    assert!(told.contains("⟨U+001B⟩[2J"), "{told}");
}

#[test]
fn a_pack_that_is_wrong_is_shown_with_code_points() {
    let house = copy_of_rules("hostile-wrong");
    let pack = house.join("rules/packs/62/2022-03-07");
    edit(
        &pack.join("code.rhai"),
        "private fn negative(tests) {\n",
        &format!("private fn negative(tests) {{\n    let x = \"{HOSTILE}\"; while true {{}}\n"),
    );
    edit(
        &pack.join("pack.toml"),
        "subject   = \"person\"",
        &format!("subject   = \"person\"\n\"{}\" = 1", escaped()),
    );
    let packs = house.join("rules/packs");
    let packs = packs.to_str().unwrap();
    for command in ["check", "test", "bundle", "laws", "book"] {
        shown(&[command, "--packs", packs]);
    }
}

#[test]
fn a_command_line_is_shown_with_code_points() {
    for args in [
        &[HOSTILE][..],
        &["decide", "--facts", HOSTILE],
        &[
            "decide",
            "--facts",
            "rules/samples/companion.json",
            "--at",
            HOSTILE,
        ],
        &[
            "decide",
            "--facts",
            "rules/samples/companion.json",
            "--region",
            HOSTILE,
        ],
        &["check", HOSTILE],
        &["check", "--packs", HOSTILE],
    ] {
        // Values in messages of the core are escaped by it.
        let told = shown(args).replace("\\u{1b}", "⟨U+001B⟩");
        assert!(told.contains("⟨U+001B⟩[2J"), "{told}");
    }
}

#[test]
fn a_book_in_markdown_holds_its_texts_in_their_places() {
    let house = copy_of_rules("hostile-markdown");
    let pack = house.join("rules/packs/62/2022-03-07");
    let hostile = "```\\n# Heading\\n<b>html</b> [link](http://a.b) `code` ~~~ | cell";
    for file in ["captions.toml", "pack.toml"] {
        let text = fs::read_to_string(pack.join(file)).unwrap();
        fs::write(
            pack.join(file),
            text.replace("en = \"", &format!("en = \"{hostile}")),
        )
        .unwrap();
    }
    let packs = house.join("rules/packs");
    let args = ["book", "62/2022-03-07", "--format", "md", "--lang", "en"];
    let said = longma(&[&args[..], &["--packs", packs.to_str().unwrap()]].concat()).ends(0);
    let mut fence: Option<&str> = None;
    let mut outside = String::new();
    for line in said.out.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) if line == open => fence = None,
            None if ticks >= 3 => fence = line.get(..ticks),
            None => {
                outside.push_str(line);
                outside.push('\n');
            }
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "a fence is left open");
    assert!(outside.contains("\\# Heading"));
    for made in ["\n# Heading", "<b>", "[link](", "http://a.b", " `code`"] {
        let bare = outside.replace(&format!("\\{made}"), "");
        assert!(!bare.contains(made), "{made}");
    }
}
