//! What the text of a rule says beside what it does: its words, what it cites,
//! the steps that it shares with other rules, the params and levels it names.

use longma_core::Localized;
use longma_lang::script::Script;
use longma_lang::syntax::{self, ExprKind, Function, print};
use std::collections::BTreeSet;

/// The line of a rule's comment that cites.
const SOURCE: &str = "source:";

/// A rule's text.
#[derive(Debug, Clone)]
pub struct RuleText<'a> {
    /// The rule.
    pub function: &'a Function,
    /// The shared steps that it takes, directly or not, in the order of the script.
    pub steps: Vec<&'a Function>,
    script: &'a str,
}

impl<'a> RuleText<'a> {
    /// The rule at a position of a script.
    #[must_use]
    pub fn new(script: &'a Script<'_>, position: usize) -> Option<Self> {
        let functions = &script.parsed.script.functions;
        let function = functions.get(position)?;
        let mut taken = BTreeSet::new();
        let mut open = vec![function];
        while let Some(next) = open.pop() {
            for name in called(next) {
                let steps = functions.iter().filter(|f| f.private);
                for step in steps.filter(|step| step.name.text == name) {
                    if taken.insert(step.bytes.start) {
                        open.push(step);
                    }
                }
            }
        }
        let steps = functions.iter().filter(|f| taken.contains(&f.bytes.start));
        Some(Self {
            function,
            steps: steps.collect(),
            script: script.text,
        })
    }

    /// What the comment says: its first line is Chinese, its second English.
    /// Empty where a language is missing.
    #[must_use]
    pub fn words(&self) -> Localized {
        let docs = self.function.docs.iter().map(|line| line.text.trim());
        let mut lines = docs.filter(|line| !line.starts_with(SOURCE) && !line.is_empty());
        Localized {
            zh_cn: lines.next().unwrap_or_default().to_owned(),
            en: lines.next().unwrap_or_default().to_owned(),
        }
    }

    /// The key of the document that it cites.
    #[must_use]
    pub fn source(&self) -> Option<&'a str> {
        let docs = self.function.docs.iter();
        docs.filter_map(|line| line.text.trim().strip_prefix(SOURCE))
            .map(str::trim)
            .next_back()
    }

    /// What the rule asks for: sections, tables, earlier decisions, the params.
    #[must_use]
    pub fn reads(&self) -> Vec<&'a str> {
        let parameters = self.function.parameters.iter();
        parameters.map(|name| name.text.as_str()).collect()
    }

    /// The params that it or a step of it names.
    #[must_use]
    pub fn params(&self) -> BTreeSet<&'a str> {
        let mut params = BTreeSet::new();
        for function in self.functions() {
            function.body.walk(&mut |expr| {
                if let ExprKind::Field { of, name } = &expr.kind
                    && matches!(&of.kind, ExprKind::Name(of) if of == "params")
                {
                    params.insert(name.text.as_str());
                }
            });
        }
        params
    }

    /// The names and texts in it: among them are the levels that it can give.
    #[must_use]
    pub fn mentions(&self) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        for function in self.functions() {
            function.body.walk(&mut |expr| match &expr.kind {
                ExprKind::Call { name, .. } => drop(found.insert(name.text.as_str())),
                ExprKind::Text(text) => drop(found.insert(text.as_str())),
                _ => {}
            });
        }
        found
    }

    /// The rule and its steps in one fixed form: equal where two rules do the same
    /// in the same way, whatever their comments and line ends.
    #[must_use]
    pub fn printed(&self) -> String {
        print(&syntax::Script {
            functions: self.functions().cloned().collect(),
            ..syntax::Script::default()
        })
    }

    /// The rule and its steps as they are written, without the rule's comment.
    #[must_use]
    pub fn text(&self) -> String {
        let parts = self
            .functions()
            .filter_map(|f| self.script.get(f.bytes.clone()));
        parts.collect::<Vec<&str>>().join("\n\n")
    }

    fn functions(&self) -> impl Iterator<Item = &'a Function> {
        std::iter::once(self.function).chain(self.steps.iter().copied())
    }
}

/// The names that a function calls.
fn called(function: &Function) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    function.body.walk(&mut |expr| match &expr.kind {
        ExprKind::Call { name, .. } | ExprKind::Method { name, .. } => {
            names.insert(name.text.as_str());
        }
        _ => {}
    });
    names
}
