//! Checks what packs hold besides scripts: dates, texts, sources, params, levels and cases.
//!
//! Core already refuses packs for many mistakes, and its problems are reported unchanged.
//! This module finds mistakes that core accepts because it can still decide.

use super::{captions, sources, told};
use crate::case::Case;
use crate::code::Code;
use crate::countries::is_known;
use crate::coverage;
use longma_compile::world::{Pack, World};
use longma_core::order::Gather;
use longma_core::{
    Args, Catalogue, Date, Instant, Lang, Localized, NATIONAL, Offset, PackId, Place, Problem,
    Span, UNKNOWN, When, covers, nearest,
};
use longma_lang::finding::{Finding, Spot};
use std::collections::{BTreeMap, BTreeSet};

/// Level names that are also names of tones.
const COLOURS: [&str; 4] = ["green", "yellow", "red", "gold"];
/// The name that cases use for a manual cause.
const MANUAL: &str = "manual";

/// Everything that is wrong with the files around the scripts.
pub(super) fn findings(world: &World<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (index, pack) in world.packs.iter().enumerate() {
        dates(pack, &mut out);
        region(pack, &mut out);
        let known = known_params(world, pack);
        for (place, text) in texts(pack) {
            let named = &pack.source.manifest.languages;
            languages(&place, text, named, &mut out);
            if is_caption(&place) {
                captions::alike(&place, text, named, &known, &mut out);
            }
        }
        level_captions(world, index, &mut out);
        told::findings(world, index, &mut out);
        sources::findings(world, index, &mut out);
        colours(pack, &mut out);
        levels(world, index, &mut out);
    }
    gaps(world, &mut out);
    out
}

/// What is wrong with the packs' cases, and rules without a case.
pub(super) fn of_cases(world: &World<'_>, cases: &[Case]) -> Vec<Finding> {
    let mut out = Vec::new();
    for case in cases {
        names_in(world, case, &mut out);
    }
    untried(world, cases, &mut out);
    caseless(world, cases, &mut out);
    uncrossed(world, cases, &mut out);
    let packs = world.packs.iter().map(|pack| pack.source);
    let caseless = coverage::without_case(packs, cases);
    out.extend(caseless.into_iter().map(Finding::from));
    out
}

/// Reports packs without a case that have no rule of their own: those of others are told one
/// by one, and packs with a `[coverage]` are told for that.
fn caseless(world: &World<'_>, cases: &[Case], out: &mut Vec<Finding>) {
    let tried: BTreeSet<&str> = cases.iter().map(|case| case.pack.as_str()).into_set();
    for pack in &world.packs {
        let mut functions = pack
            .scripts
            .values()
            .flat_map(|it| &it.parsed.script.functions);
        let asking = !pack.source.manifest.coverage.is_none();
        let tried = asking || tried.contains(pack.source.id.as_str());
        if !tried && functions.all(|it| it.private) {
            let spot = manifest(pack, ["subject"]);
            out.push(finding(Code::PackWithoutCase, spot, &Args::NONE));
        }
    }
}

/// Reminds of a pack that follows another one where no case looks at a person on both sides of
/// the change: on that day old facts meet new rules.
fn uncrossed(world: &World<'_>, cases: &[Case], out: &mut Vec<Finding>) {
    let series = |pack: &Pack<'_>| (pack.id.region().to_owned(), pack.id.series().to_owned());
    for pack in &world.packs {
        let Some(from) = pack.effective.and_then(Span::from) else {
            continue;
        };
        let mut others = world.packs.iter().filter(|it| series(it) == series(pack));
        let ends = |it: &&Pack<'_>| it.effective.and_then(Span::until) == Some(from);
        let Some(before) = others.find(ends) else {
            continue;
        };
        let is_of = |case: &&Case, pack: &Pack<'_>| case.pack == pack.source.id;
        let near = || {
            cases
                .iter()
                .filter(|it| is_of(it, pack) || is_of(it, before))
        };
        // Rules without any case are told one by one.
        let tried = cases.iter().any(|case| is_of(&case, pack));
        if tried && !near().any(|case| crosses(case, from)) {
            let args = Args::of("before", before.id.as_str())
                .with("pack", pack.id.as_str())
                .with("from", from.to_rfc3339(pack.offset));
            let spot = manifest(pack, ["effective", "from"]);
            out.push(finding(Code::ChangeWithoutCase, spot, &args));
        }
    }
}

/// Whether a case looks at instants before a change and at or after it.
fn crosses(case: &Case, change: Instant) -> bool {
    let times = case.at.iter();
    let times = times.filter_map(|at| Instant::parse(&at.time).ok());
    let (before, after): (Vec<Instant>, Vec<Instant>) = times.partition(|time| *time < change);
    !before.is_empty() && !after.is_empty()
}

pub(crate) fn finding(code: Code, spot: Spot, args: &Args) -> Finding {
    let problem = Problem::new(code, Place::None).with_all(args);
    Finding {
        severity: code.severity(),
        spot,
        ..Finding::from(problem)
    }
}

fn key<'a>(file: &str, steps: impl IntoIterator<Item = &'a str>) -> Place {
    Place::Key {
        file: file.to_owned(),
        key: steps.into_iter().map(str::to_owned).collect(),
    }
}

pub(super) fn manifest<'a>(pack: &Pack<'_>, steps: impl IntoIterator<Item = &'a str>) -> Spot {
    Spot::Place(key(&pack.file("pack.toml"), steps))
}

fn same(text: &str) -> Localized {
    Localized::same(text)
}

/// Checks that the folder is named for the day on which the pack comes into force, and that
/// the version is a counting number.
fn dates(pack: &Pack<'_>, out: &mut Vec<Finding>) {
    let day = pack.id.day();
    let from = pack.effective.and_then(Span::from);
    if let (Ok(named), Some(from)) = (Date::parse(day), from) {
        let begins = from.date(pack.offset);
        if begins != named {
            let args = Args::of("day", day).with("from", begins);
            out.push(finding(
                Code::PackDate,
                manifest(pack, ["effective", "from"]),
                &args,
            ));
        }
    }
    let version = &pack.source.manifest.version;
    let counts = version.bytes().all(|b| b.is_ascii_digit());
    if !counts || version.starts_with('0') || version.is_empty() {
        let args = Args::of("version", version);
        out.push(finding(
            Code::PackVersion,
            manifest(pack, ["version"]),
            &args,
        ));
    }
}

/// Cities without counties by GB/T 2260, where residents have the city's own code.
const WITHOUT_COUNTIES: [&str; 4] = ["441900", "442000", "460400", "620200"];

/// The code to write instead of a region that ends in 00 and in which nobody lives:
/// residents have the code of their county, and the codes of a province and of a city
/// are written without the zeros.
pub(crate) fn inhabited(region: &str) -> Option<&str> {
    let digits = matches!(region.len(), 4 | 6) && region.bytes().all(|b| b.is_ascii_digit());
    let wide = region.strip_suffix("00");
    let wide = wide.filter(|_| digits && !WITHOUT_COUNTIES.contains(&region))?;
    Some(wide.strip_suffix("00").unwrap_or(wide))
}

fn region(pack: &Pack<'_>, out: &mut Vec<Finding>) {
    let found = pack.id.region();
    if let Some(right) = inhabited(found) {
        let args = Args::of("found", found).with("right", right);
        let spot = manifest(pack, ["subject"]);
        out.push(finding(Code::PackRegion, spot, &args));
    }
    if pack.id.is_sound()
        && !is_known(found)
        && found.starts_with(|c: char| c.is_ascii_lowercase())
        && found != NATIONAL
    {
        let spot = manifest(pack, ["subject"]);
        out.push(finding(Code::PackCountry, spot, &Args::of("found", found)));
    }
}

/// Titles and notes may write a date in each language's own way; what a citizen reads says
/// the same in both.
fn is_caption(place: &Place) -> bool {
    matches!(place, Place::Key { file, .. } if file.ends_with("captions.toml"))
}

/// Every bilingual text of the pack, with its place.
fn texts<'a>(pack: &'a Pack<'_>) -> Vec<(Place, &'a Localized)> {
    let source = pack.source;
    let toml = pack.file("pack.toml");
    let mut texts = vec![
        (key(&toml, ["title"]), &source.manifest.title),
        (key(&toml, ["authority"]), &source.manifest.authority),
    ];
    for (name, cited) in &source.manifest.sources {
        texts.push((key(&toml, ["sources", name, "title"]), &cited.title));
    }
    for (name, param) in &source.manifest.params {
        if let Some(note) = &param.note {
            texts.push((key(&toml, ["params", name, "note"]), note));
        }
    }
    for (name, law) in &source.manifest.laws {
        texts.push((key(&toml, ["laws", name, "words"]), &law.words));
        for (rule, why) in &law.breaches {
            texts.push((key(&toml, ["laws", name, "breaches", rule]), why));
        }
    }
    let captions = pack.file("captions.toml");
    for (decision, told) in &source.captions {
        if let Some(name) = &told.name {
            texts.push((key(&captions, [decision.as_str(), "name"]), name));
        }
        for (level, text) in &told.levels {
            texts.push((key(&captions, [decision, "levels", level]), text));
        }
        for (rule, text) in &told.rules {
            let at = |part| key(&captions, [decision.as_str(), "rules", rule, part]);
            texts.push((at("caption"), &text.caption));
            texts.push((at("release"), &text.release));
        }
    }
    texts
}

/// Reports texts that are not in their language of those that the pack names, and texts with
/// invisible characters that change how they display.
fn languages(place: &Place, text: &Localized, named: &[String], out: &mut Vec<Finding>) {
    let mut tell = |code: Code, language: &str| {
        let args = Args::of("language", language);
        out.push(finding(code, in_language(place, language), &args));
    };
    let is_named = |tag: &str| named.iter().any(|it| it == tag);
    for (language, words) in text.texts().filter(|(tag, _)| is_named(tag)) {
        if words.chars().any(turns) {
            tell(Code::TextDirection, language);
        }
    }
    // Core reports missing texts.
    if text.is_incomplete() {
        return;
    }
    let both = is_named(Lang::ZH_CN) && is_named(Lang::EN);
    if both && text.zh_cn == text.en && text.en.chars().any(char::is_alphabetic) {
        let place = Spot::Place(place.clone());
        out.push(finding(Code::TextSame, place, &Args::NONE));
        return;
    }
    // A single word, such as a name, can be the same.
    let copied = |(_, words): &&(_, String)| words.contains(' ') && *words == text.en;
    if let Some((tag, _)) = text
        .others
        .iter()
        .filter(|_| is_named(Lang::EN))
        .find(copied)
    {
        tell(Code::TextSame, tag);
    }
    if is_named(Lang::ZH_CN) && !text.zh_cn.chars().any(is_han) {
        tell(Code::TextLanguage, "zh-CN");
    }
    if is_named(Lang::EN) && !is_english(&text.en) {
        tell(Code::TextLanguage, "en");
    }
}

/// One language of the text at a place.
pub(super) fn in_language(place: &Place, language: &str) -> Spot {
    Spot::Place(match place {
        Place::Key { file, key } => Place::Key {
            file: file.clone(),
            key: key.iter().cloned().chain([language.to_owned()]).collect(),
        },
        place => place.clone(),
    })
}

/// Invisible characters that change how a text displays.
fn turns(character: char) -> bool {
    matches!(
        character,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// Whether a text is English. It may name a product or a place in Chinese, as long as
/// it has at least two English words for each such name.
fn is_english(text: &str) -> bool {
    let names = text.split(|c| !is_han(c)).filter(|name| !name.is_empty());
    let words = text.split(|c: char| !c.is_ascii_alphabetic() && c != '\'');
    let words = words.filter(|word| !text.contains(&format!("{{{word}}}")));
    let words = words.filter(|word| word.chars().any(|c| c.is_ascii_lowercase()));
    names.count() * 2 <= words.count()
}

fn is_han(character: char) -> bool {
    matches!(
        character,
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}'
    )
}

/// Reports captions of levels that the pack's own scale does not have.
fn level_captions(world: &World<'_>, index: usize, out: &mut Vec<Finding>) {
    let Some(pack) = world.packs.get(index) else {
        return;
    };
    for (decision, told) in &pack.source.captions {
        let scale = pack.source.manifest.decisions.get(decision);
        let known: Vec<&str> = scale
            .into_iter()
            .flat_map(|scale| scale.scale.iter().map(String::as_str))
            .collect();
        for level in told.levels.keys() {
            if !known.contains(&level.as_str()) {
                let file = pack.file("captions.toml");
                let spot = Spot::Place(key(&file, [decision, "levels", level]));
                let args = Args::of("level", level).with("decision", decision);
                out.push(finding(Code::LevelCaption, spot, &args));
            }
        }
    }
}

/// A pack and what it inherits.
pub(super) fn descent<'w>(
    world: &'w World<'_>,
    pack: &'w Pack<'_>,
) -> impl Iterator<Item = &'w Pack<'w>> {
    let lines = pack.lineages.iter().flat_map(|line| &line.packs);
    let above = lines.filter_map(|index| world.packs.get(*index));
    std::iter::once(pack).chain(above)
}

/// The params that the captions of a pack can name.
fn known_params<'w>(world: &'w World<'_>, pack: &'w Pack<'_>) -> BTreeSet<&'w str> {
    descent(world, pack)
        .flat_map(|pack| pack.source.manifest.params.keys())
        .map(String::as_str)
        .into_set()
}

/// Reports levels that have the name of one colour and are shown in another.
fn colours(pack: &Pack<'_>, out: &mut Vec<Finding>) {
    for (decision, scale) in &pack.source.manifest.decisions {
        let known = |name: &String| COLOURS.contains(&name.as_str());
        // Only the first: two exchanged colours are one mistake. Core reports unknown colours.
        let mut shown = scale.scale.iter().zip(&scale.colours);
        let odd = shown.find(|(level, colour)| known(level) && known(colour) && level != colour);
        if let Some((level, colour)) = odd {
            let args = Args::of("level", level).with("colour", colour);
            let spot = manifest(pack, ["decisions", decision, "colours"]);
            out.push(finding(Code::LevelColour, spot, &args));
        }
    }
}

/// Reports levels above the lowest that no rule along any line of descent can return.
fn levels(world: &World<'_>, index: usize, out: &mut Vec<Finding>) {
    let Some(pack) = world.packs.get(index) else {
        return;
    };
    for (decision, scale) in &pack.source.manifest.decisions {
        let Some(reached) = reached(world, index, decision) else {
            continue;
        };
        for level in scale.scale.iter().skip(1) {
            if !reached.contains(level.as_str()) {
                let args = Args::of("level", level).with("decision", decision);
                let spot = manifest(pack, ["decisions", decision, "scale"]);
                out.push(finding(Code::LevelNever, spot, &args));
            }
        }
    }
}

/// The levels that a decision's rules can return at any time, wherever the pack at `index`
/// can be in force: a decision keeps its scale through a region's history. `None` if this
/// is not known, or if there is no rule.
fn reached(world: &World<'_>, index: usize, decision: &str) -> Option<BTreeSet<String>> {
    let region = world.packs.get(index)?.id.region();
    let near: BTreeSet<&str> = around(world, region)
        .map(|pack| pack.id.region())
        .into_set();
    let meets = |index: &usize| {
        let pack = world.packs.get(*index);
        pack.is_some_and(|pack| near.contains(pack.id.region()))
    };
    let scopes = world.scopes().filter(|scope| scope.packs.iter().any(meets));
    let rules = scopes.flat_map(|scope| &scope.rules);
    let rules = rules.filter(|((of, _), _)| *of == decision);
    let mut names: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for ((_, name), given) in rules {
        names.entry(given.pack).or_default().insert(name);
    }
    let mut reached = BTreeSet::new();
    for (pack, rules) in &names {
        let analysis = world.analyse(*pack, decision);
        for rule in rules {
            let levels = analysis.levels.get(*rule)?.as_ref()?;
            reached.extend(levels.values.keys().map(ToString::to_string));
        }
    }
    // Core reports a decision without rules.
    (!names.is_empty()).then_some(reached)
}

/// Reports gaps between packs of one region and series in which none of them is in force.
fn gaps(world: &World<'_>, out: &mut Vec<Finding>) {
    let mut regions: BTreeMap<(&str, &str), Vec<(Span, &Pack<'_>)>> = BTreeMap::new();
    for pack in &world.packs {
        if let Some(span) = pack.effective {
            let of = (pack.id.region(), pack.id.series());
            let packs = regions.entry(of).or_default();
            packs.push((span, pack));
        }
    }
    for packs in regions.values() {
        let covered = When::of(packs.iter().map(|(span, _)| *span));
        for gap in covered.complement().spans() {
            let (Some(from), Some(until)) = (gap.from(), gap.until()) else {
                // The time before the first pack and after the last one is no gap.
                continue;
            };
            let after = packs.iter().find(|(span, _)| span.from() == Some(until));
            let Some((_, pack)) = after else { continue };
            let args = Args::of("from", from.to_rfc3339(Offset::CHINA))
                .with("until", until.to_rfc3339(Offset::CHINA))
                .with("region", pack.id.region());
            out.push(finding(
                Code::EffectiveGap,
                manifest(pack, ["effective", "from"]),
                &args,
            ));
        }
    }
}

/// The packs that can be in force where those of `region` are.
fn around<'a>(world: &'a World<'_>, region: &'a str) -> impl Iterator<Item = &'a Pack<'a>> {
    world.packs.iter().filter(move |pack| {
        covers(pack.id.region(), region) || pack.id.region().starts_with(region)
    })
}

/// Reports names in a case that are unknown to every pack that can be in force there.
fn names_in(world: &World<'_>, case: &Case, out: &mut Vec<Finding>) {
    let id = PackId::read(&*case.pack);
    let region = id.region();
    let mut scales: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut rules: BTreeSet<&str> = [MANUAL].into();
    for pack in around(world, region) {
        for (name, scale) in &pack.source.manifest.decisions {
            let levels = scale.scale.iter().map(String::as_str);
            scales.entry(name).or_default().extend(levels);
        }
        for script in pack.scripts.values() {
            let functions = script.parsed.script.functions.iter();
            rules.extend(
                functions
                    .filter(|f| !f.private)
                    .map(|f| f.name.text.as_str()),
            );
        }
    }
    let number = case.index.to_string();
    for (index, at) in case.at.iter().enumerate() {
        let line = index.to_string();
        let mut tell = |code: Code, step: &str, name: &str, known: &BTreeSet<&str>| {
            let near = nearest(name, known.iter().copied());
            let all: Vec<&str> = known.iter().copied().collect();
            let near = near.map_or_else(|| all.join(", "), str::to_owned);
            let spot = Spot::Place(key(&case.file, ["case", &number, "at", &line, step]));
            out.push(finding(
                code,
                spot,
                &Args::of("name", same(name)).with("near", same(&near)),
            ));
        };
        if Instant::parse(&at.time).is_err() {
            tell(Code::CaseTime, "time", &at.time, &BTreeSet::new());
        }
        for (decision, level) in &at.levels {
            match scales.get(decision.as_str()) {
                None => {
                    let known = scales.keys().copied().into_set();
                    tell(Code::CaseDecision, decision, decision, &known);
                }
                Some(levels) if level != UNKNOWN && !levels.contains(level.as_str()) => {
                    tell(Code::CaseLevel, decision, level, levels);
                }
                Some(_) => {}
            }
        }
        for rule in at.rules.iter().flatten() {
            if !rules.contains(rule.as_str()) {
                tell(Code::CaseRule, "rules", rule, &rules);
            }
        }
    }
}

/// Reports rules that no case of their pack names and that give no cause at any instant
/// that a case looks at.
fn untried(world: &World<'_>, cases: &[Case], out: &mut Vec<Finding>) {
    let named: BTreeSet<(&str, &str)> = cases
        .iter()
        .flat_map(|case| {
            let rules = case.at.iter().flat_map(|at| at.rules.iter().flatten());
            rules.map(|rule| (case.pack.as_str(), rule.as_str()))
        })
        .into_set();
    let mut waiting = Vec::new();
    for pack in &world.packs {
        for (decision, script) in &pack.scripts {
            let functions = script.parsed.script.functions.iter();
            for function in functions.filter(|f| !f.private) {
                let name = function.name.text.as_str();
                if !named.contains(&(pack.source.id.as_str(), name)) {
                    let path = format!("{}/{decision}/{name}", pack.source.id);
                    let range = script.lines.range(&script.file, &function.name.bytes);
                    waiting.push((path, name, range));
                }
            }
        }
    }
    if waiting.is_empty() {
        return;
    }
    // If packs are broken, no case can run and nothing is known.
    let Ok(catalogue) = longma_oracle::load(world.bundle) else {
        return;
    };
    let active = active(&catalogue, cases);
    for (path, name, range) in waiting {
        if !active.contains(&path) {
            let args = Args::of("name", name);
            out.push(finding(Code::RuleWithoutCase, Spot::Range(range), &args));
        }
    }
}

/// Paths of the rules with a cause at an instant that a case looks at.
fn active(catalogue: &Catalogue, cases: &[Case]) -> BTreeSet<String> {
    let mut active = BTreeSet::new();
    for case in cases {
        let Ok(outcome) = case.evaluate(catalogue) else {
            continue;
        };
        for at in &case.at {
            let Ok(instant) = Instant::parse(&at.time) else {
                continue;
            };
            let statuses = at
                .levels
                .keys()
                .filter_map(|name| outcome.at(name, instant));
            let held = statuses.flat_map(|status| status.causes());
            active.extend(held.map(|cause| cause.rule().to_owned()));
        }
    }
    active
}
