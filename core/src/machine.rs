//! Runs compiled rules.
//!
//! The machine computes the words of a [`Program`] over [`Columns`]. It computes what is
//! asked for and no more: a condition's branches when the condition is known, a shared
//! part the first time that something needs it. What it makes (lists, sets, causes)
//! lives until the evaluation ends. It counts a step for each operation and for each
//! item that it walks over, and never goes deeper than a program's reader allows.

mod call;
mod fault;
mod scan;
mod special;
mod tables;

use crate::body::{Body, Failure, Given, Meter, Work};
use crate::cause::{Draft, Drafts};
use crate::columns::{ABSENT, Columns, Word, list_of, list_word, row_of};
use crate::host::{Earlier, Fault};
use crate::limits;
use crate::problem::Code;
use crate::program::{EARLIER, Entry, Id, NONE, Op, Program, Relation};
use crate::reference::{OWN, References, Table};
use crate::series::Series;
use crate::time::Instant;
use crate::value::Evidence;
use crate::when::{Span, When};
pub use scan::CONDITIONS;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use tables::{Row, Search};

/// Bits of a list's word that say where its items are; none for lists of the facts.
const PROGRAM: Word = 1 << 60;
const HEAP: Word = 1 << 61;
/// Marks the rows of reference tables.
const IMPORTED: u32 = 1 << 30;
/// Marks texts that a rule made of others.
const PART: Word = 1 << 30;

/// Something could not be computed; the machine knows what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop;

type Computed = Result<Word, Stop>;

/// What went wrong, and in which operation.
#[derive(Debug)]
enum Wrong {
    /// An operand is absent.
    Absent([Word; 4]),
    /// A function says why.
    Fault(Fault),
}

/// What an evaluation has made so far.
#[derive(Debug, Default)]
pub(crate) struct State {
    heap: Vec<Word>,
    sets: Vec<When>,
    texts: Vec<Arc<str>>,
    causes: Vec<Made>,
    series: Vec<Series>,
    rows: Vec<Row>,
    searches: Vec<Arc<Search>>,
    /// What was looked up in tables: the operands, and the list.
    looked: BTreeMap<[Word; 4], Word>,
    /// For each slot, when its item changed, and the item.
    slots: Vec<(u64, Word)>,
    /// For each memo cell, the slot's change that it belongs to, and its word.
    cells: Vec<(u64, Word)>,
    locals: Vec<Word>,
    changes: u64,
    spare: Vec<Vec<Word>>,
    /// About how many words all of this takes.
    kept: usize,
    program: usize,
    /// Whether an evaluation has ended and the next one not begun.
    ended: bool,
    /// The first and the last instant in facts and tables.
    times: (Word, Word),
}

/// A cause while a rule runs.
#[derive(Debug, Clone, Copy)]
struct Made {
    level: Word,
    when: Held,
    /// A list of records.
    evidence: Word,
}

#[derive(Debug, Clone, Copy)]
enum Held {
    Span(Option<Span>),
    Set(Word),
}

/// The inputs of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inputs<'a> {
    pub(crate) program: &'a Program,
    pub(crate) columns: &'a Columns,
    pub(crate) references: &'a References,
    /// The earlier decisions that the rule reads, in the order of its entry.
    pub(crate) earlier: &'a [Earlier],
}

impl Inputs<'_> {
    /// The first and the last instant.
    fn times(&self) -> (Word, Word) {
        let (first, last) = self.columns.times();
        let tables = self.references.times();
        tables.map_or((first, last), |(from, until)| {
            (first.min(from), last.max(until))
        })
    }
}

/// One run of one rule.
struct Run<'a> {
    inputs: Inputs<'a>,
    state: &'a mut State,
    steps: u64,
    most: u64,
    failed: Option<(Id, Wrong)>,
}

/// Runs a rule: the fast form, and where anything is unusual the exact one.
pub(crate) fn run(
    inputs: Inputs<'_>,
    entry: &Entry,
    state: &mut State,
    meter: &Meter,
) -> Result<Vec<Draft>, Failure> {
    state.begin(inputs);
    let most = if state.is_full() { 0 } else { meter.left() };
    let mut run = Run {
        inputs,
        state,
        steps: 0,
        most,
        failed: None,
    };
    if entry.fast != NONE && run.is_ordinary(entry) {
        if let Ok(drafts) = run.drafts(entry.fast) {
            let _ = meter.charge(run.steps);
            return Ok(drafts);
        }
        run.failed = None;
        run.steps = 0;
    }
    let drafts = run.drafts(entry.exact);
    let charged = meter.charge(run.steps);
    match drafts {
        Ok(drafts) => Ok(drafts),
        Err(Stop) => Err(run.failure(charged.err())),
    }
}

impl State {
    fn is_full(&self) -> bool {
        self.kept > limits::KEPT
    }

    fn begin(&mut self, inputs: Inputs<'_>) {
        let program = inputs.program;
        let address = std::ptr::from_ref(program).addr();
        if self.program != address {
            *self = Self {
                program: address,
                slots: vec![(0, ABSENT); program.slots as usize + 2],
                cells: vec![(0, ABSENT); program.cells as usize],
                locals: vec![ABSENT; program.locals as usize],
                changes: 1,
                times: inputs.times(),
                ..Self::default()
            };
            // What depends on no slot belongs to the first change.
            if let Some(slot) = self.slots.first_mut() {
                slot.0 = 1;
            }
        } else if self.ended {
            self.ended = false;
            self.times = inputs.times();
        }
        self.changes += 1;
        if let Some(slot) = self.slots.get_mut(EARLIER as usize) {
            slot.0 = self.changes;
        }
    }
}

#[cfg(not(target_family = "wasm"))]
impl State {
    /// Forgets all but its memory.
    pub(crate) fn end(&mut self) {
        self.heap.clear();
        self.sets.clear();
        self.texts.clear();
        self.causes.clear();
        self.series.clear();
        self.rows.clear();
        self.searches.clear();
        self.looked.clear();
        self.kept = 0;
        self.ended = true;
        // Whatever cells hold belongs to an earlier change of every slot.
        self.changes += 1;
        self.slots.fill((self.changes, ABSENT));
        self.locals.fill(ABSENT);
    }
}

impl Run<'_> {
    /// Whether all times are far enough from the ends of the range.
    fn is_ordinary(&self, entry: &Entry) -> bool {
        let (first, last) = self.state.times;
        first > Instant::MIN.saturating_add(entry.reach)
            && last < Instant::MAX.saturating_sub(entry.reach)
            && self.inputs.columns.longest() <= limits::ORDINARY_LENGTH
    }

    fn drafts(&mut self, id: Id) -> Result<Vec<Draft>, Stop> {
        let list = self.word(id)?;
        let mut drafts = Drafts::default();
        if list == ABSENT {
            return Ok(drafts.done());
        }
        // Causes of one rule often rest on one list.
        let mut rests: (Word, Arc<[Evidence]>) = (ABSENT, Vec::new().into());
        for at in 0..length(list) {
            let word = self.item(list, at);
            if word == ABSENT {
                continue;
            }
            let made = index(word).and_then(|at| self.state.causes.get(at));
            let Some(made) = made.copied() else { continue };
            if let Held::Set(set) = made.when {
                self.spend(self.set(set).spans().len())?;
            }
            if made.evidence != rests.0 {
                rests = (made.evidence, self.grounds(made.evidence));
            }
            let pushed = drafts.push(Draft {
                level: self.text(made.level),
                when: match made.when {
                    Held::Span(span) => When::of(span),
                    Held::Set(set) => self.set(set).clone(),
                },
                evidence: Arc::clone(&rests.1),
            });
            if let Err(fault) = pushed {
                return self.stop(NONE, Wrong::Fault(fault));
            }
        }
        Ok(drafts.done())
    }

    /// The facts behind a list of records. `because` has paid for them.
    fn grounds(&self, list: Word) -> Arc<[Evidence]> {
        let mut evidence = Vec::new();
        if list != ABSENT {
            for at in 0..length(list) {
                self.evidence(self.item(list, at), &mut evidence);
            }
        }
        crate::order::sort(&mut evidence);
        evidence.dedup();
        evidence.into()
    }

    /// A text to keep. Only the known ones are shared.
    fn text(&self, word: Word) -> Arc<str> {
        let known = index(word).and_then(|at| self.inputs.program.texts.get(at));
        known.map_or_else(|| self.text_of(word).into(), Arc::clone)
    }

    fn evidence(&self, record: Word, into: &mut Vec<Evidence>) {
        if record == ABSENT {
            return;
        }
        let (table, row) = row_of(record);
        if table & IMPORTED == 0 {
            into.push(Evidence { table, row });
        } else if let Some(row) = self.state.rows.get(row as usize) {
            let (record, row) = row.evidence;
            self.evidence(record, into);
            into.extend(row);
        }
    }

    #[cold]
    #[inline(never)]
    fn stop<T>(&mut self, id: Id, wrong: Wrong) -> Result<T, Stop> {
        self.failed = Some((id, wrong));
        Err(Stop)
    }

    fn spend(&mut self, steps: usize) -> Result<(), Stop> {
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps > self.most {
            let fault = if self.state.is_full() {
                Fault::new(Code::EvaluationSize).with("limit", limits::KEPT)
            } else {
                Fault::new(Code::RuleOperations)
            };
            return self.stop(NONE, Wrong::Fault(fault));
        }
        Ok(())
    }

    #[allow(clippy::too_many_lines, reason = "one arm for each operation")]
    fn word(&mut self, id: Id) -> Computed {
        let Some(op) = self.inputs.program.ops.get(id as usize) else {
            return Err(Stop);
        };
        // Operations alone can be endless: a part that is used twice, twice, twice …
        self.spend(1)?;
        match *op {
            Op::Word(word) => Ok(word),
            Op::List(start, len) => Ok(PROGRAM | list_word(start as usize, len as usize)),
            Op::Slot(slot) => Ok(self.state.slots.get(slot as usize).map_or(ABSENT, |s| s.1)),
            Op::Local(local) => Ok(self
                .state
                .locals
                .get(local as usize)
                .copied()
                .unwrap_or(ABSENT)),
            Op::Let(local, value, body) => {
                let word = self.word(value)?;
                if let Some(known) = self.state.locals.get_mut(local as usize) {
                    *known = word;
                }
                self.word(body)
            }
            Op::Memo { cell, of, slot } => {
                let now = self.state.slots.get(slot as usize).map_or(0, |s| s.0);
                match self.state.cells.get(cell as usize) {
                    Some((then, word)) if *then == now => return Ok(*word),
                    _ => {}
                }
                let word = self.word(of)?;
                if let Some(known) = self.state.cells.get_mut(cell as usize) {
                    *known = (now, word);
                }
                Ok(word)
            }
            Op::Section(field) => Ok(self.inputs.columns.section(field as usize)),
            Op::Field(of, field) => {
                let record = self.word(of)?;
                if record == ABSENT {
                    return self.stop(id, Wrong::Absent([ABSENT; 4]));
                }
                Ok(self.field(record, field as usize))
            }
            Op::If(when, then, otherwise) => {
                if self.truth(id, when)? {
                    self.word(then)
                } else {
                    self.word(otherwise)
                }
            }
            Op::And(a, b) => {
                if self.truth(id, a)? {
                    self.truth(id, b).map(Word::from)
                } else {
                    Ok(0)
                }
            }
            Op::Or(a, b) => {
                if self.truth(id, a)? {
                    Ok(1)
                } else {
                    self.truth(id, b).map(Word::from)
                }
            }
            Op::Default(a, b) => match self.word(a)? {
                ABSENT => self.word(b),
                word => Ok(word),
            },
            Op::IsAbsent(of) => Ok(Word::from(self.word(of)? == ABSENT)),
            Op::Need(of) => match self.word(of)? {
                ABSENT => self.stop(id, Wrong::Absent([ABSENT; 4])),
                word => Ok(word),
            },
            Op::Equal(a, b) => Ok(Word::from(self.word(a)? == self.word(b)?)),
            Op::Same(a, b) => {
                let (a, b) = (self.word(a)?, self.word(b)?);
                Ok(Word::from(self.order(a, b).is_eq()))
            }
            Op::Compare(relation, a, b) => {
                let (a, b) = (self.word(a)?, self.word(b)?);
                if a == ABSENT || b == ABSENT {
                    return self.stop(id, Wrong::Absent([a, b, 0, 0]));
                }
                Ok(Word::from(match relation {
                    Relation::Less => a < b,
                    Relation::LessEqual => a <= b,
                    Relation::Greater => a > b,
                    Relation::GreaterEqual => a >= b,
                }))
            }
            Op::Then(a, b) => {
                self.word(a)?;
                self.word(b)
            }
            Op::Item(slot, field) => {
                let record = self.state.slots.get(slot as usize).map_or(ABSENT, |s| s.1);
                if record == ABSENT {
                    return self.stop(id, Wrong::Absent([ABSENT; 4]));
                }
                Ok(self.field(record, field as usize))
            }
            Op::Contains(list, of) => {
                let list = self.word(list)?;
                let sought = self.word(of)?;
                if list == ABSENT {
                    return self.stop(id, Wrong::Absent([ABSENT; 4]));
                }
                self.spend(length(list))?;
                Ok(Word::from(self.list(list).contains(&sought)))
            }
            Op::Kernel(kernel) => self.kernel(id, kernel),
            Op::Items(start, len) => self.items(start, len as usize),
            Op::Call(function, start) => self.call(id, function, start),
            Op::Scan {
                end,
                of,
                slot,
                test,
                take,
            } => self.scan(id, end, of, slot as usize, test, take),
        }
    }

    fn truth(&mut self, id: Id, of: Id) -> Result<bool, Stop> {
        match self.word(of)? {
            ABSENT => self.stop(id, Wrong::Absent([ABSENT; 4])),
            word => Ok(word != 0),
        }
    }

    fn field(&self, record: Word, field: usize) -> Word {
        let (table, row) = row_of(record);
        if table & IMPORTED == 0 {
            return self.inputs.columns.field(record, field);
        }
        let row = self.state.rows.get(row as usize);
        row.map_or(ABSENT, |row| row.cell(field))
    }

    /// The items of a list.
    fn list(&self, list: Word) -> &[Word] {
        let (start, len) = list_of(list & !(HEAP | PROGRAM));
        let all = if list & HEAP != 0 {
            &self.state.heap
        } else if list & PROGRAM != 0 {
            &self.inputs.program.lists
        } else {
            self.inputs.columns.items()
        };
        all.get(start..start.saturating_add(len)).unwrap_or(&[])
    }

    /// An item of a list.
    fn item(&self, list: Word, at: usize) -> Word {
        self.list(list).get(at).copied().unwrap_or(ABSENT)
    }

    fn items(&mut self, start: u32, len: usize) -> Computed {
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        for at in 0..len {
            let of = self.inputs.program.operands(start, len).get(at).copied();
            out.push(self.word(of.unwrap_or(NONE))?);
        }
        self.spend(len)?;
        Ok(self.keep(out))
    }

    /// Notes that words are kept until the evaluation ends. Too many of them end the rule
    /// at its next step.
    fn hold(&mut self, words: usize) {
        self.state.kept = self.state.kept.saturating_add(words);
        if self.state.is_full() {
            self.most = 0;
        }
    }

    /// Puts a list on the heap.
    fn keep(&mut self, out: Vec<Word>) -> Word {
        self.hold(out.len());
        let start = self.state.heap.len();
        self.state.heap.extend_from_slice(&out);
        let list = HEAP | list_word(start, out.len());
        self.state.spare.push(out);
        list
    }

    fn enter(&mut self, slot: usize, item: Word) {
        self.state.changes += 1;
        if let Some(held) = self.state.slots.get_mut(slot) {
            *held = (self.state.changes, item);
        }
    }

    fn set(&self, word: Word) -> &When {
        static NEVER: When = When::NEVER;
        index(word)
            .and_then(|at| self.state.sets.get(at))
            .unwrap_or(&NEVER)
    }

    fn made_set(&mut self, id: Id, set: Result<When, Fault>) -> Computed {
        match set {
            Ok(set) => Ok(self.put_set(set)),
            Err(fault) => self.stop(id, Wrong::Fault(fault)),
        }
    }

    fn put_set(&mut self, set: When) -> Word {
        self.hold(SET + 2 * set.spans().len());
        self.state.sets.push(set);
        position(self.state.sets.len() - 1)
    }

    fn put(&mut self, made: Made) -> Word {
        self.hold(MADE);
        self.state.causes.push(made);
        position(self.state.causes.len() - 1)
    }

    /// Orders two texts or two records as the interpreter does.
    fn order(&self, a: Word, b: Word) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        if a == ABSENT || b == ABSENT {
            return (a != ABSENT).cmp(&(b != ABSENT));
        }
        if a < RECORDS && b < RECORDS {
            return self.text_of(a).cmp(self.text_of(b));
        }
        self.compare_records(a, b)
    }

    /// A text that a rule made. One that is known to the program keeps its word.
    fn put_text(&mut self, text: Arc<str>) -> Word {
        if let Some(known) = self.inputs.program.texts.word(&text) {
            return known;
        }
        self.hold(SET + text.len() / size_of::<Word>());
        self.state.texts.push(text);
        PART | position(self.state.texts.len() - 1)
    }

    fn text_of(&self, word: Word) -> &str {
        if word & OWN == 0 && word & PART != 0 {
            let made = index(word & !PART).and_then(|at| self.state.texts.get(at));
            return made.map_or("", |text| text);
        }
        if word & OWN == 0 {
            return self.inputs.columns.text_of(word);
        }
        let (table, position) = Table::own_text(word);
        let name = self.inputs.program.tables.get(table);
        let table = name.and_then(|name| self.inputs.references.get(name));
        table
            .and_then(|table| table.text(position))
            .map_or("", |text| text)
    }

    fn compare_records(&self, a: Word, b: Word) -> Ordering {
        let imported = |word: Word| row_of(word).0 & IMPORTED != 0;
        if !imported(a) && !imported(b) {
            return self.inputs.columns.order_records(a, b);
        }
        let row = |word: Word| self.state.rows.get(row_of(word).1 as usize);
        let (Some(a), Some(b)) = (row(a), row(b)) else {
            return a.cmp(&b);
        };
        for field in 0..a.table.cells(a.cells).len() {
            let (a, b) = (a.cell(field), b.cell(field));
            // Only own texts are not in the order of their words.
            let order = if a != ABSENT && b != ABSENT && (is_text(a) || is_text(b)) {
                self.order(a, b)
            } else {
                a.wrapping_add(1).cmp(&b.wrapping_add(1))
            };
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

/// Words of texts are less than this, those of records are not: no document has a
/// record before its own, which no rule can name.
const RECORDS: Word = 1 << 32;

/// The number of a list's items.
fn length(list: Word) -> usize {
    list_of(list).1
}

/// Whether a word can only be that of a table's own text.
fn is_text(word: Word) -> bool {
    (OWN..RECORDS).contains(&word)
}

fn index(word: Word) -> Option<usize> {
    usize::try_from(word).ok()
}

fn position(at: usize) -> Word {
    Word::try_from(at).unwrap_or(ABSENT)
}

/// Words that are counted for a set besides two for each span, for a cause, and for a row.
/// They are about what these take, and the same on every target.
const SET: usize = 3;
const MADE: usize = 6;
const ROW: usize = 10;

fn too_long() -> Fault {
    Fault::new(Code::RuleSize).with("limit", limits::LIST_LENGTH)
}

/// A compiled rule.
pub struct Compiled {
    program: Arc<OnceLock<Program>>,
    entry: usize,
}

/// Without its program, which all rules share.
impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Compiled({})", self.entry)
    }
}

impl Compiled {
    /// The rule at a position of the program's entries.
    #[must_use]
    pub fn new(program: Arc<OnceLock<Program>>, entry: usize) -> Self {
        Self { program, entry }
    }
}

impl Body for Compiled {
    fn key(&self) -> Option<usize> {
        Some(self.entry)
    }

    #[cfg(feature = "extract")]
    fn program(&self) -> Option<(&Program, Id)> {
        let program = self.program.get()?;
        Some((program, program.entries.get(self.entry)?.exact))
    }

    fn call(&self, given: &Given<'_>, work: &mut Work) -> Result<Vec<Draft>, Failure> {
        let program = self.program.get();
        let entry = program.and_then(|program| program.entries.get(self.entry));
        let (Some(program), Some(entry)) = (program, entry) else {
            return Err(Failure {
                fault: Fault::new(Code::RuleFailed),
                line: 0,
                column: 0,
            });
        };
        let inputs = Inputs {
            program,
            columns: given.facts.columns(),
            references: given.references,
            earlier: given.earlier,
        };
        work.with(|state: &mut State, meter| run(inputs, entry, state, meter))
    }
}
