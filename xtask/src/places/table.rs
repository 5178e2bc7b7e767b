//! From the sources to the rows: what each code is called, since when, and what it is now.

use std::collections::{BTreeMap, BTreeSet};

use super::name::{autonomous, level, stem_of, within};
use super::read::{Change, Row, Sources, last_run};
use super::{FIRST_LIST, OURS};
use crate::report::Failure;

impl Sources {
    /// The text of the table.
    ///
    /// # Errors
    /// If a line of ours names no row, or nobody says when a code began or what it is now.
    pub(super) fn table(self) -> Result<String, Failure> {
        let mut rows = self.all();
        self.refuse_strangers(&rows)?;
        let begun = self.begun(&rows);
        for (code, row) in &mut rows {
            row.now = self.successors(code, row, &begun);
        }
        rows.extend(self.rows);
        let now: BTreeMap<String, Vec<String>> = rows
            .iter()
            .map(|(code, row)| (code.clone(), row.now.clone()))
            .collect();
        let names = names_of_current(&rows);
        for (_, row) in &mut rows {
            row.now = at_last(&row.now, &now);
            // What its successor is called too need not stand twice.
            for of_successor in row.now.iter().filter_map(|code| names.get(code)) {
                row.also.retain(|name| !of_successor.contains(name));
            }
        }
        let lost = |row: &Row| !row.until.is_empty() && row.now.is_empty();
        refuse(
            "it is not known what became of",
            rows.iter().filter(|(_, row)| lost(row)),
        )?;
        Ok(written(rows))
    }

    /// The rows of the codes that the packages have, without what a former one is now.
    fn all(&self) -> Vec<(String, Row)> {
        let codes: BTreeSet<&String> = self.today.keys().chain(self.listed.keys()).collect();
        let row = |code: &String| Some((code.clone(), self.row(code)?));
        codes.into_iter().filter_map(row).collect()
    }

    /// Refuses lines of ours whose code and name are those of no row, and codes that came after
    /// the lists of the package and of which we do not say when.
    fn refuse_strangers(&self, rows: &[(String, Row)]) -> Result<(), Failure> {
        let there: BTreeMap<&String, &Row> = rows.iter().map(|(code, row)| (code, row)).collect();
        let changes = self.changes.iter().map(|(code, it)| (code, &it.name));
        let names = self.names.iter().map(|(code, (name, _))| (code, name));
        let strange = |(code, name): &(&String, &String)| {
            there.get(*code).is_none_or(|row| row.name != **name)
        };
        if let Some((code, name)) = changes.chain(names).find(strange) {
            return Err(Failure::new(
                format!("a line of {OURS} has `{code},{name}`, which the packages do not have"),
                "compare the code and the name with those of the table",
            ));
        }
        let undated = |code: &str, row: &Row| {
            row.since.is_empty() && level(code) != "province" && !self.listed.contains_key(code)
        };
        refuse(
            "it is not known when these began:",
            rows.iter().filter(|(code, row)| undated(code, row)),
        )
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
        if let Some((_, also)) = self.names.get(code) {
            row.also.extend(also.iter().cloned());
        }
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
        let near = |it: &&String| it.get(..2) == code.get(..2);
        let near = self.today.iter().filter(|(it, _)| near(it));
        let of_sibling =
            |(it, name): (&String, &String)| name == former && within(it) == within(code);
        if stem == stem_of(now) || near.clone().any(of_sibling) {
            return Vec::new();
        }
        let mut names = vec![former.to_owned()];
        if let Some((stem, kind)) = autonomous(former) {
            names.push(format!("{stem}{}", kind.trim_start_matches("自治")));
        }
        if stem != former && !near.map(|(_, name)| stem_of(name)).any(|it| it == stem) {
            names.push(stem.to_owned());
        }
        names
    }

    /// The names that began in each year.
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

fn refuse<'a>(what: &str, rows: impl Iterator<Item = &'a (String, Row)>) -> Result<(), Failure> {
    let rows: Vec<String> = rows
        .map(|(code, row)| format!("{code} {}", row.name))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("{what} {}", rows.join("、")),
        format!("add them to {OURS}/changes.csv, each with its source"),
    ))
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
