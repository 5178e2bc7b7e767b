//! What no rule needs is dropped; what is left stands before what needs it, and means
//! what it meant.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use super::compact;
use crate::lower::graph::Graph;
use crate::optimise::Step;
use crate::tiny::{after, compiled, rule};
use longma_core::columns::Texts;
use longma_core::program::{
    Condition, End, Entry, How, Kernel, NONE, Op, Program, Site, Take, Tells,
};
use std::sync::Arc;

fn graph() -> Graph {
    Graph::new(Arc::new(Texts::new(Vec::new())), vec!["areas".to_owned()])
}

fn entry(fast: u32, exact: u32) -> Entry {
    Entry {
        fast,
        exact,
        earlier: Vec::new(),
        reach: 0,
    }
}

fn site(graph: &mut Graph, name: &str) -> Site {
    Site {
        line: 3,
        column: 4,
        name: graph.name(name),
        tells: Tells::Kinds,
        kinds: Vec::new(),
        doubtful: true,
    }
}

fn is_in_order(program: &Program) -> bool {
    let mut ops = program.ops.iter().enumerate();
    ops.all(|(at, op)| {
        let mut sound = true;
        program.each_operand(*op, |operand| sound &= (operand as usize) < at);
        sound
    })
}

#[test]
fn what_no_rule_needs_is_gone_with_its_lists_names_and_operands() {
    let mut from = graph();
    let unused = from.list(&[7, 8, 9]);
    let unused = from.add(unused);
    let place = site(&mut from, "unused");
    from.add_at(Op::Need(unused), place);
    let used = from.list(&[1, 2]);
    let used = from.add(used);
    let place = site(&mut from, "used");
    let root = from.add_at(Op::Need(used), place);
    from.entry(entry(NONE, root));
    let to = compact(&from.program);
    assert_eq!(to.ops, [Op::List(0, 2), Op::Need(0)]);
    assert_eq!(to.lists, [1, 2]);
    assert_eq!(to.names, ["used"]);
    // The place of the operation is found by its new number.
    assert_eq!(to.site(1).unwrap().line, 3);
    assert_eq!(to.entries[0].exact, 1);
    assert_eq!(to.entries[0].fast, NONE);
}

#[test]
fn kernels_keep_their_list_conditions_rest_and_take_in_order() {
    let mut from = graph();
    // Numbers that change when the first is dropped.
    from.add(Op::Word(99));
    let list = from.add(Op::Section(0));
    let [five, six] = [5, 6].map(|word| from.add(Op::Word(word)));
    let test = from.add(Op::Item(2, 1));
    let take = from.add(Op::Item(2, 3));
    let condition = |field: u32, how: How, with: u32| Condition { field, how, with };
    let kernel = Kernel {
        end: End::Least,
        of: list,
        slot: 2,
        conditions: (0, 0),
        test,
        take: Take::Op(take),
    };
    let conditions = [condition(0, How::Equal, six), condition(4, How::Less, five)];
    let op = from.kernel(kernel, &conditions);
    let root = from.add(op);
    from.entry(entry(root, root));
    let to = compact(&from.program);
    let kernel = to.kernels[0];
    let conditions = to.conditions_of(&kernel);
    assert_eq!(to.op(kernel.of), Some(Op::Section(0)));
    let with: Vec<_> = conditions
        .iter()
        .map(|it| (it.field, it.how, to.op(it.with)))
        .collect();
    assert_eq!(
        with,
        [
            (0, How::Equal, Some(Op::Word(6))),
            (4, How::Less, Some(Op::Word(5)))
        ]
    );
    assert_eq!(to.op(kernel.test), Some(Op::Item(2, 1)));
    let Take::Op(take) = kernel.take else {
        panic!("{:?}", kernel.take)
    };
    assert_eq!(to.op(take), Some(Op::Item(2, 3)));
    assert!(is_in_order(&to));
}

#[test]
fn every_rule_keeps_its_number_and_a_compiled_pack_is_in_order() {
    let compiled = compiled(
        r#"
fn a(tests) { tests.filter(|t| t.kind == "bad").map(|t| red(t.at, t.told)) }
fn b(tests) { tests.filter(|t| t.kind == "bad").map(|t| yellow(t.at, t.told)) }
"#,
    );
    assert!(is_in_order(&compiled.program));
    assert_eq!(compiled.program.entries.len(), 2);
    let numbers: Vec<usize> = ["a", "b"].map(|name| rule(&compiled, name).1.entry).into();
    assert_ne!(numbers[0], numbers[1]);
    // Bodies were given these numbers before.
    assert_eq!(compiled.program.cells, compiled.steps.program.cells);
    // The whole is smaller than what the steps left behind.
    assert!(compiled.program.ops.len() < compiled.steps.program.ops.len());
}

#[test]
fn the_form_that_runs_is_that_of_the_last_step() {
    let script = r"
fn r(tests, params) {
    let others = tests;
    tests.map(|t| red(t.at, others.filter(|o| o.at > t.at + params.wait).map(|o| o.told).earliest()))
}";
    let compiled = compiled(script);
    let (plan, found) = rule(&compiled, "r");
    let last = after(Step::Kernels, "r", script);
    let runs = crate::listing::fast(&compiled, plan, found).unwrap();
    assert_eq!(runs, last);
}
