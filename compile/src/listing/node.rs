//! One form of a rule as numbered lines, one for each operation that is more than a
//! name or a constant.

use super::constant::constant;
use super::words;
use crate::cost::{Known, Place, Reader, Scan, Size};
use crate::lower::kind::Kind;
use crate::lower::ways;
use longma_core::columns::ABSENT;
use longma_core::program::{
    Condition, End, Function, How, ITSELF, Id, Kernel, NONE, Op, Relation, Take,
};
use longma_core::{Args, Lang, Offset};
use longma_lang::helpers;
use std::collections::BTreeMap;

/// Where what is kept for a whole evaluation was shown: by kind of subject and cell.
pub(super) type Shown = BTreeMap<(String, u32), String>;

/// Writes one form of a rule.
pub(super) struct Writer<'a> {
    reader: Reader<'a>,
    lang: Lang,
    offset: Offset,
    lines: Vec<Line>,
    /// The numbers of lines that stand already.
    numbers: BTreeMap<(Id, Place), usize>,
    /// What other rules show: the kind of subject, and the name of this rule.
    shared: Option<(&'a mut Shown, String, String)>,
    /// Whether to tell costs and places.
    full: bool,
}

struct Line {
    depth: usize,
    text: String,
    notes: Vec<String>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(reader: Reader<'a>, lang: Lang, offset: Offset) -> Self {
        Self {
            reader,
            lang,
            offset,
            lines: Vec::new(),
            numbers: BTreeMap::new(),
            shared: None,
            full: true,
        }
    }

    /// Without costs and places, which tests of single steps are not about.
    #[cfg(test)]
    pub(super) fn bare(self) -> Self {
        Self {
            full: false,
            ..self
        }
    }

    /// Refers to what earlier rules show, and notes what this one shows.
    pub(super) fn sharing(self, shown: &'a mut Shown, subject: &str, rule: &str) -> Self {
        Self {
            shared: Some((shown, subject.to_owned(), rule.to_owned())),
            ..self
        }
    }

    /// The lines of a form, each with `indent` before it.
    pub(super) fn form(mut self, root: Id, indent: &str) -> String {
        // Learns what variables stand for.
        self.reader.see(root);
        let top = self.operand(root, None, 0);
        if self.lines.is_empty() {
            return format!("{indent}{:>4}  {top}\n", "");
        }
        let mut out = String::new();
        for (at, line) in self.lines.iter().enumerate() {
            let number = if self.full {
                format!("{indent}{:>4}  ", at + 1)
            } else {
                format!("{indent}{:<2} ", at + 1)
            };
            out.push_str(&number);
            out.push_str(&"  ".repeat(line.depth));
            out.push_str(&line.text);
            if !line.notes.is_empty() {
                out.push_str(" — ");
                out.push_str(&line.notes.join("; "));
            }
            out.push('\n');
        }
        out
    }

    /// An operand: its name or constant, or the number of its line.
    fn operand(&mut self, id: Id, expected: Option<&Kind>, depth: usize) -> String {
        if let Some(leaf) = self.leaf(id, expected) {
            return leaf;
        }
        let key = (id, self.reader.place(id));
        if let Some(number) = self.numbers.get(&key) {
            return format!("#{number}");
        }
        let Some(op) = self.reader.sources.program.op(id) else {
            return "?".to_owned();
        };
        if let (Op::Memo { cell, slot: 0, .. }, Some((shown, subject, _))) = (op, &self.shared)
            && let Some(elsewhere) = shown.get(&(subject.clone(), cell))
        {
            return elsewhere.clone();
        }
        let at = self.lines.len();
        self.numbers.insert(key, at + 1);
        self.lines.push(Line {
            depth,
            text: String::new(),
            notes: Vec::new(),
        });
        if let (Op::Memo { cell, slot: 0, .. }, Some((shown, subject, rule))) =
            (op, &mut self.shared)
        {
            shown.insert((subject.clone(), cell), format!("{rule}#{}", at + 1));
        }
        let (inner, kept) = match op {
            Op::Memo { of, slot, .. } => (of, Some(slot)),
            _ => (id, None),
        };
        let text = match self.leaf(inner, expected) {
            Some(leaf) => leaf,
            None => self.text(inner, expected, depth),
        };
        let notes = self.notes(inner, kept);
        if let Some(line) = self.lines.get_mut(at) {
            line.text = text;
            line.notes = notes;
        }
        format!("#{}", at + 1)
    }

    fn notes(&mut self, id: Id, kept: Option<u32>) -> Vec<String> {
        let mut notes = Vec::new();
        let slot = |slot: u32| Args::of("slot", format!("${slot}"));
        match kept {
            None => {}
            Some(0) => notes.push(words::say(
                "listing-kept-evaluation",
                &Args::NONE,
                self.lang,
            )),
            Some(1) => notes.push(words::say("listing-kept-rule", &Args::NONE, self.lang)),
            Some(n) => notes.push(words::say("listing-kept-slot", &slot(n), self.lang)),
        }
        if !self.full {
            return notes;
        }
        if self.walks(id) {
            let seen = self.reader.see(id);
            let inner = seen.kept.values();
            let steps: Size = inner.fold(seen.steps.clone(), |all, (_, steps)| all.plus(steps));
            let steps = Args::of("steps", steps.to_string());
            notes.push(words::say("listing-steps", &steps, self.lang));
        }
        if let Some(site) = self.reader.sources.program.site(id) {
            let place = format!("{}:{}", site.line, site.column);
            let key = if site.doubtful {
                "listing-place-absent"
            } else {
                "listing-place"
            };
            notes.push(words::say(key, &Args::of("place", place), self.lang));
        }
        notes
    }

    /// Whether an operation's cost depends on the size of anything, so that it is worth
    /// a note.
    fn walks(&self, id: Id) -> bool {
        match self.reader.sources.program.op(id) {
            Some(Op::Scan { .. } | Op::Kernel(_) | Op::Contains(..)) => true,
            Some(Op::Call(function, _)) => match function {
                Function::During
                | Function::Around
                | Function::OnDay
                | Function::When
                | Function::WhenAtLeast
                | Function::Concat
                | Function::Daily
                | Function::PairsFrom
                | Function::PairsUntil
                | Function::Parts
                | Function::OnWeekdays => true,
                _ => helpers::ways_of(function).any(|way| way.walks),
            },
            _ => false,
        }
    }

    /// What needs no line of its own.
    fn leaf(&mut self, id: Id, expected: Option<&Kind>) -> Option<String> {
        let program = self.reader.sources.program;
        Some(match program.op(id)? {
            Op::Word(word) => self.constant(word, expected),
            Op::List(start, len) => {
                let start = start as usize;
                let words = program.lists.get(start..start + len as usize)?;
                let item = match expected {
                    Some(Kind::List(item)) => item.kind.as_ref(),
                    _ => None,
                };
                let items = words.iter().map(|word| self.constant(*word, item));
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
            Op::Slot(slot) => format!("${slot}"),
            Op::Local(local) => format!("v{local}"),
            Op::Section(position) => {
                let field = self.reader.sources.facts.fields.get(position as usize);
                format!("section {}", field.map_or("?", |field| &field.name))
            }
            Op::Item(slot, field) => {
                let found = self.reader.slot(slot).field(field);
                format!("${slot}.{}", name_of(field, found))
            }
            Op::Field(of, field) => {
                let record = self.leaf(of, None)?;
                let found = self.reader.see(of).known.field(field);
                format!("{record}.{}", name_of(field, found))
            }
            _ => return None,
        })
    }

    fn constant(&self, word: i64, expected: Option<&Kind>) -> String {
        constant(
            word,
            expected,
            &self.reader.sources.program.texts,
            self.offset,
        )
    }

    /// The kind of an operation's value, where it is known.
    fn kind(&mut self, id: Id) -> Option<Kind> {
        self.reader.see(id).known.it.kind.clone()
    }

    /// The kind of either of two.
    fn either(&mut self, a: Id, b: Id) -> Option<Kind> {
        let known = self.kind(a);
        known.or_else(|| self.kind(b))
    }

    /// An operation by its name, with its operands.
    fn text(&mut self, id: Id, expected: Option<&Kind>, depth: usize) -> String {
        let program = self.reader.sources.program;
        let Some(op) = program.op(id) else {
            return "?".to_owned();
        };
        let inner = depth + 1;
        match op {
            Op::If(test, yes, no) => {
                let kind = expected.cloned().or_else(|| self.either(yes, no));
                let test = self.operand(test, Some(&Kind::Bool), inner);
                let yes = self.operand(yes, kind.as_ref(), inner);
                let no = self.operand(no, kind.as_ref(), inner);
                format!("if {test} then {yes} else {no}")
            }
            Op::And(a, b) => self.two("and", (a, b), Some(&Kind::Bool), inner),
            Op::Or(a, b) => self.two("or", (a, b), Some(&Kind::Bool), inner),
            Op::Default(a, b) => {
                let kind = expected.cloned().or_else(|| self.either(a, b));
                self.two("default", (a, b), kind.as_ref(), inner)
            }
            Op::Equal(a, b) => {
                let kind = self.either(a, b);
                self.two("equal", (a, b), kind.as_ref(), inner)
            }
            Op::Contains(list, sought) => {
                let kind = self.kind(sought);
                let list = self.operand(list, None, inner);
                let sought = self.operand(sought, kind.as_ref(), inner);
                format!("contains {list} {sought}")
            }
            Op::Same(a, b) => {
                let kind = self.either(a, b);
                self.two("same", (a, b), kind.as_ref(), inner)
            }
            Op::Compare(relation, a, b) => {
                let name = match relation {
                    Relation::Less => "less",
                    Relation::LessEqual => "less_equal",
                    Relation::Greater => "greater",
                    Relation::GreaterEqual => "greater_equal",
                };
                let kind = self.either(a, b);
                self.two(name, (a, b), kind.as_ref(), inner)
            }
            Op::IsAbsent(of) => format!("is_absent {}", self.operand(of, None, inner)),
            Op::Need(of) => format!("need {}", self.operand(of, expected, inner)),
            Op::Let(local, value, body) => {
                let value = self.operand(value, None, inner);
                let body = self.operand(body, expected, inner);
                format!("let v{local} = {value} in {body}")
            }
            Op::Then(first, then) => {
                let first = self.operand(first, None, inner);
                let then = self.operand(then, expected, inner);
                format!("first {first}, then {then}")
            }
            Op::Field(of, field) => {
                let found = self.reader.see(of).known.field(field);
                let record = self.operand(of, None, inner);
                format!("field {} of {record}", name_of(field, found))
            }
            Op::Items(start, len) => {
                let item = match expected {
                    Some(Kind::List(item)) => item.kind.clone(),
                    _ => None,
                };
                let items = program.operands(start, len as usize).iter();
                let items: Vec<String> = items
                    .map(|it| self.operand(*it, item.as_ref(), inner))
                    .collect();
                format!("items [{}]", items.join(", "))
            }
            Op::Call(function, start) => {
                let operands = program.operands(start, function.arity());
                self.call(function, operands, inner)
            }
            Op::Scan { .. } | Op::Kernel(_) => self.scan(id, op, inner),
            // The others are leaves, or looked through.
            Op::Memo { of, .. } => self.operand(of, expected, depth),
            _ => "?".to_owned(),
        }
    }

    fn two(&mut self, name: &str, (a, b): (Id, Id), kind: Option<&Kind>, depth: usize) -> String {
        let a = self.operand(a, kind, depth);
        let b = self.operand(b, kind, depth);
        format!("{name} {a}, {b}")
    }

    fn call(&mut self, function: Function, operands: &[Id], depth: usize) -> String {
        let kinds = self.expected(function, operands);
        let mut parts = Vec::new();
        for (at, id) in operands.iter().enumerate() {
            let number = self
                .reader
                .word(*id)
                .and_then(|word| usize::try_from(word).ok());
            parts.push(match (function, at, number) {
                (Function::During | Function::Around | Function::OnDay, 0, Some(number)) => {
                    format!("table {}", self.reader.table(number).unwrap_or("?"))
                }
                (Function::When | Function::WhenAtLeast, 0, Some(number)) => {
                    let earlier = self.reader.sources.earlier.get(number);
                    format!("decision {}", earlier.map_or("?", String::as_str))
                }
                _ if helpers::ways_of(function)
                    .any(|way| way.at_offset && way.signature.takes.len() == at) =>
                {
                    self.offset.to_string()
                }
                _ => {
                    let kind = kinds.get(at).cloned().flatten();
                    self.operand(*id, kind.as_ref(), depth)
                }
            });
        }
        let name = snake(&format!("{function:?}"));
        if parts.is_empty() {
            name
        } else {
            format!("{name} {}", parts.join(", "))
        }
    }

    /// The kinds of a function's operands, where constants can stand.
    fn expected(&mut self, function: Function, operands: &[Id]) -> Vec<Option<Kind>> {
        let text = || Some(Kind::Text(true));
        let kinds = match function {
            Function::Differ => vec![Some(Kind::Bool); 2],
            Function::Concat | Function::Join => vec![None; 2],
            Function::Cause => vec![text(), Some(Kind::When)],
            Function::CauseBetween => vec![text(), Some(Kind::Instant), Some(Kind::Instant)],
            Function::Around => return vec![None, None, text()],
            Function::OnDay => return vec![None, None, Some(Kind::Instant)],
            Function::Parts => vec![text(), text()],
            Function::OnWeekdays => return vec![Some(Kind::When), None, Some(Kind::Int)],
            Function::When | Function::WhenAtLeast => return vec![None, text()],
            Function::Len
            | Function::First
            | Function::Last
            | Function::One
            | Function::Because
            | Function::During
            | Function::Daily
            | Function::PairsFrom
            | Function::PairsUntil => return Vec::new(),
            _ => ways::takes(function),
        };
        // Where several kinds can stand, each operand is of the other's.
        match (kinds.as_slice(), operands) {
            ([None, None], [a, b]) => vec![self.either(*a, *b); 2],
            _ => kinds,
        }
    }

    fn scan(&mut self, id: Id, op: Op, depth: usize) -> String {
        let program = self.reader.sources.program;
        let Some((scan, kernel)) = Scan::of(program, op) else {
            return "?".to_owned();
        };
        let name = if kernel.is_some() { "kernel" } else { "scan" };
        let of = self.operand(scan.of, None, depth);
        let mut text = format!("{name} {} of {of} as ${}", end(scan.end), scan.slot);
        let item = self.reader.see(scan.of).known.item();
        if let Some(kernel) = kernel {
            let conditions = program.conditions_of(&kernel);
            let conditions: Vec<String> = conditions
                .iter()
                .map(|condition| self.condition(*condition, &item, depth))
                .collect();
            if !conditions.is_empty() {
                text = format!("{text} if {}", conditions.join(" and "));
            }
        }
        let before = self.reader.enter(id, &scan);
        if scan.test != NONE {
            let asked = self.operand(scan.test, Some(&Kind::Bool), depth);
            let joint = match kernel {
                Some(Kernel {
                    conditions: (_, 1..),
                    ..
                }) => "and",
                _ => "where",
            };
            text = format!("{text} {joint} {asked}");
        }
        match scan.take {
            Take::Item => {}
            Take::Field(field) => {
                let name = name_of(field, item.field(field));
                text = format!("{text} take field {name}");
            }
            Take::Op(take) => {
                let take = self.operand(take, None, depth);
                text = format!("{text} take {take}");
            }
        }
        self.reader.leave(&scan, before);
        text
    }

    fn condition(&mut self, condition: Condition, item: &Known, depth: usize) -> String {
        let (name, kind) = if condition.field == ITSELF {
            ("item".to_owned(), item.it.kind.clone())
        } else {
            let found = item.field(condition.field);
            let kind = found.as_ref().and_then(|(_, field)| field.it.kind.clone());
            (name_of(condition.field, found), kind)
        };
        let of_list = matches!(condition.how, How::In | How::NotIn);
        let absent = self.reader.sources.program.op(condition.with) == Some(Op::Word(ABSENT));
        let kind = match (kind, of_list) {
            (Some(kind), true) => Some(Kind::List(Box::new(crate::lower::kind::Type::present(
                kind,
            )))),
            (kind, _) => kind.filter(|_| !absent),
        };
        let with = self.operand(condition.with, kind.as_ref(), depth);
        let sign = match condition.how {
            How::Equal => "==",
            How::Unequal => "!=",
            How::Less => "<",
            How::LessEqual => "<=",
            How::Greater => ">",
            How::GreaterEqual => ">=",
            How::In => "in",
            How::NotIn => "not in",
            How::GreaterOrAbsent => "absent or >",
            How::GreaterEqualOrAbsent => "absent or >=",
        };
        format!("{name} {sign} {with}")
    }
}

/// The name of a field, or its position if it is not known.
fn name_of(position: u32, found: Option<(std::sync::Arc<str>, Known)>) -> String {
    found.map_or_else(|| position.to_string(), |(name, _)| name.to_string())
}

fn end(end: End) -> String {
    snake(&format!("{end:?}"))
}

/// `LaterBy` as `later_by`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
