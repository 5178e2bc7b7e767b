//! The constants that rules compare facts with: spans, counts, names and dates written
//! in packs, and what each rule reads.

use longma_compile::{PackSource, Param, ParamValue};
use longma_core::Instant;
use longma_lang::syntax::{ExprKind, Function, parse};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds in a day.
pub(crate) const DAY: i64 = 86_400;
/// Seconds in an hour.
pub(super) const HOUR: i64 = 3_600;

/// The constants of packs.
#[derive(Debug, Clone, Default)]
pub(super) struct Constants {
    /// Spans of time, in seconds, each above zero.
    pub(super) spans: Vec<i64>,
    /// The instants at which packs begin or end, in Unix seconds.
    pub(super) instants: Vec<i64>,
    /// Whole numbers.
    pub(super) counts: Vec<i64>,
    /// Temperatures, in tenths of a degree Celsius.
    pub(super) temperatures: Vec<i64>,
    /// What each rule reads and mentions.
    pub(super) rules: Vec<RuleWords>,
}

/// What one rule reads and mentions.
#[derive(Debug, Clone, Default)]
pub(super) struct RuleWords {
    /// The index of its pack.
    pub(super) pack: usize,
    /// The names of its parameters: sections, tables, decisions.
    pub(super) reads: Vec<String>,
    /// The string literals in it and in the functions that it calls.
    pub(super) names: BTreeSet<String>,
    /// The texts of the params that it and they read.
    pub(super) params: BTreeSet<String>,
}

#[derive(Default)]
struct Found {
    spans: BTreeSet<i64>,
    instants: BTreeSet<i64>,
    counts: BTreeSet<i64>,
    temperatures: BTreeSet<i64>,
    /// The texts of params, by the param's name.
    texts: BTreeMap<String, BTreeSet<String>>,
}

impl Constants {
    /// Reads packs.
    pub(super) fn of<'a>(packs: impl IntoIterator<Item = &'a PackSource>) -> Self {
        let mut found = Found::default();
        let mut rules = Vec::new();
        let packs: Vec<&PackSource> = packs.into_iter().collect();
        // A pack's rules may read params that another pack sets anew.
        for (name, param) in packs.iter().flat_map(|pack| &pack.manifest.params) {
            found.param(name, param);
        }
        for (index, pack) in packs.into_iter().enumerate() {
            let effective = &pack.manifest.effective;
            for text in [&effective.from, &effective.until].into_iter().flatten() {
                found
                    .instants
                    .extend(Instant::parse(text).map(Instant::unix));
            }
            for script in pack.scripts.values() {
                rules.extend(found.script(script, index));
            }
        }
        found.spans.remove(&0);
        Self {
            spans: found.spans.into_iter().collect(),
            instants: found.instants.into_iter().collect(),
            counts: found.counts.into_iter().collect(),
            temperatures: found.temperatures.into_iter().collect(),
            rules,
        }
    }
}

impl Found {
    fn param(&mut self, name: &str, param: &Param) {
        self.value(&param.value, name, &param.unit);
    }

    fn value(&mut self, value: &ParamValue, name: &str, unit: &str) {
        match value {
            ParamValue::List(items) => items.iter().for_each(|item| self.value(item, name, unit)),
            ParamValue::Text(text) if unit == "celsius" => {
                self.temperatures.extend(tenths(text));
            }
            ParamValue::Text(text) => {
                let texts = self.texts.entry(name.to_owned()).or_default();
                texts.insert(text.clone());
            }
            ParamValue::Int(count) => self.number(*count, unit),
        }
    }

    fn number(&mut self, count: i64, unit: &str) {
        let span = |unit: i64| count.saturating_mul(unit).saturating_abs();
        match unit {
            "days" => drop(self.spans.insert(span(DAY))),
            "hours" => drop(self.spans.insert(span(HOUR))),
            "minutes" => drop(self.spans.insert(span(60))),
            "celsius" => drop(self.temperatures.insert(count.saturating_mul(10))),
            // Day n begins n - 1 days after day 1.
            "day_number" => {
                let before = count.saturating_sub(1).saturating_mul(DAY).saturating_abs();
                self.spans.extend([span(DAY), before]);
            }
            _ => drop(self.counts.insert(count)),
        }
    }

    fn script(&mut self, text: &str, pack: usize) -> Vec<RuleWords> {
        let parsed = parse(text);
        let functions = &parsed.script.functions;
        let words: BTreeMap<&str, Words> = functions
            .iter()
            .map(|function| (function.name.text.as_str(), self.function(function)))
            .collect();
        let rules = functions.iter().filter(|function| !function.private);
        rules
            .map(|function| RuleWords {
                pack,
                reads: function.parameters.iter().map(|p| p.text.clone()).collect(),
                names: reached(&function.name.text, &words, |words| &words.names),
                params: reached(&function.name.text, &words, |words| &words.params),
            })
            .collect()
    }

    fn function(&mut self, function: &Function) -> Words {
        let mut words = Words::default();
        function.body.walk(&mut |expr| match &expr.kind {
            ExprKind::Text(text) => drop(words.names.insert(text.clone())),
            ExprKind::Field { name, .. } => {
                let texts = self.texts.get(&name.text).into_iter().flatten();
                words.params.extend(texts.cloned());
            }
            ExprKind::Int(Some(count)) => drop(self.counts.insert(*count)),
            ExprKind::Call { name, arguments } => {
                words.calls.insert(name.text.clone());
                if let [only] = arguments.as_slice()
                    && let ExprKind::Int(Some(count)) = only.kind
                    && ["days", "hours", "minutes"].contains(&name.text.as_str())
                {
                    self.number(count, &name.text);
                }
            }
            ExprKind::Method { name, .. } => drop(words.calls.insert(name.text.clone())),
            _ => {}
        });
        words
    }
}

/// `37.3` as 373.
fn tenths(text: &str) -> Option<i64> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let tenth: i64 = tenth.parse().ok()?;
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(10)?
        .checked_add(tenth)
}

#[derive(Default)]
struct Words {
    names: BTreeSet<String>,
    params: BTreeSet<String>,
    calls: BTreeSet<String>,
}

/// The texts of a function and of everything it calls.
fn reached(
    name: &str,
    words: &BTreeMap<&str, Words>,
    of: impl Fn(&Words) -> &BTreeSet<String>,
) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![name];
    while let Some(name) = open.pop() {
        if let Some(words) = words.get(name)
            && seen.insert(name)
        {
            names.extend(of(words).iter().cloned());
            open.extend(words.calls.iter().map(String::as_str));
        }
    }
    names
}
