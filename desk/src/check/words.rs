//! What captions say, held against the house's own rules for them: what is assumed is said to
//! be, both languages name the same colours, and what ends a cause is told with the rule's own
//! params.

use super::packs::finding;
use super::sources::{ASSUMED, is_said_to_be_assumed, source_of};
use super::told::params_of;
use crate::code::Code;
use crate::rule::cited_by;
use longma_compile::world::{Pack, Scope, World};
use longma_compile::{Param, RuleCaptions};
use longma_core::order::Gather;
use longma_core::{Args, Localized, Place, placeholders};
use longma_lang::finding::{Finding, Spot};
use longma_lang::script::Script;
use std::collections::BTreeSet;

/// Colours as Chinese and English captions write them.
const COLOURS: [(&str, &str); 3] = [("绿", "green"), ("黄", "yellow"), ("红", "red")];
/// Units of spans: a count may be of anything.
const SPANS: [&str; 4] = ["days", "hours", "minutes", "day_number"];
/// Words of a caption that say that something is assumed.
const SAID: [&str; 8] = [
    "推定",
    "假定",
    "假设",
    "暂定",
    "未见",
    "assum",
    "not found",
    "presum",
];

/// What is wrong with the captions of all packs' own rules.
pub(super) fn findings(world: &World<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for pack in &world.packs {
        let scope = pack.lineages.iter().find_map(|line| world.scope(line));
        for (decision, script) in &pack.scripts {
            let told = pack.source.captions.get(*decision);
            for (rule, texts) in told.into_iter().flat_map(|told| &told.rules) {
                if script.function(rule).is_none_or(|it| it.private)
                    || texts.caption.is_incomplete()
                    || texts.release.is_incomplete()
                {
                    continue;
                }
                let file = pack.file("captions.toml");
                let spot = |part| {
                    let place = Place::key(&file, [*decision, "rules", rule, part]);
                    Spot::Place(place)
                };
                if is_silent(world, pack, script, rule, texts) {
                    let args = Args::of("rule", rule);
                    out.push(finding(Code::TextAssumed, spot("release"), &args));
                }
                for (part, text) in [("caption", &texts.caption), ("release", &texts.release)] {
                    if let Some((language, colour)) = one_sided(text) {
                        let args = Args::of("colour", colour);
                        let place = Place::key(&file, [*decision, "rules", rule, part, language]);
                        out.push(finding(Code::TextColour, Spot::Place(place), &args));
                    }
                }
                if let Some((name, own)) =
                    scope.and_then(|it| strange(it, script, rule, texts, &texts.release))
                {
                    let args = Args::of("name", name).with("own", own);
                    out.push(finding(Code::ReleaseForeign, spot("release"), &args));
                }
            }
        }
    }
    out
}

/// Whether a rule rests on an assumption and its texts state it as a fact.
fn is_silent(
    world: &World<'_>,
    pack: &Pack<'_>,
    script: &Script<'_>,
    rule: &str,
    texts: &RuleCaptions,
) -> bool {
    let cited = script.function(rule).and_then(cited_by);
    let source = cited.and_then(|name| source_of(world, pack, name));
    let assumed = source.is_some_and(|it| it.grade == ASSUMED && is_said_to_be_assumed(it));
    let says = |text: &Localized| {
        let (zh_cn, en) = (&text.zh_cn, text.en.to_lowercase());
        SAID.iter().any(|it| zh_cn.contains(it) || en.contains(it))
    };
    assumed && !says(&texts.caption) && !says(&texts.release)
}

/// A colour that stands in one language, where the other one names others, with that language.
/// A text without colours may be freer than its translation.
fn one_sided(text: &Localized) -> Option<(&'static str, &'static str)> {
    let en = text.en.to_lowercase();
    let words: BTreeSet<&str> = en.split(|c: char| !c.is_ascii_alphabetic()).into_set();
    let turns = |sign: &str| {
        let code = [format!("{sign}码"), format!("转{sign}")];
        code.iter().any(|it| text.zh_cn.contains(it))
    };
    let both = COLOURS.iter().any(|(sign, _)| turns(sign))
        && COLOURS.iter().any(|(_, word)| words.contains(word));
    COLOURS.iter().filter(|_| both).find_map(|(sign, word)| {
        let (here, there) = (text.zh_cn.contains(sign), words.contains(word));
        match (here, there) {
            (true, false) if turns(sign) => Some(("zh-CN", *sign)),
            (false, true) => Some(("en", *word)),
            _ => None,
        }
    })
}

/// A span in a text that its rule does not read, where no text of the rule names a span of that
/// unit that it reads: the name, and the rule's own.
pub(super) fn strange<'w>(
    scope: &Scope<'w>,
    script: &'w Script<'_>,
    rule: &str,
    texts: &RuleCaptions,
    text: &Localized,
) -> Option<(String, &'w str)> {
    let read = params_of(script, rule);
    let named: BTreeSet<String> = [&texts.caption, &texts.release]
        .into_iter()
        .flat_map(|text| [&text.zh_cn, &text.en])
        .flat_map(|text| placeholders(text))
        .into_set();
    let param = |name: &str| -> Option<&Param> { Some(scope.params.get(name)?.what) };
    placeholders(&text.zh_cn).into_iter().find_map(|name| {
        let unit = param(&name)?.unit.as_str();
        if read.contains(name.as_str()) || !SPANS.contains(&unit) {
            return None;
        }
        let mut own = read.iter().filter(|it| !named.contains(**it));
        let own = own.find(|it| param(it).is_some_and(|it| it.unit == unit))?;
        Some((name, *own))
    })
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use crate::small::{CLOSE, bundle, pack};
    use longma_compile::world::World;
    use serde_json::json;

    /// The findings for a close contact's texts, whose rule rests on a source.
    fn told(caption: [&str; 2], release: [&str; 2], source: &str, grade: &str) -> Vec<String> {
        let mut pack = pack("62/2022-01-01", 7, CLOSE);
        let text = |text: [&str; 2]| json!({"zh-CN": text[0], "en": text[1]});
        pack["manifest"]["sources"]["s"] = json!({"title": text([source, source]), "grade": grade});
        pack["manifest"]["params"]["watch"] = json!({"value": 3, "unit": "days"});
        pack["manifest"]["params"]["most"] = json!({"value": 3, "unit": "count"});
        pack["captions"]["code"]["rules"]["close"] =
            json!({"caption": text(caption), "release": text(release)});
        let bundle = bundle(&[pack]);
        let found = super::findings(&World::new(&bundle)).into_iter();
        found.map(|it| it.code.to_string()).collect()
    }

    const CAPTION: [&str; 2] = ["密切接触者", "Close contact"];

    #[test]
    fn what_is_assumed_is_said_to_be() {
        let plain = ["满 {quarantine}解除。", "Ends after {quarantine}."];
        let assumed = "规则包推定 Assumed by this pack";
        assert_eq!(told(CAPTION, plain, assumed, "A"), ["text-assumed"]);
        let said = [
            "满 {quarantine}解除，为推定。",
            "Ends after {quarantine}; assumed.",
        ];
        for (release, source, grade) in [
            (said, assumed, "A"),
            (plain, "方案 The plan", "V"),
            // Still to be filled in.
            (plain, "【待填】 [to fill in]", "A"),
        ] {
            assert_eq!(told(CAPTION, release, source, grade), Vec::<String>::new());
        }
    }

    #[test]
    fn both_languages_name_the_same_colours() {
        let of = |caption, release| told(caption, release, "方案 The plan", "V");
        let plain = ["满 {quarantine}解除。", "Ends after {quarantine}."];
        assert_eq!(of(["红码", "A yellow code"], plain), ["text-colour"]);
        assert_eq!(
            of(CAPTION, ["满后转黄", "Green after that"]),
            ["text-colour"]
        );
        let three = [
            "变为黄码时不显示，转绿后恢复",
            "Not on yellow or red; back with green",
        ];
        assert_eq!(of(CAPTION, three), ["text-colour"]);
        for (caption, release) in [
            (["黄码", "A yellow code"], ["满后转绿", "Turns green"]),
            (["绿色通道", "The fast lane"], plain),
            (CAPTION, ["转绿的办法未见", "How it ends was not found"]),
            (["红十字会登记", "Registered by the Red Cross"], plain),
        ] {
            assert_eq!(of(caption, release), Vec::<String>::new());
        }
    }

    #[test]
    fn what_ends_a_cause_is_told_with_the_rules_own_params() {
        let of = |release| told(CAPTION, release, "方案 The plan", "V");
        assert_eq!(
            of(["满 {watch}解除", "Ends after {watch}"]),
            ["release-foreign"]
        );
        for release in [
            ["满 {quarantine}解除", "Ends after {quarantine}"],
            [
                "满 {quarantine}后再观察 {watch}",
                "{quarantine}, then {watch} of watching",
            ],
            ["名额 {most}", "At most {most}"],
        ] {
            assert_eq!(of(release), Vec::<String>::new());
        }
    }
}
