//! Compares our syntax tree of a script with Rhai's own. Functions, expressions and
//! nesting must be the same, for every rule of the project and for a list of snippets
//! that cover the corners of the grammar.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use longma_lang::syntax::{ExprKind, format, lex, parse, print};
use longma_tests::loaded;
use proptest::prelude::*;
use rhai::{AST, ASTNode, Engine, Expr, FnAccess, OptimizationLevel, Stmt};

/// How a `switch` begins.
const SWITCH: &str = "switch ";

/// Rhai's tree in the form of [`print`].
struct Rhai<'a>(&'a AST);

impl Rhai<'_> {
    fn functions(&self) -> Vec<String> {
        let functions = self.0.iter_functions();
        functions
            .filter(|function| !function.name.starts_with("anon$"))
            .map(|function| {
                let private = match function.access {
                    FnAccess::Private => "private ",
                    _ => "",
                };
                let (name, parameters) = (function.name, function.params.join(", "));
                let body = self.body(name).join("; ");
                format!("{private}fn {name}({parameters}) {{ {body} }}")
            })
            .collect()
    }

    /// The statements of a function. Rhai gives no access to a body, but walking a tree with
    /// only that function does.
    fn body(&self, name: &str) -> Vec<String> {
        let mut alone = self.0.clone();
        alone.retain_functions(|_, _, found, _| found == name);
        let mut statements = Vec::new();
        alone.walk(&mut |path: &[ASTNode]| {
            if let [ASTNode::Stmt(statement)] = path
                && !matches!(statement, Stmt::Share(_) | Stmt::Noop(_))
            {
                statements.push(self.statement(statement));
            }
            true
        });
        statements
    }

    fn block(&self, statements: &[Stmt]) -> String {
        let statements: Vec<String> = statements
            .iter()
            .filter(|statement| !matches!(statement, Stmt::Share(_) | Stmt::Noop(_)))
            .map(|statement| self.statement(statement))
            .collect();
        format!("{{ {} }}", statements.join("; "))
    }

    fn statement(&self, statement: &Stmt) -> String {
        match statement {
            Stmt::Var(var, ..) => format!("let {} = {}", var.0.name, self.expr(&var.1)),
            Stmt::Return(None, ..) => "return ()".to_owned(),
            Stmt::Return(Some(value), ..) => format!("return {}", self.expr(value)),
            Stmt::Expr(expr) => self.expr(expr),
            Stmt::FnCall(call, _) => self.call(call),
            Stmt::Block(block) => self.block(block.statements()),
            Stmt::If(parts, _) => {
                let otherwise = match parts.branch.statements() {
                    [] => String::new(),
                    // An explicit block after `else` is one extra statement.
                    [Stmt::Block(block)] => format!(" else {}", self.block(block.statements())),
                    statements => format!(" else {}", self.block(statements)),
                };
                let then = self.block(parts.body.statements());
                format!("if {} {then}{otherwise}", self.expr(&parts.expr))
            }
            Stmt::Assignment(parts) => {
                let (operator, sides) = &**parts;
                let sign = match operator.get_op_assignment_info() {
                    Some((_, _, _, sign, _, _)) => sign.to_owned(),
                    None => "=".to_owned(),
                };
                format!("{} {sign} {}", self.expr(&sides.lhs), self.expr(&sides.rhs))
            }
            // Rhai's tree keeps only hashes of the labels, so the contents are left out.
            Stmt::Switch(..) => SWITCH.to_owned(),
            other => panic!("not a statement of the profile: {other:?}"),
        }
    }

    fn list(&self, items: &[Expr]) -> String {
        let items: Vec<String> = items.iter().map(|item| self.expr(item)).collect();
        items.join(", ")
    }

    fn chained(&self, signs: &[Expr], sign: &str) -> String {
        let mut items = signs.iter().map(|item| self.expr(item));
        let first = items.next().unwrap_or_default();
        items.fold(first, |left, right| format!("({left} {sign} {right})"))
    }

    fn call(&self, call: &rhai::FnCallExpr) -> String {
        match (&call.op_token, &call.args[..]) {
            // Rhai turns `a in b` into `b.contains(a)`.
            (None, [list, item]) if call.name == "contains" => {
                format!("({} in {})", self.expr(item), self.expr(list))
            }
            (Some(_), [one]) => format!("{}({})", call.name, self.expr(one)),
            (Some(_), [left, right]) => {
                format!("({} {} {})", self.expr(left), call.name, self.expr(right))
            }
            _ => format!("{}({})", call.name, self.list(&call.args)),
        }
    }

    fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Unit(_) => "()".to_owned(),
            Expr::BoolConstant(truth, _) => truth.to_string(),
            Expr::IntegerConstant(value, _) => value.to_string(),
            Expr::StringConstant(text, _) => format!("{:?}", text.as_str()),
            Expr::CharConstant(text, _) => format!("{:?}", text.to_string()),
            Expr::Array(items, _) => format!("[{}]", self.list(items)),
            Expr::Variable(variable, ..) => variable.1.to_string(),
            Expr::FnCall(call, _) => self.call(call),
            Expr::And(items, _) => self.chained(items, "&&"),
            Expr::Or(items, _) => self.chained(items, "||"),
            Expr::Coalesce(items, _) => self.chained(items, "??"),
            Expr::Dot(sides, ..) | Expr::Index(sides, ..) => {
                self.link(&self.expr(&sides.lhs), expr)
            }
            Expr::DynamicConstant(value, _) => self.closure(&value.to_string(), 0),
            Expr::Stmt(block) => match block.statements() {
                // A closure with captures: `curry(closure, names…)`.
                [Stmt::Share(captured), Stmt::Expr(curry)] => {
                    let Expr::FnCall(call, _) = &**curry else {
                        panic!("not a closure: {curry:?}")
                    };
                    let Expr::DynamicConstant(value, _) = &call.args[0] else {
                        panic!("not a closure: {call:?}")
                    };
                    self.closure(&value.to_string(), captured.len())
                }
                [statement @ (Stmt::If(..) | Stmt::Switch(..))] => self.statement(statement),
                statements => self.block(statements),
            },
            other => panic!("not an expression of the profile: {other:?}"),
        }
    }

    /// Rhai nests `a.b().c` to the right; this prints it from the left.
    fn link(&self, of: &str, chain: &Expr) -> String {
        let (right, index) = match chain {
            Expr::Dot(sides, ..) => (&sides.rhs, false),
            Expr::Index(sides, ..) => (&sides.rhs, true),
            other => panic!("not a chain: {other:?}"),
        };
        let step = |step: &Expr| match step {
            step if index => format!("{of}[{}]", self.expr(step)),
            Expr::Property(property, _) => format!("{of}.{}", property.2),
            Expr::MethodCall(call, _) => {
                format!("{of}.{}({})", call.name, self.list(&call.args))
            }
            other => panic!("not a step of a chain: {other:?}"),
        };
        match right {
            Expr::Dot(sides, ..) | Expr::Index(sides, ..) => self.link(&step(&sides.lhs), right),
            last => step(last),
        }
    }

    fn closure(&self, pointer: &str, captured: usize) -> String {
        let mut functions = self.0.iter_functions();
        let function = functions
            .find(|it| it.name.starts_with("anon$") && pointer.contains(it.name))
            .unwrap();
        let names: Vec<&str> = function.params.iter().skip(captured).copied().collect();
        let body = match self.body(function.name).as_slice() {
            [one] => one.clone(),
            several => format!("{{ {} }}", several.join("; ")),
        };
        format!("|{}| {body}", names.join(", "))
    }
}

fn rhai(text: &str) -> Result<Vec<String>, rhai::ParseError> {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(48, 48);
    let ast = engine.compile(text)?;
    let mut lines = Rhai(&ast).functions();
    lines.sort();
    Ok(lines)
}

fn ours(text: &str) -> Vec<String> {
    let parsed = parse(text);
    assert_eq!(parsed.errors, [], "{text}");
    let mut lines: Vec<String> = print(&parsed.script).lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Reduces functions with a `switch` to their name and the fact that they have one.
fn without_switch(functions: Vec<String>) -> Vec<String> {
    let told = functions.into_iter().map(|line| {
        let name = line.split('(').next().unwrap_or_default().to_owned();
        if line.contains(SWITCH) {
            format!("{name} {SWITCH}")
        } else {
            line
        }
    });
    told.collect()
}

#[track_caller]
fn agree(text: &str) {
    match rhai(text) {
        Ok(theirs) => {
            let (ours, theirs) = (without_switch(ours(text)), without_switch(theirs));
            assert_eq!(ours, theirs, "{text}");
        }
        Err(error) => panic!("{error}: {text}"),
    }
}

#[test]
fn every_rule_of_the_project_is_read_as_rhai_reads_it() {
    let loaded = loaded();
    let scripts = loaded
        .bundle
        .packs
        .iter()
        .flat_map(|pack| pack.scripts.values());
    let mut count = 0;
    for script in scripts {
        // `until` is a keyword in Rhai but an ordinary name in our rules.
        agree(&script.replace("until", "till"));
        count += 1;
    }
    assert!(count >= 9, "{count} scripts");
}

#[test]
fn every_rule_of_the_project_has_the_form() {
    for pack in &loaded().bundle.packs {
        for (decision, text) in &pack.scripts {
            let own = longma_lang::syntax::written(text);
            assert_eq!(format(own).as_deref(), Some(own), "{} {decision}", pack.id);
        }
    }
}

#[test]
fn each_corner_of_the_grammar_is_read_as_rhai_reads_it() {
    for body in [
        "a || b && c == d",
        "a | b & c ^ d",
        "a == b in c < d ?? e + f * g",
        "a - b - c",
        "2 ** 3 ** 4",
        "a << b + c",
        "!a.b && !(a == b)",
        "-a.b + -3 - -x",
        "a.b.c(d).e[f].g(h, i)",
        "a[0].b",
        "(a + b).c()",
        "[a, [b], 1]",
        "[]",
        "if a { b } else if c { d } else { e }",
        "if a { b }",
        "let x = if a { b } else { c }; x",
        "let x = 1; x += 2; x = x * 3; return x;",
        "return;",
        "return ()",
        "f(|x| x.y == z)",
        "f(|x, y| { let z = x; z + y })",
        "f(|| 1)",
        "a.filter(|x| x in b).map(|x| x.c)",
        "a.filter(|x| if x { y } else { z })",
        "\"a\\\"b\\n\" + 'c'",
        "{ let x = 1; x }",
        "a; b; c",
        "if a { b; } c",
        "f(a,)",
        "a\n  .b()\n  .c",
        "true && false || a",
        "a != b || a <= b || a >= b || a > b",
        "0x1F + 1_000",
    ] {
        agree(&format!(
            "fn f(a, b, c, d, e, f, g, h, i, x, y, z) {{ {body} }}"
        ));
    }
    agree("private fn a() { 1 } fn b(x,) { a() }");
}

#[test]
fn a_block_has_its_last_statement_s_value_whether_a_semicolon_follows_or_not() {
    let engine = Engine::new_raw();
    assert_eq!(engine.eval::<i64>("{ 5; }").unwrap(), 5);
    assert_eq!(engine.eval::<i64>("fn f() { 5; } f()").unwrap(), 5);
}

#[test]
fn after_an_error_the_rest_is_still_read() {
    let text =
        "fn a(x) { let = 3; x.y }\nfn b(x) { x.( }\nfn c( { 1 }\nfn d(x) { x. }\nfn e() { 5 }";
    let parsed = parse(text);
    let names: Vec<&str> = parsed
        .script
        .functions
        .iter()
        .map(|f| f.name.text.as_str())
        .collect();
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    assert!(parsed.errors.len() >= 4, "{:?}", parsed.errors);
}

#[test]
fn a_field_not_written_yet_is_a_field_with_an_empty_name() {
    let parsed = parse("fn a(tests) { tests.filter(|t| t.) }");
    let mut empty = 0;
    parsed.script.functions[0].body.walk(&mut |expr| {
        if let ExprKind::Field { name, .. } = &expr.kind {
            assert_eq!(name.text, "");
            assert_eq!(name.bytes, 33..33);
            empty += 1;
        }
    });
    assert_eq!(empty, 1);
}

#[test]
fn nesting_without_end_is_an_error_and_not_a_crash() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("!", ""),
        ("|x| ", ""),
        ("if a { b } else ", ""),
    ] {
        let text = format!(
            "fn f() {{ {}1{} }}",
            open.repeat(100_000),
            close.repeat(100_000)
        );
        assert!(!parse(&text).errors.is_empty(), "{open}");
    }
    for link in [".a", "[0]", ".a()", " + a", " && a", " ?? a"] {
        let text = format!("fn f() {{ a{} }}", link.repeat(100_000));
        assert!(!parse(&text).errors.is_empty(), "{link}");
    }
}

/// A script with other spaces around its tokens; its lines stay lines.
fn spaced(text: &str, draws: &[u8]) -> String {
    let lexed = lex(text);
    let tokens = lexed.tokens.iter().map(|it| it.bytes.clone());
    let comments = lexed.comments.iter().map(|it| it.bytes.clone());
    let mut parts: Vec<_> = tokens.chain(comments).collect();
    parts.sort_by_key(|it| it.start);
    let mut draws = draws.iter().cycle();
    let mut out = String::new();
    let mut end = 0;
    for part in parts {
        let gap = &text[end..part.start];
        let spaces = usize::from(draws.next().unwrap() % 5);
        match gap.matches('\n').count() {
            0 if gap.is_empty() => {}
            0 => out.push_str(&" ".repeat(spaces + 1)),
            lines => {
                out.push_str(&"\n".repeat(lines));
                out.push_str(&" ".repeat(spaces));
            }
        }
        out.push_str(&text[part.clone()]);
        end = part.end;
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Pieces of rules in any order cause no crash, and every place lies inside the text.
    #[test]
    fn a_script_in_any_form_gets_the_one_form_and_says_the_same(
        pick in any::<prop::sample::Index>(),
        draws in prop::collection::vec(any::<u8>(), 1..60),
    ) {
        let packs = &loaded().bundle.packs;
        let scripts: Vec<&String> = packs.iter().flat_map(|it| it.scripts.values()).collect();
        let text = longma_lang::syntax::written(scripts[pick.index(scripts.len())]);
        let other = spaced(text, &draws);
        let formed = format(&other).unwrap();
        prop_assert_eq!(print(&parse(&formed).script), print(&parse(text).script));
        prop_assert_eq!(format(&formed), Some(formed.clone()));
    }

    #[test]
    fn any_text_is_read(pieces in prop::collection::vec(
        prop::sample::select(vec![
            "fn ", "private ", "a", "b", "(", ")", "{", "}", "[", "]", "|", "||", ".", ",", ";", "=", "==", "=>",
            "let ", "if ", "else ", "switch ", "_", "return ", "while ", "for ", "in ", "\"", "'", "`", "${", "1", "1.5",
            "()", "#{", ":", "??", "?.", "!", "-", "+", "/*", "*/", "//", "///", "\n", "中", "\u{202e}", "\\",
        ]), 0..60)) {
        let text = pieces.concat();
        let parsed = parse(&text);
        for error in &parsed.errors {
            prop_assert!(text.get(error.bytes.clone()).is_some());
        }
        for function in &parsed.script.functions {
            function.body.walk(&mut |expr| assert!(text.get(expr.bytes.clone()).is_some()));
        }
    }
}
