//! Whether what a citizen reads of a rule fits the rule: a number that is typed although it
//! is a param of the rule, another level than the rule gives, more days than it knows.
//!
//! Only a rule of the pack's own is held against its captions. Rather a slip that is not told
//! than an alarm without ground: a level may be named that one turns to, comes from or does
//! not have, and a number of days may be anything that the rule's own days can sum up to.

use super::packs::{finding, in_language};
use super::words::strange;
use crate::code::Code;
use crate::rule::cited_by;
use longma_compile::world::{Pack, Scope, World};
use longma_compile::{Param, ParamValue};
use longma_core::order::Gather;
use longma_core::{Args, Localized, Place, placeholders};
use longma_lang::finding::{Finding, Spot};
use longma_lang::script::Script;
use longma_lang::syntax::{Expr, ExprKind};
use std::collections::{BTreeMap, BTreeSet};

/// Colours by name, as Chinese captions write them.
const COLOURS: [(&str, &str); 4] = [
    ("green", "绿"),
    ("yellow", "黄"),
    ("red", "红"),
    ("gold", "金"),
];
/// What stands before a level that is come from, turned to or not had.
const BEFORE: &[&str] = &["转", "为", "成", "由", "从", "非", "不是", "无", "未持"];
/// What stands after a level that holds at another time, or for others.
const AFTER: &[&str] = &["期间", "后", "前", "转", "时", "者"];
const NEGATIONS: &[&str] = &[
    "not ", "no ", "non-", "while ", "during ", "after ", "before ", "from ", "until ", "than ",
    "to ", "into ", "without ",
];

/// What a rule knows of numbers.
struct Known<'w> {
    /// The params that it reads.
    params: BTreeMap<&'w str, &'w Param>,
    /// Whole numbers written in it.
    numbers: BTreeSet<i64>,
}

/// What is wrong with the captions of a pack's own rules.
pub(super) fn findings(world: &World<'_>, index: usize, out: &mut Vec<Finding>) {
    let Some(pack) = world.packs.get(index) else {
        return;
    };
    let scope = pack.lineages.iter().find_map(|line| world.scope(line));
    let Some(scope) = scope else { return };
    borrowed(pack, out);
    for (decision, script) in &pack.scripts {
        let Some(told) = pack.source.captions.get(*decision) else {
            continue;
        };
        let given = world.analyse(index, decision).levels;
        let words = words(scope, decision);
        copied(pack, decision, script, scope, out);
        for (rule, texts) in &told.rules {
            if script.function(rule).is_none_or(|it| it.private) {
                continue;
            }
            let known = known(script, rule, scope);
            for (part, text) in [("caption", &texts.caption), ("release", &texts.release)] {
                // Core reports missing texts.
                if text.is_incomplete() {
                    continue;
                }
                let file = pack.file("captions.toml");
                let place = Place::key(&file, [*decision, "rules", rule, part]);
                numbers(&place, text, &known, out);
                if let Some(Some(names)) = given.get(rule) {
                    let own: BTreeSet<&str> = names.values.keys().map(|name| &**name).into_set();
                    level(&place, text, &own, &words, out);
                }
            }
        }
    }
}

/// Reports captions that seem to be another rule's: word for word, or by a param that only
/// the other reads. What ends a cause may name params that its rule does not read.
fn copied(
    pack: &Pack<'_>,
    decision: &str,
    script: &Script<'_>,
    scope: &Scope<'_>,
    out: &mut Vec<Finding>,
) {
    let captions = pack.source.captions.get(decision);
    let rules = || {
        let rules = captions.into_iter().flat_map(|captions| &captions.rules);
        rules.filter(|(rule, _)| script.function(rule).is_some_and(|it| !it.private))
    };
    let read: BTreeMap<&str, BTreeSet<&str>> = rules()
        .map(|(rule, _)| (rule.as_str(), params_of(script, rule)))
        .into_map();
    let mut seen: BTreeMap<&Localized, &str> = BTreeMap::new();
    for (rule, texts) in rules() {
        let caption = &texts.caption;
        let spot = || {
            let file = pack.file("captions.toml");
            Spot::Place(Place::key(&file, [decision, "rules", rule, "caption"]))
        };
        if caption.is_incomplete() {
            continue;
        }
        if let Some(other) = seen.get(caption) {
            let args = Args::of("other", *other);
            out.push(finding(Code::TextTwice, spot(), &args));
        }
        seen.entry(caption).or_insert(rule);
        for name in placeholders(&caption.zh_cn) {
            let reads = |params: &BTreeSet<&str>| params.contains(name.as_str());
            if read.get(rule.as_str()).is_some_and(reads) {
                continue;
            }
            let args = Args::of("name", &name);
            let other = read.iter().find(|(_, params)| reads(params));
            if let Some((other, _)) = other {
                let args = args.with("other", *other);
                out.push(finding(Code::TextForeign, spot(), &args));
            } else if let Some((strange, own)) = strange(scope, script, rule, texts, caption)
                && strange == name
            {
                let args = args.with("case", "own").with("own", own);
                out.push(finding(Code::TextForeign, spot(), &args));
            }
        }
    }
}

/// Reports captions that are word for word those of a rule of another decision, which rests on
/// another text. What two decisions take from one text may be told alike.
fn borrowed(pack: &Pack<'_>, out: &mut Vec<Finding>) {
    let mut seen: BTreeMap<&Localized, (&str, &str, Option<&str>)> = BTreeMap::new();
    for (decision, script) in &pack.scripts {
        let captions = pack.source.captions.get(*decision);
        for (rule, texts) in captions.into_iter().flat_map(|captions| &captions.rules) {
            let function = script.function(rule).filter(|it| !it.private);
            let Some(function) = function.filter(|_| !texts.caption.is_incomplete()) else {
                continue;
            };
            let source = cited_by(function);
            let (of, other, text) = *seen
                .entry(&texts.caption)
                .or_insert((decision, rule, source));
            if of != *decision && text != source {
                let file = pack.file("captions.toml");
                let place = Place::key(&file, [*decision, "rules", rule, "caption"]);
                let args = Args::of("other", other)
                    .with("decision", of)
                    .with("case", "decision");
                out.push(finding(Code::TextTwice, Spot::Place(place), &args));
            }
        }
    }
}

/// The params that a rule and the functions that it calls read.
pub(super) fn params_of<'w>(script: &'w Script<'_>, rule: &str) -> BTreeSet<&'w str> {
    let mut params = BTreeSet::new();
    let each = |expr: &'w Expr| {
        if let ExprKind::Field { of, name } = &expr.kind
            && matches!(&of.kind, ExprKind::Name(it) if it == "params")
        {
            params.insert(name.text.as_str());
        }
    };
    reached(script, rule, each);
    params
}

/// Shows every expression of a rule and of the functions that it calls.
fn reached<'w>(script: &'w Script<'_>, rule: &str, mut see: impl FnMut(&'w Expr)) {
    let mut seen = BTreeSet::new();
    let mut open = vec![rule.to_owned()];
    while let Some(name) = open.pop() {
        let Some(function) = script.function(&name).filter(|_| seen.insert(name.clone())) else {
            continue;
        };
        function.body.walk(&mut |expr| {
            see(expr);
            if let ExprKind::Call { name, .. } = &expr.kind {
                open.push(name.text.clone());
            }
        });
    }
}

/// What a rule and the functions that it calls know of numbers.
fn known<'w>(script: &'w Script<'_>, rule: &str, scope: &Scope<'w>) -> Known<'w> {
    let params = params_of(script, rule).into_iter();
    let given = params.filter_map(|name| Some((name, scope.params.get(name)?.what)));
    let mut numbers = BTreeSet::new();
    reached(script, rule, |expr| {
        if let ExprKind::Int(Some(number)) = expr.kind {
            numbers.insert(number);
        }
    });
    Known {
        params: given.into_map(),
        numbers,
    }
}

/// Reports a typed number that is a param of the rule, and a number of days beyond its own.
fn numbers(place: &Place, text: &Localized, known: &Known<'_>, out: &mut Vec<Finding>) {
    let named: BTreeSet<String> = text
        .texts()
        .flat_map(|(_, text)| placeholders(text))
        .into_set();
    for (language, words) in [("zh-CN", &text.zh_cn), ("en", &text.en)] {
        let typed = typed(words);
        let param = typed.iter().find_map(|(number, unit)| {
            let mut params = known.params.iter();
            // Of a list, all values stand there; one of them may mean something else.
            let is = |param: &Param| {
                let values = values(&param.value);
                param.unit == *unit
                    && values.contains(number)
                    && values.iter().all(|it| typed.contains(&(*it, unit)))
            };
            let (name, _) = params.find(|(name, param)| is(param) && !named.contains(**name))?;
            Some((number, *name))
        });
        if let Some((number, name)) = param {
            let braced = Localized::same(format!("{{{name}}}"));
            let args = Args::of("number", number).with("name", name);
            let args = args.with("braced", braced);
            out.push(finding(
                Code::TextTyped,
                in_language(place, language),
                &args,
            ));
            return;
        }
        let days = days(known);
        let most = days
            .iter()
            .fold(0_i64, |sum, days| sum.saturating_add(*days));
        let is_beyond = |it: &&(i64, &str)| it.1 == "days" && it.0 > most && !days.is_empty();
        if let Some((number, _)) = typed.iter().find(is_beyond) {
            let args = Args::of("number", number).with("most", most);
            out.push(finding(Code::TextDays, in_language(place, language), &args));
            return;
        }
    }
}

/// Every number of days that a rule can reckon with.
fn days(known: &Known<'_>) -> BTreeSet<i64> {
    let mut days = known.numbers.clone();
    for param in known.params.values() {
        let values = values(&param.value).into_iter();
        match param.unit.as_str() {
            "days" | "day_number" | "count" => days.extend(values),
            "hours" => days.extend(values.map(|hours| hours.div_euclid(24).saturating_add(1))),
            _ => {}
        }
    }
    days.retain(|days| *days > 0);
    days
}

fn values(value: &ParamValue) -> Vec<i64> {
    match value {
        ParamValue::Int(number) => vec![*number],
        ParamValue::Text(_) => Vec::new(),
        ParamValue::List(items) => items.iter().flat_map(values).collect(),
    }
}

/// The numbers of a text in digits that stand before or after the word of a unit.
fn typed(text: &str) -> Vec<(i64, &'static str)> {
    let lower = text.to_lowercase();
    let mut all = Vec::new();
    let mut rest = lower.as_str();
    let mut before = String::new();
    while let Some(at) = rest.find(|sign: char| sign.is_ascii_digit()) {
        let (head, tail) = rest.split_at(at);
        before.push_str(head);
        let digits = tail.len()
            - tail
                .trim_start_matches(|sign: char| sign.is_ascii_digit())
                .len();
        let (number, after) = tail.split_at(digits);
        rest = after;
        let after = after.trim_start_matches([' ', '-']);
        let head = before.trim_end();
        let unit = if head.ends_with('第') || head.ends_with("day") {
            Some("day_number").filter(|_| !after.starts_with('次') && !after.starts_with('剂'))
        } else if after.starts_with('天') || after.starts_with("day") {
            Some("days")
        } else if after.starts_with("小时") || after.starts_with("hour") {
            Some("hours")
        } else if after.starts_with("分钟") || after.starts_with("minute") {
            Some("minutes")
        } else {
            None
        };
        before.push_str(number);
        if let (Some(unit), Ok(number)) = (unit, number.parse()) {
            all.push((number, unit));
        }
    }
    all
}

/// A level of the rule's decision that is a colour, with the words for it. Words of other
/// levels, 有效 or free, mean too much else.
struct Word<'w> {
    level: &'w str,
    /// By language.
    texts: [String; 2],
}

/// The words for the colours among the levels of a decision.
fn words<'w>(scope: &Scope<'w>, decision: &str) -> Vec<Word<'w>> {
    let Some(scale) = scope.decisions.get(decision) else {
        return Vec::new();
    };
    let words = scale.what.scale.iter().filter_map(|level| {
        let (_, sign) = COLOURS.iter().find(|(name, _)| name == level)?;
        Some(Word {
            level,
            texts: [format!("{sign}码"), format!("{level} code")],
        })
    });
    words.collect()
}

/// Reports another level of the decision than the rule gives.
fn level(
    place: &Place,
    text: &Localized,
    own: &BTreeSet<&str>,
    words: &[Word<'_>],
    out: &mut Vec<Finding>,
) {
    let sides = [
        ("zh-CN", text.zh_cn.clone()),
        ("en", text.en.to_lowercase()),
    ];
    let says = |word: &Word<'_>| {
        let mut pairs = sides.iter().zip(&word.texts);
        let said = pairs.find(|((_, text), word)| plainly(text, word));
        said.map(|((language, _), _)| *language)
    };
    let own_said = words
        .iter()
        .any(|word| own.contains(word.level) && says(word).is_some());
    let others = words.iter().filter(|word| !own.contains(word.level));
    let mut found = others.filter_map(|word| Some((word, says(word)?)));
    if let (Some((word, language)), false) = (found.next(), own_said) {
        let gives: Vec<&str> = own.iter().copied().collect();
        let args = Args::of("level", word.level).with("gives", gives.join(", "));
        out.push(finding(
            Code::TextLevel,
            in_language(place, language),
            &args,
        ));
    }
}

/// Whether a text says that something has a level: the word for it stands there, and not as
/// what one turns to, comes from or does not have.
fn plainly(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + word.len()..).unwrap_or_default().trim_start();
        let clause = before
            .rsplit(['，', '。', '；', ',', '.', ';'])
            .next()
            .unwrap_or_default();
        let turned = BEFORE.iter().any(|it| before.ends_with(it)) || clause.contains('不');
        let other = AFTER.iter().any(|it| after.starts_with(it));
        let negated = NEGATIONS
            .iter()
            .any(|it| format!(" {clause}").contains(&format!(" {it}")));
        !turned && !other && !negated
    })
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use crate::small::{bundle, pack};
    use longma_compile::world::World;
    use serde_json::{Value as Json, json};

    const RULE: &str = "fn close(contacts, params) {
    contacts.map(|c| yellow(c.at, c.at + params.quarantine + hours(12)).because(c))
}
";

    /// The findings for a rule that is yellow for 7 days and 12 hours.
    fn told(part: &str, zh_cn: &str, en: &str) -> Vec<String> {
        let mut pack = pack("62/2022-01-01", 7, RULE);
        if let Some(text) = pack.pointer_mut(&format!("/captions/code/rules/close/{part}")) {
            *text = json!({"zh-CN": zh_cn, "en": en});
        }
        of(pack)
    }

    fn of(pack: Json) -> Vec<String> {
        let bundle = bundle(&[pack]);
        let mut out = Vec::new();
        super::findings(&World::new(&bundle), 0, &mut out);
        out.into_iter().map(|it| it.code.to_string()).collect()
    }

    #[test]
    fn a_typed_param_more_days_than_the_rule_has_and_another_level_are_told() {
        for (code, zh_cn, en) in [
            ("text-typed", "隔离 7 天", "Isolated for 7 days"),
            ("text-typed", "隔离七天", "Isolated for 7 days"),
            ("text-days", "隔离 70 天", "Isolated for 70 days"),
            ("text-level", "红码：密切接触者", "A close contact"),
            ("text-level", "密切接触者", "Red code: a close contact"),
            ("text-level", "绿码", "Close contact"),
        ] {
            assert_eq!(told("caption", zh_cn, en), [code], "{zh_cn} | {en}");
        }
        let release = told(
            "release",
            "红码自接触起满 {quarantine}解除",
            "Ends {quarantine} after it",
        );
        assert_eq!(release, ["text-level"]);
    }

    #[test]
    fn a_caption_names_the_rules_own_span() {
        for (caption, codes) in [
            ("接触未满 {quarantine}", &[][..]),
            ("接触未满 {watch}", &["text-foreign"]),
            ("接触未满 {quarantine}，再观察 {watch}", &[]),
            // How many of something is no span.
            ("每人 {most} 次", &[]),
        ] {
            let mut pack = pack("62/2022-01-01", 7, RULE);
            pack["manifest"]["params"]["watch"] = json!({"value": 3, "unit": "days"});
            pack["manifest"]["params"]["most"] = json!({"value": 3, "unit": "count"});
            pack["captions"]["code"]["rules"]["close"]["caption"] =
                json!({"zh-CN": caption, "en": caption});
            assert_eq!(of(pack), codes, "{caption}");
        }
    }

    #[test]
    fn two_decisions_share_a_caption_if_they_share_its_text() {
        for (source, codes) in [("s", &[][..]), ("t", &["text-twice"])] {
            let rule = |name: &str, source: &str| {
                format!(
                    "/// source: {source}\nfn {name}(contacts) {{ contacts.map(|c| red(c.at, ()).because(c)) }}\n"
                )
            };
            let mut pack = pack("62/2022-01-01", 7, &rule("close", "s"));
            pack["scripts"]["second"] = json!(rule("near", source));
            let captions = &mut pack["captions"];
            captions["second"] = captions["code"].clone();
            captions["second"]["rules"] = json!({"near": captions["code"]["rules"]["close"]});
            pack["manifest"]["decisions"]["second"] = pack["manifest"]["decisions"]["code"].clone();
            assert_eq!(of(pack), codes, "{source}");
        }
    }

    #[test]
    fn numbers_near_the_end_of_the_range_add_up_to_no_crash() {
        let script = format!(
            "fn close(contacts, params) {{
    contacts.map(|c| yellow(c.at, c.at + days({0} - {0} + 1) + params.quarantine).because(c))
}}
",
            i64::MAX - 1
        );
        let bundle = bundle(&[pack("62/2022-01-01", u32::MAX, &script)]);
        let mut out = Vec::new();
        super::findings(&World::new(&bundle), 0, &mut out);
        assert!(out.is_empty());
    }

    #[test]
    fn what_a_rule_turns_to_comes_from_and_reckons_with_is_not_told() {
        for (zh_cn, en) in [
            ("隔离 {quarantine}", "Isolated for {quarantine}"),
            ("7 次检测", "7 tests"),
            ("12 小时后", "after 12 hours"),
            ("第 3 天检测，共 19 天内", "A test on day 3, within 19 days"),
            ("转绿码前", "Before it turns green"),
            ("红码期间的接触者", "A contact during a red code"),
            ("黄码，由红码转来", "Yellow code, formerly a red code"),
            ("不是绿码", "Not a green code"),
            ("解除后转为绿码", "Turns into a green code"),
            ("到过红区", "Was in a red zone"),
        ] {
            for part in ["caption", "release"] {
                let found = told(part, zh_cn, en);
                assert!(found.is_empty(), "{zh_cn} | {en}: {found:?}");
            }
        }
    }
}
