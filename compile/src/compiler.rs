//! The compiler as what reads scripts and makes bodies of their rules.

use crate::code::Code;
use crate::lower::graph::Graph;
use crate::lower::{Lower, Refused, Setting, Why, texts_of, texts_of_value};
use crate::manifest::Bundle;
use crate::optimise::{Steps, in_steps, optimise};
use crate::script::{Function, Interpreter, Meaning, Script};
use longma_core::body::Body;
use longma_core::columns::Texts;
use longma_core::machine::Compiled;
use longma_core::order;
use longma_core::program::{Entry, NONE, Program};
use longma_core::{Args, Place, Problem, Problems, Schema};
use longma_lang::script;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

/// Compiles the rules of one bundle into one program.
#[derive(Debug)]
pub(crate) struct Compiler(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    graph: RefCell<Graph>,
    /// Filled when all rules are compiled.
    program: Arc<OnceLock<Program>>,
    levels: BTreeSet<Arc<str>>,
}

/// A script as the compiler keeps it.
#[derive(Debug)]
struct Parsed<'a> {
    script: script::Script<'a>,
    functions: Vec<Function>,
    compiler: Rc<Inner>,
}

impl Compiler {
    /// A compiler for the rules of `bundle`.
    pub(crate) fn new(bundle: &Bundle) -> Self {
        let levels = bundle.levels();
        let mut texts: Vec<Arc<str>> = levels.iter().cloned().collect();
        for pack in &bundle.packs {
            for text in pack.scripts.values() {
                texts_of(&script::Script::read("", text), &mut texts);
            }
            for param in pack.manifest.params.values() {
                if let Ok(value) = param.typed() {
                    texts_of_value(&value, &mut texts);
                }
            }
        }
        for text in bundle.schemas.values().chain(bundle.references.values()) {
            if let (Some(schema), _) = Schema::read_partly(text, "") {
                Texts::add_enums(&mut texts, &schema);
            }
        }
        let tables = bundle.references.keys().cloned().collect();
        Self(Rc::new(Inner {
            graph: RefCell::new(Graph::new(Arc::new(Texts::new(texts)), tables)),
            program: Arc::default(),
            levels,
        }))
    }

    /// Makes the fast forms; the rules can run then.
    pub(crate) fn finish(self) -> Arc<OnceLock<Program>> {
        let graph = self.0.graph.take();
        let program = optimise(graph);
        let _ = self.0.program.set(program);
        Arc::clone(&self.0.program)
    }

    /// Like [`finish`](Self::finish), and keeps what each step of the optimiser made.
    pub(crate) fn finish_in_steps(self) -> (Arc<Program>, Steps) {
        let (program, steps) = in_steps(self.0.graph.take());
        let _ = self.0.program.set(program.clone());
        (Arc::new(program), steps)
    }
}

impl<'a> Interpreter<'a> for Compiler {
    fn read(&self, text: &'a str, file: &str) -> Result<Rc<dyn Script + 'a>, Problems> {
        let script = script::Script::read(file, text);
        let mut problems = Problems::default();
        let place = |byte: usize| {
            let range = script.lines.range(file, &(byte..byte));
            Place::file(&range.file, range.start.line, range.start.column)
        };
        for error in &script.parsed.errors {
            problems.push(Problem::new(Code::ScriptSyntax, place(error.bytes.start)));
        }
        for statement in &script.parsed.script.statements {
            let at = place(statement.bytes.start);
            problems.push(Problem::new(Code::ScriptStatement, at));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let functions = &script.parsed.script.functions;
        let rules = functions.iter().filter(|function| !function.private);
        let mut rules: Vec<Function> = rules
            .map(|function| Function {
                name: function.name.text.clone(),
                parameters: function
                    .parameters
                    .iter()
                    .map(|it| it.text.clone())
                    .collect(),
                source: function.docs.iter().find_map(|line| {
                    let key = line.text.trim().strip_prefix("source:")?;
                    Some(key.trim().to_owned())
                }),
                line: script.lines.position(function.bytes.start).line,
            })
            .collect();
        order::sort_by(&mut rules, |a, b| a.name.cmp(&b.name));
        Ok(Rc::new(Parsed {
            script,
            functions: rules,
            compiler: Rc::clone(&self.0),
        }))
    }

    fn texts(&self) -> Vec<Arc<str>> {
        self.0.graph.borrow().program.texts.as_slice().to_vec()
    }
}

impl Script for Parsed<'_> {
    fn functions(&self) -> &[Function] {
        &self.functions
    }

    fn body(&self, rule: &Meaning<'_>) -> Result<Arc<dyn Body>, Problem> {
        let mut graph = self.compiler.graph.borrow_mut();
        let setting = Setting {
            reads: rule.reads,
            params: rule.params,
            offset: rule.offset,
            schema: rule.schema,
            tables: rule.tables,
            levels: &self.compiler.levels,
        };
        let exact = Lower::new(&mut graph, &self.script, setting).rule(rule.function);
        let exact = exact.map_err(|refused| self.problem(rule.function, &refused))?;
        let entry = graph.entry(Entry {
            fast: NONE,
            exact: exact.root,
            earlier: exact.earlier,
            reach: 0,
        });
        Ok(Arc::new(Compiled::new(
            Arc::clone(&self.compiler.program),
            entry,
        )))
    }
}

impl Parsed<'_> {
    fn problem(&self, rule: &str, refused: &Refused) -> Problem {
        let range = self.script.lines.range(&self.script.file, &refused.at);
        let place = Place::file(&range.file, range.start.line, range.start.column);
        let key = match refused.why {
            Why::Kinds => "profile-kinds",
            Why::Recursion => "profile-recursion",
            Why::Depth => "profile-depth",
            Why::Return => "profile-return",
            Why::Captured => "profile-captured",
            Why::Text => "profile-text",
            Why::Unknown => "profile-unknown",
            Why::Size => "profile-size",
        };
        let say = |key: &str| crate::code::messages().say(key, &Args::NONE);
        let text = self.script.text.get(refused.at.clone()).unwrap_or_default();
        Problem::new(Code::ScriptProfile, place)
            .with("rule", rule)
            .with("why", say(key))
            .with("mend", say(&format!("{key}.mend")))
            .with("found", longma_core::quote(text))
    }
}
