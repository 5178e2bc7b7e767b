//! Turns what a rule's probes saw into reasons.
//!
//! A rule's visits are in the order in which it ran. Each function or closure is
//! entered and later answers; the conditions, sides and causes between the two belong
//! to it. This gives a tree of frames; a closure's frame knows the record that it was
//! called with.

use super::{Fact, Telling};
use crate::probes::{Point, Probe, Probed, Watched, compares};
use longma_core::{Offset, PackId};
use longma_lang::finding::Range;
use longma_lang::syntax::{Binary, Block, Expr, ExprKind, Function, Lines, StatementKind, Unary};
use longma_oracle::watch::{Reads, Seen, Sight, WatchedRule};
use serde::Serialize;

/// Limit on reasons listed per rule; the rest are only counted.
const REASONS: usize = 20;
/// How deep reasons nest.
const DEPTH: usize = 6;

/// Why a rule gave no cause, or one that never begins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Reason {
    /// A section that it reads is empty.
    Empty {
        /// The section.
        section: String,
    },
    /// A condition excluded a record, or led to no cause.
    Condition {
        /// The record that was tested, if there was one.
        about: Option<Fact>,
        /// The condition, as written.
        condition: String,
        /// Its value.
        was: bool,
        /// The values of its sides.
        values: Vec<Value>,
        /// Its place in the script.
        range: Range,
        /// Why it had this value, if a function or closure of the script decided it.
        within: Vec<Reason>,
    },
    /// A table has no row for a record.
    NoRows {
        /// The record.
        about: Option<Fact>,
        /// The call, as written.
        call: String,
        /// Its place in the script.
        range: Range,
    },
    /// A cause holds at no instant: it would end before it begins, or its set is empty.
    NeverBegins {
        /// The record that the cause is about.
        about: Option<Fact>,
        /// The cause, as written.
        cause: String,
        /// The values of its arguments.
        values: Vec<Value>,
        /// Its place in the script.
        range: Range,
    },
}

/// An expression and its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Value {
    /// The expression, as written.
    pub text: String,
    /// Its value.
    pub value: String,
}

/// The script and the function of a rule, by the rule's path.
pub(super) fn function<'a>(watched: &'a Watched, rule: &str) -> Option<(&'a Probed, &'a Function)> {
    let (path, name) = rule.rsplit_once('/')?;
    let (pack, decision) = path.rsplit_once('/')?;
    let probed = watched
        .scripts
        .get(&(pack.to_owned(), decision.to_owned()))?;
    let mut functions = probed.script.functions.iter();
    let function = functions.find(|function| function.name.text == name)?;
    Some((probed, function))
}

/// The place of a rule's name in its script.
pub(super) fn range_of(watched: &Watched, rule: &str) -> Option<Range> {
    let (probed, function) = function(watched, rule)?;
    let file = PackId::script_of(rule)?;
    Some(Lines::new(&probed.text).range(&file, &function.name.bytes))
}

/// One call of a function or closure.
struct Frame<'a> {
    enter: &'a Probe,
    /// The evidence of the record that a closure was called with.
    about: Option<&'a [String]>,
    events: Vec<Event<'a>>,
    /// What it returned; `None` if it failed first.
    answer: Option<&'a Seen>,
}

enum Event<'a> {
    Seen(&'a Probe, &'a Seen),
    Inner(Frame<'a>),
}

fn frames<'a>(probes: &'a [Probe], sights: &'a [Sight]) -> Vec<Event<'a>> {
    let mut open: Vec<Frame> = Vec::new();
    let mut done: Vec<Event> = Vec::new();
    for sight in sights {
        let index = usize::try_from(sight.probe).unwrap_or(usize::MAX);
        let Some(probe) = probes.get(index) else {
            continue;
        };
        match probe.point {
            Point::Enter | Point::Ask => open.push(Frame {
                enter: probe,
                about: match &sight.seen {
                    Seen::Record(evidence) => Some(evidence),
                    _ => None,
                },
                events: Vec::new(),
                answer: None,
            }),
            Point::Answer => {
                let Some(mut frame) = open.pop() else {
                    continue;
                };
                frame.answer = Some(&sight.seen);
                let to = open.last_mut().map_or(&mut done, |frame| &mut frame.events);
                to.push(Event::Inner(frame));
            }
            _ => {
                let to = open.last_mut().map_or(&mut done, |frame| &mut frame.events);
                to.push(Event::Seen(probe, &sight.seen));
            }
        }
    }
    // A rule that failed leaves frames without answers.
    while let Some(frame) = open.pop() {
        let to = open.last_mut().map_or(&mut done, |frame| &mut frame.events);
        to.push(Event::Inner(frame));
    }
    done
}

/// Gathers the reasons of one rule.
pub(super) struct Why<'a> {
    telling: &'a Telling<'a>,
    probed: Option<&'a Probed>,
    file: String,
    rule: &'a str,
    events: Vec<Event<'a>>,
    /// Reasons from the rule's own text; `steps` has those from the functions that it
    /// calls.
    own: Vec<Reason>,
    steps: Vec<Reason>,
}

impl<'a> Why<'a> {
    pub(super) fn new(
        watched: &'a Watched,
        telling: &'a Telling<'a>,
        rule: &'a WatchedRule,
    ) -> Self {
        let (_, name) = rule.rule.rsplit_once('/').unwrap_or_default();
        Self {
            telling,
            probed: function(watched, &rule.rule).map(|(probed, _)| probed),
            file: PackId::script_of(&rule.rule).unwrap_or_default(),
            rule: name,
            events: frames(&watched.probes, &rule.sights),
            own: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Collects why the rule gave no cause that holds at any instant.
    pub(super) fn none(&mut self, rule: &WatchedRule) {
        for read in &rule.reads {
            if let Reads::Section {
                name,
                records: Some(0),
            } = read
            {
                let section = name.clone();
                self.own.push(Reason::Empty { section });
            }
        }
        let events = std::mem::take(&mut self.events);
        self.gather(&events, None, false);
    }

    /// Collects the causes that never begin, for a rule that also gave others.
    pub(super) fn empty_causes(&mut self) {
        let events = std::mem::take(&mut self.events);
        self.gather(&events, None, true);
        let told = |reason: &Reason| matches!(reason, Reason::NeverBegins { .. });
        self.own.retain(told);
        self.steps.retain(told);
    }

    /// The reasons without duplicates, and how many were left out. Reasons from the
    /// steps are used only if the rule's own text gives none but empty sections.
    pub(super) fn finish(self) -> (Vec<Reason>, usize) {
        let empty = |reason: &Reason| matches!(reason, Reason::Empty { .. });
        let mut all = if self.own.iter().all(empty) && !self.steps.is_empty() {
            self.steps
        } else {
            self.own
        };
        // An empty section explains nothing if records of another section were tested.
        if !all.iter().all(empty) {
            all.retain(|reason| !empty(reason));
        }
        let mut seen: Vec<Reason> = Vec::new();
        all.retain(|reason| {
            let new = !seen.contains(reason);
            if new && seen.len() <= REASONS {
                seen.push(reason.clone());
            }
            new
        });
        let more = all.len().saturating_sub(REASONS);
        all.truncate(REASONS);
        (all, more)
    }

    fn keep(&mut self, reason: Reason, step: bool) {
        if step { &mut self.steps } else { &mut self.own }.push(reason);
    }

    fn gather(&mut self, events: &[Event<'a>], about: Option<&'a [String]>, causes_only: bool) {
        let mut sides: Vec<(&Probe, &Seen)> = Vec::new();
        for event in events {
            match event {
                Event::Seen(probe, seen) => {
                    let step = probe.function != self.rule;
                    match (probe.point, seen) {
                        (Point::Argument, _) => sides.push((probe, seen)),
                        (Point::Cause, Seen::Cause(when)) => {
                            let inside = |side: &&(&Probe, &Seen)| {
                                probe.bytes.start <= side.0.bytes.start
                                    && side.0.bytes.end <= probe.bytes.end
                            };
                            if when.is_empty() {
                                let values = sides.iter().filter(inside);
                                let values = values.map(|(p, s)| self.value(p, s)).collect();
                                let reason = Reason::NeverBegins {
                                    about: self.about(about),
                                    cause: self.text(probe),
                                    values,
                                    range: self.range(probe),
                                };
                                self.keep(reason, step);
                            }
                            sides.clear();
                        }
                        (Point::Rows, Seen::List(0)) if !causes_only => {
                            let reason = Reason::NoRows {
                                about: self.about(about),
                                call: self.text(probe),
                                range: self.range(probe),
                            };
                            self.keep(reason, step);
                        }
                        _ => {}
                    }
                }
                Event::Inner(frame) => self.inner(frame, about, causes_only),
            }
        }
    }

    fn inner(&mut self, frame: &Frame<'a>, about: Option<&'a [String]>, causes_only: bool) {
        let step = frame.enter.function != self.rule;
        let about = frame.about.or(about);
        match (self.chooser(frame), frame.answer) {
            (Some(body), Some(Seen::Bool(false))) if !causes_only => {
                for reason in self.answered(body, false, frame, about, 0) {
                    self.keep(reason, step);
                }
            }
            (Some(_), _) => {}
            (None, _) => {
                if !causes_only && !step {
                    self.nothing(frame, about);
                }
                self.gather(&frame.events, about, causes_only);
            }
        }
    }

    /// The body of a closure given to `filter`, `find`, `any` or `all`.
    fn chooser(&self, frame: &Frame<'a>) -> Option<&'a Expr> {
        let id = frame.enter.expr?;
        let mut found = None;
        self.each(&mut |expr| {
            if let ExprKind::Method {
                name, arguments, ..
            } = &expr.kind
                && matches!(name.text.as_str(), "filter" | "find" | "any" | "all")
                && let Some(ExprKind::Closure { body, .. }) =
                    arguments.iter().find(|a| a.id == id).map(|a| &a.kind)
            {
                found = Some(&**body);
            }
        });
        found
    }

    fn each(&self, see: &mut impl FnMut(&'a Expr)) {
        let functions = self.probed.map(|probed| &probed.script.functions);
        for function in functions.into_iter().flatten() {
            function.body.walk(see);
        }
    }

    /// Collects the conditions that made a function or closure of the rule return `()`.
    fn nothing(&mut self, frame: &Frame<'a>, about: Option<&'a [String]>) {
        let mut found: Vec<(&'a Expr, bool)> = Vec::new();
        self.each(&mut |expr| {
            if let ExprKind::If {
                condition,
                then,
                otherwise,
            } = &expr.kind
            {
                let gives_none = |block: &Block| {
                    let last = block.statements.last().map(|last| &last.kind);
                    match last {
                        None | Some(StatementKind::Return(None)) => true,
                        Some(StatementKind::Expr(expr) | StatementKind::Return(Some(expr))) => {
                            expr.kind == ExprKind::Absent
                        }
                        _ => false,
                    }
                };
                let other_gives_none = match otherwise.as_deref().map(|other| &other.kind) {
                    None => true,
                    Some(ExprKind::Block(block)) => gives_none(block),
                    Some(_) => false,
                };
                match Self::truth(condition, frame) {
                    Some(true) if gives_none(then) => found.push((condition, true)),
                    Some(false) if other_gives_none && !is_guard(then) => {
                        found.push((condition, false));
                    }
                    _ => {}
                }
            }
        });
        for (condition, was) in found {
            for reason in self.answered(condition, was, frame, about, 0) {
                self.keep(reason, false);
            }
        }
    }

    /// The truth value of an expression in a frame; `None` if it was not evaluated
    /// there.
    fn truth(expr: &Expr, frame: &Frame<'a>) -> Option<bool> {
        match &expr.kind {
            ExprKind::Binary {
                operator: Binary::And,
                left,
                right,
                ..
            } => {
                if Self::truth(left, frame)? {
                    Self::truth(right, frame)
                } else {
                    Some(false)
                }
            }
            ExprKind::Binary {
                operator: Binary::Or,
                left,
                right,
                ..
            } => {
                if Self::truth(left, frame)? {
                    Some(true)
                } else {
                    Self::truth(right, frame)
                }
            }
            ExprKind::Unary {
                operator: Unary::Not,
                operand,
            } => Self::truth(operand, frame).map(|truth| !truth),
            ExprKind::Bool(truth) => Some(*truth),
            _ => match Self::seen(expr, Point::Condition, frame)? {
                Seen::Bool(truth) => Some(*truth),
                _ => None,
            },
        }
    }

    fn seen(expr: &Expr, point: Point, frame: &Frame<'a>) -> Option<&'a Seen> {
        frame.events.iter().find_map(|event| match event {
            Event::Seen(probe, seen) if probe.point == point && probe.expr == Some(expr.id) => {
                Some(*seen)
            }
            _ => None,
        })
    }

    /// The single conditions that made `expr` evaluate to `was` in a frame.
    fn answered(
        &self,
        expr: &'a Expr,
        was: bool,
        frame: &Frame<'a>,
        about: Option<&'a [String]>,
        depth: usize,
    ) -> Vec<Reason> {
        if depth > DEPTH {
            return Vec::new();
        }
        let both = |left: &'a Expr, right: &'a Expr, decides: bool| {
            let of = |side: &'a Expr| self.answered(side, was, frame, about, depth);
            match (was == decides, Self::truth(left, frame)) {
                // One side decides; evaluation stops at the first that does.
                (true, Some(truth)) if truth == decides => of(left),
                (true, _) => of(right),
                (false, _) => [of(left), of(right)].concat(),
            }
        };
        match &expr.kind {
            ExprKind::Binary {
                operator,
                left,
                right,
                ..
            } if *operator == Binary::And => both(left, right, false),
            ExprKind::Binary {
                operator,
                left,
                right,
                ..
            } if *operator == Binary::Or => both(left, right, true),
            ExprKind::Unary {
                operator: Unary::Not,
                operand,
            } => self.answered(operand, !was, frame, about, depth),
            ExprKind::Block(block) => self.last(block, was, frame, about, depth),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let Some(truth) = Self::truth(condition, frame) else {
                    return Vec::new();
                };
                let mut reasons = self.answered(condition, truth, frame, about, depth);
                reasons.extend(match (truth, otherwise) {
                    (true, _) => self.last(then, was, frame, about, depth),
                    (false, Some(other)) => self.answered(other, was, frame, about, depth),
                    (false, None) => Vec::new(),
                });
                reasons
            }
            ExprKind::Bool(_) => Vec::new(),
            _ => vec![self.single(expr, was, frame, about, depth)],
        }
    }

    fn last(
        &self,
        block: &'a Block,
        was: bool,
        frame: &Frame<'a>,
        about: Option<&'a [String]>,
        depth: usize,
    ) -> Vec<Reason> {
        match block.statements.last().map(|last| &last.kind) {
            Some(StatementKind::Expr(expr) | StatementKind::Return(Some(expr))) => {
                self.answered(expr, was, frame, about, depth)
            }
            _ => Vec::new(),
        }
    }

    fn single(
        &self,
        expr: &'a Expr,
        was: bool,
        frame: &Frame<'a>,
        about: Option<&'a [String]>,
        depth: usize,
    ) -> Reason {
        let mut values = Vec::new();
        if let ExprKind::Binary {
            operator,
            left,
            right,
            ..
        } = &expr.kind
            && compares(*operator)
        {
            for side in [left, right] {
                if let Some(seen) = Self::seen(side, Point::Side, frame) {
                    values.push(Value {
                        text: self.slice(&side.bytes),
                        value: shown(seen, self.telling.offset),
                    });
                }
            }
        }
        Reason::Condition {
            about: self.about(about),
            condition: self.slice(&expr.bytes),
            was,
            values,
            range: self.range_of(&expr.bytes),
            within: self.within(expr, frame, depth + 1),
        }
    }

    /// The reasons inside a call: those of the function it calls, or of the closures
    /// given to a method such as `any` or `all`.
    fn within(&self, expr: &'a Expr, frame: &Frame<'a>, depth: usize) -> Vec<Reason> {
        let inner = frame.events.iter().filter_map(|event| match event {
            Event::Inner(inner) => Some(inner),
            Event::Seen(..) => None,
        });
        match &expr.kind {
            ExprKind::Call { name, .. } => {
                let functions = self.probed.map(|probed| &probed.script.functions);
                let mut functions = functions.into_iter().flatten();
                let called = functions.find(|function| function.name.text == name.text);
                let mut entered = inner.filter(|inner| {
                    inner.enter.point == Point::Enter && inner.enter.function == name.text
                });
                match (called, entered.next()) {
                    (Some(called), Some(inner)) => {
                        let Some(Seen::Bool(was)) = inner.answer else {
                            return Vec::new();
                        };
                        self.body(&called.body, *was, inner, depth)
                    }
                    _ => Vec::new(),
                }
            }
            ExprKind::Method { arguments, .. } => {
                let mut reasons = Vec::new();
                for argument in arguments {
                    let ExprKind::Closure { body, .. } = &argument.kind else {
                        continue;
                    };
                    for inner in inner.clone().filter(|i| i.enter.expr == Some(argument.id)) {
                        if let Some(Seen::Bool(was)) = inner.answer {
                            reasons.extend(self.answered(body, *was, inner, inner.about, depth));
                        }
                    }
                }
                reasons.truncate(REASONS);
                reasons
            }
            _ => Vec::new(),
        }
    }

    /// Why a function returned `was`, if its body has only expressions. Its sides are
    /// probed even if the body as a whole is not a condition.
    fn body(&self, body: &'a Block, was: bool, frame: &Frame<'a>, depth: usize) -> Vec<Reason> {
        let mut statements = body.statements.iter();
        let simple = statements.all(|it| matches!(it.kind, StatementKind::Expr(_)));
        if simple {
            self.last(body, was, frame, frame.about, depth)
        } else {
            Vec::new()
        }
    }

    fn about(&self, about: Option<&[String]>) -> Option<Fact> {
        about
            .and_then(|evidence| evidence.first())
            .map(|pointer| self.telling.fact(pointer))
    }

    fn value(&self, probe: &Probe, seen: &Seen) -> Value {
        Value {
            text: self.text(probe),
            value: shown(seen, self.telling.offset),
        }
    }

    fn text(&self, probe: &Probe) -> String {
        self.slice(&probe.bytes)
    }

    /// A piece of the script, on one line.
    fn slice(&self, bytes: &longma_lang::syntax::Bytes) -> String {
        let text = self
            .probed
            .and_then(|probed| probed.text.get(bytes.clone()));
        let words: Vec<&str> = text.unwrap_or_default().split_whitespace().collect();
        words.join(" ")
    }

    fn range(&self, probe: &Probe) -> Range {
        self.range_of(&probe.bytes)
    }

    fn range_of(&self, bytes: &longma_lang::syntax::Bytes) -> Range {
        let text = self.probed.map_or("", |probed| probed.text.as_str());
        Lines::new(text).range(&self.file, bytes)
    }
}

/// Whether a block ends in `return`: the code after it is then its "else", so a missing
/// `else` does not mean `()`.
fn is_guard(block: &Block) -> bool {
    let last = block.statements.last().map(|last| &last.kind);
    matches!(last, Some(StatementKind::Return(_)))
}

/// A value as a rule would write it; instants in RFC 3339.
fn shown(seen: &Seen, offset: Offset) -> String {
    match seen {
        Seen::Absent => "()".to_owned(),
        Seen::Bool(truth) => truth.to_string(),
        Seen::Int(number) => number.to_string(),
        Seen::Text(text) => format!("\"{text}\""),
        Seen::Instant(instant) => instant.to_rfc3339(offset),
        Seen::Date(date) => date.to_string(),
        Seen::Elapsed(elapsed) => match elapsed.as_seconds() {
            seconds if seconds % 3_600 == 0 => format!("hours({})", seconds / 3_600),
            seconds if seconds % 60 == 0 => format!("minutes({})", seconds / 60),
            seconds => format!("{seconds} s"),
        },
        Seen::Temperature(degrees) => format!("{degrees} °C"),
        Seen::Days(days) => format!("days({})", days.count()),
        Seen::When(when) | Seen::Cause(when) if when.is_empty() => "never()".to_owned(),
        Seen::When(when) | Seen::Cause(when) => {
            let end = |at: Option<longma_core::Instant>| {
                at.map_or_else(|| "…".to_owned(), |at| at.to_rfc3339(offset))
            };
            let spans = when.spans().iter();
            let spans = spans.map(|s| format!("[{}, {})", end(s.from()), end(s.until())));
            let spans: Vec<String> = spans.collect();
            spans.join(" | ")
        }
        Seen::Record(evidence) => evidence.join(" "),
        Seen::List(length) => format!("[… {length}]"),
        Seen::Other => "…".to_owned(),
    }
}
