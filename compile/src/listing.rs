//! What a compiled pack is, for whoever asks why a rule is fast or slow.
//!
//! Each rule is told with its place, what it reads, the most that it can cost, and its
//! two forms as numbered lines: an operation by its name, then its operands. An operand
//! is a constant, a section or field by name, a slot (`$2`, the item that a scan is at),
//! a variable (`v0`), or the number of another line (`#7`). What is computed in several
//! places stands once. What is kept for a whole evaluation stands in the first rule that
//! needs it; others refer to it by rule and number.
//!
//! The names of operations are those of [`Op`](longma_core::program::Op) and
//! [`Function`](longma_core::program::Function), and are the same in every language.

mod constant;
mod node;
mod words;

#[cfg(test)]
mod tests;

pub use words::number;

use crate::compiled::{Compiled, PlanOf, RuleOf};
use crate::cost::{Bound, Reader, factors_text};
use longma_core::program::{Entry, Id, NONE, Program};
use longma_core::{Args, Lang, limits};
use node::{Shown, Writer};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What to list.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Only rules with this path, or whose path ends in it: `code/close_contact`.
    pub rule: Option<&'a str>,
    /// Whether to show the form of each rule after each step of the optimiser.
    pub steps: bool,
    /// The language of everything but names.
    pub lang: Lang,
}

impl Wanted<'_> {
    fn takes(&self, rule: &RuleOf) -> bool {
        self.rule.is_none_or(|wanted| {
            let rest = rule.path.strip_suffix(wanted);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        })
    }
}

/// The listing; `None` if no rule is meant.
///
/// ```
/// use longma_compile::compiled::Compiled;
/// use longma_compile::listing::{Wanted, listing};
/// use longma_compile::texts::{Texts, read};
/// use longma_core::Lang;
///
/// let text = |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
/// let house = read(&Texts::from([
///     ("schema/area.schema.json".to_owned(), SCHEMA.to_owned()),
///     text("pack.toml", MANIFEST),
///     text("captions.toml", ""),
/// ]));
/// let compiled = Compiled::new(&house.bundle)?;
/// let wanted = Wanted { rule: None, steps: false, lang: Lang::En };
/// // A pack without rules has nothing to list.
/// assert_eq!(listing(&compiled, wanted), None);
/// # const SCHEMA: &str = include_str!("../../rules/schema/area.schema.json");
/// # const MANIFEST: &str = r#"
/// # subject = "area"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # effective.from = 2022-03-07T00:00:00+08:00
/// # "#;
/// # Ok::<(), longma_core::Problems>(())
/// ```
#[must_use]
pub fn listing(compiled: &Compiled, wanted: Wanted<'_>) -> Option<String> {
    let mut list = List {
        compiled,
        wanted,
        out: String::new(),
        shown: Shown::new(),
        entries: BTreeMap::new(),
    };
    for plan in &compiled.plans {
        list.plan(plan);
    }
    (!list.out.is_empty()).then_some(list.out)
}

/// The form of a rule after a step, without numbers of the margin, costs and places; the
/// exact form for no step.
#[cfg(test)]
pub(crate) fn form(
    compiled: &Compiled,
    plan: &PlanOf,
    rule: &RuleOf,
    step: Option<crate::optimise::Step>,
) -> Option<String> {
    let entry = compiled.program.entries.get(rule.entry)?;
    let (program, root) = match step {
        None => (&*compiled.program, entry.exact),
        Some(step) => {
            let steps = &compiled.steps;
            let forms = steps.forms.iter().find(|(known, _)| *known == step);
            (&steps.program, *forms?.1.get(rule.entry)?)
        }
    };
    let sources = compiled.sources(program, &plan.subject, entry)?;
    let writer = Writer::new(Reader::new(sources), Lang::En, plan.plan.offset);
    Some(writer.bare().form(root, ""))
}

/// The fast form that runs, told like [`form`].
#[cfg(test)]
pub(crate) fn fast(compiled: &Compiled, plan: &PlanOf, rule: &RuleOf) -> Option<String> {
    let entry = compiled.program.entries.get(rule.entry)?;
    let sources = compiled.sources(&compiled.program, &plan.subject, entry)?;
    let writer = Writer::new(Reader::new(sources), Lang::En, plan.plan.offset);
    Some(writer.bare().form(entry.fast, ""))
}

struct List<'a> {
    compiled: &'a Compiled,
    wanted: Wanted<'a>,
    out: String,
    shown: Shown,
    /// The rule that shows each entry.
    entries: BTreeMap<(String, usize), String>,
}

impl List<'_> {
    fn say(&self, key: &str, args: &Args) -> String {
        words::say(key, args, self.wanted.lang)
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(indent));
    }

    fn plan(&mut self, plan: &PlanOf) {
        let rules: Vec<&RuleOf> = plan
            .rules
            .iter()
            .filter(|it| self.wanted.takes(it))
            .collect();
        if rules.is_empty() {
            return;
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        let packs = plan.packs.join(" < ");
        self.line(0, &packs);
        if self.wanted.rule.is_none() {
            let bounds: Vec<Bound> = plan
                .rules
                .iter()
                .filter_map(|rule| self.compiled.bound(plan, rule))
                .collect();
            if let Some(caps) = self.compiled.caps(&plan.subject) {
                let all = Bound::of_all(&bounds, caps);
                let args = Args::of("steps", number(all))
                    .with("limit", number(limits::EVALUATION_OPERATIONS));
                let text = self.say("listing-plan", &args);
                self.line(1, &text);
            }
        }
        for rule in rules {
            self.rule(plan, rule);
        }
    }

    fn rule(&mut self, plan: &PlanOf, rule: &RuleOf) {
        self.out.push('\n');
        let place = format!("{} — {}:{}", rule.path, rule.file, rule.line);
        self.line(1, &place);
        let key = (plan.subject.clone(), rule.entry);
        if let Some(same) = self.entries.get(&key) {
            let text = self.say("listing-same", &Args::of("rule", same));
            self.line(2, &text);
            return;
        }
        // The same rule can be another program in another pack.
        let named = format!("{} ({})", rule.path, plan.packs.join(" < "));
        self.entries.insert(key, named);
        let Some(entry) = self.compiled.program.entries.get(rule.entry) else {
            return;
        };
        let reads = self.say("listing-reads", &Args::of("names", rule.reads.join(", ")));
        self.line(2, &reads);
        self.cost(plan, rule);
        if self.wanted.steps {
            self.steps(plan, rule, entry);
        }
        if entry.fast != NONE {
            let reach = Args::of("days", entry.reach.div_euclid(86_400) + 1);
            let heading = self.say("listing-fast", &reach);
            self.line(2, &heading);
            let program = &self.compiled.program;
            self.form(plan, rule, (program, entry), entry.fast, true);
        }
        let heading = self.say("listing-exact", &Args::NONE);
        self.line(2, &heading);
        self.form(
            plan,
            rule,
            (&self.compiled.program, entry),
            entry.exact,
            false,
        );
    }

    fn cost(&mut self, plan: &PlanOf, rule: &RuleOf) {
        let bound = self.compiled.bound(plan, rule);
        let (Some(bound), Some(caps)) = (bound, self.compiled.caps(&plan.subject)) else {
            return;
        };
        if let Some(fast) = &bound.fast {
            let text = self.say("listing-cost-fast", &Args::of("steps", fast.to_string()));
            self.line(2, &text);
        }
        let exact = Args::of("steps", bound.exact.to_string());
        let text = self.say("listing-cost-exact", &exact);
        self.line(2, &text);
        let at_caps = bound.at(caps);
        let args = Args::of("steps", number(at_caps))
            .with("limit", number(limits::RULE_OPERATIONS))
            .with("order", factors_text(&bound.order(caps)));
        let within = bound.within(caps, limits::RULE_OPERATIONS);
        let text = match within.filter(|_| at_caps > limits::RULE_OPERATIONS) {
            None => self.say("listing-caps", &args),
            Some(within) => {
                let (line, column) = bound.dearest.unwrap_or((rule.line, 1));
                let args = args
                    .with("within", number(within))
                    .with("place", format!("{line}:{column}"));
                self.say("listing-caps-over", &args)
            }
        };
        self.line(2, &text);
    }

    fn steps(&mut self, plan: &PlanOf, rule: &RuleOf, entry: &Entry) {
        let compiled = self.compiled;
        for (step, forms) in &compiled.steps.forms {
            let heading = self.say("listing-step", &Args::of("name", step.name()));
            self.line(2, &heading);
            if let Some(form) = forms.get(rule.entry) {
                self.form(plan, rule, (&compiled.steps.program, entry), *form, false);
            }
        }
    }

    /// The lines of one form. Only those of fast forms that run are shared.
    fn form(
        &mut self,
        plan: &PlanOf,
        rule: &RuleOf,
        (program, entry): (&Program, &Entry),
        root: Id,
        shares: bool,
    ) {
        let Some(sources) = self.compiled.sources(program, &plan.subject, entry) else {
            return;
        };
        let writer = Writer::new(Reader::new(sources), self.wanted.lang, plan.plan.offset);
        let text = if shares {
            // The same rule is another program where another pack sets its params.
            let name = match plan.packs.first() {
                Some(pack) if !rule.path.starts_with(&**pack) => format!("{} ({pack})", rule.path),
                _ => rule.path.clone(),
            };
            let mut shown = std::mem::take(&mut self.shown);
            let text = writer
                .sharing(&mut shown, &plan.subject, &name)
                .form(root, "    ");
            self.shown = shown;
            text
        } else {
            writer.form(root, "    ")
        };
        self.out.push_str(&text);
    }
}
