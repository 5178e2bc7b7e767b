//! The rows of the table of places, read from CSV.

use crate::limits;
use crate::problem::{Code, Place, Problem, Problems};

/// The levels, coarse to fine.
pub(super) const LEVELS: [&str; 3] = ["province", "city", "county"];
/// The level of a heading, such as 省直辖县级行政区划: names skip it.
pub(crate) const GROUP: usize = LEVELS.len();
const GROUP_NAME: &str = "group";
/// How often a place has changed at most.
pub(super) const CHANGES: usize = 8;
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

impl Row {
    /// Codes in order, and then the rows without one.
    fn order(&self) -> u32 {
        self.code.wrapping_sub(1)
    }

    fn may_follow(&self, before: &Self) -> bool {
        before.order() < self.order() || self.code == 0
    }

    /// The code as it is written; `None` if it has none.
    pub(super) fn code(&self) -> Option<String> {
        (self.code != 0).then(|| format!("{:06}", self.code))
    }
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
        for (line, record) in (2..).zip(reader.records()) {
            let Ok(record) = record else {
                problems.push(wrong(line, ""));
                continue;
            };
            let cell = |at: usize| record.get(at).unwrap_or_default();
            let levels = LEVELS.into_iter().chain([GROUP_NAME]);
            let level = levels.zip(0..).find(|(level, _)| *level == cell(2));
            let name = Some(cell(1)).filter(|name| !name.is_empty() && !name.contains('\n'));
            let code = match cell(0) {
                "" => Some(0),
                code => number_of(code),
            };
            let (Some((_, level)), Some(name), Some(code)) = (level, name, code) else {
                problems.push(wrong(line, cell(1)));
                continue;
            };
            rows.names.push_str(name);
            rows.names.push('\n');
            rows.others.push_str(&cell(4).replace('\n', " "));
            rows.others.push('\n');
            links.push((line, cell(3).to_owned(), cell(7).to_owned()));
            let row = Row {
                code,
                level,
                within: None,
                current: cell(6).is_empty() && cell(7).is_empty(),
                now: Vec::new(),
            };
            if !rows.all.last().is_none_or(|before| row.may_follow(before)) {
                problems.push(wrong(line, cell(0)));
            }
            rows.all.push(row);
        }
        for (at, (line, within, now)) in links.iter().enumerate() {
            let inside = rows.coded(within);
            let now: Option<Vec<u32>> = parts(now).map(|code| rows.coded(code)).collect();
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
        self.all.is_sorted_by(|before, row| row.may_follow(before))
            && self.names.lines().count() == count
            && self.others.lines().count() == count
            && self.all.iter().all(lead)
            && (0..count).all(|at| self.is_placed(at))
    }

    /// The row that has a code.
    pub(super) fn coded(&self, code: &str) -> Option<u32> {
        let order = number_of(code)?.checked_sub(1)?;
        let at = self.all.binary_search_by_key(&order, Row::order).ok()?;
        u32::try_from(at).ok()
    }

    /// What the place of a row is today; `None` if it was divided.
    pub(super) fn today(&self, mut at: u32) -> Option<&Row> {
        // A circle ends too.
        for _ in 0..CHANGES {
            let row = self.all.get(at as usize)?;
            match *row.now.as_slice() {
                [now] => at = now,
                [] => return Some(row).filter(|row| row.current),
                _ => return None,
            }
        }
        None
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

/// The number of six digits.
fn number_of(code: &str) -> Option<u32> {
    let digits = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| code.parse().ok()).flatten()
}

/// The parts of a cell that holds several.
pub(super) fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').filter(|part| !part.is_empty())
}
