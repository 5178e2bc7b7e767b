//! Holds the generator of rules to what it promises: nearly all of its packs are well
//! typed, all of the language comes up in them, and most of them decide something.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use longma_compile::texts::{Texts, read};
use longma_compile::world::World;
use longma_core::{Catalogue, References, Request, Severity};
use longma_desk::check::check_texts;
use longma_lang::analysis::Analysis;
use longma_lang::helpers::{Accepts, CONSTRUCTORS, HELPERS, Signature};
use longma_lang::syntax::{Binary, Block, Expr, ExprKind, StatementKind, parse};
use longma_lang::types::Kind;
use longma_tests::scripts::{self, Choices, Example, TABLE};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

const PACKS: u64 = 300;
const DOCUMENTS: u64 = 5;

/// Kinds that can be equal.
const EQUAL: &[&str] = &[
    "text",
    "bool",
    "int",
    "days",
    "elapsed",
    "instant",
    "date",
    "temperature",
    "record",
];
/// Kinds with an order.
const ORDERED: &[&str] = &["int", "days", "elapsed", "instant", "date", "temperature"];
/// Other operators, each with the kinds of its two sides.
const COMBINED: &[(Binary, &[(&str, &str)])] = &[
    (
        Binary::Add,
        &[
            ("instant", "elapsed"),
            ("instant", "days"),
            ("date", "days"),
            ("elapsed", "elapsed"),
            ("days", "days"),
            ("int", "int"),
        ],
    ),
    (
        Binary::Subtract,
        &[
            ("instant", "elapsed"),
            ("instant", "days"),
            ("instant", "instant"),
            ("date", "date"),
            ("date", "days"),
            ("elapsed", "elapsed"),
            ("days", "days"),
            ("int", "int"),
            ("when", "when"),
        ],
    ),
    (
        Binary::Multiply,
        &[("elapsed", "int"), ("days", "int"), ("int", "int")],
    ),
    (Binary::Union, &[("when", "when"), ("bool", "bool")]),
    (Binary::Both, &[("when", "when"), ("bool", "bool")]),
    (Binary::Xor, &[("bool", "bool")]),
    (Binary::And, &[("bool", "bool")]),
    (Binary::Or, &[("bool", "bool")]),
    (Binary::Divide, &[("int", "int")]),
    (Binary::Remainder, &[("int", "int")]),
];

/// What the language has that is neither a helper nor an operator on two kinds.
const SHAPES: &[&str] = &[
    "if as a statement",
    "if as a value",
    "else if",
    "switch as a statement",
    "switch as a value",
    "switch with a condition",
    "let",
    "=",
    "+=",
    "-=",
    "*=",
    "return",
    "return in a closure",
    "closure in a closure",
    "closure with a block",
    "closure that captures",
    "private function",
    "list",
    "?.",
    "! bool",
    "! when",
    "- int",
];

/// What came up so far, and how often.
#[derive(Default)]
struct Seen(BTreeMap<String, usize>);

impl Seen {
    fn note(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    fn texts(&mut self, texts: &Texts) {
        let bundle = read(texts).bundle;
        let world = World::new(&bundle);
        for (path, text) in texts {
            let Some(decision) = path
                .strip_suffix(".rhai")
                .and_then(|p| p.rsplit('/').next())
            else {
                continue;
            };
            let analysis = world.analyse(0, decision);
            for function in &parse(text).script.functions {
                self.note(if function.private {
                    "private function"
                } else {
                    "rule"
                });
                self.block(&function.body, false);
                function
                    .body
                    .walk(&mut |expr| self.expr(expr, &analysis, text));
            }
        }
    }

    fn block(&mut self, block: &Block, in_closure: bool) {
        for statement in &block.statements {
            match &statement.kind {
                StatementKind::Let { .. } => self.note("let"),
                StatementKind::Assign { operator, .. } => self.note(operator.text.clone()),
                StatementKind::Return(_) if in_closure => self.note("return in a closure"),
                StatementKind::Return(_) => self.note("return"),
                StatementKind::Expr(expr) => match expr.kind {
                    ExprKind::If { .. } => self.note("if as a statement"),
                    ExprKind::Switch { .. } => self.note("switch as a statement"),
                    _ => {}
                },
                StatementKind::Forbidden { .. } => panic!("the profile has no loops"),
            }
        }
    }

    fn expr(&mut self, expr: &Expr, analysis: &Analysis, text: &str) {
        for child in expr.children() {
            match child.kind {
                ExprKind::If { .. } if matches!(expr.kind, ExprKind::If { .. }) => {
                    self.note("else if");
                }
                ExprKind::If { .. } => self.note("if as a value"),
                ExprKind::Switch { .. } => self.note("switch as a value"),
                _ => {}
            }
        }
        match &expr.kind {
            ExprKind::Call { name, arguments } => {
                let all: Vec<&Expr> = arguments.iter().collect();
                self.call(&name.text, &all, analysis);
            }
            ExprKind::Method {
                of,
                name,
                arguments,
            } => {
                let all: Vec<&Expr> = std::iter::once(&**of).chain(arguments).collect();
                self.call(&name.text, &all, analysis);
            }
            ExprKind::Unary { operator, operand } => {
                for kind in kinds(analysis, operand) {
                    self.note(format!("{} {}", operator.sign(), kind.name()));
                }
            }
            ExprKind::Binary {
                operator,
                left,
                right,
                ..
            } => {
                for a in kinds(analysis, left) {
                    for b in kinds(analysis, right) {
                        self.note(pair(*operator, a.name(), b.name()));
                    }
                }
            }
            ExprKind::Closure { parameters, body } => self.closure(parameters, body),
            ExprKind::Switch { arms, .. } => {
                for arm in arms {
                    if arm.condition.is_some() {
                        self.note("switch with a condition");
                    }
                }
            }
            ExprKind::If { then, .. } => self.block(then, false),
            ExprKind::Block(block) => self.block(block, false),
            ExprKind::List(_) => self.note("list"),
            ExprKind::Field { of, name } => {
                let between = text.get(of.bytes.end..name.bytes.start).unwrap();
                if between.contains('?') {
                    self.note("?.");
                }
            }
            _ => {}
        }
    }

    fn closure(&mut self, parameters: &[longma_lang::syntax::Name], body: &Expr) {
        let mut bound: BTreeSet<&str> = parameters.iter().map(|it| it.text.as_str()).collect();
        body.walk(&mut |inner| match &inner.kind {
            ExprKind::Closure { parameters, .. } => {
                bound.extend(parameters.iter().map(|it| it.text.as_str()));
                self.note("closure in a closure");
            }
            ExprKind::If { then, .. } => self.block(then, true),
            _ => {}
        });
        if let ExprKind::Block(block) = &body.kind {
            self.note("closure with a block");
            for statement in &block.statements {
                if let StatementKind::Let { name, .. } = &statement.kind {
                    bound.insert(&name.text);
                }
            }
        }
        body.walk(&mut |inner| {
            if let ExprKind::Name(name) = &inner.kind
                && !bound.contains(name.as_str())
            {
                self.note("closure that captures");
            }
        });
    }

    fn call(&mut self, name: &str, arguments: &[&Expr], analysis: &Analysis) {
        let named = HELPERS.iter().filter(|way| way.name == name);
        for way in named.filter(|way| fits(way, arguments, analysis)) {
            self.note(signature(way));
        }
        let levels = ["calm", "watch", "alarm", "open", "limited", "shut"];
        if levels.contains(&name) {
            for way in CONSTRUCTORS
                .iter()
                .filter(|way| fits(way, arguments, analysis))
            {
                self.note(signature(way));
            }
        }
    }
}

fn pair(operator: Binary, left: &str, right: &str) -> String {
    format!("{left} {} {right}", operator.sign())
}

fn signature(way: &Signature) -> String {
    let name = if way.name.is_empty() {
        "<level>"
    } else {
        way.name
    };
    let takes: Vec<String> = way
        .takes
        .iter()
        .map(|slot| format!("{:?}", slot.accepts))
        .collect();
    format!("{name}({})", takes.join(", "))
}

/// The kinds that an expression can have; unknown ones are none.
fn kinds<'a>(analysis: &'a Analysis, expr: &Expr) -> &'a [Kind] {
    analysis.types.get(&expr.id).map_or(&[], |it| it.kinds())
}

/// Whether arguments can be of the kinds that tell one signature of a name from another.
fn fits(way: &Signature, arguments: &[&Expr], analysis: &Analysis) -> bool {
    let one = |(accepts, expr): (Accepts, &&Expr)| {
        let wanted = match accepts {
            Accepts::Instant => "instant",
            Accepts::Date => "date",
            Accepts::When => "when",
            Accepts::List => "list",
            Accepts::Absent => "absent",
            _ => return true,
        };
        kinds(analysis, expr)
            .iter()
            .any(|kind| kind.name() == wanted)
    };
    let slots = way.takes.iter().map(|slot| slot.accepts);
    way.takes.len() == arguments.len() && slots.zip(arguments).all(one)
}

/// Everything that must come up.
fn wanted() -> BTreeSet<String> {
    let mut all: BTreeSet<String> = SHAPES.iter().map(|it| (*it).to_owned()).collect();
    all.extend(HELPERS.iter().chain(CONSTRUCTORS).map(signature));
    for kind in EQUAL {
        for operator in [Binary::Equal, Binary::Unequal] {
            all.insert(pair(operator, kind, kind));
        }
        all.insert(pair(Binary::In, kind, "list"));
        all.insert(pair(Binary::NotIn, kind, "list"));
        // Every kind is found absent, and given a value instead.
        if *kind != "record" {
            all.insert(pair(Binary::Default, kind, kind));
        }
    }
    for kind in EQUAL.iter().chain(&["list"]) {
        for operator in [Binary::Equal, Binary::Unequal] {
            if *kind != "bool" {
                all.insert(pair(operator, kind, "absent"));
            }
        }
    }
    for kind in ORDERED {
        for operator in [
            Binary::Less,
            Binary::LessEqual,
            Binary::Greater,
            Binary::GreaterEqual,
        ] {
            all.insert(pair(operator, kind, kind));
        }
    }
    for (operator, kinds) in COMBINED {
        all.extend(
            kinds
                .iter()
                .map(|(left, right)| pair(*operator, left, right)),
        );
    }
    all
}

/// What the evaluations gave.
#[derive(Debug, Default)]
struct Tally {
    refused: u64,
    evaluated: u64,
    with_a_cause: u64,
    with_a_fault: u64,
}

impl Tally {
    fn evaluate(&mut self, catalogue: &Catalogue, choices: &mut Choices<'_>) {
        let facts = scripts::facts(choices).to_string();
        let rows = scripts::rows(choices);
        let mut references = References::none();
        references.insert(catalogue.read_reference(TABLE, &rows).unwrap());
        let request = Request {
            references: Some(&references),
            ..Request::default()
        };
        let outcome = catalogue.evaluate(&facts, request).unwrap();
        self.evaluated += 1;
        let mut decisions = outcome.decisions().values();
        let caused = decisions.any(|it| !it.timeline().causes().is_empty());
        self.with_a_cause += u64::from(caused);
        let mut problems = outcome.problems().iter();
        let failed = problems.any(|it| it.code.as_str().starts_with("rule-"));
        self.with_a_fault += u64::from(failed);
    }
}

fn is_sound(texts: &Texts) -> bool {
    let found = check_texts(texts).findings;
    found.iter().all(|it| it.severity != Severity::Error)
}

#[test]
fn generated_packs_are_well_typed_use_everything_and_decide() {
    let mut seen = Seen::default();
    let mut tally = Tally::default();
    for seed in 0..PACKS {
        let choices = &mut Choices::of_seed(seed);
        let texts = scripts::texts(choices);
        if !is_sound(&texts) {
            tally.refused += 1;
            continue;
        }
        seen.texts(&texts);
        let catalogue = longma_oracle::load(&read(&texts).bundle).unwrap();
        for _ in 0..DOCUMENTS {
            tally.evaluate(&catalogue, choices);
        }
    }
    let mut wanted = wanted();
    wanted.retain(|what| !seen.0.contains_key(what));
    assert!(wanted.is_empty(), "never came up: {wanted:?}");
    assert!(tally.refused * 20 <= PACKS, "{tally:?}");
    assert!(tally.with_a_cause * 10 >= tally.evaluated * 6, "{tally:?}");
    assert!(tally.with_a_fault * 100 >= tally.evaluated * 3, "{tally:?}");
}

#[test]
fn the_same_choices_give_the_same_pack_and_no_choices_the_smallest() {
    fn draw(bytes: &[u8]) -> (Texts, Json, String) {
        let example = Example::draw(&mut Choices::of_bytes(bytes));
        (example.texts, example.facts, example.rows)
    }
    let bytes: Vec<u8> = (0..=255).rev().collect();
    assert_eq!(draw(&bytes), draw(&bytes));
    let (texts, ..) = draw(&[]);
    assert!(is_sound(&texts));
    let size = |texts: &Texts| texts.values().map(String::len).sum::<usize>();
    assert!(size(&texts) <= size(&draw(&bytes).0));
    // The same byte again and again takes the same turn everywhere, and still comes to an end.
    for byte in 0..=255 {
        draw(&[byte; 6_000]);
    }
}

#[test]
fn a_failing_example_shrinks_to_what_matters() {
    // A rule of a large pack gives a cause with evidence.
    let gives = |example: &Example| {
        if !is_sound(&example.texts) {
            return false;
        }
        let Ok(catalogue) = longma_oracle::load(&read(&example.texts).bundle) else {
            return false;
        };
        let outcome = catalogue.evaluate(&example.facts.to_string(), Request::default());
        outcome.is_ok_and(|it| {
            let mut decisions = it.decisions().values();
            decisions.any(|it| {
                it.timeline()
                    .causes()
                    .iter()
                    .any(|c| !it.evidence(c).is_empty())
            })
        })
    };
    let example = (0..PACKS)
        .map(|seed| Example::draw(&mut Choices::of_seed(seed)))
        .find(gives)
        .unwrap();
    let small = scripts::shrink(example, gives);
    assert!(gives(&small));
    let functions = small
        .scripts()
        .map(|(_, text)| parse(text).script.functions.len());
    // The rule, and at most one function that it calls.
    assert!(functions.sum::<usize>() <= 2, "{:?}", small.texts);
    assert_eq!(small.rows.lines().count(), 1);
}
