//! Reads one row as facts: what it states, what is wrong with it, and notes on what is not
//! enough to be a fact.

use super::cells::{self, clean, is_formula, shown};
use super::moment::{self, Moment};
use super::table::{Columns, LIST, Line};
use super::words::{first_words, meaning};
use crate::code::Code;
use crate::inspect::TOLERANCE_SECONDS;
use longma_core::{Args, Elapsed, Instant, Localized, Offset, Place, Places, Problem, Severity};
use longma_identity::{Document, RESIDENT_ID, kind_of};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

/// The subject of every list.
pub(super) const PERSON: &str = "person";
/// Maximum number of characters in a cell.
const CELL: usize = 500;
/// A positive result: always noted, and never dropped if incomplete.
pub(super) const POSITIVE: &str = "positive";
/// Number of digits in a region code.
const REGION: usize = 6;

/// Something wrong in a list, or a note on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Line number, from 1.
    pub line: u64,
    /// Column number, from 1; `None` for a whole row.
    pub column: Option<usize>,
    /// The column's header.
    pub header: Option<String>,
    /// The problem, and what to do.
    pub problem: Problem,
}

/// The context that every row is read in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) columns: &'a Columns,
    pub(super) received: Instant,
    pub(super) region: Option<&'a str>,
    pub(super) places: Option<&'a Places>,
}

/// A row that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: u64,
    /// The facts document.
    pub(super) facts: Map<String, Json>,
    pub(super) phone: Option<String>,
    pub(super) remark: Option<String>,
    /// Notes on it.
    pub(super) notes: Vec<Finding>,
}

impl Row {
    /// Whether another row states the same.
    pub(super) fn says_as(&self, other: &Self) -> bool {
        self.facts == other.facts && self.phone == other.phone && self.remark == other.remark
    }
}

/// What the document of a row has in common with all others of the same person.
pub(super) fn person(columns: &Columns, line: &Line) -> Option<String> {
    let cell = |name: &str| Some(clean(line.cells.get(*columns.used.get(name)?)?));
    let number = cell("number").filter(|number| !number.is_empty())?;
    let kind = cell("kind").and_then(|cell| meaning("kind", &cell));
    let kind = kind.unwrap_or_else(|| kind_by(&number));
    let number = &number;
    Some(Document { kind, number }.key())
}

/// The type of document that a number without one is read as.
fn kind_by(number: &str) -> &'static str {
    kind_of(number).unwrap_or(RESIDENT_ID)
}

/// Reads a row.
///
/// # Errors
/// Everything that is wrong with the row.
pub(super) fn read(context: Context<'_>, line: &Line) -> Result<Row, Vec<Finding>> {
    let mut reader = Reader {
        context,
        line,
        found: Vec::new(),
        notes: Vec::new(),
    };
    if line.open {
        // Where its cells end is not known: nothing else of it can be told.
        return Err(vec![finding(line.number, Code::ScreenQuote, &Args::NONE)]);
    }
    reader.whole();
    let mut facts = Map::from_iter([("subject".to_owned(), PERSON.into())]);
    facts.insert("identity".to_owned(), reader.identity());
    let sections = [
        ("check_ins", reader.check_in()),
        ("arrivals", reader.arrival()),
        ("tests", reader.test()),
    ];
    for (section, record) in sections {
        if let Some(record) = record {
            facts.insert(section.to_owned(), Json::Array(vec![record]));
        }
    }
    let phone = reader.phone();
    let remark = reader.cell("remark").map(|cell| cell.text);
    if reader.found.is_empty() {
        Ok(Row {
            line: line.number,
            facts,
            phone,
            remark,
            notes: reader.notes,
        })
    } else {
        Err(reader.found)
    }
}

/// A problem of a whole row.
pub(super) fn finding(line: u64, code: Code, args: &Args) -> Finding {
    Finding {
        line,
        column: None,
        header: None,
        problem: placed(Problem::in_facts(code, "").with_all(args), line),
    }
}

pub(super) fn placed(mut problem: Problem, line: u64) -> Problem {
    problem.place = Place::Reference {
        table: LIST.to_owned(),
        line,
    };
    problem
}

/// A cell that is not blank.
#[derive(Debug, Clone)]
struct Cell {
    text: String,
    column: usize,
    header: String,
}

struct Reader<'a> {
    context: Context<'a>,
    line: &'a Line,
    found: Vec<Finding>,
    notes: Vec<Finding>,
}

impl Reader<'_> {
    /// Checks the row as a whole: number of cells, long cells and formulas.
    fn whole(&mut self) {
        let line = self.line.number;
        let headers = self.context.columns.headers.len();
        let given = &self.line.cells;
        let beyond = given
            .iter()
            .skip(headers)
            .any(|cell| !clean(cell).is_empty());
        if given.len() < headers || beyond {
            self.found.push(finding(
                line,
                Code::ScreenCells,
                &Args::of("n", given.len()).with("expected", headers),
            ));
        }
        let used = self.context.columns.used.keys();
        let cells: Vec<(&str, Cell)> = used
            .filter_map(|name| Some((*name, self.cell(name)?)))
            .collect();
        for (name, cell) in cells {
            if cell.text.chars().count() > CELL {
                self.wrong(&cell, Code::ScreenLong, &Args::of("limit", CELL));
            }
            // A remark may start with a sign.
            let signed = cell.text.starts_with(['+', '-']) && name == "remark";
            if is_formula(&cell.text) && !signed {
                self.wrong(&cell, Code::ScreenFormula, &Args::NONE);
            }
        }
    }

    /// The cell of a column, unless it is blank.
    fn cell(&self, name: &str) -> Option<Cell> {
        let columns = self.context.columns;
        let position = *columns.used.get(name)?;
        let text = clean(self.line.cells.get(position)?);
        let says = !text.is_empty() && meaning("cell", &text) != Some("blank");
        says.then(|| Cell {
            text,
            column: position + 1,
            header: clean(columns.headers.get(position).map_or("", String::as_str)),
        })
    }

    fn at(&self, cell: &Cell, problem: Problem) -> Finding {
        Finding {
            line: self.line.number,
            column: Some(cell.column),
            header: Some(cell.header.clone()),
            problem: placed(problem, self.line.number),
        }
    }

    fn told(&self, cell: &Cell, code: Code, args: &Args) -> Finding {
        let found = shown(&cell.text);
        let header = shown(&cell.header);
        let told = Problem::in_facts(code, "")
            .with_all(args)
            .with("found", &found)
            .with("header", header);
        self.at(cell, told.finding(found))
    }

    fn wrong(&mut self, cell: &Cell, code: Code, args: &Args) {
        let told = self.told(cell, code, args);
        self.found.push(told);
    }

    fn note(&mut self, cell: &Cell, code: Code, args: &Args) {
        let mut told = self.told(cell, code, args);
        told.problem.severity = Severity::Warning;
        self.notes.push(told);
    }

    /// Reads the value of a cell; reports a cell that cannot be read.
    fn value<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, Code>) -> Option<T> {
        let cell = self.cell(name)?;
        match read(&cell.text) {
            Ok(value) => Some(value),
            Err(code) => {
                let known = first_words("symptom").join("、");
                self.wrong(&cell, code, &Args::of("known", &known));
                None
            }
        }
    }

    /// Reads a cell as a word of a group.
    fn word(&mut self, name: &str, group: &'static str) -> Option<&'static str> {
        let cell = self.cell(name)?;
        match cells::named(group, &cell.text) {
            Ok(word) => Some(word),
            Err(known) => {
                self.wrong(&cell, Code::ScreenWord, &Args::of("known", &known));
                None
            }
        }
    }

    fn identity(&mut self) -> Json {
        let kind = self.word("kind", "kind");
        let cell = self.cell("number");
        if cell.is_none() {
            self.missing("number");
        }
        let number = cell.as_ref().map_or("", |cell| &cell.text);
        let document = Document {
            kind: kind.unwrap_or_else(|| kind_by(number)),
            number,
        };
        if let Some(cell) = &cell {
            self.number(cell, document);
        }
        let (kind, number) = (document.kind, document.written());
        let name = self.cell("name");
        if name.is_none() {
            self.missing("name");
        }
        let name = name.map(|cell| cell.text).unwrap_or_default();
        let region = match self.cell("region") {
            Some(cell) => {
                let digits = cell.text.bytes().all(|b| b.is_ascii_digit());
                if !digits || cell.text.len() != REGION {
                    self.wrong(&cell, Code::ScreenRegion, &Args::NONE);
                }
                cell.text
            }
            None => match self.context.region {
                Some(region) => region.to_owned(),
                None => {
                    self.missing("region");
                    String::new()
                }
            },
        };
        json!({"name": name, "document": {"type": kind, "number": number}, "region": region})
    }

    fn number(&mut self, cell: &Cell, document: Document<'_>) {
        for problem in document.read("").err().unwrap_or_default() {
            let told = self.at(cell, problem);
            self.found.push(told);
        }
        if document.may_be_rounded() {
            self.note(cell, Code::ScreenRounded, &Args::NONE);
        }
    }

    fn missing(&mut self, name: &str) {
        let told = Problem::in_facts(Code::ScreenMissing, "").with("column", words_of(name));
        self.found.push(Finding {
            line: self.line.number,
            column: None,
            header: None,
            problem: placed(told, self.line.number),
        });
    }

    /// Reads an instant, which must not be in the future. A day without a time, or a serial
    /// number, is noted.
    fn moment(&mut self, name: &str) -> Option<Moment> {
        let cell = self.cell(name)?;
        let received = self.context.received;
        let Some(moment) = moment::read(&cell.text, received) else {
            self.wrong(&cell, Code::ScreenTime, &Args::NONE);
            return None;
        };
        let latest = received.plus(Elapsed::seconds(TOLERANCE_SECONDS));
        if latest.is_some_and(|latest| moment.at > latest) {
            let received = received.to_words(Offset::CHINA);
            self.wrong(&cell, Code::ScreenFuture, &Args::of("received", &received));
            return None;
        }
        if moment.serial {
            let day = moment.at.to_words(Offset::CHINA);
            self.note(&cell, Code::ScreenSerial, &Args::of("day", &day));
        } else if moment.day_only {
            self.note(&cell, Code::ScreenDay, &Args::NONE);
        }
        Some(moment)
    }

    /// The answers given at the door. Without a visit time they are dated by the list's arrival.
    fn check_in(&mut self) -> Option<Json> {
        let visited = self.moment("visited");
        let at = visited.map_or(self.context.received, |moment| moment.at);
        let mut record = Map::from_iter([("at".to_owned(), written(at))]);
        let no_figure = |cell: &Cell| meaning("answer", &cell.text) == Some("fine");
        match self.cell("temperature").filter(no_figure) {
            Some(cell) => self.note(&cell, Code::ScreenVague, &Args::NONE),
            None => {
                let value = self.value("temperature", cells::temperature);
                record.extend(value.map(|it| ("temperature".to_owned(), it)));
            }
        }
        let symptoms = self.value("symptoms", cells::symptoms);
        record.extend(symptoms.map(|it| ("symptoms".to_owned(), json!(it))));
        let contact = self.value("contact", cells::truth);
        record.extend(contact.map(|it| ("contact".to_owned(), it.into())));
        (record.len() > 1).then_some(Json::Object(record))
    }

    fn arrival(&mut self) -> Option<Json> {
        let says_no = |cell: &Cell| meaning("answer", &cell.text) == Some("no");
        if let Some(cell) = self.cell("arrived").filter(says_no) {
            self.note(&cell, Code::ScreenNone, &Args::NONE);
            return None;
        }
        let from_nowhere = self.cell("origin").filter(says_no);
        if let (Some(cell), None) = (from_nowhere, self.cell("arrived")) {
            self.note(&cell, Code::ScreenNone, &Args::NONE);
            return None;
        }
        let arrived = self.moment("arrived");
        let place = self.place();
        let risk = self.word("risk", "risk");
        let parts = [
            ("arrived", arrived.is_some()),
            ("origin", place.is_some()),
            ("risk", risk.is_some()),
        ];
        match (arrived, place, risk) {
            (Some(arrived), Some(place), Some(risk)) => {
                let mut record = Map::from_iter(place);
                record.insert("arrived_at".to_owned(), written(arrived.at));
                record.insert("risk".to_owned(), risk.into());
                Some(Json::Object(record))
            }
            _ => {
                let given = ["arrived", "origin", "province", "city", "county", "risk"];
                self.incomplete(Code::ScreenArrival, &parts, &given, false);
                None
            }
        }
    }

    /// The province, city and county of origin by their full names. A city without counties
    /// has none, and neither has one where the list ends with the city.
    fn place(&mut self) -> Option<Vec<(String, Json)>> {
        const LEVELS: [&str; 3] = ["province", "city", "county"];
        let members = |names: Vec<String>| {
            let levels = LEVELS.map(str::to_owned).into_iter();
            levels
                .zip(names)
                .map(|(level, name)| (level, name.into()))
                .collect()
        };
        let Some(cell) = self.cell("origin") else {
            let cells: Vec<String> = LEVELS
                .iter()
                .map_while(|level| Some(self.cell(level)?.text))
                .collect();
            return (cells.len() > 1).then(|| members(cells));
        };
        let begun = self.context.places.and_then(|places| {
            let (way, rest) = places.begin(&cell.text)?;
            let whole = way.len() == LEVELS.len() || rest.is_empty() && way.len() > 1;
            let names = way.into_iter().map(|place| places.name(place).to_owned());
            whole.then(|| names.collect())
        });
        if begun.is_none() {
            self.wrong(&cell, Code::ScreenOrigin, &Args::NONE);
        }
        begun.map(members)
    }

    fn test(&mut self) -> Option<Json> {
        if self.untested() {
            return None;
        }
        let sampled = self.moment("sampled");
        let reported = self.moment("reported");
        let result = self.word("result", "result");
        let method = match self.cell("method") {
            Some(_) => self.word("method", "method"),
            None => self.method_of_headers(),
        };
        let pool = self.value("pool", cells::pool);
        // For a day without a time take its last second: the result may have come in the evening.
        let reported = reported.map(|it| it.latest().min(self.context.received).max(it.at));
        if let (Some(sampled), Some(reported)) = (sampled, reported)
            && reported < sampled.at
            && let Some(cell) = self.cell("reported")
        {
            self.wrong(&cell, Code::ScreenOrder, &Args::NONE);
        }
        let parts = [
            ("sampled", sampled.is_some()),
            ("reported", reported.is_some()),
            ("result", result.is_some()),
            ("method", method.is_some()),
            ("pool", pool.is_some()),
        ];
        match (sampled, reported, result, method, pool) {
            (Some(sampled), Some(reported), Some(result), Some(method), Some(pool)) => {
                if let Some(cell) = self.cell("result").filter(|_| result == POSITIVE) {
                    self.note(&cell, Code::ScreenPositive, &Args::NONE);
                }
                Some(json!({
                    "method": method, "sampled_at": written(sampled.at),
                    "reported_at": written(reported), "result": result, "pool_size": pool
                }))
            }
            _ => {
                let grave = matches!(result, Some(POSITIVE | "inconclusive"));
                let given = ["sampled", "reported", "result"];
                self.incomplete(Code::ScreenTest, &parts, &given, grave);
                None
            }
        }
    }

    /// Whether the row says that there is no result: no sample, or none yet.
    fn untested(&mut self) -> bool {
        let said = |cell: &Cell| match meaning("result", &cell.text) {
            Some("untaken") => Some(Code::ScreenNone),
            Some("pending") => Some(Code::ScreenPending),
            _ => None,
        };
        let cells: Vec<Cell> = ["result", "sampled"]
            .iter()
            .filter_map(|name| self.cell(name))
            .collect();
        let result = self.cell("result");
        // With a result, 未采样 is not noted here: it fails to parse as the sampling time.
        if result.is_some_and(|cell| said(&cell).is_none()) {
            return false;
        }
        match cells.iter().find_map(|cell| Some((cell, said(cell)?))) {
            Some((cell, code)) => {
                self.note(cell, code, &Args::NONE);
                true
            }
            None => false,
        }
    }

    /// The test method for all rows, from headers such as 核酸结果.
    fn method_of_headers(&self) -> Option<&'static str> {
        let columns = self.context.columns;
        let positions = ["sampled", "reported", "result"];
        let positions = positions.iter().filter_map(|name| columns.used.get(name));
        let headers = positions.filter_map(|position| columns.headers.get(*position));
        let headers: Vec<String> = headers.map(|header| cells::bare(header)).collect();
        let says = |word: &str| headers.iter().any(|header| header.contains(word));
        match (
            says("核酸") || says("nucleic"),
            says("抗原") || says("antigen"),
        ) {
            (true, false) => Some("nucleic_acid"),
            (false, true) => Some("antigen"),
            _ => None,
        }
    }

    /// Reports a record that is stated but incomplete. If it could raise a colour (`grave`), a
    /// note is not enough: the row is rejected.
    fn incomplete(&mut self, code: Code, parts: &[(&str, bool)], given: &[&str], grave: bool) {
        let Some(cell) = given.iter().find_map(|name| self.cell(name)) else {
            return;
        };
        let lacking = parts.iter().filter(|(_, has)| !has);
        let lacking: Vec<Localized> = lacking.map(|(name, _)| words_of(name)).collect();
        let lacking = Localized::build(|lang| {
            let words: Vec<&str> = lacking.iter().map(|it| it.get(lang)).collect();
            words.join(", ")
        });
        let told = Problem::in_facts(code, "").with("lacking", lacking);
        let mut told = self.at(&cell, told);
        if grave {
            self.found.push(told);
        } else {
            told.problem.severity = Severity::Warning;
            self.notes.push(told);
        }
    }

    fn phone(&mut self) -> Option<String> {
        let cell = self.cell("phone")?;
        if !cells::is_phone(&cell.text) {
            self.note(&cell, Code::ScreenPhone, &Args::NONE);
        }
        Some(cell.text)
    }
}

/// The name of a column for readers.
fn words_of(name: &str) -> Localized {
    crate::code::messages().say(&format!("screen-column-{name}"), &Args::NONE)
}

fn written(at: Instant) -> Json {
    at.to_rfc3339(Offset::CHINA).into()
}
