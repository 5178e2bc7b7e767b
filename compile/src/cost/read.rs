//! Reads one form of a rule: what each operation's value is, and what computing it
//! costs.
//!
//! Steps are those of the machine: one for each operation that is computed, and as many
//! as there are for the items, spans and rows that it walks over. What a memo keeps is
//! computed at most once for each item of its slot, so its cost is passed up to the scan
//! that fills the slot, and counts there once for each item.

use super::known::{Extent, Known, TEXT};
use super::size::{Size, Var};
use crate::free::Free;
use crate::lower::kind::{Kind, Type};
use longma_core::Schema;
use longma_core::columns::ABSENT;
use longma_core::host;
use longma_core::limits;
use longma_core::program::{End, Function, How, Id, Kernel, NONE, Op, Program, Take};
use longma_core::schema::Object;
use longma_lang::helpers;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// What sorting a list costs for each item.
const SORT: u64 = 16;
/// What counting a span of a set costs.
const COUNTED: u64 = host::COUNTED as u64;
/// What reading a text costs, where it is no longer than a script's can be.
const READ: u64 = (limits::STRING_BYTES / host::BYTES_A_STEP) as u64;
/// What asking a table costs besides its rows.
const LOOK: u64 = 16;
/// What each of its rows can cost: it is looked at, copied, put in order and given.
const ROW: u64 = 2 + SORT;

/// What rules read besides their program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) program: &'a Program,
    /// The object that the facts are.
    pub(crate) facts: &'a Arc<Object>,
    /// The schemas of the reference tables.
    pub(crate) tables: &'a BTreeMap<String, Schema>,
    /// The earlier decisions that the rule reads, in the order of its entry.
    pub(crate) earlier: &'a [String],
}

/// What is known of an operation.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) known: Known,
    /// The steps of computing it once, without what memos in it keep.
    pub(crate) steps: Size,
    /// What memos in it keep for longer: by cell, the slot and the steps.
    pub(crate) kept: BTreeMap<u32, (u32, Size)>,
}

/// Which items the slots hold that an operation depends on.
pub(crate) type Place = Vec<(u32, usize)>;

/// Reads one form of one rule.
pub(crate) struct Reader<'a> {
    pub(crate) sources: Sources<'a>,
    free: Free,
    /// The items that scans go through, numbered.
    items: Vec<Known>,
    /// The number of a scan's items.
    scans: BTreeMap<(Id, Place), usize>,
    /// What each slot holds here.
    slots: BTreeMap<u32, usize>,
    /// What each variable stands for.
    locals: BTreeMap<u32, Known>,
    seen: BTreeMap<(Id, Place), Rc<Seen>>,
}

/// A scan, with or without comparisons.
pub(crate) struct Scan {
    pub(crate) end: End,
    pub(crate) of: Id,
    pub(crate) slot: u32,
    pub(crate) test: Id,
    pub(crate) take: Take,
}

impl Scan {
    /// The scan that an operation is, if it is one.
    pub(crate) fn of(program: &Program, op: Op) -> Option<(Self, Option<Kernel>)> {
        match op {
            Op::Scan {
                end,
                of,
                slot,
                test,
                take,
            } => {
                let take = if take == NONE {
                    Take::Item
                } else {
                    Take::Op(take)
                };
                let scan = Self {
                    end,
                    of,
                    slot,
                    test,
                    take,
                };
                Some((scan, None))
            }
            Op::Kernel(at) => {
                let kernel = *program.kernels.get(at as usize)?;
                let scan = Self {
                    end: kernel.end,
                    of: kernel.of,
                    slot: kernel.slot,
                    test: kernel.test,
                    take: kernel.take,
                };
                Some((scan, Some(kernel)))
            }
            _ => None,
        }
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(sources: Sources<'a>) -> Self {
        Self {
            sources,
            free: Free::default(),
            items: Vec::new(),
            scans: BTreeMap::new(),
            slots: BTreeMap::new(),
            locals: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    /// Where an operation stands: what the slots hold that it depends on.
    pub(crate) fn place(&mut self, id: Id) -> Place {
        let free = self.free.slots(self.sources.program, id);
        let held = self.slots.iter().filter(|(slot, _)| free.contains(slot));
        held.map(|(slot, item)| (*slot, *item)).collect()
    }

    /// Goes into a scan: its slot holds an item. Returns what it held before.
    pub(crate) fn enter(&mut self, id: Id, scan: &Scan) -> Option<usize> {
        let list = self.see(scan.of);
        let key = (id, self.place(scan.of));
        let next = self.items.len();
        let number = *self.scans.entry(key).or_insert(next);
        if number == next {
            self.items.push(list.known.item());
        }
        self.slots.insert(scan.slot, number)
    }

    /// Goes out of a scan: its slot holds what it held before.
    pub(crate) fn leave(&mut self, scan: &Scan, before: Option<usize>) {
        match before {
            Some(item) => drop(self.slots.insert(scan.slot, item)),
            None => drop(self.slots.remove(&scan.slot)),
        }
    }

    /// What a slot holds here.
    pub(crate) fn slot(&self, slot: u32) -> Known {
        let item = self.slots.get(&slot).and_then(|at| self.items.get(*at));
        item.cloned().unwrap_or_else(Known::nothing)
    }

    /// What is known of an operation.
    pub(crate) fn see(&mut self, id: Id) -> Rc<Seen> {
        let key = (id, self.place(id));
        if let Some(known) = self.seen.get(&key) {
            return Rc::clone(known);
        }
        let op = self.sources.program.op(id);
        let seen = Rc::new(match op {
            Some(op) => self.read(id, op),
            None => Seen {
                known: Known::nothing(),
                steps: Size::default(),
                kept: BTreeMap::new(),
            },
        });
        self.seen.insert(key, Rc::clone(&seen));
        seen
    }

    fn read(&mut self, id: Id, op: Op) -> Seen {
        match op {
            Op::Memo { cell, of, slot } => {
                let inner = self.see(of);
                let mut kept = inner.kept.clone();
                kept.insert(cell, (slot, inner.steps.clone()));
                Seen {
                    known: inner.known.clone(),
                    steps: Size::of(1),
                    kept,
                }
            }
            Op::Let(local, value, body) => {
                let mut sum = Sum::new();
                let value = sum.add(&self.see(value));
                self.locals.insert(local, value);
                let known = sum.add(&self.see(body));
                sum.seen(known)
            }
            Op::If(test, yes, no) => {
                let mut sum = Sum::new();
                sum.add(&self.see(test));
                let (yes, no) = (self.see(yes), self.see(no));
                // One of the two is computed.
                sum.spend(&yes.steps.clone().max(&no.steps));
                sum.keep(&yes.kept);
                sum.keep(&no.kept);
                sum.seen(yes.known.clone().or(&no.known))
            }
            Op::Scan { .. } | Op::Kernel(_) => self.scan(id, op),
            op => {
                let mut operands = Vec::new();
                let program = self.sources.program;
                program.each_operand(op, |operand| operands.push(operand));
                let mut sum = Sum::new();
                let knowns: Vec<Known> =
                    operands.iter().map(|it| sum.add(&self.see(*it))).collect();
                let known = self.made(op, &operands, &knowns, &mut sum);
                sum.seen(known)
            }
        }
    }

    /// What an operation makes of its operands, and what that costs besides them.
    fn made(&mut self, op: Op, ids: &[Id], operands: &[Known], sum: &mut Sum) -> Known {
        let nothing = Known::nothing();
        let at = |place: usize| operands.get(place).unwrap_or(&nothing);
        match op {
            Op::Section(position) => {
                let field = self.sources.facts.fields.get(position as usize);
                field.map_or(nothing, |field| {
                    Known::section(&field.name, Kind::of_schema(&field.kind))
                })
            }
            Op::List(_, len) => Known::list(Size::of(u64::from(len)), nothing),
            Op::Items(_, len) => {
                let len = Size::of(u64::from(len));
                sum.spend(&len);
                let items = operands.iter().skip(1);
                let item = items.fold(at(0).clone(), Known::or);
                Known::list(len, item)
            }
            Op::Slot(slot) => self.slot(slot),
            Op::Item(slot, field) => {
                let found = self.slot(slot).field(field);
                found.map_or(nothing, |(_, field)| field)
            }
            Op::Field(_, field) => at(0).field(field).map_or(nothing, |(_, field)| field),
            Op::Local(local) => self.locals.get(&local).cloned().unwrap_or(nothing),
            Op::Default(..) => {
                let first = at(0).clone();
                let there = Type {
                    absent: false,
                    ..first.it.clone()
                };
                Known { it: there, ..first }.or(at(1))
            }
            Op::Need(_) => at(0).clone(),
            Op::Then(..) => at(1).clone(),
            Op::And(..)
            | Op::Or(..)
            | Op::IsAbsent(_)
            | Op::Equal(..)
            | Op::Same(..)
            | Op::Compare(..) => Known::of(Kind::Bool),
            Op::Contains(..) => {
                sum.spend(&at(0).extent.length());
                Known::of(Kind::Bool)
            }
            Op::Call(function, _) => {
                sum.spend(&self.walked(function, ids, operands));
                self.looked(function, ids)
                    .unwrap_or_else(|| Known::called(function, operands))
            }
            _ => nothing,
        }
    }

    /// What a function walks over.
    fn walked(&self, function: Function, ids: &[Id], operands: &[Known]) -> Size {
        let part = |place: usize, of: fn(&Extent) -> Size| {
            operands
                .get(place)
                .map(|it| of(&it.extent))
                .unwrap_or_default()
        };
        let both = |of: fn(&Extent) -> Size| part(0, of).plus(&part(1, of));
        match function {
            Function::Complement | Function::Spans => part(0, Extent::spans),
            Function::Both | Function::Either | Function::Without => both(Extent::spans),
            Function::Concat | Function::Join | Function::Daily => both(Extent::length),
            Function::PairsFrom | Function::PairsUntil => {
                let sorted = part(1, Extent::length).times(&Size::of(SORT));
                both(Extent::length).plus(&sorted)
            }
            Function::Take => part(0, Extent::length),
            Function::Includes | Function::Characters => Size::of(READ),
            Function::Parts => Size::of(READ + TEXT),
            Function::DailyBetween => Size::of(limits::DAYS as u64),
            Function::OnWeekdays => part(1, Extent::length).plus(&Size::of(limits::DAYS as u64)),
            Function::AtLeast => {
                let spans = part(0, |sets| sets.item().spans());
                let each = spans.times(&Size::of(COUNTED)).plus(&Size::of(1));
                part(0, Extent::length).times(&each)
            }
            Function::Because => {
                let facts = part(1, Extent::length);
                match operands.first().map(|it| &it.extent) {
                    // Two lists of records are joined.
                    Some(Extent::Cause(_, Some(rests))) => rests.clone().plus(&facts).plus(&facts),
                    _ => facts,
                }
            }
            Function::When | Function::WhenAtLeast => match self.looked(function, ids) {
                Some(set) => set.extent.spans(),
                None => Size::endless(),
            },
            Function::During | Function::Around | Function::OnDay => {
                let found = self.looked(function, ids).map(|rows| rows.extent.length());
                match found.zip(self.compared(ids)) {
                    Some((rows, compared)) => {
                        let rows = rows.times(&Size::of(ROW));
                        Size::of(LOOK).plus(&rows).plus(&compared)
                    }
                    None => Size::endless(),
                }
            }
            Function::Departure => match ids.get(2).and_then(|id| self.word(*id)) {
                Some(days) => Size::of(u64::try_from(days).unwrap_or(0)),
                None => Size::endless(),
            },
            _ if helpers::ways_of(function).any(|way| way.walks) => Size::endless(),
            _ => Size::default(),
        }
    }

    /// The rows of a table that a place is compared with, if it can be a slip for theirs.
    fn compared(&self, ids: &[Id]) -> Option<Size> {
        let number = usize::try_from(self.word(*ids.first()?)?).ok()?;
        let name = self.table(number)?;
        let placed = self.sources.tables.get(name)?.root().places > 0;
        let around = || Size::var(Var::Around(name.into()));
        Some(if placed { around() } else { Size::default() })
    }

    /// What is found in a table or in an earlier decision.
    fn looked(&self, function: Function, ids: &[Id]) -> Option<Known> {
        let number = usize::try_from(self.word(*ids.first()?)?).ok()?;
        match function {
            Function::During | Function::Around | Function::OnDay => {
                let name: Arc<str> = self.table(number)?.into();
                let object = self.sources.tables.get(&*name)?.root();
                let row = Known::of(Kind::Record(Some(Arc::clone(object))));
                let rows = match function {
                    Function::Around => Var::Around(name),
                    _ => Var::Rows(name),
                };
                Some(Known::list(Size::var(rows), row))
            }
            Function::When | Function::WhenAtLeast => {
                let decision = self.sources.earlier.get(number)?;
                Some(Known::set(Size::var(Var::Spans(decision.as_str().into()))))
            }
            _ => None,
        }
    }

    /// The name of a table.
    pub(crate) fn table(&self, number: usize) -> Option<&'a str> {
        let tables = &self.sources.program.tables;
        tables.get(number).map(String::as_str)
    }

    /// The word of a constant.
    pub(crate) fn word(&self, id: Id) -> Option<i64> {
        match self.sources.program.op(id)? {
            Op::Word(word) if word != ABSENT => Some(word),
            _ => None,
        }
    }

    fn scan(&mut self, id: Id, op: Op) -> Seen {
        let program = self.sources.program;
        let mut sum = Sum::new();
        let Some((scan, kernel)) = Scan::of(program, op) else {
            return sum.seen(Known::nothing());
        };
        let list = sum.add(&self.see(scan.of));
        let length = list.extent.length();
        // What each item costs.
        let mut each = Sum::new();
        each.steps = Size::of(1);
        if let Some(kernel) = kernel {
            for condition in program.conditions_of(&kernel) {
                let with = sum.add(&self.see(condition.with));
                if matches!(condition.how, How::In | How::NotIn) {
                    each.spend(&with.extent.length());
                }
            }
        }
        let before = self.enter(id, &scan);
        if scan.test != NONE {
            each.add(&self.see(scan.test));
        }
        let taken = match scan.take {
            Take::Item => self.slot(scan.slot),
            Take::Field(field) => {
                let found = self.slot(scan.slot).field(field);
                found.map_or_else(Known::nothing, |(_, field)| field)
            }
            Take::Op(take) => each.add(&self.see(take)),
        };
        self.leave(&scan, before);
        match scan.end {
            End::Flat => each.spend(&taken.extent.length()),
            End::Union => each.spend(&taken.extent.spans()),
            End::Sorted | End::SortedByValue => each.spend(&Size::of(SORT)),
            _ => {}
        }
        sum.spend(&length.times(&each.steps));
        for (cell, (slot, steps)) in each.kept {
            if slot == scan.slot {
                // Once for each item; and once more where another scan used the slot in
                // between.
                sum.spend(&length.clone().plus(&Size::of(1)).times(&steps));
            } else {
                sum.keep(&BTreeMap::from([(cell, (slot, steps))]));
            }
        }
        sum.seen(Known::scanned(scan.end, &list, taken))
    }

    /// The steps of a whole run: the operation, what memos keep, and reading the causes
    /// that are left.
    pub(crate) fn run(&mut self, root: Id) -> Size {
        let seen = self.see(root);
        let kept = seen.kept.values();
        let steps = kept.fold(seen.steps.clone(), |all, (_, steps)| all.plus(steps));
        let spans = match seen.known.extent.item() {
            Extent::Cause(spans, _) => spans,
            _ => Size::default(),
        };
        steps.plus(&seen.known.extent.length().times(&spans))
    }
}

/// What an operation costs, as its operands are added.
struct Sum {
    steps: Size,
    kept: BTreeMap<u32, (u32, Size)>,
}

impl Sum {
    /// The operation itself.
    fn new() -> Self {
        Self {
            steps: Size::of(1),
            kept: BTreeMap::new(),
        }
    }

    fn add(&mut self, operand: &Seen) -> Known {
        self.spend(&operand.steps);
        self.keep(&operand.kept);
        operand.known.clone()
    }

    fn spend(&mut self, steps: &Size) {
        self.steps = std::mem::take(&mut self.steps).plus(steps);
    }

    fn keep(&mut self, kept: &BTreeMap<u32, (u32, Size)>) {
        for (cell, (slot, steps)) in kept {
            let known = self
                .kept
                .entry(*cell)
                .or_insert_with(|| (*slot, Size::default()));
            known.1 = std::mem::take(&mut known.1).max(steps);
        }
    }

    fn seen(self, known: Known) -> Seen {
        Seen {
            known,
            steps: self.steps,
            kept: self.kept,
        }
    }
}
