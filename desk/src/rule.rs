//! What the text of a rule says besides what it does: its words, the document it cites,
//! the steps it shares with other rules, and the params and levels it names.

use longma_core::Localized;
use longma_lang::script::Script;
use longma_lang::syntax::{self, ExprKind, Function, Name, print};
use std::collections::BTreeSet;

/// The prefix of the comment line that cites a document.
const SOURCE: &str = "source:";
/// The prefix of a comment line with words of that document.
const PASSAGE: &str = "passage:";

/// A rule's text.
///
/// ```
/// # use std::collections::BTreeSet;
/// use longma_desk::rule::RuleText;
/// use longma_lang::script::Script;
/// # let path = "../rules/packs/62/validity-2020-02-21/validity.rhai";
/// # let text = std::fs::read_to_string(path).unwrap();
/// let script = Script::read("validity.rhai", &text);
/// let rule = RuleText::new(&script, 0).unwrap();
/// assert_eq!(rule.source(), Some("gansu-2020-02-22"));
/// assert_eq!(rule.params(), BTreeSet::from(["validity"]));
/// assert!(rule.words().en.starts_with("Valid for 24 hours from its issue"));
/// ```
#[derive(Debug, Clone)]
pub struct RuleText<'a> {
    /// The rule.
    pub function: &'a Function,
    /// The private functions that it calls, directly or not, in script order.
    pub steps: Vec<&'a Function>,
    script: &'a str,
}

/// The key of the document that a function cites.
pub(crate) fn cited_by(function: &Function) -> Option<&str> {
    let mut docs = function.docs.iter();
    docs.find_map(|line| Some(line.text.trim().strip_prefix(SOURCE)?.trim()))
}

/// The words of the document on which a function rests, each with its comment line.
pub(crate) fn passages_of(function: &Function) -> impl Iterator<Item = (&Name, &str)> {
    let docs = function.docs.iter();
    docs.filter_map(|line| Some((line, line.text.trim().strip_prefix(PASSAGE)?.trim())))
}

impl<'a> RuleText<'a> {
    /// The rule at an index of a script's functions.
    #[must_use]
    pub fn new(script: &'a Script<'_>, position: usize) -> Option<Self> {
        let functions = &script.parsed.script.functions;
        let function = functions.get(position)?;
        let mut taken = BTreeSet::new();
        let mut open = vec![function];
        while let Some(next) = open.pop() {
            for (name, _) in next.calls() {
                let steps = functions.iter().filter(|f| f.private);
                for step in steps.filter(|step| step.name.text == name.text) {
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
            script: &script.text,
        })
    }

    /// The text of the comment: the first line is Chinese, the second English. A
    /// missing language is empty.
    #[must_use]
    pub fn words(&self) -> Localized {
        let docs = self.function.docs.iter().map(|line| line.text.trim());
        let mut lines = docs.filter(|line| {
            !line.is_empty() && !line.starts_with(SOURCE) && !line.starts_with(PASSAGE)
        });
        Localized::new(
            lines.next().unwrap_or_default().to_owned(),
            lines.next().unwrap_or_default().to_owned(),
        )
    }

    /// The key of the document it cites.
    #[must_use]
    pub fn source(&self) -> Option<&'a str> {
        cited_by(self.function)
    }

    /// The words of that document on which it rests.
    #[must_use]
    pub fn passages(&self) -> Vec<&'a str> {
        passages_of(self.function).map(|(_, words)| words).collect()
    }

    /// The rule's parameters: sections, tables, earlier decisions, `params`.
    #[must_use]
    pub fn reads(&self) -> Vec<&'a str> {
        let parameters = self.function.parameters.iter();
        parameters.map(|name| name.text.as_str()).collect()
    }

    /// The params that the rule or its steps name.
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

    /// The called names and string literals in it; the levels it can give are among
    /// them.
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

    /// The rule and its steps in a canonical form. It is equal for two rules that
    /// differ only in comments and layout.
    #[must_use]
    pub fn printed(&self) -> String {
        print(&syntax::Script {
            functions: self.functions().cloned().collect(),
            ..syntax::Script::default()
        })
    }

    /// The rule and its steps as written, without the rule's comment.
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
