//! Lines of the monitor's feed (`longma-monitor/1`, docs/monitor.md).

use crate::count::{REFUSED, Tally};
use longma_core::{Date, UNKNOWN};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

impl Tally {
    /// Writes how many persons of each county had which level on a day, as lines of the feed.
    /// Counts by something else than counties, such as by region of a province, are left out.
    /// Whoever was refused is among those whose level is unknown.
    ///
    /// ```
    /// use longma_core::Date;
    /// use longma_population::count::{Count, Group, Tally};
    /// let group = |level: &str| Group {
    ///     by: "620102".to_owned(),
    ///     decision: "code".to_owned(),
    ///     levels: vec![level.to_owned()],
    /// };
    /// let count = |persons| Count { persons, seconds: 0 };
    /// let counts = vec![(group("green"), count(1_200)), (group("red"), count(1))];
    /// let mut feed = Vec::new();
    /// Tally { counts, ..Tally::default() }.levels(Date::parse("2022-07-04").unwrap(), &mut feed)?;
    /// assert_eq!(
    ///     String::from_utf8(feed)?,
    ///     r#"{"kind":"levels","county":"620102","day":"2022-07-04","decision":"code","persons":{"green":1200,"red":1}}"#.to_owned() + "\n"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn levels(&self, day: Date, out: &mut impl Write) -> io::Result<()> {
        let mut all: BTreeMap<(&str, &str), BTreeMap<&str, u64>> = BTreeMap::new();
        for (group, count) in &self.counts {
            let Some(level) = group.levels.last().filter(|_| is_county(&group.by)) else {
                continue;
            };
            let level = if level == REFUSED { UNKNOWN } else { level };
            let persons = all.entry((&group.by, &group.decision)).or_default();
            *persons.entry(level).or_default() += count.persons;
        }
        for ((county, decision), persons) in all {
            let persons = persons
                .into_iter()
                .map(|(level, n)| (level.to_owned(), json!(n)));
            let members = [
                ("kind", json!("levels")),
                ("county", json!(county)),
                ("day", json!(day.to_string())),
                ("decision", json!(decision)),
                ("persons", Json::Object(persons.collect::<Map<_, _>>())),
            ];
            line(out, &members)?;
        }
        Ok(())
    }
}

/// Whether a text is a county's code.
fn is_county(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|it| it.is_ascii_digit())
}

/// One document, its members in this order.
pub(crate) fn line(out: &mut impl Write, members: &[(&str, Json)]) -> io::Result<()> {
    for (number, (name, value)) in members.iter().enumerate() {
        let before = if number == 0 { '{' } else { ',' };
        write!(out, "{before}\"{name}\":{value}")?;
    }
    out.write_all(b"}\n")
}

/// A day as `2022-07-01`.
pub(crate) fn written(day: i64) -> String {
    Date::of_number(day)
        .map(|day| day.to_string())
        .unwrap_or_default()
}
