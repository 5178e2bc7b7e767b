//! Reference data: published tables, such as the list of risk areas, that rules
//! compare facts with.
//!
//! A table's schema names its key columns, coarse to fine (`x-key`), and the two
//! columns of a row's span (`x-span`). A row that leaves out its finest keys covers
//! everything below. Places are compared folded, ignoring blanks, full-width forms
//! and case, because published names differ in these. A table with one bad row is
//! refused whole: a dropped row could turn somebody green.

mod near;
mod read;
mod seek;
mod stamp;
mod tree;

use crate::columns::{ABSENT, Texts, Word};
use crate::host::Fault;
use crate::order::{Gather, sort_by};
use crate::places::Places;
use crate::schema::Object;
use crate::value::{Evidence, Record, Value};
use crate::when::{Span, When};
use seek::Heard;
use std::collections::BTreeMap;
use std::sync::Arc;
use tree::Tree;

pub(crate) use seek::{day, stay};

/// The tables given for an evaluation, by name.
#[derive(Debug, Clone, Default)]
pub struct References(BTreeMap<String, Arc<Table>>);

impl References {
    /// No tables. Rules that read one leave their decision unknown.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds `table` under its name, replacing any earlier one.
    pub fn insert(&mut self, table: Table) {
        self.0.insert(table.name.clone(), Arc::new(table));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Table>> {
        self.0.get(name)
    }

    /// The tables as a catalogue with these names and texts reads them; `None` if they
    /// are so already.
    pub(crate) fn again(
        &self,
        names: &[&str],
        (texts, places): (&Arc<Texts>, Option<&Places>),
    ) -> Option<Self> {
        let number = |table: &Table| {
            let at = names.iter().position(|name| *name == table.name);
            at.map_or(table.number, |at| {
                Evidence::TABLES | u32::try_from(at).unwrap_or(0)
            })
        };
        let is_own = |table: &Arc<Table>| {
            table.is_of(texts) && table.is_among(places) && table.number == number(table)
        };
        if self.0.values().all(is_own) {
            return None;
        }
        let tables = self.0.iter().map(|(name, table)| {
            let own = if is_own(table) {
                Arc::clone(table)
            } else {
                Arc::new(table.again(number(table), (texts, places)))
            };
            (name.clone(), own)
        });
        Some(Self(tables.into_map()))
    }

    /// The first and the last instant in the tables' spans; `None` if there is none.
    pub(crate) fn times(&self) -> Option<(i64, i64)> {
        let times = self.0.values().filter_map(|table| table.times);
        times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

/// One reference table, indexed by place.
///
/// ```
/// # use longma_core::{Catalogue, Contents, Problems, References, Schema};
/// let schema = r#"{"type": "object", "additionalProperties": false,
///     "required": ["province", "from"],
///     "x-key": ["province", "city"], "x-span": ["from", "until"],
///     "properties": {
///         "province": {"type": "string"}, "city": {"type": "string"},
///         "from": {"type": "string", "format": "date-time"},
///         "until": {"type": "string", "format": "date-time"}}}"#;
/// let catalogue = Catalogue::new(Contents {
///     tables: [("areas".to_owned(), Schema::read(schema, "areas.schema.json")?)].into(),
///     ..Contents::default()
/// });
/// // Without a city the row covers the whole province.
/// let csv = "province,city,from,until\n甘肃,,2022-07-08T00:00+08:00,\n";
/// let table = catalogue.read_reference("areas", csv)?;
/// assert_eq!((table.name(), table.len()), ("areas", 1));
/// let mut references = References::none();
/// references.insert(table);
///
/// let problems = catalogue.read_reference("areas", "province,from\n甘肃,soon\n").unwrap_err();
/// assert_eq!(problems.as_slice()[0].place.to_string(), "areas, line 2");
/// # Ok::<(), Problems>(())
/// ```
#[derive(Debug)]
pub struct Table {
    name: String,
    /// The number of its rows as evidence.
    number: u32,
    object: Arc<Object>,
    rows: Vec<Vec<Option<Value>>>,
    /// The span of each row.
    spans: Vec<Option<Span>>,
    tree: Tree,
    /// The place of each row in it.
    nodes: Vec<usize>,
    /// The table of places, if names of its key are such.
    places: Option<Places>,
    /// The first and the last instant in it.
    times: Option<(i64, i64)>,
    /// The texts that `words` are numbered by.
    known: Arc<Texts>,
    words: Words,
}

/// The rows of a table as words, for compiled rules.
#[derive(Debug, Default)]
struct Words {
    /// The cells of all rows, row by row, then those of all groups.
    cells: Vec<Word>,
    /// The table's own texts.
    texts: Vec<Arc<str>>,
}

/// Rows that say the same but for their place and their span.
#[derive(Debug)]
struct Group {
    /// What they say, without key and span.
    row: Vec<Option<Value>>,
    /// Where these cells begin.
    cells: usize,
    when: When,
}

impl Group {
    /// Its spans, cut to one.
    fn within(&self, stay: Span) -> impl Iterator<Item = Span> {
        let spans = self.when.spans();
        let ended = spans.partition_point(|span| span.bounds().1 <= stay.bounds().0);
        let rest = spans.get(ended..).unwrap_or_default().iter();
        rest.map_while(move |span| span.meet(stay))
    }
}

/// A row, or a group of rows, that was found for a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// Where its cells begin.
    pub(crate) cells: usize,
    /// Its span, cut to that of the record.
    pub(crate) span: Span,
    /// The row's number; a group has none.
    pub(crate) row: Option<usize>,
}

/// The bit of a text's word that says that the text is a table's own.
pub(crate) const OWN: Word = 1 << 31;
/// Bits of such a word for the position of the text; the rest is the table's number.
const POSITION: u32 = 24;

impl Table {
    /// Writes all rows as words, and gathers what is below each place.
    fn write_words(&mut self) {
        self.tree.settle(&self.spans);
        let known = Arc::clone(&self.known);
        let mut words = Words::default();
        let mut own: BTreeMap<Arc<str>, Word> = BTreeMap::new();
        for row in &self.rows {
            self.write_row(&mut words, &mut own, &known, row);
        }
        // The place, what the row says, the row, its span.
        let mut held: Vec<(usize, usize, usize, Span)> = Vec::new();
        for (row, rank) in self.ranks() {
            let span = self.spans.get(row).copied().flatten();
            if let Some((span, node)) = span.zip(self.nodes.get(row)) {
                let places = self.tree.up(*node);
                held.extend(places.map(|place| (place, rank, row, span)));
            }
        }
        sort_by(&mut held, |a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        for alike in held.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let Some((place, _, row, _)) = alike.first() else {
                continue;
            };
            let row = self
                .rows
                .get(*row)
                .map_or_else(Vec::new, |row| self.kind(row));
            let cells = words.cells.len();
            self.write_row(&mut words, &mut own, &known, &row);
            if let Some(place) = self.tree.get_mut(*place) {
                place.groups.push(Group {
                    row,
                    cells,
                    when: When::of(alike.iter().map(|(.., span)| *span)),
                });
            }
        }
        self.words = words;
    }

    /// The rows in the order of what they say apart from key and span, each with a rank that
    /// rows share which say the same.
    fn ranks(&self) -> Vec<(usize, usize)> {
        let ends = self.span_fields().unwrap_or((usize::MAX, usize::MAX));
        let says = |at: &usize| {
            let row = self.rows.get(*at).into_iter().flatten().enumerate();
            row.filter(|(field, _)| {
                !self.object.key.contains(field) && *field != ends.0 && *field != ends.1
            })
        };
        let order = |a: &usize, b: &usize| says(a).cmp(says(b));
        let mut rows: Vec<usize> = (0..self.rows.len()).collect();
        sort_by(&mut rows, order);
        let alike = rows.chunk_by(|a, b| order(a, b).is_eq()).enumerate();
        let ranked = alike.flat_map(|(rank, rows)| rows.iter().map(move |row| (*row, rank)));
        ranked.collect()
    }

    fn write_row(
        &self,
        words: &mut Words,
        own: &mut BTreeMap<Arc<str>, Word>,
        known: &Texts,
        row: &[Option<Value>],
    ) {
        for value in row {
            let word = match value {
                None | Some(Value::List(_) | Value::Record(_)) => ABSENT,
                Some(Value::Bool(truth)) => Word::from(*truth),
                Some(Value::Int(number)) => *number,
                Some(Value::Instant(instant)) => instant.unix(),
                Some(Value::Date(date)) => date.number(),
                Some(Value::Elapsed(elapsed)) => elapsed.as_seconds(),
                Some(Value::Days(days)) => days.count(),
                Some(Value::Temperature(temperature)) => temperature.in_tenths(),
                Some(Value::Text(text)) => known.word(text).unwrap_or_else(|| {
                    *own.entry(Arc::clone(text)).or_insert_with(|| {
                        words.texts.push(Arc::clone(text));
                        let position = Word::try_from(words.texts.len() - 1).unwrap_or(0);
                        let number = Word::from(self.number & !Evidence::TABLES);
                        OWN | number << POSITION | position
                    })
                }),
            };
            words.cells.push(word);
        }
    }

    /// Whether its words are those of a catalogue with these texts.
    fn is_of(&self, texts: &Arc<Texts>) -> bool {
        Arc::ptr_eq(&self.known, texts) || self.known == *texts
    }

    /// Whether its places are those of a catalogue with this table of them.
    fn is_among(&self, places: Option<&Places>) -> bool {
        match (&self.places, places) {
            (Some(own), Some(places)) => own == places,
            (None, Some(_)) => self.object.places == 0,
            (own, None) => own.is_none(),
        }
    }

    /// The same table with the words and places of another catalogue.
    fn again(&self, number: u32, (texts, places): (&Arc<Texts>, Option<&Places>)) -> Self {
        let mut table = Self {
            name: self.name.clone(),
            number,
            object: Arc::clone(&self.object),
            rows: self.rows.clone(),
            spans: self.spans.clone(),
            tree: Tree::default(),
            nodes: Vec::with_capacity(self.rows.len()),
            places: places.filter(|_| self.object.places > 0).cloned(),
            times: self.times,
            known: Arc::clone(texts),
            words: Words::default(),
        };
        let mut heard = Heard::default();
        for (number, row) in self.rows.iter().enumerate() {
            let keys = table.certain(&mut heard, &table.place(row));
            let node = table.tree.add(&keys, number);
            table.nodes.push(node);
        }
        table.write_words();
        table
    }

    /// The number of the table, and the position among its own texts, of a text's word.
    pub(crate) fn own_text(word: Word) -> (usize, usize) {
        let part = |bits: Word| usize::try_from(bits).unwrap_or(0);
        let word = word & !OWN;
        (part(word >> POSITION), part(word & ((1 << POSITION) - 1)))
    }

    /// One of the table's own texts.
    pub(crate) fn text(&self, position: usize) -> Option<&Arc<str>> {
        self.words.texts.get(position)
    }

    /// The number of its rows as evidence.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// The object that its rows follow.
    pub(crate) fn object(&self) -> &Arc<Object> {
        &self.object
    }

    /// The cells of a row or group that was found.
    pub(crate) fn cells(&self, start: usize) -> &[Word] {
        let width = self.object.fields.len();
        self.words.cells.get(start..start + width).unwrap_or(&[])
    }

    /// The positions of the fields that hold a row's span.
    pub(crate) fn span_fields(&self) -> Option<(usize, usize)> {
        let (from, until) = self.object.span.as_ref()?;
        Some((self.object.position(from)?, self.object.position(until)?))
    }

    /// The names of the key's columns, coarse to fine.
    pub(crate) fn key_names(&self) -> impl Iterator<Item = &str> {
        self.object.key_names()
    }

    /// The table's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the table has no rows: it is known that nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn push(&mut self, heard: &mut Heard, row: Vec<Option<Value>>) -> Result<(), Fault> {
        for value in row.iter().flatten() {
            let at = match value {
                Value::Instant(instant) => instant.unix(),
                Value::Date(date) => date.number().saturating_mul(86_400),
                _ => continue,
            };
            let (first, last) = self.times.unwrap_or((at, at));
            self.times = Some((first.min(at), last.max(at)));
        }
        let keys = self.belongs(heard, &self.place(&row))?;
        let node = self.tree.add(&keys, self.rows.len());
        self.nodes.push(node);
        self.spans.push(self.row_span(&row));
        self.rows.push(row);
        Ok(())
    }

    /// The names of a row's place, coarse to fine.
    fn place<'r>(&self, row: &'r [Option<Value>]) -> Vec<Option<&'r str>> {
        let key = self.object.key.iter();
        key.map(|index| text_at(row, *index)).collect()
    }

    /// A row's values without its key and span.
    fn kind(&self, row: &[Option<Value>]) -> Vec<Option<Value>> {
        let mut kind = row.to_vec();
        for index in &self.object.key {
            if let Some(value) = kind.get_mut(*index) {
                *value = None;
            }
        }
        self.set_span(&mut kind, None);
        kind
    }

    fn row_span(&self, row: &[Option<Value>]) -> Option<Span> {
        let (from, until) = self.object.span.as_ref()?;
        let instant = |name: &str| match row.get(self.object.position(name)?)? {
            Some(Value::Instant(instant)) => Some(*instant),
            _ => None,
        };
        Span::new(instant(from), instant(until))
    }

    fn with_span(&self, mut row: Vec<Option<Value>>, span: Span, by: Vec<Evidence>) -> Record {
        self.set_span(&mut row, Some(span));
        Record::new(Arc::clone(&self.object), row, by)
    }

    fn set_span(&self, row: &mut [Option<Value>], span: Option<Span>) {
        let Some((from, until)) = &self.object.span else {
            return;
        };
        let ends = [
            (from, span.and_then(Span::from)),
            (until, span.and_then(Span::until)),
        ];
        for (name, instant) in ends {
            let slot = self
                .object
                .position(name)
                .and_then(|index| row.get_mut(index));
            if let Some(slot) = slot {
                *slot = instant.map(Value::Instant);
            }
        }
    }
}

fn text_at(row: &[Option<Value>], index: usize) -> Option<&str> {
    match row.get(index)? {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}
