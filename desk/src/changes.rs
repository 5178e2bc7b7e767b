//! What changed in the packs of a house, in words: what a reviewer reads before approving.
//!
//! Each pack is compared with the pack of the same id, by what stands in its own files:
//! dates, numbers, rules, captions, cases, notices. What that does to persons is left to
//! [`compare`](crate::compare), and what a pack changes of what it inherits to
//! [`difference`](crate::difference).

use crate::approve::approved;
use crate::case::{self, Case};
use crate::notice;
use crate::rule::RuleText;
use crate::text::say;
use longma_compile::texts::{Texts, read};
use longma_compile::toml::Toml;
use longma_compile::{Bundle, Param, RuleCaptions, Scale, Source};
use longma_core::order::Gather;
use longma_core::{Args, Localized, PackId};
use longma_lang::script::Script;
use longma_lang::syntax::Lines;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What changed in one pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackChanges {
    /// Its id.
    pub pack: String,
    /// Its title.
    pub title: Localized,
    /// The changes: first the manifest's, then rules, captions, cases and notices.
    pub changes: Vec<Change>,
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is.
    pub kind: Kind,
    /// Whether it came, went or is another.
    pub how: How,
    /// The file that holds it, or held it.
    pub file: String,
    /// Its line there, from 1.
    pub line: usize,
    /// What changed.
    pub words: Localized,
    /// What it said before, where it says something.
    pub before: Option<Localized>,
    /// What it says now.
    pub after: Option<Localized>,
    /// The reason that the pack gives.
    pub reason: Option<Localized>,
}

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A whole pack.
    Pack,
    /// From when until when it is in force.
    Span,
    /// Something else in the manifest.
    Manifest,
    /// A number.
    Param,
    /// A decision's levels.
    Decision,
    /// A rule.
    Rule,
    /// A text for citizens.
    Caption,
    /// A case.
    Case,
    /// The text of a notice, or another file.
    Text,
}

/// How something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Span => "span",
            Self::Manifest => "manifest",
            Self::Param => "param",
            Self::Decision => "decision",
            Self::Rule => "rule",
            Self::Caption => "caption",
            Self::Case => "case",
            Self::Text => "text",
        }
    }
}

impl How {
    /// From whether something was there and whether it is.
    fn of<T>(before: Option<T>, after: Option<T>) -> Self {
        match (before, after) {
            (None, _) => Self::Added,
            (_, None) => Self::Removed,
            _ => Self::Changed,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// What changed from one house to another, by pack.
///
/// ```
/// use longma_desk::changes::{Kind, changes};
/// # use longma_compile::texts::Texts;
/// # let rules = std::path::Path::new("../rules");
/// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
/// # let pack = |file: &str| {
/// #     let path = format!("packs/62/validity-2020-02-21/{file}");
/// #     (path.clone(), on_disk(&path))
/// # };
/// // A code is valid for 24 hours from its issue.
/// let before = Texts::from([pack("pack.toml"), pack("captions.toml"), pack("validity.rhai")]);
/// let mut after = before.clone();
/// let manifest = after.get_mut("packs/62/validity-2020-02-21/pack.toml").unwrap();
/// *manifest = manifest.replace("value  = 24", "value  = 48");
/// let found = changes(&before, &after);
/// let change = &found[0].changes[0];
/// assert_eq!(change.kind, Kind::Param);
/// assert_eq!(change.before.as_ref().unwrap().en, "24 hours");
/// assert_eq!(change.after.as_ref().unwrap().en, "48 hours");
/// ```
#[must_use]
pub fn changes(before: &Texts, after: &Texts) -> Vec<PackChanges> {
    let ids = before.keys().chain(after.keys());
    let ids: BTreeSet<&str> = ids
        .filter_map(|path| Some(PackId::split(path)?.0))
        .into_set();
    let differs = |id: &&str| approved(before, id) != approved(after, id);
    let sides = [before, after].map(Side::of);
    let changed = ids.into_iter().filter(differs).map(|id| {
        let [one, two] = &sides;
        let mut told = Told {
            id,
            sides: [one, two],
            changes: Vec::new(),
        };
        told.tell();
        let title = two.pack(id).or_else(|| one.pack(id));
        PackChanges {
            pack: id.to_owned(),
            title: title
                .map(|it| it.manifest.title.clone())
                .unwrap_or_default(),
            changes: told.changes,
        }
    });
    changed.filter(|it| !it.changes.is_empty()).collect()
}

/// One of the houses.
struct Side<'a> {
    texts: &'a Texts,
    bundle: Bundle,
    cases: Vec<Case>,
}

impl<'a> Side<'a> {
    fn of(texts: &'a Texts) -> Self {
        Self {
            texts,
            bundle: read(texts).bundle,
            cases: case::read(texts).cases,
        }
    }

    fn pack(&self, id: &str) -> Option<&longma_compile::PackSource> {
        self.bundle.packs.iter().find(|pack| pack.id == id)
    }

    /// The line of a key in a file, from 1.
    fn line(&self, file: &str, key: &[&str]) -> usize {
        let text = self.texts.get(file).map_or("", String::as_str);
        let span = Toml::parse(text).ok().and_then(|it| it.span(key));
        let line = span.map(|span| Lines::new(text).position(span.start).line);
        line.unwrap_or(1)
    }
}

/// What is told of one pack.
struct Told<'a> {
    id: &'a str,
    sides: [&'a Side<'a>; 2],
    changes: Vec<Change>,
}

impl Told<'_> {
    fn tell(&mut self) {
        let [one, two] = self.sides.map(|side| side.pack(self.id));
        match (one, two) {
            (None, Some(_)) => self.pack(How::Added),
            (Some(_), None) => self.pack(How::Removed),
            (Some(_), Some(_)) => {
                self.span();
                self.manifest();
            }
            (None, None) => {}
        }
        self.params();
        self.decisions();
        self.rules();
        self.captions();
        self.cases();
        self.notices();
    }

    fn file(&self, name: &str) -> String {
        PackId::read(self.id).file(name)
    }

    /// Adds a change of something named, told by its two texts; nothing if they are equal.
    fn add(
        &mut self,
        kind: Kind,
        name: &str,
        file: &str,
        key: &[&str],
        texts: [Option<Localized>; 2],
    ) {
        let [before, after] = texts;
        if before == after {
            return;
        }
        let how = How::of(before.as_ref(), after.as_ref());
        let [one, two] = self.sides;
        let side = if how == How::Removed { one } else { two };
        self.changes.push(Change {
            kind,
            how,
            file: file.to_owned(),
            line: side.line(file, key),
            words: words(kind, how, name),
            before,
            after,
            reason: None,
        });
    }

    fn pack(&mut self, how: How) {
        self.changes.push(Change {
            kind: Kind::Pack,
            how,
            file: self.file("pack.toml"),
            line: 1,
            words: words(Kind::Pack, how, self.id),
            before: None,
            after: None,
            reason: None,
        });
    }

    /// One thing of each side's pack.
    fn both<T>(&self, of: impl Fn(&longma_compile::PackSource) -> T) -> [Option<T>; 2] {
        self.sides.map(|side| side.pack(self.id).map(&of))
    }

    fn span(&mut self) {
        let file = self.file("pack.toml");
        for (name, open) in [("from", "changes.begin"), ("until", "changes.end")] {
            let told = self.both(|pack| {
                let effective = &pack.manifest.effective;
                let given = if name == "from" {
                    &effective.from
                } else {
                    &effective.until
                };
                match given {
                    Some(text) => Localized::same(text),
                    None => say(open, &Args::NONE),
                }
            });
            self.add(
                Kind::Span,
                &format!("effective.{name}"),
                &file,
                &["effective", name],
                told,
            );
        }
    }

    fn manifest(&mut self) {
        let file = self.file("pack.toml");
        let told = self.both(|it| it.manifest.title.clone());
        self.add(Kind::Manifest, "title", &file, &["title"], told);
        let told = self.both(|it| it.manifest.authority.clone());
        self.add(Kind::Manifest, "authority", &file, &["authority"], told);
        let told = self.both(|it| it.manifest.inherits.as_deref().map(Localized::same));
        self.add(
            Kind::Manifest,
            "inherits",
            &file,
            &["inherits"],
            told.map(Option::flatten),
        );
        let sources = self.both(|it| it.manifest.sources.clone());
        self.each(Kind::Manifest, "sources", sources, |source: &Source| {
            let date = source.date.as_deref().unwrap_or_default();
            source.title.map(&|_, title| {
                let said = [title, date, &source.grade];
                said.into_iter()
                    .filter(|it| !it.is_empty())
                    .collect::<Vec<_>>()
                    .join(", ")
            })
        });
        for (list, of) in [
            ("overrides", self.both(|it| it.manifest.overrides.clone())),
            ("drops", self.both(|it| it.manifest.drops.clone())),
        ] {
            self.each(Kind::Manifest, list, of, |reason: &String| {
                crate::text::bilingual(reason)
            });
        }
    }

    /// The members of a map in the manifest, by name.
    fn each<T>(
        &mut self,
        kind: Kind,
        list: &str,
        sides: [Option<BTreeMap<String, T>>; 2],
        of: impl Fn(&T) -> Localized,
    ) {
        let file = self.file("pack.toml");
        let [one, two] = sides.map(Option::unwrap_or_default);
        let names: BTreeSet<&String> = one.keys().chain(two.keys()).into_set();
        for name in names {
            let told = [&one, &two].map(|side| side.get(name).map(&of));
            let shown = if kind == Kind::Manifest {
                format!("{list}.{name}")
            } else {
                name.clone()
            };
            self.add(kind, &shown, &file, &[list, name], told);
        }
    }

    fn params(&mut self) {
        let params = self.both(|it| it.manifest.params.clone());
        self.each(Kind::Param, "params", params, |param: &Param| {
            let value = param.words();
            if param.assumed {
                let assumed = say("changes.assumed", &Args::of("value", value));
                return assumed;
            }
            value
        });
    }

    fn decisions(&mut self) {
        let decisions = self.both(|it| it.manifest.decisions.clone());
        self.each(Kind::Decision, "decisions", decisions, |scale: &Scale| {
            Localized::same(scale.scale.join(" < "))
        });
    }

    fn rules(&mut self) {
        let scripts = self.both(|it| it.scripts.keys().cloned().into_set());
        let decisions: BTreeSet<String> = scripts.into_iter().flatten().flatten().into_set();
        for decision in decisions {
            let file = self.file(&format!("{decision}.rhai"));
            let read = self.sides.map(|side| {
                let text = side.texts.get(&file).map_or("", String::as_str);
                rules(&file, text)
            });
            let [one, two] = &read;
            let names: BTreeSet<&String> = one.keys().chain(two.keys()).into_set();
            for name in names {
                let (old, new) = (one.get(name), two.get(name));
                let same =
                    old.map(|it| (&it.printed, &it.said)) == new.map(|it| (&it.printed, &it.said));
                if same {
                    continue;
                }
                let how = How::of(old, new);
                // What it does is told by its code; what it says about itself by its words.
                let code = old.map(|it| &it.printed) != new.map(|it| &it.printed);
                let told = |rule: Option<&Rule>| {
                    let rule = rule?;
                    Some(if code {
                        rule.whole.clone()
                    } else {
                        rule.said.clone()
                    })
                };
                let full = format!("{decision}.{name}");
                let manifest = self.sides[1].pack(self.id).map(|it| &it.manifest);
                let reason =
                    manifest.and_then(|it| it.overrides.get(&full).or_else(|| it.drops.get(&full)));
                self.changes.push(Change {
                    kind: Kind::Rule,
                    how,
                    file: file.clone(),
                    line: new.or(old).map_or(1, |it| it.line),
                    words: words(Kind::Rule, how, &full),
                    before: told(old),
                    after: told(new),
                    reason: reason.map(|it| crate::text::bilingual(it)),
                });
            }
        }
    }

    fn captions(&mut self) {
        let file = self.file("captions.toml");
        let captions = self.both(|it| it.captions.clone());
        let decisions: BTreeSet<String> = captions
            .iter()
            .flatten()
            .flat_map(|it| it.keys().cloned())
            .into_set();
        for decision in &decisions {
            let of = captions.each_ref().map(|it| it.as_ref()?.get(decision));
            let told = of.map(|it| it.and_then(|it| it.name.clone()));
            self.add(
                Kind::Caption,
                &format!("{decision}.name"),
                &file,
                &[decision, "name"],
                told,
            );
            let levels: BTreeSet<&String> = of
                .iter()
                .flatten()
                .flat_map(|it| it.levels.keys())
                .into_set();
            for level in levels {
                let told = of.map(|it| it.and_then(|it| it.levels.get(level)).cloned());
                let name = format!("{decision}.levels.{level}");
                self.add(
                    Kind::Caption,
                    &name,
                    &file,
                    &[decision, "levels", level],
                    told,
                );
            }
            let rules: BTreeSet<&String> = of
                .iter()
                .flatten()
                .flat_map(|it| it.rules.keys())
                .into_set();
            for rule in rules {
                let of = of.map(|it| it.and_then(|it| it.rules.get(rule)));
                for (part, text) in [
                    (
                        "caption",
                        (|it: &RuleCaptions| it.caption.clone()) as fn(&RuleCaptions) -> Localized,
                    ),
                    ("release", |it| it.release.clone()),
                ] {
                    let name = format!("{decision}.rules.{rule}.{part}");
                    self.add(
                        Kind::Caption,
                        &name,
                        &file,
                        &[decision, "rules", rule, part],
                        of.map(|it| it.map(text)),
                    );
                }
            }
        }
    }

    fn cases(&mut self) {
        let id = self.id;
        let own = self.sides.map(|side| {
            let own = side.cases.iter().filter(|case| case.pack == id);
            own.map(|case| ((case.file.as_str(), case.name.as_str()), case))
                .into_map()
        });
        let [one, two] = &own;
        let names: BTreeSet<_> = one.keys().chain(two.keys()).copied().into_set();
        for key in names {
            let (old, new) = (one.get(&key), two.get(&key));
            let said = |case: &&Case| {
                (
                    case.facts.clone(),
                    case.references.clone(),
                    case.at.clone(),
                    case.problems.clone(),
                )
            };
            if old.map(said) == new.map(said) {
                continue;
            }
            let how = How::of(old, new);
            let name = crate::text::bilingual(key.1);
            let told = |case: Option<&&Case>| case.map(|case| asked(case));
            self.changes.push(Change {
                kind: Kind::Case,
                how,
                file: key.0.to_owned(),
                line: new.or(old).map_or(1, |it| it.line),
                words: say(&key_of(Kind::Case, how), &Args::of("name", name)),
                before: told(old),
                after: told(new),
                reason: None,
            });
        }
    }

    fn notices(&mut self) {
        let id = self.id;
        let own = self.sides.map(|side| {
            let files = side.texts.iter().filter_map(|(path, text)| {
                let (pack, name) = PackId::split(path)?;
                let source = notice::source_of(name)?;
                (pack == id).then(|| (source.to_owned(), (path.clone(), text.clone())))
            });
            files.into_map()
        });
        let [one, two] = &own;
        let names: BTreeSet<&String> = one.keys().chain(two.keys()).into_set();
        for name in names {
            let told =
                [one.get(name), two.get(name)].map(|it| it.map(|(_, text)| Localized::same(text)));
            let file = two.get(name).or(one.get(name)).map_or("", |(path, _)| path);
            self.add(Kind::Text, name, file, &[], told);
        }
    }
}

fn key_of(kind: Kind, how: How) -> String {
    format!("changes.{}.{}", kind.name(), how.name())
}

fn words(kind: Kind, how: How, name: &str) -> Localized {
    say(&key_of(kind, how), &Args::of("name", name))
}

/// What a case expects, a line for each instant.
fn asked(case: &Case) -> Localized {
    let lines = case.at.iter().map(|at| {
        let levels: Vec<String> = at
            .levels
            .iter()
            .map(|(name, level)| format!("{name} = {level}"))
            .collect();
        format!("{} {}", at.time, levels.join(", "))
    });
    let lines: Vec<String> = lines.chain(case.problems.iter().cloned()).collect();
    Localized::same(lines.join("\n"))
}

/// A rule of a script.
struct Rule {
    line: usize,
    /// What it does, whatever its layout.
    printed: String,
    /// Its text as written, with its steps.
    whole: Localized,
    /// Its words, its source and the passages that it rests on.
    said: Localized,
}

fn rules(file: &str, text: &str) -> BTreeMap<String, Rule> {
    let script = Script::read(file, text);
    let lines = Lines::new(text);
    let functions = script.parsed.script.functions.iter().enumerate();
    let public = functions.filter(|(_, it)| !it.private);
    let rules = public.filter_map(|(index, function)| {
        let rule = RuleText::new(&script, index)?;
        let cited: Vec<&str> = rule.source().into_iter().chain(rule.passages()).collect();
        let cited = cited.join("\n");
        let said = rule.words().map(&|_, words| format!("{words}\n{cited}"));
        Some((
            function.name.text.clone(),
            Rule {
                line: lines.position(function.name.bytes.start).line,
                printed: rule.printed(),
                whole: Localized::same(rule.text()),
                said,
            },
        ))
    });
    rules.into_map()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::changes;
    use longma_compile::texts::Texts;

    const MANIFEST: &str = "subject = \"person\"\nversion = \"1\"\n\
        title = { zh-CN = \"一\", en = \"one\" }\nauthority = { zh-CN = \"一\", en = \"one\" }\n\
        [effective]\nfrom = 2022-03-07T00:00:00+08:00\n[sources.s]\ntitle = { zh-CN = \"文\", en = \"text\" }\ngrade = \"V\"\n\
        [params.days]\nvalue = 7\nunit = \"days\"\nsource = \"s\"\n";
    const RULE: &str = "/// 一\n/// one\n/// source: s\nfn close(contacts) {\n    contacts.map(|c| red(c.at, ()))\n}\n";
    const CASE: &str = "[[case]]\nname = \"甲 — first\"\nat = [ { time = 2022-03-08T00:00:00+08:00, code = \"red\" } ]\n";

    fn house() -> Texts {
        let text =
            |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
        Texts::from([
            text("pack.toml", MANIFEST),
            text(
                "captions.toml",
                "[code.rules.close]\ncaption = { zh-CN = \"密接\", en = \"Close contact\" }\nrelease = { zh-CN = \"满\", en = \"Ends\" }\n",
            ),
            text("code.rhai", RULE),
            text("cases/code.toml", CASE),
        ])
    }

    /// What changes when `from` becomes `to` in a file, as `kind how file:line`.
    fn told(file: &str, from: &str, to: &str) -> Vec<String> {
        let before = house();
        let mut after = before.clone();
        let text = after
            .get_mut(&format!("packs/62/2022-03-07/{file}"))
            .unwrap();
        assert!(text.contains(from), "{text}");
        *text = text.replace(from, to);
        let found = changes(&before, &after)
            .into_iter()
            .flat_map(|it| it.changes);
        let told = found.map(|it| {
            let name = it.file.rsplit('/').next().unwrap_or_default().to_owned();
            format!("{} {} {name}:{}", it.kind.name(), it.how.name(), it.line)
        });
        told.collect()
    }

    #[test]
    fn each_kind_of_change_is_told_where_it_is() {
        assert_eq!(
            told("pack.toml", "value = 7", "value = 8"),
            ["param changed pack.toml:10"]
        );
        assert_eq!(
            told("pack.toml", "from = 2022-03-07", "from = 2022-03-08"),
            ["span changed pack.toml:6"]
        );
        assert_eq!(
            told("captions.toml", "Close contact", "A close contact"),
            ["caption changed captions.toml:2"]
        );
        assert_eq!(
            told("code.rhai", "red(", "yellow("),
            ["rule changed code.rhai:4"]
        );
        assert_eq!(
            told("code.rhai", "/// one", "/// another"),
            ["rule changed code.rhai:4"]
        );
        assert_eq!(
            told("cases/code.toml", "\"red\"", "\"green\""),
            ["case changed code.toml:1"]
        );
    }

    #[test]
    fn what_is_renamed_came_and_went() {
        let both = told("code.rhai", "fn close", "fn near");
        assert_eq!(both, ["rule removed code.rhai:4", "rule added code.rhai:4"]);
    }

    #[test]
    fn layout_and_comments_of_code_change_nothing() {
        assert!(told("code.rhai", "    contacts.map", "  contacts.map").is_empty());
        assert!(told("pack.toml", "[params.days]", "\n# seven\n[params.days]").is_empty());
    }

    #[test]
    fn a_new_pack_is_told_with_all_that_it_holds() {
        let found = changes(&Texts::new(), &house());
        let kinds: Vec<_> = found
            .iter()
            .flat_map(|it| &it.changes)
            .map(|it| it.kind.name())
            .collect();
        assert_eq!(
            kinds,
            ["pack", "param", "rule", "caption", "caption", "case"]
        );
    }
}
