//! The rows of the table of places, read from CSV.

use crate::limits;
use crate::problem::{Code, Place, Problem, Problems};
use std::collections::BTreeMap;

/// The levels, coarse to fine.
pub(super) const LEVELS: [&str; 3] = ["province", "city", "county"];
/// The level of a heading, such as 省直辖县级行政区划: names skip it.
pub(crate) const GROUP: usize = LEVELS.len();
const GROUP_NAME: &str = "group";
/// The columns of the table, in order.
const COLUMNS: [&str; 8] = [
    "code", "name", "level", "within", "also", "since", "until", "now",
];

/// The table as it is kept and compiled: texts of a kind stand together, which is how
/// compression likes them, and rows name others by their number.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    /// The names, one on each line.
    pub(crate) names: String,
    /// The other names of each, one line for each row.
    pub(crate) others: String,
    pub(crate) all: Vec<Row>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The six digits as a number; 0 if it has none.
    pub(crate) code: u32,
    pub(crate) level: usize,
    /// The place that it is in.
    pub(crate) within: Option<u32>,
    /// Whether it is one of today.
    pub(crate) current: bool,
    /// What a former place is today.
    pub(crate) now: Vec<u32>,
}

impl Rows {
    pub(super) fn read(csv: &str, file: &str) -> (Self, Problems) {
        let mut rows = Self::default();
        let mut problems = Problems::default();
        let text = csv.strip_prefix('\u{feff}').unwrap_or(csv);
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let wrong = |line: u64, found: &str| {
            let at = Place::Reference {
                table: file.to_owned(),
                line,
            };
            Problem::new(Code::PlacesRow, at).with("found", found)
        };
        let headed = reader.headers().is_ok_and(|head| head.iter().eq(COLUMNS));
        if !headed || text.len() > limits::REFERENCE_BYTES {
            problems.push(wrong(1, text.lines().next().unwrap_or_default()));
            return (rows, problems);
        }
        // Places that the table names further down are known once all are read.
        let mut links: Vec<(u64, String, String)> = Vec::new();
        let mut codes: BTreeMap<String, u32> = BTreeMap::new();
        for (line, record) in (2..).zip(reader.records()) {
            let Ok(record) = record else {
                problems.push(wrong(line, ""));
                continue;
            };
            let cell = |at: usize| record.get(at).unwrap_or_default();
            let levels = LEVELS.into_iter().chain([GROUP_NAME]);
            let level = levels.zip(0..).find(|(level, _)| *level == cell(2));
            let name = Some(cell(1)).filter(|name| !name.is_empty() && !name.contains('\n'));
            let digits = |code: &&str| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
            let code = match cell(0) {
                "" => Some(0),
                code => Some(code).filter(digits).and_then(|code| code.parse().ok()),
            };
            let number = u32::try_from(rows.all.len()).ok();
            let (Some((_, level)), Some(name), Some(code), Some(number)) =
                (level, name, code, number)
            else {
                problems.push(wrong(line, cell(1)));
                continue;
            };
            if code != 0 && codes.insert(cell(0).to_owned(), number).is_some() {
                problems.push(wrong(line, cell(0)));
            }
            rows.names.push_str(name);
            rows.names.push('\n');
            rows.others.push_str(&cell(4).replace('\n', " "));
            rows.others.push('\n');
            links.push((line, cell(3).to_owned(), cell(7).to_owned()));
            rows.all.push(Row {
                code,
                level,
                within: None,
                current: cell(6).is_empty() && cell(7).is_empty(),
                now: Vec::new(),
            });
        }
        for (at, (line, within, now)) in links.iter().enumerate() {
            let inside = codes.get(within).copied();
            let now: Option<Vec<u32>> = parts(now).map(|code| codes.get(code).copied()).collect();
            let now = now.filter(|_| within.is_empty() == inside.is_none());
            let linked = now.zip(rows.all.get_mut(at)).map(|(now, row)| {
                (row.within, row.now) = (inside, now);
            });
            if linked.is_none() || !rows.is_placed(at) {
                problems.push(wrong(*line, within));
            }
        }
        (rows, problems)
    }

    /// Whether every row leads somewhere: for rows that nobody has checked.
    pub(crate) fn are_sound(&self) -> bool {
        let count = self.all.len();
        let lead = |row: &Row| row.now.iter().all(|now| (*now as usize) < count);
        self.names.lines().count() == count
            && self.others.lines().count() == count
            && self.all.iter().all(lead)
            && (0..count).all(|at| self.is_placed(at))
    }

    /// Whether a row of a finer level is in one of a coarser one.
    fn is_placed(&self, at: usize) -> bool {
        let Some(row) = self.all.get(at) else {
            return false;
        };
        match row.within.map(|within| self.all.get(within as usize)) {
            None => row.level == 0,
            Some(coarser) => {
                row.level > 0 && coarser.is_some_and(|it| it.level < row.level.min(GROUP))
            }
        }
    }
}

/// The parts of a cell that holds several.
pub(super) fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').filter(|part| !part.is_empty())
}
