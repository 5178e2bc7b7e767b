//! Checks packs given as texts, in whatever state they are.
//!
//! Whatever cannot be read is replaced by something empty, or by nothing. Findings that
//! only follow from such a gap are left out: packs that inherit from an unread pack wait,
//! scripts of missing packs are checked by themselves, and findings at a mended place are
//! dropped.

use super::{check_with_cases, packs, script_alone};
use crate::approve;
use crate::case::{self, Cases};
use crate::code::Code;
use crate::notice;
use longma_compile::Bundle;
use longma_compile::shared::SHARED;
use longma_compile::texts::{House, Mended, Texts, read};
use longma_core::order::Gather;
use longma_core::{Args, CodeName, PackId, Place, covers};
use longma_lang::finding::{Finding, Spot};
use std::collections::BTreeSet;

/// Findings about what all packs of a region leave out.
const OF_ALL: [&str; 3] = ["section-unread", "section-lost", "unread-void"];

/// The result of checking packs.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// The findings: first in the texts, then in the packs.
    pub findings: Vec<Finding>,
    /// Ids of all packs, including those that cannot be read.
    pub packs: BTreeSet<String>,
}

/// Everything that is wrong with the packs and cases of `texts`.
///
/// ```
/// use longma_compile::texts::Texts;
/// let text = |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
/// let checked = longma_desk::check::check_texts(&Texts::from([
///     text("pack.toml", "subject = person"),
///     text("code.rhai", "fn close_contact( {}"),
/// ]));
/// let codes: Vec<&str> = checked.findings.iter().map(|it| it.code.as_str()).collect();
/// assert_eq!(codes, ["toml-syntax", "pack-file", "script-syntax"]);
/// assert!(checked.packs.contains("62/2022-03-07"));
/// ```
#[must_use]
pub fn check_texts(texts: &Texts) -> Checked {
    check_house(read(texts), texts)
}

/// Like [`check_texts`], for packs already read from `texts`. The house's `mended` and
/// `unread` may name more than the texts show, such as missing files.
#[must_use]
pub fn check_house(house: House, texts: &Texts) -> Checked {
    let House {
        mut bundle,
        mut findings,
        unread,
        mut mended,
    } = house;
    let Cases {
        mut cases,
        findings: wrong,
        mended: mended_cases,
    } = case::read(texts);
    let mut packs: BTreeSet<String> = bundle.packs.iter().map(|pack| pack.id.clone()).into_set();
    packs.extend(unread.iter().cloned());
    findings.extend(wrong);
    mended.extend(mended_cases);
    findings.extend(notice::findings(texts));
    findings.extend(approve::findings(texts));
    let mut absent = unread;
    findings.extend(waiting(&mut bundle, &mut absent));
    findings.extend(alone(&absent, texts));
    // A case may name something in a pack that could not be read.
    let told = |id: &str| !absent.iter().any(|other| meet(id, other));
    cases.retain(|case| told(&case.pack));
    let unread_cases = of_cases(&mended);
    // The rule's case may be in a file that could not be read.
    let tried = |finding: &Finding| {
        let pack = finding.spot.file().and_then(PackId::split);
        pack.is_some_and(|(id, _)| told(id) && !unread_cases.contains(id))
    };
    // What reads a section may be in a pack that could not be read.
    let beside = |finding: &Finding| {
        let pack = finding.spot.file().and_then(PackId::split);
        pack.is_some_and(|(id, _)| told(id))
    };
    // A shared function that differs is not there for its caller.
    let differs = findings
        .iter()
        .filter(|it| it.code == longma_compile::Code::SharedDiffers);
    let differing: Vec<Spot> = differs.map(|it| it.spot.clone()).collect();
    let checked = check_with_cases(&bundle, &cases).into_iter();
    findings.extend(
        checked
            .filter(|finding| !is_consequence(finding, &mended))
            .filter(|finding| !differing.contains(&finding.spot))
            .filter(|finding| {
                let of_cases = [
                    Code::RuleWithoutCase,
                    Code::PackWithoutCase,
                    Code::CoverageWithoutCase,
                ];
                of_cases.iter().all(|code| finding.code != *code) || tried(finding)
            })
            .filter(|finding| !OF_ALL.contains(&finding.code.as_str()) || beside(finding)),
    );
    // A shared function is told of once, not with each script or rule that calls it.
    let mut shared: Vec<(CodeName, Spot)> = Vec::new();
    findings.retain(|finding| {
        let file = finding.spot.file().and_then(PackId::split);
        let copied = file.is_some_and(|(_, name)| name.strip_suffix(".rhai") == Some(SHARED));
        let told = (finding.code, finding.spot.clone());
        let new = !copied || !shared.contains(&told);
        if new && copied {
            shared.push(told);
        }
        new
    });
    Checked { findings, packs }
}

/// The packs with a mended file of cases.
fn of_cases(mended: &[Mended]) -> BTreeSet<String> {
    let packs = mended.iter().filter_map(|mended| {
        let (id, name) = PackId::split(&mended.file)?;
        name.starts_with(case::FOLDER).then(|| id.to_owned())
    });
    packs.into_set()
}

/// Whether packs of `other` can be in force where those of `one` are.
fn meet(one: &str, other: &str) -> bool {
    let (one, other) = (PackId::read(one), PackId::read(other));
    covers(other.region(), one.region()) || other.region().starts_with(one.region())
}

/// Removes packs that inherit from an unread pack, since findings about them would only be
/// consequences. Reports each removed pack.
fn waiting(bundle: &mut Bundle, unread: &mut BTreeSet<String>) -> Vec<Finding> {
    let mut told = Vec::new();
    loop {
        let heir = bundle.packs.iter().enumerate().find_map(|(index, pack)| {
            let parent = pack.manifest.inherits.as_deref()?;
            let unread = unread
                .iter()
                .find(|id| PackId::read(*id).is_named(parent))?;
            Some((index, unread.clone()))
        });
        let Some((index, parent)) = heir else {
            return told;
        };
        let pack = bundle.packs.remove(index);
        let args = Args::of("pack", &pack.id).with("parent", parent);
        let file = PackId::read(&*pack.id).file("pack.toml");
        let place = Place::key(&file, ["inherits"]);
        told.push(packs::finding(Code::PackWaits, Spot::Place(place), &args));
        unread.insert(pack.id);
    }
}

/// Checks the scripts of packs that are not in the bundle, as far as a script can be read
/// by itself.
fn alone(absent: &BTreeSet<String>, texts: &Texts) -> Vec<Finding> {
    let scripts = texts.iter().filter(|(path, _)| {
        let split = PackId::split(path);
        let script = split.filter(|(_, name)| name.strip_suffix(".rhai").is_some());
        script.is_some_and(|(id, _)| absent.contains(id))
    });
    scripts
        .flat_map(|(path, text)| script_alone(path, text))
        .collect()
}

/// Whether a finding is only a consequence of a mended place.
fn is_consequence(finding: &Finding, mended: &[Mended]) -> bool {
    let Some(file) = finding.spot.file() else {
        return false;
    };
    let key: &[String] = match &finding.spot {
        Spot::Place(Place::Key { key, .. }) => key,
        _ => &[],
    };
    mended
        .iter()
        .filter(|mended| mended.file == file)
        .any(|mended| {
            // A param or a source counts as one: a wrong unit also shows in its value.
            let depth = match mended.key.first().map(String::as_str) {
                Some("effective") => 1,
                Some("params" | "sources" | "decisions") => 2,
                _ => mended.key.len(),
            };
            let prefix = mended.key.get(..depth).unwrap_or(&mended.key);
            prefix.is_empty()
                || key.starts_with(prefix)
                || !key.is_empty() && prefix.starts_with(key)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "subject = \"person\"\nversion = \"1\"\n\
        title = { zh-CN = \"方案\", en = \"A plan\" }\nauthority = { zh-CN = \"省\", en = \"Province\" }\n\
        effective.from = 2022-03-07T00:00:00+08:00\n";

    /// Checks that exactly these codes are found.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let texts: Texts = files
            .iter()
            .map(|(file, text)| (format!("packs/{file}"), (*text).to_owned()))
            .chain([("schema/person.schema.json".to_owned(), SCHEMA.to_owned())])
            .collect();
        let found = check_texts(&texts).findings;
        let codes: BTreeSet<&str> = found.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(codes, expected.iter().copied().collect(), "{found:#?}");
    }

    const SCHEMA: &str = include_str!("../../../rules/schema/person.schema.json");

    #[test]
    fn heirs_of_an_unread_pack_wait_and_their_scripts_are_read() {
        check(
            &[
                ("cn/2022-03-07/pack.toml", "subject = person"),
                ("cn/2022-03-07/captions.toml", ""),
                (
                    "62/2022-03-07/pack.toml",
                    &format!("inherits = \"cn\"\n{MANIFEST}"),
                ),
                ("62/2022-03-07/captions.toml", ""),
                ("62/2022-03-07/code.rhai", "fn f( {}"),
            ],
            &["toml-syntax", "pack-waits", "script-syntax"],
        );
    }

    #[test]
    fn what_follows_from_a_value_that_does_not_fit_is_not_told() {
        let manifest = format!("{MANIFEST}effective.til = 2022-04-07T00:00:00+08:00\n");
        check(
            &[
                ("62/2022-03-07/pack.toml", &manifest),
                ("62/2022-03-07/captions.toml", ""),
                (
                    "62/2022-03-07/cases/code.toml",
                    "case = [ { name = \"x\", at = 7 } ]",
                ),
            ],
            &["shape-unknown", "shape-type"],
        );
    }

    /// Checks which codes a caption in English gives, for a Chinese one that is fine.
    #[track_caller]
    fn check_english(text: &str, expected: &[&str]) {
        let captions = format!(
            "[code.rules.f]\nrelease = {{ zh-CN = \"申领\", en = \"Apply\" }}\ncaption = {{ zh-CN = \"申领健康码\", en = \"{text}\" }}\n"
        );
        let code =
            "/// source: plan\nfn f(tests) { red(tests.map(|t| since(t.reported_at)).union()) }";
        let manifest = format!(
            "{MANIFEST}[unread]\n\"*\" = \"no\"\n[sources.plan]\ndate = 2022-03-07\ngrade = \"V\"\n\
             title = {{ zh-CN = \"原文\", en = \"Text\" }}\n[decisions.code]\n\
             scale = [\"green\", \"red\"]\ncolours = [\"green\", \"red\"]\n"
        );
        let names = "[code]\nname = { zh-CN = \"码\", en = \"Code\" }\n\
            levels.green = { zh-CN = \"绿\", en = \"Green\" }\nlevels.red = { zh-CN = \"红\", en = \"Red\" }\n";
        check(
            &[
                ("62/2022-03-07/pack.toml", &manifest),
                ("62/2022-03-07/captions.toml", &format!("{names}{captions}")),
                ("62/2022-03-07/code.rhai", code),
            ],
            &[&["rule-without-case"], expected].concat(),
        );
    }

    #[test]
    fn an_english_sentence_may_name_something_in_chinese() {
        for fine in [
            "Apply in the mini-program 健康新甘肃 again",
            "The Feitian (飞天) skin",
            "Apply in 健康新甘肃 or in 健康甘肃, whichever is there",
            "Ask at the 城关区 office",
            "Don't scan 场所码 twice",
            "No Chinese at all",
            "d",
        ] {
            check_english(fine, &[]);
        }
        for wrong in [
            "请在健康新甘肃申领",
            "在 CoronaVac 之后接种",
            "使用 longma check 检查",
            "码 code",
            "红 or 黄",
        ] {
            check_english(wrong, &["text-language"]);
        }
    }

    #[test]
    fn an_input_that_nobody_provides_is_told_once() {
        for parameters in [
            "foo",
            "tests,\n    foo",
            "\n    tests,\n    foo,\n",
            "\n\nfoo",
            "foo,\ntests",
        ] {
            let code = format!("/// source: plan\nfn f({parameters}) {{ red(always()) }}");
            let texts = Texts::from([
                ("schema/person.schema.json".to_owned(), SCHEMA.to_owned()),
                (
                    "packs/62/2022-03-07/pack.toml".to_owned(),
                    MANIFEST.to_owned(),
                ),
                (
                    "packs/62/2022-03-07/captions.toml".to_owned(),
                    String::new(),
                ),
                ("packs/62/2022-03-07/code.rhai".to_owned(), code),
            ]);
            let found = check_texts(&texts).findings;
            let told = found.iter().filter(|it| it.message.en.contains("`foo`"));
            let told: Vec<&str> = told.map(|it| it.code.as_str()).collect();
            assert_eq!(told, ["unknown-input"], "{parameters:?}");
        }
    }
}
