//! Whether causes name the records that they rest on.
//!
//! The records are followed from a rule's parameters through its script, the functions that
//! it calls included, into the spans of its causes and into their evidence. Two things are
//! told: a cause made from records that names none, and a record that is named although
//! neither the span nor a condition before it uses it.
//!
//! What rests on the absence of records (`always() - …`), on records taken together
//! (`.union()`) or on another decision alone has no record to name. Where the script cannot
//! be followed, nothing is told.

use super::packs::finding;
use crate::code::Code;
use longma_compile::world::{Pack, World};
use longma_core::Args;
use longma_core::order::Gather;
use longma_core::schema::Type;
use longma_lang::finding::{Finding, Spot};
use longma_lang::script::Script;
use longma_lang::syntax::{Binary, Block, Bytes, Expr, ExprKind, Function, StatementKind, Unary};
use std::collections::{BTreeMap, BTreeSet};

/// How many expressions of one rule are followed, over all calls.
const STEPS: u32 = 20_000;
/// How deeply calls may nest.
const CALLS: usize = 24;

/// Where records come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin<'w> {
    /// A section or a table.
    Section(&'w str),
    /// One record at a time, in a closure: its number within the rule.
    Each(u32),
}

type Origins<'w> = BTreeSet<Origin<'w>>;

/// What is known of a value.
#[derive(Debug, Clone, Default)]
struct Value<'w> {
    /// The records from which it was computed.
    from: Origins<'w>,
    /// Those of them that stand behind it one by one, not taken together nor by their absence.
    near: Origins<'w>,
    /// The records that it is, or holds.
    holds: Origins<'w>,
    /// The records that decide whether it, or an item of it, is there.
    given: Origins<'w>,
    /// The causes in it.
    causes: Vec<Cause<'w>>,
}

/// A cause, as a constructor makes it.
#[derive(Debug, Clone)]
struct Cause<'w> {
    at: Bytes,
    from: Origins<'w>,
    near: Origins<'w>,
    given: Origins<'w>,
    /// Whether it is made for each of some records.
    each: bool,
    /// The records that it names, each time with their place in the text.
    named: Vec<(Bytes, Origins<'w>)>,
}

impl<'w> Value<'w> {
    fn of(origins: Origins<'w>) -> Self {
        Self {
            from: origins.clone(),
            near: origins.clone(),
            holds: origins,
            ..Self::default()
        }
    }

    fn join(mut self, other: Self) -> Self {
        self.from.extend(other.from);
        self.near.extend(other.near);
        self.holds.extend(other.holds);
        self.given.extend(other.given);
        self.causes.extend(other.causes);
        self
    }

    /// The same, no longer the records themselves.
    fn computed(mut self) -> Self {
        self.holds.clear();
        self
    }

    /// The same, without single records behind it.
    fn together(mut self) -> Self {
        self.near.clear();
        self.computed()
    }

    /// The same, there only under a condition.
    fn under(mut self, condition: &Origins<'w>) -> Self {
        self.from.extend(condition);
        self.given.extend(condition);
        self
    }
}

/// What is wrong with the evidence in the scripts of all packs.
pub(super) fn findings(world: &World<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for pack in &world.packs {
        let records = records(world, pack);
        for script in pack.scripts.values() {
            // What was not read may hold the evidence.
            if script.parsed.errors.is_empty() {
                of_script(world, script, &records, &mut out);
            }
        }
    }
    out
}

/// The names of what holds records for the rules of a pack: lists of the facts, and tables.
fn records<'w>(world: &'w World<'_>, pack: &Pack<'_>) -> BTreeSet<&'w str> {
    let schema = world.schemas.get(&pack.source.manifest.subject);
    let fields = schema.iter().flat_map(|schema| &schema.fields);
    let lists = fields.filter(|field| match &field.kind {
        Type::List { item, .. } => matches!(**item, Type::Object(_)),
        _ => false,
    });
    let tables = world.common.tables.keys().map(String::as_str);
    lists.map(|field| &*field.name).chain(tables).into_set()
}

fn of_script(
    world: &World<'_>,
    script: &Script<'_>,
    records: &BTreeSet<&str>,
    out: &mut Vec<Finding>,
) {
    // A step that several rules share is told once.
    let mut told: BTreeMap<(usize, usize), (Code, Bytes, &str)> = BTreeMap::new();
    let functions = &script.parsed.script.functions;
    for rule in functions.iter().filter(|function| !function.private) {
        let mut flow = Flow {
            functions,
            levels: &world.common.levels,
            steps: 0,
            calls: 0,
            records: 0,
            path: Origins::new(),
            each: false,
            returned: Vec::new(),
        };
        let inputs = rule.parameters.iter().map(|name| {
            let known = records.get(name.text.as_str()).copied();
            Value::of(known.map(Origin::Section).into_iter().into_set())
        });
        let value = flow.function(rule, inputs.collect());
        if flow.steps > STEPS {
            continue;
        }
        let mut tell = |code: Code, at: &Bytes| {
            let found = told.entry((at.start, at.end));
            found.or_insert((code, at.clone(), &rule.name.text));
        };
        for cause in &value.causes {
            if cause.named.is_empty() && (cause.each || !cause.near.is_empty()) {
                tell(Code::EvidenceNone, &cause.at);
            }
            for (at, named) in &cause.named {
                let used = |origin| cause.from.contains(origin) || cause.given.contains(origin);
                if !cause.near.is_empty() && !named.is_empty() && !named.iter().any(used) {
                    tell(Code::EvidenceForeign, at);
                }
            }
        }
    }
    for (code, at, rule) in told.into_values() {
        let what = script.text.get(at.clone()).unwrap_or_default();
        let args = Args::of("rule", rule).with("what", what);
        let spot = Spot::Range(script.lines.range(&script.file, &at));
        out.push(finding(code, spot, &args));
    }
}

type Names<'w> = Vec<(&'w str, Value<'w>)>;

/// The records of one rule on their way.
struct Flow<'w> {
    functions: &'w [Function],
    levels: &'w BTreeSet<String>,
    steps: u32,
    calls: usize,
    /// How many records have a number.
    records: u32,
    /// The records that the conditions before this point ask about.
    path: Origins<'w>,
    /// Whether this point is reached for each of some records.
    each: bool,
    /// What the current function has returned early.
    returned: Vec<Value<'w>>,
}

impl<'w> Flow<'w> {
    fn function(&mut self, function: &'w Function, inputs: Vec<Value<'w>>) -> Value<'w> {
        if self.calls >= CALLS {
            self.steps = STEPS + 1;
            return Value::default();
        }
        let names = function.parameters.iter().map(|it| it.text.as_str());
        let mut names: Names<'w> = names.zip(inputs).collect();
        let path = self.path.clone();
        let before = std::mem::take(&mut self.returned);
        self.calls += 1;
        let last = self.block(&function.body, &mut names);
        self.calls -= 1;
        self.path = path;
        let early = std::mem::replace(&mut self.returned, before);
        early.into_iter().fold(last, Value::join)
    }

    fn block(&mut self, block: &'w Block, names: &mut Names<'w>) -> Value<'w> {
        let outer = names.len();
        let mut last = Value::default();
        for statement in &block.statements {
            last = Value::default();
            match &statement.kind {
                StatementKind::Expr(expr) => last = self.expr(expr, names),
                StatementKind::Let { name, value } => {
                    let value = value.as_ref().map(|it| self.expr(it, names));
                    names.push((&name.text, value.unwrap_or_default()));
                }
                StatementKind::Assign { target, value, .. } => {
                    let value = self.expr(value, names).under(&self.path);
                    let ExprKind::Name(name) = &target.kind else {
                        continue;
                    };
                    if let Some((_, known)) = names.iter_mut().rfind(|it| it.0 == name) {
                        *known = std::mem::take(known).join(value);
                    }
                }
                StatementKind::Return(value) => {
                    let value = value.as_ref().map(|it| self.expr(it, names));
                    self.returned.extend(value);
                }
                StatementKind::Forbidden { .. } => {}
            }
        }
        names.truncate(outer);
        last
    }

    fn expr(&mut self, expr: &'w Expr, names: &mut Names<'w>) -> Value<'w> {
        self.steps += 1;
        if self.steps > STEPS {
            return Value::default();
        }
        match &expr.kind {
            ExprKind::Name(name) => {
                let known = names.iter().rfind(|it| it.0 == name);
                known.map(|it| it.1.clone()).unwrap_or_default()
            }
            ExprKind::Field { of, .. } => self.expr(of, names),
            ExprKind::Call { name, arguments } => {
                let given = arguments.iter().map(|it| self.expr(it, names)).collect();
                self.call(expr, &name.text, given)
            }
            ExprKind::Method {
                of,
                name,
                arguments,
            } => self.method(of, &name.text, arguments, names),
            ExprKind::Unary { operator, operand } => {
                let value = self.expr(operand, names);
                match operator {
                    Unary::Not => value.together(),
                    Unary::Minus | Unary::Plus => value,
                }
            }
            ExprKind::Binary {
                operator,
                left,
                right,
                ..
            } => {
                let (left, right) = (self.expr(left, names), self.expr(right, names));
                match operator {
                    Binary::Default => left.join(right),
                    // What is taken away from a set gives no ground for what is left.
                    Binary::Subtract => left.join(right.together()).computed(),
                    _ => left.join(right).computed(),
                }
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.expr(condition, names).from;
                self.path.extend(&condition);
                let then = self.block(then, names);
                let otherwise = otherwise.as_ref().map(|it| self.expr(it, names));
                then.join(otherwise.unwrap_or_default()).under(&condition)
            }
            ExprKind::Switch { subject, arms } => {
                let mut condition = self.expr(subject, names).from;
                let mut value = Value::default();
                for arm in arms {
                    let more = arm.condition.as_ref().map(|it| self.expr(it, names).from);
                    condition.extend(more.unwrap_or_default());
                    self.path.extend(&condition);
                    value = value.join(self.expr(&arm.value, names));
                }
                value.under(&condition)
            }
            ExprKind::Block(block) => self.block(block, names),
            ExprKind::Closure { body, .. } => self.expr(body, names).computed(),
            _ => {
                let children = expr.children().into_iter();
                let values = children.map(|child| self.expr(child, names));
                values.fold(Value::default(), Value::join)
            }
        }
    }

    fn call(&mut self, expr: &Expr, name: &str, given: Vec<Value<'w>>) -> Value<'w> {
        let own = |it: &&Function| it.name.text == name && it.parameters.len() == given.len();
        if let Some(function) = self.functions.iter().find(own) {
            return self.function(function, given);
        }
        let value = given
            .into_iter()
            .fold(Value::default(), Value::join)
            .computed();
        if name != "level" && !self.levels.contains(name) {
            return value;
        }
        let cause = Cause {
            at: expr.bytes.clone(),
            from: value.from.clone(),
            near: value.near.clone(),
            given: self.path.union(&value.given).copied().into_set(),
            each: self.each,
            named: Vec::new(),
        };
        Value {
            causes: vec![cause],
            ..value
        }
    }

    fn method(
        &mut self,
        of: &'w Expr,
        name: &str,
        arguments: &'w [Expr],
        names: &mut Names<'w>,
    ) -> Value<'w> {
        let mut value = self.expr(of, names);
        let first = arguments.first();
        if let Some(ExprKind::Closure { parameters, body }) = first.map(|it| &it.kind) {
            let maps = matches!(name, "map" | "flat_map");
            let item = parameters.first().map(|it| it.text.as_str());
            let inside = self.item(item.unwrap_or_default(), body, &value, maps, names);
            return if maps {
                inside.under(&value.from)
            } else {
                let kept = value.under(&inside.from);
                if matches!(name, "any" | "all") {
                    kept.computed()
                } else {
                    kept
                }
            };
        }
        let given: Vec<Value<'w>> = arguments.iter().map(|it| self.expr(it, names)).collect();
        match (name, first) {
            ("because", Some(argument)) => {
                let records = given.into_iter().fold(Value::default(), Value::join).holds;
                for cause in &mut value.causes {
                    cause.named.push((argument.bytes.clone(), records.clone()));
                }
                value
            }
            ("union" | "at_least", _) => value.together(),
            // The rows themselves, found by a record.
            ("during" | "around" | "on_day", _) => {
                let holds = value.holds.clone();
                let rows = given.into_iter().fold(value, Value::join);
                Value { holds, ..rows }
            }
            ("first" | "last" | "take" | "concat", _) => given.into_iter().fold(value, Value::join),
            _ => given.into_iter().fold(value, Value::join).computed(),
        }
    }

    /// What a closure gives for each item of a list.
    fn item(
        &mut self,
        name: &'w str,
        body: &'w Expr,
        list: &Value<'w>,
        maps: bool,
        names: &mut Names<'w>,
    ) -> Value<'w> {
        let (path, each) = (self.path.clone(), self.each);
        let mut item = list.clone();
        if !list.holds.is_empty() {
            self.records += 1;
            let record = Origin::Each(self.records);
            item = Value {
                from: list.from.clone(),
                near: list.near.clone(),
                ..Value::of([record].into())
            };
            item.from.insert(record);
            item.near.insert(record);
            self.each |= maps;
            // Whether it is one of the list's items is a condition on it.
            if !list.given.is_empty() {
                self.path.insert(record);
            }
            self.path.extend(&list.given);
        }
        names.push((name, item));
        let inside = self.expr(body, names);
        names.pop();
        (self.path, self.each) = (path, each);
        inside
    }
}

#[cfg(test)]
mod tests {
    use crate::small::{bundle, pack};
    use longma_compile::world::World;

    /// The findings for the rules of a script.
    fn told(script: &str) -> Vec<String> {
        let bundle = bundle(&[pack("62/2022-01-01", 7, script)]);
        let found = super::findings(&World::new(&bundle));
        found
            .into_iter()
            .map(|it| format!("{}: {}", it.code, it.message.en))
            .collect()
    }

    #[test]
    fn a_cause_made_from_records_names_some() {
        for body in [
            "contacts.map(|c| red(c.at, ()))",
            "contacts.map(|c| red(always()))",
            "contacts.filter(|c| c.kind == \"close\").flat_map(|c| [red(c.at, ()), yellow(c.at, ()).because(c)])",
            "let first = contacts.map(|c| c.at).earliest(); if first == () { () } else { red(since(first)) }",
            "let c = contacts.first(); if c == () { return (); } red(between(c.at, ()) - never())",
            "contacts.map(|c| made(c))",
        ] {
            let script = format!(
                "fn close(contacts) {{ {body} }}\nprivate fn made(c) {{ level(\"red\", c.at, ()) }}"
            );
            let found = told(&script);
            let one = found.len() == 1 && found.iter().all(|it| it.starts_with("evidence-none: "));
            assert!(one, "{body}: {found:?}");
        }
    }

    #[test]
    fn a_record_that_nothing_uses_is_no_evidence() {
        for body in [
            "contacts.map(|c| red(c.at, ()).because(tests))",
            "tests.flat_map(|t| contacts.map(|c| red(c.at, ()).because(t)))",
            "contacts.map(|c| red(c.at, ()).because(c).because(tests.filter(|t| t.result == \"positive\")))",
        ] {
            let found = told(&format!("fn close(contacts, tests) {{ {body} }}"));
            let one =
                found.len() == 1 && found.iter().all(|it| it.starts_with("evidence-foreign: "));
            assert!(one, "{body}: {found:?}");
        }
    }

    #[test]
    fn what_rests_on_no_single_record_and_what_conditions_ask_about_is_not_told() {
        for body in [
            // What is lacking, what records cover together, what another decision says.
            "red(always() - contacts.map(|c| between(c.at, c.at + days(1))).union())",
            "red(!contacts.map(|c| between(c.at, c.at + days(1))).union())",
            "red(contacts.map(|c| between(c.at, c.at + days(1))).at_least(2))",
            "if contacts.is_empty() { red(always()) } else { () }",
            // A record of a condition, of another list, of a step, of an early return.
            "contacts.filter(|c| tests.any(|t| t.at > c.at)).map(|c| red(c.at, ()).because(c).because(tests))",
            "contacts.flat_map(|c| tests.filter(|t| t.at > c.at).map(|t| red(t.at, ()).because(c)))",
            "contacts.flat_map(|c| tests.map(|t| if t.at > c.at { red(t.at, ()).because(c) } else { () }))",
            "contacts.map(|c| made(c.at, c))",
            "let t = tests.find(|t| t.result == \"positive\"); if t == () { return (); } red(t.at, ()).because(t)",
            "let last = tests.map(|t| t.at).latest(); if last == () { () } else { red(last, ()).because(tests.filter(|t| t.at == last)) }",
            "contacts.map(|c| switch c.kind { \"close\" => red(c.at, ()).because(c), _ => () })",
            "contacts.map(|c| { let cause = red(c.at, ()); cause.because(c) })",
            "contacts.concat(contacts).map(|c| red(c.at, ()).because(c))",
            "if tests.len() > 1 { red(always()).because(tests) } else { () }",
        ] {
            let script = format!(
                "fn close(contacts, tests) {{ {body} }}\nprivate fn made(at, c) {{ red(at, ()).because(c) }}"
            );
            assert_eq!(told(&script), Vec::<String>::new(), "{body}");
        }
    }
}
