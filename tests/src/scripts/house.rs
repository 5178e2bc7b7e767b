//! The pack around generated scripts: schemas, manifest and captions.

use super::choices::Choices;
use super::rules::Written;
use super::shape::{self, Words};
use longma_compile::texts::Texts;
use std::fmt::Write as _;

/// Levels of the first decision, lowest first.
pub(super) const FIRST: &[&str] = &["calm", "watch", "alarm"];
/// Levels of the second decision, lowest first.
pub(super) const SECOND: &[&str] = &["open", "limited", "shut"];
/// The first decision, which the second reads.
pub(super) const DECISION: &str = "alpha";
/// The second decision.
pub(super) const READER: &str = "beta";
const FOLDER: &str = "packs/62/2022-01-01";

/// A pack as texts: its manifest, captions, schemas and these scripts.
pub(super) fn texts(c: &mut Choices<'_>, scripts: &[Written]) -> Texts {
    let mut texts = Texts::from([
        (
            "schema/sample.schema.json".to_owned(),
            shape::facts_schema(),
        ),
        (
            "reference/zones.schema.json".to_owned(),
            shape::table_schema(),
        ),
        ("reference/places.csv".to_owned(), shape::PLACES.to_owned()),
        (format!("{FOLDER}/pack.toml"), manifest(c, scripts)),
        (format!("{FOLDER}/captions.toml"), captions(c, scripts)),
    ]);
    for script in scripts {
        let path = format!("{FOLDER}/{}.rhai", script.decision);
        texts.insert(path, script.text.clone());
    }
    texts
}

fn same(text: &str) -> String {
    format!("{{ zh-CN = \"{text}\", en = \"{text}\", tr = \"{text}\" }}")
}

fn manifest(c: &mut Choices<'_>, scripts: &[Written]) -> String {
    let mut text = format!(
        "languages = [\"zh-CN\", \"en\", \"tr\"]\nsubject = \"sample\"\nversion = \"1\"\ntitle = {}\nauthority = {}\n\n[effective]\n",
        same("样例 sample"),
        same("测试 test")
    );
    if c.chance(20) {
        text.push_str("from = 2022-01-10T00:00:00+08:00\n");
    }
    let _ = write!(
        text,
        "\n[sources.s]\ntitle = {}\ndate = 2022-01-01\ngrade = \"V\"\n",
        same("出处 source")
    );
    for (name, value, unit) in params(c) {
        let _ = write!(
            text,
            "\n[params.{name}]\nvalue = {value}\nunit = \"{unit}\"\nsource = \"s\"\n"
        );
    }
    let colours = [
        "[\"green\", \"yellow\", \"red\"]",
        "[\"grey\", \"blue\", \"gold\"]",
    ];
    for (script, colours) in scripts.iter().zip(colours) {
        let _ = write!(
            text,
            "\n[decisions.{}]\nscale = {:?}\ncolours = {colours}\n",
            script.decision, script.levels
        );
    }
    // Not every day has 24 hours, and nowhere does every place's begin at once.
    let clocks = [
        "",
        "",
        "",
        "offset = \"-03:30\"",
        "zone = \"Europe/Berlin\"",
        "zone = \"Atlantic/Azores\"",
    ];
    format!("{}\n{text}", c.word(&clocks))
}

/// The params with values and units. Most are small; some are none, and some leave the
/// range of times.
fn params(c: &mut Choices<'_>) -> Vec<(&'static str, String, &'static str)> {
    let number = |c: &mut Choices<'_>, most: usize| match c.weighted(&[40, 3, 1]) {
        0 => (1 + c.below(most)).to_string(),
        1 => "0".to_owned(),
        _ => "4000000".to_owned(),
    };
    let numbers = |c: &mut Choices<'_>, most: usize| {
        let count = c.weighted(&[0, 3, 4, 2]).max(1);
        let items: Vec<String> = (0..count)
            .map(|_| (1 + c.below(most)).to_string())
            .collect();
        format!("[{}]", items.join(", "))
    };
    let words = |c: &mut Choices<'_>, words: Words| {
        let from = c.below(3);
        let all = words.all().iter().cycle().skip(from);
        let chosen: Vec<&str> = all.take(1 + from).copied().collect();
        format!("{chosen:?}")
    };
    vec![
        ("window", number(c, 20), "days"),
        ("lag", number(c, 3), "days"),
        ("wait", number(c, 96), "hours"),
        ("pause", number(c, 90), "minutes"),
        ("limit", number(c, 9), "count"),
        ("nth", number(c, 7), "day_number"),
        ("fever", format!("\"37.{}\"", c.below(10)), "celsius"),
        ("word", format!("{:?}", c.word(Words::Kind.all())), "text"),
        ("kinds", words(c, Words::Kind), "text"),
        ("watched", words(c, Words::Mark), "text"),
        ("gaps", numbers(c, 5), "days"),
        ("spans", numbers(c, 48), "hours"),
        ("counts", numbers(c, 9), "count"),
        ("fevers", "[\"36.5\", 38]".to_owned(), "celsius"),
        (
            "grade",
            format!("{:?}", c.word(FIRST.get(1..).unwrap_or_default())),
            "level",
        ),
        (
            "rank",
            format!("{:?}", c.word(SECOND.get(1..).unwrap_or_default())),
            "level",
        ),
    ]
}

/// Fields that captions may show, of the sections and of records in them.
const SHOWN: &[(&str, &[&str])] = &[
    (
        "visits",
        &["at", "left", "due", "extra", "heat", "score", "since"],
    ),
    ("checks", &["taken", "told", "count", "day", "heat"]),
    ("profile", &["opened", "closed", "born", "risk"]),
];

/// A caption, which may show a fact of what the rule reads.
fn caption(c: &mut Choices<'_>, script: &Written, rule: &str) -> String {
    let head = format!("fn {rule}(");
    let lines = script.text.lines();
    let mut parameters = lines.filter_map(|line| line.split_once(&head)?.1.split_once(')'));
    let (read, _) = parameters.next_back().unwrap_or_default();
    let shown: Vec<&str> = SHOWN
        .iter()
        .filter(|(section, _)| read.contains(section))
        .flat_map(|(_, fields)| fields.iter().copied())
        .collect();
    if shown.is_empty() || !c.chance(30) {
        return same(rule);
    }
    same(&format!("{rule} {{evidence.{}}}", c.word(&shown)))
}

fn captions(c: &mut Choices<'_>, scripts: &[Written]) -> String {
    let mut text = String::new();
    for script in scripts {
        let decision = script.decision;
        let _ = writeln!(text, "[{decision}]\nname = {}", same(decision));
        for level in script.levels {
            let _ = writeln!(text, "levels.{level} = {}", same(level));
        }
        for rule in &script.rules {
            let _ = write!(
                text,
                "\n[{decision}.rules.{rule}]\ncaption = {}\nrelease = {}\n",
                caption(c, script, rule),
                same("到期 when it ends")
            );
        }
        text.push('\n');
    }
    text
}
