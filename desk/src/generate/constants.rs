//! The constants that rules compare facts with: spans, counts, names and dates written
//! in packs, and what each rule reads.

use longma_compile::{PackSource, Param, ParamValue};
use longma_core::Instant;
use longma_core::order::Gather;
use longma_lang::syntax::{Binary, Expr, ExprKind, Function, parse};
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
    /// The texts with which it and they compare a field, by field.
    pub(super) compared: BTreeMap<String, BTreeSet<String>>,
    /// The fields by which it and they join records.
    pub(super) joined: BTreeSet<String>,
    /// The ages in years that it and they ask for.
    pub(super) years: Vec<i64>,
    /// Whether it or they count by day.
    pub(super) daily: bool,
}

#[derive(Default)]
struct Found {
    spans: BTreeSet<i64>,
    instants: BTreeSet<i64>,
    counts: BTreeSet<i64>,
    temperatures: BTreeSet<i64>,
    /// The texts of params, by the param's name.
    texts: BTreeMap<String, BTreeSet<String>>,
    /// The counts of params, by the param's name.
    count_params: BTreeMap<String, BTreeSet<i64>>,
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
            ParamValue::Int(count) => {
                if unit == "count" {
                    let counts = self.count_params.entry(name.to_owned()).or_default();
                    counts.insert(*count);
                }
                self.number(*count, unit);
            }
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
            .into_map();
        let rules = functions.iter().filter(|function| !function.private);
        rules
            .map(|function| {
                let reads = function.parameters.iter().map(|p| p.text.clone());
                let all = reached(&function.name.text, &words);
                let ages = all.calls.iter().any(|it| AGES.contains(&it.as_str()));
                RuleWords {
                    pack,
                    reads: reads.collect(),
                    daily: all.calls.contains("daily"),
                    years: all.counts.into_iter().filter(|_| ages).collect(),
                    names: all.names,
                    params: all.params,
                    compared: all.compared,
                    joined: all.joined,
                }
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
                let counts = self.count_params.get(&name.text).into_iter().flatten();
                words.counts.extend(counts);
            }
            ExprKind::Int(Some(count)) => drop(self.counts.insert(*count)),
            ExprKind::Binary {
                operator: operator @ (Binary::Equal | Binary::Unequal | Binary::In),
                left,
                right,
                ..
            } => {
                self.comparison(left, right, &mut words);
                if *operator == Binary::Equal {
                    words.join([left, right]);
                }
            }
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

impl Found {
    /// The texts that a field is compared with.
    fn comparison(&self, left: &Expr, right: &Expr, words: &mut Words) {
        for (one, other) in [(left, right), (right, left)] {
            let ExprKind::Field { name, .. } = &one.kind else {
                continue;
            };
            let texts = words.compared.entry(name.text.clone()).or_default();
            other.walk(&mut |expr| match &expr.kind {
                ExprKind::Text(text) => drop(texts.insert(text.clone())),
                ExprKind::Field { name: of, .. } => {
                    let of_params = self.texts.get(&of.text).into_iter().flatten();
                    texts.extend(of_params.cloned());
                }
                _ => {}
            });
        }
        words.compared.retain(|_, texts| !texts.is_empty());
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

/// Functions that ask for an age, or count years.
const AGES: [&str; 2] = ["birthday", "plus_years"];

#[derive(Default)]
struct Words {
    names: BTreeSet<String>,
    params: BTreeSet<String>,
    /// The values of the counts among the params.
    counts: BTreeSet<i64>,
    calls: BTreeSet<String>,
    compared: BTreeMap<String, BTreeSet<String>>,
    joined: BTreeSet<String>,
}

impl Words {
    /// Two fields that are equal join their records.
    fn join(&mut self, sides: [&Expr; 2]) {
        let fields = sides.map(|side| match &side.kind {
            ExprKind::Field { of, name } => match &of.kind {
                ExprKind::Name(of) if of == "params" => None,
                _ => Some(name.text.clone()),
            },
            _ => None,
        });
        if let [Some(one), Some(other)] = fields {
            self.joined.extend([one, other]);
        }
    }

    fn add(&mut self, other: &Self) {
        self.names.extend(other.names.iter().cloned());
        self.params.extend(other.params.iter().cloned());
        self.counts.extend(&other.counts);
        self.calls.extend(other.calls.iter().cloned());
        self.joined.extend(other.joined.iter().cloned());
        for (field, texts) in &other.compared {
            let known = self.compared.entry(field.clone()).or_default();
            known.extend(texts.iter().cloned());
        }
    }
}

/// The words of a function and of everything it calls.
fn reached(name: &str, words: &BTreeMap<&str, Words>) -> Words {
    let mut all = Words::default();
    let mut seen = BTreeSet::new();
    let mut open = vec![name];
    while let Some(name) = open.pop() {
        if let Some(words) = words.get(name)
            && seen.insert(name)
        {
            all.add(words);
            open.extend(words.calls.iter().map(String::as_str));
        }
    }
    all
}
