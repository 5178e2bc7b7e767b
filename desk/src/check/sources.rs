//! Whether what the rules and params cite fits: sources and their dates, what is cited and by
//! whom, and grades that say how well something is known.
//!
//! Grade A is an assumption, and a citizen reads the source's title: a title that tells of an
//! assumption and the grade go together.

use super::packs::{descent, finding, manifest};
use crate::code::Code;
use crate::rule::cited_by;
use longma_compile::Source;
use longma_compile::world::{Pack, World};
use longma_core::order::Gather;
use longma_core::{Args, Date, Instant, Lang, Localized};
use longma_lang::finding::Finding;
use std::collections::BTreeSet;

/// What is wrong with the sources and params of a pack.
pub(super) fn findings(world: &World<'_>, index: usize, out: &mut Vec<Finding>) {
    sources(world, index, out);
    params(world, index, out);
}

/// Reports sources without a valid date, and sources that nothing cites.
fn sources(world: &World<'_>, index: usize, out: &mut Vec<Finding>) {
    let Some(pack) = world.packs.get(index) else {
        return;
    };
    let cited = cited(world, index);
    for (name, source) in &pack.source.manifest.sources {
        let dated = source
            .date
            .as_deref()
            .is_some_and(|d| Date::parse(d).is_ok());
        if !dated {
            let steps: &[&str] = match source.date {
                Some(_) => &["sources", name, "date"],
                None => &["sources", name],
            };
            let args = Args::of("name", name);
            out.push(finding(
                Code::SourceDate,
                manifest(pack, steps.iter().copied()),
                &args,
            ));
        }
        later(pack, name, source, out);
        titled(pack, name, source, out);
        named(pack, name, source, out);
        if !source.background && !cited.contains(name.as_str()) {
            let args = Args::of("name", name);
            out.push(finding(
                Code::UnusedSource,
                manifest(pack, ["sources", name]),
                &args,
            ));
        }
        if let (true, Some(by)) = (source.background, citing(world, index, name)) {
            let args = Args::of("name", name).with("by", by);
            let spot = manifest(pack, ["sources", name, "background"]);
            out.push(finding(Code::BackgroundCited, spot, &args));
        }
    }
}

/// How many days after its rules begin a text may be dated that tells of them: news often
/// follow.
const NEWS: i64 = 7;

/// Reports a source that is dated after the pack ends, or long after it begins where no note
/// says how its dates are known.
fn later(pack: &Pack<'_>, name: &str, source: &Source, out: &mut Vec<Finding>) {
    let date = source
        .date
        .as_deref()
        .and_then(|date| Date::parse(date).ok());
    let start = date.and_then(|date| date.start(pack.offset));
    let (Some(start), Some(span)) = (start, pack.effective) else {
        return;
    };
    let days = |from: Instant| (start.unix() - from.unix()).div_euclid(86_400);
    let ended = span.until().is_some_and(|until| start > until);
    let late = span.from().is_some_and(|from| days(from) > NEWS);
    // No later text tells of what the pack itself assumes.
    let noted = pack.source.manifest.effective.note.is_some() && source.grade != ASSUMED;
    if ended || (late && !noted) {
        let args = Args::of("name", name).with("from", pack.id.day());
        let spot = manifest(pack, ["sources", name, "date"]);
        out.push(finding(Code::SourceLater, spot, &args));
    }
}

/// Reports a source whose name ends with a date that its own date does not fit: another day or
/// month, or a later year. A text about a year may be of the year before. Its title may name
/// the day from which the text is in force, or on which it was read: it is not later than that.
fn named(pack: &Pack<'_>, name: &str, source: &Source, out: &mut Vec<Finding>) {
    let date = source.date.as_deref().filter(|it| Date::parse(it).is_ok());
    let Some(date) = date else { return };
    let spot = || manifest(pack, ["sources", name, "date"]);
    let args = Args::of("name", name).with("date", date);
    let year = |text: &str| text.get(..4).and_then(|it| it.parse::<i64>().ok());
    let fits = |said: &str| {
        let early = said.len() == 4 && year(said).map(|it| it - 1) == year(date);
        date.starts_with(said) || early
    };
    if date_in(name).is_some_and(|said| !fits(said)) {
        out.push(finding(Code::SourceName, spot(), &args));
    } else if let Some(day) = last_day(&source.title).filter(|day| day.as_str() < date) {
        let args = args.with("case", "title").with("day", day);
        out.push(finding(Code::SourceName, spot(), &args));
    }
}

/// What stands behind a day in Chinese, and before it in English, from which a text is in
/// force or on which it was read.
const AFTER: [&str; 5] = ["起施行", "起实施", "起执行", "施行", "读取"];
const BEFORE: [&str; 4] = [
    "in force from",
    "effective from",
    "in force since",
    "read on",
];

/// The day of a title, as `2026-01-01`, than which the text cannot be later: the last one that
/// it names, if one is that from which the text is in force or on which it was read.
fn last_day(title: &Localized) -> Option<String> {
    let separates = |c: char| !c.is_ascii_digit() && c != '-';
    let zh_cn = title.zh_cn.replace(['年', '月'], "-").replace('日', "");
    let en = title.en.to_lowercase();
    let mut days = Vec::new();
    let mut is_told = false;
    for (text, words) in [(zh_cn, &AFTER[..]), (en, &BEFORE[..])] {
        let mut at = 0;
        for piece in text.split_inclusive(separates) {
            let day = piece.trim_end_matches(separates);
            let (before, rest) = text.split_at(at);
            let after = rest.get(day.len()..).unwrap_or_default();
            at += piece.len();
            let [year, month, date] = day.split('-').collect::<Vec<_>>()[..] else {
                continue;
            };
            let day = format!("{year}-{month:0>2}-{date:0>2}");
            if Date::parse(&day).is_ok() {
                days.push(day);
                is_told |= words.iter().any(|word| {
                    after.trim_start().starts_with(word) || before.trim_end().ends_with(word)
                });
            }
        }
    }
    days.into_iter().max().filter(|_| is_told)
}

/// The year, month or day with which a name ends: `2022`, `2022-03`, `2022-03-08`.
fn date_in(name: &str) -> Option<&str> {
    let lengths = [10, 7, 4].into_iter();
    let ends = lengths.filter_map(|length| name.len().checked_sub(length));
    let mut ends = ends.filter_map(|at| Some((name.get(..at)?, name.get(at..)?)));
    let found = ends.find(|(before, end)| {
        let parts: Vec<&str> = end.split('-').collect();
        let digits =
            |text: &str, count| text.len() == count && text.bytes().all(|it| it.is_ascii_digit());
        let (first, rest) = parts.split_first().unwrap_or((&"", &[]));
        let dated = digits(first, 4) && rest.iter().all(|it| digits(it, 2));
        dated && ["19", "20"].iter().any(|it| first.starts_with(it)) && before.ends_with('-')
    });
    found.map(|(_, end)| end)
}

/// Words of a title that is still to be filled in.
const UNFILLED: [&str; 2] = ["待填", "to fill in"];
/// Words of a title that say, in either language, that something is assumed, or that no text was
/// found.
const OF_ASSUMPTIONS: [&str; 13] = [
    "推定",
    "假定",
    "假设",
    "暂定",
    "未见",
    "未找到",
    "无原文",
    "没有原文",
    "虚构",
    "assum",
    "not found",
    "no text",
    "invented",
];

/// Reports a source of grade A whose title reads like that of a text, and one of another grade
/// whose title says in both languages that it is assumed.
fn titled(pack: &Pack<'_>, name: &str, source: &Source, out: &mut Vec<Finding>) {
    // The words are known in Chinese and English only.
    let read = [Lang::ZH_CN, Lang::EN].map(|tag| pack.source.manifest.is_in(tag));
    if source.title.is_incomplete() || !read.contains(&true) {
        return;
    }
    let [zh_cn, en] = [&source.title.zh_cn, &source.title.en].map(|it| it.to_lowercase());
    let says = |word: &str| zh_cn.contains(word) || en.contains(word);
    let case = match source.grade.as_str() {
        ASSUMED if !OF_ASSUMPTIONS.iter().chain(&UNFILLED).any(|it| says(it)) => "assumed",
        "V" | "W" if zh_cn.contains("推定") && en.contains("assum") => "found",
        _ => return,
    };
    let args = Args::of("name", name)
        .with("grade", &source.grade)
        .with("case", case);
    let spot = manifest(pack, ["sources", name, "grade"]);
    out.push(finding(Code::SourceGrade, spot, &args));
}

/// The packs that can see what the pack at `index` declares: itself and its heirs.
fn seers<'a>(world: &'a World<'_>, index: usize) -> impl Iterator<Item = &'a Pack<'a>> {
    let sees = move |pack: &&Pack<'_>| pack.lineages.iter().any(|it| it.packs.contains(&index));
    world.packs.iter().filter(sees)
}

/// The sources that a pack's params and rules cite, each with the name of who does.
fn citations<'a>(pack: &'a Pack<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let params = pack.source.manifest.params.iter();
    let params = params.filter_map(|(name, param)| Some((param.source.as_deref()?, &**name)));
    let scripts = pack.scripts.values();
    let functions = scripts.flat_map(|script| &script.parsed.script.functions);
    let rules = functions.filter_map(|function| Some((cited_by(function)?, &*function.name.text)));
    params.chain(rules)
}

/// The sources cited by the packs that can see those of the pack at `index`.
fn cited<'a>(world: &'a World<'_>, index: usize) -> BTreeSet<&'a str> {
    let all = seers(world, index).flat_map(citations);
    all.map(|(source, _)| source).into_set()
}

/// The first rule or param that cites a source of the pack at `index`, and not one of the
/// same name that an heir declares.
fn citing<'a>(world: &'a World<'_>, index: usize, name: &str) -> Option<&'a str> {
    let own = world.packs.get(index)?;
    let mut seers = seers(world, index)
        .filter(|pack| pack.id == own.id || !pack.source.manifest.sources.contains_key(name));
    seers.find_map(|pack| {
        let (_, by) = citations(pack).find(|(source, _)| *source == name)?;
        Some(by)
    })
}

/// The grade of what was not found in any text.
pub(super) const ASSUMED: &str = "A";

/// A source that a pack names or inherits.
pub(super) fn source_of<'w>(
    world: &'w World<'_>,
    pack: &'w Pack<'_>,
    name: &str,
) -> Option<&'w Source> {
    descent(world, pack).find_map(|pack| pack.source.manifest.sources.get(name))
}

/// Whether a title says that something is assumed or was not found.
pub(super) fn is_said_to_be_assumed(source: &Source) -> bool {
    let texts = [&source.title.zh_cn, &source.title.en].map(|it| it.to_lowercase());
    let mut words = OF_ASSUMPTIONS.iter();
    words.any(|word| texts.iter().any(|text| text.contains(word)))
}

/// Whether a note says in both languages that no text was found and what is assumed instead.
fn says_not_found(note: &Localized) -> bool {
    let (zh_cn, en) = (&note.zh_cn, note.en.to_lowercase());
    zh_cn.contains("未见")
        && zh_cn.contains("推定")
        && en.contains("not found")
        && en.contains("assum")
}

/// Whether a pack has a source for what it assumes.
fn assumes(pack: &Pack<'_>) -> bool {
    let mut sources = pack.source.manifest.sources.values();
    sources.any(|source| source.grade == ASSUMED && is_said_to_be_assumed(source))
}

/// Reports params without a source or with one that is an assumption without saying so, and
/// assumed params.
fn params(world: &World<'_>, index: usize, out: &mut Vec<Finding>) {
    let Some(pack) = world.packs.get(index) else {
        return;
    };
    for (name, param) in &pack.source.manifest.params {
        if param.source.is_none() {
            let args = Args::of("name", name);
            out.push(finding(
                Code::ParamSource,
                manifest(pack, ["params", name]),
                &args,
            ));
        }
        let cited = param.source.as_deref();
        let assumed = cited.filter(|name| {
            source_of(world, pack, name).is_some_and(|source| source.grade == ASSUMED)
        });
        if let (Some(source), false) = (assumed, param.assumed) {
            let args = Args::of("name", name).with("source", source);
            let spot = manifest(pack, ["params", name]);
            out.push(finding(Code::ParamGrade, spot, &args));
        }
        let note = param.note.as_ref().filter(|note| !note.is_incomplete());
        let says = |note: &&Localized| note.zh_cn.contains("推定") || note.en.contains("assumed");
        if !param.assumed && assumed.is_none() && note.is_some_and(|it| says(&it)) {
            let args = Args::of("name", name);
            let spot = manifest(pack, ["params", name, "note"]);
            out.push(finding(Code::ParamUnmarked, spot, &args));
        }
        if let Some(source) = cited.filter(|_| param.assumed)
            && assumed.is_none()
            && note.is_some_and(says_not_found)
            && assumes(pack)
        {
            let args = Args::of("name", name).with("source", source);
            let spot = manifest(pack, ["params", name, "source"]);
            out.push(finding(Code::ParamNotFound, spot, &args));
        }
        if let (true, Some(note)) = (param.assumed, note) {
            let args = Args::of("name", name).with("note", note.clone());
            out.push(finding(
                Code::ParamAssumed,
                manifest(pack, ["params", name]),
                &args,
            ));
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
mod tests {
    use crate::small::{CLOSE, bundle, pack};
    use longma_compile::world::World;
    use serde_json::{Value as Json, json};

    /// The findings for packs of which each says more of its manifest.
    fn told(packs: &[(&str, &str, Json)]) -> Vec<String> {
        let packs = packs.iter().map(|(id, script, more)| {
            let mut pack = pack(id, 7, script);
            for (pointer, value) in more.as_object().into_iter().flatten() {
                let (inside, key) = pointer.rsplit_once('/').unwrap_or_default();
                let place = pack.pointer_mut(&format!("/manifest{inside}"));
                if let Some(members) = place.and_then(Json::as_object_mut) {
                    members.insert(key.to_owned(), value.clone());
                }
            }
            pack
        });
        let packs: Vec<Json> = packs.collect();
        let bundle = bundle(&packs);
        let world = World::new(&bundle);
        let mut out = Vec::new();
        for index in 0..packs.len() {
            super::findings(&world, index, &mut out);
        }
        let codes = out.into_iter().map(|it| it.code.to_string());
        codes.filter(|code| code != "source-date").collect()
    }

    fn source(zh_cn: &str, en: &str, grade: &str, background: bool) -> Json {
        json!({"title": {"zh-CN": zh_cn, "en": en}, "grade": grade, "background": background})
    }

    /// A param that cites the source `s`.
    fn param(source: &str, assumed: bool) -> Json {
        json!({"value": 7, "unit": "days", "source": source, "assumed": assumed})
    }

    #[test]
    fn a_background_that_a_param_or_a_rule_cites_is_none() {
        let plan = || source("方案", "Plan", "V", true);
        let one = |by: Json| told(&[("62/2022-01-01", CLOSE, by)]);
        let both = json!({"/sources/s": plan(), "/params/quarantine": param("s", false)});
        assert_eq!(one(both), ["background-cited"]);
        let rule = json!({"/sources/s": plan(), "/params/quarantine": param("t", false),
            "/sources/t": source("通知", "Notice", "V", false)});
        assert_eq!(one(rule), ["background-cited"]);
        let cited = json!({"/sources/t": plan(), "/params/quarantine": param("s", false)});
        assert_eq!(one(cited), Vec::<String>::new());
    }

    #[test]
    fn what_an_heir_cites_is_its_own_where_it_has_one_of_that_name() {
        let above = json!({"/sources/t": source("方案", "Plan", "V", true),
            "/params/quarantine": param("s", false)});
        let own =
            "/// source: t\nfn more(contacts) { contacts.map(|c| red(c.at, ()).because(c)) }\n";
        let heir = json!({"/inherits": "cn", "/params": {}, "/decisions": {}, "/sources": {}});
        let with = |heir: Json| {
            told(&[
                ("cn/2022-01-01", CLOSE, above.clone()),
                ("62/2022-01-01", own, heir),
            ])
        };
        assert_eq!(with(heir.clone()), ["background-cited"]);
        let mut named = heir;
        if let Some(sources) = named.as_object_mut() {
            sources.insert(
                "/sources/t".to_owned(),
                source("通知", "Notice", "V", false),
            );
        }
        assert_eq!(with(named), Vec::<String>::new());
    }

    #[test]
    fn the_date_in_a_name_is_the_sources_own() {
        for (name, date, told) in [
            ("gansu-2022-03-08", "2022-03-08", false),
            ("gansu-2022-03-08", "2023-03-08", true),
            ("beijing-2022-07", "2022-07-15", false),
            ("beijing-2022-07", "2022-08-01", true),
            ("ban-2021", "2021-03-26", false),
            ("ban-2021", "2022-03-26", true),
            // The order for a year is given at the end of the year before.
            ("order-2022", "2021-12-24", false),
            ("order-2022", "2020-12-24", true),
            ("order-822", "2025-11-16", false),
            ("room-1024", "2025-11-16", false),
        ] {
            let found = super::date_in(name);
            let source: super::Source =
                serde_json::from_value(json!({"title": {"zh-CN": "文", "en": "Text"},
                    "date": date, "grade": "V"}))
                .unwrap();
            let bundle = bundle(&[pack("62/2022-01-01", 7, CLOSE)]);
            let world = World::new(&bundle);
            let mut out = Vec::new();
            for pack in &world.packs {
                super::named(pack, name, &source, &mut out);
            }
            assert_eq!(!out.is_empty(), told, "{name} {date} {found:?}");
        }
    }

    #[test]
    fn a_title_that_names_its_day_is_of_no_later_date() {
        for (zh_cn, en, date, told) in [
            (
                "条例（2026-01-01 起施行）",
                "Regulation",
                "2025-11-16",
                false,
            ),
            (
                "条例（2026-01-01 起施行）",
                "Regulation",
                "2026-11-16",
                true,
            ),
            (
                "条例（自2026年1月1日起施行）",
                "Regulation",
                "2026-01-02",
                true,
            ),
            (
                "条例",
                "Regulation, in force from 2026-01-01",
                "2026-01-01",
                false,
            ),
            (
                "条例",
                "Regulation, in force from 2026-01-01",
                "2026-11-16",
                true,
            ),
            ("办法", "Rules, read on 2026-11-28", "2027-11-28", true),
            // A text that was changed later is of that day.
            (
                "条例（自2020年1月1日起施行，2021年3月5日修订）",
                "Regulation",
                "2021-03-05",
                false,
            ),
            // Other days than those tell nothing about the text's own.
            (
                "关于2022年3月7日疫情的通告",
                "On the cases of 2022-03-07",
                "2022-03-08",
                false,
            ),
            (
                "条例（2026-13-01 起施行）",
                "Regulation",
                "2026-12-31",
                false,
            ),
        ] {
            let source: super::Source = serde_json::from_value(
                json!({"title": {"zh-CN": zh_cn, "en": en}, "date": date, "grade": "V"}),
            )
            .unwrap();
            let bundle = bundle(&[pack("62/2022-01-01", 7, CLOSE)]);
            let world = World::new(&bundle);
            let mut out = Vec::new();
            super::named(&world.packs[0], "plan", &source, &mut out);
            assert_eq!(!out.is_empty(), told, "{zh_cn} | {en} | {date}");
        }
    }

    #[test]
    fn a_note_that_says_assumed_and_a_param_that_does_not() {
        let note = json!({"zh-CN": "天数未见；推定 7 天。", "en": "7 days are assumed."});
        let with = |assumed| {
            let mut param = param("s", assumed);
            param["note"] = note.clone();
            told(&[("62/2022-01-01", CLOSE, json!({"/params/quarantine": param}))])
        };
        assert_eq!(with(false), ["param-unmarked"]);
        assert_eq!(with(true), ["param-assumed"]);
    }

    #[test]
    fn what_was_not_found_in_any_text_cites_none() {
        let with = |source: &str, zh_cn: &str, guess: bool| {
            let mut param = param(source, true);
            param["note"] = json!({"zh-CN": zh_cn, "en": "Was not found; 7 days are assumed."});
            let mut more = json!({"/params/quarantine": param});
            if guess {
                let guess = self::source("规则包推定", "Assumed by this pack", "A", source != "g");
                more["/sources/g"] = guess;
            }
            let mut found = told(&[("62/2022-01-01", CLOSE, more)]);
            found.retain(|code| code != "param-assumed");
            found
        };
        let note = "天数未见原文；推定 7 天。";
        assert_eq!(with("s", note, true), ["param-not-found"]);
        assert_eq!(with("g", note, true), Vec::<String>::new());
        // It may be assumed from a text, and a pack need not have a source for assumptions.
        assert_eq!(
            with("s", "原文未说明；按通报取 7 天。", true),
            Vec::<String>::new()
        );
        assert_eq!(with("s", note, false), Vec::<String>::new());
    }

    #[test]
    fn a_title_and_a_grade_go_together() {
        for (zh_cn, en, grade, expected) in [
            ("第九版方案", "Plan, 9th edition", "A", Some("source-grade")),
            (
                "本包推定",
                "Assumed by this pack",
                "V",
                Some("source-grade"),
            ),
            (
                "本包推定",
                "Assumed by this pack",
                "W",
                Some("source-grade"),
            ),
            ("本包推定", "Assumed by this pack", "A", None),
            ("办法（条件未见）", "Measures", "A", None),
            ("第九版方案", "Plan, 9th edition", "W", None),
            (
                "关于推定送达的规定",
                "Rules on service that is deemed done",
                "V",
                None,
            ),
        ] {
            let assumed = grade == "A";
            let more = json!({"/sources/s": source(zh_cn, en, grade, false),
                "/params/quarantine": param("s", assumed)});
            let mut found = told(&[("62/2022-01-01", CLOSE, more)]);
            found.retain(|code| code != "param-assumed");
            let expected: Vec<&str> = expected.into_iter().collect();
            assert_eq!(found, expected, "{zh_cn} {grade}");
        }
    }
}
