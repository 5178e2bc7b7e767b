//! Runs compiled rules.
//!
//! The machine computes the words of a [`Program`] over [`Columns`]. It computes what is
//! asked for and no more: a condition's branches when the condition is known, a shared
//! part the first time that something needs it. What it makes (lists, sets, causes)
//! lives until the evaluation ends. It counts a step for each operation and for each
//! item that it walks over, and never goes deeper than a program's reader allows.

use crate::body::{Body, Failure, Given, Meter, Work};
use crate::cause::Draft;
use crate::columns::{ABSENT, Columns, Word, list_of, list_word, number, row_of, row_word};
use crate::host::{self, Earlier, Fault, Kind};
use crate::limits;
use crate::problem::Code;
use crate::program::{
    End, Entry, Function, How, Id, Kernel, NONE, Op, Program, Relation, Take, Tells,
};
use crate::reference::{Found, OWN, References, Table};
use crate::schema::{Object, Type};
use crate::series::Series;
use crate::time::{Date, Days, Elapsed, Instant, Offset};
use crate::value::Evidence;
use crate::when::{Span, When};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Bits of a list's word that say where its items are; none for lists of the facts.
const PROGRAM: Word = 1 << 60;
const HEAP: Word = 1 << 61;
/// Marks the rows of reference tables.
const IMPORTED: u32 = 1 << 30;
/// The comparisons that a kernel has at most.
pub const CONDITIONS: usize = 6;
/// The slot whose item is the earlier decisions that the running rule reads.
pub(crate) const EARLIER: usize = 1;

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
    causes: Vec<Made>,
    series: Vec<Series>,
    rows: Vec<Row>,
    searches: Vec<Search>,
    /// What was looked up in tables: the operands, and the list.
    looked: BTreeMap<[Word; 3], Word>,
    /// For each slot, when its item changed, and the item.
    slots: Vec<(u64, Word)>,
    /// For each memo cell, the slot's change that it belongs to, and its word.
    cells: Vec<(u64, Word)>,
    locals: Vec<Word>,
    changes: u64,
    spare: Vec<Vec<Word>>,
    program: usize,
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

/// A row of a reference table, cut to a record's span.
#[derive(Debug)]
struct Row {
    table: Arc<Table>,
    /// Where its cells begin.
    cells: usize,
    span: Span,
    /// The positions of the fields of its span.
    ends: (usize, usize),
    /// The record that it was found for, and the row; a group of rows has none.
    evidence: (Word, Option<Evidence>),
}

impl Row {
    fn cell(&self, field: usize) -> Word {
        if field == self.ends.0 {
            return self.span.from().map_or(ABSENT, Instant::unix);
        }
        if field == self.ends.1 {
            return self.span.until().map_or(ABSENT, Instant::unix);
        }
        self.table
            .cells(self.cells)
            .get(field)
            .copied()
            .unwrap_or(ABSENT)
    }
}

/// Where the fields are that a table is searched by.
#[derive(Debug, Clone)]
struct Search {
    /// The table of the records, and the reference table.
    of: (u32, Word),
    /// The fields of a record's span.
    span: Option<(usize, usize)>,
    /// The fields of its place, coarse to fine; `None` where it has no such field.
    key: Vec<Option<usize>>,
}

/// What a scan has found so far.
struct Gathered {
    end: End,
    best: Word,
    out: Vec<Word>,
    keys: Vec<(Word, Word)>,
}

impl Gathered {
    fn new(end: End, state: &mut State) -> Self {
        let collects = matches!(
            end,
            End::List | End::Flat | End::Union | End::Sorted | End::SortedByValue
        );
        let mut out = Vec::new();
        if collects {
            out = state.spare.pop().unwrap_or_default();
            out.clear();
        }
        let best = match end {
            End::Any | End::Count => 0,
            End::All => 1,
            _ => ABSENT,
        };
        Self {
            end,
            best,
            out,
            keys: Vec::new(),
        }
    }
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
    state.begin(inputs.program);
    let most = meter.left();
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
    let charged = meter.charge(run.steps.min(most.saturating_add(1)));
    match drafts {
        Ok(drafts) => Ok(drafts),
        Err(Stop) => Err(run.failure(charged.err())),
    }
}

impl State {
    fn begin(&mut self, program: &Program) {
        let address = std::ptr::from_ref(program).addr();
        if self.program != address {
            *self = Self {
                program: address,
                slots: vec![(0, ABSENT); program.slots as usize + 2],
                cells: vec![(0, ABSENT); program.cells as usize],
                locals: vec![ABSENT; program.locals as usize],
                changes: 1,
                ..Self::default()
            };
            // What depends on no slot belongs to the first change.
            if let Some(slot) = self.slots.first_mut() {
                slot.0 = 1;
            }
        }
        self.changes += 1;
        if let Some(slot) = self.slots.get_mut(EARLIER) {
            slot.0 = self.changes;
        }
    }
}

impl Run<'_> {
    /// Whether all times are far enough from the ends of the range.
    fn is_ordinary(&self, entry: &Entry) -> bool {
        let (first, last) = self.inputs.columns.times();
        let (first, last) = self
            .inputs
            .references
            .times()
            .map_or((first, last), |times| {
                (first.min(times.0), last.max(times.1))
            });
        first > Instant::MIN.saturating_add(entry.reach)
            && last < Instant::MAX.saturating_sub(entry.reach)
            && self.inputs.columns.longest() <= limits::ORDINARY_LENGTH
    }

    fn drafts(&mut self, id: Id) -> Result<Vec<Draft>, Stop> {
        let list = self.word(id)?;
        let mut drafts = Vec::new();
        if list == ABSENT {
            return Ok(drafts);
        }
        for at in 0..length(list) {
            let word = self.item(list, at);
            if word == ABSENT {
                continue;
            }
            if drafts.len() > limits::CAUSES {
                let fault = Fault::new(Code::CausesMany).with("limit", limits::CAUSES);
                return self.stop(NONE, Wrong::Fault(fault));
            }
            let made = index(word).and_then(|at| self.state.causes.get(at));
            let Some(made) = made.copied() else { continue };
            if let Held::Set(set) = made.when {
                self.spend(self.set(set).spans().len())?;
            }
            drafts.push(self.draft(made));
        }
        Ok(drafts)
    }

    fn draft(&self, made: Made) -> Draft {
        let when = match made.when {
            Held::Span(span) => When::of(span),
            Held::Set(set) => self.set(set).clone(),
        };
        let mut evidence = Vec::new();
        if made.evidence != ABSENT {
            for at in 0..length(made.evidence) {
                self.evidence(self.item(made.evidence, at), &mut evidence);
            }
        }
        crate::order::sort(&mut evidence);
        evidence.dedup();
        Draft {
            level: self.text(made.level),
            when,
            evidence,
        }
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

    fn stop<T>(&mut self, id: Id, wrong: Wrong) -> Result<T, Stop> {
        self.failed = Some((id, wrong));
        Err(Stop)
    }

    /// The failure of a run of the exact form.
    fn failure(&mut self, limit: Option<Fault>) -> Failure {
        let (id, wrong) = self
            .failed
            .take()
            .unwrap_or_else(|| (NONE, Wrong::Fault(Fault::new(Code::RuleFailed))));
        let site = self.inputs.program.site(id);
        let fault = match (wrong, limit, site) {
            (Wrong::Fault(fault), None, _) => fault,
            (_, Some(limit), _) => limit,
            (Wrong::Absent(words), None, Some(site)) => {
                // A constructor of causes is called without its level.
                let extra = match self.inputs.program.op(id) {
                    Some(Op::Call(f @ (Function::Cause | Function::CauseBetween), _)) => {
                        f.arity().saturating_sub(site.kinds.len())
                    }
                    _ => 0,
                };
                let kinds = site.kinds.iter().zip(words.into_iter().skip(extra));
                let kinds: Vec<Kind> = kinds
                    .map(|(kind, word)| if word == ABSENT { Kind::Absent } else { *kind })
                    .collect();
                let names = &self.inputs.program.names;
                let name = names.get(site.name as usize).map_or("", String::as_str);
                absent(site.tells, name, &kinds)
            }
            // A program without places does not tell what was called.
            (Wrong::Absent(_), None, None) => Fault::new(Code::RuleAbsent),
        };
        let at = |part: u32| usize::try_from(part).unwrap_or(0);
        Failure {
            fault,
            line: site.map_or(0, |site| at(site.line)),
            column: site.map_or(0, |site| at(site.column)),
        }
    }

    fn spend(&mut self, steps: usize) -> Result<(), Stop> {
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps > self.most {
            return self.stop(NONE, Wrong::Fault(Fault::new(Code::RuleOperations)));
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
            Op::If(when, then, otherwise) => match self.word(when)? {
                ABSENT => self.stop(id, Wrong::Absent([ABSENT; 4])),
                0 => self.word(otherwise),
                _ => self.word(then),
            },
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

    /// An item of a list.
    fn item(&self, list: Word, at: usize) -> Word {
        let at = list_of(list & !(HEAP | PROGRAM)).0 + at;
        let item = if list & HEAP != 0 {
            self.state.heap.get(at)
        } else if list & PROGRAM != 0 {
            self.inputs.program.lists.get(at)
        } else {
            self.inputs.columns.items().get(at)
        };
        item.copied().unwrap_or(ABSENT)
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

    /// Puts a list on the heap.
    fn keep(&mut self, out: Vec<Word>) -> Word {
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

    #[inline(never)]
    fn scan(&mut self, id: Id, end: End, of: Id, slot: usize, test: Id, take: Id) -> Computed {
        let list = self.word(of)?;
        if list == ABSENT {
            return self.stop(id, Wrong::Absent([ABSENT, 0, 0, 0]));
        }
        let outer = self.state.slots.get(slot).copied().unwrap_or_default();
        let mut found = Gathered::new(end, self.state);
        let result = self.scanned(id, &mut found, list, slot, test, take);
        if let Some(held) = self.state.slots.get_mut(slot) {
            *held = outer;
        }
        result?;
        self.finish(id, found)
    }

    fn scanned(
        &mut self,
        id: Id,
        found: &mut Gathered,
        list: Word,
        slot: usize,
        test: Id,
        take: Id,
    ) -> Result<(), Stop> {
        let len = length(list);
        self.spend(len)?;
        for at in 0..len {
            let item = self.item(list, at);
            self.enter(slot, item);
            if test != NONE && !self.truth(id, test)? {
                continue;
            }
            let taken = if take == NONE { item } else { self.word(take)? };
            if self.found(id, found, item, taken)? {
                break;
            }
        }
        Ok(())
    }

    /// A scan whose conditions are comparisons of fields.
    #[inline(never)]
    fn kernel(&mut self, id: Id, kernel: u32) -> Computed {
        let program = self.inputs.program;
        let Some(kernel) = program.kernels.get(kernel as usize) else {
            return Err(Stop);
        };
        let list = self.word(kernel.of)?;
        if list == ABSENT {
            return self.stop(id, Wrong::Absent([ABSENT, 0, 0, 0]));
        }
        let len = length(list);
        let mut found = Gathered::new(kernel.end, self.state);
        if len > 0 {
            let conditions = program.conditions_of(kernel);
            // What items are compared with does not depend on them.
            let mut with = [ABSENT; CONDITIONS];
            for (with, condition) in with.iter_mut().zip(conditions) {
                *with = self.word(condition.with)?;
            }
            let slot = kernel.slot as usize;
            let outer = self.state.slots.get(slot).copied().unwrap_or_default();
            let result = self.compared(id, kernel, &mut found, list, &with);
            if let Some(held) = self.state.slots.get_mut(slot) {
                *held = outer;
            }
            result?;
        }
        self.finish(id, found)
    }

    fn compared(
        &mut self,
        id: Id,
        kernel: &Kernel,
        found: &mut Gathered,
        list: Word,
        with: &[Word; CONDITIONS],
    ) -> Result<(), Stop> {
        let columns = self.inputs.columns;
        let conditions = self.inputs.program.conditions_of(kernel);
        let len = length(list);
        self.spend(len)?;
        let computes = kernel.test != NONE || matches!(kernel.take, Take::Op(_));
        for at in 0..len {
            let item = self.item(list, at);
            let (table, row) = row_of(item);
            let own = table & IMPORTED == 0;
            let cells = if own {
                columns.cells_of(table, row)
            } else {
                &[]
            };
            let mut holds = true;
            for (condition, with) in conditions.iter().zip(with) {
                if matches!(condition.how, How::In | How::NotIn) {
                    self.spend(length(*with))?;
                }
                let field = condition.field as usize;
                let cell = if own {
                    cells.get(field).copied().unwrap_or(ABSENT)
                } else {
                    self.field(item, field)
                };
                match self.holds(condition.how, cell, *with) {
                    Some(true) => {}
                    Some(false) => {
                        holds = false;
                        break;
                    }
                    None => return self.stop(id, Wrong::Absent([cell, *with, 0, 0])),
                }
            }
            if !holds {
                continue;
            }
            let mut taken = match kernel.take {
                Take::Field(field) => self.field(item, field as usize),
                Take::Item | Take::Op(_) => item,
            };
            if computes {
                self.enter(kernel.slot as usize, item);
                if kernel.test != NONE && !self.truth(id, kernel.test)? {
                    continue;
                }
                if let Take::Op(take) = kernel.take {
                    taken = self.word(take)?;
                }
            }
            if self.found(id, found, item, taken)? {
                break;
            }
        }
        Ok(())
    }

    /// Whether a comparison holds; `None` if a value that is needed is absent.
    #[inline]
    fn holds(&self, how: How, cell: Word, with: Word) -> Option<bool> {
        Some(match how {
            How::Equal => cell == with,
            How::Unequal => cell != with,
            How::In | How::NotIn => {
                let held = (0..length(with)).any(|at| self.item(with, at) == cell);
                held == (how == How::In)
            }
            _ if cell == ABSENT || with == ABSENT => return None,
            How::Less => cell < with,
            How::LessEqual => cell <= with,
            How::Greater => cell > with,
            How::GreaterEqual => cell >= with,
        })
    }

    /// Takes what a scan found at an item. Whether the scan is over.
    #[inline]
    fn found(
        &mut self,
        id: Id,
        found: &mut Gathered,
        item: Word,
        taken: Word,
    ) -> Result<bool, Stop> {
        match found.end {
            End::List => found.out.push(taken),
            End::Any => {
                found.best = 1;
                return Ok(true);
            }
            End::First => {
                found.best = taken;
                return Ok(true);
            }
            End::Last => found.best = taken,
            End::Count => found.best += 1,
            End::Least => found.best = found.best.min(taken),
            End::Greatest => {
                if taken != ABSENT && (found.best == ABSENT || taken > found.best) {
                    found.best = taken;
                }
            }
            End::All => {
                if taken == ABSENT {
                    return self.stop(id, Wrong::Absent([ABSENT; 4]));
                }
                if taken == 0 {
                    found.best = 0;
                    return Ok(true);
                }
            }
            End::Union => {
                if taken == ABSENT {
                    return self.stop(id, Wrong::Absent([0, ABSENT, 0, 0]));
                }
                found.out.push(taken);
            }
            End::Sorted | End::SortedByValue => {
                if taken == ABSENT {
                    let first = found.keys.first().map_or(ABSENT, |(key, _)| *key);
                    return self.stop(id, Wrong::Absent([first, ABSENT, 0, 0]));
                }
                found.keys.push((taken, item));
            }
            End::Flat => {
                if taken != ABSENT {
                    let more = length(taken);
                    self.spend(more)?;
                    for at in 0..more {
                        let item = self.item(taken, at);
                        found.out.push(item);
                    }
                    return Ok(found.out.len() > limits::LIST_LENGTH);
                }
            }
        }
        Ok(false)
    }

    /// The word of what a scan found.
    fn finish(&mut self, id: Id, found: Gathered) -> Computed {
        let Gathered {
            end,
            best,
            mut out,
            mut keys,
        } = found;
        match end {
            End::Any
            | End::All
            | End::Count
            | End::First
            | End::Last
            | End::Least
            | End::Greatest => return Ok(best),
            End::Union => {
                let spans = out
                    .iter()
                    .map(|set| self.set(*set).spans().len())
                    .sum::<usize>();
                self.spend(spans)?;
                let union = host::union(out.iter().map(|set| self.set(*set)));
                self.state.spare.push(out);
                return self.made_set(id, union);
            }
            End::Sorted | End::SortedByValue => {
                self.spend(keys.len() * 16)?;
                match end {
                    End::Sorted => keys.sort_by_key(|(key, _)| *key),
                    _ => keys.sort_by(|(a, _), (b, _)| self.order(*a, *b)),
                }
                out.extend(keys.into_iter().map(|(_, item)| item));
            }
            End::List | End::Flat => {}
        }
        if out.len() > limits::LIST_LENGTH {
            return self.stop(id, Wrong::Fault(too_long()));
        }
        Ok(self.keep(out))
    }

    fn set(&self, word: Word) -> &When {
        static NEVER: When = When::NEVER;
        index(word)
            .and_then(|at| self.state.sets.get(at))
            .unwrap_or(&NEVER)
    }

    fn made_set(&mut self, id: Id, set: Result<When, Fault>) -> Computed {
        match set {
            Ok(set) => {
                self.state.sets.push(set);
                Ok(position(self.state.sets.len() - 1))
            }
            Err(fault) => self.stop(id, Wrong::Fault(fault)),
        }
    }

    fn put(&mut self, made: Made) -> Word {
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

    fn text_of(&self, word: Word) -> &str {
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

    #[inline(never)]
    #[allow(clippy::too_many_lines, reason = "one arm for each function")]
    fn call(&mut self, id: Id, function: Function, start: u32) -> Computed {
        let mut words = [0; 4];
        let arity = function.arity();
        for (at, word) in words.iter_mut().enumerate().take(arity) {
            let operand = self.inputs.program.operands.get(start as usize + at);
            *word = self.word(operand.copied().unwrap_or(NONE))?;
        }
        let optional = function.optional().unwrap_or(4);
        let given = words.iter().take(arity).enumerate();
        if given
            .into_iter()
            .any(|(at, word)| *word == ABSENT && at != optional)
        {
            return self.stop(id, Wrong::Absent(words));
        }
        let [a, b, c, d] = words;
        // What rules call is written once, in `host`, for both bodies.
        let result = match function {
            Function::Not => Ok(Word::from(a == 0)),
            Function::Differ => Ok(Word::from(a != b)),
            Function::IntAdd => host::add(a, b),
            Function::IntSub => host::sub(a, b),
            Function::IntTimes => host::times(a, b),
            Function::IntDivide => host::divide(a, b),
            Function::IntRemainder => host::remainder(a, b),
            Function::IntNegative => host::negative(a),
            Function::Hours => host::hours(a).map(Elapsed::as_seconds),
            Function::Minutes => host::minutes(a).map(Elapsed::as_seconds),
            Function::ElapsedAdd => {
                host::add_elapsed(Elapsed::seconds(a), Elapsed::seconds(b)).map(Elapsed::as_seconds)
            }
            Function::ElapsedSub => {
                host::sub_elapsed(Elapsed::seconds(a), Elapsed::seconds(b)).map(Elapsed::as_seconds)
            }
            Function::ElapsedTimes => {
                host::times_elapsed(Elapsed::seconds(a), b).map(Elapsed::as_seconds)
            }
            Function::DaysAdd => host::add_days(Days::new(a), Days::new(b)).map(Days::count),
            Function::DaysSub => host::sub_days(Days::new(a), Days::new(b)).map(Days::count),
            Function::DaysTimes => host::times_days(Days::new(a), b).map(Days::count),
            Function::LaterBy => on_instant(a, |t| host::later_by(t, Elapsed::seconds(b))),
            Function::EarlierBy => on_instant(a, |t| host::earlier_by(t, Elapsed::seconds(b))),
            Function::DaysLater => on_instant(a, |t| host::days_later(t, Days::new(b))),
            Function::DaysEarlier => on_instant(a, |t| host::days_earlier(t, Days::new(b))),
            Function::Including => on_instant(a, host::including),
            Function::DateLater => on_date(a, |d| host::date_later(d, Days::new(b))),
            Function::DateEarlier => on_date(a, |d| host::date_earlier(d, Days::new(b))),
            Function::Birthday => on_date(a, |d| host::birthday(d, b)),
            Function::Apart => Ok(a.saturating_sub(b)),
            Function::Least => Ok(a.min(b)),
            Function::Greatest => Ok(a.max(b)),
            Function::DateOf => instant(a).map(|t| t.date(offset(b)).number()),
            Function::DayStart => date(a)
                .and_then(|d| host::day_start(d, offset(b)))
                .map(Instant::unix),
            Function::DayEnd => date(a)
                .and_then(|d| host::day_end(d, offset(b)))
                .map(Instant::unix),
            Function::Weekday => date(a).map(Date::weekday),
            Function::Always => return self.made_set(id, Ok(When::always())),
            Function::Never => return self.made_set(id, Ok(When::never())),
            Function::Since => return self.made_set(id, Ok(between(a, ABSENT))),
            Function::Before => {
                let when = When::between(None, Instant::from_unix(a));
                return self.made_set(id, Ok(when));
            }
            Function::Between => return self.made_set(id, Ok(between(a, b))),
            Function::From => {
                let first = self.set(a).spans().first().and_then(|span| span.from());
                Ok(first.map_or(ABSENT, Instant::unix))
            }
            Function::IsNever => Ok(Word::from(self.set(a).is_empty())),
            Function::Complement => {
                self.spend(self.set(a).spans().len())?;
                let set = host::bounded(self.set(a).complement());
                return self.made_set(id, set);
            }
            Function::Both | Function::Either | Function::Without => {
                let (left, right) = (self.set(a), self.set(b));
                let spans = left.spans().len() + right.spans().len();
                let set = match function {
                    Function::Both => left.intersection(right),
                    Function::Either => left.union(right),
                    _ => left.difference(right),
                };
                self.spend(spans)?;
                return self.made_set(id, host::bounded(set));
            }
            Function::Len => Ok(position(length(a))),
            Function::First | Function::Last => {
                let len = length(a);
                let at = if function == Function::First {
                    0
                } else {
                    len.saturating_sub(1)
                };
                Ok(if len == 0 { ABSENT } else { self.item(a, at) })
            }
            Function::One => {
                let mut out = self.state.spare.pop().unwrap_or_default();
                out.clear();
                out.extend((a != ABSENT).then_some(a));
                Ok(self.keep(out))
            }
            Function::Concat => return self.concat(id, a, b, limits::LIST_LENGTH),
            Function::Join => return self.concat(id, a, b, usize::MAX),
            Function::Cause => Ok(self.put(Made {
                level: a,
                when: Held::Set(b),
                evidence: ABSENT,
            })),
            Function::CauseBetween => Ok(self.put(Made {
                level: a,
                when: Held::Span(span(b, c)),
                evidence: ABSENT,
            })),
            Function::Because => return self.because(id, a, b),
            Function::During => return self.during(id, a, b),
            Function::Around => return self.looked(id, [a, b, c]),
            Function::When | Function::WhenAtLeast => {
                let Some(earlier) = index(a).and_then(|at| self.inputs.earlier.get(at)) else {
                    return Err(Stop);
                };
                let set = match function {
                    Function::When => earlier.when(self.text_of(b)),
                    _ => earlier.when_at_least(self.text_of(b)),
                };
                let spans = set.as_ref().map_or(0, |set| set.spans().len());
                self.spend(spans)?;
                return self.made_set(id, set);
            }
            Function::Daily => return self.daily(id, a, b),
            Function::On => {
                let day = Date::of_number(b);
                let count = self
                    .series(a)
                    .zip(day)
                    .and_then(|(series, day)| series.on(day));
                Ok(count.unwrap_or(ABSENT))
            }
            Function::Departure => {
                self.spend(usize::try_from(c).unwrap_or_default())?;
                let day = Date::of_number(b);
                let series = self.series(a).zip(day);
                let departure = series
                    .and_then(|(series, day)| series.departure(day, Days::new(c), Days::new(d)));
                Ok(departure.unwrap_or(ABSENT))
            }
        };
        result.or_else(|fault| self.stop(id, Wrong::Fault(fault)))
    }

    fn concat(&mut self, id: Id, a: Word, b: Word, most: usize) -> Computed {
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        for list in [a, b] {
            if list != ABSENT {
                let len = length(list);
                self.spend(len)?;
                out.extend((0..len).map(|at| self.item(list, at)));
            }
        }
        if out.len() > most {
            return self.stop(id, Wrong::Fault(too_long()));
        }
        Ok(self.keep(out))
    }

    fn because(&mut self, id: Id, cause: Word, list: Word) -> Computed {
        let made = index(cause)
            .and_then(|at| self.state.causes.get(at))
            .copied();
        let Some(made) = made else {
            return self.stop(id, Wrong::Absent([ABSENT; 4]));
        };
        let evidence = match (made.evidence, list) {
            (ABSENT, list) => list,
            (evidence, ABSENT) => evidence,
            (evidence, list) => self.concat(id, evidence, list, usize::MAX)?,
        };
        Ok(self.put(Made { evidence, ..made }))
    }

    fn series(&self, word: Word) -> Option<&Series> {
        index(word).and_then(|at| self.state.series.get(at))
    }

    fn daily(&mut self, id: Id, days: Word, counts: Word) -> Computed {
        self.spend(length(days) + length(counts))?;
        let all = |list: Word| (0..length(list)).map(|at| self.item(list, at)).collect();
        let (all_days, all_counts): (Vec<Word>, Vec<Word>) = (all(days), all(counts));
        for (list, kind) in [(&all_days, 1), (&all_counts, 2)] {
            if list.contains(&ABSENT) {
                let wanted = if kind == 1 { Kind::Date } else { Kind::Int };
                let fault = Fault::new(Code::RuleKinds)
                    .with("operator", "daily")
                    .with("left", wanted.words())
                    .with("right", Kind::Absent.words());
                return self.stop(id, Wrong::Fault(fault));
            }
        }
        let all_days: Vec<Date> = all_days.into_iter().filter_map(Date::of_number).collect();
        match host::daily(&all_days, &all_counts) {
            Ok(series) => {
                self.state.series.push(series);
                Ok(position(self.state.series.len() - 1))
            }
            Err(fault) => self.stop(id, Wrong::Fault(fault)),
        }
    }

    fn during(&mut self, id: Id, table: Word, record: Word) -> Computed {
        self.looked(id, [table, record, ABSENT])
    }

    /// The rows of a table for a record, or those around it down to a column of the key.
    fn looked(&mut self, id: Id, asked: [Word; 3]) -> Computed {
        if let Some(known) = self.state.looked.get(&asked) {
            return Ok(*known);
        }
        match self.search(asked) {
            Ok((table, found, cost)) => {
                self.spend(cost)?;
                if found.len() > limits::LIST_LENGTH {
                    return self.stop(id, Wrong::Fault(too_long()));
                }
                let list = self.imported(asked, &table, &found);
                self.state.looked.insert(asked, list);
                Ok(list)
            }
            Err(fault) => self.stop(id, Wrong::Fault(fault)),
        }
    }

    fn search(&mut self, [number, record, column]: [Word; 3]) -> Result<Looked, Fault> {
        let tables = &self.inputs.program.tables;
        let name = index(number).and_then(|at| tables.get(at));
        let table = name.and_then(|name| self.inputs.references.get(name));
        let table = table.ok_or_else(|| Fault::new(Code::RuleFailed))?;
        let lacks = |name: &str| Fault::new(Code::RuleColumn).with("name", name);
        let names: Vec<&str> = table.key_names().collect();
        let depth = match column {
            ABSENT => names.len(),
            column => {
                let column = self.text_of(column);
                let depth = names.iter().position(|name| *name == column);
                depth.ok_or_else(|| lacks(column))? + 1
            }
        };
        let search = self.fields(number, record, &names);
        let place = |names: &[&str]| {
            let mut parts: Vec<&str> = Vec::with_capacity(names.len());
            for (name, field) in names.iter().zip(&search.key) {
                let word = field.map_or(ABSENT, |field| self.field(record, field));
                if word == ABSENT {
                    return Err(lacks(name));
                }
                parts.push(self.text_of(word));
            }
            Ok(parts)
        };
        let span = || {
            let no_span = || lacks("x-span");
            let (from, until) = search.span.ok_or_else(no_span)?;
            let start = Instant::from_unix(self.field(record, from)).ok_or_else(no_span)?;
            let end = Instant::from_unix(self.field(record, until));
            crate::reference::stay(start, end).ok_or_else(no_span)
        };
        let names = names.get(..depth).unwrap_or(&names);
        let (found, cost) = if column == ABSENT {
            let span = span()?;
            let found = table.covering(span, &place(names)?);
            let cost = 16 + found.len();
            (found, cost)
        } else {
            // A table is searched before the span is looked at.
            let parts = place(names)?;
            table.surrounding(span()?, &parts)
        };
        Ok((Arc::clone(table), found, cost))
    }

    /// Where a record has the fields that a table is searched by.
    fn fields(&mut self, number: Word, record: Word, names: &[&str]) -> Search {
        let of = (row_of(record).0, number);
        if let Some(known) = self.state.searches.iter().find(|search| search.of == of) {
            return known.clone();
        }
        let object = self.object(record);
        let position = |name: &str| object.as_ref().and_then(|object| object.position(name));
        let is_text = |at: &usize| {
            let fields = object.as_ref().map(|object| &object.fields);
            let kind = fields
                .and_then(|fields| fields.get(*at))
                .map(|field| &field.kind);
            matches!(kind, Some(Type::Text(_) | Type::Enum(_)))
        };
        let span = object.as_ref().and_then(|object| object.span.clone());
        let search = Search {
            of,
            span: span.and_then(|(from, until)| Some((position(&from)?, position(&until)?))),
            key: names
                .iter()
                .map(|name| position(name).filter(is_text))
                .collect(),
        };
        self.state.searches.push(search.clone());
        search
    }

    /// The object that a record follows.
    fn object(&self, record: Word) -> Option<Arc<Object>> {
        let (table, row) = row_of(record);
        if table & IMPORTED == 0 {
            let shape = self.inputs.columns.shape().tables().get(table as usize);
            return shape.map(|shape| Arc::clone(&shape.object));
        }
        let row = self.state.rows.get(row as usize);
        row.map(|row| Arc::clone(row.table.object()))
    }

    fn imported(&mut self, asked: [Word; 3], table: &Arc<Table>, found: &[Found]) -> Word {
        let [number_of_table, record, _] = asked;
        let row_table = IMPORTED | u32::try_from(number_of_table).unwrap_or(0);
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        for found in found {
            let row = found.row.map(|row| Evidence {
                table: table.number(),
                row: number(row),
            });
            self.state.rows.push(Row {
                table: Arc::clone(table),
                cells: found.cells,
                span: found.span,
                ends: table.span_fields().unwrap_or((usize::MAX, usize::MAX)),
                evidence: (record, row),
            });
            out.push(row_word(row_table, number(self.state.rows.len() - 1)));
        }
        self.keep(out)
    }
}

/// A table, what was found in it, and what that cost.
type Looked = (Arc<Table>, Vec<Found>, usize);

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

fn too_long() -> Fault {
    Fault::new(Code::RuleSize).with("limit", limits::LIST_LENGTH)
}

fn instant(word: Word) -> Result<Instant, Fault> {
    Instant::from_unix(word).ok_or_else(|| Fault::new(Code::RuleTime))
}

fn date(word: Word) -> Result<Date, Fault> {
    Date::of_number(word).ok_or_else(|| Fault::new(Code::RuleTime))
}

/// The pack's offset, in minutes.
fn offset(minutes: Word) -> Offset {
    let minutes = i32::try_from(minutes).ok();
    minutes
        .and_then(Offset::of_minutes)
        .unwrap_or(Offset::CHINA)
}

fn on_instant(
    word: Word,
    of: impl FnOnce(Instant) -> Result<Instant, Fault>,
) -> Result<Word, Fault> {
    instant(word).and_then(of).map(Instant::unix)
}

fn on_date(word: Word, of: impl FnOnce(Date) -> Result<Date, Fault>) -> Result<Word, Fault> {
    date(word).and_then(of).map(Date::number)
}

fn span(from: Word, until: Word) -> Option<Span> {
    let until = if until == ABSENT {
        None
    } else {
        Instant::from_unix(until)
    };
    Span::new(Instant::from_unix(from), until)
}

fn between(from: Word, until: Word) -> When {
    When::of(span(from, until))
}

/// The fault of an absent operand.
fn absent(tells: Tells, name: &str, kinds: &[Kind]) -> Fault {
    match tells {
        Tells::NoFunction => {
            let words: Vec<_> = kinds.iter().map(|kind| kind.words()).collect();
            let list = crate::Localized::build(|lang| {
                let words: Vec<&str> = words.iter().map(|kind| kind.get(lang)).collect();
                words.join(", ")
            });
            Fault::new(Code::RuleFunction)
                .with("name", name)
                .with("kinds", list)
        }
        Tells::Kinds | Tells::Mismatch => {
            let kind = |at: usize| kinds.get(at).copied().unwrap_or(Kind::Absent).words();
            Fault::new(Code::RuleKinds)
                .with("operator", name)
                .with("left", kind(0))
                .with("right", kind(1))
        }
    }
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
