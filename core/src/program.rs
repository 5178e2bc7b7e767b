//! Compiled rules: a graph of typed operations.
//!
//! Every operation computes one [`Word`] from words of earlier operations; an operand's
//! number is always smaller than that of the operation, so a graph has no cycles and
//! what it costs is known from its sections. Kinds are gone: the compiler has checked
//! them, and each operation knows what its operands are.
//!
//! A rule has two forms. The exact one runs as the script is written, in its order, and
//! knows the place of everything that can fail. The fast one computes the same from
//! shared parts, each at most once and only if needed; whatever is unusual in it sends
//! the rule to the exact form.

use crate::columns::{Texts, Word};
use crate::host::Kind;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The number of an operation.
pub type Id = u32;

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Op {
    /// A constant.
    Word(Word),
    /// A list of constants: a stretch of the program's `lists`.
    List(u32, u32),
    /// A list of computed items: a stretch of the program's `operands`.
    Items(u32, u32),
    /// The item that a scan is at.
    Slot(u32),
    /// A variable.
    Local(u32),
    /// Binds a variable to the second operand, then gives the third.
    Let(u32, Id, Id),
    /// The operand, computed at most once for each item of the slot that it depends on.
    Memo {
        /// Where the result is kept.
        cell: u32,
        /// What is computed.
        of: Id,
        /// The innermost slot that it depends on; 0 for none.
        slot: u32,
    },
    /// A section of the facts, by its position.
    Section(u32),
    /// A field of a record, by its position.
    Field(Id, u32),
    /// The second operand if the first is true, else the third.
    If(Id, Id, Id),
    /// Both; the second only if the first is true.
    And(Id, Id),
    /// Either; the second only if the first is false.
    Or(Id, Id),
    /// The first operand, or the second if the first is absent.
    Default(Id, Id),
    /// Whether the operand is absent.
    IsAbsent(Id),
    /// The operand, which must not be absent.
    Need(Id),
    /// Whether two words are equal.
    Equal(Id, Id),
    /// Whether two values are equal that are texts, or records, or absent.
    Same(Id, Id),
    /// A comparison of two values of one ordered kind.
    Compare(Relation, Id, Id),
    /// A function of up to four operands: a stretch of the program's `operands`.
    Call(Function, u32),
    /// Goes through a list.
    Scan {
        /// How the items end up as one word.
        end: End,
        /// The list.
        of: Id,
        /// The slot that holds each item.
        slot: u32,
        /// A condition on the item, or [`NONE`].
        test: Id,
        /// What is taken of the item, or [`NONE`] for itself.
        take: Id,
    },
    /// A field of the item that a scan is at.
    Item(u32, u32),
    /// A scan whose test compares fields of the item: a position in the program's
    /// `kernels`.
    Kernel(u32),
    /// Computes the first operand for what can fail in it, then gives the second.
    Then(Id, Id),
    /// Whether a list has an item that is the same word as the second operand.
    Contains(Id, Id),
}

impl Op {
    /// The operation with the operands that stand in it replaced, in order. Those of
    /// calls, list literals and kernels stand elsewhere.
    #[must_use]
    pub fn with(self, mut of: impl FnMut(Id) -> Id) -> Self {
        match self {
            Self::Let(local, a, b) => Self::Let(local, of(a), of(b)),
            Self::Memo { cell, of: a, slot } => Self::Memo {
                cell,
                of: of(a),
                slot,
            },
            Self::Field(a, field) => Self::Field(of(a), field),
            Self::If(a, b, c) => Self::If(of(a), of(b), of(c)),
            Self::And(a, b) => Self::And(of(a), of(b)),
            Self::Or(a, b) => Self::Or(of(a), of(b)),
            Self::Default(a, b) => Self::Default(of(a), of(b)),
            Self::IsAbsent(a) => Self::IsAbsent(of(a)),
            Self::Need(a) => Self::Need(of(a)),
            Self::Equal(a, b) => Self::Equal(of(a), of(b)),
            Self::Same(a, b) => Self::Same(of(a), of(b)),
            Self::Compare(relation, a, b) => Self::Compare(relation, of(a), of(b)),
            Self::Then(a, b) => Self::Then(of(a), of(b)),
            Self::Contains(a, b) => Self::Contains(of(a), of(b)),
            Self::Scan {
                end,
                of: list,
                slot,
                test,
                take,
            } => {
                let list = of(list);
                // A scan need not have these.
                let mut some = |id: Id| if id == NONE { NONE } else { of(id) };
                Self::Scan {
                    end,
                    of: list,
                    slot,
                    test: some(test),
                    take: some(take),
                }
            }
            op => op,
        }
    }
}

/// The slot whose item is the earlier decisions that the running rule reads.
pub const EARLIER: u32 = 1;

/// Stands for no operation.
pub const NONE: Id = Id::MAX;

/// A scan that compares fields of each item with values that do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Kernel {
    /// How the items end up as one word.
    pub end: End,
    /// The list.
    pub of: Id,
    /// The slot that holds each item.
    pub slot: u32,
    /// The comparisons: a stretch of the program's `conditions`, all of which must hold.
    pub conditions: (u32, u32),
    /// What else must hold, or [`NONE`].
    pub test: Id,
    /// What is taken of the item.
    pub take: Take,
}

/// What a kernel takes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Take {
    /// The item.
    Item,
    /// A field of it.
    Field(u32),
    /// What an operation computes.
    Op(Id),
}

/// Stands for the item itself instead of one of its fields.
pub const ITSELF: u32 = u32::MAX;

/// A comparison of a field of an item, or of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Condition {
    /// The field, or [`ITSELF`].
    pub field: u32,
    /// How it is compared.
    pub how: How,
    /// With what: a value, or a list of them.
    pub with: Id,
}

/// How a kernel compares a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is named for its comparison")]
pub enum How {
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    NotIn,
    GreaterOrAbsent,
    GreaterEqualOrAbsent,
}

/// An order of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is named for its relation")]
pub enum Relation {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// What a scan makes of the items that pass its test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum End {
    /// A list of what is taken.
    List,
    /// One list of all lists that are taken; nothing of an absent one.
    Flat,
    /// The first, or absent.
    First,
    /// The last, or absent.
    Last,
    /// Whether there is one.
    Any,
    /// Whether what is taken is true for every item.
    All,
    /// How many there are.
    Count,
    /// The least that is present, or absent.
    Least,
    /// The greatest that is present, or absent.
    Greatest,
    /// The items, ordered by what is taken; equal ones stay in their order.
    Sorted,
    /// Like `Sorted`, by texts or records.
    SortedByValue,
    /// The first of the items, ordered by what is taken, or absent.
    FirstBy,
    /// The last of them, or absent.
    LastBy,
    /// The instants in any of the sets.
    Union,
}

/// The number of operands in a row of the table.
macro_rules! operands {
    (special $method:ident ($($operand:ident),*) $(; $($way:tt)*)?) => {
        operands!(@ $($operand)*)
    };
    (machine ($($operand:ident: $kind:ident),* $(; $offset:ident)?) $($rest:tt)*) => {
        operands!(@ $($operand)* $($offset)?)
    };
    (
        $written:ident $name:literal ($($operand:ident: $kind:ident),* $(; $offset:ident)?)
        $($rest:tt)*
    ) => {
        operands!(@ $($operand)* $($offset)?)
    };
    (@ $($operand:ident)*) => {{
        const OPERANDS: &[&str] = &[$(stringify!($operand)),*];
        OPERANDS.len()
    }};
}

macro_rules! declare {
    (
        operations { $($(#[$doc:meta])* $function:ident { $($row:tt)* })* }
        others $others:tt
    ) => {
        /// What operations can compute besides control, comparison and scans.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Function { $($(#[$doc])* $function,)* }

        impl Function {
            /// The number of its operands.
            #[must_use]
            pub fn arity(self) -> usize {
                match self { $(Self::$function => operands!($($row)*),)* }
            }
        }
    };
}

crate::functions!(declare);

impl Function {
    /// The position of the operand that may be absent, if there is one.
    #[must_use]
    pub fn optional(self) -> Option<usize> {
        match self {
            Self::Between | Self::Concat | Self::Join | Self::Because => Some(1),
            Self::CauseBetween => Some(2),
            Self::One => Some(0),
            _ => None,
        }
    }
}

/// The place of an operation of an exact form in its script, and the words for what can
/// go wrong there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Site {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is called, or the operator; a text's position in the program's `names`.
    pub name: u32,
    /// How an absent operand is told.
    pub tells: Tells,
    /// The kinds of the operands when they are present.
    pub kinds: Vec<Kind>,
    /// Whether an operand may be absent.
    pub doubtful: bool,
}

/// How an absent operand is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tells {
    /// There is no such function for these kinds.
    NoFunction,
    /// Two kinds do not go together.
    Kinds,
    /// One kind is needed, the first that is told, and the value is absent.
    Wanted,
}

/// A rule as a program holds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The fast form; [`NONE`] if every run must be exact.
    pub fast: Id,
    /// The exact form.
    pub exact: Id,
    /// The earlier decisions that it reads, in the order in which the program numbers
    /// them.
    pub earlier: Vec<String>,
    /// How far from the ends of time all instants must be for the fast form, in seconds.
    pub reach: i64,
}

/// The rules of a catalogue, compiled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Program {
    /// All operations; operands come before what uses them.
    pub ops: Vec<Op>,
    /// Operands of calls and list literals.
    pub operands: Vec<Id>,
    /// The scans that compare fields.
    pub kernels: Vec<Kernel>,
    /// Their comparisons.
    pub conditions: Vec<Condition>,
    /// The items of constant lists.
    pub lists: Vec<Word>,
    /// The rules.
    pub entries: Vec<Entry>,
    /// The number of memo cells.
    pub cells: u32,
    /// The number of slots.
    pub slots: u32,
    /// The number of variables.
    pub locals: u32,
    /// The reference tables, by number.
    pub tables: Vec<String>,
    /// The places of operations, by their number. A program without them tells no
    /// places.
    pub sites: Vec<(Id, Site)>,
    /// The names that sites tell.
    pub names: Vec<String>,
    /// Known texts: words of texts are positions in it.
    #[serde(skip)]
    pub texts: Arc<Texts>,
}

impl Program {
    /// The operation with this number.
    #[must_use]
    pub fn op(&self, id: Id) -> Option<Op> {
        self.ops.get(id as usize).copied()
    }

    /// The operations that an operation can use, itself included, with their numbers and in
    /// their order.
    #[must_use]
    pub fn used(&self, root: Id) -> Vec<(Id, Op)> {
        let mut used = vec![false; (root as usize).saturating_add(1).min(self.ops.len())];
        if let Some(last) = used.last_mut() {
            *last = true;
        }
        let mut found = Vec::new();
        // Operands stand before what uses them.
        for at in (0..used.len()).rev() {
            let (Some(true), Some(op)) = (used.get(at), self.ops.get(at)) else {
                continue;
            };
            found.extend(Id::try_from(at).map(|id| (id, *op)));
            self.uses(*op, |operand| {
                if let Some(it) = used.get_mut(operand as usize) {
                    *it = true;
                }
            });
        }
        found.reverse();
        found
    }

    /// Tells every operand of an operation.
    fn uses(&self, op: Op, mut tell: impl FnMut(Id)) {
        let _ = op.with(|id| {
            tell(id);
            id
        });
        match op {
            Op::Items(start, len) => {
                for id in self.operands(start, len as usize) {
                    tell(*id);
                }
            }
            Op::Call(function, start) => {
                for id in self.operands(start, function.arity()) {
                    tell(*id);
                }
            }
            Op::Kernel(at) => {
                let Some(kernel) = self.kernels.get(at as usize) else {
                    return;
                };
                let with = self.conditions_of(kernel).iter().map(|it| it.with);
                let take = match kernel.take {
                    Take::Op(id) => id,
                    Take::Item | Take::Field(_) => NONE,
                };
                with.chain([kernel.of, kernel.test, take]).for_each(tell);
            }
            _ => {}
        }
    }

    /// The fields that an operation can read of records of sections: positions of the section
    /// and of the field. `None` if it compares whole records, for which every field counts.
    #[must_use]
    pub fn fields(&self, root: Id) -> Option<Vec<(u32, u32)>> {
        let from = self.sections(root)?;
        let sections_of = |id: Id| from.get(id as usize).copied().unwrap_or_default();
        let slots = self.slots_of(root, &from);
        let mut fields = Vec::new();
        let mut read = |sections: u64, field: u32| {
            let found = (0..u64::BITS).filter(|at| sections & (1 << at) != 0);
            fields.extend(found.map(|section| (section, field)));
        };
        for (_, op) in self.used(root) {
            match op {
                Op::Field(of, field) => read(sections_of(of), field),
                Op::Item(slot, field) => read(slots.get(slot as usize).copied()?, field),
                Op::Kernel(at) => {
                    let kernel = self.kernels.get(at as usize)?;
                    let conditions = self.conditions_of(kernel).iter().map(|it| it.field);
                    for field in conditions.filter(|it| *it != ITSELF) {
                        read(sections_of(kernel.of), field);
                    }
                    if let Take::Field(field) = kernel.take {
                        read(sections_of(kernel.of), field);
                    }
                }
                Op::Same(a, b) if !self.is_part(a) && !self.is_part(b) => return None,
                _ => {}
            }
        }
        Some(fields)
    }

    /// For each operation up to one, the sections that its value can come from, as bits;
    /// `None` for a document of more sections than there are bits.
    fn sections(&self, root: Id) -> Option<Vec<u64>> {
        let used = self.used(root);
        let mut from = vec![0_u64; (root as usize).saturating_add(1)];
        let mut locals = vec![0_u64; self.locals as usize + 1];
        // An item's slot can stand before the list that it is of.
        loop {
            let slots = self.slots_of(root, &from);
            let mut changed = false;
            for (id, op) in &used {
                let mut found = match op {
                    Op::Section(at) => 1_u64.checked_shl(*at)?,
                    Op::Slot(slot) | Op::Item(slot, _) => {
                        slots.get(*slot as usize).copied().unwrap_or(u64::MAX)
                    }
                    Op::Local(local) => locals.get(*local as usize).copied().unwrap_or(u64::MAX),
                    _ => 0,
                };
                self.uses(*op, |operand| {
                    found |= from.get(operand as usize).copied().unwrap_or_default();
                });
                if let Op::Let(local, bound, _) = op
                    && let Some(local) = locals.get_mut(*local as usize)
                {
                    *local |= from.get(*bound as usize).copied().unwrap_or_default();
                }
                if let Some(known) = from.get_mut(*id as usize)
                    && *known | found != *known
                {
                    *known |= found;
                    changed = true;
                }
            }
            if !changed {
                return Some(from);
            }
        }
    }

    /// For each slot, the sections that its items can come from.
    fn slots_of(&self, root: Id, from: &[u64]) -> Vec<u64> {
        let mut slots = vec![0_u64; self.slots as usize + 2];
        for (_, op) in self.used(root) {
            let (slot, of) = match op {
                Op::Scan { slot, of, .. } => (slot, of),
                Op::Kernel(at) => match self.kernels.get(at as usize) {
                    Some(kernel) => (kernel.slot, kernel.of),
                    None => continue,
                },
                _ => continue,
            };
            if let Some(slot) = slots.get_mut(slot as usize) {
                *slot |= from.get(of as usize).copied().unwrap_or_default();
            }
        }
        slots
    }

    /// Whether a value is surely no record of a section: a constant, or a field of one.
    fn is_part(&self, id: Id) -> bool {
        match self.op(id) {
            Some(Op::Word(_) | Op::Field(..) | Op::Item(..)) => true,
            Some(Op::Default(a, b)) => self.is_part(a) && self.is_part(b),
            Some(Op::Need(a)) => self.is_part(a),
            _ => false,
        }
    }

    /// The comparisons of a kernel.
    #[must_use]
    pub fn conditions_of(&self, kernel: &Kernel) -> &[Condition] {
        let (start, len) = (kernel.conditions.0 as usize, kernel.conditions.1 as usize);
        self.conditions
            .get(start..start.saturating_add(len))
            .unwrap_or(&[])
    }

    /// The operands of a call.
    #[must_use]
    pub fn operands(&self, start: u32, len: usize) -> &[Id] {
        let start = start as usize;
        self.operands
            .get(start..start.saturating_add(len))
            .unwrap_or(&[])
    }

    /// Calls `with` for each operand of an operation.
    pub fn each_operand(&self, op: Op, mut with: impl FnMut(Id)) {
        match op {
            Op::Kernel(at) => {
                if let Some(kernel) = self.kernels.get(at as usize) {
                    with(kernel.of);
                    for condition in self.conditions_of(kernel) {
                        with(condition.with);
                    }
                    if kernel.test != NONE {
                        with(kernel.test);
                    }
                    if let Take::Op(id) = kernel.take {
                        with(id);
                    }
                }
            }
            Op::Items(start, len) => {
                let items = self.operands(start, len as usize);
                items.iter().copied().for_each(with);
            }
            Op::Call(function, start) => {
                let operands = self.operands(start, function.arity());
                operands.iter().copied().for_each(with);
            }
            // The others hold their operands.
            op => {
                let _ = op.with(|operand| {
                    with(operand);
                    operand
                });
            }
        }
    }

    /// The place of an operation; `None` if it has none.
    #[must_use]
    pub fn site(&self, id: Id) -> Option<&Site> {
        let found = self.sites.binary_search_by_key(&id, |(id, _)| *id);
        found
            .ok()
            .and_then(|at| self.sites.get(at))
            .map(|(_, site)| site)
    }
}
